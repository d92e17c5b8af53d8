"""Forming panels: who sits where, who chairs, how much each may carry."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, Panel, Seat, Sitting
from judging.assignment.rules import AssignmentAct
from judging.editions.models import Edition, Round, Stage, Track
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.judges.models import Judge, JudgeStatus

OPEN = (Stage.SETUP, Stage.INTAKE, Stage.BLINDING, Stage.JUDGING)


def make_panel(session: Session, edition: Edition, round_: Round, *, name: str, by: Actor, at: datetime) -> Panel:
    """Form an empty panel of a round."""
    require_round(edition, round_, *OPEN)
    name = name.strip()
    taken = sa.select(Panel.id).where(Panel.round_id == round_.id, Panel.name == name)
    if session.scalar(taken) is not None:
        raise rules.NameTaken(name=name)
    panel = Panel(round_id=round_.id, name=name, seats=[])
    session.add(panel)
    session.flush()
    audit.record(
        session, AssignmentAct.PANEL_MADE, by=by, at=at, subject_id=panel.id, subject=name, scope_id=edition.id
    )
    return panel


def seat_judges(
    session: Session, panel: Panel, judges: Sequence[Judge], *, chair: Judge | None = None, by: Actor, at: datetime
) -> list[Seat]:
    """Give judges a seat in a panel (those already in it keep theirs) and name its chair; return all its seats."""
    edition, round_ = _place(session, panel)
    require_round(edition, round_, *OPEN)
    present = {seat.judge_id: seat for seat in queries.seats_of(session, round_.id)}
    own = [seat for seat in present.values() if seat.panel_id == panel.id]
    for judge in judges:
        if judge.id in present and present[judge.id].panel_id != panel.id:
            raise rules.AlreadySeated(name=judge.name)
        if judge.id not in present:
            if judge.status is not JudgeStatus.ACTIVE:
                raise rules.JudgeNotActive(name=judge.name)
            seat = Seat(panel_id=panel.id, judge_id=judge.id, is_chair=False)
            session.add(seat)
            own.append(seat)
    if chair is not None:
        _name_chair(own, chair)
    session.flush()
    codes = [judge.code for judge in judges]
    detail = {"judges": codes, "chair": chair.code if chair else ""}
    audit.record(
        session,
        AssignmentAct.SEATED,
        by=by,
        at=at,
        subject_id=panel.id,
        subject=panel.name,
        scope_id=edition.id,
        detail=detail,
    )
    return own


def _name_chair(seats: Sequence[Seat], chair: Judge) -> None:
    if all(seat.judge_id != chair.id for seat in seats):
        raise rules.ChairNotSeated
    for seat in seats:
        seat.is_chair = seat.judge_id == chair.id


def set_seat(
    session: Session, seat: Seat, *, chair: bool, least: int | None, most: int | None, by: Actor, at: datetime
) -> None:
    """Change a seat's own loads, and whether its judge chairs the panel."""
    edition, round_ = _place(session, seat.panel)
    require_round(edition, round_, *OPEN)
    low, high = rules.bounds_of(least, most, round_)
    if (least is not None and most is not None and least > most) or low > high:
        raise rules.WrongLoads
    before = {"chair": seat.is_chair, "least": seat.min_load, "most": seat.max_load}
    if chair:
        for other in session.scalars(sa.select(Seat).where(Seat.panel_id == seat.panel_id)):
            other.is_chair = other.id == seat.id
    seat.is_chair, seat.min_load, seat.max_load = chair, least, most
    session.flush()
    after = {"chair": chair, "least": least, "most": most}
    audit.record(
        session,
        AssignmentAct.SEAT_CHANGED,
        by=by,
        at=at,
        subject_id=seat.panel_id,
        subject=f"{seat.panel.name} {seat.judge.name}",
        scope_id=edition.id,
        detail=audit.changes(before, after),
    )


def remove_seat(session: Session, seat: Seat, *, by: Actor, at: datetime) -> None:
    """Take a judge out of a panel, as long as the seat has no candidates."""
    edition, round_ = _place(session, seat.panel)
    require_round(edition, round_, *OPEN)
    if session.scalar(sa.select(Assignment.id).where(Assignment.seat_id == seat.id).limit(1)) is not None:
        raise rules.SeatInUse(name=seat.judge.name)
    name = f"{seat.panel.name} {seat.judge.name}"
    session.delete(seat)
    session.flush()
    audit.record(
        session, AssignmentAct.SEAT_REMOVED, by=by, at=at, subject_id=seat.panel_id, subject=name, scope_id=edition.id
    )


def remove_panel(
    session: Session, edition: Edition, round_: Round, panel: Panel, *, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Dissolve a panel that nothing uses."""
    require_round(edition, round_, *OPEN)
    uses = sa.select(Assignment.id).join(Assignment.seat).where(Seat.panel_id == panel.id).limit(1)
    sits = sa.select(Sitting.id).where(Sitting.panel_id == panel.id).limit(1)
    if session.scalar(uses) is not None or session.scalar(sits) is not None:
        raise rules.PanelInUse
    session.delete(panel)
    session.flush()
    audit.record(
        session,
        AssignmentAct.PANEL_REMOVED,
        by=by,
        at=at,
        subject_id=panel.id,
        subject=panel.name,
        scope_id=edition.id,
        reason=reason.strip(),
    )


def _place(session: Session, panel: Panel) -> tuple[Edition, Round]:
    query = (
        sa.select(Edition, Round)
        .join(Track, Track.edition_id == Edition.id)
        .join(Round, Round.track_id == Track.id)
        .where(Round.id == panel.round_id)
    )
    edition, round_ = session.execute(query).one()
    return edition, round_
