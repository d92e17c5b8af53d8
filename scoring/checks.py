"""What a row must be before it counts; every fault is listed, none is repaired silently."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Self

from scoring.errors import BadRow, BadRows, ScoringError
from scoring.faults import NO_ROWS, UNEQUAL, missing, not_a_number, unscored
from scoring.marks import is_missing, read_number
from scoring.sentences import Sentence, listed, shown

Number = Decimal | float | int | str

LARGEST_MARK = 1e9


@dataclass(frozen=True, slots=True)
class Limits:
    """Which marks are allowed: one number for all, or a mapping by criterion."""

    low: Number | Mapping[str, Number] | None = None
    high: Number | Mapping[str, Number] | None = None
    step: Number | Mapping[str, Number] | None = None

    @classmethod
    def of(
        cls,
        low: Number | Mapping[str, Number] | None,
        high: Number | Mapping[str, Number] | None,
        step: Number | Mapping[str, Number] | None,
    ) -> Self:
        """Limits that are numbers, the step above 0."""
        for name, limit in (("low", low), ("high", high), ("step", step)):
            for one in limit.values() if isinstance(limit, Mapping) else [limit] * (limit is not None):
                if not _is_finite(one) or (name == "step" and Decimal(str(one)) < 0):
                    text = Sentence(f"{name} cannot be {one}.", f"{name} 不能是 {one}。")
                    raise ScoringError("bad_parameter", text, name=name, value=str(one))
        return cls(low, high, step)

    def require(self, mark: float, criterion: str) -> None:
        """Refuse a mark that is not allowed on `criterion`."""
        low, high, step = (_for(limit, criterion) for limit in (self.low, self.high, self.step))
        number = Decimal(str(mark))
        if low is not None and number < low:
            raise _Fault(
                "out_of_range",
                Sentence(f"{number.normalize():f} is below {low}.", f"{number.normalize():f} 低于 {low}。"),
            )
        if high is not None and number > high:
            raise _Fault(
                "out_of_range",
                Sentence(f"{number.normalize():f} is above {high}.", f"{number.normalize():f} 高于 {high}。"),
            )
        if step and (number - (low or 0)) % step:
            text = f"{number.normalize():f} is not on the step of {step}."
            raise _Fault("off_step", Sentence(text, f"{number.normalize():f} 不是 {step} 的整数倍。"))

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
            raise ScoringError("unequal_columns", UNEQUAL)
        if not size:
            raise ScoringError("no_rows", NO_ROWS)
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
            bad.append(BadRow(given.number[place], fault.code, fault.text))
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

    def __init__(self, code: str, text: Sentence) -> None:
        super().__init__(text)
        self.text = text
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
            raise _Fault("duplicate", _duplicate(*key, self.first[key]))
        self.first[key] = given.number[place]
        try:
            mark = read_number(given.mark[place])
        except ValueError as error:
            raise _Fault("not_a_number", not_a_number(error)) from None
        if mark is None:
            raise _Fault("missing", missing("mark"))
        if abs(mark) > LARGEST_MARK:
            text = shown(given.mark[place])
            raise _Fault("out_of_range", Sentence(f"{text} is too large.", f"{text} 太大。"))
        if self.limits.any:
            self.limits.require(mark, criterion)
        return mark

    def _require_known(self, entry: str, judge: str, criterion: str) -> None:
        if not entry or not judge:
            raise _Fault("missing", missing("judge" if entry else "entry"))
        ours, theirs, what = shown(entry), shown(judge), shown(criterion)
        if self.entries is not None and entry not in self.entries:
            raise _Fault("unknown_entry", Sentence(f"Entry {ours} is not known.", f"没有成果 {ours}。"))
        if self.judges is not None and judge not in self.judges:
            raise _Fault("unknown_judge", Sentence(f"Judge {theirs} is not known.", f"没有评委 {theirs}。"))
        if criterion not in self.criteria:
            text = f"Criterion {what or '(blank)'} is not known."
            raise _Fault("unknown_criterion", Sentence(text, f"没有评分项 {what or '（空白）'}。"))
        if (entry, judge) in self.barred:
            text = f"Judge {theirs} must not judge entry {ours}."
            raise _Fault("barred", Sentence(text, f"评委 {theirs} 不应评成果 {ours}。"))


def _incomplete(seen: Collection[tuple[str, str, str]], criteria: Sequence[str]) -> Iterator[BadRow]:
    held = Counter((entry, judge) for entry, judge, _ in seen)
    for (entry, judge), count in sorted(held.items()):
        if count < len(criteria):
            without = [name for name in criteria if (entry, judge, name) not in seen]
            text = Sentence(
                f"Entry {shown(entry)}, judge {shown(judge)}: no mark for {listed(without)}.",
                f"成果 {shown(entry)}、评委 {shown(judge)}：没有{listed(without, 'zh')}的分数。",
            )
            yield BadRow(0, "incomplete", text)


def _unscored(scored: set[str], expected: set[str]) -> Iterator[BadRow]:
    for entry in sorted(expected - scored):
        yield unscored(entry)


def _duplicate(entry: str, judge: str, criterion: str, row: int) -> Sentence:
    where = (f", criterion {shown(criterion)}", f"、评分项 {shown(criterion)}") if criterion else ("", "")
    return Sentence(
        f"Entry {shown(entry)}, judge {shown(judge)}{where[0]}: already in row {row}.",
        f"成果 {shown(entry)}、评委 {shown(judge)}{where[1]}：与第 {row} 行重复。",
    )


def _ids(values: Iterable[object]) -> list[str]:
    return ["" if is_missing(value) else str(value).strip() for value in values]


def _is_finite(number: object) -> bool:
    try:
        return Decimal(str(number)).is_finite()
    except InvalidOperation:
        return False


def _for(limit: Number | Mapping[str, Number] | None, criterion: str) -> Decimal | None:
    value = limit.get(criterion) if isinstance(limit, Mapping) else limit
    return None if value is None else Decimal(str(value))
