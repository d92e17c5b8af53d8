"""Reading which entry a candidate is. Only blinding itself and what stands above results may ask."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.blinding.identity import Identity
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Track
from judging.entries.models import Entry, EntryStatus


def entries_of(session: Session, candidate_ids: Collection[UUID]) -> dict[UUID, Entry]:
    """Return the entry of each candidate, with unit, recommending unit, track and members."""
    query = (
        sa.select(Identity.candidate_id, Entry)
        .join(Entry, Entry.id == Identity.entry_id)
        .where(Identity.candidate_id.in_(list(candidate_ids)))
        .options(
            joinedload(Entry.unit),
            joinedload(Entry.recommending_unit),
            joinedload(Entry.track),
            selectinload(Entry.members),
        )
    )
    return dict(session.execute(query).all())


def candidate_of(session: Session, round_id: UUID, entry_id: UUID) -> Candidate | None:
    """Return the candidate that an entry is in a round, if it takes part."""
    link = sa.and_(Identity.candidate_id == Candidate.id, Identity.round_id == round_id, Identity.entry_id == entry_id)
    return session.scalar(sa.select(Candidate).join(Identity, link))


def candidate_ids_of(session: Session, round_id: UUID) -> dict[UUID, UUID]:
    """Return entry → candidate of a round."""
    query = sa.select(Identity.entry_id, Identity.candidate_id).where(Identity.round_id == round_id)
    return dict(session.execute(query).all())


def waiting_entries(session: Session, edition: Edition) -> list[Entry]:
    """Return the accepted entries that are not yet candidates of the running round of their track."""
    rounds = {track.id: track.round(edition.round_number) for track in edition.tracks}
    round_ids = [round_.id for round_ in rounds.values() if round_ is not None]
    admitted = sa.exists().where(Identity.entry_id == Entry.id, Identity.round_id.in_(round_ids))
    query = (
        sa.select(Entry)
        .join(Track, Track.id == Entry.track_id)
        .where(Entry.edition_id == edition.id, Entry.status == EntryStatus.ACCEPTED, ~admitted)
        .order_by(Entry.code)
    )
    return [entry for entry in session.scalars(query) if rounds.get(entry.track_id) is not None]


def for_masking(session: Session, entry_ids: Collection[UUID]) -> dict[UUID, Entry]:
    """Return entries with everything that could give them away."""
    query = (
        sa.select(Entry)
        .where(Entry.id.in_(list(entry_ids)))
        .options(
            joinedload(Entry.unit),
            joinedload(Entry.recommending_unit),
            selectinload(Entry.members),
            selectinload(Entry.attachments),
        )
        .execution_options(populate_existing=True)
    )
    return {entry.id: entry for entry in session.scalars(query)}


def entry_ids_of(session: Session, candidate_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return candidate → entry."""
    query = sa.select(Identity.candidate_id, Identity.entry_id).where(Identity.candidate_id.in_(list(candidate_ids)))
    return dict(session.execute(query).all())


def entry_id_of(session: Session, candidate_id: UUID) -> UUID:
    """Return the entry that a candidate is."""
    return session.scalars(sa.select(Identity.entry_id).where(Identity.candidate_id == candidate_id)).one()
