"""Marks from csv, xlsx and parquet as people keep them: the shape is guessed, and what was understood is said.

`read_marks` gives a `Marks`; ``marks.table()`` the checked `ScoreTable`; ``marks.paragraph("zh")`` what was understood.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scoring.errors import ScoringError
from scoring.faults import NO_ROWS
from scoring.reading.assemble import assemble
from scoring.reading.grid import Grid, read_grid
from scoring.reading.header import find_header
from scoring.reading.large import read_large
from scoring.reading.marks import Limits, Marks
from scoring.reading.rows import sort_rows, with_decimal_points, without_unnamed_totals
from scoring.reading.shape import Shape, find_layout, with_units
from scoring.reading.sheets import marks_of_sheets
from scoring.reading.understanding import understanding
from scoring.reading.words import is_judge

__all__ = ["Limits", "Marks", "Shape", "marks_of_grid", "read_grid", "read_marks"]


def read_marks(path: Path, *, named: Mapping[str, str] | None = None, sheet: str | None = None) -> Marks:
    """Read marks from a file.

    Parameters
    ----------
    path : Path
        csv (UTF-8, UTF-16 or GB 18030; comma, tab or semicolon), xlsx, or parquet where pyarrow is installed.
    named : mapping of role to column name, optional
        ``entry``, ``judge``, ``mark``, ``criterion``, ``track``, ``unit_entry``, ``unit_judge``, ``order``: what is not
        given is guessed; ``none`` says that no column plays the role.
    sheet : str, optional
        Name of a workbook's sheet.

    Returns
    -------
    Marks

    Raises
    ------
    ScoringError
        ``no_file``, ``unreadable``, ``no_sheet``, ``no_parquet``, ``no_rows``, ``no_column``.
    """
    given = named or {}
    large = read_large(path, given) if path.is_file() and sheet is None else None
    if large is not None:
        marks, layout, header = large
        codes = replace(marks.codes, again=lambda: marks_of_grid(read_grid(path), given)) if marks.codes else None
        return replace(
            marks, codes=codes, headings=header.names, understood=understanding(None, header, None, layout, marks)
        )
    grid = read_grid(path, sheet=sheet)
    try:
        found = marks_of_grid(grid, given)
    except ScoringError:
        others = [read_grid(path, sheet=name) for name in grid.others]
        joined = marks_of_sheets([grid, *others], given, marks_of_grid)
        one_table = (_marks_of_sheet(other, grid, given) for other in others)
        anything = joined or next((marks for marks in one_table if marks is not None), None)
        if anything is None:
            raise
        return anything
    if grid.others and found.shape == Shape.WIDE and not any(map(is_judge, found.judge)):
        others = [read_grid(path, sheet=name) for name in grid.others]  # Criteria of one judge, or judges?
        return marks_of_sheets([grid, *others], given, marks_of_grid) or found
    return found


def _marks_of_sheet(grid: Grid, first: Grid, named: Mapping[str, str]) -> Marks | None:
    """What another sheet means, where the first has no table; None if it has none either."""
    names = (first.sheet, *(one for one in first.others if one != grid.sheet))
    try:
        return marks_of_grid(replace(grid, others=names), named)
    except ScoringError:
        return None


def marks_of_grid(grid: Grid, named: Mapping[str, str]) -> Marks:
    """Say what a grid of cells means.

    Parameters
    ----------
    grid : Grid
    named : mapping of role to column name

    Returns
    -------
    Marks

    Raises
    ------
    ScoringError
        ``no_rows``, ``no_column``.
    """
    header = find_header(grid, [name for name in named.values() if name.lower() != "none"])
    rows = sort_rows(grid, header)
    if not rows.data and not rows.units:
        raise ScoringError("no_rows", NO_ROWS)
    layout = find_layout(header, [row for _, row in rows.data], named)
    if rows.units and layout.shape in (Shape.WIDE, Shape.CRITERIA):
        layout = with_units(layout, rows.units[0][1])
    elif rows.units:
        rows = rows.without_units()
        layout = find_layout(header, [row for _, row in rows.data], named)
    columns = [one.column for one in layout.marks] or [layout.roles["mark"]]
    rows = with_decimal_points(rows, columns)
    ids = [column for role, column in layout.roles.items() if role in {"entry", "judge"}]
    rows = without_unnamed_totals(rows, ids, columns)
    marks = assemble(layout, rows.data)
    return replace(marks, headings=header.names, understood=understanding(grid, header, rows, layout, marks))
