"""Planning a round, showing the plan with its proof, making it real."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import planner, queries, rules
from judging.assignment.models import Assignment, AssignmentSource, Plan, Seat
from judging.assignment.problem import Demand, Place, Problem
from judging.assignment.problem import Plan as Planned
from judging.assignment.rules import AssignmentAct
from judging.assignment.service.halls import ordered_by_hall, pairs_of_halls
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, RoundKind, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor

Barred = set[tuple[UUID, UUID]]


def plan_round(
    session: Session,
    edition: Edition,
    round_: Round,
    *,
    seed: int,
    by: Actor,
    at: datetime,
    least: int | None = None,
    most: int | None = None,
) -> Plan:
    """Propose who judges what and keep the proposal with its proof; only applying it changes assignments.

    `least` and `most` stand in for the round's loads. Where no plan exists, the proposal holds no pairs but the
    reason: which candidates and judges clash, and the cheapest repair.
    """
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    candidates, seats = candidates_of(session, round_.id), queries.seats_of(session, round_.id)
    if not candidates:
        raise rules.NothingToAssign
    if not seats:
        raise rules.NoSeats
    barred = barred_pairs(session, edition.id, round_.id)
    if round_.kind is RoundKind.ON_SITE:
        planned = pairs_of_halls(session, round_, seats, barred)
    else:
        problem = _problem(session, edition, round_, candidates, seats, barred, (seed, least, most))
        planned = planner.plan(problem)
    plan = Plan(
        round_id=round_.id,
        seed=seed,
        created_at=at,
        created_by_id=by.id,
        pairs=_with_ids(planned, candidates, seats),
        summary=_summary(planned, round_, candidates, seats, barred, (least, most)),
    )
    session.add(plan)
    session.flush()
    _record(session, edition, AssignmentAct.PLANNED, plan, by=by, at=at, count=len(plan.pairs))
    return plan


def _problem(
    session: Session,
    edition: Edition,
    round_: Round,
    candidates: Sequence[Candidate],
    seats: Sequence[Seat],
    barred: Barred,
    choice: tuple[int, int | None, int | None],
) -> Problem:
    seed, least, most = choice
    low = round_.min_load if least is None else least
    high = round_.max_load if most is None else most
    track = next(track.kind.value for track in edition.tracks if track.id == round_.track_id)
    places = tuple(
        Place(
            seat.judge.code,
            min(low if seat.min_load is None else seat.min_load, high if seat.max_load is None else seat.max_load),
            high if seat.max_load is None else seat.max_load,
            rules.groups_of(seat.judge, round_),
        )
        for seat in seats
    )
    return Problem(
        demands=tuple(Demand(candidate.code, round_.judges_per_entry) for candidate in candidates),
        places=places,
        score=np.array([[rules.fit(seat.judge, track, c.industry) for seat in seats] for c in candidates], dtype=float),
        allowed=np.array([[(seat.judge_id, c.id) not in barred for seat in seats] for c in candidates], dtype=bool),
        pinned=frozenset((a.candidate.code, a.seat.judge.code) for a in _pinned(session, edition, round_)),
        seed=seed,
    )


def _pinned(session: Session, edition: Edition, round_: Round) -> list[Assignment]:
    """Return what a plan keeps: what was given by hand, and since judging opened everything."""
    present = queries.assignments_of_round(session, round_.id)
    opened = edition.stage is Stage.JUDGING
    return [assignment for assignment in present if opened or assignment.source is AssignmentSource.MANUAL]


def _with_ids(planned: Planned, candidates: Sequence[Candidate], seats: Sequence[Seat]) -> list[list[str]]:
    candidate_ids = {candidate.code: str(candidate.id) for candidate in candidates}
    seat_ids = {seat.judge.code: str(seat.id) for seat in seats}
    return [[candidate_ids[code], seat_ids[judge]] for code, judge in planned.pairs if code in candidate_ids]


def _summary(
    planned: Planned,
    round_: Round,
    candidates: Sequence[Candidate],
    seats: Sequence[Seat],
    barred: Barred,
    loads: tuple[int | None, int | None],
) -> dict[str, Any]:
    """Return all that the plan's page says, as plain values."""
    given: dict[str, int] = {candidate.code: 0 for candidate in candidates}
    for code, _judge in planned.pairs:
        given[code] = given.get(code, 0) + 1
    industries = {candidate.code: candidate.industry for candidate in candidates}
    judges = {seat.judge.code: seat.judge for seat in seats}
    matches = sum(rules.fit(judges[judge], "", industries[code]) >= 1 for code, judge in planned.pairs if code in given)
    ids, members = {candidate.id for candidate in candidates}, {seat.judge_id for seat in seats}
    diagnosis = planned.diagnosis
    return {
        "total": planned.total,
        "bound": planned.bound,
        "optimal": planned.optimal,
        "conceded": planned.conceded,
        "parts": planned.parts,
        "matches": matches,
        "barred": sum(judge in members and candidate in ids for judge, candidate in barred),
        "wanted": round_.judges_per_entry,
        "candidates": len(candidates),
        "loads": [[seat.judge.code, seat.judge.name, planned.loads.get(seat.judge.code, 0)] for seat in seats],
        "short": sorted(code for code, count in given.items() if count < round_.judges_per_entry),
        "least": loads[0],
        "most": loads[1],
        "on_site": round_.kind is RoundKind.ON_SITE,
        "diagnosis": diagnosis
        and {
            "cause": diagnosis.cause.value,
            "candidates": list(diagnosis.candidates),
            "judges": list(diagnosis.judges),
            "wanted": diagnosis.wanted,
            "room": diagnosis.room,
            "repairs": [[repair.kind.value, repair.code, repair.by] for repair in diagnosis.repairs],
        },
    }


def apply_plan(
    session: Session, edition: Edition, round_: Round, plan: Plan, *, by: Actor, at: datetime
) -> list[Assignment]:
    """Make a plan real: planned assignments that are not in it go, the others come; what was given by hand stays."""
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    if plan.applied_at is not None:
        raise rules.PlanApplied
    if not plan.pairs:
        raise rules.PlanImpossible
    pairs = {(UUID(candidate), UUID(seat)) for candidate, seat in plan.pairs}
    _require_current(session, edition, round_, pairs)
    kept = {(a.candidate_id, a.seat_id) for a in _pinned(session, edition, round_)}
    for assignment in queries.assignments_of_round(session, round_.id):
        if (assignment.candidate_id, assignment.seat_id) not in pairs | kept:
            session.delete(assignment)
        else:
            kept.add((assignment.candidate_id, assignment.seat_id))
    session.flush()
    session.add_all(
        Assignment(candidate_id=candidate, seat_id=seat, created_at=at) for candidate, seat in sorted(pairs - kept)
    )
    session.flush()
    plan.applied_at = at
    made = queries.assignments_of_round(session, round_.id)
    _draw_order(session, round_, made, plan.seed)
    _record(session, edition, AssignmentAct.APPLIED, plan, by=by, at=at, count=len(made))
    session.flush()
    return made


def _require_current(session: Session, edition: Edition, round_: Round, pairs: set[tuple[UUID, UUID]]) -> None:
    candidates = {candidate.id for candidate in candidates_of(session, round_.id)}
    judges = {seat.id: seat.judge_id for seat in queries.seats_of(session, round_.id)}
    barred = barred_pairs(session, edition.id, round_.id)
    for candidate, seat in pairs:
        if candidate not in candidates or seat not in judges or (judges[seat], candidate) in barred:
            raise rules.PlanOutdated


def _draw_order(session: Session, round_: Round, assignments: Sequence[Assignment], seed: int) -> None:
    """Give each judge an order of its own: on site the running order, else one that a seed draws and that tells nothing."""
    if round_.kind is RoundKind.ON_SITE:
        ordered_by_hall(session, round_, assignments)
        return
    by_seat: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        by_seat.setdefault(assignment.seat.judge.code, []).append(assignment)
    for judge, own in by_seat.items():
        for place, assignment in enumerate(rules.shuffled(own, seed, judge), start=1):
            assignment.order = place


def clear_plan(session: Session, edition: Edition, round_: Round, *, by: Actor, at: datetime) -> int:
    """Take back all planned assignments of a round before judging opens; return how many."""
    require_round(edition, round_, Stage.BLINDING)
    planned = sa.select(Assignment.id).join(Assignment.candidate).where(Candidate.round_id == round_.id)
    planned = planned.where(Assignment.source == AssignmentSource.PLANNED)
    gone = list(session.scalars(planned))
    session.execute(sa.delete(Assignment).where(Assignment.id.in_(planned)))
    session.flush()
    session.expire_all()
    audit.record(
        session,
        AssignmentAct.CLEARED,
        by=by,
        at=at,
        subject_id=round_.id,
        scope_id=edition.id,
        detail={"count": len(gone)},
    )
    return len(gone)


def _record(
    session: Session, edition: Edition, act: AssignmentAct, plan: Plan, *, by: Actor, at: datetime, count: int
) -> None:
    summary = plan.summary
    detail = {"pairs": count, "seed": plan.seed, "total": summary.get("total"), "bound": summary.get("bound")}
    track = next((track.name for track in edition.tracks for r in track.rounds if r.id == plan.round_id), "")
    audit.record(session, act, by=by, at=at, subject_id=plan.id, subject=track, scope_id=edition.id, detail=detail)
