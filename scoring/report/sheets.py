"""The sheets of the report: standings, judges, flags, methods side by side, explanations; one for the statistician."""

import json
from collections.abc import Sequence

from scoring.evaluation import EntryResult, Evaluation, Method
from scoring.explanation import Explanation
from scoring.report.book import Book, Column, Formula
from scoring.report.sums import SHEET as SUMS
from scoring.report.sums import spans_of
from scoring.report.words import METHOD_WORDS, flag_name, flag_sentence, note_sentence
from scoring.sentences import Sentence
from scoring.table import ScoreTable

RANKS, JUDGES, FLAGS = Sentence("Places", "名次"), Sentence("Judges", "评委"), Sentence("Flags", "标记")
METHODS, ABOUT, STATISTICS = Sentence("Methods", "方法对比"), Sentence("About", "说明"), "Statistics"
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


def about_sheet(book: Book, result: Evaluation, understood: Sequence[Sentence]) -> None:
    """What was done, in plain words."""
    name, words = METHOD_WORDS[result.method]
    totals, digits, seed = sum(one.n for one in result.entries), result.params["decimals"], str(result.params["seed"])
    lines: list[tuple[str, str]] = [
        (Sentence("Method", "方法"), Sentence(f"{name.en}: {words.en}", f"{name.zh}：{words.zh}")),
        (
            Sentence("Size", "规模"),
            Sentence(
                f"{len(result.entries)} entries, {len(result.judges)} judges, {totals} totals.",
                f"{len(result.entries)} 件成果，{len(result.judges)} 位评委，{totals} 个总分。",
            ),
        ),
        (Sentence("Reading", "读取"), _understood(understood)),
        (
            Sentence("Published scores", "公布分数"),
            Sentence(f"Rounded half up to {digits} decimals, once.", f"四舍五入到 {digits} 位小数，只舍入一次。"),
        ),
        (Sentence("Ties", "并列"), _ties(result)),
        (
            Sentence("90 % intervals", "90%区间"),
            Sentence(
                "The true quality lies in them with 90 % certainty; intervals of places are counted in joint draws, "
                "never put together from single intervals.",
                "真实水平有九成把握落在区间内；名次区间由联合抽样得出，不由单个区间推出。",
            ),
        ),
        (
            Sentence("Flags", "标记"),
            Sentence(
                "A flag says that something is worth a look; no total is removed or changed.",
                "标记只说明值得有人看一看，不自动删除或改动任何分数。",
            ),
        ),
        (
            Sentence("Sums", "算式"),
            Sentence(
                "The sheet Sums says how every total counts; scores in the sheet Places are formulas over it, "
                "to be checked with a pocket calculator.",
                "“算式”表列出每个分数怎样算进得分，“名次”表的得分由公式求和得出，可用计算器复核。",
            ),
        ),
        *((Sentence("Note", "提示"), Sentence(note.text, note_sentence(note))) for note in result.notes),
        (Sentence("Seed", "随机种子"), seed),
        (Sentence("Version", "软件版本"), result.version),
        (
            Sentence("Digest", "数字指纹"),
            Sentence(
                f"{result.digest} (equal totals, method and version give an equal digest)",
                f"{result.digest}（同样的分数、方法和版本得出同样的指纹）",
            ),
        ),
    ]
    sheet = book.sheet(ABOUT)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, book.say(ABOUT), book.format(bold=True, font_size=13))
    for row, (label, text) in enumerate(lines, start=1):
        sheet.write_string(row, 0, book.say(label), book.format(bold=True, valign="top"))
        sheet.write_string(row, 1, book.say(text), book.format(text_wrap=True, valign="top"))


def _understood(sentences: Sequence[Sentence]) -> Sentence:
    """How the file was read."""
    if not sentences:
        return Sentence("The engine was given the totals by a program.", "分数由程序直接交给引擎。")
    return Sentence(" ".join(one.en for one in sentences), "".join(one.zh for one in sentences))


def _ties(result: Evaluation) -> Sentence:
    """What parts equal scores."""
    links = [str(link) for link in _chain(result)]
    en = f"; then by {', '.join(links)}." if links else "."
    zh = f"；依次按 {'、'.join(links)} 分先后。" if links else "。"
    return Sentence(f"Equal published scores share a place{en}", f"公布分数相同即为并列{zh}")


def statistics_sheet(book: Book, table: ScoreTable, result: Evaluation) -> None:
    """Variances, design, parameters and digest, in English."""
    rows: list[tuple[str, object, str]] = [
        ("engine", f"scoring {result.version}", ""),
        ("method", str(result.method), ""),
        (
            "parameters",
            json.dumps(dict(result.params), sort_keys=True, ensure_ascii=False),
            "evaluate(table, **parameters)",
        ),
        ("digest", result.digest, "SHA-256 of table, parameters and version; order of rows does not matter"),
        ("digest of the table", table.digest, ""),
        ("entries", len(table.entries), ""),
        ("judges", len(table.judges), ""),
        ("totals", table.ballots, ""),
        ("totals per entry, least", int(table.judges_per_entry.min()), ""),
        ("totals per entry, most", int(table.judges_per_entry.max()), ""),
        ("totals per judge, least", int(table.entries_per_judge.min()), ""),
        ("totals per judge, most", int(table.entries_per_judge.max()), ""),
        ("recused totals set aside", table.recused, ""),
        ("linked parts of the design", len(result.components), "1: every judge is comparable with every other"),
    ]
    found = result.variances
    if found is not None:
        rows += [
            ("REML sd of entries", found.entry, "points; y = mean + entry + judge + rest"),
            ("REML sd of judges", found.judge, "severity"),
            ("REML sd of the rest", found.residual, "entry x judge and error"),
            ("REML mean", found.mean, ""),
            ("REML criterion", found.criterion, "-2 restricted log-likelihood, as lme4 prints it"),
        ]
        rows += _generalizability(table, result)
    if result.full is not None:
        rows += [(f"full: {name}", _cell(getattr(result.full, name)), "") for name in type(result.full).__slots__]
    rows += [
        (f"tested: {kind}", count, "0: the design cannot test it") for kind, count in sorted(result.tested.items())
    ]
    rows += [(f"note: {note.code}", note.text, "") for note in result.notes]
    columns = [Column("figure"), Column("value", "General"), Column("about")]
    sheet = book.table(STATISTICS, columns, rows)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 46)
    sheet.set_column(2, 2, 60)


def _generalizability(table: ScoreTable, result: Evaluation) -> list[tuple[str, object, str]]:
    """G of means of k judges, raw and with severities taken out."""
    found = result.variances
    if found is None or not found.entry:
        return []
    number = {name: row for row, name in enumerate(("entry", "judge", "rest"), start=16)}
    rows: list[tuple[str, object, str]] = []
    for k in (1, 3, 5, 7, 9):
        entry, judge, rest = found.entry**2, found.judge**2, found.residual**2
        raw, clean = entry / (entry + (judge + rest) / k), entry / (entry + rest / k)
        squares = {name: f"B{row}^2" for name, row in number.items()}
        text = f"={squares['entry']}/({squares['entry']}+({squares['judge']}+{squares['rest']})/{k})"
        free = f"={squares['entry']}/({squares['entry']}+{squares['rest']}/{k})"
        rows.append((f"G, mean of {k}", Formula(text, raw), "share of the variance of means that is the entries' own"))
        rows.append((f"G, mean of {k}, severity out", Formula(free, clean), ""))
    return rows


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


def _chain(result: Evaluation) -> list[object]:
    chain = result.params["chain"]
    return list(chain) if isinstance(chain, list | tuple) else []


def _cell(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
