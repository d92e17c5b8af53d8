"""The sheets of the report for organizers: standings, judges, flags, methods side by side."""

from collections.abc import Sequence

from scoring.evaluation import EntryResult, Evaluation, Method
from scoring.explanation import Explanation
from scoring.report.book import Book, Column, Formula
from scoring.report.sums import SHEET as SUMS
from scoring.report.sums import spans_of
from scoring.report.words import METHOD_WORDS, flag_name, flag_sentence
from scoring.sentences import Sentence

RANKS, JUDGES, FLAGS = Sentence("Places", "名次"), Sentence("Judges", "评委"), Sentence("Flags", "标记")
METHODS = Sentence("Methods", "方法对比")
ENTRY, RANK, COUNT = Sentence("Entry", "编号"), Sentence("Place", "名次"), Sentence("Totals", "分数个数")
MEAN, SCORE = Sentence("Mean", "平均分"), Sentence("Score", "得分")
LOW, HIGH = Sentence("90 % interval, low", "90%区间 下限"), Sentence("90 % interval, high", "90%区间 上限")
DIFFERENCE = "+0.00;-0.00;0.00"
JUDGE = Sentence("Judge", "评委")
ASIDE = Sentence(
    "Flags that deserve a human look (nothing is removed)", "需要人工查看的标记（只是提示，不自动删除任何分数）"
)
COMPARED = (Method.MEAN, Method.TRIMMED, Method.MEDIAN, Method.STANDARD, Method.MAPPED, Method.SEVERITY)
FULL_COLUMNS = (
    Column(Sentence("Scale", "拉开程度"), "0.00", Sentence("1 is usual", "1 为一般")),
    Column(
        Sentence("Bend", "弯曲"),
        DIFFERENCE,
        Sentence(
            "above 0: tells good work apart and poor work not; below 0: the other way round; 0 without evidence",
            "正数：好作品之间拉得开、差作品之间拉不开；负数相反；没有证据时为 0",
        ),
    ),
    Column(Sentence("Own unit", "本单位加分"), DIFFERENCE),
)
FIELDS = {Method.MEAN: "raw_mean", Method.SEVERITY: "adjusted"}


def ranks_sheet(book: Book, result: Evaluation, told: Sequence[Explanation]) -> object:
    """Everybody's place and score, how sure they are, and the mean beside them."""
    by_mean = places_by(result, Method.MEAN)
    spans = spans_of(told)
    tops = list(result.entries[0].p_top)
    several = len({one.component for one in result.entries}) > 1
    columns = [
        Column(RANK, "0"),
        Column(ENTRY),
        Column(
            SCORE,
            "0.00" if result.params["decimals"] == 2 else "General",
            Sentence("made of every total in the sheet Sums", "由“算式”表逐个分数算出"),
        ),
        Column(
            LOW,
            "0.00",
            Sentence("the true quality lies in the interval with 90 % certainty", "真实水平有九成把握不低于……"),
        ),
        Column(HIGH, "0.00", Sentence("the other end", "……不高于")),
        Column(
            Sentence("Place, best", "名次区间 最好"),
            "0",
            Sentence("the true place lies in the interval with 90 % certainty", "真实名次有九成把握在此区间内"),
        ),
        Column(Sentence("Place, worst", "名次区间 最差"), "0"),
        Column(COUNT, "0"),
        Column(MEAN, "0.00", Sentence("without calibration", "不校准的平均分")),
        Column(Sentence("Place by mean", "平均分名次"), "0"),
        Column(
            Sentence("Change of place", "名次变化"),
            "+0;-0;0",
            Sentence("above 0: better than by the mean", "正数：比按平均分排名靠前"),
        ),
        *(Column(Sentence(f"Chance of the best {k}", f"进入前{k}名的把握"), "0%") for k in tops),
        *(
            [
                Column(
                    Sentence("Part", "互通部分"),
                    "0",
                    Sentence("parts share no judge and cannot be compared", "不同部分之间没有共同评委，不可比"),
                )
            ]
            if several
            else []
        ),
    ]
    rows: list[list[object]] = []
    for row, one in enumerate(result.entries, start=3):
        score = Formula(spans[one.entry].score(book.say(SUMS), int(str(result.params["decimals"]))), float(one.score))
        change = Formula(f"=J{row}-A{row}", by_mean[one.entry] - one.rank)
        rows.append(
            [
                one.rank,
                one.entry,
                score,
                one.low90,
                one.high90,
                one.rank_low,
                one.rank_high,
                one.n,
                one.raw_mean,
                by_mean[one.entry],
                change,
                *one.p_top.values(),
                *([one.component] if several else []),
            ]
        )
    name = METHOD_WORDS[result.method][0]
    title = Sentence(f"Places ({name.en})", f"名次表（{name.zh}）")
    sheet = book.table(RANKS, columns, rows, title=title)
    last = len(rows) + 1
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
    shades = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8FBCEB", **ends}
    for at in range(len(tops)):
        sheet.conditional_format(2, 11 + at, last, 11 + at, shades)
    return sheet


def judges_sheet(book: Book, result: Evaluation) -> object:
    """Every judge's severity with its interval."""
    full = result.method is Method.FULL
    columns = [
        Column(JUDGE),
        Column(COUNT, "0"),
        Column(MEAN, "0.00"),
        Column(
            Sentence("Standard deviation", "标准差"),
            "0.00",
            Sentence("of the judge's totals (n − 1)", "该评委所打分数的标准差（n−1）"),
        ),
        Column(
            Sentence("Severity", "宽严度"),
            DIFFERENCE,
            Sentence(
                "above 0: severe, so many points below others on equal work; below 0: lenient",
                "正数：对同样的成果比别人严，打分低这么多；负数：松",
            ),
        ),
        Column(LOW, DIFFERENCE),
        Column(HIGH, DIFFERENCE),
        Column(
            Sentence("Adjustment", "校准值"),
            DIFFERENCE,
            Sentence(
                "what severity calibration adds to every total of the judge", "宽严校准时加到该评委每个分数上的数"
            ),
        ),
        Column(
            Sentence("Spread", "起伏"),
            "0.00",
            Sentence("how far totals stray from what was to be expected", "打分与预期相差的大小，越大越不稳定"),
        ),
        *(FULL_COLUMNS if full else []),
    ]
    rows: list[list[object]] = []
    for one in sorted(result.judges, key=lambda judge: (-judge.severity, judge.judge)):
        figures = (one.mean, one.sd, one.severity, one.low90, one.high90, one.adjustment, one.spread)
        rows.append([one.judge, one.n, *figures, *([one.scale, one.curve, one.favour] if full else [])])
    return book.table(
        JUDGES, columns, rows, title=Sentence("Severity of the judges (severe first)", "评委宽严（由严到松）")
    )


def flags_sheet(book: Book, result: Evaluation) -> None:
    """What deserves a human look."""
    columns = [
        Column(Sentence("Kind", "类别")),
        Column(JUDGE),
        Column(ENTRY),
        Column(Sentence("What it says", "说明")),
        Column(Sentence("Points", "相差（分）"), "+0.0;-0.0;0.0"),
        Column(Sentence("Statistic", "统计量"), "0.00"),
        Column("p", "0.0E+00"),
        Column(
            "q",
            "0.0E+00",
            Sentence(
                "expected share of false alarms (Benjamini–Hochberg)", "同类中误报比例的上限（Benjamini–Hochberg）"
            ),
        ),
        Column(Sentence("Threshold", "界限"), "0.00", Sentence("flagged up to this q", "q 不超过此数才标记")),
        Column(Sentence("Tested", "检验个数"), "0"),
    ]
    rows: list[list[object]] = []
    for one in result.flags:
        numbers = (one.effect, one.statistic, one.p, one.q, one.threshold, one.tested)
        told = flag_sentence(one) if book.language == "zh" else one.text
        rows.append([flag_name(str(one.kind)), one.judge, one.entry, told, *numbers])
    sheet = book.table(FLAGS, columns, rows, title=ASIDE)
    sheet.set_column(3, 3, 64)
    below = len(rows) + 3
    if not rows:
        sheet.write_string(
            below - 1,
            0,
            book.say(Sentence("Nothing is flagged.", "没有标记。")),
            book.format(italic=True, font_color="#5B6B7F"),
        )
    for row, (kind, count) in enumerate(sorted(result.tested.items()), start=below + 1):
        there, none = (
            Sentence(f"{count} tested", f"检验了 {count} 个"),
            Sentence("this design cannot test it", "此评审安排无法检验"),
        )
        sheet.write_string(row, 0, book.say(flag_name(kind)), book.format())
        sheet.write_string(row, 3, book.say(there if count else none), book.format(font_color="#5B6B7F"))


def methods_sheet(book: Book, result: Evaluation) -> object:
    """Scores and places by every method, and who moves."""
    chosen = [method for method in COMPARED if method is not result.method]
    names = [METHOD_WORDS[result.method][0], *(METHOD_WORDS[method][0] for method in chosen)]
    columns = [
        Column(ENTRY),
        *(Column(Sentence(f"{name.en}: score", f"{name.zh} 得分"), "0.00") for name in names),
        *(Column(Sentence(f"{name.en}: place", f"{name.zh} 名次"), "0") for name in names),
        Column(
            Sentence("Places apart", "名次最大差别"),
            "0",
            Sentence("by how many places methods differ at most", "各种方法之间名次相差最多几名"),
        ),
    ]
    places = [{one.entry: one.rank for one in result.entries}, *(places_by(result, method) for method in chosen)]
    count = len(names)
    rows: list[list[object]] = []
    for row, one in enumerate(result.entries, start=3):
        scores = [float(one.score), *(score_by(one, method) for method in chosen)]
        ranks = [place[one.entry] for place in places]
        ends = f"{letter(1 + count)}{row}:{letter(2 * count)}{row}"
        rows.append([one.entry, *scores, *ranks, Formula(f"=MAX({ends})-MIN({ends})", max(ranks) - min(ranks))])
    return book.table(
        METHODS, columns, rows, title=Sentence("The same totals by every method", "同一批分数，各种方法的结果")
    )


def places_by(result: Evaluation, method: Method) -> dict[str, int]:
    """Places by another method, within every part that is ranked by itself."""
    scores = {one.entry: (round(score_by(one, method), 9), one) for one in result.entries}
    separate = result.method in (Method.SEVERITY, Method.FULL) and not result.params["exchangeable"]
    groups: dict[int, list[float]] = {}
    for score, one in scores.values():
        groups.setdefault(one.component if separate else 0, []).append(score)
    first: dict[int, dict[float, int]] = {}
    for part, values in groups.items():
        first[part] = {}
        for place, score in enumerate(sorted(values, reverse=True), start=1):
            first[part].setdefault(score, place)
    return {entry: first[one.component if separate else 0][score] for entry, (score, one) in scores.items()}


def score_by(one: EntryResult, method: Method) -> float:
    """An entry's unrounded score by a method other than the chosen one."""
    return float(getattr(one, FIELDS.get(method, method.value)))


def letter(column: int) -> str:
    """Excel's name of a column, from 0."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
