"""How far judging is: by round, and by judge."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment.models import Assignment, Seat
from judging.ballots.models import Ballot, BallotStatus
from judging.blinding.models import Candidate, CandidateStatus
from judging.judges.models import Judge


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """How far one judge is in a round."""

    id: UUID  # of the judge
    code: str
    name: str
    email: str
    total: int
    done: int  # submitted
    recused: int
    begun: int  # open, with something on the sheet
    saved_at: datetime | None

    @property
    def left(self) -> int:
        """Return how many sheets the judge still has to submit."""
        return self.total - self.done - self.recused


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is."""

    judges: tuple[JudgeProgress, ...]

    @property
    def total(self) -> int:
        """Return how many sheets are to be submitted."""
        return sum(judge.total - judge.recused for judge in self.judges)

    @property
    def done(self) -> int:
        """Return how many sheets have been submitted."""
        return sum(judge.done for judge in self.judges)


def progress_of(session: Session, round_id: UUID) -> Progress:
    """Return how far a round is, judge by judge."""

    def count(status: BallotStatus) -> sa.Function[int]:
        return sa.func.count(sa.case((Ballot.status == status, Ballot.id)))

    query = (
        sa.select(
            Judge.id,
            Judge.code,
            Judge.name,
            Judge.email,
            sa.func.count(Assignment.id),
            count(BallotStatus.SUBMITTED),
            count(BallotStatus.RECUSED),
            count(BallotStatus.OPEN),
            sa.func.max(Ballot.saved_at),
        )
        .select_from(Assignment)
        .join(Assignment.candidate)
        .join(Assignment.seat)
        .join(Seat.judge)
        .outerjoin(Ballot, Ballot.assignment_id == Assignment.id)
        .where(Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED)
        .group_by(Judge.id, Judge.code, Judge.name, Judge.email)
        .order_by(Judge.code)
    )
    return Progress(tuple(JudgeProgress(*row) for row in session.execute(query)))
