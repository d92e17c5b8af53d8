"""On-site rounds: halls, which candidate is heard where, and the drawn running order."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, Panel, RunningPlace, Seat, Sitting
from judging.assignment.problem import Plan as Planned
from judging.assignment.rules import AssignmentAct
from judging.blinding.barred import barred_pairs
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor

OPEN = (Stage.SETUP, Stage.INTAKE, Stage.BLINDING, Stage.JUDGING)


def add_sitting(
    session: Session,
    edition: Edition,
    round_: Round,
    *,
    hall: str,
    panel: Panel,
    starts_at: datetime | None,
    by: Actor,
    at: datetime,
) -> Sitting:
    """Add a block of presentations in a hall, before a panel."""
    require_round(edition, round_, *OPEN)
    sitting = Sitting(round_id=round_.id, panel_id=panel.id, hall=hall.strip(), starts_at=starts_at, places=[])
    session.add(sitting)
    session.flush()
    _record(session, edition, AssignmentAct.SITTING_MADE, sitting, by=by, at=at)
    return sitting


def remove_sitting(
    session: Session, edition: Edition, round_: Round, sitting: Sitting, *, by: Actor, at: datetime
) -> None:
    """Remove a sitting; its candidates wait to be apportioned again."""
    require_round(edition, round_, Stage.SETUP, Stage.INTAKE, Stage.BLINDING)
    _record(session, edition, AssignmentAct.SITTING_REMOVED, sitting, by=by, at=at)
    session.delete(sitting)
    session.flush()


def apportion_candidates(
    session: Session, edition: Edition, round_: Round, *, seed: int, by: Actor, at: datetime
) -> list[Sitting]:
    """Spread the round's candidates evenly over its sittings, type by type, away from judges who are barred."""
    require_round(edition, round_, Stage.BLINDING)
    sittings = queries.sittings_of(session, round_.id)
    if not sittings:
        raise rules.NoSittings
    candidates = {candidate.code: candidate for candidate in candidates_of(session, round_.id)}
    if not candidates:
        raise rules.NothingToAssign
    by_type: dict[str, list[str]] = {}
    for candidate in candidates.values():
        by_type.setdefault(candidate.topic_type, []).append(candidate.code)
    barred = barred_pairs(session, edition.id, round_.id)
    judges: dict[UUID, set[UUID]] = {}
    for seat in queries.seats_of(session, round_.id):
        judges.setdefault(seat.panel_id, set()).add(seat.judge_id)
    clashes = {
        str(s.id): {c.code for c in candidates.values() for j in judges.get(s.panel_id, ()) if (j, c.id) in barred}
        for s in sittings
    }
    given = rules.apportion(by_type, [str(s.id) for s in sittings], clashes, seed)
    for sitting in sittings:
        sitting.places.clear()
        sitting.seed = sitting.drawn_at = None
    session.flush()
    for sitting in sittings:
        codes = sorted(given[str(sitting.id)])
        sitting.places = [RunningPlace(candidate=candidates[code], position=n) for n, code in enumerate(codes, start=1)]
        _record(
            session,
            edition,
            AssignmentAct.APPORTIONED,
            sitting,
            by=by,
            at=at,
            detail={"candidates": len(codes), "seed": seed},
        )
    session.flush()
    return sittings


def draw_running_order(
    session: Session,
    edition: Edition,
    round_: Round,
    sitting: Sitting,
    *,
    by: Actor,
    at: datetime,
    seed: int | None = None,
    reason: str = "",
) -> Sitting:
    """Draw the order of a sitting by lot; the seed is kept so that anybody can draw it again. A redraw needs a reason."""
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    if not sitting.places:
        raise rules.NoSittings
    if sitting.drawn_at is not None and len(reason.strip()) < 2:
        raise rules.RunningOrderDrawn
    before = sitting.seed
    sitting.seed = secrets.randbelow(900_000) + 100_000 if seed is None else seed
    sitting.drawn_at = at
    places = {place.candidate.code: place for place in sitting.places}
    for number, code in enumerate(drawn_order(places, sitting.seed), start=1):
        places[code].position = number
    sitting.places.sort(key=lambda place: place.position)
    session.flush()
    ordered_by_hall(session, round_, queries.assignments_of_round(session, round_.id))
    detail = {"seed": [before, sitting.seed]}
    _record(session, edition, AssignmentAct.DRAWN, sitting, by=by, at=at, reason=reason.strip(), detail=detail)
    session.flush()
    return sitting


def drawn_order(codes: Sequence[str] | dict[str, RunningPlace], seed: int) -> list[str]:
    """Return the codes in the order that a seed draws, whatever order they came in."""
    return rules.shuffled(sorted(codes), seed, "running order")


def pairs_of_halls(session: Session, round_: Round, seats: Sequence[Seat], barred: set[tuple[UUID, UUID]]) -> Planned:
    """Return the plan of an on-site round: every judge of a panel judges all that is heard in its hall, unless barred."""
    sittings = queries.sittings_of(session, round_.id)
    if not any(sitting.places for sitting in sittings):
        raise rules.NoSittings
    pairs = [
        (place.candidate.code, seat.judge.code)
        for sitting in sittings
        for place in sitting.places
        for seat in seats
        if seat.panel_id == sitting.panel_id and (seat.judge_id, place.candidate_id) not in barred
    ]
    loads: dict[str, int] = {seat.judge.code: 0 for seat in seats}
    for _code, judge in pairs:
        loads[judge] += 1
    total = float(len(pairs))
    return Planned(pairs=tuple(sorted(pairs)), total=total, bound=total, loads=loads, parts=len(sittings))


def ordered_by_hall(session: Session, round_: Round, assignments: Sequence[Assignment]) -> None:
    """Let each judge see the candidates in the order in which they are heard."""
    sittings = sorted(
        queries.sittings_of(session, round_.id), key=lambda s: (s.starts_at is None, s.starts_at or 0, s.hall)
    )
    place_of = {
        place.candidate_id: 1000 * number + place.position
        for number, sitting in enumerate(sittings)
        for place in sitting.places
    }
    for assignment in assignments:
        assignment.order = place_of.get(assignment.candidate_id, assignment.order)


def _record(
    session: Session,
    edition: Edition,
    act: AssignmentAct,
    sitting: Sitting,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=sitting.id,
        subject=sitting.hall,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
