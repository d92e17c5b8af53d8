"""The titles of a round as a judge may read them before anything else: to say of which one must keep away."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding.models import Candidate, CandidateStatus
from judging.foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class Title:
    """A cleared candidate's masked title; no code, no file, nothing else of it."""

    id: UUID
    title: str


def titles_of(session: Session, round_id: UUID) -> list[Title]:
    """Return the titles of a round by their own letters, an order that tells nothing."""
    query = _cleared(round_id).order_by(Candidate.title, Candidate.id)
    return [Title(id_, title) for id_, title in session.execute(query)]


def title_in(session: Session, round_id: UUID, candidate_id: UUID) -> Title:
    """Return one title of a round; what is not cleared does not exist."""
    found = session.execute(_cleared(round_id).where(Candidate.id == candidate_id)).one_or_none()
    if found is None:
        raise NotFound
    return Title(*found)


def topics_in(session: Session, round_id: UUID) -> list[str]:
    """Return the industries and kinds of topics that occur in a round, as preferences name them."""
    shown = (Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED)
    return [
        f"{name}:{value}"
        for name, column in (("industry", Candidate.industry), ("type", Candidate.topic_type))
        for value in session.scalars(sa.select(column).where(*shown, column != "").distinct().order_by(column))
    ]


def _cleared(round_id: UUID) -> sa.Select[UUID, str]:
    cleared = sa.and_(Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED)
    return sa.select(Candidate.id, Candidate.title).where(cleared)
