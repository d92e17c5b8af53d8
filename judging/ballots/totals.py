"""The totals of a round that count, with the marks they were made of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.ballots.models import Ballot, BallotStatus, Mark
from judging.blinding.models import Candidate, CandidateStatus
from judging.judges.models import Judge
from judging.rubrics.models import Criterion

VALID = sa.and_(Ballot.status == BallotStatus.SUBMITTED, Ballot.excluded_reason == "", Ballot.total.is_not(None))


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A total that counts, with the marks it was made of."""

    candidate_id: UUID
    code: str
    topic_type: str
    judge_id: UUID
    total: Decimal
    marks: dict[str, Decimal]  # by criterion code
    begun_at: datetime | None = None


def valid_totals(session: Session, round_id: UUID) -> list[TotalRow]:
    """Return every total of a round that counts: submitted, not recused, not excluded; by candidate and judge code."""
    ballots = (
        sa.select(
            Ballot.id,
            Ballot.candidate_id,
            Candidate.code,
            Candidate.topic_type,
            Ballot.judge_id,
            Ballot.total,
            Ballot.opened_at,
        )
        .join(Ballot.candidate)
        .join(Ballot.judge)
        .where(VALID, Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED)
        .order_by(Candidate.code, Judge.code)
    )
    marks: dict[UUID, dict[str, Decimal]] = {}
    given = (
        sa.select(Mark.ballot_id, Criterion.code, Mark.value)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .join(Ballot, Ballot.id == Mark.ballot_id)
        .join(Ballot.candidate)
        .where(VALID, Candidate.round_id == round_id)
        .order_by(Criterion.position)
    )
    for ballot_id, code, value in session.execute(given):
        marks.setdefault(ballot_id, {})[code] = value
    return [
        TotalRow(candidate_id, code, topic_type, judge_id, total or Decimal(0), marks.get(ballot_id, {}), begun_at)
        for ballot_id, candidate_id, code, topic_type, judge_id, total, begun_at in session.execute(ballots)
    ]


def valid_pairs(session: Session, round_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return judge and candidate of every ballot of a round that counts."""
    query = sa.select(Ballot.judge_id, Ballot.candidate_id).join(Ballot.candidate)
    counted = query.where(VALID, Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED)
    return [(judge_id, candidate_id) for judge_id, candidate_id in session.execute(counted)]


def valid_against(session: Session, round_id: UUID, barred: set[tuple[UUID, UUID]]) -> list[tuple[str, str]]:
    """Return code and judge of the ballots that count although a conflict bars the pair."""
    query = (
        sa.select(Ballot.judge_id, Ballot.candidate_id, Candidate.code, Judge.name)
        .join(Ballot.candidate)
        .join(Ballot.judge)
        .where(VALID, Candidate.round_id == round_id)
        .order_by(Candidate.code, Judge.code)
    )
    return [(code, name) for judge, candidate, code, name in session.execute(query) if (judge, candidate) in barred]


def without_valid_ballot(session: Session, round_id: UUID) -> list[str]:
    """Return the codes of the cleared candidates on which no ballot counts."""
    counted = sa.exists().where(Ballot.candidate_id == Candidate.id, VALID)
    query = sa.select(Candidate.code).where(
        Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED, ~counted
    )
    return list(session.scalars(query.order_by(Candidate.code)))
