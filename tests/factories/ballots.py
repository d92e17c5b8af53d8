"""Ballots for tests."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.assignment.models import Assignment
from judging.ballots.models import Ballot, BallotStatus, Mark
from judging.judges.models import Judge
from judging.rubrics.models import Rubric

AT = datetime(2022, 6, 10, 9, 0, tzinfo=UTC)


def make_ballot(
    session: Session,
    assignment: Assignment,
    judge: Judge,
    rubric: Rubric,
    *,
    marks: tuple[float, ...] = (),
    **values: Any,
) -> Ballot:
    """Return a ballot; with a mark for every criterion it is submitted."""
    given = [
        Mark(criterion_id=criterion.id, value=Decimal(str(value)), saved_at=AT)
        for criterion, value in zip(rubric.criteria, marks, strict=False)
    ]
    full = len(given) == len(rubric.criteria)
    preset: dict[str, Any] = {"status": BallotStatus.SUBMITTED if full else BallotStatus.OPEN, "saved_at": AT}
    preset |= {"submitted_at": AT, "total": sum((mark.value for mark in given), Decimal(0))} if full else {}
    links = {"assignment_id": assignment.id, "candidate_id": assignment.candidate_id, "judge_id": judge.id}
    ballot = Ballot(**preset | links | {"rubric_id": rubric.id, "marks": given} | values)
    session.add(ballot)
    session.flush()
    return ballot
