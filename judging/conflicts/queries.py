"""Reading conflicts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from judging.accounts.models import User
from judging.conflicts.detection import Detected
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.conflicts.rules import NobodyTakesPart
from judging.editions.models import Edition
from judging.entries.models import Entry, EntryStatus
from judging.foundation.errors import NotFound
from judging.foundation.spreadsheets import tidy
from judging.judges.models import Judge
from judging.units.models import Membership, Unit
from judging.units.rules import fold
from judging.web.pagination import contains

BARRING = (ConflictStatus.PENDING, ConflictStatus.STANDING)
TAKING_PART = (EntryStatus.SUBMITTED, EntryStatus.RETURNED, EntryStatus.ACCEPTED)


def barred(session: Session, edition_id: UUID) -> set[tuple[UUID, UUID]]:
    """Return the pairs (judge, entry) that must not meet; waived conflicts do not bar, undecided ones do.

    What a judge's own account puts forward bars always, detected or not: the judge sees there whose it is.
    """
    bars = sa.and_(Conflict.edition_id == edition_id, Conflict.status.in_(BARRING), Conflict.judge_id.is_not(None))
    direct = sa.select(Conflict.judge_id, Conflict.entry_id).where(bars, Conflict.entry_id.is_not(None))
    same_unit = sa.and_(Entry.unit_id == Conflict.unit_id, Entry.edition_id == Conflict.edition_id)
    by_unit = sa.select(Conflict.judge_id, Entry.id).join(Entry, same_unit).where(bars)
    own = _own().with_only_columns(Judge.id, Entry.id).where(Entry.edition_id == edition_id)
    return {(judge, entry) for query in (direct, by_unit, own) for judge, entry in session.execute(query)}  # type: ignore[misc]


def key(column: sa.ColumnElement[Any] | sa.orm.InstrumentedAttribute[Any]) -> sa.Label[str]:
    """Return an id as the database's own text: hundreds of thousands of them are read far quicker than as objects."""
    return sa.cast(column, sa.String(36)).label(None)


def barring_rows(session: Session, edition_id: UUID) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what bars as (judge, entry) and as (judge, unit), by their keys, without going through a unit's entries."""
    bars = sa.and_(Conflict.edition_id == edition_id, Conflict.status.in_(BARRING), Conflict.judge_id.is_not(None))
    own = _own().with_only_columns(key(Judge.id), key(Entry.id)).where(Entry.edition_id == edition_id)
    direct = sa.select(key(Conflict.judge_id), key(Conflict.entry_id)).where(bars, Conflict.entry_id.is_not(None))
    by_unit = sa.select(key(Conflict.judge_id), key(Conflict.unit_id)).where(bars, Conflict.unit_id.is_not(None))
    entries = [(judge, one) for query in (direct, own) for judge, one in session.execute(query)]
    return entries, [(judge, one) for judge, one in session.execute(by_unit)]


def _own() -> sa.Select[Any]:
    """Return the query for judges and the entries that their own accounts see with their names."""
    sees = sa.or_(Entry.unit_id == Membership.unit_id, Entry.recommending_unit_id == Membership.recommending_unit_id)
    return sa.select(Judge.id).join(Membership, Membership.user_id == Judge.user_id).join(Entry, sees)


def spoken_for(session: Session) -> set[tuple[UUID, UUID]]:
    """Return the pairs (judge, unit or recommending unit) where the judge's account speaks for it."""
    query = sa.select(Judge.id, Membership.unit_id, Membership.recommending_unit_id)
    rows = session.execute(query.join(Membership, Membership.user_id == Judge.user_id)).all()
    return {(judge, side) for judge, unit, recommending in rows if (side := unit or recommending) is not None}


def is_barred(session: Session, edition_id: UUID, judge_id: UUID, entry_id: sa.ScalarSelect[UUID]) -> bool:
    """Say whether a judge and an entry, told as the query that finds it, must not meet."""
    unit_id = sa.select(Entry.unit_id).where(Entry.id == entry_id, Entry.edition_id == edition_id).scalar_subquery()
    query = sa.select(Conflict.id).where(
        Conflict.edition_id == edition_id,
        Conflict.judge_id == judge_id,
        Conflict.status.in_(BARRING),
        sa.or_(Conflict.entry_id == entry_id, Conflict.unit_id == unit_id),
    )
    own = _own().where(Judge.id == judge_id, Entry.id == entry_id)
    return bool(session.scalar(sa.select(sa.or_(query.exists(), own.exists()))))


def conflict_by_id(session: Session, edition: Edition, conflict_id: UUID) -> Conflict:
    """Return a conflict of this edition with what it is about, or refuse."""
    query = (
        sa.select(Conflict)
        .where(Conflict.id == conflict_id, Conflict.edition_id == edition.id)
        .options(
            joinedload(Conflict.judge),
            joinedload(Conflict.unit),
            joinedload(Conflict.entry).joinedload(Entry.unit),
        )
        .execution_options(populate_existing=True)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def detected(session: Session, edition_id: UUID) -> dict[Detected, tuple[UUID, ConflictStatus]]:
    """Return what was detected before, whatever was decided about it: its id and state, without making rows of it."""
    found = sa.and_(Conflict.edition_id == edition_id, Conflict.kind == ConflictKind.DETECTED)
    columns = (Conflict.judge_id, Conflict.unit_id, Conflict.entry_id, Conflict.basis, Conflict.id, Conflict.status)
    return {
        Detected(judge, unit, entry, basis): (id_, status)
        for judge, unit, entry, basis, id_, status in session.execute(sa.select(*columns).where(found))
        if judge is not None  # only a request may lack its judge
    }


def of_judge(session: Session, edition_id: UUID, judge_id: UUID, kind: ConflictKind) -> list[Conflict]:
    """Return a judge's conflicts of one kind, newest first."""
    query = (
        sa.select(Conflict)
        .where(Conflict.edition_id == edition_id, Conflict.judge_id == judge_id, Conflict.kind == kind)
        .options(joinedload(Conflict.unit), joinedload(Conflict.judge))
    )
    return list(session.scalars(query.order_by(Conflict.created_at.desc(), Conflict.id)))


def of_entry(session: Session, entry_id: UUID) -> list[Conflict]:
    """Return what an entrant requested for an entry, newest first."""
    query = sa.select(Conflict).where(Conflict.entry_id == entry_id, Conflict.kind == ConflictKind.REQUESTED)
    return list(session.scalars(query.order_by(Conflict.created_at.desc(), Conflict.id)))


def units_taking_part(session: Session, edition_id: UUID, text: str = "", limit: int | None = None) -> list[Unit]:
    """Return the units with entries in an edition by name: what a judge may know before declaring."""
    part = sa.exists().where(Entry.unit_id == Unit.id, Entry.edition_id == edition_id, Entry.status.in_(TAKING_PART))
    query = sa.select(Unit).where(part).order_by(Unit.name)
    if text:
        query = query.where(contains(text, Unit.name))
    return list(session.scalars(query.limit(limit) if limit else query))


def unit_taking_part(session: Session, edition_id: UUID, unit_id: UUID) -> Unit:
    """Return a unit that has entries in the edition, or refuse."""
    found = next((unit for unit in units_taking_part(session, edition_id) if unit.id == unit_id), None)
    if found is None:
        raise NotFound
    return found


def names_taking_part(session: Session, edition_id: UUID) -> list[tuple[str, str]]:
    """Return what the secretariat may type for an entry or a unit, with a word about it, to choose from."""
    units = [(unit.name, "") for unit in units_taking_part(session, edition_id)]
    query = sa.select(Entry.code, Entry.title).where(Entry.edition_id == edition_id, Entry.status.in_(TAKING_PART))
    return units + [(code, title) for code, title in session.execute(query.order_by(Entry.code))]


def named_in_edition(session: Session, edition_id: UUID, text: str) -> tuple[Unit | None, Entry | None]:
    """Return the entry of a code, or else the unit of a name (whatever its width and case), that takes part."""
    part = sa.and_(Entry.edition_id == edition_id, Entry.status.in_(TAKING_PART))
    entry = session.scalar(sa.select(Entry).where(part, sa.func.upper(Entry.code) == tidy(text).upper()))
    if entry is not None:
        return None, entry
    unit = next((one for one in units_taking_part(session, edition_id) if fold(one.name) == fold(text)), None)
    if unit is None:
        raise NobodyTakesPart(name=text)
    return unit, None


def own_entry(session: Session, edition: Edition, entry_id: UUID, unit_ids: Iterable[UUID]) -> Entry:
    """Return an entry of these units; somebody else's is simply not found."""
    mine = sa.and_(Entry.id == entry_id, Entry.edition_id == edition.id, Entry.unit_id.in_(list(unit_ids)))
    found = session.scalar(sa.select(Entry).where(mine))
    if found is None:
        raise NotFound
    return found


def entries_taking_part(session: Session, edition_id: UUID) -> list[Entry]:
    """Return the entries that may be judged, with unit and recommending unit."""
    query = (
        sa.select(Entry)
        .where(Entry.edition_id == edition_id, Entry.status.in_(TAKING_PART))
        .options(joinedload(Entry.unit), joinedload(Entry.recommending_unit))
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of conflicts is filtered by."""

    text: str = ""
    kind: ConflictKind | None = None
    basis: ConflictBasis | None = None
    status: ConflictStatus | None = None
    judge_id: UUID | None = None


def listed(edition_id: UUID, wanted: Wanted) -> sa.Select[Any]:
    """Return the query of the organizer's list, with judge, unit and entry loaded."""
    entry_unit = sa.orm.aliased(Unit)
    query = (
        sa.select(Conflict)
        .outerjoin(Judge, Judge.id == Conflict.judge_id)
        .outerjoin(Unit, Unit.id == Conflict.unit_id)
        .outerjoin(Entry, Entry.id == Conflict.entry_id)
        .outerjoin(entry_unit, entry_unit.id == Entry.unit_id)
        .where(Conflict.edition_id == edition_id)
        .options(
            joinedload(Conflict.judge),
            joinedload(Conflict.unit),
            joinedload(Conflict.entry).joinedload(Entry.unit),
        )
    )
    if wanted.text:
        columns = (Judge.name, Judge.code, Unit.name, entry_unit.name, Entry.title, Entry.code, Conflict.named)
        query = query.where(contains(wanted.text, *columns))
    conditions = {
        Conflict.kind: wanted.kind,
        Conflict.basis: wanted.basis,
        Conflict.status: wanted.status,
        Conflict.judge_id: wanted.judge_id,
    }
    return query.where(*[column == value for column, value in conditions.items() if value is not None])


def counts(session: Session, edition_id: UUID) -> dict[ConflictStatus, int]:
    """Return how many conflicts stand where."""
    query = sa.select(Conflict.status, sa.func.count()).where(Conflict.edition_id == edition_id)
    return dict(session.execute(query.group_by(Conflict.status)).all())


def counts_by_kind(session: Session, edition_id: UUID) -> dict[ConflictKind, int]:
    """Return how many conflicts of each kind bar now."""
    bars = sa.and_(Conflict.edition_id == edition_id, Conflict.status.in_(BARRING))
    query = sa.select(Conflict.kind, sa.func.count()).where(bars).group_by(Conflict.kind)
    return dict(session.execute(query).all())


def deciders_of(session: Session, conflicts: Iterable[Conflict]) -> dict[UUID, str]:
    """Return the names of those who decided about some conflicts."""
    ids = {conflict.decided_by_id for conflict in conflicts if conflict.decided_by_id}
    return dict(session.execute(sa.select(User.id, User.name).where(User.id.in_(ids))).all()) if ids else {}


def barring_of_judges(session: Session, edition_id: UUID, judge_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many conflicts bar each of some judges."""
    wanted = list(judge_ids)
    query = sa.select(Conflict.judge_id, sa.func.count()).where(
        Conflict.edition_id == edition_id, Conflict.judge_id.in_(wanted), Conflict.status.in_(BARRING)
    )
    return {judge: number for judge, number in session.execute(query.group_by(Conflict.judge_id)) if judge}
