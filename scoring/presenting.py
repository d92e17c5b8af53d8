"""An evaluation's rows: arrays of the engine made values with ids."""

import numpy as np

from scoring.additive import AdditiveCalibration
from scoring.aggregate import mean_by_judge, sd_by_judge
from scoring.arrays import FloatArray, sums_by
from scoring.evaluation import Component, EntryResult, JudgeResult, Variances
from scoring.ranking import Standing
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


def judge_results(table: ScoreTable, scored: Scored) -> tuple[JudgeResult, ...]:
    """All judges' rows, in order of id."""
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
