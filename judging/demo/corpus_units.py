"""Recommending units and units with names nobody bears and codes nobody was given."""

from random import Random

from stdnum.cn import uscc

from judging.demo.corpus_facts import PersonFacts, RecommenderFacts, UnitFacts
from judging.demo.corpus_topics import TRADES, Trade
from judging.demo.people import make_person
from judging.units.codes import REGIONS

# Characters seldom met in names of firms, so that no pair of them names one that exists.
FIRST = "沄湉樾霁蒹漪珺琮璟岫峤筱蘅荇菀昶翊澍"
SECOND = "川楚泽浦原洲陵屿衡垣"
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

HUBEI = tuple(code for code in REGIONS if code.startswith("42") and code != "420000")
SEATS = {
    "metro": ("420100",),
    "steel": ("420100", "420200", "420700"),
    "auto": ("420100", "420300", "420600", "421300"),
    "tobacco": ("420100", "420500", "420600", "422800"),
    "oil": ("429005", "421000"),
    "electronics": ("420100", "420700", "420900"),
}
REGIONAL = (
    ("武汉片区质量促进会（示例）", ("420100",)),
    ("襄随片区质量促进会（示例）", ("420600", "421300")),
    ("宜荆荆片区质量促进会（示例）", ("420500", "420800", "421000")),
    ("鄂东片区质量促进会（示例）", ("420200", "420700", "421100", "421200")),
    ("江汉片区质量促进会（示例）", ("420900", "429004", "429005", "429006")),
    ("鄂西片区质量促进会（示例）", ("422800", "429021")),
    ("十堰片区质量促进会（示例）", ("420300",)),
)
BY_TRADE = (
    ("电力行业质量协作会（示例）", ("power", "water")),
    ("轨道交通行业质量协作会（示例）", ("metro", "railway")),
    ("医疗卫生质量协作会（示例）", ("hospital",)),
    ("建筑行业质量协作会（示例）", ("construction",)),
    ("通信寄递行业质量协作会（示例）", ("telecom", "post")),
)


def make_uscc(rng: Random, department: str, region: str) -> str:
    """A 统一社会信用代码 with both check digits right; no organisation code in use begins with Y."""
    body = "Y" + "".join(rng.choice("0123456789") for _ in range(7))
    total = sum(weight * int(char, 36) for weight, char in zip(ORGANISATION_WEIGHTS, body, strict=True))
    front = f"{department}{region}{body}{'0123456789X'[-total % 11]}"
    return front + str(uscc.calc_check_digit(front))


def make_recommenders(rng: Random) -> tuple[RecommenderFacts, ...]:
    """Seven for regions, five for trades."""
    regional = [
        RecommenderFacts(name, make_uscc(rng, "51", regions[0]), regions[0], _contact(rng, f"rec{place:02d}"), regions)
        for place, (name, regions) in enumerate(REGIONAL, 1)
    ]
    by_trade = [
        RecommenderFacts(
            name, make_uscc(rng, "51", "420000"), "420000", _contact(rng, f"rec{place:02d}"), trades=trades
        )
        for place, (name, trades) in enumerate(BY_TRADE, len(REGIONAL) + 1)
    ]
    return (*regional, *by_trade)


def make_units(rng: Random, recommenders: tuple[RecommenderFacts, ...], each: int = 6) -> tuple[UnitFacts, ...]:
    """`each` units for every trade, spread over the province; about one in twelve is a direct member."""
    stems = rng.sample([first + second for first in FIRST for second in SECOND], each * len(TRADES))
    places = rng.sample(HUBEI, len(HUBEI)) * each
    units = []
    for number, stem in enumerate(stems, 1):
        trade = TRADES[(number - 1) // each]
        region = places[number % len(places)] if trade.key not in SEATS else rng.choice(SEATS[trade.key])
        units.append(_make_unit(rng, number, stem, trade, region, recommenders))
    return tuple(units)


def _make_unit(
    rng: Random, number: int, stem: str, trade: Trade, region: str, recommenders: tuple[RecommenderFacts, ...]
) -> UnitFacts:
    place = REGIONS[region].removesuffix("市").removesuffix("林区").removesuffix("土家族苗族自治州")
    return UnitFacts(
        name=f"{place}{stem}{trade.forms[number % len(trade.forms)]}",
        short_name=f"{stem}{_without_legal_form(trade.forms[number % len(trade.forms)])}",
        uscc=make_uscc(rng, "12" if trade.key == "hospital" else "91", region),
        region=region,
        industry=trade.industry,
        trade=trade.key,
        member_number=f"HBZX{number:04d}",
        contact=_contact(rng, f"unit{number:03d}"),
        recommender=_choose_recommender(rng, trade, region, recommenders),
    )


def _choose_recommender(
    rng: Random, trade: Trade, region: str, recommenders: tuple[RecommenderFacts, ...]
) -> RecommenderFacts | None:
    if rng.random() < 1 / 12:
        return None
    by_trade = [one for one in recommenders if trade.key in one.trades]
    by_region = [one for one in recommenders if region in one.regions]
    return by_trade[0] if by_trade and rng.random() < 0.6 else by_region[0]


def _without_legal_form(form: str) -> str:
    for ending in ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司"):
        form = form.removesuffix(ending)
    return form


def _contact(rng: Random, account: str) -> PersonFacts:
    return make_person(rng, account, "units")
