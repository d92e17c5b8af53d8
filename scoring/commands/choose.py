"""`scoring choose`: the best list within all quotas, and why everybody is in or out."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from scoring.commands.inputs import add_input, add_method, evaluate_input, language_of, read_input
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.errors import BadRow, BadRows, ScoringError
from scoring.faults import missing, not_a_number
from scoring.marks import read_number
from scoring.ranking import Standing
from scoring.reading.cells import key_of, mark_of, text_of
from scoring.reading.grid import read_grid
from scoring.reading.header import Header, find_header
from scoring.reading.rows import sort_rows
from scoring.reading.words import NAMES, ROLE_WORDS
from scoring.sentences import Sentence, listed, shown, told

COLUMNS = (
    "place",
    "entry",
    "score",
    "rank",
    "outcome",
    "reserve",
    "code",
    "limit",
    "group",
    "points",
    "margin",
    "rival",
    "text",
)
OUTCOMES = {"chosen": "入选", "reserve": "候补", "out": "未入选"}


@dataclass(frozen=True, slots=True)
class Listed:
    """Standings, and what the file says of every entry besides."""

    standings: tuple[Standing, ...]
    groups: Mapping[str, Mapping[str, str]]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("choose", help="the best list within all quotas, and why everybody is in or out")
    add_input(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv or xlsx: one row per entry")
    parser.add_argument("--places", type=int, required=True, metavar="N", help="how many are chosen")
    parser.add_argument("--reserves", type=int, default=0, metavar="N", help="how many wait behind them")
    parser.add_argument("--score", metavar="COLUMN", help="the file lists entries with this score; no marks are read")
    parser.add_argument("--then", nargs="+", default=[], metavar="COLUMN", help="with --score: what parts equal scores")
    for name, about in (
        ("most", "at most N of every group (单位=2), or of one (单位:一厂=3)"),
        ("least", "places kept for a group (类型:创新型=5)"),
    ):
        parser.add_argument(f"--{name}", nargs="+", action="extend", default=[], metavar="COLUMN[:GROUP]=N", help=about)
    parser.add_argument("--barred", metavar="COLUMN", help="entries with anything in this column cannot be chosen")
    add_method(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Choose, write and tell."""
    from scoring.choice import Outcome, choose_under_quotas  # Slow to import: not before the file has been read.
    from scoring.programme import Limit

    listed = _scores(options) if options.score else _marks(options)
    caps, least = _numbers(options.most), _numbers(options.least)
    limits = []
    for column in dict.fromkeys([*(name for name, _ in caps), *(name for name, _ in least)]):
        groups = _column(listed, column)
        given = {group: count for (name, group), count in caps.items() if name == column}
        everywhere = given.pop("", None)
        at_most = given or everywhere
        if given and everywhere is not None:
            at_most = {**dict.fromkeys(set(groups.values()) - {""}, everywhere), **given}
        kept = {group: count for (name, group), count in least.items() if name == column}
        limits.append(Limit(column, groups, at_most, kept))
    barred = {entry: said for entry, said in _column(listed, options.barred).items() if said} if options.barred else {}
    doing = Sentence(
        f"choosing {options.places} of {len(listed.standings):,}",
        f"正在从 {len(listed.standings):,} 件中选出 {options.places} 件",
    )
    with progress(doing, language_of(options)):
        chosen = choose_under_quotas(
            listed.standings, total=options.places, limits=limits, reserves=options.reserves, ineligible=barred
        )
    rank = {one.entry: one.rank for one in listed.standings}
    rows, place = [], 0
    for one in chosen:
        place += one.outcome is Outcome.CHOSEN
        facts = [one.params.get(name) for name in ("limit", "group", "points")]
        here = place if one.outcome is Outcome.CHOSEN else None
        waits = one.reserve or None
        outcome = str(one.outcome)
        rows.append(
            [
                here,
                one.entry,
                one.score,
                rank[one.entry],
                outcome,
                waits,
                one.code,
                *facts,
                one.margin,
                one.rival,
                told(one.text, language_of(options)),
            ]
        )
    write_table(options.output, COLUMNS, rows, sheet="choice")
    counts = {outcome: sum(one.outcome == outcome for one in chosen) for outcome in OUTCOMES}
    zh = language_of(options) == "zh"
    numbers = [f"{word} {counts[name]}" if zh else f"{counts[name]} {name}" for name, word in OUTCOMES.items()]
    said = f"{'、'.join(numbers)}；已证明最优" if zh else f"{', '.join(numbers)}; proven the best list there is"
    print(said, file=sys.stderr)


def _marks(options: argparse.Namespace) -> Listed:
    """Standings from marks, by the chosen method."""
    marks, table = read_input(options)
    result = evaluate_input(table, options)
    if len({one.component for one in result.entries}) > 1 and not options.exchangeable:
        text = Sentence(
            "The design falls into parts that share no judge; their scores cannot be compared in one list.",
            "评审分成互不相通的几部分，没有共同的评委，得分不能放进同一份名单比较。",
        )
        raise ScoringError("disconnected", text, parts=len(result.components))
    standings = tuple(Standing(one.entry, one.score, one.rank, one.tied, 0) for one in result.entries)
    known = {role: said for role, said in (("unit", marks.unit_of_entry), ("track", marks.track_of_entry)) if said}
    return Listed(standings, {**known, **marks.thorough().groups})


def _scores(options: argparse.Namespace) -> Listed:
    """Standings from a list of entries with their scores."""
    from scoring.ranking import rank_entries  # Slow to import: not before the file has been read.

    grid = read_grid(options.table, sheet=options.sheet)
    header = find_header(grid, [name for name in (options.entry, options.score) if name])
    rows = sort_rows(grid, header).data
    entry, score = _place(header, options.entry, "entry"), _place(header, options.score, "mark")
    links = [_place(header, name, name) for name in options.then]
    scores: dict[str, Decimal] = {}
    chain: list[dict[str, float | Decimal]] = [{} for _ in links]
    faults, said = [], {}
    for number, row in rows:
        identity = text_of(row[entry])
        try:
            if not identity:
                raise _Unreadable("missing", missing("entry"))
            if identity in scores:
                twice = f"Entry {shown(identity)} is listed twice."
                raise _Unreadable("duplicate", Sentence(twice, f"成果 {shown(identity)} 列了两次。"))
            scores[identity] = _number(row[score])
            for link, column in zip(chain, links, strict=True):
                link[identity] = _number(row[column])
        except _Unreadable as fault:
            faults.append(BadRow(number, fault.code, fault.text))
        said[identity] = [text_of(cell) for cell in row]
    if faults:
        raise BadRows(faults)
    if not scores:
        raise ScoringError("no_rows", Sentence("There is no row to choose from.", "没有一行可供选择。"))
    groups = {name: {one: cells[at] for one, cells in said.items()} for at, name in enumerate(header.names) if name}
    return Listed(rank_entries(scores, chain), groups)


class _Unreadable(Exception):
    """Why a row of the list cannot be used."""

    def __init__(self, code: str, text: Sentence) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def _number(cell: object) -> Decimal:
    cleaned = mark_of(cell)
    try:
        found = read_number(cleaned)
    except ValueError:
        found = None
    if found is None:
        raise _Unreadable("not_a_number", not_a_number(text_of(cell)))
    return Decimal(repr(found)) if isinstance(cleaned, float) else Decimal(str(cleaned))


def _place(header: Header, name: str | None, role: str) -> int:
    if name is not None:
        column = header.find(name)
    else:
        keys = list(map(key_of, header.names))
        column = next((keys.index(one) for one in NAMES[role] if one in keys), None)
    if column is None:
        names = [one for one in header.names if one]
        text = Sentence(
            f"There is no column {name or f'of the {role}'}; the file has: {listed(names)}.",
            f"没有{f'名为“{name}”的列' if name else f'{ROLE_WORDS[role][1]}列'}；文件里有：{listed(names, 'zh')}。",
        )
        raise ScoringError("no_column", text, name=role)
    return column


def _column(choice: Listed, name: str) -> Mapping[str, str]:
    if name not in choice.groups:
        known = [*choice.groups]
        text = Sentence(
            f"There is no column {name} that says one thing of every entry; there are: {listed(known) or 'none'}.",
            f"没有名为“{name}”、对每件成果只有一个值的列；有：{listed(known, 'zh') or '无'}。",
        )
        raise ScoringError("no_column", text, name=name)
    return choice.groups[name]


def _numbers(given: Sequence[str]) -> dict[tuple[str, str], int]:
    """COLUMN[:GROUP]=N as numbers by column and group."""
    found = {}
    for one in given:
        left, _, number = one.rpartition("=")
        column, _, group = left.replace("：", ":").partition(":")
        if not column or not number.strip().isdecimal():
            text = Sentence(f"{one} is no COLUMN=N or COLUMN:GROUP=N.", f"{one} 不是“列名=个数”或“列名:组=个数”。")
            raise ScoringError("bad_parameter", text, name="most", value=one)
        found[column, group] = int(number)
    return found
