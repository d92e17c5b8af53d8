"""The arguments that say what to read and how to score it, the same for every command."""

import argparse
import os
import sys
from pathlib import Path

from scoring import checks
from scoring.commands.progress import progress
from scoring.errors import ScoringError
from scoring.evaluation import Evaluation
from scoring.reading import Limits, Marks, read_marks
from scoring.reading.shape import ROLES
from scoring.sentences import LANGUAGES, Sentence, is_chinese
from scoring.table import ScoreTable

METHODS = ("mean", "trimmed", "median", "standard", "mapped", "severity", "full")
NO_LANGUAGE = ("C", "POSIX")


def add_input(parser: argparse.ArgumentParser) -> None:
    """Add the arguments about the file of marks."""
    parser.add_argument("table", type=Path, metavar="IN", help="csv, xlsx or parquet; the shape is guessed and told")
    about = parser.add_argument_group(
        "the file", "Columns go by their usual names, Chinese or English; `none`: no such column."
    )
    for role in ROLES:
        about.add_argument(f"--{role.replace('_', '-')}", metavar="COLUMN", help=HELP[role])
    about.add_argument("--sheet", metavar="NAME", help="of a workbook (default: the first with rows)")
    about.add_argument("--absent", type=float, metavar="X", help="a mark that says the judge gave none, such as 0")
    for limit in ("low", "high", "step"):
        about.add_argument(f"--{limit}", type=float, metavar="X", help=f"what marks are allowed: {limit}")
    about.add_argument(
        "--weight",
        nargs="+",
        action="extend",
        default=[],
        metavar="CRITERION=W",
        help="weights of criteria (default 1)",
    )
    add_language(about)


def add_language(parser: "argparse._ActionsContainer") -> None:
    """Add the language."""
    told = "of what is told (default: the system's, or that of the headings)"
    parser.add_argument("--language", choices=LANGUAGES, default=None, help=told)


HELP = {
    "entry": "who is judged",
    "judge": "who judges",
    "mark": "the mark",
    "criterion": "what the mark is for",
    "track": "tracks: entries of different tracks need not be alike",
    "unit_entry": "the entry's unit, for favouritism",
    "unit_judge": "the judge's unit",
    "order": "when the mark was given, for drift",
}


def add_method(parser: argparse.ArgumentParser, default: str = "severity") -> None:
    """Add the arguments about the method."""
    how = parser.add_argument_group("the method")
    how.add_argument("--method", choices=METHODS, default=default, help=f"default: {default}")
    how.add_argument(
        "--top", type=int, nargs="+", action="extend", default=[], metavar="K", help="chance of the best K"
    )
    how.add_argument("--cap", type=float, metavar="X", help="the largest total possible: it says this or more (full)")
    how.add_argument("--drop", type=int, default=1, metavar="H", help="highest and lowest totals left out (trimmed)")
    how.add_argument("--drop-from", type=int, default=5, metavar="N", help="only from so many totals on (default 5)")
    how.add_argument("--decimals", type=int, default=2, metavar="D", help="of published scores, half up (default 2)")
    how.add_argument("--chain", nargs="+", action="extend", default=[], metavar="LINK", help="what parts equal scores")
    how.add_argument("--exchangeable", action="store_true", help="rank parts together that share no judge")
    add_seed(parser)


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed."""
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all that is drawn (default 0)")


def language_of(options: argparse.Namespace) -> str:
    """The language to tell things in: as asked, or the system's, or that of the file's headings."""
    if options.language:
        return str(options.language)
    return system_language()


def system_language() -> str:
    """The language that the system asks for."""
    return "zh" if _locale().lower().startswith("zh") else "en"


def _locale() -> str:
    return os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "C"


def choose_language(options: argparse.Namespace, marks: Marks) -> None:
    """Where neither the command nor the system names a language, tell things in that of the file's headings."""
    named = _locale().split(".")[0] not in NO_LANGUAGE
    if not options.language and not named and any(map(is_chinese, marks.headings)):
        options.language = "zh"


def read_input(options: argparse.Namespace) -> tuple[Marks, ScoreTable]:
    """Read and check the file, and say on the error stream what was understood."""
    named = {role: getattr(options, role) for role in ROLES if getattr(options, role)}
    with progress(Sentence(f"reading {options.table}", f"正在读取 {options.table}"), language_of(options)):
        marks = read_marks(options.table, named=named, sheet=options.sheet)
        choose_language(options, marks)
        print(marks.paragraph(language_of(options)), file=sys.stderr)
        table = marks.table(limits_of(options), absent=options.absent)
    return marks, table


def limits_of(options: argparse.Namespace) -> Limits:
    """Which marks are allowed, and how criteria weigh."""
    checks.Limits.of(options.low, options.high, options.step)
    return Limits(options.low, options.high, options.step, _weights(options.weight) or None)


def parameters_of(options: argparse.Namespace) -> dict[str, object]:
    """What `evaluate` is given besides the table."""
    names = ("method", "seed", "drop", "drop_from", "decimals", "top", "chain", "exchangeable", "cap")
    return {name: getattr(options, name) for name in names}


def evaluate_input(table: ScoreTable, options: argparse.Namespace) -> Evaluation:
    """Score a table as the options say."""
    from scoring.engine import evaluate  # Slow to import: not before the file has been read.

    with progress(scoring_of(table, options.method), language_of(options)):
        return evaluate(table, **parameters_of(options))  # type: ignore[arg-type]


def scoring_of(table: ScoreTable, method: str) -> Sentence:
    """What is being done, while it takes long."""
    return Sentence(f"scoring {table.ballots:,} totals by {method}", f"正在为 {table.ballots:,} 个分数计算（{method}）")


def _weights(given: list[str]) -> dict[str, float]:
    weights = {}
    for one in given:
        name, _, weight = one.rpartition("=")
        try:
            weights[name] = float(weight)
        except ValueError:
            name = ""
        if not name:
            text = Sentence(f"{one} is no CRITERION=WEIGHT.", f"{one} 不是“评分项=权重”。")
            raise ScoringError("bad_parameter", text, name="weight", value=one)
    return weights
