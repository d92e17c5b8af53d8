"""What a table's rows and columns mean: one mark a row, one sheet a row, or a column for every judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scoring.errors import ScoringError
from scoring.marks import read_number
from scoring.reading.cells import (
    Cell,
    is_absent,
    is_blank,
    is_broken,
    is_number,
    is_recused,
    key_of,
    mark_of,
    text_of,
)
from scoring.reading.columns import MarkColumn, joined, mark_columns
from scoring.reading.header import Header
from scoring.reading.words import LEFT_ASIDE, NAMES, ROLE_WORDS, is_judge, is_total
from scoring.sentences import Sentence, listed

ROLES = ("entry", "judge", "mark", "criterion", "track", "unit_entry", "unit_judge", "order")
OPTIONAL = ("criterion", "track", "unit_entry", "unit_judge", "order")


class Shape(StrEnum):
    """How marks lie in a table."""

    LONG = "long"  # one mark a row
    SHEETS = "sheets"  # one sheet a row, a column for every criterion
    WIDE = "wide"  # one entry a row, a column for every judge
    CRITERIA = "criteria"  # one entry a row, a column for every criterion of every judge
    TURNED = "turned"  # one judge a row, a column for every entry


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns are.

    Attributes
    ----------
    shape : Shape
    roles : mapping of role to column
        Those found; guessed or named.
    guessed : frozenset of str
        Roles that nobody named.
    marks : tuple of MarkColumn
        Columns of marks, where a row holds several.
    totals : tuple of int
        Columns left aside because they sum up others.
    aside : tuple of int
        Other columns with numbers that play no role.
    """

    shape: Shape
    roles: Mapping[str, int]
    guessed: frozenset[str]
    marks: tuple[MarkColumn, ...] = ()
    totals: tuple[int, ...] = ()
    aside: tuple[int, ...] = ()
    names: tuple[str, ...] = field(default=())


def find_layout(header: Header, rows: Sequence[Sequence[Cell]], named: Mapping[str, str]) -> Layout:
    """Say what every column is.

    Parameters
    ----------
    header : Header
    rows : sequence of rows of cells
        Those below the header that hold data.
    named : mapping of role to column name
        What somebody said; the rest is guessed. The name ``none`` says that no column plays the role.

    Returns
    -------
    Layout

    Raises
    ------
    ScoringError
        ``no_column`` when a named column is missing, or entry, judge or mark cannot be guessed.
    """
    roles = {role: _named(header, name) for role, name in named.items() if name.lower() != "none"}
    refused = {role for role, name in named.items() if name.lower() == "none"}
    found = _guessed(header, rows, set(roles.values()), set(roles) | refused)
    every = {**found, **roles}
    numeric = _numeric(header, rows, set(every.values()))
    totals = tuple(column for column in numeric if is_total(header.names[column]) or is_total(header.groups[column]))
    free = [column for column in numeric if column not in totals]
    guessed = frozenset(found)
    if "judge" in every and "entry" not in every and len(free) >= 2 and "mark" not in roles:
        found.pop("mark", None)
        return _turned(header, every, guessed, free, totals)
    if "judge" in every:
        return _one_judge_a_row(header, rows, every, guessed, free, totals)
    if {"mark"} <= set(roles):
        raise _missing(header, "judge")
    return _wide(header, rows, every, guessed, free, totals)


def with_units(layout: Layout, row: Sequence[Cell]) -> Layout:
    """The layout with the judges' units, from a row below the heading; a merged cell holds for all columns of a judge."""
    said: dict[str, str] = {}
    for one in layout.marks:
        said[one.judge] = said.get(one.judge, "") or text_of(row[one.column])
    return replace(layout, marks=tuple(replace(one, unit=said[one.judge]) for one in layout.marks))


def _named(header: Header, name: str) -> int:
    column = header.find(name)
    if column is None:
        raise ScoringError("no_column", _no_column(header, name), name=name)
    return column


def _guessed(header: Header, rows: Sequence[Sequence[Cell]], taken: set[int], known: set[str]) -> dict[str, int]:
    keys = [key_of(name) for name in header.names]
    found: dict[str, int] = {}
    for role in ROLES:
        if role in known:
            continue
        for name in NAMES[role]:
            column = keys.index(name) if name in keys else None
            if column is not None and column not in taken and any(not is_blank(row[column]) for row in rows):
                found[role] = column
                taken.add(column)
                break
    return found


def _numeric(header: Header, rows: Sequence[Sequence[Cell]], taken: set[int]) -> list[int]:
    """Columns that hold numbers for the most part, or ought to by their names, and play no role."""
    found = []
    for column, name in enumerate(header.names):
        if column in taken or not name or key_of(name) in LEFT_ASIDE:
            continue
        filled = [
            cell
            for row in rows
            if not (is_blank(cell := row[column]) or is_absent(cell) or is_recused(cell) or is_broken(cell))
        ]
        numbers = sum(is_number(mark_of(cell)) for cell in filled)
        ought = is_judge(name) or is_judge(header.groups[column])
        if filled and (ought or 2 * numbers >= len(filled)):
            found.append(column)
    return found


def _turned(
    header: Header, roles: dict[str, int], guessed: frozenset[str], free: Sequence[int], totals: tuple[int, ...]
) -> Layout:
    kept = {role: column for role, column in roles.items() if role in {"judge", "unit_judge"}}
    marks = tuple(MarkColumn(column, judge=header.names[column]) for column in free)
    return Layout(Shape.TURNED, kept, guessed, marks, totals, names=header.names)


def _one_judge_a_row(
    header: Header,
    rows: Sequence[Sequence[Cell]],
    roles: dict[str, int],
    guessed: frozenset[str],
    free: Sequence[int],
    totals: tuple[int, ...],
) -> Layout:
    if "entry" not in roles:
        raise _missing(header, "entry")
    sheets = tuple(MarkColumn(column, criterion=header.names[column]) for column in free)
    by_hand = {role: column for role, column in roles.items() if role != "mark"}
    distinct = len({one.criterion for one in sheets}) == len(sheets) >= 2 and "criterion" not in roles
    if "mark" in roles:
        if distinct and "mark" in guessed and _sums_up(rows, roles["mark"], free):
            return Layout(Shape.SHEETS, by_hand, guessed, sheets, (*totals, roles["mark"]), names=header.names)
        return Layout(Shape.LONG, roles, guessed, (), totals, tuple(free), header.names)
    if distinct:
        return Layout(Shape.SHEETS, roles, guessed, sheets, totals, names=header.names)
    rest = [*free, *(column for column in totals if not free)]
    if len(rest) != 1:
        raise _missing(header, "mark")
    found = {**roles, "mark": rest[0]}
    return Layout(Shape.LONG, found, guessed | {"mark"}, (), (), names=header.names)


def _sums_up(rows: Sequence[Sequence[Cell]], total: int, parts: Sequence[int]) -> bool:
    """Whether a column is the sum of others, but for a slip here and there."""
    sums = [(_figure(row[total]), [_figure(row[column]) for column in parts]) for row in rows]
    whole = [(given, sum(part for part in marks if part is not None)) for given, marks in sums if given is not None]
    right = sum(abs(given - summed) < 0.006 for given, summed in whole)
    return bool(whole) and right >= 0.9 * len(whole)


def _figure(cell: Cell) -> float | None:
    try:
        return read_number(mark_of(cell))
    except ValueError:
        return None


def _wide(
    header: Header,
    rows: Sequence[Sequence[Cell]],
    roles: dict[str, int],
    guessed: frozenset[str],
    free: Sequence[int],
    totals: tuple[int, ...],
) -> Layout:
    given = {role: column for role, column in roles.items() if role not in {"mark", "criterion", "order", "unit_judge"}}
    if "entry" not in given:
        column = _first_of_ids(header, rows, {*free, *totals, *given.values()})
        if column is None:
            raise _missing(header, "entry")
        given, guessed = {**given, "entry": column}, guessed | {"entry"}
    labelled = [c for c in free if is_judge(header.names[c]) or is_judge(header.groups[c]) or joined(header.names[c])]
    chosen = labelled or list(free)
    if len(chosen) < 2 and not labelled:  # A lone column of numbers could be anything.
        raise _missing(header, "judge")
    aside = tuple(column for column in free if column not in chosen)
    marks = mark_columns(header, chosen)
    shape = Shape.CRITERIA if any(one.criterion for one in marks) else Shape.WIDE
    return Layout(shape, given, guessed & set(given), marks, totals, aside, header.names)


def _first_of_ids(header: Header, rows: Sequence[Sequence[Cell]], taken: set[int]) -> int | None:
    """The first column that tells the rows apart."""
    for column, _ in enumerate(header.names):
        texts = [text_of(row[column]) for row in rows]
        if column not in taken and all(texts) and len(set(texts)) == len(texts):
            return column
    return None


def _missing(header: Header, role: str) -> ScoringError:
    names = [name for name in header.names if name]
    option = f"--{role.replace('_', '-')}"
    text = Sentence(
        f"Which column is the {role}? The file has: {listed(names)}.",
        f"哪一列是{ROLE_WORDS[role][1]}？文件里有：{listed(names, 'zh')}。请用 {option} 指明。",
    )
    return ScoringError("no_column", text, name=role)


def _no_column(header: Header, name: str) -> Sentence:
    names = [one for one in header.names if one]
    return Sentence(
        f"There is no column {name}; the file has: {listed(names)}.",
        f"没有名为“{name}”的列；文件里有：{listed(names, 'zh')}。",
    )
