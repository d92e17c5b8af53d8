"""The sheets of the report: standings, judges, flags, methods side by side, explanations; one for the statistician."""

import json
from collections.abc import Sequence

from scoring.evaluation import EntryResult, Evaluation, Method
from scoring.explanation import Explanation
from scoring.report.book import Book, Column, Formula
from scoring.report.sums import spans_of
from scoring.report.words import METHOD_WORDS, flag_name, flag_sentence, note_sentence
from scoring.sentences import Sentence
from scoring.table import ScoreTable

RANKS, JUDGES, FLAGS, METHODS, ABOUT, STATISTICS = "名次", "评委", "标记", "方法对比", "说明", "Statistics"
COMPARED = (Method.MEAN, Method.TRIMMED, Method.MEDIAN, Method.STANDARD, Method.MAPPED, Method.SEVERITY)
FULL_COLUMNS = (
    Column("拉开程度", "0.00", "1 为一般"),
    Column("弯曲", "+0.00;-0.00;0.00", "正数：好作品之间拉得开、差作品之间拉不开；负数相反；没有证据时为 0"),
    Column("本单位加分", "+0.00;-0.00;0.00"),
)
FIELDS = {Method.MEAN: "raw_mean", Method.SEVERITY: "adjusted"}


def ranks_sheet(book: Book, result: Evaluation, told: Sequence[Explanation]) -> object:
    """Everybody's place and score, how sure they are, and the mean beside them."""
    by_mean = places_by(result, Method.MEAN)
    spans = spans_of(told)
    tops = list(result.entries[0].p_top)
    several = len({one.component for one in result.entries}) > 1
    columns = [
        Column("名次", "0"),
        Column("编号"),
        Column("得分", "0.00" if result.params["decimals"] == 2 else "General", "由“算式”表逐个分数算出"),
        Column("90%区间 下限", "0.00", "真实水平有九成把握不低于……"),
        Column("90%区间 上限", "0.00", "……不高于"),
        Column("名次区间 最好", "0", "真实名次有九成把握在此区间内"),
        Column("名次区间 最差", "0"),
        Column("分数个数", "0"),
        Column("平均分", "0.00", "不校准的平均分"),
        Column("平均分名次", "0"),
        Column("名次变化", "+0;-0;0", "正数：比按平均分排名靠前"),
        *(Column(f"进入前{k}名的把握", "0%") for k in tops),
        *([Column("互通部分", "0", "不同部分之间没有共同评委，不可比")] if several else []),
    ]
    rows: list[list[object]] = []
    for row, one in enumerate(result.entries, start=3):
        score = Formula(spans[one.entry].score(int(str(result.params["decimals"]))), float(one.score))
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
    title = f"名次表（{METHOD_WORDS[result.method][0]}）"
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
        Column("评委"),
        Column("分数个数", "0"),
        Column("平均分", "0.00"),
        Column("标准差", "0.00", "该评委所打分数的标准差（n−1）"),
        Column("宽严度", "+0.00;-0.00;0.00", "正数：对同样的成果比别人严，打分低这么多；负数：松"),
        Column("90%区间 下限", "+0.00;-0.00;0.00"),
        Column("90%区间 上限", "+0.00;-0.00;0.00"),
        Column("校准值", "+0.00;-0.00;0.00", "宽严校准时加到该评委每个分数上的数"),
        Column("起伏", "0.00", "打分与预期相差的大小，越大越不稳定"),
        *(FULL_COLUMNS if full else []),
    ]
    rows: list[list[object]] = []
    for one in sorted(result.judges, key=lambda judge: (-judge.severity, judge.judge)):
        figures = (one.mean, one.sd, one.severity, one.low90, one.high90, one.adjustment, one.spread)
        rows.append([one.judge, one.n, *figures, *([one.scale, one.curve, one.favour] if full else [])])
    return book.table(JUDGES, columns, rows, title="评委宽严（由严到松）")


def flags_sheet(book: Book, result: Evaluation) -> None:
    """What deserves a human look."""
    columns = [
        Column("类别"),
        Column("评委"),
        Column("编号"),
        Column("说明"),
        Column("相差（分）", "+0.0;-0.0;0.0"),
        Column("统计量", "0.00"),
        Column("p", "0.0E+00"),
        Column("q", "0.0E+00", "同类中误报比例的上限（Benjamini–Hochberg）"),
        Column("界限", "0.00", "q 不超过此数才标记"),
        Column("检验个数", "0"),
    ]
    rows: list[list[object]] = []
    for one in result.flags:
        numbers = (one.effect, one.statistic, one.p, one.q, one.threshold, one.tested)
        rows.append([flag_name(str(one.kind)), one.judge, one.entry, flag_sentence(one), *numbers])
    sheet = book.table(FLAGS, columns, rows, title="需要人工查看的标记（只是提示，不自动删除任何分数）")
    sheet.set_column(3, 3, 64)
    below = len(rows) + 3
    if not rows:
        sheet.write_string(below - 1, 0, "没有标记。", book.format(italic=True, font_color="#5B6B7F"))
    for row, (kind, count) in enumerate(sorted(result.tested.items()), start=below + 1):
        told = f"检验了 {count} 个" if count else "此评审安排无法检验"
        sheet.write_string(row, 0, flag_name(kind), book.format())
        sheet.write_string(row, 3, told, book.format(font_color="#5B6B7F"))


def methods_sheet(book: Book, result: Evaluation) -> object:
    """Scores and places by every method, and who moves."""
    chosen = [method for method in COMPARED if method is not result.method]
    names = [METHOD_WORDS[result.method][0], *(METHOD_WORDS[method][0] for method in chosen)]
    columns = [
        Column("编号"),
        *(Column(f"{name} 得分", "0.00") for name in names),
        *(Column(f"{name} 名次", "0") for name in names),
        Column("名次最大差别", "0", "各种方法之间名次相差最多几名"),
    ]
    places = [{one.entry: one.rank for one in result.entries}, *(places_by(result, method) for method in chosen)]
    count = len(names)
    rows: list[list[object]] = []
    for row, one in enumerate(result.entries, start=3):
        scores = [float(one.score), *(score_by(one, method) for method in chosen)]
        ranks = [place[one.entry] for place in places]
        ends = f"{letter(1 + count)}{row}:{letter(2 * count)}{row}"
        rows.append([one.entry, *scores, *ranks, Formula(f"=MAX({ends})-MIN({ends})", max(ranks) - min(ranks))])
    return book.table(METHODS, columns, rows, title="同一批分数，各种方法的结果")


def about_sheet(book: Book, result: Evaluation, understood: Sequence[Sentence]) -> None:
    """What was done, in plain words."""
    name, words = METHOD_WORDS[result.method]
    judges = (
        f"{len(result.entries)} 件成果，{len(result.judges)} 位评委，{sum(one.n for one in result.entries)} 个总分。"
    )
    lines: list[tuple[str, str]] = [
        ("方法", f"{name}：{words}"),
        ("规模", judges),
        ("读取", "".join(sentence.zh for sentence in understood) or "分数由程序直接交给引擎。"),
        ("公布分数", f"四舍五入到 {result.params['decimals']} 位小数，只舍入一次。"),
        (
            "并列",
            "公布分数相同即为并列"
            + (f"；依次按 {'、'.join(map(str, _chain(result)))} 分先后。" if _chain(result) else "。"),
        ),
        ("90%区间", "真实水平有九成把握落在区间内；名次区间由联合抽样得出，不由单个区间推出。"),
        ("标记", "标记只说明值得有人看一看，不自动删除或改动任何分数。"),
        ("算式", "“算式”表列出每个分数怎样算进得分，“名次”表的得分由公式求和得出，可用计算器复核。"),
        *(("提示", note_sentence(note)) for note in result.notes),
        ("随机种子", str(result.params["seed"])),
        ("软件版本", result.version),
        ("数字指纹", f"{result.digest}（同样的分数、方法和版本得出同样的指纹）"),
    ]
    sheet = book.sheet(ABOUT)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, "说明", book.format(bold=True, font_size=13))
    for row, (label, text) in enumerate(lines, start=1):
        sheet.write_string(row, 0, label, book.format(bold=True, valign="top"))
        sheet.write_string(row, 1, text, book.format(text_wrap=True, valign="top"))


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
