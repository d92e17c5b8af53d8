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
        if not one.judge:
            where = f"{column_letter(one.column)} ({shown(header.names[one.column])})"
            text = Sentence(f"Column {where} stands below no judge's name.", f"{where} 列上面没有评委的名字。")
            raise ScoringError("no_column", text, name=header.names[one.column])
        before = first.setdefault((one.judge, one.criterion), one.column)
        if before != one.column:
            first_letter, letter = column_letter(before), column_letter(one.column)
            text = Sentence(
                f"Columns {first_letter} and {letter} have the same name, {shown(one.judge)}.",
                f"{first_letter} 列和 {letter} 列同名：{shown(one.judge)}。",
            )
            raise ScoringError("no_column", text, name=one.judge)
    return tuple(columns)


def joined(name: str) -> tuple[str, str] | None:
    """A judge's and a criterion's name out of one, such as 评委1-选题."""
    for separator in ("-", "－", "_", "—", "·", "/", ":", "："):
        judge, found, criterion = name.partition(separator)
        if found and criterion.strip() and is_judge(judge) and not is_judge(name):
            return judge.strip(), criterion.strip()
    return None
