"""The report's charts: Excel's own, drawn from cells, so that a change in a cell moves them."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

from scoring.evaluation import EntryResult, Evaluation, Method
from scoring.report.book import BLUE, GREEN, GREY, RED, Book, Formula
from scoring.report.sheets import JUDGES, METHODS, RANKS
from scoring.report.words import METHOD_WORDS
from scoring.sentences import Sentence

DATA = Sentence("ChartData", "图表数据")
SHOWN = 50
BINS = 20


def draw(book: Book, result: Evaluation, ranks: Any, judges: Any, methods: Any) -> None:
    """Put the charts beside the tables they are drawn from."""
    data = book.sheet(DATA)
    beside = 12 + len(result.entries[0].p_top)
    ranks.insert_chart(1, beside, _best(book, data, result), {"object_position": 3})
    ranks.insert_chart(22, beside, _distribution(book, data, result), {"object_position": 3})
    judges.insert_chart(1, 12, _severities(book, data, result), {"object_position": 3})
    methods.insert_chart(1, 16, _moves(book, result), {"object_position": 3})


def _best(book: Book, data: Any, result: Evaluation) -> Any:
    """The best entries' scores with their intervals."""
    shown = result.entries[:SHOWN]
    _column(
        book,
        data,
        0,
        Sentence("Entry", "编号"),
        [f"={book.say(RANKS)}!B{row}" for row in range(3, 3 + len(shown))],
        [one.entry for one in shown],
    )
    for column, name, end, sign in (
        (1, Sentence("upper half", "区间上半"), "E", ""),
        (2, Sentence("lower half", "区间下半"), "D", "-"),
    ):
        texts = [f"={sign}({book.say(RANKS)}!{end}{row}-{book.say(RANKS)}!C{row})" for row in range(3, 3 + len(shown))]
        _column(book, data, column, name, texts, [_half(one, upper=end == "E") for one in shown])
    size = len(shown)
    title = Sentence("Scores with 90 % intervals", "得分与 90% 区间")
    if size < len(result.entries):
        title = Sentence(f"{title.en} (the best {size})", f"{title.zh}（前 {size} 名）")
    chart = book.chart("line", title, y=Sentence("Score", "得分"))
    chart.add_series(
        {
            "name": book.say(Sentence("Score", "得分")),
            "categories": [book.say(DATA), 1, 0, size, 0],
            "values": [book.say(RANKS), 2, 2, 1 + size, 2],
            "line": {"none": True},
            "marker": {"type": "circle", "size": 5, "fill": {"color": BLUE}, "border": {"color": BLUE}},
            "y_error_bars": {
                "type": "custom",
                "plus_values": f"={book.say(DATA)}!$B$2:$B${size + 1}",
                "minus_values": f"={book.say(DATA)}!$C$2:$C${size + 1}",
                "plus_data": [_half(one, upper=True) or 0.0 for one in shown],
                "minus_data": [_half(one, upper=False) or 0.0 for one in shown],
                "line": {"color": GREY, "width": 1},
            },
        }
    )
    chart.set_size({"width": 960, "height": 400})
    return chart


def _half(one: EntryResult, *, upper: bool) -> float | None:
    end = one.high90 if upper else one.low90
    return None if end is None else (end - float(one.score)) * (1 if upper else -1)


def _distribution(book: Book, data: Any, result: Evaluation) -> Any:
    """How many entries have which scores."""
    scores = [one.score for one in result.entries]
    low, high = min(scores), max(scores)
    step = _step((high - low) / BINS)
    first = int(low // step) - (low < 0)
    edges = [(first + at) * step for at in range(int((high - first * step) // step) + 2)]
    area = f"{book.say(RANKS)}!$C$3:$C${len(scores) + 2}"
    counts = [sum(edge <= score < end for score in scores) for edge, end in pairwise(edges)]
    texts = [f'=COUNTIFS({area},">="&E{row},{area},"<"&E{row + 1})' for row in range(2, 1 + len(edges))]
    data.write_string(0, 4, book.say(Sentence("Score from", "得分从")), book.format(bold=True))
    for row, edge in enumerate(edges, start=1):
        data.write_number(row, 4, float(edge), book.format())
    _column(book, data, 5, Sentence("Entries", "件数"), texts, counts)
    chart = book.chart(
        "column",
        Sentence("Distribution of scores", "得分分布"),
        x=Sentence(f"Score ({step:f} points a bar)", f"得分（每格 {step:f} 分）"),
        y=Sentence("Entries", "件数"),
    )
    chart.add_series(
        {
            "name": book.say(Sentence("Entries", "件数")),
            "categories": [book.say(DATA), 1, 4, len(counts), 4],
            "values": [book.say(DATA), 1, 5, len(counts), 5],
            "gap": 8,
            "fill": {"color": BLUE},
        }
    )
    chart.set_size({"width": 960, "height": 320})
    return chart


def _step(rough: Decimal) -> Decimal:
    """A round number from `rough` up: 1, 2 or 5 times a power of ten."""
    if not rough:
        return Decimal(1)
    units = (Decimal(unit).scaleb(power) for power in range(-9, 12) for unit in (1, 2, 5))
    return next(unit for unit in units if unit >= rough)


def _severities(book: Book, data: Any, result: Evaluation) -> Any:
    """The judges from severe to lenient."""
    ordered = sorted(result.judges, key=lambda judge: (-judge.severity, judge.judge))
    halves = [None if one.high90 is None else one.high90 - one.severity for one in ordered]
    texts = [f"={book.say(JUDGES)}!G{row}-{book.say(JUDGES)}!E{row}" for row in range(3, 3 + len(ordered))]
    _column(book, data, 7, Sentence("half of the interval", "宽严区间一半"), texts, halves)
    size = len(ordered)
    chart = book.chart(
        "column",
        Sentence("Severity of judges with 90 % intervals", "评委宽严度与 90% 区间"),
        y=Sentence("Points (severe is up)", "分（向上为严）"),
    )
    bars: dict[str, object] = {"type": "custom", "line": {"color": GREY, "width": 1}}
    for end in ("plus", "minus"):
        bars[f"{end}_values"] = f"={book.say(DATA)}!$H$2:$H${size + 1}"
        bars[f"{end}_data"] = [half or 0.0 for half in halves]
    chart.add_series(
        {
            "name": book.say(Sentence("Severity", "宽严度")),
            "categories": [book.say(JUDGES), 2, 0, 1 + size, 0],
            "values": [book.say(JUDGES), 2, 4, 1 + size, 4],
            "fill": {"color": RED},
            "invert_if_negative": True,
            "invert_if_negative_color": GREEN,
            "gap": 40,
            "y_error_bars": bars,
        }
    )
    chart.set_x_axis({"label_position": "low", "num_font": {"size": 8}})
    chart.set_size({"width": min(1400, max(640, 80 + 18 * size)), "height": 400})
    return chart


def _moves(book: Book, result: Evaluation) -> Any:
    """Places by the mean against places by the chosen method."""
    size, count = len(result.entries), 6 + (result.method is Method.FULL)
    other = METHOD_WORDS[Method.MEDIAN if result.method is Method.MEAN else Method.MEAN][0]
    names = (METHOD_WORDS[result.method][0], other)
    title = Sentence(f"Places: {names[0].en} and {names[1].en}", f"名次：{names[0].zh}与{names[1].zh}")
    x, y = (Sentence(f"Place by {name.en}", f"{name.zh}名次") for name in names)
    chart = book.chart("scatter", title, x=x, y=y)
    chosen, against = 1 + count, 2 + count + (result.method is Method.MEAN)
    chart.add_series(
        {
            "name": book.say(names[1]),
            "categories": [book.say(METHODS), 2, chosen, 1 + size, chosen],
            "values": [book.say(METHODS), 2, against, 1 + size, against],
            "marker": {"type": "circle", "size": 4, "fill": {"color": BLUE}, "border": {"none": True}},
        }
    )
    chart.set_size({"width": 560, "height": 520})
    return chart


def _column(book: Book, data: Any, column: int, name: str, texts: list[str], values: list[Any]) -> None:
    data.write_string(0, column, book.say(name), book.format(bold=True))
    for row, (text, value) in enumerate(zip(texts, values, strict=True), start=1):
        book.write(data, row, column, 0 if value is None else Formula(text, value))
