"""The demo's vocabulary read into values: trades, families of topics with their causes and remedies, inventions.

The vocabulary is written a line a thing, so that somebody who knows the trade can correct it:

    [field | standard the results go into | keywords]       opens a family
    因 cause > remedy                                       one of its four pairs of cause and remedy
    - verb | metric | unit | now > target | symptom | own cause > own remedy | which of the four fit too
    + invention | metric | unit | now > target | borrowed idea | its three parts
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from judging.demo import corpus_topics_energy as energy
from judging.demo import corpus_topics_factory as factory
from judging.demo import corpus_topics_service as service
from judging.demo import corpus_topics_transport as transport


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: its letter in GB/T 4754, the forms its units' names take, the benefit usual in it (万元)."""

    key: str
    label: str
    industry: str
    forms: tuple[str, ...]
    benefit: tuple[int, int]
    text: str


@dataclass(slots=True)
class Family:
    """Topics that share their field, and so what may go wrong and what may help."""

    about: str
    standard: str
    keywords: tuple[str, ...]
    pairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Topic:
    """`verb` + `metric` is the title; an invention has no verb but parts and the idea it borrows."""

    trade: Trade
    family: Family
    verb: str
    metric: str
    measure: str
    baseline: str
    target: str
    symptom: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    name: str = ""
    borrowed: str = ""
    parts: tuple[str, ...] = ()


TRADES = (
    Trade("power", "电力", "D", ("供电有限公司", "电力检修有限公司", "配电服务有限公司"), (8, 120), energy.POWER),
    Trade("water", "水务", "D", ("水务有限公司", "供水排水有限公司", "水务运营有限公司"), (5, 80), energy.WATER),
    Trade("oil", "石油", "B", ("油气开采有限公司", "石油技术服务有限公司"), (20, 260), energy.OIL),
    Trade("chemicals", "化工", "C", ("化工有限公司", "化工集团股份有限公司"), (15, 320), energy.CHEMICALS),
    Trade("metro", "轨道交通", "G", ("轨道交通运营有限公司", "地铁运营有限公司"), (6, 90), transport.METRO),
    Trade("railway", "铁路", "G", ("铁路运输有限公司", "铁路实业有限公司"), (6, 110), transport.RAILWAY),
    Trade("post", "邮政寄递", "G", ("寄递服务有限公司", "邮件处理有限公司"), (3, 45), transport.POST),
    Trade("telecom", "通信", "I", ("通信网络有限公司", "通信建设有限公司"), (5, 95), transport.TELECOM),
    Trade("steel", "钢铁", "C", ("钢铁有限公司", "特殊钢有限公司", "钢铁集团有限公司"), (40, 680), factory.STEEL),
    Trade("auto", "汽车", "C", ("汽车有限公司", "汽车制造有限公司", "商用车有限公司"), (20, 360), factory.AUTO),
    Trade("tobacco", "烟草", "C", ("卷烟厂有限公司", "卷烟工业有限责任公司"), (10, 160), factory.TOBACCO),
    Trade("electronics", "电子", "C", ("光电装备有限公司", "精密电子有限公司"), (12, 280), factory.ELECTRONICS),
    Trade("hospital", "医疗卫生", "Q", ("医院", "综合医院", "职工医院"), (1, 18), service.HOSPITAL),
    Trade("construction", "建筑", "E", ("建设工程有限公司", "建筑工程集团有限公司"), (8, 140), service.CONSTRUCTION),
    Trade("food", "食品", "C", ("食品集团有限公司", "食品工业有限公司", "农产食品有限公司"), (6, 130), service.FOOD),
    Trade(
        "textile", "纺织", "C", ("纺织集团有限公司", "纺织服装有限公司", "纺织股份有限公司"), (6, 110), service.TEXTILE
    ),
)


@cache
def all_topics() -> tuple[Topic, ...]:
    """Every topic of every trade, in the order in which they are written."""
    return tuple(topic for trade in TRADES for topic in _read_trade(trade))


def _read_trade(trade: Trade) -> Iterator[Topic]:
    families: list[Family] = []
    for line in trade.text.strip().splitlines():
        match line[0]:
            case "[":
                about, standard, keywords = _cells(line.strip("[]"))
                families.append(Family(about, f"《{standard}》", tuple(keywords.split("、"))))
            case "因":
                families[-1].pairs.append(_pair(line[1:]))
            case "-":
                yield _read_problem(trade, families[-1], _cells(line[1:]))
            case _:
                yield _read_invention(trade, families, _cells(line[1:]))


def _read_problem(trade: Trade, family: Family, cells: list[str]) -> Topic:
    verb, metric, measure, figures, symptom, own, fitting = cells
    pairs = (_pair(own), *(family.pairs[int(place) - 1] for place in fitting))
    return Topic(trade, family, verb, metric, measure, *_pair(figures), symptom, pairs)


def _read_invention(trade: Trade, families: list[Family], cells: list[str]) -> Topic:
    name, metric, measure, figures, borrowed, parts = cells
    now, then = _pair(figures)
    return Topic(
        trade, families[0], "", metric, measure, now, then, name=name, borrowed=borrowed, parts=tuple(parts.split("、"))
    )


def _pair(cell: str) -> tuple[str, str]:
    left, right = cell.split(">")
    return left.strip(), right.strip()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
