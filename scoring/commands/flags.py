"""`scoring flags`: everything that was tested, and what deserves a human look."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.commands.inputs import add_input, add_seed, language_of, read_input
from scoring.commands.outputs import small, write_table
from scoring.commands.progress import progress
from scoring.evaluation import Flag
from scoring.reading import Marks
from scoring.sentences import Sentence

if TYPE_CHECKING:
    from scoring.flags import FlagReport

COLUMNS = (
    "flag",
    "judge",
    "entry",
    "statistic",
    "p",
    "q",
    "effect",
    "flagged",
    "other",
    "threshold",
    "tested",
    "rests_on",
    "text",
)
MOST_SCORES = 100_000
MOST_ROWS = 20


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("flags", help="judges and marks that deserve a look, each with its test")
    add_input(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv or xlsx: one row per thing tested")
    parser.add_argument("--only-flagged", action="store_true", help="leave out what was tested and not flagged")
    parser.add_argument("--region-entry", metavar="COLUMN", help="the entry's region, for favour towards one's own")
    parser.add_argument("--region-judge", metavar="COLUMN", help="the judge's region")
    add_seed(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Test, write and tell."""
    from scoring.flags import find_flags  # Slow to import: not before the file has been read.

    marks, table = read_input(options)
    counts = f"{table.ballots:,}", len(table.judges)
    doing = Sentence(
        f"testing {counts[0]} totals by {counts[1]} judges", f"正在检验 {counts[1]} 位评委的 {counts[0]} 个分数"
    )
    with progress(doing, language_of(options)):
        ours, theirs = _regions(marks, options)
        report = find_flags(table, region_of_entry=ours, region_of_judge=theirs)
        rows = [
            (flag, found) for flag, found in report.rows(most_scores=MOST_SCORES) if found or not options.only_flagged
        ]
    write_table(
        options.output, COLUMNS, (_row(flag, found, language_of(options)) for flag, found in rows), sheet="flags"
    )
    for flag, found in rows:
        if found:
            print(flag_line(flag, language_of(options)), file=sys.stderr)
    for line in _about(report, sum(found for _, found in rows), language_of(options)):
        print(line, file=sys.stderr)


def _about(report: "FlagReport", count: int, language: str) -> Iterator[str]:
    """What could not be tested, and what was."""
    from scoring.report.words import flag_name  # Slow to import: not before the file has been read.

    tested = {kind: number for kind, number in sorted(report.tested.items()) if number}
    if language == "zh":
        for kind, reason in report.untestable.items():
            yield f"无法检验：{flag_name(kind.value).zh}：{reason.in_language(language)}。"
        listed = "、".join(f"{flag_name(kind).zh} {number} 个" for kind, number in tested.items())
        yield f"标记 {count} 个；检验了：{listed or '无'}。"
        return
    for kind, reason in report.untestable.items():
        yield f"not testable: {kind.value}: {reason}"
    yield f"{count} flagged; tested: {', '.join(f'{kind} {number}' for kind, number in tested.items()) or 'nothing'}"


def _regions(marks: Marks, options: argparse.Namespace) -> tuple[Mapping[str, str] | None, Mapping[str, str] | None]:
    """Regions of entries and judges, where columns are named."""
    ours, theirs = options.region_entry, options.region_judge
    return (marks.said("entry", ours), marks.said("judge", theirs)) if ours and theirs else (None, None)


def _row(one: Flag, found: bool, language: str) -> list[object]:
    from scoring.report.words import flag_sentence  # Slow to import: not before the file has been read.

    numbers = (f"{one.statistic:.6f}", small(one.p), small(one.q), f"{one.effect:.6f}")
    rests = " ".join(f"{entry}/{judge}" for entry, judge in one.rows[:MOST_ROWS]) + (
        " …" if len(one.rows) > MOST_ROWS else ""
    )
    return [
        str(one.kind),
        one.judge,
        one.entry,
        *numbers,
        int(found),
        one.other,
        one.threshold,
        one.tested,
        rests,
        flag_sentence(one) if language == "zh" else one.text,
    ]


def flag_line(one: Flag, language: str) -> str:
    """One flag on one line."""
    from scoring.report.words import flag_sentence  # Slow to import: not before the file has been read.

    return f"标记：{flag_sentence(one)}" if language == "zh" else f"flag: {one.text}"
