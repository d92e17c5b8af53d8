"""Flags about a judge's sheets: marks of all criteria that run together (halo)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce

import numpy as np

from scoring.arrays import FloatArray, IntArray, sums_by
from scoring.errors import ScoringError
from scoring.evaluation import FlagKind
from scoring.flags.bulk import against_bulk, upper
from scoring.flags.outcome import Seats, Tested, Untestable
from scoring.sentences import Sentence
from scoring.table import ScoreTable
from scoring.untestable import Reason

HALO_Q = 0.20  # The lower tail of the sum is shorter than a t has it: measured, 4 % of these flags are false.
FEWEST_CRITERIA, FEWEST_SHEETS, FEWEST_JUDGES = 3, 5, 5


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """Per judge, sums over what is left of the marks within the sheets; those of several rubrics add up.

    Attributes
    ----------
    sheets : array of float
        How many sheets.
    cells, degrees : array of float
        Sheets times criteria less one; the same with a sheet less, which the judge's means by criterion cost.
    squares : array of float
        Of what is left of the marks.
    lean, cross : array of float
        Squares of the profiles that the other judges give the same entries, and their products with the marks.
    """

    sheets: FloatArray
    cells: FloatArray
    degrees: FloatArray
    squares: FloatArray
    lean: FloatArray
    cross: FloatArray

    def plus(self, other: "Within") -> "Within":
        """Return the sums over both rubrics."""
        return Within(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def halo(table: ScoreTable, sheets: Sequence[ScoreTable] = ()) -> Tested | Untestable:
    """Judges within whose sheets the marks differ less than within others'.

    Marks are taken over the spread of their criterion, less the judge's own mean by criterion and the sheet's. A halo draws
    them together by a factor: the strengths and weaknesses that other judges see in the same entry show less (slope), and
    what else differs shrinks too (variance). Slope and log variance are added, each over its bulk's spread, and held
    against the bulk of the sums. The effect is the spread within sheets over that of the middle judge: 1 is as
    others, 0 all marks of a sheet alike.

    Parameters
    ----------
    table : ScoreTable
        Whose judges are tested.
    sheets : sequence of ScoreTable
        The marks, one table a rubric, where `table` holds totals only.

    Raises
    ------
    ScoringError
        ``bad_parameter`` when the sheets know a judge whom the table does not.
    """
    kind = FlagKind.HALO
    if strangers := sorted({judge for one in sheets for judge in one.judges} - set(table.judges)):
        text = Sentence(
            f"The sheets hold marks of judge {strangers[0]}, who has no total in the table.",
            f"评分表里有评委 {strangers[0]} 的分数，但总分表里没有这位评委。",
        )
        raise ScoringError("bad_parameter", text, name="sheets", value=strangers[0])
    marked = [one for one in (sheets or (table,)) if len(one.criteria) >= FEWEST_CRITERIA]
    if not marked:
        return Untestable(kind, Reason("few_criteria", {"criteria": FEWEST_CRITERIA}))
    found = [within for one in marked if (within := _within(one, table.judges)) is not None]
    if not found:
        return Untestable(kind, Reason("flat_criteria", {"criteria": FEWEST_CRITERIA}))
    sums = reduce(Within.plus, found)
    judges = np.flatnonzero((sums.sheets >= FEWEST_SHEETS) & (sums.degrees > 0))
    if len(judges) < FEWEST_JUDGES:
        return Untestable(kind, Reason("few_sheets", {"judges": FEWEST_JUDGES, "sheets": FEWEST_SHEETS}))
    degrees = sums.degrees[judges]
    slope, error, rest = _profiles(sums)
    logs = np.log(np.maximum(rest[judges] / degrees, 1e-6))
    flat, _, _ = against_bulk(logs, np.sqrt(2 / degrees))
    blunt = against_bulk(slope[judges], error[judges])[0] if np.isfinite(error[judges]).all() else np.zeros(len(judges))
    statistic, _, t_degrees = against_bulk(flat + blunt, np.zeros(len(judges)))
    spread_within = np.sqrt(sums.squares[judges] / degrees)
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


def _within(table: ScoreTable, judges: tuple[str, ...]) -> Within | None:
    """Sums over the sheets of one rubric, per judge of `judges`; None when too few criteria tell entries apart."""
    if table.marks is None:
        return None
    spread = table.marks.std(axis=0)
    marks = table.marks[:, spread > 0] / spread[spread > 0]
    wide = marks.shape[1]
    if wide < FEWEST_CRITERIA:
        return None
    place = {judge: at for at, judge in enumerate(judges)}
    of_table: IntArray = np.array([place[judge] for judge in table.judges], np.int64)
    judge, many = of_table[table.judge], len(judges)
    load = sums_by(judge, np.ones(len(judge)), many)
    means = np.column_stack([sums_by(judge, column, many) / np.maximum(load, 1) for column in marks.T])
    apart = marks - means[judge]
    apart = apart - apart.mean(axis=1, keepdims=True)
    sums = np.column_stack([sums_by(table.entry, column, len(table.entries)) for column in apart.T])[table.entry]
    others = (table.judges_per_entry[table.entry] - 1)[:, None]
    profile = np.where(others > 0, (sums - apart) / np.maximum(others, 1), 0.0)
    return Within(
        sheets=load,
        cells=load * (wide - 1),
        degrees=np.maximum(load - 1, 0) * (wide - 1),
        squares=sums_by(judge, (apart**2).sum(axis=1), many),
        lean=sums_by(judge, (profile**2).sum(axis=1), many),
        cross=sums_by(judge, (profile * apart).sum(axis=1), many),
    )


def _profiles(sums: Within) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per judge: slope on the mean profile that the other judges give the same entry, its error, and squares about it.

    The error is infinite where nobody else judged any of the judge's entries.
    """
    known = sums.lean > 1e-12
    slope = sums.cross / np.maximum(sums.lean, 1e-12)
    rest = np.maximum(sums.squares - np.where(known, slope * sums.cross, 0.0), 0.0)
    seated = sums.sheets > 0
    noise = float(np.median(rest[seated] / np.maximum(sums.cells[seated], 1)))
    error = np.where(known, np.sqrt(noise / np.maximum(sums.lean, 1e-12)), np.inf)
    return slope, np.asarray(error, float), rest
