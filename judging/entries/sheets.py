"""Entries in Excel: the columns of the 汇总表, the template of a track, and the export. Importing: import_plan.py."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.editions.models import TopicType, Track, TrackKind
from judging.entries import checks
from judging.entries.models import CheckReason, Entry
from judging.foundation.spreadsheets import Column, template, workbook
from judging.units import queries as unit_queries
from judging.units.codes import INDUSTRIES, REGIONS
from judging.units.models import RecommendingUnit
from judging.units.sheets import CREDIT_CODE, INDUSTRY, NAME, NUMBER, RECOMMENDING_UNIT, REGION
from judging.web.filters import format_datetime, plain_number

CODE = Column("code", _l("Receipt number"), 16, aliases=("编号", "受理编号", "受理号", "Receipt number"))
TITLE = Column(
    "title",
    _l("Title of the topic"),
    40,
    required=True,
    aliases=("课题名称", "成果名称", "项目名称", "论文题目", "题目", "故事名称", "故事题目", "Title of the topic"),
)
TOPIC_TYPE = Column("topic_type", _l("Type of topic"), 22, aliases=("课题类型", "类型", "Type of topic"))
GROUP_NAME = Column("group_name", _l("Name of the group"), 22, aliases=("小组名称", "QC小组名称", "Name of the group"))
GROUP_NUMBER = Column(
    "group_number", _l("Registration number"), 18, aliases=("小组注册号", "注册编号", "Registration number")
)
MEMBERS = Column(
    "members", _l("Members in order"), 40, aliases=("小组成员", "成果完成人", "作者", "主要成员", "Members in order")
)
PRESENTER = Column("presenter", _l("Presenter"), 12, aliases=("发布人", "讲述人", "演讲人", "Presenter"))
CONTENT = (
    Column("keywords", _l("Keywords"), 24, aliases=("关键词", "Keywords")),
    Column("abstract", _l("Abstract"), 60, aliases=("内容摘要", "摘要", "成果简介", "Abstract")),
    Column("methods", _l("Methods and tools"), 24, aliases=("主要方法", "统计方法", "Methods and tools")),
    Column("target", _l("Target"), 20, aliases=("目标值", "目标", "Target")),
    Column("reached", _l("Value reached"), 20, aliases=("实际达到值", "达到值", "实际值", "Value reached")),
    Column("benefit", _l("Economic benefit (10,000 yuan)"), 14, aliases=("经济效益", "Economic benefit")),
    Column("intangible_benefit", _l("Intangible benefit"), 30, aliases=("无形效益", "社会效益", "Intangible benefit")),
    Column("active_from", _l("Activity from"), 14, aliases=("活动开始时间", "开始时间", "Activity from")),
    Column("active_until", _l("Activity until"), 14, aliases=("活动结束时间", "结束时间", "Activity until")),
)
CONTACT = (
    Column("contact_name", _l("Contact person"), 12, aliases=("联系人", "联系人姓名", "Contact person")),
    Column("contact_phone", _l("Phone"), 16, aliases=("电话", "联系电话", "手机", "联系人电话", "Phone")),
    Column("contact_email", _l("E-mail"), 26, aliases=("电子邮箱", "邮箱", "E-mail")),
)
IMPORT = (
    NUMBER,
    CODE,
    NAME,
    CREDIT_CODE,
    REGION,
    INDUSTRY,
    RECOMMENDING_UNIT,
    TITLE,
    TOPIC_TYPE,
    GROUP_NAME,
    GROUP_NUMBER,
    MEMBERS,
    PRESENTER,
    *CONTACT,
    *CONTENT,
)
_ONLY_QC = {
    "topic_type",
    "target",
    "reached",
    "benefit",
    "intangible_benefit",
    "active_from",
    "active_until",
    "group_number",
}
_NOT_OF = {
    TrackKind.QC: set[str](),
    TrackKind.STORY: _ONLY_QC | {"methods"},
    TrackKind.PAPER: _ONLY_QC | {"presenter", "group_name"},
}
EXPORT = (
    NUMBER,
    CODE,
    Column("track", _l("Track"), 18),
    NAME,
    CREDIT_CODE,
    REGION,
    INDUSTRY,
    RECOMMENDING_UNIT,
    Column("rank", _l("Rank of recommendation"), 10),
    TITLE,
    TOPIC_TYPE,
    GROUP_NAME,
    MEMBERS,
    *CONTACT[:2],
    Column("status", _l("State"), 10),
    Column("verdict", _l("Verdict"), 14),
    Column("reasons", _l("Reasons"), 30),
    GROUP_NUMBER,
    PRESENTER,
    *CONTENT,
    CONTACT[2],
    Column("submitted_at", _l("Submitted at"), 20),
)
_SPLIT = re.compile(r"[、,，;；\n]+")
_ROLE = re.compile(r"^(.*?)\s*[(（]([^()（）]{1,40})[)）]$")
_TOPICS = {
    "问题解决型自定目标": TopicType.SELF_SET,
    "问题解决型": TopicType.SELF_SET,
    "自定目标": TopicType.SELF_SET,
    "自选目标": TopicType.SELF_SET,
    "问题解决型指令性目标": TopicType.DIRECTED,
    "指令性目标": TopicType.DIRECTED,
    "创新型": TopicType.INNOVATIVE,
}


def import_columns(track: Track, recommending_unit: RecommendingUnit | None = None) -> tuple[Column, ...]:
    """Return the columns an import of a track reads; a recommending unit's own workbook needs not name it."""
    left_out = _NOT_OF[track.kind] | ({"recommending_unit"} if recommending_unit else set())
    return tuple(column for column in IMPORT if column.key not in left_out)


def entry_template(session: Session, track: Track, recommending_unit: RecommendingUnit | None = None) -> bytes:
    """Return an empty workbook of a track: locked header, drop-downs, a sample row that an import skips."""
    choices = {
        "region": tuple(REGIONS.values()),
        "industry": tuple(INDUSTRIES.values()),
        "topic_type": tuple(str(topic.label) for topic in TopicType),
        "recommending_unit": tuple(other.name for other in unit_queries.recommending_units(session)),
    }
    columns = [
        replace(column, choices=choices.get(column.key, ())) for column in import_columns(track, recommending_unit)
    ]
    note = gettext(
        "Columns with * are required. The row marked “Sample” is skipped.\n"
        "Leave the receipt number empty for new entries; it is given at the import.\n"
        "Entries are recognised by their receipt number, else by unit and title. Empty cells change nothing.\n"
        "A unit that is not registered yet needs credit code, region and industry.\n"
        "Members in order, separated by 、; a role may follow in brackets. The abstract has at most 500 characters."
    )
    return template(track.name, columns, [_sample()], note=note)


def _sample() -> dict[str, Any]:
    return {
        "number": gettext("Sample"),
        "name": "某某精密制造有限公司",
        "credit_code": "91110000600037341L",
        "region": "武汉市",
        "industry": INDUSTRIES["C"],
        "title": "降低某某产线停机率",
        "topic_type": str(TopicType.SELF_SET.label),
        "group_name": "某某小组",
        "members": "张三（组长）、李四、王五",
        "contact_name": "张三",
        "contact_phone": "13800000000",
        "contact_email": "name@example.com",
        "target": "4.6% → 3.0%",
        "reached": "2.8%",
        "benefit": "12.5",
        "active_from": "2021-03-01",
        "active_until": "2021-12-31",
    }


def entry_workbook(entries: Iterable[Entry]) -> bytes:
    """Return entries as the 汇总表; what a template reads stands in it under the same headers."""
    rows = ({"number": number} | _written(entry) for number, entry in enumerate(entries, start=1))
    return workbook({gettext("Entries"): (EXPORT, rows)})


def _written(entry: Entry) -> dict[str, Any]:
    unit, texts = entry.unit, ("code", "title", "group_name", "group_number", "presenter", "keywords", "abstract")
    more = ("methods", "target", "reached", "intangible_benefit", "contact_name", "contact_phone", "contact_email")
    topic = TopicType.of(entry.topic_type)
    reasons = [reason for text in entry.verdict_reasons if (reason := CheckReason.of(text))]
    return {key: getattr(entry, key) for key in texts + more} | {
        "track": entry.track.name,
        "name": unit.name,
        "credit_code": unit.credit_code,
        "region": REGIONS.get(unit.region, unit.region),
        "industry": INDUSTRIES.get(unit.industry, unit.industry),
        "recommending_unit": entry.recommending_unit.name if entry.recommending_unit else "",
        "rank": entry.recommended_rank if entry.recommended_at else "",
        "topic_type": str(topic.label) if topic else "",
        "members": members_in_words([(member.name, member.role) for member in entry.members]),
        "status": str(entry.status.label),
        "verdict": str(entry.verdict.label) if entry.verdict else "",
        "reasons": checks.words_of(reasons, entry.verdict_note),
        "benefit": plain_number(entry.benefit),
        "active_from": entry.active_from or "",
        "active_until": entry.active_until or "",
        "submitted_at": format_datetime(entry.submitted_at),
    }


def members_in_words(members: Iterable[tuple[str, str]]) -> str:
    """Return a team as one cell."""
    return "、".join(f"{name}（{role}）" if role else name for name, role in members)


def members_of(text: str) -> list[tuple[str, str]]:
    """Return the team that a cell names, in order, with roles that stand in brackets."""
    parts = [part.strip() for part in _SPLIT.split(text)]
    if len(parts) == 1 and re.fullmatch(r"[\u4e00-\u9fff·\s（）()]+", text):
        parts = re.split(r"\s+", text)  # Chinese names have no spaces inside
    found = []
    for part in filter(None, parts):
        match = _ROLE.match(part)
        found.append((match[1].strip(), match[2].strip()) if match else (part, ""))
    return found


def topic_of(text: str) -> TopicType | None:
    """Return the type of topic as people write it."""
    plain = re.sub(r"[\s（）()·,，、\-—:：]", "", text)
    labels = {re.sub(r"[\s（）()·,，、\-—:：]", "", str(topic.label)): topic for topic in TopicType}
    return labels.get(plain) or _TOPICS.get(plain) or TopicType.of(text)


def amount_of(text: str) -> Decimal | None:
    """Return an amount in 万元, whether or not the unit and separators stand in the cell; None when it is none."""
    plain = re.sub(r"(万元|万|,|，|\s)", "", text)
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**9 else None


def date_of(text: str, *, numeric: bool) -> date | None:
    """Return a date as people write it (2021-03-01, 2021年3月, 2021.3.1) or as Excel counts it; None when it is none."""
    if numeric and text.isdecimal() and 20_000 < int(text) < 80_000:
        return date(1899, 12, 30) + timedelta(days=int(text))
    match = re.fullmatch(r"(\d{4})\D(\d{1,2})(?:\D(\d{1,2})?\D?)?(?:\s.*)?", text.strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return None
