"""What a row must be before it counts; every fault is listed, none is repaired silently."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from scoring.errors import BadRow, BadRows, ScoringError
from scoring.marks import is_missing, read_number

Number = Decimal | float | int | str

LARGEST_MARK = 1e9


@dataclass(frozen=True, slots=True)
class Limits:
    """Which marks are allowed: one number for all, or a mapping by criterion."""

    low: Number | Mapping[str, Number] | None = None
    high: Number | Mapping[str, Number] | None = None
    step: Number | Mapping[str, Number] | None = None

    def require(self, mark: float, criterion: str) -> None:
        """Refuse a mark that is not allowed on `criterion`."""
        low, high, step = (_for(limit, criterion) for limit in (self.low, self.high, self.step))
        number = Decimal(str(mark))
        if low is not None and number < low:
            raise _Fault("out_of_range", f"{number.normalize():f} is below {low}.")
        if high is not None and number > high:
            raise _Fault("out_of_range", f"{number.normalize():f} is above {high}.")
        if step and (number - (low or 0)) % step:
            raise _Fault("off_step", f"{number.normalize():f} is not on the step of {step}.")

    @property
    def any(self) -> bool:
        """Whether anything is limited at all."""
        return not (self.low is None and self.high is None and self.step is None)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns as given, made lists; `mark` still as typed until the rows are checked."""

    entry: list[str]
    judge: list[str]
    mark: list[object]
    criterion: list[str]
    recused: list[bool]
    number: list[int]

    @classmethod
    def of(
        cls,
        entry: Iterable[object],
        judge: Iterable[object],
        mark: Iterable[object],
        criterion: Iterable[object] | None,
        recused: Sequence[bool] | None,
        rows: Sequence[int] | None,
    ) -> Self:
        """Make columns of whatever can be walked through; refuse unequal lengths and emptiness."""
        marks = list(mark)
        size = len(marks)
        columns = cls(
            entry=_ids(entry),
            judge=_ids(judge),
            mark=marks,
            criterion=[""] * size if criterion is None else _ids(criterion),
            recused=[False] * size if recused is None else [bool(flag) for flag in recused],
            number=list(range(1, size + 1)) if rows is None else [int(row) for row in rows],
        )
        lengths = {len(column) for column in (columns.entry, columns.judge, columns.criterion, columns.recused)}
        if lengths != {size} or len(columns.number) != size:
            raise ScoringError("unequal_columns", "The columns differ in length.")
        if not size:
            raise ScoringError("no_rows", "There is no row to score.")
        return columns


def check_rows(
    given: Rows,
    limits: Limits,
    *,
    entries: Collection[str] | None,
    judges: Collection[str] | None,
    barred: Collection[tuple[str, str]],
    criteria: Sequence[str],
) -> Rows:
    """Give back the rows that count, with marks as numbers, or list everything that is wrong.

    Parameters
    ----------
    given : Rows
        As typed; recused rows are set aside unread.
    limits : Limits
        Which marks are allowed.
    entries, judges : collection of str or None
        Whom to expect.
    barred : collection of (entry, judge)
        Pairs that must not occur.
    criteria : sequence of str
        Criteria a ballot must have; empty for totals.

    Returns
    -------
    Rows

    Raises
    ------
    BadRows
    """
    check = _Check(
        limits=limits,
        entries=None if entries is None else set(map(str, entries)),
        judges=None if judges is None else set(map(str, judges)),
        barred=set(barred),
        criteria=set(criteria) or {""},
    )
    good: list[int] = []
    marks: list[object] = []
    bad: list[BadRow] = []
    for place in range(len(given.mark)):
        if given.recused[place]:
            continue
        try:
            marks.append(check.mark_of(given, place))
            good.append(place)
        except _Fault as fault:
            bad.append(BadRow(given.number[place], fault.code, str(fault)))
    bad.extend(_incomplete(set(check.first), criteria))
    bad.extend(_unscored({key[0] for key in check.first}, check.entries or {entry for entry in given.entry if entry}))
    if bad:
        raise BadRows(bad)
    return Rows(
        [given.entry[place] for place in good],
        [given.judge[place] for place in good],
        marks,
        [given.criterion[place] for place in good],
        [False] * len(good),
        [given.number[place] for place in good],
    )


class _Fault(Exception):
    """Why one row cannot be used."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True)
class _Check:
    """What rows are held against, and which ballots were seen, by row."""

    limits: Limits
    entries: set[str] | None
    judges: set[str] | None
    barred: set[tuple[str, str]]
    criteria: set[str]
    first: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def mark_of(self, given: Rows, place: int) -> float:
        entry, judge, criterion = given.entry[place], given.judge[place], given.criterion[place]
        self._require_known(entry, judge, criterion)
        key = (entry, judge, criterion)
        if key in self.first:
            where = f", criterion {criterion}" if criterion else ""
            raise _Fault("duplicate", f"Entry {entry}, judge {judge}{where}: already in row {self.first[key]}.")
        self.first[key] = given.number[place]
        try:
            mark = read_number(given.mark[place])
        except ValueError as error:
            raise _Fault("not_a_number", f"{str(error)!r} is not a number.") from None
        if mark is None:
            raise _Fault("missing", "The mark is missing.")
        if abs(mark) > LARGEST_MARK:
            raise _Fault("out_of_range", f"{mark:g} is too large.")
        if self.limits.any:
            self.limits.require(mark, criterion)
        return mark

    def _require_known(self, entry: str, judge: str, criterion: str) -> None:
        if not entry or not judge:
            raise _Fault("missing", "The judge is missing." if entry else "The entry is missing.")
        if self.entries is not None and entry not in self.entries:
            raise _Fault("unknown_entry", f"Entry {entry} is not known.")
        if self.judges is not None and judge not in self.judges:
            raise _Fault("unknown_judge", f"Judge {judge} is not known.")
        if criterion not in self.criteria:
            raise _Fault("unknown_criterion", f"Criterion {criterion or '(blank)'} is not known.")
        if (entry, judge) in self.barred:
            raise _Fault("barred", f"Judge {judge} must not judge entry {entry}.")


def _incomplete(seen: Collection[tuple[str, str, str]], criteria: Sequence[str]) -> Iterator[BadRow]:
    held = Counter((entry, judge) for entry, judge, _ in seen)
    for (entry, judge), count in sorted(held.items()):
        if count < len(criteria):
            missing = ", ".join(name for name in criteria if (entry, judge, name) not in seen)
            yield BadRow(0, "incomplete", f"Entry {entry}, judge {judge}: no mark for {missing}.")


def _unscored(scored: set[str], expected: set[str]) -> Iterator[BadRow]:
    for entry in sorted(expected - scored):
        yield BadRow(0, "unscored", f"Entry {entry} was scored by nobody who counts.")


def _ids(values: Iterable[object]) -> list[str]:
    return ["" if is_missing(value) else str(value).strip() for value in values]


def _for(limit: Number | Mapping[str, Number] | None, criterion: str) -> Decimal | None:
    value = limit.get(criterion) if isinstance(limit, Mapping) else limit
    return None if value is None else Decimal(str(value))
