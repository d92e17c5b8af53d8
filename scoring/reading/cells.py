"""Cells as people leave them: full-width digits, thousands separators, blanks, marks typed as text."""

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal

from scoring.marks import read_number

Cell = object
UNCALCULATED = "#FORMULA"
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ．－＿]")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SPACES = re.compile(r"[\s\u3000\u200b\ufeff\xa0]+")
_UNSEEN = re.compile("[\u200b\ufeff]")
_GUARDED = re.compile("^'(?=[=+@\t-])")  # Excel's sign for a text that looks like a formula.
_ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\d+(\.\d*)?([eE][+-]?\d+)?$|\.\d+$)")
_ABSENT = {"-", "--", "—", "——", "/", "\\", "缺", "缺席", "未评", "未打分", "弃权", "无", "n/a", "na", "none", "absent"}
_RECUSED = {"回避", "已回避", "recused", "recuse"}
_UNITS = ("分", "pts", "points")


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing a person could see."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    return isinstance(cell, str) and not _SPACES.sub("", cell)


def text_of(cell: Cell) -> str:
    """A cell as an id or a label: no blanks around, full-width letters and digits made half-width, 7.0 as 7."""
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    narrow = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), str(cell))
    plain = _SPACES.sub(" ", narrow).strip()
    return _GUARDED.sub("", plain, count=1) if plain.startswith("'") else plain


def ids_of(cells: Iterable[Cell]) -> list[str]:
    """Cells as ids: exactly as typed (but for blanks around), unless one id is spelled in several ways that read alike."""
    given = list(cells)
    reads = list(map(text_of, given))
    spellings: dict[str, set[str]] = {}
    for cell, text in zip(given, reads, strict=True):
        spellings.setdefault(text, set()).add(_typed(cell) if text else "")
    return [next(iter(found)) if len(found := spellings[text]) == 1 else text for text in reads]


def guarded(text: str) -> str:
    """A text that Excel would take for a formula, with an apostrophe before it; read back, it is gone."""
    return f"'{text}" if _FORMULA.match(text) else text


def _typed(cell: Cell) -> str:
    return _GUARDED.sub("", cell.strip(), count=1) if isinstance(cell, str) else text_of(cell)


def mark_of(cell: Cell) -> Cell:
    """A cell as a mark: text of a number made one, a thing that is no number left as it stands, None when blank."""
    if isinstance(cell, float | int | Decimal) and not isinstance(cell, bool):
        return None if is_blank(cell) else cell
    if is_blank(cell):
        return None
    if not isinstance(cell, str):
        return str(cell)
    plain = _plain(cell)
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return plain if is_number(plain) else _SPACES.sub(" ", cell).strip()


def has_decimal_commas(cells: Iterable[Cell]) -> bool:
    """Whether marks are written with decimal commas: some can be read in no other way, and none has a point."""
    texts = [_plain(cell) for cell in cells if isinstance(cell, str)]
    with_comma = [text for text in texts if _DECIMAL_COMMA.fullmatch(text)]
    return any(not _THOUSANDS.fullmatch(text) for text in with_comma) and not any("." in text for text in texts)


def with_point(cell: Cell) -> Cell:
    """A mark with its decimal comma made a point."""
    text = _plain(cell) if isinstance(cell, str) else ""
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else cell


def _plain(cell: str) -> str:
    """What is typed without blanks around and without the word for points."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", cell)).strip().lower()
    for unit in _UNITS:
        plain = plain.removesuffix(unit).rstrip()
    return plain


def is_number(cell: Cell) -> bool:
    """Whether a cell can be read as one number."""
    try:
        return read_number(cell) is not None
    except ValueError:
        return False


def is_broken(cell: Cell) -> bool:
    """Whether a cell ought to hold a number and holds an error of Excel's, a bare formula or a date."""
    return isinstance(cell, date | time) or (
        isinstance(cell, str) and (cell == UNCALCULATED or bool(_ERROR.fullmatch(cell)))
    )


def is_absent(cell: Cell) -> bool:
    """Whether a cell says in words that there is no mark."""
    return isinstance(cell, str) and _SPACES.sub("", cell).lower() in _ABSENT


def is_recused(cell: Cell) -> bool:
    """Whether a cell says that the judge was recused (回避)."""
    return isinstance(cell, str) and _SPACES.sub("", cell).lower() in _RECUSED


def key_of(label: object) -> str:
    """A column's name made comparable: no case, blanks, underscores or explanations in brackets."""
    text = unicodedata.normalize("NFKC", str(label or "")).lower()
    text = re.sub(r"[(\[【〔].*?[)\]】〕]", "", text)
    return re.sub(r"[\s_\-—:：、.*★☆/\\#№]+", "", text)


def column_letter(place: int) -> str:
    """The name Excel gives to a column, counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
