"""Panels, seats and assignments for tests."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from judging.assignment.models import Assignment, Panel, Seat
from judging.blinding.models import Candidate
from judging.editions.models import Round
from judging.judges.models import Judge

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_panel(session: Session, round_: Round, *judges: Judge, chair: Judge | None = None) -> Panel:
    """Return a panel of a round with a seat for each judge."""
    panel = Panel(round_id=round_.id, name=f"第{next(_numbers)}组")
    panel.seats = [Seat(judge_id=judge.id, is_chair=judge is chair) for judge in judges]
    session.add(panel)
    session.flush()
    return panel


def make_assignment(session: Session, candidate: Candidate, seat: Seat, **values: Any) -> Assignment:
    """Return a candidate given to a seat."""
    made = Assignment(**{"candidate_id": candidate.id, "seat_id": seat.id, "created_at": AT} | values)
    session.add(made)
    session.flush()
    return made
