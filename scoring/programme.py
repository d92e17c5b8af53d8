"""Choosing under quotas as an integer programme: as many as possible, then the best, then from the top down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import ScoringError
from scoring.ranking import Standing
from scoring.sentences import Sentence

BLOCK = 16


@dataclass(frozen=True, slots=True)
class Limit:
    """How many chosen entries each group of one kind may and must have.

    Attributes
    ----------
    name : str
        What the groups are: ``type``, ``region``, ``unit``.
    groups : mapping of entry to group
        Entries without a group are not limited.
    at_most : int or mapping of group to int
        The cap: one for every group, or each its own (none where not given).
    at_least : mapping of group to int
        Places kept for groups.
    """

    name: str
    groups: Mapping[str, str]
    at_most: int | Mapping[str, int] | None = None
    at_least: Mapping[str, int] = field(default_factory=dict)

    def cap(self, group: str) -> int | None:
        """The cap of one group."""
        return self.at_most.get(group) if isinstance(self.at_most, Mapping) else self.at_most


class Programme:
    """The choice of the best list from standings.

    Parameters
    ----------
    able : sequence of Standing
        Who may be chosen, best first; the tie chain has spoken already.
    total : int
        Places.
    limits : sequence of Limit
    """

    def __init__(self, able: Sequence[Standing], total: int, limits: Sequence[Limit]) -> None:
        self.able = tuple(able)
        self.total = total
        self.limits = tuple(limits)
        self.places = {standing.entry: place for place, standing in enumerate(able)}

    def best(self) -> frozenset[str]:
        """The chosen entries.

        Raises
        ------
        ScoringError
            ``impossible`` when kept places cannot be filled within the caps.
        """
        picked = self._solved
        return frozenset(one.entry for one, taken in zip(self.able, picked, strict=True) if taken)

    def count(self, chosen: frozenset[str], limit: Limit, group: str) -> int:
        """How many chosen entries are of a group."""
        return sum(limit.groups.get(entry, "") == group for entry in chosen)

    def without_least(self, name: str, group: str) -> "Programme":
        """The same choice with no places kept for one group."""
        return self._with(
            name, lambda one: replace(one, at_least={k: n for k, n in one.at_least.items() if k != group})
        )

    def without_limits_on(self, entry: str, names: set[str]) -> "Programme":
        """The same choice if some limits did not count one entry."""
        limits = [
            replace(one, groups={k: g for k, g in one.groups.items() if k != entry}) if one.name in names else one
            for one in self.limits
        ]
        return Programme(self.able, self.total, limits)

    @cached_property
    def worth_of_a_place(self) -> Decimal | None:
        """What the last place adds to the sum of scores; None when no place can be spared."""
        fewer = Programme(self.able, self.total - 1, self.limits)
        try:
            count, less = fewer.worth
        except ScoringError:
            return None
        step = Decimal(1).scaleb(-_decimals(self.able))
        least = min((standing.score for standing in self.able), default=Decimal(0))
        return (self.worth[1] - less) * step + (self.worth[0] - count) * least

    def has_without_limits_on(self, entry: str, names: set[str]) -> bool:
        """Whether an entry would be chosen if some limits did not count it."""
        freed = self.without_limits_on(entry, names)
        # Only this entry has become freer: a better list than before must hold it, and only equal lists need a look.
        if freed.worth != self.worth:
            return freed.worth > self.worth
        return freed.is_as_good_with(entry) and entry in freed.best()

    def is_as_good_with(self, entry: str) -> bool:
        """Whether some list of the largest number and sum holds an entry."""
        _, rows, low, high = self._valued
        taken = np.zeros(len(self.able))
        taken[self.places[entry]] = 1.0
        return _solve(taken, rows, low, high, (taken, np.ones(len(self.able)))) is not None

    def _with(self, name: str, change: Callable[[Limit], Limit]) -> "Programme":
        return Programme(self.able, self.total, [change(one) if one.name == name else one for one in self.limits])

    @cached_property
    def worth(self) -> tuple[int, int]:
        """How many are chosen, and the sum of their scores in whole units of the last decimal."""
        picked = self._valued[0]
        return int(picked.sum()), round(float(self._units @ picked))

    @cached_property
    def _units(self) -> FloatArray:
        return _whole_scores(self.able)

    @cached_property
    def _valued(self) -> tuple[FloatArray, list[FloatArray], list[float], list[float]]:
        """A list of the largest number and sum, and the constraints that hold both."""
        rows, low, high = self._constraints()
        if not self.able or self.total <= 0:
            if any(low):
                raise ScoringError(
                    "impossible",
                    Sentence(
                        "Places are kept for groups, but there is no place to give.",
                        "为一些类别保留了名额，却没有名额可分。",
                    ),
                )
            return np.zeros(len(self.able)), rows, low, high
        everyone = np.ones(len(self.able))
        filled = _best(everyone, rows, low, high)
        rows, low, high = _held(everyone, filled, rows, low, high)
        picked = _best(self._units, rows, low, high)
        _require_within(picked, rows, low, high)
        return picked, *_held(self._units, picked, rows, low, high)

    @cached_property
    def _solved(self) -> tuple[bool, ...]:
        picked, rows, low, high = self._valued
        if len(self.able) and self.total > 0 and not _is_only(picked, self._units, rows, low, high):
            picked = _from_the_top(picked, rows, low, high)
            _require_within(picked, rows, low, high)
        return tuple(bool(taken) for taken in picked > 0.5)

    def _constraints(self) -> tuple[list[FloatArray], list[float], list[float]]:
        rows, low, high = [np.ones(len(self.able))], [0.0], [float(max(self.total, 0))]
        for limit in self.limits:
            groups = np.array([limit.groups.get(standing.entry, "") for standing in self.able], object)
            for group in sorted({*groups.tolist(), *limit.at_least} - {""}):
                cap, least = limit.cap(group), limit.at_least.get(group, 0)
                if cap is None and not least:
                    continue
                member = np.asarray(groups == group, float) if len(self.able) else np.zeros(0)
                if least > member.sum():
                    there = int(member.sum())
                    text = Sentence(
                        f"{least} places are kept for {group}, which has {there} eligible entries.",
                        f"为{group}保留了 {least} 个名额，而可选的只有 {there} 件。",
                    )
                    raise ScoringError("impossible", text, limit=limit.name, group=group, least=least)
                rows.append(member)
                low.append(float(least))
                high.append(float("inf") if cap is None else float(cap))
        return rows, low, high


def _held(
    gain: FloatArray, picked: FloatArray, rows: Sequence[FloatArray], low: Sequence[float], high: Sequence[float]
) -> tuple[list[FloatArray], list[float], list[float]]:
    """The constraints with the gain kept at what it is."""
    value = float(round(float(gain @ picked)))
    return [*rows, gain], [*low, value], [*high, value]


def _best(gain: FloatArray, rows: Sequence[FloatArray], low: Sequence[float], high: Sequence[float]) -> FloatArray:
    """The 0-1 vector of largest gain within the rows' bounds."""
    found = _solve(gain, rows, low, high)
    if found is None:
        raise ScoringError(
            "impossible",
            Sentence(
                "The places kept for groups cannot be filled within the other limits.",
                "在其他限制之下，为各类别保留的名额无法填满。",
            ),
        )
    return found


def _solve(
    gain: FloatArray,
    rows: Sequence[FloatArray],
    low: Sequence[float],
    high: Sequence[float],
    fixed: tuple[FloatArray, FloatArray] | None = None,
) -> FloatArray | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # Slow to import, and only choosing needs it.

    limits = LinearConstraint(np.array(rows), np.array(low, float), np.array(high, float))
    bounds = Bounds(0, 1) if fixed is None else Bounds(*fixed)
    whole = np.ones(len(gain), int)
    solved = milp(-gain, integrality=whole, bounds=bounds, constraints=limits, options={"mip_rel_gap": 0})
    return None if solved.x is None else np.asarray(np.round(solved.x), float)


def _is_only(
    picked: FloatArray, scores: FloatArray, rows: Sequence[FloatArray], low: Sequence[float], high: Sequence[float]
) -> bool:
    """Whether no other list is as good: the constraints already hold number and sum where they are."""
    other = _solve(1 - 2 * picked, rows, low, high)
    return other is None or bool(np.array_equal(other, picked))


def _from_the_top(
    picked: FloatArray, rows: Sequence[FloatArray], low: Sequence[float], high: Sequence[float]
) -> FloatArray:
    """Of all lists as good, the one that takes the better standings from the top down."""
    size = len(picked)
    least, most = np.zeros(size), np.ones(size)
    for start in range(0, size, BLOCK):
        block = slice(start, min(start + BLOCK, size))
        weights = np.zeros(size)
        weights[block] = 2.0 ** np.arange(block.stop - start - 1, -1, -1)
        found = _solve(weights, rows, low, high, (least, most))
        picked = picked if found is None else found
        least[block] = most[block] = picked[block]
    return picked


def _require_within(
    picked: FloatArray, rows: Sequence[FloatArray], low: Sequence[float], high: Sequence[float]
) -> None:
    """Check the solver's list in whole numbers."""
    sums = np.array([float(row @ picked) for row in rows])
    if bool(np.any(sums < np.array(low) - 0.5) or np.any(sums > np.array(high) + 0.5)):
        raise ScoringError(
            "impossible",
            Sentence(
                "The solver's list does not keep the limits; please report this.",
                "求解得到的名单不满足限制；请向开发者报告。",
            ),
        )


def _whole_scores(able: Sequence[Standing]) -> FloatArray:
    """Scores as whole numbers from 0, so that sums are exact."""
    decimals = _decimals(able)
    scaled = [int(standing.score.scaleb(decimals)) for standing in able]
    return np.array([score - min(scaled) for score in scaled], float)


def _decimals(able: Sequence[Standing]) -> int:
    exponents = [standing.score.as_tuple().exponent for standing in able]
    return max([0, *(-exponent for exponent in exponents if isinstance(exponent, int))])
