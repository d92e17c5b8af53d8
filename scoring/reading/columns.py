"""Columns of marks: whose they are, and on what, by one heading or by two."""

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.errors import ScoringError
from scoring.reading.cells import column_letter
from scoring.reading.header import Header
from scoring.reading.words import is_judge
from scoring.sentences import Sentence, shown


@dataclass(frozen=True, slots=True)
class MarkColumn:
    """A column of marks: whose, on what, and the judge's unit where the heading says it."""

    column: int
    judge: str = ""
    criterion: str = ""
    unit: str = ""


def mark_columns(header: Header, chosen: Sequence[int]) -> tuple[MarkColumn, ...]:
    """Who gave each column's marks, and on what."""
    pairs = [joined(header.names[column]) or (header.groups[column], header.names[column]) for column in chosen]
    groups, names = [group for group, _ in pairs], [name for _, name in pairs]
    if all(groups) and len(set(groups)) == len(groups) > 1 and not any(map(is_judge, groups)):  # names above units
        units = names if len(set(names)) > 1 else [""] * len(names)
        rows = zip(chosen, groups, units, strict=True)
        return tuple(MarkColumn(column, judge=group, unit=unit) for column, group, unit in rows)
    if len(set(names)) == len(names) and not (len(set(groups)) > 1 and all(map(is_judge, groups))):
        return _distinct(header, [MarkColumn(column, judge=name) for column, name in zip(chosen, names, strict=True)])
    if len(set(groups)) == len(groups):
        return tuple(MarkColumn(column, judge=group) for column, group in zip(chosen, groups, strict=True))
    turned = sum(map(is_judge, names)) * 2 > len(names) and not all(map(is_judge, groups))
    by_judge = [(name, group) if turned else (group, name) for group, name in pairs]
    columns = [MarkColumn(column, *pair) for column, pair in zip(chosen, by_judge, strict=True)]
    return _distinct(header, columns)


def _distinct(header: Header, columns: Sequence[MarkColumn]) -> tuple[MarkColumn, ...]:
    first: dict[tuple[str, str], int] = {}
    for one in columns:
        if not one.judge and not any(header.groups):
            raise _same_name(header, columns)
        if not one.judge:
            where = f"{column_letter(one.column)} ({shown(header.names[one.column])})"
            text = Sentence(f"Column {where} stands below no judge's name.", f"{where} 列上面没有评委的名字。")
            raise ScoringError("no_column", text, name=header.names[one.column])
        before = first.setdefault((one.judge, one.criterion), one.column)
        if before != one.column:
            raise ScoringError("no_column", _same(before, one.column, one.judge), name=one.judge)
    return tuple(columns)


def _same_name(header: Header, columns: Sequence[MarkColumn]) -> ScoringError:
    """Two columns of a heading of one row have the same name."""
    names = [header.names[other.column] for other in columns]
    twice = next(name for name in names if names.count(name) > 1)
    places = [other.column for other, name in zip(columns, names, strict=True) if name == twice]
    return ScoringError("no_column", _same(places[0], places[1], twice), name=twice)


def _same(first: int, second: int, name: str) -> Sentence:
    one, other = column_letter(first), column_letter(second)
    return Sentence(
        f"Columns {one} and {other} have the same name, {shown(name)}.", f"{one} 列和 {other} 列同名：{shown(name)}。"
    )


def joined(name: str) -> tuple[str, str] | None:
    """A judge's and a criterion's name out of one, such as 评委1-选题."""
    for separator in ("-", "－", "_", "—", "·", "/", ":", "："):
        judge, found, criterion = name.partition(separator)
        if found and criterion.strip() and is_judge(judge) and not is_judge(name):
            return judge.strip(), criterion.strip()
    return None
