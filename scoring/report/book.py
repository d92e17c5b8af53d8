"""A workbook that people like to open: frozen headings, true numbers, charts; the same bytes on every run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

from scoring.errors import ScoringError
from scoring.faults import unwritable
from scoring.sentences import Sentence, shown, told

MOST_ROWS = 1_048_575
MOST_WIDTH = 42
LONGEST_CELL = 32_767
EPOCH = datetime(2022, 1, 1)  # noqa: DTZ001  # Equal content, equal file: no moment of writing.
FONT = "Microsoft YaHei"
INK, PAPER, LINE = "#1F2D3D", "#EEF2F7", "#C9D2DE"
BLUE, RED, GREY, GREEN = "#206BC4", "#C0392B", "#8A97A8", "#2F9E44"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that counts: the formula, and what it gives."""

    text: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, its number format and an explanation of the heading; texts may be sentences in two languages."""

    name: str
    format: str = ""
    note: str = ""


class Book:
    """An xlsx file; used as a context it is written at the end.

    Parameters
    ----------
    path : Path
    language : str
        ``zh`` or ``en``: in which sentences are written.
    """

    def __init__(self, path: Path, language: str = "zh") -> None:
        from xlsxwriter import Workbook  # Slow to import, and only reports need it.

        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.path = path
        self.language = language
        self.book: Any = Workbook(str(path), options)
        self.book.set_properties({"created": EPOCH, "title": "scoring", "author": "scoring"})
        self.book.set_calc_mode("auto")
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def __enter__(self) -> "Book":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()

    def close(self) -> None:
        """Write the file."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self.book.close()
        except FileCreateError as error:
            text = unwritable(self.path, str(error.args[0].strerror if error.args else error))
            raise ScoringError("unwritable", text, path=str(self.path)) from error

    def say(self, text: str) -> str:
        """A text in the book's language."""
        return told(text, self.language)

    def format(self, **properties: object) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
            )
        return self._formats[key]

    def sheet(self, name: str) -> Any:
        """An empty sheet."""
        sheet = self.book.add_worksheet(self.say(name))
        # Looks every formula through for functions newer than Excel 2010, which takes half of the time; ours have none.
        sheet._prepare_formula = _as_it_is
        return sheet

    def plain(self, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A sheet of nothing but a table."""
        self.table(name, [Column(title) for title in header], rows)

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Sequence[Sequence[object]],
        *,
        title: str = "",
        wide: float = 0,
    ) -> Any:
        """A sheet with a table: headings frozen, filter on, figures as numbers; a title line above if there is one."""
        if len(rows) + 2 > MOST_ROWS:
            raise ScoringError(
                "too_many_rows",
                Sentence(
                    f"Excel has no room for {len(rows):,} rows; please write csv.",
                    f"Excel 放不下 {len(rows):,} 行；请改用 csv。",
                ),
                rows=len(rows),
            )
        sheet = self.sheet(name)
        top = 1 if title else 0
        if title:
            sheet.write_string(0, 0, self.say(title), self.format(bold=True, font_size=13, font_color=INK))
            sheet.set_row(0, 26)
        heading = self.format(bold=True, bg_color=PAPER, bottom=1, bottom_color=LINE, font_color=INK, text_wrap=True)
        sheet.set_row(top, 32)
        for at, column in enumerate(columns):
            heading_text = self.say(column.name)
            sheet.write_string(top, at, heading_text, heading)
            if column.note:
                sheet.write_comment(top, at, self.say(column.note), {"x_scale": 1.6, "font_size": 9})
            sheet.set_column(at, at, max(wide, _width(heading_text, [row[at] for row in rows[:200]])))
        for number, row in enumerate(rows, start=top + 1):
            for at, cell in enumerate(row):
                self.write(sheet, number, at, cell, columns[at].format)
        sheet.freeze_panes(top + 1, 1)
        if rows:
            sheet.autofilter(top, 0, top + len(rows), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        return sheet

    def write(
        self, sheet: Any, row: int, column: int, cell: object, number_format: str = "", **properties: object
    ) -> None:
        """A cell by its kind: a formula, a number, a text; nothing for None."""
        if cell is None:
            return
        look = self.format(**({"num_format": number_format} if number_format else {}), **properties)
        if isinstance(cell, Formula):
            sheet.write_formula(row, column, cell.text, look, cell.value)
        elif isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            sheet.write_number(row, column, float(cell), look)
        else:
            text = self.say(cell) if isinstance(cell, str) else str(cell)
            if len(text) > LONGEST_CELL:  # Cut off, two ids could look alike.
                raise ScoringError("too_long", _too_long(text), length=len(text))
            sheet.write_string(row, column, text, look)

    def chart(self, kind: str, title: str, *, x: str = "", y: str = "", legend: bool = False, **options: object) -> Any:
        """A chart in the house's look."""
        chart = self.book.add_chart({"type": kind, **options})
        font = {"name": FONT, "size": 9, "color": INK}
        chart.set_title({"name": self.say(title), "name_font": {**font, "size": 12, "bold": True}, "overlay": False})
        axis = {"num_font": font, "name_font": {**font, "bold": False}, "line": {"color": LINE}}
        chart.set_x_axis({**axis, "name": self.say(x), "major_gridlines": {"visible": False}})
        chart.set_y_axis(
            {**axis, "name": self.say(y), "major_gridlines": {"visible": True, "line": {"color": "#E3E8EF"}}}
        )
        chart.set_legend({"position": "bottom", "font": font} if legend else {"none": True})
        chart.set_chartarea({"border": {"color": LINE}})
        return chart


def _too_long(text: str) -> Sentence:
    return Sentence(
        f"Excel has no room for {len(text):,} characters in a cell ({shown(text)}); please write csv.",
        f"Excel 的一格放不下 {len(text):,} 个字符（{shown(text)}）；请改用 csv。",
    )


def _as_it_is(formula: str, expand_future_functions: bool = False) -> str:
    return formula.removeprefix("=")


def _width(title: str, cells: Sequence[object]) -> float:
    """A column's width: Chinese characters take two places."""
    texts = [title, *(_shown(cell) for cell in cells)]
    return min(MOST_WIDTH, max(8, 2 + max(sum(1 + (ord(one) > 0x2E7F) for one in text) for text in texts)))


def _shown(cell: object) -> str:
    if isinstance(cell, Formula):
        cell = cell.value
    return f"{cell:.2f}" if isinstance(cell, float) else "" if cell is None else str(cell)
