"""`scoring design`: who judged what, how well it hangs together, and what it can tell apart."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from scoring.commands.inputs import add_input, add_seed, language_of, read_input
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.errors import ScoringError
from scoring.sentences import Sentence, told
from scoring.table import ScoreTable

COLOURS = {"green": "绿", "amber": "黄", "red": "红"}
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
    language = language_of(options)
    doing = Sentence(f"looking at {table.ballots:,} totals", f"正在查看 {table.ballots:,} 个分数")
    with progress(doing, language):
        rows = [*_sizes(table), *_links(table), *_lights(table), *_reliability(table), *_next(table, options)]
    said = [(told(figure, language), value, told(about, language)) for figure, value, about in rows]
    write_table(options.output, ("figure", "value", "about"), said, sheet="design")


def _sizes(table: ScoreTable) -> Iterator[Row]:
    per_entry, per_judge = table.judges_per_entry, table.entries_per_judge
    yield Sentence("entries", "成果"), len(table.entries), ""
    yield Sentence("judges", "评委"), len(table.judges), ""
    yield Sentence("totals", "分数"), table.ballots, ""
    yield Sentence("totals per entry, least", "每件成果分数个数，最少"), int(per_entry.min()), ""
    yield Sentence("totals per entry, most", "每件成果分数个数，最多"), int(per_entry.max()), ""
    chancy = Sentence(
        "below 8 a standard score is chancy, below 15 full takes care",
        "少于 8 件时标准分不可靠，少于 15 件时全面校准改用模拟求分",
    )
    yield Sentence("entries per judge, least", "每位评委件数，最少"), int(per_judge.min()), chancy
    yield Sentence("entries per judge, most", "每位评委件数，最多"), int(per_judge.max()), ""
    yield Sentence("tracks", "赛道"), len(set(table.track_of_entry or ("",))), ""
    if table.own_unit is not None:
        better = Sentence("better re-assigned before judging", "最好在打分之前改派")
        yield Sentence("totals for the own unit", "给本单位的分数"), int(table.own_unit.sum()), better


def _links(table: ScoreTable) -> Iterator[Row]:
    import numpy as np  # Slow to import: not before the file has been read.

    from scoring.design import Design

    design = Design.of(table)
    apart = Sentence("1: all can be compared; more: only within each part", "1：都可以比较；更多：只能在各部分之内比较")
    yield Sentence("linked parts", "互通的部分"), design.parts, apart
    if len(table.judges) > 1:
        common = (design.incidence.T @ design.incidence).tocsr()
        common.setdiag(0)
        common.eliminate_zeros()
        partners = np.diff(common.indptr)
        yield (
            Sentence("judges without a common entry with anybody", "与谁都没有共同成果的评委"),
            int((partners == 0).sum()),
            Sentence("their severity cannot be known", "无法知道他们的宽严"),
        )
        yield (
            Sentence("partners of a judge, least", "与一位评委有共同成果的评委，最少"),
            int(partners.min()),
            Sentence("other judges with at least one common entry", "至少共同评过一件成果的其他评委"),
        )
        if common.nnz:
            yield (
                Sentence("common entries of two partners, median", "两位评委共同评过的件数，中位数"),
                float(np.median(common.data)),
                Sentence("copying needs about 20 to be seen", "约 20 件才看得出雷同"),
            )


def _lights(table: ScoreTable) -> Iterator[Row]:
    """Which methods this design allows."""
    from scoring.guards import traffic_lights  # Slow to import: not before the file has been read.
    from scoring.report.words import METHOD_WORDS, light_sentence

    for light in traffic_lights(table):
        name = Sentence(f"light for {light.method}", f"{METHOD_WORDS[light.method][0].zh}的灯")
        colour = Sentence(str(light.colour), COLOURS.get(str(light.colour), str(light.colour)))
        yield name, colour, Sentence(light.text, light_sentence(light))


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
            Sentence(f"next reviews for {one.entry}", f"给 {one.entry} 加评"),
            one.reviews,
            Sentence(
                f"its chance to be among the best {options.cut} is {one.p_top:.2f}",
                f"它进入前 {options.cut} 名的把握是 {one.p_top:.2f}",
            ),
        )


def _reliability(table: ScoreTable) -> Iterator[Row]:
    from scoring.additive import calibrate_additive  # Slow to import: not before the file has been read.
    from scoring.agreement import reliability_of_mean
    from scoring.presenting import variances_of

    found = variances_of(calibrate_additive(table))
    if found is None:
        few = Sentence(
            "too few totals to tell entries, judges and chance apart", "分数太少，分不清成果、评委和偶然各占多少"
        )
        yield Sentence("spread", "差别"), Sentence("unknown", "不知道"), few
        return
    for name, value, about in (
        (
            Sentence("sd of entries", "成果的标准差"),
            found.entry,
            Sentence("points: how different the work truly is", "分：成果之间真正相差多少"),
        ),
        (
            Sentence("sd of severities", "宽严的标准差"),
            found.judge,
            Sentence("points: how different the judges are on equal work", "分：评委对同样的成果相差多少"),
        ),
        (
            Sentence("sd of the rest", "其余的标准差"),
            found.residual,
            Sentence("points: taste, topic and chance", "分：口味、题目和偶然"),
        ),
    ):
        yield name, value, about
    same = Sentence("1: the same order every time", "1：每次排序都一样")
    for judges in PANELS:
        for calibrated in (False, True):
            how = Sentence("calibrated", "校准") if calibrated else Sentence("averaged", "平均")
            name = Sentence(f"reliability of {judges} judges, {how.en}", f"{judges} 位评委的可靠程度，{how.zh}")
            yield name, reliability_of_mean(found, judges, calibrated=calibrated), same
