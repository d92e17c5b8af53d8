"""Making a plan real, and taking it back before judging opens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, AssignmentSource, CandidateDemand, Plan, PlanMode
from judging.assignment.rules import AssignmentAct
from judging.assignment.service.changes import begun_among
from judging.assignment.service.ground import Terms, terms_of
from judging.assignment.service.halls import ordered_by_hall
from judging.assignment.service.plans import record
from judging.assignment.service.versions import advance, version_of
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, RoundKind, Stage
from judging.editions.rules import require_round
from judging.editions.service import update_round
from judging.foundation import audit
from judging.foundation.audit import Actor

Place = tuple[UUID, UUID]  # candidate, seat


def apply_plan(
    session: Session,
    edition: Edition,
    round_: Round,
    plan: Plan,
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    reason: str = "",
) -> list[Assignment]:
    """Make a plan real: assignments that are not in it go, the others come; what was given by hand or begun stays.

    `seen` is the version of the round's assignments on the page where the plan was accepted (none: when it was made).
    """
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    if plan.applied_at is not None:
        raise rules.PlanApplied
    if not plan.pairs:
        raise rules.PlanImpossible
    terms = terms_of(plan.ask) if plan.ask else Terms(plan.seed)
    if (terms.bends or (plan.mode is PlanMode.REPAIR and edition.stage is Stage.JUDGING)) and len(reason.strip()) < 2:
        raise rules.ReasonNeeded
    plan.applied_version = advance(session, round_.id, plan.base_version if seen is None else seen)
    pairs = {(UUID(candidate), UUID(seat)) for candidate, seat in plan.pairs}
    present = queries.assignments_of_round(session, round_.id)
    kept = _kept(session, edition, plan, present)
    _require_current(session, edition, round_, plan, pairs, kept)
    plan.previous = [_row(assignment) for assignment in present]
    stays = set()
    for assignment in present:
        if (assignment.candidate_id, assignment.seat_id) in pairs | kept:
            stays.add((assignment.candidate_id, assignment.seat_id))
        else:
            session.delete(assignment)
    session.flush()
    new = sorted(pairs - stays)
    session.add_all(Assignment(candidate_id=candidate, seat_id=seat, created_at=at) for candidate, seat in new)
    session.flush()
    plan.applied_at, plan.undone_at = at, None
    _bend(session, edition, round_, plan, terms, by=by, at=at, reason=reason)
    made = queries.assignments_of_round(session, round_.id)
    _draw_order(session, round_, made, plan.seed, fresh=edition.stage is Stage.BLINDING)
    record(session, edition, AssignmentAct.APPLIED, plan, by=by, at=at, count=len(made), reason=reason)
    if plan.secret:
        detail = {"secret": plan.secret, "commitment": plan.commitment, "problem": plan.digest}
        record(session, edition, AssignmentAct.REVEALED, plan, by=by, at=at, count=len(made), detail=detail)
    session.flush()
    return made


def _kept(session: Session, edition: Edition, plan: Plan, present: Sequence[Assignment]) -> set[Place]:
    begun = begun_among(session, [assignment.id for assignment in present])
    whole = edition.stage is Stage.JUDGING and plan.mode is not PlanMode.REPAIR
    by_hand = plan.mode is not PlanMode.REPAIR
    return {
        (a.candidate_id, a.seat_id)
        for a in present
        if a.id in begun or whole or (by_hand and a.source is AssignmentSource.MANUAL)
    }


def _row(assignment: Assignment) -> dict[str, Any]:
    return {
        "candidate": str(assignment.candidate_id),
        "seat": str(assignment.seat_id),
        "source": assignment.source.value,
        "reason": assignment.reason,
        "order": assignment.order,
    }


def _require_current(
    session: Session, edition: Edition, round_: Round, plan: Plan, pairs: set[Place], kept: set[Place]
) -> None:
    """Refuse a plan whose candidates, seats, conflicts or fixed pairs are no longer those it was made for."""
    candidates = {candidate.id for candidate in candidates_of(session, round_.id)}
    judges = {seat.id: seat.judge_id for seat in queries.seats_of(session, round_.id)}
    barred = barred_pairs(session, edition.id, round_.id)
    if any(candidate in candidates and (candidate, seat) not in pairs for candidate, seat in kept):
        raise rules.PlanOutdated
    for candidate, seat in pairs - kept:
        if candidate not in candidates or seat not in judges or (judges[seat], candidate) in barred:
            raise rules.PlanOutdated
    if plan.mode is not PlanMode.HALLS and {candidate for candidate, _ in pairs} != candidates:
        raise rules.PlanOutdated


def _bend(
    session: Session, edition: Edition, round_: Round, plan: Plan, terms: Terms, *, by: Actor, at: datetime, reason: str
) -> None:
    """Let the round and its seats have the bounds that the plan was made with."""
    if not terms.bends:
        return
    seats = {seat.judge.code: seat for seat in queries.seats_of(session, round_.id)}
    loads = queries.loads_of(session, round_.id)
    bounds = {code: (low, high) for code, (low, high) in terms.seats.items() if code in seats}
    bounds |= {code: (0, loads.get(seats[code].id, 0)) for code in terms.released if code in seats}
    before: dict[str, Any] = {"seats": {}, "round": {}}
    for code, (low, high) in bounds.items():
        seat = seats[code]
        before["seats"][str(seat.id)] = [seat.min_load, seat.max_load]
        seat.min_load, seat.max_load = low, high
    track = next(track for track in edition.tracks if track.id == round_.track_id)
    wanted: dict[str, Any] = {} if terms.wanted is None else {"judges_per_entry": terms.wanted}
    wanted |= {f"one_judge_per_{name}": False for name in terms.waived}
    if wanted:
        before["round"] = {name: getattr(round_, name) for name in wanted}
        update_round(session, edition, track, round_, by=by, at=at, **wanted)
    single = _demand(session, round_, terms)
    if single:
        before["entries"] = single
    plan.ask = dict(plan.ask) | {"before": before}
    told = {
        code: f"{low if low is not None else '–'}–{high if high is not None else '–'}"
        for code, (low, high) in bounds.items()
    }
    detail = {"seats": told, "round": wanted} | ({"entries": dict(terms.entries)} if terms.entries else {})
    record(
        session, edition, AssignmentAct.BENT, plan, by=by, at=at, count=len(plan.pairs), reason=reason, detail=detail
    )


def _demand(session: Session, round_: Round, terms: Terms) -> dict[str, int | None]:
    """Let single candidates have the number of judges that the plan was made with; return what stood before."""
    ids = {candidate.code: candidate.id for candidate in candidates_of(session, round_.id)}
    usual = round_.judges_per_entry
    wanted = {ids[code]: count for code, count in terms.entries.items() if code in ids}
    own = queries.demands_of(session, round_.id)
    changed = {one: wanted.get(one, usual) for one in (wanted if terms.wanted is None else {*own, *wanted})}
    for candidate_id, count in changed.items():
        _set_demand(session, candidate_id, None if count == usual else count)
    return {str(candidate_id): own.get(candidate_id) for candidate_id in changed}


def _set_demand(session: Session, candidate_id: UUID, judges: int | None) -> None:
    session.execute(sa.delete(CandidateDemand).where(CandidateDemand.candidate_id == candidate_id))
    if judges is not None:
        session.add(CandidateDemand(candidate_id=candidate_id, judges=judges))
    session.flush()


def undo_plan(
    session: Session, edition: Edition, round_: Round, plan: Plan, *, by: Actor, at: datetime, reason: str
) -> list[Assignment]:
    """Let what stood before a plan stand again, as long as judging has not opened and nothing has changed since."""
    require_round(edition, round_, Stage.BLINDING)
    if plan.applied_at is None or plan.applied_version is None:
        raise rules.NotApplied
    if len(reason.strip()) < 2:
        raise rules.ReasonNeeded
    if version_of(session, round_.id) != plan.applied_version:
        raise rules.ChangedSince
    advance(session, round_.id, plan.applied_version)
    present = queries.assignments_of_round(session, round_.id)
    if begun_among(session, [assignment.id for assignment in present]):
        raise rules.ChangedSince
    before = {(UUID(row["candidate"]), UUID(row["seat"])): row for row in plan.previous}
    seats = {seat.id for seat in queries.seats_of(session, round_.id)}
    if any(seat not in seats for _candidate, seat in before):
        raise rules.ChangedSince
    stays = set()
    for assignment in present:
        key = (assignment.candidate_id, assignment.seat_id)
        if key in before:
            stays.add(key)
            assignment.order = before[key]["order"]
        else:
            session.delete(assignment)
    session.flush()
    session.add_all(_again(row, at) for key, row in before.items() if key not in stays)
    _unbend(session, edition, round_, plan.ask.get("before", {}), by=by, at=at)
    plan.applied_at, plan.applied_version, plan.undone_at, plan.previous = None, None, at, []
    session.flush()
    made = queries.assignments_of_round(session, round_.id)
    record(session, edition, AssignmentAct.UNDONE, plan, by=by, at=at, count=len(made), reason=reason)
    return made


def _again(row: Mapping[str, Any], at: datetime) -> Assignment:
    return Assignment(
        candidate_id=UUID(row["candidate"]),
        seat_id=UUID(row["seat"]),
        source=AssignmentSource(row["source"]),
        reason=row["reason"],
        order=row["order"],
        created_at=at,
    )


def _unbend(
    session: Session, edition: Edition, round_: Round, before: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    seats = {str(seat.id): seat for seat in queries.seats_of(session, round_.id)}
    for seat_id, (low, high) in before.get("seats", {}).items():
        if seat_id in seats:
            seats[seat_id].min_load, seats[seat_id].max_load = low, high
    for candidate_id, count in before.get("entries", {}).items():
        _set_demand(session, UUID(candidate_id), count)
    if before.get("round"):
        track = next(track for track in edition.tracks if track.id == round_.track_id)
        update_round(session, edition, track, round_, by=by, at=at, **before["round"])


def _draw_order(session: Session, round_: Round, assignments: Sequence[Assignment], seed: int, *, fresh: bool) -> None:
    """Give each judge an order of its own: on site the running order, else one that a seed draws and that tells nothing.

    While judging is open, what a judge has keeps its place; what is new comes after it.
    """
    if round_.kind is RoundKind.ON_SITE:
        ordered_by_hall(session, round_, assignments)
        return
    by_seat: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        by_seat.setdefault(assignment.seat.judge.code, []).append(assignment)
    for judge, own in by_seat.items():
        new = own if fresh else [assignment for assignment in own if not assignment.order]
        first = 1 if fresh else 1 + max(assignment.order for assignment in own)
        for place, assignment in enumerate(rules.shuffled(new, seed, judge), start=first):
            assignment.order = place


def clear_plan(session: Session, edition: Edition, round_: Round, *, by: Actor, at: datetime) -> int:
    """Take back all planned assignments of a round before judging opens; return how many."""
    require_round(edition, round_, Stage.BLINDING)
    advance(session, round_.id)
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
