"""Panels, seats and assignments for tests."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from judging.assignment.models import Assignment, DrawnBy, JudgeDraw, Panel, Seat, SeatInvitation
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


def make_invitation(session: Session, seat: Seat, **values: Any) -> SeatInvitation:
    """Return the invitation to a seat, without an answer."""
    panel, judge = session.get_one(Panel, seat.panel_id), session.get_one(Judge, seat.judge_id)
    preset = {"round_id": panel.round_id, "judge_id": judge.id, "seat_id": seat.id, "panel_name": panel.name}
    made = SeatInvitation(**preset | {"invited_at": AT, "judge": judge, "preferences": []} | values)
    session.add(made)
    session.flush()
    return made


def make_judge_draw(session: Session, panel: Panel, *judges: Judge, **values: Any) -> JudgeDraw:
    """Return a draw of one seat for a panel, from these judges; nobody is seated yet."""
    preset: dict[str, Any] = {"round_id": panel.round_id, "panel_id": panel.id, "panel_name": panel.name, "seed": 7}
    preset |= {"strata": DrawnBy.NONE, "seats": 1, "reserves": 3, "quotas": [[[], 1]], "seated": []}
    made = JudgeDraw(**preset | {"created_at": AT, "bank": [[judge.code, [], ""] for judge in judges]} | values)
    session.add(made)
    session.flush()
    return made
