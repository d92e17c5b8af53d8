"""A file's cells with their row numbers, before anybody says what they mean."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from scoring.errors import ScoringError
from scoring.reading.cells import UNCALCULATED, Cell, is_blank
from scoring.sentences import Sentence, listed

DELIMITERS = (",", "\t", ";", "|", "，")
SMALL_WORKBOOK = 6_000_000
GZIP = b"\x1f\x8b"
WORKBOOKS = {".xlsx", ".xlsm"}
PARQUET = {".parquet", ".pq"}
# What openpyxl and the parser of XML raise on files that are damaged in one way or another.
BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    SyntaxError,
    NotImplementedError,
    AssertionError,
)
_BARE_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows that hold anything.

    Attributes
    ----------
    rows : tuple of tuple
        Cells, all rows equally long.
    numbers : tuple of int
        The number of every row in the file, from 1.
    merged : tuple of (first row, first column, last row, last column)
        Merged cells: rows by number in the file, columns from 0.
    sheet : str
        Name of the sheet; empty for csv.
    others : tuple of str
        Sheets that were not read.
    hidden : int
        How many of the rows are hidden in Excel.
    """

    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()
    hidden: int = 0
    column_count: int = field(default=0)

    @classmethod
    def of(
        cls,
        numbered: Sequence[tuple[int, Sequence[Cell]]],
        *,
        merged: Sequence[tuple[int, int, int, int]] = (),
        sheet: str = "",
        others: Sequence[str] = (),
        hidden: int = 0,
    ) -> "Grid":
        """Keep what is not blank, made equally long."""
        filled = [(number, row) for number, row in numbered if not all(map(is_blank, row))]
        width = max((_length(row) for _, row in filled), default=0)
        rows = tuple((*row[:width], *(None,) * (width - len(row))) for _, row in filled)
        numbers = tuple(number for number, _ in filled)
        return cls(rows, numbers, tuple(merged), sheet, tuple(others), hidden, width)


def read_grid(path: Path, *, sheet: str | None = None) -> Grid:
    """Read a csv, xlsx or parquet file as cells.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Name of a workbook's sheet; the first visible one with two rows when not given.

    Returns
    -------
    Grid

    Raises
    ------
    ScoringError
        ``no_file``, ``unreadable``, ``no_sheet``, ``no_parquet``.
    """
    if not path.is_file():
        raise ScoringError("no_file", Sentence(f"There is no file {path}.", f"没有文件 {path}。"), path=str(path))
    kind = path.suffix.lower()
    if kind == ".xls":
        text = Sentence(
            f"{path.name} is an old Excel workbook (.xls); please save it as .xlsx.",
            f"{path.name} 是旧版 Excel 工作簿（.xls），请另存为 .xlsx。",
        )
        raise ScoringError("unreadable", text, path=path.name)
    if sheet is not None and kind not in WORKBOOKS:
        text = Sentence(
            f"{path.name} is no workbook and has no sheet {sheet}; leave the sheet out.",
            f"{path.name} 不是工作簿，没有工作表“{sheet}”；请不要指定工作表。",
        )
        raise ScoringError("no_sheet", text, name=sheet)
    try:
        if kind in WORKBOOKS:
            return _workbook(path, sheet)
        if kind in PARQUET:
            return _parquet(path)
        return Grid.of(list(_csv_rows(path)))
    except OSError as error:
        text = Sentence(f"{path} cannot be read: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")
        raise ScoringError("unreadable", text, path=str(path)) from error


def text_of_file(path: Path) -> str:
    """A text file in UTF-8, UTF-16 or GB 18030."""
    content = path.read_bytes()
    if content.startswith(GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise ScoringError(
                "unreadable", Sentence(f"{path.name} is damaged.", f"{path.name} 已损坏。"), path=path.name
            ) from error
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-16" or "\n" in text or "\r" in text:
            return text
    text = Sentence(f"{path.name} is neither UTF-8 nor GB 18030.", f"{path.name} 既不是 UTF-8 也不是 GB 18030 编码。")
    raise ScoringError("unreadable", text, path=path.name)


def delimiter_of(lines: Sequence[str]) -> str:
    """The character that parts the most lines into the same number of cells, more than one."""
    best, most = ",", (0, 0)
    for candidate in DELIMITERS:
        counts = [line.count(candidate) for line in lines if line.strip()]
        common = max(set(counts) - {0}, key=lambda count: (counts.count(count), count), default=0)
        found = (counts.count(common) if common else 0, common)
        if found > most:
            best, most = candidate, found
    return best


def _csv_rows(path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = text_of_file(path)
    lines = text[:20_000].splitlines()[:60]
    delimiter = delimiter_of(lines)
    told = re.fullmatch(r"sep=(.)", lines[0].strip()) if lines else None
    if told:
        delimiter = told[1]
    try:
        number, row = 0, [""]
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if not (told and number == 1):
                yield number, row
        if text.count('"') % 2 and "\n" in row[-1]:
            raise ScoringError("unreadable", _unclosed(path.name, number), path=path.name, row=number)
    except csv.Error as error:
        text = Sentence(f"{path.name} is not a table of text: {error}.", f"{path.name} 不是文本表格（{error}）。")
        raise ScoringError("unreadable", text, path=path.name) from error


def _unclosed(name: str, row: int) -> Sentence:
    return Sentence(
        f"{name}: a quotation mark is opened in row {row} and never closed.", f"{name}：第 {row} 行的引号没有配对。"
    )


def _workbook(path: Path, wanted: str | None) -> Grid:
    from openpyxl import load_workbook  # Slow to import, and only xlsx needs it.
    from openpyxl.utils.exceptions import InvalidFileException

    small = path.stat().st_size <= SMALL_WORKBOOK
    try:
        workbook = load_workbook(io.BytesIO(path.read_bytes()), read_only=not small, data_only=True)
        sheets = [one for one in workbook.worksheets if one.sheet_state == "visible"] or workbook.worksheets
        names = [one.title for one in workbook.worksheets]
        if wanted is not None and wanted not in names:
            text = Sentence(
                f"There is no sheet {wanted}; the workbook has: {listed(names)}.",
                f"没有工作表“{wanted}”；工作簿里有：{listed(names, 'zh')}。",
            )
            raise ScoringError("no_sheet", text, name=wanted)
        if wanted is not None:
            sheets = [one for one in workbook.worksheets if one.title == wanted]
        chosen = next((one for one in sheets if (one.max_row or 2) > 1), sheets[0])
        numbered = list(enumerate(chosen.iter_rows(values_only=True), start=1))
        merged = [
            (one.min_row, one.min_col - 1, one.max_row, one.max_col - 1)
            for one in (chosen.merged_cells.ranges if small else ())
        ]
        rows = [(number, [_plain(cell) for cell in row]) for number, row in numbered]
        if small:
            _mark_bare_formulas(path, workbook.worksheets.index(chosen) + 1, rows)
        hidden = sum(
            bool(chosen.row_dimensions[number].hidden)
            for number, row in (rows if small else ())
            if not all(map(is_blank, row))
        )
        workbook.close()
    except (BadZipFile, InvalidFileException, zlib.error, *BROKEN) as error:
        if isinstance(error, ScoringError):
            raise
        text = Sentence(f"{path.name} is not an xlsx workbook.", f"{path.name} 不是 xlsx 工作簿。")
        raise ScoringError("unreadable", text, path=path.name) from error
    others = [one.title for one in sheets if one.title != chosen.title] if wanted is None else []
    return Grid.of(rows, merged=sorted(merged), sheet=chosen.title, others=others, hidden=hidden)


def _mark_bare_formulas(path: Path, number: int, rows: list[tuple[int, list[Cell]]]) -> None:
    """Show formulas that were saved without their values: what looks blank is not."""
    with ZipFile(path) as archive:
        name = f"xl/worksheets/sheet{number}.xml"
        if name not in archive.namelist():
            return
        content = archive.read(name)
    for letters, row in _BARE_FORMULA.findall(content):
        column = 0
        for letter in letters.decode():
            column = column * 26 + ord(letter) - 64
        cells = rows[int(row) - 1][1] if int(row) <= len(rows) else []
        if column <= len(cells) and is_blank(cells[column - 1]):
            cells[column - 1] = UNCALCULATED


def _parquet(path: Path) -> Grid:
    try:
        parquet = import_module("pyarrow.parquet")  # An extra: most competitions never see such a file.
    except ImportError:
        text = Sentence(
            f"{path.name}: reading parquet needs the package pyarrow; please install it, or save the table as csv.",
            f"{path.name}：读取 parquet 需要 pyarrow 软件包；请安装，或把表另存为 csv。",
        )
        raise ScoringError("no_parquet", text, path=path.name) from None
    table = parquet.read_table(path)
    columns = [column.to_pylist() for column in table.columns]
    rows = [list(table.column_names), *map(list, zip(*columns, strict=True))]
    return Grid.of(list(enumerate(rows, start=1)))


def _plain(cell: Cell) -> Cell:
    """Excel keeps 7 as 7.0; an id of 7.0 would be another entry than 7."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _length(row: Sequence[Cell]) -> int:
    return next((place + 1 for place in range(len(row) - 1, -1, -1) if not is_blank(row[place])), 0)
