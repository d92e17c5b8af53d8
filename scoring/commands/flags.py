"""`scoring flags`: everything that was tested, and what deserves a human look."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from scoring.commands.inputs import add_input, add_seed, language_of, read_input
from scoring.commands.outputs import small, write_table
from scoring.commands.progress import progress
from scoring.evaluation import Flag
from scoring.reading import Marks

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
    with progress(f"testing {table.ballots:,} totals by {len(table.judges)} judges"):
        ours, theirs = _regions(marks, options)
        report = find_flags(table, region_of_entry=ours, region_of_judge=theirs)
        rows = [
            (flag, found) for flag, found in report.rows(most_scores=MOST_SCORES) if found or not options.only_flagged
        ]
    write_table(options.output, COLUMNS, (_row(flag, found) for flag, found in rows), sheet="flags")
    zh = language_of(options) == "zh"
    for flag, found in rows:
        if found:
            print(f"flag: {_told(flag, zh)}", file=sys.stderr)
    for kind, reason in report.untestable.items():
        print(f"not testable: {kind.value}: {reason}", file=sys.stderr)
    count = sum(found for _, found in rows)
    tested = ", ".join(f"{kind} {number}" for kind, number in sorted(report.tested.items()) if number)
    print(f"{count} flagged; tested: {tested or 'nothing'}", file=sys.stderr)


def _regions(marks: Marks, options: argparse.Namespace) -> tuple[Mapping[str, str] | None, Mapping[str, str] | None]:
    """Regions of entries and judges, where columns are named."""
    ours, theirs = options.region_entry, options.region_judge
    return (marks.said("entry", ours), marks.said("judge", theirs)) if ours and theirs else (None, None)


def _row(one: Flag, found: bool) -> list[object]:
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
        one.text,
    ]


def _told(one: Flag, zh: bool) -> str:
    if not zh:
        return one.text
    from scoring.report.words import flag_sentence

    return flag_sentence(one)
