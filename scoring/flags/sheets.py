"""Flags about a judge's sheets: marks of all criteria that run together (halo)."""

import numpy as np

from scoring.arrays import sums_by
from scoring.evaluation import FlagKind
from scoring.flags.bulk import against_bulk, upper
from scoring.flags.outcome import JUDGE_Q, Tested, Untestable, ballots_of
from scoring.table import ScoreTable

FEWEST_CRITERIA, FEWEST_SHEETS, FEWEST_JUDGES = 3, 5, 5


def halo(table: ScoreTable) -> Tested | Untestable:
    """Judges within whose sheets the marks differ less than within others': log variance against the bulk.

    Marks are taken over the spread of their criterion, less the judge's own mean by criterion. The effect is the spread
    within sheets over that of the middle judge: 1 is as others, 0 all marks of a sheet alike.
    """
    kind = FlagKind.HALO
    if table.marks is None or len(table.criteria) < FEWEST_CRITERIA:
        return Untestable(kind, f"there are fewer than {FEWEST_CRITERIA} criteria")
    load = table.entries_per_judge.astype(float)
    judges = np.flatnonzero(load >= FEWEST_SHEETS)
    if len(judges) < FEWEST_JUDGES:
        return Untestable(kind, f"there are fewer than {FEWEST_JUDGES} judges with {FEWEST_SHEETS} sheets")
    spread = table.marks.std(axis=0)
    marks = table.marks[:, spread > 0] / spread[spread > 0]
    wide = marks.shape[1]
    if wide < FEWEST_CRITERIA:
        return Untestable(kind, f"marks differ in fewer than {FEWEST_CRITERIA} criteria")
    means = np.column_stack([sums_by(table.judge, column, len(load)) / load for column in marks.T])
    apart = marks - means[table.judge]
    apart -= apart.mean(axis=1, keepdims=True)
    degrees = (load - 1) * (wide - 1)
    variance = sums_by(table.judge, (apart**2).sum(axis=1), len(load)) / np.maximum(degrees, 1)
    logs = np.log(np.maximum(variance[judges], 1e-6))
    statistic, distance, t_degrees = against_bulk(logs, np.sqrt(2 / degrees[judges]))
    ratio = np.exp(distance / 2)

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
        level=JUDGE_Q,
        sentence=sentence,
        rows=lambda at: ballots_of(table, int(judges[at])),
    )
