"""A workbook in which every judge has a sheet: the sheets' names are the judges'."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scoring.errors import ScoringError
from scoring.faults import placed
from scoring.reading.cells import is_blank, key_of, text_of
from scoring.reading.grid import Grid
from scoring.reading.header import find_header
from scoring.reading.marks import Marks
from scoring.reading.words import is_total
from scoring.sentences import Sentence, listed, shown

JUDGE = "评委"
_NO_JUDGE = re.compile(
    "汇总|总表|结果|统计|说明|封面|名单|初评|复评|终评|初赛|复赛|决赛|轮|阶段|组|赛道|summary|results?|round|stage|track",
    re.I,
)


def marks_of_sheets(
    grids: Sequence[Grid], named: Mapping[str, str], read: Callable[[Grid, Mapping[str, str]], Marks]
) -> Marks | None:
    """Read sheets with the same headings as one judge's each; None if they are no such sheets.

    Parameters
    ----------
    grids : sequence of Grid
        The visible sheets.
    named : mapping of role to column name
        Without a judge.
    read : callable
        Makes marks of a grid.
    """
    ours = [grid for grid in grids if grid.rows and not _NO_JUDGE.search(grid.sheet) and not is_total(grid.sheet)]
    if len(ours) < 2 or "judge" in named:
        return None
    try:
        headings = {tuple(map(key_of, find_header(grid, list(named.values())).names)) for grid in ours}
        if len(headings) > 1:
            return None
        found = [read(_with_judge(grid, named), {**named, "judge": JUDGE}) for grid in ours]
    except ScoringError:
        return None
    entries = [set(marks.entry) for marks in found]
    if len(set().union(*entries)) == sum(map(len, entries)):  # Parts of one table have no entry in common, judges have.
        return None
    return _joined(found, ours, [grid.sheet for grid in grids if grid not in ours])


def _with_judge(grid: Grid, named: Mapping[str, str]) -> Grid:
    """The grid with a column that names the judge."""
    header = find_header(grid, list(named.values()))
    head = header.first - 1
    rows = [
        (*row, JUDGE if at == head else grid.sheet if at > head and _is_full(row) else None)
        for at, row in enumerate(grid.rows)
    ]
    return replace(grid, rows=tuple(rows), column_count=grid.column_count + 1, others=())


def _is_full(row: Sequence[object]) -> bool:
    """Whether a row holds more than a note."""
    return len({text_of(cell) for cell in row if not is_blank(cell)}) > 1


def _joined(found: Sequence[Marks], grids: Sequence[Grid], left: Sequence[str]) -> Marks:
    """All sheets' marks as one; rows are told with their sheet."""
    where = [Sentence(f"sheet {shown(grid.sheet)}", f"工作表“{shown(grid.sheet)}”") for grid in grids]
    first = found[0]
    with_criteria = first.criterion is not None
    return replace(
        first,
        entry=[one for marks in found for one in marks.entry],
        judge=[one for marks in found for one in marks.judge],
        mark=[one for marks in found for one in marks.mark],
        criterion=[one for marks in found for one in marks.criterion or ()] if with_criteria else None,
        recused=[one for marks in found for one in marks.recused],
        absent=[one for marks in found for one in marks.absent],
        place=[
            (row, _both(sheet, words)) for marks, sheet in zip(found, where, strict=True) for row, words in marks.place
        ],
        order=None if first.order is None else [one for marks in found for one in marks.order or ()],
        unit_of_entry=_merged([marks.unit_of_entry for marks in found]),
        track_of_entry=_merged([marks.track_of_entry for marks in found]),
        groups={},
        of_judges={},
        faults=tuple(
            replace(bad, text=placed(sheet, bad.text))
            for marks, sheet in zip(found, where, strict=True)
            for bad in marks.faults
        ),
        understood=(_told(found, grids, left), *first.understood[1:]),
    )


def _both(sheet: Sentence, words: str) -> Sentence:
    return placed(sheet, words) if words else sheet


def _merged(said: Sequence[Mapping[str, str] | None]) -> dict[str, str] | None:
    """What the sheets say of entries, if they do not contradict each other."""
    merged: dict[str, str] = {}
    for one in said:
        if one is None or any(merged.get(entry, text) != text for entry, text in one.items()):
            return None
        merged.update(one)
    return merged


def _told(found: Sequence[Marks], grids: Sequence[Grid], left: Sequence[str]) -> Sentence:
    names, count = [grid.sheet for grid in grids], sum(len(marks.mark) - sum(marks.absent) for marks in found)
    entries = len({entry for marks in found for entry in marks.entry} - {""})
    rest = (f" Not read: {listed(left)}.", f"没有读{listed(left, 'zh')}。") if left else ("", "")
    return Sentence(
        f"Read {count} marks of {entries} entries by {len(names)} judges. Every sheet is a judge's: {listed(names)}.{rest[0]}",
        f"读到 {entries} 件参评成果、{len(names)} 位评委、{count} 个分数。每张工作表是一位评委：{listed(names, 'zh')}。{rest[1]}",
    )
