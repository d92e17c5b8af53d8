"""`scoring facets`: entries, judges and criteria on the one scale of the many-facet model."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.commands.inputs import add_input, language_of, read_input
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.sentences import Sentence

if TYPE_CHECKING:
    from scoring.facets import Element, FacetsCalibration

MEASURED = ("measure", "se", "low90", "high90", "infit", "outfit", "fair")
COLUMNS = ("facet", "element", "n", "mean", *MEASURED, "rank", "extreme", "component")
NORMAL_90 = 1.6448536269514722


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("facets", help="the many-facet Rasch model: short rubrics on one scale of logits")
    add_input(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="csv or xlsx: a row per entry, judge, criterion"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fit, write and tell."""
    from scoring.facets import calibrate_facets  # Slow to import: not before the file has been read.

    _, table = read_input(options)
    language = language_of(options)
    doing = Sentence(f"fitting {table.ballots:,} sheets", f"正在拟合 {table.ballots:,} 张评分表")
    with progress(doing, language):
        fit = calibrate_facets(table)
    write_table(options.output, COLUMNS, rows_of(fit), sheet="facets")
    for note in fit.notes:
        print(f"{'注意：' if language == 'zh' else 'note: '}{note.in_language(language)}", file=sys.stderr)
    print(_summary(fit).in_language(language), file=sys.stderr)


def rows_of(fit: "FacetsCalibration") -> Iterator[list[object]]:
    """One row per element: entries from the best, judges from the most severe, criteria from the hardest."""
    for elements in (fit.entries, fit.judges, fit.criteria):
        ordered = sorted(elements, key=lambda one: (one.part, -one.measure, one.element))
        rank: dict[int, int] = {}
        for one in ordered:
            rank[one.part] = rank.get(one.part, 0) + 1
            yield _row(one, rank[one.part])


def _row(one: "Element", rank: int) -> list[object]:
    ends = (one.measure - NORMAL_90 * one.se, one.measure + NORMAL_90 * one.se)
    figures = (one.mean, one.measure, one.se, *ends, one.infit, one.outfit, one.fair)
    return [one.facet, one.element, one.n, *figures, rank, int(one.extreme), one.part]


def _summary(fit: "FacetsCalibration") -> Sentence:
    """What was fitted, and how surely it tells the elements apart."""
    sizes = len(fit.entries), len(fit.judges), len(fit.criteria), len(fit.categories)
    apart = [f"{fit.reliability[facet]:.2f}" for facet in ("entry", "judge")]
    return Sentence(
        f"{sizes[0]} entries, {sizes[1]} judges, {sizes[2]} criteria, {sizes[3]} marks on the scale;"
        f" reliability of entries {apart[0]}, of judges' differences {apart[1]}; digest {fit.digest}",
        f"{sizes[0]} 件成果、{sizes[1]} 位评委、{sizes[2]} 个评分项、{sizes[3]} 档；"
        f"成果区分信度 {apart[0]}，评委差别信度 {apart[1]}；摘要 {fit.digest}",
    )
