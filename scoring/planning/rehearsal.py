"""Rehearse a design before the season: simulate it many times and see how many of the right winners it would find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.additive import calibrate_additive
from scoring.arrays import FloatArray, IntArray
from scoring.errors import ScoringError
from scoring.evaluation import Evaluation, Method
from scoring.planning.next_reviews import MOST_EACH, spend
from scoring.sensitivity.tables import scores_by
from scoring.sentences import Sentence
from scoring.simulate import assign_balanced, share_of_best_found
from scoring.table import ScoreTable
from scoring.uncertainty import place_by_draws

DRAWS = 200
SPENDING = ("none", "even", "near_cut")


@dataclass(frozen=True, slots=True)
class Plan:
    """A design, and what judges and entries are expected to be like (standard deviations in points).

    Attributes
    ----------
    entries, judges, per_entry : int
    winners : int
        How many are to be found.
    entry_sd, severity_sd, noise_sd : float
        Of qualities, severities, and a middling judge's noise.
    scale_sd, noise_log_sd : float
        How much judges differ in scale (around 1) and in the logarithm of their noise.
    aberrant : float
        Share of totals that are 25 points off.
    extra : int
        Reviews held back for a second look.
    extra_each : int
        Most an entry gets of them.
    """

    entries: int
    judges: int
    per_entry: int
    winners: int
    entry_sd: float = 6.0
    severity_sd: float = 4.0
    noise_sd: float = 5.0
    scale_sd: float = 0.0
    noise_log_sd: float = 0.0
    aberrant: float = 0.0
    extra: int = 0
    extra_each: int = MOST_EACH


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What one way of scoring and spending would find.

    Attributes
    ----------
    method : Method
    spending : str
        ``none`` of the extra reviews, ``even`` over all entries by lot, or ``near_cut``.
    share : float
        Expected share of the truly best `winners` among the winners.
    error : float
        Its Monte-Carlo standard error.
    rounds : int
        How many rounds were simulated.
    reviews : int
        Totals in a round.
    """

    method: Method
    spending: str
    share: float
    error: float
    rounds: int
    reviews: int


def plan_like(evaluation: Evaluation, *, judges: int, per_entry: int, winners: int, extra: int = 0) -> Plan:
    """A plan for entries and judges like those of an evaluated round.

    Parameters
    ----------
    evaluation : Evaluation
    judges, per_entry, winners, extra : int
        Of the plan.

    Raises
    ------
    ScoringError
        ``no_variances`` when the round was too small to know any.
    """
    found = evaluation.variances
    if found is None:
        raise ScoringError(
            "no_variances",
            Sentence(
                "The round says nothing of how far entries and judges differ.",
                "这一轮的分数看不出成果之间、评委之间相差多少。",
            ),
        )
    full = evaluation.full
    known = full is not None and full.fallback != "additive"
    return Plan(
        entries=len(evaluation.entries),
        judges=judges,
        per_entry=per_entry,
        winners=winners,
        entry_sd=found.entry,
        severity_sd=found.judge,
        noise_sd=full.noise if full is not None and known else found.residual,
        scale_sd=full.scale if full is not None and known else 0.0,
        noise_log_sd=float(np.std(np.log([one.noise for one in evaluation.judges if one.noise]))) if known else 0.0,
        aberrant=full.aberrant if full is not None and known else 0.0,
        extra=extra,
    )


def rehearse(
    plan: Plan,
    *,
    methods: Sequence[Method | str] = (Method.MEAN, Method.TRIMMED, Method.STANDARD, Method.SEVERITY, Method.FULL),
    rounds: int = 40,
    seed: int = 0,
    told: Callable[[int, int], None] | None = None,
) -> tuple[Rehearsal, ...]:
    """Simulate a planned design and count the right winners.

    Parameters
    ----------
    plan : Plan
    methods : sequence of Method or str
    rounds : int
        To simulate; the error falls with their root.
    seed : int
        All ways of scoring and spending see the same rounds.
    told : function of (int, int), optional
        Called with rounds done and rounds in all.

    Returns
    -------
    tuple of Rehearsal
        Every method without extra reviews; with extra reviews also with these, spent evenly and near the line.

    Raises
    ------
    ScoringError
        ``bad_parameter`` when the plan cannot be.
    """
    _check(plan, rounds)
    ways = [(Method(method), spending) for spending in SPENDING[: 3 if plan.extra else 1] for method in methods]
    found: dict[tuple[Method, str], list[float]] = {way: [] for way in ways}
    for number in range(rounds):
        world = _World(plan, np.random.default_rng([seed, number, 0x2EA5]))
        tables = world.tables()
        for method, spending in ways:
            scores = scores_by(tables[spending], method)
            found[method, spending].append(share_of_best_found(world.quality, scores, plan.winners / plan.entries))
        if told is not None:
            told(number + 1, rounds)
    base = plan.entries * plan.per_entry
    return tuple(
        Rehearsal(
            method=method,
            spending=spending,
            share=float(np.mean(shares)),
            error=float(np.std(shares, ddof=1) / np.sqrt(rounds)),
            rounds=rounds,
            reviews=base + (plan.extra if spending != "none" else 0),
        )
        for (method, spending), shares in found.items()
    )


class _World:
    """One simulated round: what is true of it, and the totals that any judge would give any entry."""

    def __init__(self, plan: Plan, random: np.random.Generator) -> None:
        self.plan, self.random = plan, random
        self.quality = plan.entry_sd * random.standard_normal(plan.entries)
        self.severity = plan.severity_sd * random.standard_normal(plan.judges)
        self.scale = np.maximum(1 + plan.scale_sd * random.standard_normal(plan.judges), 0.05)
        self.noise = plan.noise_sd * np.exp(plan.noise_log_sd * random.standard_normal(plan.judges))
        self.seats = assign_balanced(plan.entries, plan.judges, plan.per_entry, random)
        self.given = self._totals(*self.seats)

    def tables(self) -> dict[str, ScoreTable]:
        """The round without extra reviews, and with them spent in either way."""
        first = _table(self.plan, *self.seats, self.given)
        if not self.plan.extra:
            return {"none": first}
        fit = calibrate_additive(first)
        parts = np.zeros(self.plan.entries, np.int64)
        seed = int(self.random.integers(2**31))
        chances = place_by_draws(fit, first, seed=seed, draws=DRAWS, top=[self.plan.winners], parts=parts)
        near = spend(chances.p_top[self.plan.winners], self.plan.extra, self.plan.extra_each)
        by_lot = self.random.permutation(self.plan.entries)
        even = np.full(self.plan.entries, self.plan.extra // self.plan.entries)
        even[by_lot[: self.plan.extra % self.plan.entries]] += 1
        return {"none": first, "even": self._with(even), "near_cut": self._with(near)}

    def _totals(self, entry: IntArray, judge: IntArray) -> FloatArray:
        size = len(entry)
        wild = 25 * self.random.choice([-1.0, 1.0], size) * (self.random.random(size) < self.plan.aberrant)
        noise = self.noise[judge] * self.random.standard_normal(size)
        return np.asarray(75 - self.severity[judge] + self.scale[judge] * self.quality[entry] + noise + wild, float)

    def _with(self, more: IntArray) -> ScoreTable:
        """The round with more reviews by judges who have not seen the entry, the least loaded first."""
        entry, judge = self.seats
        load = np.bincount(judge, minlength=self.plan.judges).astype(float)
        seen = np.zeros((self.plan.entries, self.plan.judges), bool)
        seen[entry, judge] = True
        added_entry, added_judge = [], []
        for place in np.flatnonzero(more).tolist():
            order = np.lexsort((self.random.random(self.plan.judges), load, seen[place]))
            chosen = order[: min(int(more[place]), int((~seen[place]).sum()))]
            load[chosen] += 1
            added_entry += [place] * len(chosen)
            added_judge += chosen.tolist()
        new = np.array(added_entry, np.int64), np.array(added_judge, np.int64)
        seats = np.concatenate([entry, new[0]]), np.concatenate([judge, new[1]])
        return _table(self.plan, *seats, np.concatenate([self.given, self._totals(*new)]))


def _table(plan: Plan, entry: IntArray, judge: IntArray, total: FloatArray) -> ScoreTable:
    """Columns as a table, without checking what was just made."""
    order = np.lexsort((judge, entry))
    width = len(str(max(plan.entries, plan.judges)))
    seated = np.unique(judge, return_inverse=True)
    return ScoreTable(
        entries=tuple(f"E{number:0{width}d}" for number in range(plan.entries)),
        judges=tuple(f"J{number:0{width}d}" for number in seated[0].tolist()),
        entry=entry[order].astype(np.int64),
        judge=seated[1][order].astype(np.int64),
        total=total[order],
        units=None,
        decimals=0,
    )


def _check(plan: Plan, rounds: int) -> None:
    wrong = {
        "entries": plan.entries < 2,
        "per_entry": not 1 <= plan.per_entry <= plan.judges,
        "winners": not 1 <= plan.winners <= plan.entries,
        "extra": plan.extra < 0 or plan.extra_each < 1,
        "rounds": rounds < 2,
    }
    for name, bad in wrong.items():
        if bad:
            value = rounds if name == "rounds" else getattr(plan, name)
            raise ScoringError(
                "bad_parameter",
                Sentence(f"{name} cannot be {value} here.", f"这里 {name} 不能是 {value}。"),
                name=name,
                value=value,
            )
