"""What the engine refuses, each with a stable code so that a caller can say it in another language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


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
        The fault in plain English.
    """

    row: int
    code: str
    text: str


class ScoringError(ValueError):
    """The engine cannot answer; ``code`` and ``params`` say why to a program, ``str()`` to a person.

    Codes: ``bad_rows``, ``no_rows``, ``unequal_columns``, ``bad_weight``, ``bad_parameter``, ``bad_drop``, ``no_ratio``,
    ``too_many_judges``, ``no_uncertainty``, ``not_decimal``, ``incomplete_design``, ``chain_incomplete``, ``bad_shares``,
    ``bad_level``, ``impossible``; and from files ``no_file``, ``unreadable``, ``unwritable``, ``no_column``.
    """

    def __init__(self, code: str, text: str, **params: object) -> None:
        super().__init__(text)
        self.code = code
        self.params: Mapping[str, object] = params


class BadRows(ScoringError):
    """Some rows of the table cannot be used; ``rows`` lists every one of them."""

    def __init__(self, rows: Sequence[BadRow]) -> None:
        self.rows = tuple(rows)
        listed = "\n".join(f"row {bad.row}: {bad.text}" if bad.row else bad.text for bad in self.rows)
        super().__init__("bad_rows", f"{len(self.rows)} bad row(s):\n{listed}", count=len(self.rows))


@dataclass(frozen=True, slots=True)
class Note:
    """Something the organizer ought to know about a result that is valid all the same.

    Codes, with their params: ``too_few_to_trim`` and ``small_panel_trimmed`` (entries, from), ``no_spread`` (judges),
    ``few_totals`` (judges, from), ``disconnected`` (parts), ``no_overlap`` (judges), ``no_uncertainty`` (ballots).
    """

    code: str
    text: str
    params: Mapping[str, object] = field(default_factory=dict)
