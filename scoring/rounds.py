"""Marks of several rounds in one table, parted: every round is scored by itself, and `combine_stages` joins the scores."""

from collections.abc import Iterable, Sequence
from typing import Any

from scoring.errors import BadRow, BadRows, ScoringError
from scoring.faults import NO_ROWS, UNEQUAL
from scoring.sentences import Sentence
from scoring.table import ScoreTable

BY_ROW = ("entry", "judge", "mark", "criterion", "recused", "order", "rows")
MISSING = Sentence("The round is missing.", "缺少轮次。")


def tables_by_round(*, round: Iterable[object], **columns: Any) -> dict[str, ScoreTable]:
    """Part columns by round and check each.

    Parameters
    ----------
    round : iterable
        The round of every row.
    **columns
        As for `ScoreTable.from_columns`.

    Returns
    -------
    dict
        A table by round, in order of the rounds' names.

    Raises
    ------
    BadRows
        Listing every row that cannot be used, of all rounds together.
    ScoringError
        ``no_rows``, ``unequal_columns``, ``bad_weight`` or ``bad_parameter``.
    """
    names = ["" if one is None else str(one).strip() for one in round]
    by_row = {name: list(columns.pop(name)) for name in BY_ROW if columns.get(name) is not None}
    numbers = by_row.pop("rows", list(range(1, len(names) + 1)))
    if any(len(column) != len(names) for column in (*by_row.values(), numbers)):
        raise ScoringError("unequal_columns", UNEQUAL)
    if not names:
        raise ScoringError("no_rows", NO_ROWS)
    faults = [BadRow(numbers[at], "missing", MISSING) for at, name in enumerate(names) if not name]
    found: dict[str, ScoreTable] = {}
    for name in sorted(set(names) - {""}):
        mine = [at for at, one in enumerate(names) if one == name]
        try:
            some: dict[str, Any] = {title: _some(column, mine) for title, column in by_row.items()}
            found[name] = ScoreTable.from_columns(**some, **columns, rows=_some(numbers, mine))
        except BadRows as error:
            faults += error.rows
    if faults:
        raise BadRows(sorted(faults, key=lambda bad: (bad.row == 0, bad.row)))
    return found


def _some(column: Sequence[Any], rows: Sequence[int]) -> list[Any]:
    return [column[at] for at in rows]
