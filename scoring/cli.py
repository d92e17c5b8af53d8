"""The command `scoring`: a long table of marks in, one row per entry out."""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from scoring.engine import evaluate
from scoring.errors import ScoringError
from scoring.evaluation import BallotResult, EntryResult, Evaluation, JudgeResult
from scoring.marks import read_number
from scoring.reading import Sheet, read_sheet
from scoring.table import ScoreTable
from scoring.version import __version__

OFFERED = ("mean", "trimmed", "median", "standard", "mapped", "severity", "full")
BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 with a list of what is wrong on bad input."""
    options = _parser().parse_args(arguments)
    try:
        result = _rank(options)
    except ScoringError as error:
        print(f"scoring: {error}", file=sys.stderr)
        return BAD_INPUT
    for note in result.notes:
        print(f"note: {note.text}", file=sys.stderr)
    for flag in result.flags:
        print(f"flag: {flag.text}", file=sys.stderr)
    print(f"{len(result.entries)} entries by {result.method}; digest {result.digest}", file=sys.stderr)
    return 0


def table_of(sheet: Sheet, options: argparse.Namespace) -> ScoreTable:
    """Make the table of the columns that the options name, or that have their usual names."""
    entry, judge, mark = (getattr(options, role) or sheet.guess(role) for role in ("entry", "judge", "mark"))
    entries, judges, marks = sheet.column(entry), sheet.column(judge), sheet.column(mark)
    return ScoreTable.from_columns(
        entry=entries,
        judge=judges,
        mark=marks,
        criterion=sheet.column(options.criterion) if options.criterion else None,
        low=options.low,
        high=options.high,
        step=options.step,
        unit_of_entry=_units(entries, sheet.column(options.unit_entry)) if options.unit_entry else None,
        unit_of_judge=_units(judges, sheet.column(options.unit_judge)) if options.unit_judge else None,
        track_of_entry=_units(entries, sheet.column(options.track)) if options.track else None,
        order=_order(sheet.column(options.order)) if options.order else None,
        recused=None if options.absent is None else [_is(cell, options.absent) for cell in marks],
        rows=sheet.numbers,
    )


def _rank(options: argparse.Namespace) -> Evaluation:
    result = evaluate(
        table_of(read_sheet(options.table), options),
        method=options.method,
        seed=options.seed,
        drop=options.drop,
        drop_from=options.drop_from,
        decimals=options.decimals,
        top=options.top,
        chain=options.chain,
        exchangeable=options.exchangeable,
        cap=options.cap,
    )
    ranks = [_entry_row(one) for one in result.entries]
    tops = [f"p_top_{k}" for k in result.entries[0].p_top]
    _write(options.output, [*ENTRY_COLUMNS, *tops], ranks)
    if options.judges:
        _write(options.judges, JUDGE_COLUMNS, [_judge_row(one) for one in result.judges])
    if options.ballots:
        _write(options.ballots, BALLOT_COLUMNS, [_ballot_row(one) for one in result.ballots])
    return result


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
)
BALLOT_COLUMNS = ("entry", "judge", "total", "adjustment", "weight", "aberrant")


def _entry_row(one: EntryResult) -> list[object]:
    methods = map(_figure, (one.raw_mean, one.trimmed, one.median, one.standard, one.adjusted))
    sure = map(_figure, (one.se, one.low90, one.high90))
    places = (one.rank, one.rank_low, one.rank_high, one.component)
    return [one.entry, one.n, *methods, one.score, *sure, *places, *map(_figure, one.p_top.values())]


def _judge_row(one: JudgeResult) -> list[object]:
    sure = map(_figure, (one.se, one.low90, one.high90, one.spread))
    figures = (_figure(one.mean), _figure(one.sd), _figure(one.severity), one.adjustment)
    return [one.judge, one.n, *figures, *sure, one.component, *map(_figure, (one.scale, one.noise, one.favour))]


def _ballot_row(one: BallotResult) -> list[object]:
    return [one.entry, one.judge, f"{one.total:.12g}", one.adjustment, one.weight, _figure(one.aberrant)]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _is(cell: object, number: float) -> bool:
    try:
        return read_number(cell) == number
    except ValueError:
        return False


def _units(ids: Sequence[object], units: Sequence[object]) -> dict[str, str]:
    pairs = zip(ids, units, strict=True)
    return {str(identity).strip(): "" if unit is None else str(unit).strip() for identity, unit in pairs}


def _order(cells: Sequence[object]) -> list[float]:
    """When marks were given: numbers as they are, anything else by its place among the sorted."""
    try:
        return [float("nan") if (number := read_number(cell)) is None else number for cell in cells]
    except ValueError:
        place = {text: float(number) for number, text in enumerate(sorted({str(cell) for cell in cells}))}
        return [place[str(cell)] for cell in cells]


def _write(path: Path | None, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    if path is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    except OSError as error:
        raise ScoringError("unwritable", f"{path} cannot be written: {error.strerror}.", path=str(path)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scoring", description="Scores, severities and places from judges' marks.")
    parser.add_argument("--version", action="version", version=f"scoring {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    rank = commands.add_parser("rank", help="score and rank the entries of a csv or xlsx file, one mark a row")
    rank.add_argument("table", type=Path, metavar="IN", help="csv or xlsx, one row a mark")
    rank.add_argument("-o", "--output", type=Path, metavar="OUT.csv", help="one row per entry (default: to the screen)")
    rank.add_argument("--judges", type=Path, metavar="OUT.csv", help="also write one row per judge")
    rank.add_argument("--method", choices=OFFERED, default="severity")
    for role in ("entry", "judge", "mark"):
        rank.add_argument(f"--{role}", metavar="COLUMN", help=f"column of the {role} (default: by its usual name)")
    for role in ("criterion", "track", "unit-entry", "unit-judge", "order"):
        rank.add_argument(f"--{role}", metavar="COLUMN")
    rank.add_argument(
        "--top", type=int, nargs="+", action="extend", default=[], metavar="K", help="chance of the best K"
    )
    rank.add_argument("--seed", type=int, default=0, metavar="N")
    rank.add_argument("--cap", type=float, metavar="X", help="the largest total possible: it says this or more (full)")
    rank.add_argument("--exchangeable", action="store_true", help="rank parts together that share no judge")
    rank.add_argument("--ballots", type=Path, metavar="OUT.csv", help="also write every total's weight and adjustment")
    rank.add_argument("--drop", type=int, default=1, metavar="H", help="highest and lowest totals left out (trimmed)")
    rank.add_argument("--drop-from", type=int, default=5, metavar="N", help="only from so many totals on")
    rank.add_argument("--decimals", type=int, default=2, metavar="D", help="of published scores, half up")
    rank.add_argument("--absent", type=float, metavar="X", help="a mark that says the judge gave none, such as 0")
    for limit in ("low", "high", "step"):
        rank.add_argument(f"--{limit}", type=float, metavar="X", help="what marks are allowed")
    rank.add_argument("--chain", nargs="+", action="extend", default=[], metavar="LINK", help="what parts equal scores")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
