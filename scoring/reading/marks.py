"""Marks with their entries, judges and rows, whatever shape they came in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scoring.arrays import FloatArray, IntArray
from scoring.checks import Number
from scoring.coded import table_of_codes
from scoring.errors import BadRow, BadRows, ScoringError
from scoring.faults import placed
from scoring.marks import read_number
from scoring.sentences import Sentence, listed, told
from scoring.table import ScoreTable


@dataclass(frozen=True, slots=True)
class Limits:
    """What marks are allowed, and how criteria weigh."""

    low: Number | None = None
    high: Number | None = None
    step: Number | None = None
    weights: Mapping[str, Number] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Ids and the marks of a table too large for one object a cell; see `scoring.coded`."""

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    entry: IntArray
    judge: IntArray
    mark: FloatArray
    order: FloatArray | None = None
    again: "Callable[[], Marks] | None" = None

    def allow(self, limits: Limits, absent: float | None) -> bool:
        """Whether every mark is allowed."""
        marks = self.mark if absent is None else self.mark[self.mark != absent]
        if limits.weights or not len(marks):
            return not limits.weights
        if limits.low is not None and marks.min() < float(limits.low):
            return False
        if limits.high is not None and marks.max() > float(limits.high):
            return False
        return limits.step is None  # Steps are decimal; whoever asks for one has them checked one by one.


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What was read, column by column, one mark a row.

    Attributes
    ----------
    entry, judge : list of str
    mark : list
        As typed, but for blanks and thousands separators.
    criterion : list of str or None
    recused : list of bool
    place : list of (row number, words for the column or empty)
        Where every mark stands in the file.
    unit_of_entry, unit_of_judge, track_of_entry : dict or None
    order : list of float or None
    groups : mapping of column name to a mapping of entry to its cell
        Every other column that says one thing for every entry.
    of_judges : mapping of column name to a mapping of judge to its cell
        The same for judges, where a row is a judge's.
    absent : sequence of bool
        Per mark, whether the judge gave the entry none at all; empty if nobody failed to.
    faults : tuple of BadRow
        What cannot be read.
    understood : tuple of Sentence
        One paragraph that says how the file was read.
    shape : str
    headings : tuple of str
        The columns' names.
    codes : Codes or None
        The same of a large file, instead of the columns.
    """

    entry: list[str]
    judge: list[str]
    mark: list[object]
    criterion: list[str] | None
    recused: list[bool]
    place: list[tuple[int, str]]
    unit_of_entry: Mapping[str, str] | None = None
    unit_of_judge: Mapping[str, str] | None = None
    track_of_entry: Mapping[str, str] | None = None
    order: list[float] | None = None
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    of_judges: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    absent: Sequence[bool] = ()
    faults: tuple[BadRow, ...] = ()
    understood: tuple[Sentence, ...] = ()
    shape: str = "long"
    headings: tuple[str, ...] = ()
    codes: Codes | None = None

    def paragraph(self, language: str = "en") -> str:
        """How the file was read, in one paragraph."""
        joint = "" if language == "zh" else " "
        return joint.join(sentence.in_language(language) for sentence in self.understood)

    def table(self, limits: Limits | None = None, *, absent: float | None = None) -> ScoreTable:
        """The checked table.

        Parameters
        ----------
        limits : Limits, optional
        absent : float, optional
            A mark that says the judge gave none.

        Returns
        -------
        ScoreTable

        Raises
        ------
        BadRows
            With everything that is wrong in the file, in order of rows.
        """
        allowed = limits or Limits()
        if self.codes is not None and self.codes.again is not None and not self.codes.allow(allowed, absent):
            return self.codes.again().table(allowed, absent=absent)  # Row by row, to say which.
        if self.codes is not None:
            return table_of_codes(
                self.codes,
                absent=absent,
                unit_of_entry=self.unit_of_entry,
                unit_of_judge=self.unit_of_judge,
                track_of_entry=self.track_of_entry,
            )
        if not self.mark and self.faults:
            raise BadRows(_in_order(self.faults))
        recused = list(self.recused)
        if absent is not None:
            recused = [r or _is(m, absent) for r, m in zip(recused, self.mark, strict=True)]
        if any(self.absent):
            recused = [r or none for r, none in zip(recused, self.absent, strict=True)]
        try:
            table = ScoreTable.from_columns(
                entry=self.entry,
                judge=self.judge,
                mark=self.mark,
                criterion=self.criterion,
                weights=allowed.weights,
                low=allowed.low,
                high=allowed.high,
                step=allowed.step,
                unit_of_entry=self.unit_of_entry,
                unit_of_judge=self.unit_of_judge,
                track_of_entry=self.track_of_entry,
                order=self.order,
                recused=recused,
                rows=range(1, len(self.mark) + 1) if self._in_columns else [row for row, _ in self.place],
            )
        except BadRows as error:
            raise BadRows(_in_order([*self.faults, *map(self._placed, error.rows)])) from error
        if self.faults:
            raise BadRows(_in_order(self.faults))
        return table

    def said(self, role: str, name: str) -> Mapping[str, str]:
        """What a column says of every entry, or of every judge.

        Raises
        ------
        ScoringError
            ``no_column`` when there is no such column, or it says several things of one.
        """
        whole = self.thorough()
        columns = whole.groups if role == "entry" else whole.of_judges
        if name not in columns:
            whose = {"entry": "成果", "judge": "评委"}[role]
            text = Sentence(
                f"There is no column {name} that says one thing of every {role}; there are: {listed([*columns]) or 'none'}.",
                f"没有名为“{name}”、对每{'件' if role == 'entry' else '位'}{whose}只有一个值的列；有：{listed([*columns], 'zh') or '无'}。",
            )
            raise ScoringError("no_column", text, name=name)
        return columns[name]

    def thorough(self) -> "Marks":
        """The same file read cell by cell: with every column, where only those of the marks were read."""
        return self if self.codes is None or self.codes.again is None else self.codes.again()

    @property
    def _in_columns(self) -> bool:
        return any(words for _, words in self.place)

    def _placed(self, bad: BadRow) -> BadRow:
        """A fault by its row in the file, and its column where rows hold several marks."""
        if not bad.row or not self._in_columns:
            return bad
        row, words = self.place[bad.row - 1]
        return replace(bad, row=row, text=placed(words, self._renumbered(bad.text)))

    def _renumbered(self, text: str) -> Sentence:
        """A fault that names another mark by its place, told by that mark's row."""

        def row_of(found: re.Match[str]) -> str:
            return f"{found[1]}{self.place[int(found[2]) - 1][0]}"

        zh = re.sub(r"(与第 )(\d+)(?= 行重复)", row_of, told(text, "zh"))
        return Sentence(re.sub(r"(already in row )(\d+)", row_of, text), zh)


def _is(cell: object, number: float) -> bool:
    try:
        return read_number(cell) == number
    except ValueError:
        return False


def _in_order(faults: Sequence[BadRow]) -> list[BadRow]:
    return sorted(faults, key=lambda bad: (bad.row == 0, bad.row))
