"""What an import of a workbook does once it has been looked at: all of the plan, or nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.editions.models import Edition, Stage, Track
from judging.editions.rules import require_stage
from judging.entries import queries, rules
from judging.entries.import_plan import team_differs
from judging.entries.models import Entry, EntryStatus, TeamMember
from judging.entries.rules import EntryAct
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.units import service as units
from judging.units.models import Unit
from judging.units.rules import fold
from judging.web.imports import Plan, PlannedRow, RowState


def apply_entries(
    session: Session, edition: Edition, track: Track, plan: Plan, *, hand_in: bool = False, by: Actor, at: datetime
) -> int:
    """Register missing units, add new entries, change the others; return how many rows were written.

    `hand_in` counts new entries as submitted with their declarations: the sealed paper forms lie with who imports.
    """
    require_stage(edition, Stage.INTAKE)
    plan.require_sound()
    if not plan.writes:
        return 0
    made = _units(session, plan, by=by, at=at)
    _change(session, edition, plan.in_state(RowState.CHANGED), by=by, at=at)
    _add(session, edition, track, plan.in_state(RowState.NEW), made, hand_in=hand_in, by=by, at=at)
    session.flush()
    return plan.writes


def _units(session: Session, plan: Plan, *, by: Actor, at: datetime) -> dict[str, Unit]:
    missing: dict[str, dict[str, Any]] = {}
    filled: set[UUID] = set()
    for row in plan.rows:
        values, unit_id = row.values["unit"], row.values["unit_id"]
        if values and unit_id is None:
            missing.setdefault(fold(values["name"]), values)
        elif values and unit_id is not None and unit_id not in filled:
            units.update_unit(session, session.get_one(Unit, unit_id), values, by=by, at=at)
            filled.add(unit_id)
    return dict(zip(missing, units.register_units(session, list(missing.values()), by=by, at=at), strict=True))


def _add(
    session: Session,
    edition: Edition,
    track: Track,
    rows: list[PlannedRow],
    made: Mapping[str, Unit],
    *,
    hand_in: bool,
    by: Actor,
    at: datetime,
) -> None:
    known = {unit.id: unit for unit in session.scalars(sa.select(Unit))}
    session.execute(sa.select(Track.id).where(Track.id == track.id).with_for_update())
    prefix = f"{track.code}{edition.year}-"
    number = queries.last_number(session, edition.id, prefix)
    added = []
    for number, row in enumerate(rows, start=number + 1):  # noqa: B020  # the counter goes on from the last number
        unit_id = row.values["unit_id"]
        unit = known[unit_id] if unit_id else made[fold(row.values["unit"]["name"])]
        added.append(_entry(edition, track, unit, row, f"{prefix}{number:04d}", hand_in=hand_in, by=by, at=at))
    session.add_all(added)
    session.flush()
    for entry in added:
        _note(session, entry, by=by, at=at, detail={"unit": entry.unit.name, "status": entry.status.value})


def _entry(
    edition: Edition, track: Track, unit: Unit, row: PlannedRow, code: str, *, hand_in: bool, by: Actor, at: datetime
) -> Entry:
    recommending = row.values["recommending_unit_id"] or unit.recommending_unit_id
    contact = {key: getattr(unit, key) for key in ("contact_name", "contact_phone", "contact_email")}
    declared = dict.fromkeys(rules.DECLARATIONS, True) if hand_in else {}
    return Entry(
        edition_id=edition.id,
        track=track,
        unit=unit,
        recommending_unit_id=recommending if track.via_recommending_unit else None,
        code=code,
        status=EntryStatus.SUBMITTED if hand_in else EntryStatus.DRAFT,
        submitted_at=at if hand_in else None,
        created_by_id=by.id,
        created_at=at,
        changed_at=at,
        members=_team(row.values["members"]),
        attachments=[],
        **contact | row.values["fields"] | declared,
    )


def _team(members: list[tuple[str, str]]) -> list[TeamMember]:
    return [TeamMember(position=place, name=name, role=role) for place, (name, role) in enumerate(members, start=1)]


def _change(session: Session, edition: Edition, rows: list[PlannedRow], *, by: Actor, at: datetime) -> None:
    wanted = sa.and_(Entry.edition_id == edition.id, Entry.id.in_([row.target for row in rows]))
    query = sa.select(Entry).where(wanted).options(joinedload(Entry.unit), selectinload(Entry.members))
    entries = {entry.id: entry for entry in session.scalars(query)}
    for row in rows:
        assert row.target is not None
        entry, fields = entries[row.target], dict(row.values["fields"])
        if row.values["recommending_unit_id"]:
            fields["recommending_unit_id"] = row.values["recommending_unit_id"]
        changed = audit.changes({key: getattr(entry, key) for key in fields}, fields)
        for key in changed:
            setattr(entry, key, fields[key])
        if row.values["members"] and team_differs(entry, row.values["members"]):
            entry.members = _team(row.values["members"])
        entry.changed_at = at
        detail = {label: [before, after] for label, before, after in row.changes}
        _note(session, entry, by=by, at=at, detail=detail)


def _note(session: Session, entry: Entry, *, by: Actor, at: datetime, detail: dict[str, Any]) -> None:
    subject = f"{entry.code} {entry.title}".strip()
    audit.record(
        session,
        EntryAct.IMPORTED,
        by=by,
        at=at,
        subject_id=entry.id,
        subject=subject,
        scope_id=entry.edition_id,
        detail=detail,
    )
