"""Where a table's header stands: below title lines, in one row or in two with merged cells."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from scoring.errors import ScoringError
from scoring.faults import NO_ROWS
from scoring.reading.cells import Cell, is_blank, is_number, key_of, text_of
from scoring.reading.grid import Grid
from scoring.reading.words import is_judge, role_of

LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns.

    Attributes
    ----------
    names : tuple of str
        The lowest label of every column; empty where there is none.
    groups : tuple of str
        The label above it, under a header of two rows; empty elsewhere.
    rows : tuple of int
        Numbers of the header's rows in the file.
    first : int
        Place of the first row below it in ``grid.rows``.
    titles : tuple of str
        What stands above the header.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    rows: tuple[int, ...]
    first: int
    titles: tuple[str, ...]

    def find(self, name: str) -> int | None:
        """The place of a column by its name, or by how its name reads."""
        wanted = text_of(name)
        for labels in (self.names, tuple(map(key_of, self.names))):
            if wanted in labels:
                return labels.index(wanted)
        key = key_of(name)
        keys = tuple(map(key_of, self.names))
        return keys.index(key) if key in keys else None


def find_header(grid: Grid, named: Collection[str] = ()) -> Header:
    """Find the header of a table.

    Parameters
    ----------
    grid : Grid
    named : collection of str
        Columns that somebody named: the header has them.

    Returns
    -------
    Header

    Raises
    ------
    ScoringError
        ``no_rows``.
    """
    if len(grid.rows) < 2:
        raise ScoringError("no_rows", NO_ROWS)
    at = _row_of_header(grid, named)
    top, sub = _rows_of_header(grid, at)
    first = (at if sub is None else sub) + 1
    if first >= len(grid.rows):
        raise ScoringError("no_rows", NO_ROWS)
    upper = [text_of(cell) for cell in grid.rows[top]]
    if sub is None:
        names, groups = upper, [""] * len(upper)
    else:
        lower = [text_of(cell) for cell in grid.rows[sub]]
        spread = _spread(grid, top, lower)
        names = [low or high for low, high in zip(lower, spread, strict=True)]
        groups = [high if low and low != high else "" for low, high in zip(lower, spread, strict=True)]
    rows = (grid.numbers[top],) if sub is None else (grid.numbers[top], grid.numbers[sub])
    titles = tuple(" ".join(text_of(cell) for cell in row if not is_blank(cell)) for row in grid.rows[:top])
    return Header(tuple(names), tuple(groups), rows, first, titles)


def _row_of_header(grid: Grid, named: Collection[str]) -> int:
    """The row with the columns' own names: the lower one of two."""
    texts = [[text_of(cell) for cell in row] for row in grid.rows[:LOOKED_AT]]
    wanted = set(map(text_of, named))
    if wanted:
        for at, row in enumerate(texts):
            below = texts[at + 1] if at + 1 < len(texts) else []
            if wanted & set(row) and wanted <= {*row, *below}:  # A title right above the header has none of them.
                return at
    likely = [at for at, row in enumerate(texts) if _could_name(row)]
    for at in likely:
        roles = {role_of(text) for text in texts[at] if text}
        if "entry" in roles or {"judge", "mark"} <= roles or sum(map(is_judge, texts[at])) >= 2:
            return at
    wide = [at for at in likely if sum(map(bool, texts[at])) * 2 >= grid.column_count]
    return next(iter(wide or likely), 0)


def _could_name(row: Sequence[str]) -> bool:
    filled = [text for text in row if text]
    words = [text for text in filled if not is_number(text)]
    return len(filled) >= 2 and len(words) >= 1 and (len(words) * 2 >= len(filled) or not is_number(filled[0]))


def _rows_of_header(grid: Grid, at: int) -> tuple[int, int | None]:
    """The upper row, and the lower one if there are two."""
    if at + 2 < len(grid.rows) and _is_below(grid, at, at + 1):
        return at, at + 1
    if at > 0 and _is_above(grid, at - 1, at):
        return at - 1, at
    return at, None


def _is_below(grid: Grid, top: int, sub: int) -> bool:
    """Whether row `sub` names columns below the labels of row `top`."""
    upper, lower, number = grid.rows[top], grid.rows[sub], grid.numbers[top]
    if grid.numbers[sub] != number + 1 or not _names_only(lower):
        return False
    tall = [one for one in grid.merged if one[0] == number and one[2] >= number + 1]
    broad = [one for one in grid.merged if one[0] == one[2] == number and one[3] > one[1]]
    if tall or broad:
        inside = {column for one in tall for column in range(one[1], one[3] + 1)}
        return all(is_blank(lower[column]) for column in inside) and any(
            not is_blank(lower[column])
            for one in broad or [(0, 0, 0, len(lower) - 1)]
            for column in range(one[1], one[3] + 1)
        )
    filled = next((column for column, cell in enumerate(upper) if not is_blank(cell)), 0)
    hanging = any(is_blank(high) and not is_blank(low) for high, low in zip(upper, lower, strict=True))
    return hanging and is_blank(lower[filled])


def _is_above(grid: Grid, top: int, sub: int) -> bool:
    """Whether row `top` groups the columns that row `sub` names."""
    upper, number = grid.rows[top], grid.numbers[top]
    filled = [column for column, cell in enumerate(upper) if not is_blank(cell)]
    if grid.numbers[sub] != number + 1:
        return False
    broad = [one for one in grid.merged if one[0] == one[2] == number and one[3] > one[1]]
    whole = [one for one in broad if one[3] - one[1] + 1 >= grid.column_count - 1]
    return bool(broad and not whole) or (not broad and len(filled) >= 2 and is_judge(text_of(upper[filled[-1]])))


def _names_only(row: Sequence[Cell]) -> bool:
    """Whether the cells of a row could be labels: words, or 1, 2, 3, …"""
    filled = [cell for cell in row if not is_blank(cell)]
    numbers = [text_of(cell) for cell in filled if is_number(cell)]
    counted = [str(place) for place in range(1, len(numbers) + 1)]
    return bool(filled) and (
        not numbers or (len(numbers) > 1 and len(numbers) == len(filled) and _counts(numbers, counted))
    )


def _counts(numbers: Sequence[str], counted: Sequence[str]) -> bool:
    """Whether numbers count from 1, once or again and again."""
    starts = [place for place, number in enumerate(numbers) if number == "1"]
    size = starts[1] if len(starts) > 1 else len(numbers)
    return all(number == counted[place % size] for place, number in enumerate(numbers))


def _spread(grid: Grid, top: int, lower: Sequence[str]) -> list[str]:
    """The upper labels, each over all columns it spans."""
    upper, number = [text_of(cell) for cell in grid.rows[top]], grid.numbers[top]
    broad = [one for one in grid.merged if one[0] == one[2] == number and one[3] > one[1]]
    for _, left, _, right in broad:
        upper[left : right + 1] = [upper[left]] * len(upper[left : right + 1])
    if not broad:
        for column in range(1, len(upper)):
            if not upper[column] and lower[column]:
                upper[column] = upper[column - 1]
    return upper
