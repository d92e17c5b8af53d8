"""Drawing judges by lot for a panel, seating them, and calling the next reserve."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import lots, queries
from judging.assignment.engine.reserves import Stratum
from judging.assignment.lots import Barred, Called, Stand, Standing, Successor
from judging.assignment.models import DrawnBy, InvitationStatus, JudgeDraw, Panel, SeatInvitation
from judging.assignment.rules import AssignmentAct
from judging.assignment.service.inviting import invite_judges
from judging.assignment.service.panels import OPEN, remove_panel, seat_judges
from judging.editions.models import Edition, Round
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.judges.models import Judge, JudgeStatus


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be drawn: seats, reserves behind each, the groups, and the seed if it comes from outside."""

    seats: int
    reserves: int = 3
    by: DrawnBy = DrawnBy.REGION
    seed: int | None = None


def draw_judges(
    session: Session,
    edition: Edition,
    round_: Round,
    panel: Panel,
    ask: Ask,
    *,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> JudgeDraw:
    """Draw judges and reserves for a panel; nobody has a seat yet. A second draw for a panel needs a reason."""
    require_round(edition, round_, *OPEN)
    if _latest(session, panel) is not None and len(reason.strip()) < 2:
        raise lots.DrawnBefore
    bank = _bank(session, edition, round_, ask.by)
    free: list[Stratum] = [tuple(stratum) for _code, stratum, barred in bank if not barred]
    if len(free) < ask.seats:
        raise lots.BankTooSmall(count=len(free))
    seed = secrets.randbelow(900_000) + 100_000 if ask.seed is None else ask.seed
    shares = lots.shares(free, ask.seats, seed)
    draw = JudgeDraw(
        round_id=round_.id,
        panel_id=panel.id,
        panel_name=panel.name,
        created_at=at,
        created_by_id=by.id,
        seed=seed,
        strata=ask.by,
        seats=ask.seats,
        reserves=ask.reserves,
        reason=reason.strip(),
        bank=bank,
        quotas=[[list(stratum), seats] for stratum, seats in sorted(shares.items()) if seats],
        seated=[],
    )
    session.add(draw)
    session.flush()
    short = sum(lots.roll_of(draw).short.values())
    detail = {"seed": seed, "seats": ask.seats, "reserves": ask.reserves, "strata": ask.by.value, "short": short}
    _record(session, edition, AssignmentAct.CALLED, draw, by=by, at=at, reason=reason.strip(), detail=detail)
    return draw


def stand_of(session: Session, draw: JudgeDraw) -> Stand:
    """Return what became of a draw: who was called, who has a seat, whose turn it is."""
    roll = lots.roll_of(draw)
    codes = [line.code for line in roll.lines if line.place]
    judges = {judge.code: judge for judge in queries.judges_named(session, codes)}
    panels = {seat.judge_id: seat.panel_id for seat in queries.seats_of(session, draw.round_id)}
    declined = _declined(session, draw.round_id)

    def standing(code: str) -> Standing:
        judge = judges.get(code)
        if judge is None:
            return Standing.AWAY
        if judge.id in panels:
            return Standing.SEATED if panels[judge.id] == draw.panel_id else Standing.ELSEWHERE
        if judge.id in declined:
            return Standing.DECLINED
        if code in draw.seated:
            return Standing.GONE
        return Standing.FREE if judge.status is JudgeStatus.ACTIVE else Standing.AWAY

    found = {code: standing(code) for code in codes}
    return Stand(draw, roll, tuple(lots.groups_of(draw, roll, judges, found)))


def stands_of(session: Session, round_: Round) -> dict[object, Stand]:
    """Return the latest draw of each panel of a round that has one, with what became of it."""
    latest: dict[object, JudgeDraw] = {}
    for draw in queries.judge_draws_of(session, round_.id):
        if draw.panel_id is not None:
            latest.setdefault(draw.panel_id, draw)
    return {panel_id: stand_of(session, draw) for panel_id, draw in latest.items()}


def seat_drawn(session: Session, draw: JudgeDraw, panel: Panel, *, by: Actor, at: datetime) -> list[Judge]:
    """Seat the judges who were drawn and can still come; return them."""
    waiting = [one.judge for one in stand_of(session, draw).waiting if one.judge is not None]
    if not waiting or draw is not _latest(session, panel):
        raise lots.NobodyLeft
    seat_judges(session, panel, waiting, by=by, at=at)
    draw.seated = [*draw.seated, *(judge.code for judge in waiting)]
    session.flush()
    return waiting


def seat_reserve(
    session: Session, edition: Edition, draw: JudgeDraw, panel: Panel, code: str, *, by: Actor, at: datetime
) -> Judge:
    """Seat the reserve whose turn it is, and nobody else."""
    offers: Sequence[Called] = stand_of(session, draw).offers if draw is _latest(session, panel) else []
    called = next((one for one in offers if one.line.code == code), None)
    if called is None or called.judge is None:
        raise lots.NotNext
    seat_judges(session, panel, [called.judge], by=by, at=at)
    draw.seated = [*draw.seated, code]
    session.flush()
    detail = {"code": code, "rank": called.line.place}
    _record(session, edition, AssignmentAct.RESERVE, draw, by=by, at=at, reason="", detail=detail)
    return called.judge


def call_reserve(
    session: Session,
    edition: Edition,
    round_: Round,
    draw: JudgeDraw,
    panel: Panel,
    code: str,
    *,
    answer_by: datetime | None,
    by: Actor,
    at: datetime,
) -> Judge:
    """Give the seat of a judge who has declined to the reserve whose turn it is, and invite that judge at once."""
    judge = seat_reserve(session, edition, draw, panel, code, by=by, at=at)
    until = answer_by if answer_by is not None and answer_by > at else None
    invite_judges(session, edition, round_, answer_by=until, only=judge.id, by=by, at=at)
    return judge


def successors_of(session: Session, round_: Round) -> dict[UUID, Successor]:
    """Return who comes after each judge of a round who has declined a seat drawn by lot, by judge."""
    query = sa.select(SeatInvitation.judge_id, Judge.code).join(Judge, Judge.id == SeatInvitation.judge_id)
    mine = sa.and_(SeatInvitation.round_id == round_.id, SeatInvitation.status == InvitationStatus.DECLINED)
    rows = session.execute(query.where(mine).order_by(SeatInvitation.answered_at, Judge.code)).all()
    if not rows:
        return {}
    found: dict[str, Successor] = {}
    for stand in stands_of(session, round_).values():
        found |= lots.successors(stand, [code for _judge_id, code in rows])
    return {judge_id: found[code] for judge_id, code in rows if code in found}


def dissolve_panel(
    session: Session, edition: Edition, round_: Round, panel: Panel, *, reason: str, by: Actor, at: datetime
) -> None:
    """Dissolve a panel that nothing uses; what was drawn for it is void, with a reason, and stays to be read."""
    query = sa.select(JudgeDraw).where(JudgeDraw.panel_id == panel.id, JudgeDraw.void_at.is_(None))
    draws = list(session.scalars(query.order_by(JudgeDraw.created_at)))
    if draws and len(reason.strip()) < 2:
        raise lots.VoidNeedsReason
    for draw in draws:
        draw.void_at, draw.void_by_id, draw.void_reason = at, by.id, reason.strip()
        detail: dict[str, object] = {"seed": draw.seed, "seats": draw.seats}
        _record(session, edition, AssignmentAct.VOID, draw, by=by, at=at, reason=reason.strip(), detail=detail)
    session.flush()
    remove_panel(session, edition, round_, panel, by=by, at=at, reason=reason)


def _latest(session: Session, panel: Panel) -> JudgeDraw | None:
    draws = queries.judge_draws_of(session, panel.round_id)
    return next((draw for draw in draws if draw.panel_id == panel.id), None)


def _bank(session: Session, edition: Edition, round_: Round, by: DrawnBy) -> list[list[Any]]:
    """Return everybody in the bank for the track: code, group, and why the lot must pass by."""
    kind = next(track.kind for track in edition.tracks if track.id == round_.track_id)
    seated = {seat.judge_id for seat in queries.seats_of(session, round_.id)}
    declined = _declined(session, round_.id)
    rows: list[list[Any]] = []
    for judge in queries.bank(session, kind.value):
        barred = Barred.SEATED if judge.id in seated else Barred.DECLINED if judge.id in declined else None
        rows.append([judge.code, list(lots.stratum_of(judge, by)), barred.value if barred else ""])
    return rows


def _declined(session: Session, round_id: object) -> set[object]:
    query = sa.select(SeatInvitation.judge_id).where(SeatInvitation.round_id == round_id)
    return set(session.scalars(query.where(SeatInvitation.status == InvitationStatus.DECLINED)))


def _record(
    session: Session,
    edition: Edition,
    act: AssignmentAct,
    draw: JudgeDraw,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    detail: dict[str, object],
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=draw.id,
        subject=draw.panel_name,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
