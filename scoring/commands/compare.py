"""`scoring compare`: all methods side by side, with every place that changes."""

import argparse
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from scoring.commands.inputs import METHODS, add_input, add_method, language_of, parameters_of, read_input, scoring_of
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.evaluation import Evaluation, Method
from scoring.sentences import Sentence


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("compare", help="all methods side by side, with every place that changes")
    add_input(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv or xlsx: one row per entry")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), help="default: all")
    add_method(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Score by all methods, write and tell."""
    from scoring.engine import evaluate  # Slow to import: not before the file has been read.

    _, table = read_input(options)
    results: dict[str, Evaluation] = {}
    for method in dict.fromkeys([options.method, *options.methods]):
        with progress(scoring_of(table, method), language_of(options)):
            results[method] = evaluate(table, **{**parameters_of(options), "method": method})
    ranks = {method: {one.entry: one.rank for one in result.entries} for method, result in results.items()}
    scores = {method: {one.entry: one.score for one in result.entries} for method, result in results.items()}
    header = ["entry", "n", *(f"score_{name}" for name in results), *(f"rank_{name}" for name in results)]
    header += ["rank_best", "rank_worst", "moves", *(f"top_{k}_by" for k in options.top)]
    rows = []
    for one in results[options.method].entries:
        places = [ranks[method][one.entry] for method in results]
        given = [scores[method][one.entry] for method in results]
        within = [" ".join(name for name in results if ranks[name][one.entry] <= k) for k in options.top]
        rows.append([one.entry, one.n, *given, *places, min(places), max(places), max(places) - min(places), *within])
    write_table(options.output, header, rows, sheet="methods")
    _tell(ranks, options.top, language_of(options))


def _tell(ranks: dict[str, dict[str, int]], tops: Sequence[int], language: str) -> None:
    """Say how far each two methods agree."""
    from scoring.report.words import METHOD_WORDS  # Slow to import: not before the file has been read.

    for first, second in combinations(ranks, 2):
        entries = list(ranks[first])
        tau = kendall([ranks[first][entry] for entry in entries], [ranks[second][entry] for entry in entries])
        head = Sentence(
            f"{first} and {second}: Kendall's tau {tau:.3f}",
            f"{METHOD_WORDS[Method(first)][0].zh}与{METHOD_WORDS[Method(second)][0].zh}：Kendall tau {tau:.3f}",
        )
        changes = [_change(ranks[first], ranks[second], k) for k in tops]
        joint = "；" if language == "zh" else "; "
        print(joint.join(one.in_language(language) for one in (head, *changes)), file=sys.stderr)


def _change(first: dict[str, int], second: dict[str, int], k: int) -> Sentence:
    """How many belong to the best k by one method only."""
    count = sum((first[entry] <= k) != (second[entry] <= k) for entry in first)
    return Sentence(f"{count} of the best {k} change", f"前 {k} 名里有 {count} 个不同")


def kendall(first: Sequence[int], second: Sequence[int]) -> float:
    """Kendall's tau-b of two rankings; 1 where neither tells any two apart."""
    from scipy.stats import kendalltau

    if len(set(first)) < 2 or len(set(second)) < 2:
        return 1.0
    return float(kendalltau(first, second).statistic)
