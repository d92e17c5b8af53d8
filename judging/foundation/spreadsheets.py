"""Workbooks in and out. What comes in is read as text and checked by row; what goes out cannot become a formula."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineError, CalamineWorkbook

from judging.foundation.errors import DomainError

MAX_ROWS = 20_000
MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
HEAD = PatternFill("solid", fgColor="FFEEF1F4")
OPEN = Protection(locked=False)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class UnreadableWorkbook(DomainError):
    """The file is no workbook that can be read."""

    message = lazy_gettext(
        "This file cannot be read as an Excel workbook (.xlsx). Please save it as “Excel workbook (.xlsx)” and upload it again."
    )


class WorkbookTooLarge(DomainError):
    """The file holds more than one import takes."""

    message = lazy_gettext("The workbook is too large: at most %(rows)s rows and 20 MB. Please split it.")


class MissingColumns(DomainError):
    """The header row lacks columns that the import needs."""

    message = lazy_gettext(
        "The header row lacks: %(names)s. Please use the template of this page; the columns may stand in any order."
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: the key in code, the header people read, and what a template offers."""

    key: str
    header: str | LazyString
    width: int = 16
    required: bool = False
    choices: tuple[str, ...] = ()
    text_only: bool = False  # long digit strings: a numeric cell is already damaged, so it is refused
    note: str | LazyString = ""
    aliases: tuple[str, ...] = ()  # other headers people write over it, in whatever language


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell, in words for the person who will mend it."""

    row: int
    column: str
    message: str


@dataclass(slots=True)
class SheetRow:
    """One row as text by column key, with its number in the workbook."""

    number: int
    values: dict[str, str]
    numeric: set[str] = field(default_factory=set)  # keys whose cell was a number, not text


def tidy(text: str) -> str:
    """Normalise what people type: NFC, full-width Latin and digits to half-width, no odd or surrounding spaces."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if _is_wide_alnum(c) else c for c in unicodedata.normalize("NFC", text))
    return _CONTROL.sub("", narrow.replace("\u3000", " ").replace("\xa0", " ").replace("\ufeff", "")).strip()


def _is_wide_alnum(char: str) -> bool:
    return "０" <= char <= "９" or "Ａ" <= char <= "Ｚ" or "ａ" <= char <= "ｚ"


def read_rows(data: bytes, columns: Sequence[Column], *, sheet: int = 0) -> list[SheetRow]:
    """Read the rows below the header row (found within the first ten rows, wherever its columns stand).

    Raises
    ------
    UnreadableWorkbook, WorkbookTooLarge, MissingColumns
        With a sentence for the person who uploaded the file.
    """
    grid = _grid(data, sheet)
    start, positions = _find_header(grid, columns)
    rows = []
    for number, cells in enumerate(grid[start + 1 :], start=start + 2):
        row = _row(number, cells, positions)
        if any(row.values.values()):
            rows.append(row)
    return rows


def _grid(data: bytes, sheet: int) -> list[list[Any]]:
    _guard_zip(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grid = book.get_sheet_by_index(sheet).to_python(skip_empty_area=False, nrows=MAX_ROWS + 12)
    except (CalamineError, ValueError, OSError, IndexError) as error:
        raise UnreadableWorkbook from error
    if len(grid) > MAX_ROWS + 10:
        raise WorkbookTooLarge(rows=MAX_ROWS)
    return grid


def _guard_zip(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise WorkbookTooLarge(rows=MAX_ROWS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if any(info.flag_bits & 1 for info in infos) or "[Content_Types].xml" not in archive.namelist():
                raise UnreadableWorkbook
            if sum(_counted(archive, info) for info in infos[:2000]) > MAX_UNPACKED or len(infos) > 2000:
                raise WorkbookTooLarge(rows=MAX_ROWS)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise UnreadableWorkbook from error


def _counted(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    total = 0
    with archive.open(info) as part:
        while piece := part.read(1 << 20):
            total += len(piece)
            if total > MAX_UNPACKED:
                break
    return total


def _header_key(text: object) -> str:
    return re.sub(r"\s", "", re.sub(r"[*＊★（(].*$", "", tidy(str(text)), flags=re.DOTALL)).lower()


def _known(text: object, wanted: Mapping[str, Column]) -> Column | None:
    """Find the column of a header: “单 位 名 称” is spread out, “单位名称 请填全称” goes on after its first word."""
    return wanted.get(_header_key(text)) or wanted.get(_header_key(tidy(str(text)).split(maxsplit=1)[0]))


def _find_header(grid: list[list[Any]], columns: Sequence[Column]) -> tuple[int, dict[int, Column]]:
    wanted = {_header_key(name): column for column in columns for name in (*column.aliases, column.key, column.header)}
    best: tuple[int, dict[int, Column]] = (0, {})
    for index, cells in enumerate(grid[:10]):
        known = {i: _known(cell, wanted) for i, cell in enumerate(cells) if tidy(str(cell or ""))}
        found = {i: column for i, column in known.items() if column is not None}
        if len(found) > len(best[1]):
            best = (index, found)
    present = {column.key for column in best[1].values()}
    missing = [str(column.header) for column in columns if column.required and column.key not in present]
    if missing or not best[1]:
        raise MissingColumns(names="、".join(missing or [str(c.header) for c in columns if c.required]))
    return best


def _row(number: int, cells: Sequence[Any], positions: Mapping[int, Column]) -> SheetRow:
    row = SheetRow(number, {})
    for index, column in positions.items():
        value = cells[index] if index < len(cells) else ""
        row.values[column.key] = cell_text(value)
        if isinstance(value, float | int) and not isinstance(value, bool):
            row.numeric.add(column.key)
    return row


def cell_text(value: Any) -> str:
    """Return a cell as a person sees it: whole numbers without “.0”, dates as 2022-06-30."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else tidy(str(value))


def common_errors(row: SheetRow, columns: Iterable[Column]) -> list[RowError]:
    """Return what can be said of a row without knowing the field: required, choice, damaged digit strings."""
    errors = []
    for column in columns:
        value, name = row.values.get(column.key, ""), str(column.header)
        if column.required and not value:
            errors.append(RowError(row.number, name, gettext("is empty, but required")))
        elif column.text_only and column.key in row.numeric:
            errors.append(
                RowError(
                    row.number,
                    name,
                    gettext("is a number; format the cell as text and type it again, or digits are lost"),
                )
            )
        elif value and column.choices and value not in column.choices:
            errors.append(RowError(row.number, name, gettext("“%(value)s” is not in the list", value=value[:40])))
    return errors


def workbook(sheets: Mapping[str, tuple[Sequence[Column], Iterable[Mapping[str, Any]]]]) -> bytes:
    """Return a workbook with one sheet per name; header frozen, texts never formulas."""
    book = Workbook(write_only=True)
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
        sheet.freeze_panes = "A2"
        for index, column in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
        sheet.append([_head(sheet, column) for column in columns])
        for row in rows:
            sheet.append([_cell(sheet, row.get(column.key)) for column in columns])
    return _bytes(book)


def template(title: str, columns: Sequence[Column], samples: Sequence[Mapping[str, Any]], *, note: str = "") -> bytes:
    """Return an empty form to fill: locked header, drop-downs, a sample row to overwrite."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for index, column in enumerate(columns, start=1):
        _template_column(sheet, lists, index, column, [sample.get(column.key, "") for sample in samples])
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.insertRows = False
    sheet.protection.deleteRows = False
    if note:
        help_sheet = book.create_sheet(gettext("Notes"))
        help_sheet.column_dimensions["A"].width = 100
        for line in note.splitlines():
            help_sheet.append([line])
    return _bytes(book)


def _template_column(sheet: Any, lists: Any, index: int, column: Column, samples: Sequence[Any]) -> None:
    letter = get_column_letter(index)
    head = sheet.cell(1, index, f"{column.header}{'*' if column.required else ''}")
    head.font, head.fill, head.alignment = Font(bold=True), HEAD, Alignment(wrap_text=True, vertical="center")
    below = sheet.column_dimensions[letter]  # what is not written yet takes its style from the column
    below.width, below.protection, below.number_format = column.width, OPEN, "@"
    for row, value in enumerate(samples, start=2):
        cell = sheet.cell(row, index)
        cell.value, cell.data_type, cell.protection, cell.number_format = _safe(value), "s", OPEN, "@"
    if column.choices:
        for row, choice in enumerate(column.choices, start=1):
            lists.cell(row, index, choice)
        rule = DataValidation("list", f"=lists!${letter}$1:${letter}${len(column.choices)}", allow_blank=True)
        rule.showErrorMessage = True
        rule.add(f"{letter}2:{letter}1001")
        sheet.add_data_validation(rule)


def _head(sheet: Any, column: Column) -> Any:
    cell = WriteOnlyCell(sheet, str(column.header))
    cell.font, cell.fill = Font(bold=True), HEAD
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    cell = WriteOnlyCell(sheet, _safe(value))
    cell.data_type = "s"
    return cell


def _safe(value: Any) -> str:
    return "" if value is None else _CONTROL.sub("", str(value))[:32_000]


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
