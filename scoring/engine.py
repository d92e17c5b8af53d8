"""`evaluate`: one table, one method, and everything that can be said about the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from scoring import outliers
from scoring.aggregate import (
    Aggregate,
    aggregate_mean,
    aggregate_median,
    aggregate_trimmed,
    mean_by_judge,
    raw_totals,
    sd_by_judge,
)
from scoring.arrays import FloatArray, IntArray, exact_sums_by, sums_by
from scoring.calibration import (
    AdditiveCalibration,
    Calibration,
    calibrate_additive,
    calibrate_mapped,
    calibrate_standard,
    mean_of,
)
from scoring.digest import digest_of
from scoring.errors import Note, ScoringError
from scoring.evaluation import Component, EntryResult, Evaluation, Flag, JudgeResult, Method, Variances
from scoring.marks import MOST_DECIMALS
from scoring.ranking import Standing, lot, rank_entries
from scoring.rounding import half_up
from scoring.table import ScoreTable
from scoring.uncertainty import NORMAL_90, Places, efficiency_of, error_of_mean, place_by_draws
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
) -> Evaluation:
    """Score, rank, calibrate and check one round by one method, with all others beside it.

    Parameters
    ----------
    table : ScoreTable
    method : Method or str
        ``mean``, ``trimmed``, ``median``, ``standard``, ``mapped`` or ``severity``: chosen before judging starts.
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
        Rank unlinked parts of the design together under ``severity``: assumes that their judges are alike.
    draws : int
        Joint posterior draws.

    Returns
    -------
    Evaluation
        Rank intervals and chances always speak of the entries' quality under the additive model, whatever the method.

    Raises
    ------
    ScoringError
        ``bad_parameter``, ``bad_drop``, ``too_many_judges``.

    Notes
    -----
    Sources of the methods: see `scoring.aggregate` and `scoring.calibration`.
    """
    params = _checked(table, method, seed, drop, drop_from, decimals, top, chain, exchangeable, draws)
    chosen = Method(method)
    scored = _Scored.of(table, drop, drop_from, decimals)
    separate = chosen is Method.SEVERITY and not exchangeable
    parts = scored.fit.design.part_of_entry if separate else np.zeros(len(table.entries), np.int64)
    exact = scored.by(chosen)
    errors = _errors(table, scored, chosen)
    # Nine decimals first: the noise of binary numbers must not decide which way a half falls.
    published = [half_up(round(float(score), 9), decimals) for score in exact]
    standings = _standings(table, scored, published, parts, chain, seed)
    places = place_by_draws(scored.fit, table, seed=seed, draws=draws, top=top, parts=parts)
    results = [
        _entry_result(table, scored, place, standings[entry], exact, errors, places)
        for place, entry in enumerate(table.entries)
    ]
    return Evaluation(
        method=chosen,
        entries=tuple(sorted(results, key=lambda one: (one.component if separate else 0, one.rank, one.entry))),
        judges=_judge_results(table, scored),
        flags=_flags(table, scored.fit),
        tested=outliers.count_tested(table, scored.fit),
        components=_components(table, scored.fit),
        variances=_variances(scored.fit),
        notes=_notes(scored, chosen),
        params=params,
        version=__version__,
        digest=digest_of([__version__, params, table.digest]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """Every method's scores of one table."""

    mean: Aggregate
    trimmed: Aggregate
    median: Aggregate
    standard: Calibration
    mapped: Calibration
    fit: AdditiveCalibration
    adjustments: tuple[Decimal, ...]
    adjusted: FloatArray

    @classmethod
    def of(cls, table: ScoreTable, drop: int, drop_from: int, decimals: int) -> "_Scored":
        fit = calibrate_additive(table)
        adjustments = tuple(half_up(float(severity), decimals) for severity in fit.severity)
        return cls(
            mean=aggregate_mean(table),
            trimmed=aggregate_trimmed(table, drop=drop, drop_from=drop_from),
            median=aggregate_median(table),
            standard=calibrate_standard(table),
            mapped=calibrate_mapped(table),
            fit=fit,
            adjustments=adjustments,
            adjusted=adjusted_scores(table, adjustments, decimals),
        )

    def by(self, method: Method) -> FloatArray:
        """Unrounded scores by one method."""
        return {
            Method.MEAN: self.mean.scores,
            Method.TRIMMED: self.trimmed.scores,
            Method.MEDIAN: self.median.scores,
            Method.STANDARD: self.standard.scores,
            Method.MAPPED: self.mapped.scores,
            Method.SEVERITY: self.adjusted,
        }[method]


def adjusted_scores(table: ScoreTable, adjustments: Sequence[Decimal], decimals: int) -> FloatArray:
    """Mean of (total + the judge's published adjustment): what anybody can recompute with a pocket calculator.

    Parameters
    ----------
    table : ScoreTable
    adjustments : sequence of Decimal
        Per judge, with `decimals` decimals.
    decimals : int

    Returns
    -------
    array of float
        Per entry; where totals are decimals, the float nearest to the exact quotient.
    """
    if table.units is None or table.decimals + decimals > MOST_DECIMALS + 3:
        plain = np.array([float(adjustment) for adjustment in adjustments])
        return mean_of(table, table.total + plain[table.judge])
    shared = max(table.decimals, decimals)
    added = np.array([int(adjustment.scaleb(shared)) for adjustment in adjustments], np.int64)
    units = table.units * 10 ** (shared - table.decimals) + added[table.judge]
    sums = exact_sums_by(table.entry, units, len(table.entries))
    return np.asarray(sums / (table.judges_per_entry * 10**shared), float)


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
    for name, wrong in faults.items():
        if wrong:
            raise ScoringError("bad_parameter", f"{name} cannot be {given[name]}.", name=name, value=given[name])
    return given


def _errors(table: ScoreTable, scored: _Scored, method: Method) -> FloatArray | None:
    """Standard errors of the chosen method's scores."""
    if method is Method.SEVERITY:
        return scored.fit.scores_se
    used = {Method.TRIMMED: scored.trimmed, Method.MEDIAN: scored.median}.get(method, scored.mean)
    totals = {Method.STANDARD: scored.standard.totals, Method.MAPPED: scored.mapped.totals}.get(method, table.total)
    kept = sums_by(table.entry, used.kept.astype(float), len(table.entries)).astype(np.int64)
    efficiency = efficiency_of(kept, table.judges_per_entry)
    return error_of_mean(table, totals, scored.by(method), efficiency)


def _standings(
    table: ScoreTable,
    scored: _Scored,
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


def _link(table: ScoreTable, scored: _Scored, name: str, seed: int) -> FloatArray:
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


def _entry_result(
    table: ScoreTable,
    scored: _Scored,
    place: int,
    standing: Standing,
    exact: FloatArray,
    errors: FloatArray | None,
    places: Places,
) -> EntryResult:
    score, se = float(exact[place]), None if errors is None else float(errors[place])
    return EntryResult(
        entry=standing.entry,
        n=int(table.judges_per_entry[place]),
        raw_mean=float(scored.mean.scores[place]),
        trimmed=float(scored.trimmed.scores[place]),
        median=float(scored.median.scores[place]),
        standard=float(scored.standard.scores[place]),
        mapped=float(scored.mapped.scores[place]),
        adjusted=float(scored.adjusted[place]),
        score=standing.score,
        exact=score,
        se=se,
        low90=None if se is None else score - NORMAL_90 * se,
        high90=None if se is None else score + NORMAL_90 * se,
        rank=standing.rank,
        tied=standing.tied,
        rank_low=int(places.low[place]),
        rank_high=int(places.high[place]),
        p_top={k: float(chance[place]) for k, chance in places.p_top.items()},
        component=int(scored.fit.design.part_of_entry[place]) + 1,
    )


def _judge_results(table: ScoreTable, scored: _Scored) -> tuple[JudgeResult, ...]:
    fit = scored.fit
    mean, sd, spread = mean_by_judge(table), sd_by_judge(table), _spread(table, fit)
    return tuple(
        JudgeResult(
            judge=judge,
            n=int(table.entries_per_judge[place]),
            mean=float(mean[place]),
            sd=float(sd[place]),
            severity=float(fit.severity[place]),
            adjustment=scored.adjustments[place],
            se=None if fit.severity_se is None else float(fit.severity_se[place]),
            low90=None if fit.severity_se is None else float(fit.severity[place] - NORMAL_90 * fit.severity_se[place]),
            high90=None if fit.severity_se is None else float(fit.severity[place] + NORMAL_90 * fit.severity_se[place]),
            spread=float(spread[place]),
            component=int(fit.design.part_of_judge[place]) + 1,
        )
        for place, judge in enumerate(table.judges)
    )


def _spread(table: ScoreTable, fit: AdditiveCalibration) -> FloatArray:
    if fit.leave_out_t is None or fit.noise is None:
        return np.zeros(len(table.judges))
    squares = sums_by(table.judge, fit.leave_out_t**2, len(table.judges)) / table.entries_per_judge
    return np.asarray(np.sqrt(squares) * fit.noise, float)


def _flags(table: ScoreTable, fit: AdditiveCalibration) -> tuple[Flag, ...]:
    return (
        *outliers.flag_severity(table, fit),
        *outliers.flag_inconsistency(table, fit),
        *outliers.flag_favouritism(table, fit),
        *outliers.flag_by_residual(table, fit),
    )


def _components(table: ScoreTable, fit: AdditiveCalibration) -> tuple[Component, ...]:
    design = fit.design
    entries: list[list[str]] = [[] for _ in range(design.parts)]
    judges: list[list[str]] = [[] for _ in range(design.parts)]
    for entry, part in zip(table.entries, design.part_of_entry.tolist(), strict=True):
        entries[part].append(entry)
    for judge, part in zip(table.judges, design.part_of_judge.tolist(), strict=True):
        judges[part].append(judge)
    return tuple(Component(tuple(some), tuple(others)) for some, others in zip(entries, judges, strict=True))


def _variances(fit: AdditiveCalibration) -> Variances | None:
    if fit.solution is None:
        return None
    entry, judge, residual = fit.solution.sds
    return Variances(entry, judge, residual, fit.solution.level, fit.solution.deviance)


def _notes(scored: _Scored, method: Method) -> tuple[Note, ...]:
    """What concerns the design, and what concerns the chosen method."""
    per_method: Mapping[Method, tuple[Note, ...]] = {
        Method.TRIMMED: scored.trimmed.notes,
        Method.STANDARD: scored.standard.notes,
        Method.MAPPED: scored.standard.notes,
        Method.SEVERITY: tuple(note for note in scored.standard.notes if note.code == "few_totals"),
    }
    return (*per_method.get(method, ()), *scored.fit.notes)
