"""Judges who coached units: read from Excel or typed, and recorded as conflicts with all entries of these units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.conflicts import rules, service
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind
from judging.editions.models import Edition
from judging.foundation.audit import Actor
from judging.foundation.errors import DomainError
from judging.foundation.spreadsheets import Column, template
from judging.judges.models import Judge
from judging.units.models import Unit
from judging.units.rules import fold
from judging.web.imports import Checker, Plan, PlannedRow, RowState, rows_of

COLUMNS = (
    Column("code", _l("Number in the bank"), 14, aliases=("编号", "专家编号", "评委编号", "Number in the bank")),
    Column("name", _l("Name"), 12, aliases=("姓名", "专家姓名", "评委", "Name")),
    Column("units", _l("Units coached"), 60, required=True, aliases=("辅导过的单位", "辅导单位", "Units coached")),
    Column("reason", _l("Reason"), 40, aliases=("说明", "备注", "理由", "Reason")),
)
_BETWEEN = re.compile(r"[、；;\n]+")
_MOST = 1000


class UnknownUnits(DomainError):
    """What was typed names no registered unit."""

    message = _l("No unit is registered under these names: %(names)s. Please give full names.")


def coached_template() -> bytes:
    """Return an empty workbook to fill."""
    sample = {"code": "ZJ0001", "name": "张三", "units": "某某制造有限公司、某某医院", "reason": "2021年授课辅导"}
    note = gettext(
        "Judges are recognised by their number in the bank, else by a name that only one has.\n"
        "Several units stand in one cell with 、 or ； between them, each with its full name. A list of the expert bank "
        "with a column “Units coached” can be read too."
    )
    return template(gettext("Units coached"), COLUMNS, [sample], note=note)


@dataclass(slots=True)
class Known:
    """Judges, units and what has been recorded, read once for a whole workbook."""

    by_code: dict[str, Judge]
    by_name: dict[str, list[Judge]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    recorded: set[tuple[UUID, UUID]] = field(default_factory=set)

    @classmethod
    def load(cls, session: Session, edition: Edition) -> "Known":
        """Read them."""
        judges = list(session.scalars(sa.select(Judge).order_by(Judge.code)))
        known = cls({judge.code.upper(): judge for judge in judges})
        for judge in judges:
            known.by_name.setdefault(fold(judge.name), []).append(judge)
        known.units = {fold(unit.name): unit for unit in session.scalars(sa.select(Unit))}
        same = sa.and_(Conflict.kind == ConflictKind.RECORDED, Conflict.basis == ConflictBasis.COACHED)
        query = sa.select(Conflict.judge_id, Conflict.unit_id).where(Conflict.edition_id == edition.id, same)
        known.recorded = {(judge, unit) for judge, unit in session.execute(query) if judge and unit}
        return known

    def split(self, text: str) -> tuple[list[Unit], list[str]]:
        """Return the registered units that a text names, and the names that nobody is registered under."""
        names = [name.strip() for name in _BETWEEN.split(text) if name.strip()]
        found = {fold(name): self.units[fold(name)] for name in names if fold(name) in self.units}
        return list(found.values()), [name for name in names if fold(name) not in self.units]


def plan_coached(session: Session, edition: Edition, content: bytes) -> Plan:
    """Return what importing this workbook would record: one row for each judge and unit."""
    rules.require_gathering(edition)
    rows, skipped = rows_of(content, COLUMNS)
    known, plan = Known.load(session, edition), Plan([], [], skipped)
    seen: set[tuple[UUID, UUID]] = set()
    for row in rows:
        checker = Checker(row, COLUMNS)
        if not checker.get("units"):
            continue  # a bank's list has judges who coached nobody
        judge = _judge(checker, known)
        units, unknown = known.split(checker.get("units"))
        plan.skipped += [(row.number, gettext("“%(name)s” is not registered", name=name[:60])) for name in unknown]
        plan.errors += checker.errors
        if judge is None:
            label = f"{checker.get('code')} {checker.get('name')}".strip()
            plan.rows.append(PlannedRow(row.number, label, RowState.WRONG))
            continue
        for unit in units:
            if (judge.id, unit.id) not in seen:
                seen.add((judge.id, unit.id))
                plan.rows.append(_row(row.number, judge, unit, checker.get("reason"), known))
    return plan


def _judge(checker: Checker, known: Known) -> Judge | None:
    code, name = checker.get("code").upper(), checker.get("name")
    if code:
        if code not in known.by_code:
            checker.wrong("code", gettext("“%(value)s” is not in the list", value=code[:40]))
        return known.by_code.get(code)
    found = known.by_name.get(fold(name), []) if name else []
    if len(found) == 1:
        return found[0]
    if found:
        checker.wrong("name", gettext("several judges are called “%(name)s”; please give the bank number", name=name))
    else:
        checker.wrong("name", gettext("“%(value)s” is not in the list", value=name[:40]))
    return None


def _row(number: int, judge: Judge, unit: Unit, reason: str, known: Known) -> PlannedRow:
    there = (judge.id, unit.id) in known.recorded
    row = PlannedRow(number, f"{judge.code} {judge.name}", RowState.SAME if there else RowState.NEW)
    row.changes = [] if there else [(gettext("Must not judge"), "", unit.name)]
    row.target, row.values = judge.id, {"unit": unit.id, "reason": reason}
    return row


def apply_coached(session: Session, edition: Edition, plan: Plan, *, by: Actor, at: datetime) -> int:
    """Record what the plan says, all or nothing; it bars at once. Return how many conflicts are new."""
    plan.require_sound()
    for row in plan.in_state(RowState.NEW):
        judge, unit = session.get_one(Judge, row.target), session.get_one(Unit, row.values["unit"])
        _record(session, edition, judge, unit, row.values["reason"], by=by, at=at)
    return plan.writes


def record_coached(
    session: Session, edition: Edition, judge: Judge, text: str, *, reason: str, by: Actor, at: datetime
) -> int:
    """Record that a judge coached the units a text names; what is recorded already is no error. Return how many are new."""
    known = Known.load(session, edition)
    units, unknown = known.split(text)
    if unknown or not units:
        raise UnknownUnits(names="、".join(unknown) or "–")
    new = [unit for unit in units if (judge.id, unit.id) not in known.recorded]
    _record_all(session, edition, judge, new, reason, by=by, at=at)
    return len(new)


def _record_all(
    session: Session, edition: Edition, judge: Judge, units: Iterable[Unit], reason: str, *, by: Actor, at: datetime
) -> None:
    for unit in units:
        _record(session, edition, judge, unit, reason, by=by, at=at)


def _record(
    session: Session, edition: Edition, judge: Judge, unit: Unit, reason: str, *, by: Actor, at: datetime
) -> None:
    told = reason.strip()[:_MOST] or gettext("Coached this unit, by the secretariat's list")
    service.record(session, edition, judge, unit=unit, basis=ConflictBasis.COACHED, reason=told, by=by, at=at)
