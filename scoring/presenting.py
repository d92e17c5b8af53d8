"""An evaluation's rows: arrays of the engine made values with ids."""

from decimal import Decimal

import numpy as np

from scoring.additive import AdditiveCalibration
from scoring.aggregate import mean_by_judge, sd_by_judge
from scoring.arrays import FloatArray, sums_by
from scoring.decomposition import DIGITS
from scoring.evaluation import BallotResult, Component, EntryResult, FullModel, JudgeResult, Variances
from scoring.full import FullCalibration
from scoring.ranking import Standing
from scoring.rounding import half_up
from scoring.scored import Scored
from scoring.table import ScoreTable
from scoring.uncertainty import NORMAL_90, Places


def entry_result(
    table: ScoreTable,
    scored: Scored,
    place: int,
    standing: Standing,
    exact: FloatArray,
    errors: FloatArray | None,
    places: Places,
) -> EntryResult:
    """One entry's row."""
    score, se = float(exact[place]), None if errors is None else float(errors[place])
    low, high = _interval(scored, place, score, se)
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
        low90=low,
        high90=high,
        rank=standing.rank,
        tied=standing.tied,
        rank_low=int(places.low[place]),
        rank_high=int(places.high[place]),
        p_top={k: float(chance[place]) for k, chance in places.p_top.items()},
        component=int(scored.fit.design.part_of_entry[place]) + 1,
    )


def _interval(scored: Scored, place: int, score: float, se: float | None) -> tuple[float | None, float | None]:
    """The 90 % interval: that of the draws under the full calibration, a symmetric one otherwise."""
    full = scored.full
    if full is not None and full.low90 is not None and full.high90 is not None:
        return float(full.low90[place]), float(full.high90[place])
    return (None, None) if se is None else (score - NORMAL_90 * se, score + NORMAL_90 * se)


def interval_ends(
    scored: Scored, exact: FloatArray, errors: FloatArray | None
) -> tuple[FloatArray | None, FloatArray | None]:
    """The 90 % intervals of all entries, as `entry_result` gives them one by one."""
    full = scored.full
    if full is not None and full.low90 is not None and full.high90 is not None:
        return full.low90, full.high90
    return (None, None) if errors is None else (exact - NORMAL_90 * errors, exact + NORMAL_90 * errors)


def judge_results(table: ScoreTable, scored: Scored) -> tuple[JudgeResult, ...]:
    """All judges' rows, in order of id."""
    fit = scored.fit
    mean, sd, spread = mean_by_judge(table), sd_by_judge(table), _spread(table, fit)
    if scored.full is not None and scored.full.hyper is not None:
        return _full_judges(table, scored, scored.full, mean, sd)
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


def _full_judges(
    table: ScoreTable, scored: Scored, full: FullCalibration, mean: FloatArray, sd: FloatArray
) -> tuple[JudgeResult, ...]:
    errors = np.zeros(len(table.judges)) if full.severity_se is None else full.severity_se
    rows = zip(table.judges, full.severity.tolist(), errors.tolist(), strict=True)
    return tuple(
        JudgeResult(
            judge=judge,
            n=int(table.entries_per_judge[place]),
            mean=float(mean[place]),
            sd=float(sd[place]),
            severity=severity,
            adjustment=half_up(severity, scored.decimals),
            se=se,
            low90=severity - NORMAL_90 * se,
            high90=severity + NORMAL_90 * se,
            spread=float(full.noise[place]),
            component=int(scored.fit.design.part_of_judge[place]) + 1,
            scale=float(full.scale[place]),
            noise=float(full.noise[place]),
            favour=float(full.favour[place]),
            curve=float(full.curve[place]),
        )
        for place, (judge, severity, se) in enumerate(rows)
    )


def ballot_results(table: ScoreTable, scored: Scored) -> tuple[BallotResult, ...]:
    """Every total with its weight and adjustment under the full calibration; none under any other."""
    full, published = scored.full, scored.published
    if full is None or published is None:
        return ()
    figures = (table.entry, table.judge, table.total, published.adjustments, published.weights, full.aberrant)
    return tuple(
        BallotResult(
            entry=table.entries[entry],
            judge=table.judges[judge],
            total=total,
            adjustment=Decimal(adjustment).scaleb(-DIGITS),
            weight=Decimal(weight).scaleb(-DIGITS),
            aberrant=aberrant,
        )
        for entry, judge, total, adjustment, weight, aberrant in zip(
            *(column.tolist() for column in figures), strict=True
        )
    )


def full_model(table: ScoreTable, scored: Scored) -> FullModel | None:
    """What the full calibration found of all together; None under any other."""
    full = scored.full
    if full is None:
        return None
    hyper, run = full.hyper, full.convergence
    names = sorted(set(table.track_of_entry or ()))
    several = len(names) > 1
    return FullModel(
        mean=float(full.tracks.mean()),
        entry=0.0 if hyper is None else hyper.entry**0.5,
        judge=0.0 if hyper is None else hyper.judge**0.5,
        noise=0.0 if hyper is None else hyper.noise**0.5,
        scale=0.0 if hyper is None else hyper.scale**0.5,
        aberrant=0.0 if hyper is None else hyper.aberrant,
        favour=0.0 if hyper is None else hyper.favour,
        tracks=dict(zip(names, full.tracks.tolist(), strict=True)) if several else {},
        track=hyper.track**0.5 if hyper is not None and several else 0.0,
        simulated=full.simulated_points,
        fallback=full.fallback,
        chains=0 if run is None else run.chains,
        sweeps=0 if run is None else run.sweeps,
        rhat=0.0 if run is None else run.rhat,
        effective=0.0 if run is None else run.effective,
    )


def _spread(table: ScoreTable, fit: AdditiveCalibration) -> FloatArray:
    if fit.leave_out_t is None or fit.noise is None:
        return np.zeros(len(table.judges))
    squares = sums_by(table.judge, fit.leave_out_t**2, len(table.judges)) / table.entries_per_judge
    return np.asarray(np.sqrt(squares) * fit.noise, float)


def components_of(table: ScoreTable, fit: AdditiveCalibration) -> tuple[Component, ...]:
    """The parts of the design with their ids."""
    design = fit.design
    entries: list[list[str]] = [[] for _ in range(design.parts)]
    judges: list[list[str]] = [[] for _ in range(design.parts)]
    for entry, part in zip(table.entries, design.part_of_entry.tolist(), strict=True):
        entries[part].append(entry)
    for judge, part in zip(table.judges, design.part_of_judge.tolist(), strict=True):
        judges[part].append(judge)
    return tuple(Component(tuple(some), tuple(others)) for some, others in zip(entries, judges, strict=True))


def variances_of(fit: AdditiveCalibration) -> Variances | None:
    """The variances as standard deviations."""
    if fit.solution is None:
        return None
    entry, judge, residual = fit.solution.sds
    return Variances(entry, judge, residual, fit.solution.level, fit.solution.deviance)
