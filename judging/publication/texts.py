"""What a notice, an announcement and a certificate say to begin with. Samples in the tone of official documents:

the secretariat edits them before they are published, so they are data in Chinese, not sentences of the program.
"""

from datetime import date

from judging.editions.models import DayKind, Edition, Wording

SALUTATION = "各有关单位："
UNORDERED = "（同一等级内排名不分先后）"


def notice_title(edition: Edition, *, recommends: bool) -> str:
    """Return the title of a public notice."""
    return f"关于{edition.name}{'评定结果及拟推荐名单' if recommends else '拟评定结果'}的公示"


def notice_preamble(edition: Edition, *, recommends: bool) -> str:
    """Return the opening paragraphs of a public notice."""
    lists = "拟评定等级及拟推荐上报成果名单" if recommends else "拟评定等级名单"
    return (
        f"{SALUTATION}\n"
        f"{edition.name}经单位申报、形式审查、专家评审和组委会评定，现将{lists}予以公示，接受社会监督。\n"
        f"{edition.fee_statement}"
    )


def basis(edition: Edition) -> str:
    """Return on what the list rests."""
    return edition.approval_basis


def how_to_object(edition: Edition) -> str:
    """Return how the public may object."""
    text = (
        "公示期内，对公示内容有异议的单位和个人，请实名提出，写明姓名（单位名称）、联系方式、异议事项和理由，"
        "并附证明材料；以单位名义提出的须加盖单位公章。可在本页“提出异议”处提交。"
        "匿名、超过公示期或没有证明材料的异议不予受理；仅对等级高低有不同意见的，按咨询答复。"
        "组委会对提出异议者的身份信息予以保密。"
    )
    return f"{text}\n联系方式：{edition.contact}" if edition.contact else text


def window(opens_on: date, closes_on: date, days: int, kind: DayKind) -> str:
    """Return the window in a sentence."""
    unit = "个工作日" if kind is DayKind.WORKING else "个自然日"
    return f"公示期：{day(opens_on)}至{day(closes_on)}（{days}{unit}）"


def day(value: date) -> str:
    """Return a date as documents write it: 2022年6月30日."""
    return f"{value.year}年{value.month}月{value.day}日"


def announcement_title(edition: Edition, *, recommends: bool) -> str:
    """Return the title of an announcement."""
    return f"关于公布{edition.name}{'评定结果及推荐名单' if recommends else '评定结果'}的公告"


def announcement_preamble(edition: Edition, notice_title: str, opens_on: date, closes_on: date) -> str:
    """Return the opening paragraphs of an announcement."""
    return (
        f"{SALUTATION}\n"
        f"《{notice_title}》已于{day(opens_on)}至{day(closes_on)}公示，公示期内提出的异议均已处理完毕。"
        f"现将{edition.name}结果予以公布。"
    )


def conferred(edition: Edition) -> str:
    """Return the verb with which a certificate confers a level."""
    return "荣获" if edition.wording is Wording.AWARD else "被评为"
