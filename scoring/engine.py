"""`evaluate`: one table, one method, and everything that can be said about the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from scoring.aggregate import raw_totals
from scoring.arrays import FloatArray, IntArray, sums_by
from scoring.calibration import mean_of
from scoring.digest import digest_of
from scoring.errors import Note, ScoringError
from scoring.evaluation import Evaluation, Method
from scoring.flags import find_flags
from scoring.presenting import (
    ballot_results,
    components_of,
    entry_result,
    full_model,
    judge_results,
    variances_of,
)
from scoring.ranking import Standing, lot, rank_entries
from scoring.rounding import half_up
from scoring.scored import Scored
from scoring.sentences import Sentence
from scoring.table import ScoreTable
from scoring.uncertainty import Places, efficiency_of, error_of_mean, place_by_draws, places_of_draws
from scoring.version import __version__

CHAIN_LINKS = ("median", "raw_mean", "raw_total", "trimmed", "adjusted", "lot")
CRITERION_LINK = "criterion:"


def evaluate(
    table: ScoreTable,
    *,
    method: Method | str = Method.SEVERITY,
    seed: int = 0,
    drop: int = 1,
    drop_from: int = 5,
    decimals: int = 2,
    top: Sequence[int] = (),
    chain: Sequence[str] = (),
    exchangeable: bool = False,
    draws: int = 1000,
    cap: float | None = None,
    region_of_entry: Mapping[str, str] | None = None,
    region_of_judge: Mapping[str, str] | None = None,
    sheets: Sequence[ScoreTable] = (),
) -> Evaluation:
    """Score, rank, calibrate and check one round by one method, with all others beside it.

    Parameters
    ----------
    table : ScoreTable
    method : Method or str
        ``mean``, ``trimmed``, ``median``, ``standard``, ``mapped``, ``severity`` or ``full``: chosen before judging starts.
    seed : int
        Of the posterior draws and of the lot; not negative.
    drop, drop_from : int
        How many totals are left out at each end, and from how many totals on.
    decimals : int
        Of published scores and of judges' adjustments.
    top : sequence of int
        The k for which the chance to be among the best k is wanted.
    chain : sequence of str
        What parts equal published scores: ``criterion:NAME``, ``median``, ``raw_mean``, ``raw_total``, ``trimmed``,
        ``adjusted``, ``lot``, in order.
    exchangeable : bool
        Rank unlinked parts of the design together under ``severity`` or ``full``: assumes that their judges are alike.
    draws : int
        Joint posterior draws under the additive model.
    cap : float, optional
        The largest total possible: under ``full``, totals there say "this or more".
    region_of_entry, region_of_judge : mapping of str to str, optional
        Regions by id, or keys for them: flags tell who scores entries of the own region higher. No score depends on them.
    sheets : sequence of ScoreTable
        The marks by criterion, one table a rubric, where `table` holds totals only: flags tell on whose sheets all
        criteria run together. No score depends on them.

    Returns
    -------
    Evaluation
        Rank intervals and chances speak of the entries' quality under the full model if that is the method, and under
        the additive model whatever else it is.

    Raises
    ------
    ScoringError
        ``bad_parameter``, ``bad_drop``, ``too_many_judges``.

    Notes
    -----
    Sources of the methods: see `scoring.aggregate` and `scoring.calibration`.
    """
    made = compute(table, method, seed, drop, drop_from, decimals, top, chain, exchangeable, draws, cap)
    scored, exact = made.scored, made.exact
    standings = _standings(table, scored, published_scores(exact, decimals), made.parts, chain, seed)
    results = [
        entry_result(table, scored, place, standings[entry], exact, made.errors, made.places)
        for place, entry in enumerate(table.entries)
    ]
    found = find_flags(table, region_of_entry=region_of_entry, region_of_judge=region_of_judge, sheets=sheets)
    params = made.params
    if region_of_entry is not None and region_of_judge is not None:
        params = params | {"regions": [sorted(region_of_entry.items()), sorted(region_of_judge.items())]}
    if sheets:
        params = params | {"sheets": [one.digest for one in sheets]}
    return Evaluation(
        method=made.method,
        entries=tuple(sorted(results, key=lambda one: (one.component if made.separate else 0, one.rank, one.entry))),
        judges=judge_results(table, scored),
        flags=found.flags,
        tested=found.tested,
        components=components_of(table, scored.fit),
        variances=variances_of(scored.fit),
        notes=notes_of(scored, made.method),
        params=params,
        version=__version__,
        digest=digest_of([__version__, params, table.digest]),
        ballots=ballot_results(table, scored),
        full=full_model(table, scored),
        untestable={kind.value: reason for kind, reason in found.untestable.items()},
    )


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """All that is computed about a table, still in arrays."""

    method: Method
    params: dict[str, object]
    scored: Scored
    separate: bool
    parts: IntArray
    exact: FloatArray
    errors: FloatArray | None
    places: Places


def compute(
    table: ScoreTable,
    method: Method | str,
    seed: int,
    drop: int,
    drop_from: int,
    decimals: int,
    top: Sequence[int],
    chain: Sequence[str],
    exchangeable: bool,
    draws: int = 1000,
    cap: float | None = None,
) -> Computed:
    """Compute everything `evaluate` tells, in arrays; see there."""
    params = _checked(table, method, seed, drop, drop_from, decimals, top, chain, exchangeable, draws, cap)
    chosen = Method(method)
    scored = Scored.of(table, drop, drop_from, decimals, chosen is Method.FULL, cap, seed)
    separate = chosen in (Method.SEVERITY, Method.FULL) and not exchangeable
    parts = scored.fit.design.part_of_entry if separate else np.zeros(len(table.entries), np.int64)
    if scored.full is not None and scored.full.draws is not None:
        places = places_of_draws(scored.full.draws, top=top, parts=parts, kind=scored.full.kind)
    else:
        places = place_by_draws(scored.fit, table, seed=seed, draws=draws, top=top, parts=parts)
    errors = _errors(table, scored, chosen)
    return Computed(chosen, params, scored, separate, parts, scored.by(chosen), errors, places)


def published_scores(exact: FloatArray, decimals: int) -> list[Decimal]:
    """Scores as published: half up, once."""
    # Nine decimals first: the noise of binary numbers must not decide which way a half falls.
    return [half_up(round(float(score), 9), decimals) for score in exact]


def _checked(
    table: ScoreTable,
    method: Method | str,
    seed: int,
    drop: int,
    drop_from: int,
    decimals: int,
    top: Sequence[int],
    chain: Sequence[str],
    exchangeable: bool,
    draws: int,
    cap: float | None,
) -> dict[str, object]:
    """The parameters as they go into digest and sheet; refuses what makes no sense."""
    known = {*CHAIN_LINKS, *(CRITERION_LINK + name for name in table.criteria)}
    faults = {
        "method": method not in list(Method),
        "seed": seed < 0,
        "decimals": not 0 <= decimals <= 6,
        "top": any(k < 1 for k in top),
        "chain": any(link not in known for link in chain),
        "draws": not 1 <= draws <= 100_000,
        "cap": cap is not None and not np.isfinite(cap),
    }
    given: dict[str, object] = {
        "method": str(method),
        "seed": int(seed),
        "drop": int(drop),
        "drop_from": int(drop_from),
        "decimals": int(decimals),
        "top": [int(k) for k in top],
        "chain": list(chain),
        "exchangeable": bool(exchangeable),
        "draws": int(draws),
    }
    if cap is not None:  # Absent, it leaves no mark on digests of earlier sheets.
        given["cap"] = float(cap)
    for name, wrong in faults.items():
        if wrong:
            raise ScoringError(
                "bad_parameter",
                Sentence(f"{name} cannot be {given[name]}.", f"{name} 不能是 {given[name]}。"),
                name=name,
                value=given[name],
            )
    return given


def _errors(table: ScoreTable, scored: Scored, method: Method) -> FloatArray | None:
    """Standard errors of the chosen method's scores."""
    if method is Method.SEVERITY:
        return scored.fit.scores_se
    if scored.full is not None:
        return scored.full.se
    used = {Method.TRIMMED: scored.trimmed, Method.MEDIAN: scored.median}.get(method, scored.mean)
    totals = {Method.STANDARD: scored.standard.totals, Method.MAPPED: scored.mapped.totals}.get(method, table.total)
    kept = sums_by(table.entry, used.kept.astype(float), len(table.entries)).astype(np.int64)
    efficiency = efficiency_of(kept, table.judges_per_entry)
    return error_of_mean(table, totals, scored.by(method), efficiency)


def _standings(
    table: ScoreTable,
    scored: Scored,
    published: Sequence[Decimal],
    parts: IntArray,
    chain: Sequence[str],
    seed: int,
) -> dict[str, Standing]:
    links = [dict(zip(table.entries, _link(table, scored, name, seed).tolist(), strict=True)) for name in chain]
    standings: dict[str, Standing] = {}
    for part in np.unique(parts):
        scores = {table.entries[place]: published[place] for place in np.flatnonzero(parts == part).tolist()}
        within = [{entry: link[entry] for entry in scores} for link in links]
        standings.update((standing.entry, standing) for standing in rank_entries(scores, within))
    return standings


def _link(table: ScoreTable, scored: Scored, name: str, seed: int) -> FloatArray:
    """What one link of the tie chain compares, per entry."""
    if name == "lot":
        drawn = lot(table.entries, seed)
        return np.array([drawn[entry] for entry in table.entries])
    if name == "raw_total":
        return raw_totals(table)
    if name.startswith(CRITERION_LINK) and table.marks is not None:
        return mean_of(table, table.marks[:, table.criteria.index(name.removeprefix(CRITERION_LINK))])
    return {
        "median": scored.median.scores,
        "raw_mean": scored.mean.scores,
        "trimmed": scored.trimmed.scores,
        "adjusted": scored.adjusted,
    }[name]


def notes_of(scored: Scored, method: Method) -> tuple[Note, ...]:
    """What concerns the design, and what concerns the chosen method."""
    per_method: Mapping[Method, tuple[Note, ...]] = {
        Method.TRIMMED: scored.trimmed.notes,
        Method.STANDARD: scored.standard.notes,
        Method.MAPPED: scored.standard.notes,
        Method.SEVERITY: tuple(note for note in scored.standard.notes if note.code == "few_totals"),
    }
    if scored.full is not None:
        return (*scored.full.notes, *scored.fit.notes)
    return (*per_method.get(method, ()), *scored.fit.notes)
