"""The lists of those who look at entries: the queue of the formal check, the desk of a recommending unit."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from judging.editions.models import Edition, Track
from judging.entries import queries, rules
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus
from judging.foundation.errors import NotFound
from judging.units.models import RecommendingUnit, Unit
from judging.web.pagination import contains

SORTS = {
    "code": (Entry.code, Entry.id),
    "title": (Entry.title, Entry.id),
    "unit": (Unit.name, Entry.code),
    "region": (Unit.region, Entry.code),
    "recommending_unit": (RecommendingUnit.code, Entry.recommended_rank, Entry.code),
    "status": (Entry.status, Entry.code),
    "submitted": (Entry.submitted_at, Entry.code),
}


def check_queue(
    edition: Edition,
    *,
    text: str = "",
    track_id: UUID | None = None,
    recommending_unit_id: UUID | None = None,
    region: str = "",
    status: EntryStatus | None = None,
    lacks: str = "",
    place: str = "",
) -> sa.Select[Entry]:
    """Return the query of the edition's entries with the filters of the list; drafts only when asked for."""
    query = (
        sa.select(Entry)
        .join(Entry.unit)
        .outerjoin(Entry.recommending_unit)
        .options(contains_eager(Entry.unit), contains_eager(Entry.recommending_unit))
        .options(joinedload(Entry.track), selectinload(Entry.attachments))
        .where(Entry.edition_id == edition.id)
    )
    query = query.where(Entry.status == status) if status else query.where(Entry.status != EntryStatus.DRAFT)
    if text:
        query = query.where(contains(text, Entry.title, Entry.code, Entry.group_name, Unit.name))
    for column, wanted in (
        (Entry.track_id, track_id),
        (Entry.recommending_unit_id, recommending_unit_id),
        (Unit.region, region),
    ):
        if wanted:
            query = query.where(column == wanted)
    if lacks:
        query = query.where(_lacks(edition, lacks))
    if place:
        query = query.where(Entry.status == EntryStatus.SUBMITTED, _lies_with(edition, place))
    return query


def _lacks(edition: Edition, what: str) -> sa.ColumnElement[bool]:
    kinds = [kind for kind in AttachmentKind if what in ("files", kind.value)]
    needed = {track.id: rules.required_files(track) for track in edition.tracks}
    if what != "files":
        return sa.or_(sa.false(), *[~_has(kind) for kind in kinds])
    return sa.or_(
        sa.false(),
        *[
            sa.and_(Entry.track_id.in_([track for track, wanted in needed.items() if kind in wanted]), ~_has(kind))
            for kind in kinds
        ],
    )


def _has(kind: AttachmentKind) -> sa.ColumnElement[bool]:
    here = sa.and_(Attachment.entry_id == Entry.id, Attachment.kind == kind, Attachment.replaced_at.is_(None))
    return sa.exists().where(here)


def _lies_with(edition: Edition, place: str) -> sa.ColumnElement[bool]:
    via = [track.id for track in edition.tracks if track.via_recommending_unit]
    waits = sa.and_(Entry.track_id.in_(via), Entry.recommending_unit_id.is_not(None), Entry.recommended_at.is_(None))
    return waits if place == "recommender" else ~waits


def next_to_check(session: Session, edition: Edition, entry: Entry) -> Entry | None:
    """Return the entry to look at after this one: the next by number that waits for the secretariat, then the first."""
    waiting = check_queue(edition, status=EntryStatus.SUBMITTED, place="secretariat").where(Entry.id != entry.id)
    later = waiting.order_by(Entry.code).where(Entry.code > entry.code).limit(1)
    return session.scalar(later) or session.scalar(waiting.order_by(Entry.code).limit(1))


def waiting_count(session: Session, edition: Edition) -> int:
    """Return how many entries wait for the secretariat's verdict."""
    waiting = check_queue(edition, status=EntryStatus.SUBMITTED, place="secretariat").options()
    return session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


def regions_of(session: Session, edition: Edition) -> list[str]:
    """Return the regions from which entries have come."""
    query = sa.select(Unit.region).join(Entry, Entry.unit_id == Unit.id).where(Entry.edition_id == edition.id)
    return list(session.scalars(query.distinct().order_by(Unit.region)))


def recommenders_of(session: Session, edition: Edition) -> list[RecommendingUnit]:
    """Return the recommending units through which entries come."""
    here = sa.select(Entry.recommending_unit_id).where(Entry.edition_id == edition.id)
    query = sa.select(RecommendingUnit).where(RecommendingUnit.id.in_(here)).order_by(RecommendingUnit.code)
    return list(session.scalars(query))


def entries_by_id(session: Session, edition: Edition, entry_ids: Collection[UUID]) -> list[Entry]:
    """Return these entries of the edition with all that a verdict looks at."""
    wanted = sa.and_(Entry.edition_id == edition.id, Entry.id.in_(entry_ids))
    return list(session.scalars(sa.select(Entry).where(wanted).options(*queries.whole()).order_by(Entry.code)))


def exported(session: Session, query: sa.Select[Entry], order: Sequence[sa.ColumnElement[object]]) -> list[Entry]:
    """Return all entries of a list, with their teams."""
    return list(session.scalars(query.options(selectinload(Entry.members)).order_by(None).order_by(*order)))


def recommended_by(session: Session, edition: Edition, unit: RecommendingUnit, track: Track) -> list[Entry]:
    """Return the entries of a recommending unit in a track, ranked ones first, drafts last."""
    mine = sa.and_(Entry.edition_id == edition.id, Entry.track_id == track.id, Entry.recommending_unit_id == unit.id)
    order = (Entry.recommended_rank.is_(None), Entry.recommended_rank, Entry.code)
    return list(session.scalars(sa.select(Entry).where(mine).options(*queries.whole()).order_by(*order)))


def count_on_lists(session: Session, edition: Edition, unit: RecommendingUnit) -> int:
    """Return how many entries of all tracks stand on the lists of a recommending unit and are not yet sent."""
    here = sa.and_(Entry.edition_id == edition.id, Entry.recommending_unit_id == unit.id)
    ranked = sa.and_(Entry.status == EntryStatus.SUBMITTED, Entry.recommended_rank.is_not(None))
    return session.scalar(sa.select(sa.func.count(Entry.id)).where(here, ranked, Entry.recommended_at.is_(None))) or 0


def count_by_recommender(session: Session, edition: Edition) -> dict[tuple[UUID, UUID], int]:
    """Return how many entries stand on the list of a recommending unit in a track, sent or not."""
    listed = sa.and_(Entry.status == EntryStatus.SUBMITTED, Entry.recommended_rank.is_not(None))
    sent = sa.and_(Entry.recommended_at.is_not(None), Entry.status != EntryStatus.WITHDRAWN)
    query = (
        sa.select(Entry.recommending_unit_id, Entry.track_id, sa.func.count(Entry.id))
        .where(Entry.edition_id == edition.id, Entry.recommending_unit_id.is_not(None), sa.or_(listed, sent))
        .group_by(Entry.recommending_unit_id, Entry.track_id)
    )
    return {(unit_id, track_id): number for unit_id, track_id, number in session.execute(query) if unit_id}


def recommender_entry(session: Session, edition: Edition, unit: RecommendingUnit, entry_id: UUID) -> Entry:
    """Return an entry that lies with, or went through, this recommending unit; any other is simply not found."""
    mine = sa.and_(Entry.edition_id == edition.id, Entry.id == entry_id, Entry.recommending_unit_id == unit.id)
    query = sa.select(Entry).where(mine, Entry.status != EntryStatus.DRAFT).options(*queries.whole())
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def work_of_unit(session: Session, edition_id: UUID, unit_id: UUID) -> list[Entry]:
    """Return what a unit has put forward in an edition, drafts too."""
    mine = sa.and_(Entry.edition_id == edition_id, Entry.unit_id == unit_id)
    return list(session.scalars(sa.select(Entry).where(mine).options(joinedload(Entry.track)).order_by(Entry.code)))
