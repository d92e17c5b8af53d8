"""Rows and their layout made marks, with a sentence for everything that was read in one way and could have been another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import nan

from scoring.errors import BadRow
from scoring.faults import gave_none, missing, not_a_number, placed, unscored
from scoring.marks import read_number
from scoring.reading.cells import (
    UNCALCULATED,
    Cell,
    column_letter,
    ids_of,
    is_absent,
    is_blank,
    is_recused,
    mark_of,
    text_of,
)
from scoring.reading.columns import MarkColumn
from scoring.reading.marks import Marks
from scoring.reading.rows import Row
from scoring.reading.shape import Layout, Shape
from scoring.sentences import Sentence, shown


def assemble(layout: Layout, rows: Sequence[Row]) -> Marks:
    """Make marks of rows.

    Parameters
    ----------
    layout : Layout
    rows : sequence of (row number, cells)

    Returns
    -------
    Marks
        With `faults` listed.
    """
    return _long(layout, rows) if layout.shape is Shape.LONG else _columns(layout, rows)


def _long(layout: Layout, rows: Sequence[Row]) -> Marks:
    cells = _column_reader(layout, rows)
    entries, judges = ids_of(cells("entry")), ids_of(cells("judge"))
    given = cells("mark")
    faults: list[BadRow] = []
    criterion = list(map(text_of, cells("criterion"))) if "criterion" in layout.roles else None
    return Marks(
        entry=entries,
        judge=judges,
        mark=[None if is_recused(cell) else mark_of(cell) for cell in given],
        absent=_absent(entries, judges, given),
        criterion=criterion,
        recused=list(map(is_recused, given)),
        place=[(number, "") for number, _ in rows],
        unit_of_judge=_of(layout, "unit_judge", judges, cells, faults, rows),
        order=order_of(cells("order")) if "order" in layout.roles else None,
        unit_of_entry=_of(layout, "unit_entry", entries, cells, faults, rows),
        track_of_entry=_of(layout, "track", entries, cells, faults, rows),
        groups=_groups(layout, entries, rows),
        of_judges=_groups(layout, judges, rows),
        faults=tuple(faults),
        shape=layout.shape.value,
    )


def _absent(entries: Sequence[str], judges: Sequence[str], given: Sequence[Cell]) -> list[bool]:
    """Per mark, whether the judge gave the entry none at all: every mark of the two is blank or says so."""
    blank = [is_blank(cell) or is_absent(cell) for cell in given]
    gave = {pair for pair, none in zip(zip(entries, judges, strict=True), blank, strict=True) if not none}
    return [bool(entry and judge and (entry, judge) not in gave) for entry, judge in zip(entries, judges, strict=True)]


def _columns(layout: Layout, rows: Sequence[Row]) -> Marks:
    """One entry (or judge, or sheet) a row: every column of marks in turn."""
    cells = _column_reader(layout, rows)
    ids = "judge" if layout.shape is Shape.TURNED else "entry"
    faults = _bad_ids(layout, rows, ids, cells)
    bad = {fault.row for fault in faults}
    sheets = layout.shape is Shape.SHEETS
    entry: list[str] = []
    judge: list[str] = []
    mark: list[object] = []
    criterion: list[str] = []
    recused: list[bool] = []
    absent: list[bool] = []
    place: list[tuple[int, str]] = []
    times: list[float] = []
    when = order_of(cells("order")) if "order" in layout.roles else [nan] * len(rows)
    whose = ids_of(cells(ids))
    by_row = ids_of(cells("judge")) if sheets else [""] * len(rows)
    for at, (number, row) in enumerate(rows):
        given = len(mark)
        nothing = sheets and all(is_blank(row[one.column]) or is_absent(row[one.column]) for one in layout.marks)
        for one in layout.marks:
            cell = row[one.column]
            words = _words_of(layout, one)
            if number in bad or (not sheets and (is_blank(cell) or is_absent(cell))):
                continue
            if not nothing and not is_recused(cell) and not _readable(cell):
                faults.append(BadRow(number, "not_a_number", placed(words, _why_not(cell))))
                given = -1
                continue
            entry.append(one.judge if layout.shape is Shape.TURNED else whose[at])
            judge.append(by_row[at] if sheets else whose[at] if layout.shape is Shape.TURNED else one.judge)
            mark.append(None if is_recused(cell) else mark_of(cell))
            absent.append(nothing)
            criterion.append(one.criterion)
            recused.append(is_recused(cell))
            place.append((number, words))
            times.append(when[at])
        if len(mark) == given and number not in bad:
            turned = layout.shape is Shape.TURNED
            faults.append(replace(gave_none(whose[at]) if turned else unscored(whose[at]), row=number))
    return Marks(
        entry=entry,
        judge=judge,
        mark=mark,
        criterion=criterion if any(criterion) else None,
        recused=recused,
        absent=absent,
        place=place,
        unit_of_judge=units_above(layout)
        or _of(layout, "unit_judge", by_row if sheets else whose, cells, faults, rows),
        order=times if "order" in layout.roles else None,
        unit_of_entry=None if ids == "judge" else _of(layout, "unit_entry", whose, cells, faults, rows),
        track_of_entry=None if ids == "judge" else _of(layout, "track", whose, cells, faults, rows),
        groups={} if ids == "judge" else _groups(layout, whose, rows),
        of_judges=_groups(layout, by_row if sheets else whose, rows) if sheets or ids == "judge" else {},
        faults=tuple(faults),
        shape=layout.shape.value,
    )


def units_above(layout: Layout) -> dict[str, str] | None:
    """The judges' units, where the heading says them."""
    found = {one.judge: one.unit for one in layout.marks if one.unit}
    return {one.judge: found.get(one.judge, "") for one in layout.marks} if found else None


def _bad_ids(layout: Layout, rows: Sequence[Row], role: str, cells: Callable[[str], list[Cell]]) -> list[BadRow]:
    """Rows without an id, or whose ids stand in an earlier row too."""
    names = ("entry", "judge") if layout.shape is Shape.SHEETS else (role,)
    first: dict[tuple[str, ...], int] = {}
    faults = []
    for (number, _), *found in zip(rows, *(cells(name) for name in names), strict=True):
        ids = tuple(map(text_of, found))
        if "" in ids:
            faults.append(BadRow(number, "missing", missing(names[ids.index("")])))
        elif first.setdefault(ids, number) != number:
            faults.append(BadRow(number, "duplicate", _duplicate(dict(zip(names, ids, strict=True)), first[ids])))
    return faults


def _words_of(layout: Layout, one: MarkColumn) -> Sentence:
    name = " ".join(shown(part) for part in (one.judge, one.criterion) if part)
    letter = column_letter(one.column)
    return Sentence(f"column {letter} ({name})", f"{letter} 列（{name}）")


def _readable(cell: Cell) -> bool:
    try:
        read_number(mark_of(cell))
    except ValueError:
        return False
    return True


def _duplicate(ids: Mapping[str, str], row: int) -> Sentence:
    words = {"entry": ("entry", "成果"), "judge": ("judge", "评委")}
    en = ", ".join(f"{words[name][0]} {shown(identity)}" for name, identity in ids.items())
    zh = "、".join(f"{words[name][1]} {shown(identity)}" for name, identity in ids.items())
    return Sentence(f"{en[0].upper()}{en[1:]}: already in row {row}.", f"{zh}：与第 {row} 行重复。")


def _why_not(cell: Cell) -> Sentence:
    if cell == UNCALCULATED:
        return Sentence(
            "a formula was saved without its value; please open the file in Excel and save it.",
            "公式没有连同数值一起保存；请用 Excel 打开并保存一次。",
        )
    return not_a_number(text_of(cell))


def _column_reader(layout: Layout, rows: Sequence[Row]) -> Callable[[str], list[Cell]]:
    def cells(role: str) -> list[Cell]:
        column = layout.roles[role]
        return [row[column] for _, row in rows]

    return cells


def _of(
    layout: Layout,
    role: str,
    ids: Sequence[str],
    cells: Callable[[str], list[Cell]],
    faults: list[BadRow],
    rows: Sequence[Row],
) -> dict[str, str] | None:
    """What a column says of every id: one thing, or it is a fault (or no such column after all, if only guessed)."""
    if role not in layout.roles:
        return None
    said: dict[str, str] = {}
    wrong: list[BadRow] = []
    for (number, _), identity, cell in zip(rows, ids, cells(role), strict=True):
        text = text_of(cell)
        if text and said.setdefault(identity, text) != text:
            name = layout.names[layout.roles[role]]
            who, first, then = shown(identity), shown(said[identity]), shown(text)
            sentence = Sentence(
                f"{who} has {first} and {then} in the column {name}.",
                f"{who} 在“{name}”列里既有 {first} 又有 {then}。",
            )
            wrong.append(BadRow(number, "contradiction", sentence))
    if wrong and role in layout.guessed:
        return None
    faults.extend(wrong)
    return {identity: said.get(identity, "") for identity in ids}


def _groups(layout: Layout, entries: Sequence[str], rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """Columns that say one thing for every entry (or judge), such as its region."""
    roles = {layout.roles[role] for role in ("entry", "judge", "mark", "criterion") if role in layout.roles}
    taken = {one.column for one in layout.marks} | roles
    found: dict[str, dict[str, str]] = {}
    for column, name in enumerate(layout.names):
        if not name or column in taken or name in found:
            continue
        said: dict[str, str] = {}
        for entry, (_, row) in zip(entries, rows, strict=True):
            if said.setdefault(entry, text_of(row[column])) != text_of(row[column]):
                break
        else:
            found[name] = said
    return found


def order_of(cells: Sequence[Cell]) -> list[float]:
    """When marks were given: numbers as they are, anything else by its place among the sorted."""
    try:
        return [nan if (number := read_number(mark_of(cell))) is None else number for cell in cells]
    except ValueError:
        texts = [text_of(cell) for cell in cells]
        place = {text: float(number) for number, text in enumerate(sorted(set(texts) - {""}))}
        return [place.get(text, nan) for text in texts]
