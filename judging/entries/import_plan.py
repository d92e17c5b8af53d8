"""What importing a workbook of entries would do: every row compared with the database, every error in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.editions.models import Edition, Track
from judging.entries import rules, sheets
from judging.entries.models import Entry, EntryStatus, TopicType
from judging.foundation.spreadsheets import Column
from judging.units import sheets as unit_sheets
from judging.units.models import RecommendingUnit, Unit
from judging.units.rules import NotOneOfYours, fold
from judging.units.sheets import Known
from judging.web.filters import format_date, plain_number
from judging.web.forms import lower
from judging.web.imports import Checker, Plan, PlannedRow, RowState, rows_of

LIMITS = {
    "title": 120,
    "keywords": 200,
    "abstract": rules.ABSTRACT_MAX,
    "methods": 300,
    "target": 200,
    "reached": 200,
    "intangible_benefit": 2_000,
    "group_name": 80,
    "group_number": 40,
    "presenter": 60,
    "contact_name": 60,
    "contact_phone": 20,
    "contact_email": 254,
    "name": 120,
}
TEXTS = (
    "title",
    "keywords",
    "abstract",
    "methods",
    "target",
    "reached",
    "intangible_benefit",
    "group_name",
    "group_number",
    "presenter",
    "contact_name",
)
UNIT_FIELDS = ("name", "credit_code", "region", "industry", "recommending_unit_id")
OPEN = (EntryStatus.DRAFT, EntryStatus.RETURNED, EntryStatus.SUBMITTED)


@dataclass(slots=True)
class Desk:
    """Who imports what, and what the database holds already, loaded once for the whole workbook."""

    track: Track
    columns: tuple[Column, ...]
    recommending_unit: RecommendingUnit | None
    hand_in: bool
    units: Known
    by_code: dict[str, Entry]
    by_title: dict[tuple[str, str], Entry]
    new_units: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def load(
        cls, session: Session, edition: Edition, track: Track, recommending_unit: RecommendingUnit | None, hand_in: bool
    ) -> "Desk":
        """Read units, recommending units and the track's entries, in a fixed number of queries."""
        mine = sa.and_(Entry.edition_id == edition.id, Entry.track_id == track.id)
        entries = session.scalars(
            sa.select(Entry).where(mine).options(joinedload(Entry.unit), selectinload(Entry.members))
        ).all()
        standing = [entry for entry in entries if entry.status is not EntryStatus.WITHDRAWN]
        return cls(
            track=track,
            columns=sheets.import_columns(track, recommending_unit),
            recommending_unit=recommending_unit,
            hand_in=hand_in,
            units=Known.load(session),
            by_code={entry.code: entry for entry in entries if _visible(entry, recommending_unit)},
            by_title={(fold(entry.unit.name), fold(entry.title)): entry for entry in standing if entry.title},
        )


def _visible(entry: Entry, recommending_unit: RecommendingUnit | None) -> bool:
    return recommending_unit is None or entry.recommending_unit_id == recommending_unit.id


def plan_entries(
    session: Session,
    edition: Edition,
    track: Track,
    content: bytes,
    *,
    recommending_unit: RecommendingUnit | None = None,
    hand_in: bool = False,
) -> Plan:
    """Return what importing this workbook into a track would do; a recommending unit may only bring its own units."""
    desk = Desk.load(session, edition, track, recommending_unit, hand_in)
    rows, skipped = rows_of(content, desk.columns)
    checkers = [Checker(row, desk.columns) for row in rows]
    for checker in checkers:
        _gather_unit(checker, desk)
    plan = Plan([], [], skipped)
    for checker in checkers:
        planned = _plan_row(checker, desk)
        if checker.errors:
            planned.state = RowState.WRONG
            plan.errors += checker.errors
        plan.rows.append(planned)
    return plan


def _gather_unit(checker: Checker, desk: Desk) -> None:
    """Collect what the rows of one new unit say about it together: often only the first row is complete."""
    values = {key: value for key, value in unit_sheets.unit_values(checker, desk.units).items() if value}
    name = fold(checker.get("name"))
    if name and unit_sheets.existing_unit(checker, values, desk.units) is None:
        known = desk.new_units.setdefault(name, {})
        contact = {key: values[key] for key in ("contact_name", "contact_phone", "contact_email") if key in values}
        for key, value in ({key: values[key] for key in UNIT_FIELDS if key in values} | contact).items():
            known.setdefault(key, value)


def _plan_row(checker: Checker, desk: Desk) -> PlannedRow:
    checker.need("name", "title")
    checker.limit(LIMITS)
    label = " · ".join(filter(None, (checker.get("name"), checker.get("title"))))
    row = PlannedRow(checker.row.number, label, RowState.NEW)
    row.values = {"fields": _fields(checker), "members": _members(checker), "unit": None, "unit_id": None}
    unit = _unit(checker, desk, row)
    entry = _existing(checker, desk, unit)
    _refuse_twice(checker, desk, entry)
    named = desk.track.via_recommending_unit and not checker.errors
    recommending = unit_sheets.recommending_unit_of(checker, desk.units) if named else None
    row.values["recommending_unit_id"] = recommending.id if recommending else None
    if entry is None:
        if desk.hand_in:
            _require_complete(checker, desk, row)
        return row
    row.target, row.changes = entry.id, _changes(entry, row.values, desk)
    row.state = RowState.CHANGED if row.changes else RowState.SAME
    if row.changes and (entry.status not in OPEN or entry.recommended_at is not None):
        state = entry.status.label if entry.recommended_at is None else gettext("recommended")
        checker.wrong(
            "title",
            gettext(
                "would change %(what)s, but the entry is in the state “%(state)s”",
                what="、".join(change[0] for change in row.changes),
                state=str(state),
            ),
        )
    return row


def _unit(checker: Checker, desk: Desk, row: PlannedRow) -> Unit | None:
    name = checker.get("name")
    code = _credit_code(checker, desk)
    unit = desk.units.by_name.get(fold(name)) or (desk.units.by_code.get(code) if code else None)
    mine = desk.recommending_unit
    if unit is not None:
        row.values["unit_id"] = unit.id
        if fold(unit.name) != fold(name):
            checker.wrong(
                "name", gettext("the credit code belongs to “%(name)s”; please write this name", name=unit.name)
            )
        if mine is not None and unit.recommending_unit_id != mine.id:
            checker.wrong("name", NotOneOfYours(name=name))
        if code and unit.credit_code is None:
            row.values["unit"] = {"credit_code": code}
        return unit
    draft = desk.new_units.get(fold(name))
    if draft is not None and name:
        _require_new_unit(checker, draft)
        row.values["unit"] = draft | ({"recommending_unit_id": mine.id} if mine is not None else {})
    return None


def _credit_code(checker: Checker, desk: Desk) -> str:
    known = len(checker.errors)
    code = unit_sheets.credit_code_of(checker)
    del checker.errors[known:]  # already said when the units were gathered
    return code


def _require_new_unit(checker: Checker, draft: Mapping[str, Any]) -> None:
    headers = {column.key: str(column.header) for column in sheets.IMPORT}
    wrong = {error.column for error in checker.errors}
    lacking = [key for key in ("credit_code", "region", "industry") if not draft.get(key) and headers[key] not in wrong]
    for key in lacking:
        checker.wrong(key, gettext("is empty, but the unit is not registered yet and needs it"))


def _fields(checker: Checker) -> dict[str, Any]:
    present = {column: checker.get(column) for column in checker.row.values}
    values: dict[str, Any] = {key: present[key] for key in TEXTS if present.get(key)}
    if present.get("contact_phone"):
        values["contact_phone"] = "".join(present["contact_phone"].replace("-", "").split())
    if present.get("contact_email"):
        values["contact_email"] = lower(present["contact_email"])
    for key, read in _READ.items():
        if present.get(key):
            values[key] = read(checker, key)
    return {key: value for key, value in values.items() if value is not None}


def _topic(checker: Checker, key: str) -> str | None:
    topic = sheets.topic_of(checker.get(key))
    if topic is None:
        names = "、".join(str(topic.label) for topic in TopicType)
        checker.wrong(key, gettext("“%(value)s” is none of: %(names)s", value=checker.get(key)[:40], names=names))
    return topic.value if topic else None


def _amount(checker: Checker, key: str) -> Any:
    amount = sheets.amount_of(checker.get(key))
    if amount is None:
        checker.wrong(key, gettext("“%(value)s” is no number", value=checker.get(key)[:40]))
    return amount


def _day(checker: Checker, key: str) -> Any:
    day = sheets.date_of(checker.get(key), numeric=key in checker.row.numeric)
    if day is None:
        checker.wrong(
            key, gettext("“%(value)s” is no date; please write it like 2021-03-01", value=checker.get(key)[:40])
        )
    return day


_READ: dict[str, Callable[[Checker, str], Any]] = {
    "topic_type": _topic,
    "benefit": _amount,
    "active_from": _day,
    "active_until": _day,
}


def _members(checker: Checker) -> list[tuple[str, str]]:
    members = sheets.members_of(checker.get("members"))
    try:
        rules.require_team(members)
    except (rules.TooManyMembers, rules.MemberTwice) as refusal:
        checker.wrong("members", refusal)
    for name, _role in members:
        if len(name) > 60:
            checker.wrong(
                "members", gettext("“%(value)s” is too long for a name; please separate names by 、", value=name[:20])
            )
            break
    return members


def _existing(checker: Checker, desk: Desk, unit: Unit | None) -> Entry | None:
    code = checker.get("code")
    if code:
        entry = desk.by_code.get(code)
        if entry is None:
            checker.wrong(
                "code", gettext("no entry has the number “%(code)s”; for a new entry, leave it empty", code=code[:40])
            )
        elif unit is not None and entry.unit_id != unit.id:
            checker.wrong("name", gettext("the entry %(code)s belongs to “%(name)s”", code=code, name=entry.unit.name))
        return entry
    return desk.by_title.get((fold(checker.get("name")), fold(checker.get("title"))))


def _refuse_twice(checker: Checker, desk: Desk, entry: Entry | None) -> None:
    name, title = fold(checker.get("name")), fold(checker.get("title"))
    key = ("", str(entry.id)) if entry is not None else (name, title)
    if not all((name, title)):
        return
    if key in desk.seen:
        checker.wrong("title", gettext("the same entry stands already in row %(row)s", row=desk.seen[key]))
    desk.seen.setdefault(key, checker.row.number)


def _require_complete(checker: Checker, desk: Desk, row: PlannedRow) -> None:
    given = set(row.values["fields"]) | ({"members"} if row.values["members"] else set())
    wrong = {error.column for error in checker.errors}
    for item in rules.REQUIRED[desk.track.kind]:
        header = next((str(column.header) for column in desk.columns if column.key == item.field), "")
        if item.field not in rules.DECLARATIONS and item.field not in given and header not in wrong:
            checker.wrong(item.field, gettext("is empty, but needed to hand the entry in"))


def _changes(entry: Entry, values: Mapping[str, Any], desk: Desk) -> list[tuple[str, str, str]]:
    headers = {column.key: str(column.header) for column in desk.columns}
    found = [
        (headers[key], _words(key, getattr(entry, key)), _words(key, value))
        for key, value in values["fields"].items()
        if getattr(entry, key) != value
    ]
    if values["members"] and team_differs(entry, values["members"]):
        before = sheets.members_in_words([(member.name, member.role) for member in entry.members])
        found.append((headers["members"], before, sheets.members_in_words(values["members"])))
    names = {unit.id: unit.name for unit in desk.units.recommending.values()}
    wanted: UUID | None = values.get("recommending_unit_id")
    if wanted is not None and wanted != entry.recommending_unit_id:
        before = names.get(entry.recommending_unit_id, "") if entry.recommending_unit_id else ""
        found.append((headers["recommending_unit"], before, names[wanted]))
    if values["unit"]:
        found.append((headers["credit_code"], "", values["unit"]["credit_code"]))
    return found


def team_differs(entry: Entry, members: list[tuple[str, str]]) -> bool:
    """Say whether a cell names another team; a cell without roles does not take roles away."""
    present = [(member.name, member.role) for member in entry.members]
    if not any(role for _name, role in members):
        return [name for name, _role in present] != [name for name, _role in members]
    return present != members


def _words(key: str, value: Any) -> str:
    if key == "topic_type":
        topic = TopicType.of(value)
        return str(topic.label) if topic else ""
    if key == "benefit":
        return plain_number(value)
    if key in ("active_from", "active_until"):
        return format_date(value)
    text = str(value or "")
    return text if len(text) <= 80 else text[:80] + "…"
