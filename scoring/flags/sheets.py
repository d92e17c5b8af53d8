"""Flags about a judge's sheets: marks of all criteria that run together (halo)."""

import numpy as np

from scoring.arrays import FloatArray, sums_by
from scoring.evaluation import FlagKind
from scoring.flags.bulk import against_bulk, upper
from scoring.flags.outcome import Seats, Tested, Untestable
from scoring.table import ScoreTable
from scoring.untestable import Reason

HALO_Q = 0.20  # The lower tail of the sum is shorter than a t has it: measured, 4 % of these flags are false.
FEWEST_CRITERIA, FEWEST_SHEETS, FEWEST_JUDGES = 3, 5, 5


def halo(table: ScoreTable) -> Tested | Untestable:
    """Judges within whose sheets the marks differ less than within others'.

    Marks are taken over the spread of their criterion, less the judge's own mean by criterion and the sheet's. A halo draws
    them together by a factor: the strengths and weaknesses that other judges see in the same entry show less (slope), and
    what else differs shrinks too (variance). Slope and log variance are added, each over its bulk's spread, and held
    against the bulk of the sums. The effect is the spread within sheets over that of the middle judge: 1 is as
    others, 0 all marks of a sheet alike.
    """
    kind = FlagKind.HALO
    if table.marks is None or len(table.criteria) < FEWEST_CRITERIA:
        return Untestable(kind, Reason("few_criteria", {"criteria": FEWEST_CRITERIA}))
    load = table.entries_per_judge.astype(float)
    judges = np.flatnonzero(load >= FEWEST_SHEETS)
    if len(judges) < FEWEST_JUDGES:
        return Untestable(kind, Reason("few_sheets", {"judges": FEWEST_JUDGES, "sheets": FEWEST_SHEETS}))
    spread = table.marks.std(axis=0)
    marks = table.marks[:, spread > 0] / spread[spread > 0]
    wide = marks.shape[1]
    if wide < FEWEST_CRITERIA:
        return Untestable(kind, Reason("flat_criteria", {"criteria": FEWEST_CRITERIA}))
    apart = _within_sheets(table, marks)
    slope, error, rest = _profiles(table, apart)
    degrees = (load - 1) * (wide - 1)
    logs = np.log(np.maximum(rest / np.maximum(degrees, 1), 1e-6))[judges]
    unsure = np.sqrt(2 / degrees[judges])
    flat, _, _ = against_bulk(logs, unsure)
    blunt = against_bulk(slope[judges], error[judges])[0] if np.isfinite(error[judges]).all() else np.zeros(len(judges))
    statistic, _, t_degrees = against_bulk(flat + blunt, np.zeros(len(judges)))
    spread_within = np.sqrt(sums_by(table.judge, (apart**2).sum(axis=1), len(load)) / np.maximum(degrees, 1))[judges]
    ratio = spread_within / max(float(np.median(spread_within)), 1e-9)

    seats = Seats(table.judge)

    def sentence(at: int) -> str:
        return (
            f"Marks within the sheets of judge {table.judges[judges[at]]} differ {100 * ratio[at]:.0f} % as much as within those"
            " of the middle judge: one impression may have led all of them."
        )

    return Tested(
        kind=kind,
        table=table,
        judge=judges.astype(np.int64),
        statistic=statistic,
        p=upper(-statistic, t_degrees),
        effect=ratio,
        level=HALO_Q,
        sentence=sentence,
        rows=lambda at: seats[int(judges[at])],
    )


def _within_sheets(table: ScoreTable, marks: FloatArray) -> FloatArray:
    """Marks less the judge's mean by criterion and the mean of the sheet."""
    load = table.entries_per_judge
    means = np.column_stack([sums_by(table.judge, column, len(load)) / load for column in marks.T])
    apart = marks - means[table.judge]
    return np.asarray(apart - apart.mean(axis=1, keepdims=True), float)


def _profiles(table: ScoreTable, apart: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per judge: slope on the mean profile that the other judges give the same entry, its error, and squares about it.

    The error is infinite where nobody else judged any of the judge's entries.
    """
    entries, judges = len(table.entries), len(table.judges)
    sums = np.column_stack([sums_by(table.entry, column, entries) for column in apart.T])[table.entry]
    others = (table.judges_per_entry[table.entry] - 1)[:, None]
    profile = np.where(others > 0, (sums - apart) / np.maximum(others, 1), 0.0)
    lean = sums_by(table.judge, (profile**2).sum(axis=1), judges)
    slope = sums_by(table.judge, (profile * apart).sum(axis=1), judges) / np.maximum(lean, 1e-12)
    rest = sums_by(table.judge, ((apart - slope[table.judge, None] * profile) ** 2).sum(axis=1), judges)
    noise = float(np.median(rest / np.maximum(table.entries_per_judge * (apart.shape[1] - 1), 1)))
    error = np.where(lean > 1e-12, np.sqrt(noise / np.maximum(lean, 1e-12)), np.inf)
    return slope, np.asarray(error, float), rest
