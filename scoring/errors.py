"""What the engine refuses, each with a stable code so that a caller can say it in another language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoring.sentences import Sentence, told


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be used.

    Attributes
    ----------
    row : int
        Number of the row as given, from 1; 0 when the fault is an absence.
    code : str
        ``missing``, ``not_a_number``, ``out_of_range``, ``off_step``, ``duplicate``, ``unknown_entry``,
        ``unknown_judge``, ``unknown_criterion``, ``barred``, ``incomplete`` or ``unscored``.
    text : str
        The fault in plain English; a `Sentence`, so that `in_language` says it in Chinese too.
    """

    row: int
    code: str
    text: str

    def in_language(self, language: str) -> str:
        """The fault with its row, in ``zh`` or ``en``."""
        text = told(self.text, language)
        if not self.row:
            return text
        return f"第 {self.row} 行：{text}" if language == "zh" else f"row {self.row}: {text}"


class ScoringError(ValueError):
    """The engine cannot answer; ``code`` and ``params`` say why to a program, ``str()`` and `in_language` to a person.

    Codes: ``bad_rows``, ``no_rows``, ``unequal_columns``, ``bad_weight``, ``bad_parameter``, ``bad_drop``, ``no_ratio``,
    ``too_many_judges``, ``no_uncertainty``, ``not_decimal``, ``incomplete_design``, ``chain_incomplete``, ``bad_shares``,
    ``bad_level``, ``impossible``; and from files ``no_file``, ``unreadable``, ``unwritable``, ``no_column``.
    """

    def __init__(self, code: str, text: str, **params: object) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.params: Mapping[str, object] = params

    def in_language(self, language: str) -> str:
        """What is wrong, in ``zh`` or ``en``."""
        return told(self.text, language)


class BadRows(ScoringError):
    """Some rows of the table cannot be used; ``rows`` lists every one of them."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        self.rows = tuple(rows)
        en, zh = ("\n".join(bad.in_language(language) for bad in self.rows) for language in ("en", "zh"))
        count = len(self.rows)
        text = Sentence(f"{count} bad row(s):\n{en}", f"{count} 处数据有误：\n{zh}")
        super().__init__("bad_rows", text, count=count)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the organizer ought to know about a result that is valid all the same.

    Codes, with their params: ``too_few_to_trim`` and ``small_panel_trimmed`` (entries, from), ``no_spread`` (judges),
    ``few_totals`` (judges, from), ``disconnected`` (parts), ``no_overlap`` (judges), ``no_uncertainty`` (ballots).
    """

    code: str
    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The note in ``zh`` or ``en``."""
        return told(self.text, language)
