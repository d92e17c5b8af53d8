"""Long tables from csv and xlsx: one row a mark, a header on top, every row known by its number in the file."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import ScoringError

ENCODINGS = ("utf-8-sig", "gb18030")
GUESSES = {
    "entry": ("entry", "code", "盲审编号", "编号", "作品", "成果"),
    "judge": ("judge", "评委", "专家"),
    "mark": ("mark", "total", "score", "打分", "总分", "分数", "得分"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and rows of cells; `numbers` are the rows' numbers in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    numbers: tuple[int, ...]

    def column(self, name: str) -> list[object]:
        """All cells of one column."""
        if name not in self.header:
            listed = ", ".join(self.header)
            raise ScoringError("no_column", f"There is no column {name}; the file has: {listed}.", name=name)
        place = self.header.index(name)
        return [row[place] if place < len(row) else None for row in self.rows]

    def guess(self, role: str) -> str:
        """The column that plays a role by its usual name."""
        found = [name for name in GUESSES[role] if name in self.header]
        if not found:
            listed = ", ".join(self.header)
            raise ScoringError("no_column", f"Which column is the {role}? The file has: {listed}.", name=role)
        return found[0]


def read_sheet(path: Path) -> Sheet:
    """Read the first sheet of an xlsx file, or a csv file in UTF-8 or GB 18030.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Sheet
        Empty rows are left out; the others keep their numbers.

    Raises
    ------
    ScoringError
        ``no_file``, ``unreadable``, ``no_rows``.
    """
    if not path.is_file():
        raise ScoringError("no_file", f"There is no file {path}.", path=str(path))
    numbered = list(_xlsx_rows(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else _csv_rows(path))
    filled = [(number, row) for number, row in numbered if any(cell not in {None, ""} for cell in row)]
    if len(filled) < 2:
        raise ScoringError("no_rows", "There is no row to score.")
    header = tuple("" if cell is None else str(cell).strip() for cell in filled[0][1])
    return Sheet(header, tuple(tuple(row) for _, row in filled[1:]), tuple(number for number, _ in filled[1:]))


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        reader = csv.reader(text.splitlines())
        for row in reader:
            yield reader.line_num, row
        return
    raise ScoringError("unreadable", f"{path.name} is neither UTF-8 nor GB 18030.", path=path.name)


def _xlsx_rows(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook  # Slow to import, and only xlsx needs it.
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise ScoringError("unreadable", f"{path.name} is not an xlsx workbook.", path=path.name) from error
    try:
        for number, row in enumerate(workbook.worksheets[0].iter_rows(values_only=True), start=1):
            yield number, [_id_or_number(cell) for cell in row]
    finally:
        workbook.close()


def _id_or_number(cell: object) -> object:
    """Excel keeps 7 as 7.0; an id of 7.0 would be another entry than 7."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
