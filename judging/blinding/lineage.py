"""What candidates were before, told in candidates: the same entry in an earlier round, the unit's work in an earlier edition.

Whoever asks learns which candidates belong together and nothing of who they are.
"""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from judging.blinding.identity import Identity
from judging.editions.models import Edition, Round, Track
from judging.entries.models import Entry


def of_earlier_round(session: Session, round_: Round) -> dict[UUID, tuple[UUID, UUID]]:
    """Return for each candidate the latest earlier round of its track in which its entry took part, and its candidate there."""
    before = aliased(Identity)
    query = (
        sa.select(Identity.candidate_id, before.round_id, before.candidate_id)
        .join(before, before.entry_id == Identity.entry_id)
        .join(Round, Round.id == before.round_id)
        .where(Identity.round_id == round_.id, Round.track_id == round_.track_id, Round.number < round_.number)
        .order_by(Round.number)
    )
    return {candidate: (earlier, one) for candidate, earlier, one in session.execute(query)}


def of_earlier_edition(session: Session, edition: Edition, round_: Round) -> dict[UUID, list[tuple[UUID, UUID]]]:
    """Return for each candidate the rounds and candidates of its unit's work of the same kind in the edition before."""
    track = next(track for track in edition.tracks if track.id == round_.track_id)
    query = sa.select(Edition.id).join(Track, Track.edition_id == Edition.id)
    earlier = sa.and_(Edition.year < edition.year, Track.kind == track.kind)
    last = session.scalar(query.where(earlier).order_by(Edition.year.desc(), Edition.id).limit(1))
    if last is None:
        return {}
    mine, theirs, before = aliased(Entry), aliased(Entry), aliased(Identity)
    rows = session.execute(
        sa.select(Identity.candidate_id, before.round_id, before.candidate_id)
        .join(mine, mine.id == Identity.entry_id)
        .join(theirs, theirs.unit_id == mine.unit_id)
        .join(before, before.entry_id == theirs.id)
        .join(Round, Round.id == before.round_id)
        .join(Track, Track.id == Round.track_id)
        .where(Identity.round_id == round_.id, Track.edition_id == last, Track.kind == track.kind)
        .order_by(before.candidate_id)
    )
    found: dict[UUID, list[tuple[UUID, UUID]]] = {}
    for candidate, earlier_round, one in rows:
        found.setdefault(candidate, []).append((earlier_round, one))
    return found


def recommended(session: Session, round_id: UUID) -> Mapping[UUID, float]:
    """Return how high recommending units ranked candidates, in hundredths of their own lists; the first is highest."""
    rows = session.execute(
        sa.select(Identity.candidate_id, Entry.recommending_unit_id, Entry.recommended_rank)
        .join(Entry, Entry.id == Identity.entry_id)
        .where(Identity.round_id == round_id)
    )
    ranked = [(one, unit, rank) for one, unit, rank in rows if unit is not None and rank is not None]
    ranks: dict[UUID, list[int]] = {}
    for _candidate, unit, rank in ranked:
        ranks.setdefault(unit, []).append(rank)
    places = {unit: {rank: n for n, rank in enumerate(sorted(own))} for unit, own in ranks.items()}
    return {
        candidate: round(100 * (1 - (places[unit][rank] + 0.5) / len(ranks[unit])), 1)
        for candidate, unit, rank in ranked
    }
