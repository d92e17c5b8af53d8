"""`scoring compare`: all methods side by side, with every place that changes."""

import argparse
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from scoring.commands.inputs import METHODS, add_input, add_method, parameters_of, read_input
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.evaluation import Evaluation


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
        with progress(f"scoring by {method}"):
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
    _tell(ranks, options.top)


def _tell(ranks: dict[str, dict[str, int]], tops: Sequence[int]) -> None:
    """Say how far each two methods agree."""
    for first, second in combinations(ranks, 2):
        entries = list(ranks[first])
        tau = kendall([ranks[first][entry] for entry in entries], [ranks[second][entry] for entry in entries])
        changes = [
            f"{len({e for e in entries if ranks[first][e] <= k} ^ {e for e in entries if ranks[second][e] <= k})}"
            f" of the best {k} change"
            for k in tops
        ]
        print("; ".join([f"{first} and {second}: Kendall's tau {tau:.3f}", *changes]), file=sys.stderr)


def kendall(first: Sequence[int], second: Sequence[int]) -> float:
    """Kendall's tau-b of two rankings; 1 where neither tells any two apart."""
    from scipy.stats import kendalltau

    if len(set(first)) < 2 or len(set(second)) < 2:
        return 1.0
    return float(kendalltau(first, second).statistic)
