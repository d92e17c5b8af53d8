"""`scoring rank`: score and rank the entries."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from scoring.commands.flags import flag_line
from scoring.commands.inputs import (
    add_input,
    add_method,
    evaluate_input,
    language_of,
    parameters_of,
    read_input,
    scoring_of,
)
from scoring.commands.outputs import write_lines, write_table
from scoring.commands.progress import progress
from scoring.errors import Note
from scoring.evaluation import BallotResult, EntryResult, Evaluation, JudgeResult, Method
from scoring.sentences import Sentence
from scoring.table import ScoreTable
from scoring.zones import LineZones, decision_zones

MANY = 20_000
LEFT_OUT = (
    f"note: with {MANY:,} entries and more, judges and totals are not tested for flags here; `scoring flags` does.",
    f"注意：成果达到 {MANY:,} 件时，这里不检验评委和分数的标记；请用 scoring flags。",
)

ENTRY_COLUMNS = (
    "entry",
    "n",
    "raw_mean",
    "trimmed",
    "median",
    "standard",
    "adjusted",
    "score",
    "se",
    "low90",
    "high90",
    "rank",
    "rank_low90",
    "rank_high90",
    "component",
)
JUDGE_COLUMNS = (
    "judge",
    "n",
    "mean",
    "sd",
    "severity",
    "adjustment",
    "se",
    "low90",
    "high90",
    "spread",
    "component",
    "scale",
    "noise",
    "favour",
    "curve",
)
BALLOT_COLUMNS = ("entry", "judge", "total", "adjustment", "weight", "aberrant")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("rank", help="score and rank the entries; OUT.xlsx gives the whole report with charts")
    add_input(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv: a row per entry; xlsx: the report")
    parser.add_argument("--judges", type=Path, metavar="OUT", help="also write one row per judge")
    parser.add_argument(
        "--ballots", type=Path, metavar="OUT", help="also write every total's weight and adjustment (full)"
    )
    add_method(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Rank."""
    marks, table = read_input(options)
    if is_crowd(table, options):
        run_crowd(table, options)
        return
    result = evaluate_input(table, options)
    if options.output is not None and options.output.suffix.lower() == ".xlsx":
        from scoring.report import write_report  # Slow to import, and only xlsx needs it.

        write_report(options.output, table, result, understood=marks.understood, language=language_of(options))
    else:
        write_table(options.output, entry_header(result), entry_rows(result))
    if options.judges:
        write_table(options.judges, JUDGE_COLUMNS, map(judge_row, result.judges), sheet="judges")
    if options.ballots:
        write_table(options.ballots, BALLOT_COLUMNS, map(ballot_row, result.ballots), sheet="ballots")
    tell(result, language_of(options))


def is_crowd(table: ScoreTable, options: argparse.Namespace) -> bool:
    """Whether only places of very many entries are asked for, so that arrays do."""
    more = options.chain or options.judges or options.ballots
    return (
        len(table.entries) >= MANY and not more and (options.output is None or options.output.suffix.lower() != ".xlsx")
    )


def run_crowd(table: ScoreTable, options: argparse.Namespace) -> None:
    """Rank very many entries."""
    from scoring.crowded import Crowd  # Slow to import: not before the file has been read.

    with progress(scoring_of(table, options.method), language_of(options)):
        crowd = Crowd(table, parameters_of(options))
    header = ",".join([*ENTRY_COLUMNS, *(f"p_top_{k}" for k in crowd.made.places.p_top)])
    lines = Sentence(f"writing {len(table.entries):,} rows", f"正在写 {len(table.entries):,} 行")
    with progress(lines, language_of(options)):
        write_lines(options.output, header, crowd.rows())
    language = language_of(options)
    for note in crowd.notes:
        print(_note(note, language), file=sys.stderr)
    print(LEFT_OUT[language == "zh"], file=sys.stderr)
    print(_last(len(table.entries), crowd.made.method, crowd.digest, language), file=sys.stderr)


def tell(result: Evaluation, language: str) -> None:
    """Say on the error stream what the organizer ought to know."""
    for note in result.notes:
        print(_note(note, language), file=sys.stderr)
    for flag in result.flags:
        print(flag_line(flag, language), file=sys.stderr)
    for line in lines_of(result):
        print(line.text.in_language(language), file=sys.stderr)
    print(_last(len(result.entries), result.method, result.digest, language), file=sys.stderr)


def lines_of(result: Evaluation) -> list[LineZones]:
    """How sure every award line is, where all entries stand in one list and errors are known."""
    one_list = len({one.component for one in result.entries}) == 1 or bool(result.params["exchangeable"])
    known = one_list and all(one.se is not None for one in result.entries)
    return [decision_zones(result, k) for k in result.entries[0].p_top if k < len(result.entries)] if known else []


def _note(note: Note, language: str) -> str:
    from scoring.report.words import note_sentence  # Slow to import: not before the file has been read.

    return f"注意：{note_sentence(note)}" if language == "zh" else f"note: {note.text}"


def _last(entries: int, method: Method, digest: str, language: str) -> str:
    from scoring.report.words import METHOD_WORDS  # Slow to import: not before the file has been read.

    if language == "zh":
        return f"{entries} 件成果，按{METHOD_WORDS[method][0].zh}；摘要 {digest}"
    return f"{entries} entries by {method}; digest {digest}"


def entry_header(result: Evaluation) -> list[str]:
    """The names of the entries' columns."""
    return [*ENTRY_COLUMNS, *(f"p_top_{k}" for k in result.entries[0].p_top)]


def entry_rows(result: Evaluation) -> Iterator[list[object]]:
    """One row per entry."""
    return map(_entry_row, result.entries)


def _entry_row(one: EntryResult) -> list[object]:
    methods = (one.raw_mean, one.trimmed, one.median, one.standard, one.adjusted)
    places = (one.rank, one.rank_low, one.rank_high, one.component)
    return [one.entry, one.n, *methods, one.score, one.se, one.low90, one.high90, *places, *one.p_top.values()]


def judge_row(one: JudgeResult) -> list[object]:
    """One judge's row."""
    figures = (one.mean, one.sd, one.severity, one.adjustment, one.se, one.low90, one.high90, one.spread)
    return [one.judge, one.n, *figures, one.component, one.scale, one.noise, one.favour, one.curve]


def ballot_row(one: BallotResult) -> list[object]:
    """One total's row."""
    return [one.entry, one.judge, f"{one.total:.12g}", one.adjustment, one.weight, one.aberrant]
