"""One paragraph that says how a file was read, so that a wrong guess is seen."""

from collections.abc import Sequence

from scoring.reading.cells import column_letter
from scoring.reading.grid import Grid
from scoring.reading.header import Header
from scoring.reading.marks import Marks
from scoring.reading.rows import Rows
from scoring.reading.shape import Layout, Shape
from scoring.reading.words import ROLE_WORDS
from scoring.sentences import Sentence

FEW = 8


def understanding(
    grid: Grid | None, header: Header, rows: Rows | None, layout: Layout, marks: Marks
) -> tuple[Sentence, ...]:
    """Everything that was understood, sentence by sentence."""
    unused = _contradicting(layout, marks)
    parts = [_size(marks), _shape(layout, marks), _roles(layout, unused), *_not_used(layout, unused)]
    if grid is not None and rows is not None:
        parts += [*_sheet(grid), *_header(header), *_units(layout, rows), *_left_out(rows)]
    parts += _aside(layout, marks)
    return tuple(parts)


def _size(marks: Marks) -> Sentence:
    codes = marks.codes
    count = len(marks.mark) - sum(marks.absent) if codes is None else len(codes.mark)
    entries = len({*marks.entry} - {""}) if codes is None else len(codes.entries)
    judges = len({*marks.judge} - {""}) if codes is None else len(codes.judges)
    return Sentence(
        f"Read {count} marks of {entries} entries by {judges} judges.",
        f"读到 {entries} 件参评成果、{judges} 位评委、{count} 个分数。",
    )


def _shape(layout: Layout, marks: Marks) -> Sentence:
    judges = _some([one.judge for one in layout.marks])
    criteria = _some([one.criterion for one in layout.marks])
    return {
        Shape.LONG: Sentence("Every row is one mark.", "每行是一个分数。"),
        Shape.SHEETS: Sentence(
            f"Every row is one judge's sheet for one entry, with the criteria {criteria}.",
            f"每行是一位评委对一件成果的评分表，评分项为{criteria}。",
        ),
        Shape.WIDE: Sentence(
            f"Every row is an entry, with a column for each judge: {judges}; blank cells are no marks.",
            f"每行是一件成果，每位评委一列：{judges}；空格表示没有打分。",
        ),
        Shape.CRITERIA: Sentence(
            f"Every row is an entry, with the columns of each judge ({judges}) for each criterion ({criteria}).",
            f"每行是一件成果，每位评委（{judges}）的每个评分项（{criteria}）一列。",
        ),
        Shape.TURNED: Sentence(
            f"Every row is a judge, with a column for each entry: {judges}; blank cells are no marks.",
            f"每行是一位评委，每件成果一列：{judges}；空格表示没有打分。",
        ),
    }[layout.shape]


def _contradicting(layout: Layout, marks: Marks) -> list[str]:
    """Guessed roles whose column says several things of one entry or judge."""
    said = {"track": marks.track_of_entry, "unit_entry": marks.unit_of_entry, "unit_judge": marks.unit_of_judge}
    return [role for role, found in said.items() if role in layout.roles and role in layout.guessed and found is None]


def _not_used(layout: Layout, roles: Sequence[str]) -> list[Sentence]:
    names = [(layout.names[layout.roles[role]], ROLE_WORDS[role]) for role in roles]
    return [
        Sentence(
            f"{name} is not taken for the {words[0]}: it says several things of one.",
            f"“{name}”列没有当作{words[1]}：对同一件（位）有几种说法。",
        )
        for name, words in names
    ]


def _roles(layout: Layout, unused: Sequence[str]) -> Sentence:
    pairs = [
        (ROLE_WORDS[role], layout.names[column])
        for role, column in sorted(layout.roles.items(), key=lambda one: one[1])
        if role not in unused
    ]
    en = ", ".join(f"{name} is the {words[0]}" for words, name in pairs)
    zh = "，".join(f"“{name}”列是{words[1]}" for words, name in pairs)
    return Sentence(f"{en}.", f"{zh}。")


def _sheet(grid: Grid) -> list[Sentence]:
    found = []
    if grid.sheet and grid.others:
        others = ", ".join(grid.others)
        text = f"The sheet {grid.sheet} was read, not {others}."
        found.append(Sentence(text, f"读的是工作表“{grid.sheet}”，没有读{others}。"))
    if grid.hidden:
        found.append(Sentence(f"{grid.hidden} hidden rows count too.", f"有 {grid.hidden} 个隐藏行，也计算在内。"))
    return found


def _header(header: Header) -> list[Sentence]:
    if header.rows == (1,):
        return []
    numbers = " ".join(map(str, header.rows))
    rows = "rows" if len(header.rows) > 1 else "row"
    zh = "、".join(map(str, header.rows))
    return [Sentence(f"The header is in {rows} {numbers.replace(' ', ' and ')}.", f"表头在第 {zh} 行。")]


def _units(layout: Layout, rows: Rows) -> list[Sentence]:
    found = []
    if rows.units:
        number = rows.units[0][0]
        found.append(Sentence(f"Row {number} says the judges' units.", f"第 {number} 行是评委的单位。"))
    elif any(one.unit for one in layout.marks):
        found.append(Sentence("The lower row of the header says the judges' units.", "表头的下面一行是评委的单位。"))
    if rows.commas:
        found.append(
            Sentence("Commas in marks are decimal commas: 8,5 is 8.5.", "分数里的逗号当作小数点：8,5 即 8.5。")
        )
    return found


def _left_out(rows: Rows) -> list[Sentence]:
    kinds = [
        (rows.totals, "sum up the others", "是合计或平均"),
        (rows.notes, "are notes", "是说明文字"),
        (rows.repeats, "name the columns again", "是重复的表头"),
        (rows.scales, "say what marks may be", "是满分或权重"),
    ]
    return [
        Sentence(f"Left out: row {_numbers(found, ', ')}, which {en}.", f"第 {_numbers(found, '、')} 行{zh}，未计入。")
        for found, en, zh in kinds
        if found
    ]


def _aside(layout: Layout, marks: Marks) -> list[Sentence]:
    found = []
    if layout.totals:
        names = _named(layout, layout.totals)
        text = f"Left aside, because they sum up the others: {names}."
        found.append(Sentence(text, f"{names}列是汇总，未计入。"))
    if layout.aside:
        names = _named(layout, layout.aside)
        found.append(Sentence(f"Not used: {names}.", f"未使用：{names}。"))
    absent = sum(marks.absent)
    if absent:
        one = absent == 1
        text = f"{absent} {'mark is' if one else 'marks are'} blank: the judge gave none, as if absent."
        found.append(Sentence(text, f"有 {absent} 处分数空白，视为评委没有打分。"))
    recused = sum(marks.recused)
    if recused:
        text = f"{recused} marks are set aside because the judge was recused."
        found.append(Sentence(text, f"{recused} 处写明回避，不计分。"))
    return found


def _named(layout: Layout, columns: Sequence[int]) -> str:
    return ", ".join(f"{layout.names[column]} ({column_letter(column)})" for column in columns[:FEW])


def _numbers(numbers: Sequence[int], joint: str) -> str:
    listed = joint.join(map(str, numbers[:FEW]))
    return listed if len(numbers) <= FEW else f"{listed}…"


def _some(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(name for name in names if name))
    listed = ", ".join(distinct[:FEW])
    return listed if len(distinct) <= FEW else f"{listed} … ({len(distinct)})"
