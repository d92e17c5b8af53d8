"""`scoring design`: who judged what, how well it hangs together, and what it can tell apart."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from scoring.commands.inputs import add_input, add_seed, language_of, read_input
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.errors import ScoringError
from scoring.sentences import Sentence
from scoring.table import ScoreTable

PANELS = (1, 2, 3, 4, 5, 7, 9)
Row = tuple[str, object, str]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("design", help="loads, links and reliability; how many judges are enough")
    add_input(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv or xlsx: figure, value, what it says")
    parser.add_argument("--cut", type=int, metavar="K", help="the line lies below the best K")
    parser.add_argument(
        "--next", type=int, default=0, metavar="N", help="where the next N reviews help most (with --cut)"
    )
    add_seed(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Describe a design."""
    _, table = read_input(options)
    with progress(f"looking at {table.ballots:,} totals"):
        rows = [
            *_sizes(table),
            *_links(table),
            *_lights(table, language_of(options)),
            *_reliability(table),
            *_next(table, options),
        ]
    write_table(options.output, ("figure", "value", "about"), rows, sheet="design")


def _sizes(table: ScoreTable) -> Iterator[Row]:
    per_entry, per_judge = table.judges_per_entry, table.entries_per_judge
    yield "entries", len(table.entries), ""
    yield "judges", len(table.judges), ""
    yield "totals", table.ballots, ""
    yield "totals per entry, least", int(per_entry.min()), ""
    yield "totals per entry, most", int(per_entry.max()), ""
    yield (
        "entries per judge, least",
        int(per_judge.min()),
        "below 8 a standard score is chancy, below 15 full takes care",
    )
    yield "entries per judge, most", int(per_judge.max()), ""
    yield "tracks", len(set(table.track_of_entry or ("",))), ""
    if table.own_unit is not None:
        yield "totals for the own unit", int(table.own_unit.sum()), "better re-assigned before judging"


def _links(table: ScoreTable) -> Iterator[Row]:
    import numpy as np  # Slow to import: not before the file has been read.

    from scoring.design import Design

    design = Design.of(table)
    yield "linked parts", design.parts, "1: all can be compared; more: only within each part"
    if len(table.judges) > 1:
        common = (design.incidence.T @ design.incidence).tocsr()
        common.setdiag(0)
        common.eliminate_zeros()
        partners = np.diff(common.indptr)
        yield "judges without a common entry with anybody", int((partners == 0).sum()), "their severity cannot be known"
        yield "partners of a judge, least", int(partners.min()), "other judges with at least one common entry"
        if common.nnz:
            yield (
                "common entries of two partners, median",
                float(np.median(common.data)),
                "copying needs about 20 to be seen",
            )


def _lights(table: ScoreTable, language: str) -> Iterator[Row]:
    """Which methods this design allows."""
    from scoring.guards import traffic_lights  # Slow to import: not before the file has been read.
    from scoring.report.words import light_sentence

    for light in traffic_lights(table):
        yield f"light for {light.method}", str(light.colour), light_sentence(light) if language == "zh" else light.text


def _next(table: ScoreTable, options: argparse.Namespace) -> Iterator[Row]:
    """Where the next reviews help most."""
    if not options.next:
        return
    from scoring.engine import evaluate  # Slow to import: not before the file has been read.
    from scoring.planning import next_judges

    if options.cut is None:
        text = Sentence("Please say with --cut below which place the line lies.", "请用 --cut 说明分界线在第几名之后。")
        raise ScoringError("bad_parameter", text, name="cut", value=None)
    result = evaluate(table, top=[options.cut], seed=options.seed)
    for one in next_judges(result, options.next, options.cut):
        yield (
            f"next reviews for {one.entry}",
            one.reviews,
            f"its chance to be among the best {options.cut} is {one.p_top:.2f}",
        )


def _reliability(table: ScoreTable) -> Iterator[Row]:
    from scoring.additive import calibrate_additive  # Slow to import: not before the file has been read.
    from scoring.agreement import reliability_of_mean
    from scoring.presenting import variances_of

    found = variances_of(calibrate_additive(table))
    if found is None:
        yield "spread", "unknown", "too few totals to tell entries, judges and chance apart"
        return
    yield "sd of entries", found.entry, "points: how different the work truly is"
    yield "sd of severities", found.judge, "points: how different the judges are on equal work"
    yield "sd of the rest", found.residual, "points: taste, topic and chance"
    for judges in PANELS:
        for calibrated in (False, True):
            name = f"reliability of {judges} judges, {'calibrated' if calibrated else 'averaged'}"
            yield name, reliability_of_mean(found, judges, calibrated=calibrated), "1: the same order every time"
