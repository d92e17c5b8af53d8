"""The expert bank in Excel: the template, what an import of it would do, and the export."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.accounts.rules import PHONE
from judging.editions.models import TrackKind
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.spreadsheets import Column, template, workbook
from judging.judges import rules, service
from judging.judges.models import ExpertiseKind, Judge, JudgeStatus
from judging.judges.rules import JudgeAct
from judging.judges.words import differences, skill_words, split_topics
from judging.units.codes import INDUSTRIES, REGIONS
from judging.units.rules import fold, industry_of, region_of
from judging.web.forms import lower, narrow
from judging.web.imports import Checker, Plan, PlannedRow, RowState, rows_of

_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")
COLUMNS = (
    Column("number", _l("No."), 8, aliases=("序号", "No")),
    Column("code", _l("Number in the bank"), 14, aliases=("编号", "专家编号", "评委编号", "Number in the bank")),
    Column("name", _l("Name"), 12, required=True, aliases=("姓名", "专家姓名", "Name")),
    Column("unit_name", _l("Employer"), 32, aliases=("单位", "工作单位", "单位名称", "Employer", "Unit")),
    Column("post", _l("Post"), 14, aliases=("职务", "Post")),
    Column("title", _l("Professional title"), 14, aliases=("职称", "Professional title")),
    Column("region", _l("Region"), 14, aliases=("地区", "所在地区", "Region")),
    Column("phone", _l("Mobile phone"), 16, aliases=("手机", "手机号", "电话", "联系电话", "Mobile phone")),
    Column("email", _l("E-mail"), 24, aliases=("电子邮箱", "邮箱", "E-mail")),
    Column("track", _l("Tracks"), 26, aliases=("赛道", "评审赛道", "Tracks")),
    Column("industry", _l("Industries"), 30, aliases=("行业", "专业行业", "Industries")),
    Column("topic", _l("Specialities"), 26, aliases=("专业特长", "特长", "Specialities")),
    Column("certificates", _l("Certificates"), 26, aliases=("资格证书", "证书", "Certificates")),
    Column("recommender", _l("Recommended by"), 20, aliases=("推荐人", "推荐单位", "Recommended by")),
    Column("term_from", _l("Term from"), 12, aliases=("聘期起", "聘期开始", "Term from")),
    Column("term_until", _l("Term until"), 12, aliases=("聘期止", "聘期结束", "Term until")),
    Column("status", _l("State"), 10, aliases=("状态", "State")),
)
TEXTS = ("name", "unit_name", "post", "title", "certificates", "recommender")
LIMITS = {"code": 20, "name": 60, "unit_name": 120, "post": 60, "title": 40, "certificates": 2000, "recommender": 120}


def judge_template() -> bytes:
    """Return an empty workbook to fill, with drop-downs and a sample row that an import skips."""
    choices = {"region": tuple(REGIONS.values()), "status": tuple(str(s.label) for s in JudgeStatus)}
    columns = [replace(column, choices=choices.get(column.key, ())) for column in COLUMNS]
    sample = {
        "number": gettext("Sample"),
        "code": "ZJ0001",
        "name": "张三",
        "unit_name": "某某大学",
        "post": "教授",
        "title": "正高级工程师",
        "region": "武汉市",
        "phone": "13800000000",
        "email": "name@example.com",
        "track": "、".join(str(kind.label) for kind in TrackKind),
        "industry": INDUSTRIES["C"],
        "topic": "统计方法、焊接",
        "term_from": "2022-01-01",
        "term_until": "2024-12-31",
        "status": str(JudgeStatus.ACTIVE.label),
    }
    note = gettext(
        "Columns with * are required. The row marked “Sample” is skipped.\n"
        "Judges are recognised by their number in the bank, else by name and unit. Empty cells change nothing.\n"
        "Several tracks, industries or specialities stand in one cell with 、 or ； between them."
    )
    return template(gettext("Expert bank"), columns, [sample], note=note)


def judge_workbook(judges: Iterable[Judge]) -> bytes:
    """Return judges as a workbook; what comes in by the template goes out by the same columns."""
    rows = ({"number": number} | _written(judge) for number, judge in enumerate(judges, start=1))
    return workbook({gettext("Expert bank"): (COLUMNS, rows)})


def _written(judge: Judge) -> dict[str, Any]:
    plain = {key: getattr(judge, key) for key in ("code", *TEXTS, "phone", "email", "term_from", "term_until")}
    return plain | {
        "region": REGIONS.get(judge.region, judge.region),
        "status": str(judge.status.label),
        "track": "、".join(skill_words(judge.expertise, ExpertiseKind.TRACK)),
        "industry": "；".join(skill_words(judge.expertise, ExpertiseKind.INDUSTRY)),
        "topic": "、".join(skill_words(judge.expertise, ExpertiseKind.TOPIC)),
    }


@dataclass(slots=True)
class Known:
    """The bank as it is, loaded once for a whole workbook."""

    by_code: dict[str, Judge]
    by_person: dict[tuple[str, str], Judge]

    @classmethod
    def load(cls, session: Session) -> "Known":
        """Read all judges with their fields, in two queries."""
        judges = list(session.scalars(sa.select(Judge)))
        people = {(fold(judge.name), fold(judge.unit_name)): judge for judge in judges}
        return cls({judge.code: judge for judge in judges}, people)


def plan_judges(session: Session, content: bytes) -> Plan:
    """Return what importing this workbook would do."""
    rows, skipped = rows_of(content, COLUMNS)
    known, seen, plan = Known.load(session), dict[object, int](), Plan([], [], skipped)
    for row in rows:
        checker = Checker(row, COLUMNS)
        planned = _plan_row(checker, known, seen)
        if checker.errors:
            planned.state = RowState.WRONG
            plan.errors += checker.errors
        plan.rows.append(planned)
    return plan


def _plan_row(checker: Checker, known: Known, seen: dict[object, int]) -> PlannedRow:
    checker.need("name")
    checker.limit(LIMITS)
    values, skills, status = _values(checker), _skills(checker), _status(checker)
    code, person = values.get("code", ""), (fold(checker.get("name")), fold(checker.get("unit_name")))
    _refuse_twice(checker, code or person, seen)
    judge = known.by_code.get(code) if code else known.by_person.get(person)
    row = PlannedRow(checker.row.number, f"{code} {checker.get('name')}".strip(), RowState.NEW)
    row.values = {"values": values, "skills": skills, "status": status}
    if judge is None:
        return row
    row.target, row.changes = judge.id, differences(judge, values, skills)
    if status is not None and status is not judge.status:
        if status not in rules.NEXT[judge.status]:
            checker.wrong("status", rules.StatusNotPossible(present=judge.status.label, wanted=status.label))
        row.changes.append((gettext("State"), str(judge.status.label), str(status.label)))
    row.state = RowState.CHANGED if row.changes else RowState.SAME
    return row


def _refuse_twice(checker: Checker, key: object, seen: dict[object, int]) -> None:
    if key in seen:
        checker.wrong("name", gettext("stands already in row %(row)s", row=seen[key]))
    seen.setdefault(key, checker.row.number)


def _values(checker: Checker) -> dict[str, Any]:
    """Return what a row says; empty cells say nothing."""
    values: dict[str, Any] = {key: checker.get(key) for key in TEXTS if checker.get(key)}
    if code := narrow(checker.get("code")):
        values["code"] = code
    if written := checker.get("region"):
        values["region"] = region_of(written)
        if not values["region"]:
            checker.wrong("region", gettext("“%(value)s” is not in the list", value=written[:40]))
    if written := checker.get("phone"):
        values["phone"] = str(narrow(written)).replace("-", "")
        if not PHONE.fullmatch(values["phone"]):
            checker.wrong("phone", gettext("“%(value)s” is no phone number", value=written[:40]))
    if written := checker.get("email"):
        values["email"] = lower(written)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", values["email"]) or len(values["email"]) > 254:
            checker.wrong("email", gettext("“%(value)s” is no e-mail address", value=written[:40]))
    return values | _term(checker)


def _term(checker: Checker) -> dict[str, date]:
    found = {key: day for key in ("term_from", "term_until") if (day := _day(checker, key))}
    if len(found) == 2 and found["term_until"] < found["term_from"]:
        checker.wrong("term_until", gettext("The term cannot end before it begins."))
    return found


def _day(checker: Checker, key: str) -> date | None:
    written = checker.get(key)
    if not written:
        return None
    match = _DAY.match(written)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else date.fromisoformat(written)
    except ValueError:
        checker.wrong(key, gettext("“%(value)s” is no date; please write 2022-06-30", value=written[:40]))
    return None


def _skills(checker: Checker) -> dict[ExpertiseKind, list[str]]:
    found = dict[ExpertiseKind, list[str]]()
    if checker.get("track"):
        found[ExpertiseKind.TRACK] = _tracks(checker)
    if checker.get("industry"):
        found[ExpertiseKind.INDUSTRY] = _industries(checker)
    if checker.get("topic"):
        found[ExpertiseKind.TOPIC] = split_topics(checker.get("topic"))
    return found


def _tracks(checker: Checker) -> list[str]:
    names = {fold(str(kind.label)): kind.value for kind in TrackKind} | {kind.value: kind.value for kind in TrackKind}
    found = []
    for word in split_topics(checker.get("track")):
        if fold(word) in names:
            found.append(names[fold(word)])
        else:
            checker.wrong("track", gettext("“%(value)s” is not in the list", value=word))
    return found


def _industries(checker: Checker) -> list[str]:
    """Read names and letters; the names themselves hold 、, so they are taken out first."""
    rest, found = checker.get("industry"), []
    for letter, name in INDUSTRIES.items():
        if name in rest:
            rest = rest.replace(name, "；")
            found.append(letter)
    for word in split_topics(rest):
        letter = industry_of(word)
        if letter:
            found.append(letter)
        else:
            checker.wrong("industry", gettext("“%(value)s” is not in the list", value=word))
    return sorted(set(found))


def _status(checker: Checker) -> JudgeStatus | None:
    written = checker.get("status")
    if not written:
        return None
    found = next((s for s in JudgeStatus if written in (s.value, str(s.label))), None)
    if found is None:
        checker.wrong("status", gettext("“%(value)s” is not in the list", value=written[:40]))
    return found


def apply_judges(session: Session, plan: Plan, *, by: Actor, at: datetime) -> int:
    """Write what the plan says, all or nothing; return how many rows were written."""
    plan.require_sound()
    # Rows with numbers first, or the next free number might be one that a later row brings.
    for row in sorted(plan.in_state(RowState.NEW), key=lambda row: "code" not in row.values["values"]):
        status = row.values["status"] or JudgeStatus.ACTIVE
        service.register_judge(session, row.values["values"], skills=row.values["skills"], status=status, by=by, at=at)
    for row in plan.in_state(RowState.CHANGED):
        judge = session.get_one(Judge, row.target)
        service.update_judge(session, judge, row.values["values"], skills=row.values["skills"], by=by, at=at)
        if row.values["status"] not in (None, judge.status):
            reason = gettext("Import from Excel")
            service.set_status(session, judge, row.values["status"], reason=reason, by=by, at=at)
    if plan.writes:
        detail = {"new": plan.count(RowState.NEW), "changed": plan.count(RowState.CHANGED)}
        audit.record(session, JudgeAct.IMPORTED, by=by, at=at, detail=detail)
        session.flush()
    return plan.writes
