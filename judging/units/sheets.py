"""Units in Excel: the template, what an import of it would do, and the export."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.accounts.rules import PHONE
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.errors import DomainError
from judging.foundation.spreadsheets import Column, template, workbook
from judging.units import queries, rules, service
from judging.units.codes import INDUSTRIES, REGIONS
from judging.units.models import RecommendingUnit, Unit
from judging.units.rules import UnitAct
from judging.web.forms import lower, narrow
from judging.web.imports import Checker, Plan, PlannedRow, RowState, rows_of

NUMBER = Column("number", _l("No."), 8, aliases=("序号", "No"))
NAME = Column(
    "name",
    _l("Full name of the unit"),
    34,
    required=True,
    aliases=("单位全称", "单位名称", "申报单位", "企业名称", "Full name of the unit"),
)
CREDIT_CODE = Column(
    "credit_code",
    _l("Unified social credit code"),
    24,
    text_only=True,
    aliases=("统一社会信用代码", "信用代码", "社会信用代码", "Unified social credit code"),
)
REGION = Column("region", _l("Region"), 16, aliases=("地区", "所在地区", "所属地区", "Region"))
INDUSTRY = Column("industry", _l("Industry"), 26, aliases=("行业", "所属行业", "行业门类", "Industry"))
RECOMMENDING_UNIT = Column("recommending_unit", _l("Recommending unit"), 28, aliases=("推荐单位", "Recommending unit"))
COLUMNS = (
    NUMBER,
    NAME,
    CREDIT_CODE,
    REGION,
    INDUSTRY,
    RECOMMENDING_UNIT,
    Column("member_number", _l("Member number"), 14, aliases=("会员编号", "会员号", "Member number")),
    Column("parent_group", _l("Group of companies"), 24, aliases=("所属集团", "集团", "Group of companies")),
    Column("contact_name", _l("Contact person"), 12, aliases=("联系人", "联系人姓名", "Contact person")),
    Column("contact_phone", _l("Phone"), 16, aliases=("电话", "联系电话", "手机", "联系人电话", "Phone")),
    Column("contact_email", _l("E-mail"), 26, aliases=("电子邮箱", "邮箱", "E-mail")),
    Column("address", _l("Postal address"), 34, aliases=("通讯地址", "地址", "Postal address")),
)
LIMITS = {
    "name": 120,
    "member_number": 30,
    "parent_group": 120,
    "contact_name": 60,
    "contact_phone": 20,
    "contact_email": 254,
    "address": 200,
}
TEXTS = ("member_number", "parent_group", "contact_name", "contact_phone", "contact_email", "address")


@dataclass(slots=True)
class Known:
    """What the database holds already, loaded once for a whole workbook."""

    by_name: dict[str, Unit]
    by_code: dict[str, Unit]
    recommending: dict[str, RecommendingUnit]

    @classmethod
    def load(cls, session: Session) -> "Known":
        """Read all units and recommending units, in two queries."""
        units = list(session.scalars(sa.select(Unit)))
        recommending = queries.recommending_units(session)
        return cls(
            by_name={rules.fold(unit.name): unit for unit in units},
            by_code={unit.credit_code: unit for unit in units if unit.credit_code},
            recommending={rules.fold(other.name): other for other in recommending},
        )


def unit_template(session: Session) -> bytes:
    """Return an empty workbook to fill, with drop-downs and a sample row that an import skips."""
    recommending = tuple(other.name for other in queries.recommending_units(session))
    choices = {
        "region": tuple(REGIONS.values()),
        "industry": tuple(INDUSTRIES.values()),
        "recommending_unit": recommending,
    }
    columns = [
        replace(column, choices=choices.get(column.key, ()), required=column.key in ("name", "region", "industry"))
        for column in COLUMNS
    ]
    sample = {
        "number": gettext("Sample"),
        "name": "某某精密制造有限公司",
        "credit_code": "91110000600037341L",
        "region": "武汉市",
        "industry": INDUSTRIES["C"],
        "contact_name": "张三",
        "contact_phone": "13800000000",
        "contact_email": "name@example.com",
        "address": "某某市某某区某某路1号",
    }
    note = gettext(
        "Columns with * are required. The row marked “Sample” is skipped.\n"
        "The full name must be exactly as on the seal; certificates carry it.\n"
        "Units are recognised by their credit code, else by their name. Empty cells change nothing."
    )
    return template(gettext("Units"), columns, [sample], note=note)


def unit_workbook(units: Iterable[Unit]) -> bytes:
    """Return units as a workbook; what comes in by the template goes out by the same columns."""
    rows = ({"number": number} | _written(unit) for number, unit in enumerate(units, start=1))
    return workbook({gettext("Units"): (COLUMNS, rows)})


def _written(unit: Unit) -> dict[str, Any]:
    texts = {key: getattr(unit, key) for key in ("name", "credit_code", *TEXTS)}
    recommending = unit.recommending_unit.name if unit.recommending_unit else ""
    region, industry = REGIONS.get(unit.region, unit.region), INDUSTRIES.get(unit.industry, unit.industry)
    return texts | {"region": region, "industry": industry, "recommending_unit": recommending}


def plan_units(session: Session, content: bytes) -> Plan:
    """Return what importing this workbook would do."""
    rows, skipped = rows_of(content, COLUMNS)
    known, seen = Known.load(session), dict[str, int]()
    plan = Plan([], [], skipped)
    for row in rows:
        checker = Checker(row, COLUMNS)
        planned = _plan_row(checker, known)
        _refuse_twice(checker, planned, seen)
        if checker.errors:
            planned.state = RowState.WRONG
            plan.errors += checker.errors
        plan.rows.append(planned)
    return plan


def _plan_row(checker: Checker, known: Known) -> PlannedRow:
    checker.need("name")
    checker.limit(LIMITS)
    values = unit_values(checker, known)
    unit = existing_unit(checker, values, known)
    row = PlannedRow(checker.row.number, checker.get("name"), RowState.NEW, values)
    if unit is None:
        checker.need("region", "industry")
        return row
    row.target, row.changes = unit.id, _changes(unit, values, known)
    row.state = RowState.CHANGED if row.changes else RowState.SAME
    return row


def unit_values(checker: Checker, known: Known) -> dict[str, Any]:
    """Return what a row says about a unit, as the database keeps it; empty cells say nothing."""
    values: dict[str, Any] = {key: checker.get(key) for key in ("name", *TEXTS) if checker.get(key)}
    if code := credit_code_of(checker):
        values["credit_code"] = code
    for key, read in (("region", rules.region_of), ("industry", rules.industry_of)):
        if written := checker.get(key):
            values[key] = read(written)
            if not values[key]:
                checker.wrong(key, gettext("“%(value)s” is not in the list", value=written[:40]))
    if "contact_phone" in values:
        values["contact_phone"] = phone_of(checker)
    if "contact_email" in values:
        values["contact_email"] = lower(values["contact_email"])
    if recommending := recommending_unit_of(checker, known):
        values["recommending_unit_id"] = recommending.id
    return values


def credit_code_of(checker: Checker) -> str:
    """Return the credit code of a row, with a note of what is wrong about it."""
    written = checker.get("credit_code")
    if not written:
        return ""
    if "credit_code" in checker.row.numeric:
        checker.wrong("credit_code", rules.CreditCodeSpoilt.message)
        return ""
    try:
        return rules.credit_code(written)
    except DomainError as refusal:
        checker.wrong("credit_code", refusal)
        return ""


def phone_of(checker: Checker) -> str:
    """Return the phone of a row without spaces."""
    phone = str(narrow(checker.get("contact_phone"))).replace("-", "")
    if not PHONE.fullmatch(phone):
        checker.wrong(
            "contact_phone", gettext("“%(value)s” is no phone number", value=checker.get("contact_phone")[:40])
        )
    return phone


def recommending_unit_of(checker: Checker, known: Known) -> RecommendingUnit | None:
    """Return the recommending unit a row names; an unknown one is noted, with the one that was probably meant."""
    written = checker.get("recommending_unit")
    if not written:
        return None
    found = known.recommending.get(rules.fold(written))
    if found is None:
        near = get_close_matches(rules.fold(written), known.recommending, n=1)
        hint = gettext("; was “%(name)s” meant?", name=known.recommending[near[0]].name) if near else ""
        checker.wrong(
            "recommending_unit", gettext("“%(value)s” is no registered recommending unit", value=written[:60]) + hint
        )
    return found


def existing_unit(checker: Checker, values: dict[str, Any], known: Known) -> Unit | None:
    """Return the registered unit a row is about; a code and a name that belong to two units are noted."""
    code = values.get("credit_code")
    by_code = known.by_code.get(code) if code else None
    by_name = known.by_name.get(rules.fold(checker.get("name")))
    if by_code is not None and by_name is not None and by_code is not by_name:
        checker.wrong("credit_code", rules.CreditCodeTaken(name=by_code.name))
    if by_code is None and by_name is not None and code and by_name.credit_code and by_name.credit_code != code:
        sentence = gettext("the unit is registered with another credit code (%(code)s)", code=by_name.credit_code)
        checker.wrong("credit_code", sentence)
    return by_code or by_name


def _changes(unit: Unit, values: dict[str, Any], known: Known) -> list[tuple[str, str, str]]:
    names = {other.id: other.name for other in known.recommending.values()}
    headers = {column.key: str(column.header) for column in COLUMNS}
    if rules.fold(values.get("name", "")) == rules.fold(unit.name):
        values.pop("name", None)  # brackets of another width are no other name
    found = []
    for key, value in values.items():
        before = getattr(unit, key)
        if before != value:
            header = headers.get(key.removesuffix("_id"), key)
            found.append((header, _words(key, before, names), _words(key, value, names)))
    return found


def _words(key: str, value: Any, names: dict[UUID, str]) -> str:
    if key == "recommending_unit_id":
        return names.get(value, "")
    return {"region": REGIONS, "industry": INDUSTRIES}.get(key, {}).get(value, value or "")


def _refuse_twice(checker: Checker, row: PlannedRow, seen: dict[str, int]) -> None:
    keys = {"name": rules.fold(checker.get("name")), "credit_code": row.values.get("credit_code", "")}
    for column, key in keys.items():
        if key and key in seen:
            checker.wrong(column, gettext("stands already in row %(row)s", row=seen[key]))
        elif key:
            seen[key] = row.number


def apply_units(session: Session, plan: Plan, *, by: Actor, at: datetime) -> int:
    """Write what the plan says, all or nothing; return how many rows were written."""
    plan.require_sound()
    service.register_units(session, [row.values for row in plan.in_state(RowState.NEW)], by=by, at=at)
    for row in plan.in_state(RowState.CHANGED):
        assert row.target is not None
        service.update_unit(session, session.get_one(Unit, row.target), row.values, by=by, at=at)
    if plan.writes:
        detail = {"new": plan.count(RowState.NEW), "changed": plan.count(RowState.CHANGED)}
        audit.record(session, UnitAct.IMPORTED, by=by, at=at, detail=detail)
        session.flush()
    return plan.writes
