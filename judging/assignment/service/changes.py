"""Changes by hand: they keep every rule the planner keeps, and each refusal says which."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, AssignmentSource, Seat
from judging.assignment.problem import Place
from judging.assignment.rules import AssignmentAct, Seated
from judging.assignment.service.versions import advance
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor

Keeper = Callable[[Session, Sequence[UUID]], dict[UUID, bool]]
_keepers: list[Keeper] = []
AT_ONCE = 5_000  # ids in one question


def keeps(function: Keeper) -> Keeper:
    """Register a later stage's answer to “which of these have been begun, and are they finished?”; those stay."""
    if function not in _keepers:
        _keepers.append(function)
    return function


def begun_among(session: Session, assignment_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Return the assignments that a later stage keeps, and whether their work is finished."""
    found: dict[UUID, bool] = {}
    for start in range(0, len(assignment_ids), AT_ONCE):
        for keeper in _keepers:
            found |= keeper(session, assignment_ids[start : start + AT_ONCE])
    return found


def is_begun(session: Session, assignment: Assignment) -> bool:
    """Say whether a later stage keeps the assignment: it cannot be taken away or given to another any more."""
    return assignment.id in begun_among(session, [assignment.id])


def add_assignment(
    session: Session,
    edition: Edition,
    round_: Round,
    candidate: Candidate,
    seat: Seat,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Assignment:
    """Give a candidate to one more judge."""
    require_open(edition, round_, reason)
    present = queries.assignments_of_candidates(session, [candidate.id])[candidate.id]
    wanted = queries.demands_of(session, round_.id).get(candidate.id, round_.judges_per_entry)
    if edition.stage is Stage.BLINDING and len(present) >= wanted:
        raise rules.EnoughJudges(code=candidate.code, count=len(present))
    return _give(session, edition, round_, candidate, seat, present, by=by, at=at, reason=reason)


def remove_assignment(
    session: Session,
    edition: Edition,
    round_: Round,
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """Take a candidate from a judge who has not begun its sheet."""
    require_open(edition, round_, reason)
    assignment = queries.assignment_in(session, round_.id, assignment.id)
    code, name = assignment.candidate.code, assignment.seat.judge.name
    if is_begun(session, assignment):
        raise rules.SheetStarted(name=name, code=code)
    candidate_id = assignment.candidate_id
    advance(session, round_.id)
    session.delete(assignment)
    session.flush()
    record(session, edition, AssignmentAct.REMOVED, candidate_id, f"{code} {name}", by=by, at=at, reason=reason)


def replace_assignment(
    session: Session,
    edition: Edition,
    round_: Round,
    assignment: Assignment,
    seat: Seat,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Assignment:
    """Give a candidate to another judge instead."""
    candidate = queries.candidate_in(session, round_.id, assignment.candidate_id)
    remove_assignment(session, edition, round_, assignment, by=by, at=at, reason=reason)
    return add_assignment(session, edition, round_, candidate, seat, by=by, at=at, reason=reason)


def require_open(edition: Edition, round_: Round, reason: str) -> None:
    """Refuse a change by hand outside its stages, and one without a reason once judging has opened."""
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    if edition.stage is Stage.JUDGING and len(reason.strip()) < 2:
        raise rules.ReasonNeeded


def _give(
    session: Session,
    edition: Edition,
    round_: Round,
    candidate: Candidate,
    seat: Seat,
    present: list[Assignment],
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> Assignment:
    seat = queries.seat_in(session, round_.id, seat.id)
    judge, load = seat.judge, queries.loads_of(session, round_.id).get(seat.id, 0)
    low, high = rules.bounds_of(seat.min_load, seat.max_load, round_)
    rules.require_fits(
        candidate.code,
        Place(judge.code, low, high, rules.groups_of(judge, round_)),
        judge.name,
        judge.id,
        [Seated(a.seat.judge_id, a.seat.judge.name, rules.groups_of(a.seat.judge, round_)) for a in present],
        load,
        barred=(judge.id, candidate.id) in barred_pairs(session, edition.id, round_.id),
    )
    advance(session, round_.id)
    last = session.scalar(sa.select(sa.func.max(Assignment.order)).where(Assignment.seat_id == seat.id)) or 0
    made = Assignment(
        candidate_id=candidate.id,
        seat_id=seat.id,
        source=AssignmentSource.MANUAL,
        reason=reason.strip(),
        order=last + 1,
        created_at=at,
    )
    session.add(made)
    session.flush()
    record(
        session,
        edition,
        AssignmentAct.ADDED,
        candidate.id,
        f"{candidate.code} {judge.name}",
        by=by,
        at=at,
        reason=reason,
    )
    return made


def record(
    session: Session,
    edition: Edition,
    act: AssignmentAct,
    candidate_id: UUID,
    subject: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> None:
    """Note a change by hand on its candidate."""
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=candidate_id,
        subject=subject,
        scope_id=edition.id,
        reason=reason.strip(),
    )
