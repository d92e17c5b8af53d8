"""What recommending units do: return, put in order, recommend as one sealed batch, recall it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage, Track
from judging.editions.rules import require_stage
from judging.entries import checks, queries
from judging.entries.models import Batch, Entry, EntryStatus
from judging.entries.rules import EntryAct
from judging.entries.service import letters
from judging.entries.service.drafting import edition_of, note
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.units.models import RecommendingUnit


def return_entry(
    session: Session, entry: Entry, *, reason: str, until: datetime | None, by: Actor, at: datetime, who: str = ""
) -> None:
    """Give an entry back to its unit with what to correct and until when; it leaves the list."""
    edition = edition_of(session, entry)
    require_stage(edition, Stage.INTAKE)
    checks.require_in_review(entry)
    if entry.recommended_at is not None:
        raise checks.BatchSealed
    checks.require_return(reason, until, at)
    entry = queries.entry_whole(session, entry)
    entry.status, entry.return_reason, entry.return_until = EntryStatus.RETURNED, reason.strip(), until
    entry.batch_id, entry.recommended_rank, entry.changed_at = None, None, at
    detail = {"until": until.isoformat() if until else ""}
    note(session, entry, EntryAct.RETURNED, by=by, at=at, reason=entry.return_reason, detail=detail)
    letters.tell_returned(session, entry, edition, who=who or by.name, at=at)


def rank_entries(
    session: Session,
    edition: Edition,
    recommending_unit: RecommendingUnit,
    track: Track,
    entry_ids: Sequence[UUID],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Put the list of a track in this order, best first; what is not named is left out of the list."""
    require_stage(edition, Stage.INTAKE)
    checks.require_unsealed(batch_of(session, edition, recommending_unit))
    known = {entry.id: entry for entry in _rankable(session, edition, recommending_unit, track)}
    checks.require_same(entry_ids, known)
    before = [entry.code for entry in sorted(_ranked(known.values()), key=_rank)]
    for entry in known.values():
        entry.recommended_rank = None
    for rank, entry_id in enumerate(entry_ids, start=1):
        known[entry_id].recommended_rank = rank
    after = [known[entry_id].code for entry_id in entry_ids]
    if before != after:
        detail = {"track": track.name, "order": ["、".join(before), "、".join(after)]}
        _note(session, edition, recommending_unit, EntryAct.RANKED, by=by, at=at, detail=detail)
    session.flush()


def seal_batch(
    session: Session, edition: Edition, recommending_unit: RecommendingUnit, *, opinion: str, by: Actor, at: datetime
) -> Batch:
    """Recommend all entries on the lists, in their order, as one batch that nobody changes any more."""
    require_stage(edition, Stage.INTAKE)
    batch = batch_of(session, edition, recommending_unit)
    checks.require_unsealed(batch)
    if len(opinion.strip()) < 2:
        raise checks.OpinionMissing
    listed = _listed(session, edition, recommending_unit)
    if batch is None:
        batch = Batch(edition_id=edition.id, recommending_unit_id=recommending_unit.id)
        session.add(batch)
    batch.opinion, batch.sealed_at, batch.sealed_by_id = opinion.strip(), at, by.id
    session.flush()
    for entry in listed:
        entry.batch_id, entry.recommended_at, entry.changed_at = batch.id, at, at
        detail = {"rank": entry.recommended_rank}
        note(session, entry, EntryAct.RECOMMENDED, by=by, at=at, detail=detail)
    _note(session, edition, recommending_unit, EntryAct.BATCH_SEALED, by=by, at=at, detail={"entries": len(listed)})
    return batch


def recall_batch(session: Session, batch: Batch, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a sealed batch back while intake runs and nothing in it has been decided on; the order is kept."""
    edition = session.get_one(Edition, batch.edition_id)
    require_stage(edition, Stage.INTAKE)
    if batch.sealed_at is None:
        raise checks.BatchNotSealed
    entries = list(session.scalars(sa.select(Entry).where(Entry.batch_id == batch.id)))
    decided = [entry for entry in entries if entry.verdict is not None]
    if decided:
        raise checks.BatchAlreadyChecked(count=len(decided))
    batch.sealed_at, batch.sealed_by_id = None, None
    for entry in entries:
        entry.batch_id, entry.recommended_at, entry.changed_at = None, None, at
        note(session, entry, EntryAct.RECALLED, by=by, at=at, reason=reason)
    unit = session.get_one(RecommendingUnit, batch.recommending_unit_id)
    _note(session, edition, unit, EntryAct.BATCH_RECALLED, by=by, at=at, reason=reason)


def batch_of(session: Session, edition: Edition, recommending_unit: RecommendingUnit) -> Batch | None:
    """Return the batch of a recommending unit in an edition, sealed or recalled, once there is one."""
    mine = sa.and_(Batch.edition_id == edition.id, Batch.recommending_unit_id == recommending_unit.id)
    return session.scalar(sa.select(Batch).where(mine))


def _listed(session: Session, edition: Edition, recommending_unit: RecommendingUnit) -> list[Entry]:
    listed: list[Entry] = []
    for track in edition.tracks:
        ranked = sorted(_ranked(_rankable(session, edition, recommending_unit, track)), key=_rank)
        checks.require_quota(track, recommending_unit, len(ranked))
        listed += ranked
    if not listed:
        raise checks.NothingToRecommend
    return listed


def _rankable(session: Session, edition: Edition, recommending_unit: RecommendingUnit, track: Track) -> list[Entry]:
    if not track.via_recommending_unit:
        return []
    query = sa.select(Entry).where(
        Entry.edition_id == edition.id,
        Entry.track_id == track.id,
        Entry.recommending_unit_id == recommending_unit.id,
        Entry.status == EntryStatus.SUBMITTED,
        Entry.recommended_at.is_(None),
    )
    return list(session.scalars(query.order_by(Entry.recommended_rank, Entry.code)))


def _ranked(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.recommended_rank is not None]


def _rank(entry: Entry) -> int:
    return entry.recommended_rank or 0


def _note(
    session: Session,
    edition: Edition,
    recommending_unit: RecommendingUnit,
    act: EntryAct,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=recommending_unit.id,
        subject=recommending_unit.name,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
    session.flush()
