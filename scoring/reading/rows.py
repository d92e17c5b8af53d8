"""Which rows are data, and which are what people add: totals, notes, a header again, maxima."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scoring.marks import read_number
from scoring.reading.cells import (
    Cell,
    has_decimal_commas,
    is_absent,
    is_blank,
    is_number,
    is_recused,
    mark_of,
    text_of,
    with_point,
)
from scoring.reading.grid import Grid
from scoring.reading.header import Header
from scoring.reading.words import is_note, is_scale, is_total_row, is_unit_label

Row = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows below a header.

    Attributes
    ----------
    data : tuple of (row number, cells)
    totals, notes, repeats, scales : tuple of int
        Numbers of rows that sum up, tell, name the columns again, or say what marks may be.
    units : tuple of (row number, cells)
        A row right below the header with the judges' units, or what looks like one.
    commas : bool
        Whether marks had decimal commas.
    """

    data: tuple[Row, ...]
    totals: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    repeats: tuple[int, ...] = ()
    scales: tuple[int, ...] = ()
    units: tuple[Row, ...] = ()
    commas: bool = False

    def without_units(self) -> "Rows":
        """The row that looked like units among the data."""
        return replace(self, data=(*self.units, *self.data), units=())


def sort_rows(grid: Grid, header: Header) -> Rows:
    """Part the rows below the header into data and everything else."""
    names = tuple(grid.rows[header.first - 1])
    again = {tuple(map(text_of, names)), header.names} - {("",) * len(names)}
    data: list[Row] = []
    units: list[Row] = []
    aside: dict[str, list[int]] = {"totals": [], "notes": [], "repeats": [], "scales": []}
    for number, row in zip(grid.numbers[header.first :], _filled_down(grid, header), strict=True):
        kind = _kind(row, again)
        if kind is None and not data and not units and _names_units(row):
            units.append((number, row))
        elif kind is None:
            data.append((number, row))
        else:
            aside[kind].append(number)
    totals, notes, repeats, scales = (tuple(aside[kind]) for kind in ("totals", "notes", "repeats", "scales"))
    return Rows(tuple(data), totals, notes, repeats, scales, tuple(units))


def without_unnamed_totals(rows: Rows, ids: Sequence[int], marks: Sequence[int]) -> Rows:
    """Leave out a last row or two that have no id and hold sums or means of what stands above."""
    data = list(rows.data)
    found: list[int] = []
    while data and all(is_blank(data[-1][1][column]) for column in ids):
        above = [row for _, row in data[:-1] if not all(is_blank(row[column]) for column in ids)]
        if not above or not _sums_up(data[-1][1], above, marks):
            break
        found.append(data.pop()[0])
    return replace(rows, data=tuple(data), totals=(*rows.totals, *sorted(found)))


def with_decimal_points(rows: Rows, columns: Sequence[int]) -> Rows:
    """Marks with decimal commas made marks with points, if that is how the file writes them."""
    if not has_decimal_commas(row[column] for _, row in rows.data for column in columns):
        return rows
    where = set(columns)
    data = tuple(
        (number, tuple(with_point(cell) if at in where else cell for at, cell in enumerate(row)))
        for number, row in rows.data
    )
    return replace(rows, data=data, commas=True)


def _names_units(row: Sequence[Cell]) -> bool:
    """Whether a row could say the judges' units: words only, after a label that says so or after a blank."""
    texts = list(map(text_of, row))
    filled = [text for text in texts if text]
    if any(is_number(text) or is_absent(text) or is_recused(text) for text in filled):
        return False
    labelled = is_unit_label(filled[0])
    return len(filled) >= 3 if labelled else len(filled) >= 2 and not texts[0]


def _kind(row: Sequence[Cell], header: set[tuple[str, ...]]) -> str | None:
    """What a row is, if it is no data."""
    texts = tuple(map(text_of, row))
    filled = [text for text in texts if text]
    words = [text for text in filled if not is_number(text)]
    if texts in header:
        return "repeats"
    if any(map(is_total_row, words[:2])) and filled[0] in words:
        return "totals"
    if is_scale(filled[0]) or (len(words) == 1 and len(filled) > 1 and is_scale(words[0])):
        return "scales"
    alone = len(set(filled)) == 1
    if len(words) == len(filled) and is_note(filled[0], alone=alone) and (alone or len(filled) * 2 <= len(texts) + 1):
        return "notes"
    return None


def _filled_down(grid: Grid, header: Header) -> list[tuple[Cell, ...]]:
    """Rows with the value of tall merged cells in every row they cover."""
    rows = [list(row) for row in grid.rows[header.first :]]
    place = {number: at for at, number in enumerate(grid.numbers[header.first :])}
    for top, left, bottom, right in grid.merged:
        if left == right and bottom > top and top in place and left < grid.column_count:
            value = rows[place[top]][left]
            if is_number(mark_of(value)) and isinstance(value, float):
                continue
            for number in range(top + 1, bottom + 1):
                if number in place and is_blank(rows[place[number]][left]):
                    rows[place[number]][left] = value
    return [tuple(row) for row in rows]


def _sums_up(row: Sequence[Cell], above: Sequence[Sequence[Cell]], columns: Sequence[int]) -> bool:
    """Whether every number of a row is the sum, mean, largest or least of its column."""
    checked = 0
    for column in columns:
        found = _figure(row[column])
        if found is None:
            continue
        values = [value for value in (_figure(other[column]) for other in above) if value is not None]
        if not values:
            return False
        likely = (sum(values), sum(values) / len(values), max(values), min(values), float(len(values)))
        if not any(abs(found - figure) <= 0.0051 + 1e-9 * abs(figure) for figure in likely):
            return False
        checked += 1
    return checked > 0


def _figure(cell: Cell) -> float | None:
    try:
        return read_number(mark_of(cell))
    except ValueError:
        return None
