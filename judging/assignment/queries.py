"""Questions about panels, seats, assignments and sittings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.assignment.counting import natural
from judging.assignment.models import (
    Assignment,
    CandidateDemand,
    JudgeDraw,
    Panel,
    Plan,
    PlanRun,
    RunningPlace,
    Seat,
    Sitting,
)
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Edition, Round, Track
from judging.foundation.errors import NotFound
from judging.judges.models import Expertise, ExpertiseKind, Judge, JudgeStatus


def running_rounds(edition: Edition) -> list[tuple[Track, Round]]:
    """Return the rounds that the stages are about now, by track."""
    rounds = [(track, track.round(edition.round_number)) for track in edition.tracks]
    return [(track, round_) for track, round_ in rounds if round_ is not None]


def round_of(edition: Edition, round_id: UUID) -> tuple[Track, Round]:
    """Return a round of the edition with its track."""
    for track in edition.tracks:
        for round_ in track.rounds:
            if round_.id == round_id:
                return track, round_
    raise NotFound


def panels_of(session: Session, round_id: UUID) -> list[Panel]:
    """Return the panels of a round with seats and judges."""
    query = sa.select(Panel).where(Panel.round_id == round_id).order_by(Panel.name)
    return list(session.scalars(query.options(selectinload(Panel.seats).joinedload(Seat.judge))))


def panel_of(session: Session, round_id: UUID, panel_id: UUID) -> Panel:
    """Return a panel of the round with seats and judges."""
    found = next((panel for panel in panels_of(session, round_id) if panel.id == panel_id), None)
    if found is None:
        raise NotFound
    return found


def seats_of(session: Session, round_id: UUID) -> list[Seat]:
    """Return all seats of a round with judge and panel, by judge code."""
    query = sa.select(Seat).join(Seat.panel).join(Seat.judge).where(Panel.round_id == round_id).order_by(Judge.code)
    return list(session.scalars(query.options(joinedload(Seat.judge), joinedload(Seat.panel))))


def seat_in(session: Session, round_id: UUID, seat_id: UUID) -> Seat:
    """Return a seat of the round with judge and panel."""
    query = sa.select(Seat).join(Seat.panel).where(Seat.id == seat_id, Panel.round_id == round_id)
    found = session.scalar(query.options(joinedload(Seat.judge), joinedload(Seat.panel)))
    if found is None:
        raise NotFound
    return found


def loads_of(session: Session, round_id: UUID) -> dict[UUID, int]:
    """Return how many candidates each seat of a round has; seats without any are left out."""
    count = sa.func.count(Assignment.id)
    query = sa.select(Assignment.seat_id, count).join(Assignment.candidate).where(Candidate.round_id == round_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(Assignment.seat_id))}


def counts_of(session: Session, round_id: UUID) -> dict[UUID, int]:
    """Return how many judges each cleared candidate of a round has, none included."""
    query = (
        sa.select(Candidate.id, sa.func.count(Assignment.id))
        .outerjoin(Assignment, Assignment.candidate_id == Candidate.id)
        .where(Candidate.round_id == round_id, Candidate.status == CandidateStatus.CLEARED)
        .group_by(Candidate.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def demands_of(session: Session, round_id: UUID) -> dict[UUID, int]:
    """Return how many judges single candidates of a round shall have, where that is not what the round asks of all."""
    query = sa.select(CandidateDemand.candidate_id, CandidateDemand.judges).join(
        Candidate, Candidate.id == CandidateDemand.candidate_id
    )
    return {row[0]: row[1] for row in session.execute(query.where(Candidate.round_id == round_id))}


def assignments_of_round(session: Session, round_id: UUID) -> list[Assignment]:
    """Return all assignments of a round with candidate and judge, by code."""
    query = (
        sa.select(Assignment)
        .join(Assignment.candidate)
        .join(Assignment.seat)
        .join(Seat.judge)
        .where(Candidate.round_id == round_id)
        .options(joinedload(Assignment.candidate), joinedload(Assignment.seat).joinedload(Seat.judge))
        .order_by(Candidate.code, Judge.code)
    )
    return list(session.scalars(query))


def clashing(session: Session, round_id: UUID, barred: set[tuple[UUID, UUID]]) -> list[Assignment]:
    """Return the assignments of a round that a conflict bars, known only after they were made."""
    return [a for a in assignments_of_round(session, round_id) if (a.seat.judge_id, a.candidate_id) in barred]


def assignments_of_candidates(session: Session, candidate_ids: Sequence[UUID]) -> dict[UUID, list[Assignment]]:
    """Return the assignments of these candidates, with seat and judge, by candidate."""
    query = (
        sa.select(Assignment)
        .join(Assignment.seat)
        .join(Seat.judge)
        .where(Assignment.candidate_id.in_(candidate_ids))
        .options(joinedload(Assignment.seat).joinedload(Seat.judge))
        .order_by(Judge.code)
    )
    found: dict[UUID, list[Assignment]] = {candidate_id: [] for candidate_id in candidate_ids}
    for assignment in session.scalars(query):
        found[assignment.candidate_id].append(assignment)
    return found


def assignments_of_judge(session: Session, edition: Edition, judge_id: UUID) -> list[Assignment]:
    """Return a judge's own assignments in the running rounds, in the drawn order."""
    return list(session.scalars(_own(edition, judge_id).order_by(Assignment.order, Candidate.code)))


def assignment_for(session: Session, edition: Edition, assignment_id: UUID, judge_id: UUID) -> Assignment:
    """Return a judge's own assignment; another's, or another edition's, does not exist."""
    found = session.scalar(_own(edition, judge_id, running=False).where(Assignment.id == assignment_id))
    if found is None:
        raise NotFound
    return found


def _own(edition: Edition, judge_id: UUID, *, running: bool = True) -> sa.Select[Assignment]:
    query = (
        sa.select(Assignment)
        .join(Assignment.candidate)
        .join(Assignment.seat)
        .join(Candidate.round)
        .join(Track, Track.id == Round.track_id)
        .where(Seat.judge_id == judge_id, Track.edition_id == edition.id)
        .where(Candidate.status == CandidateStatus.CLEARED)
        .options(joinedload(Assignment.candidate).joinedload(Candidate.round), joinedload(Assignment.seat))
    )
    return query.where(Round.number == edition.round_number) if running else query


def assignment_in(session: Session, round_id: UUID, assignment_id: UUID) -> Assignment:
    """Return an assignment of the round with candidate, seat and judge."""
    query = (
        sa.select(Assignment)
        .join(Assignment.candidate)
        .where(Assignment.id == assignment_id, Candidate.round_id == round_id)
        .options(joinedload(Assignment.candidate), joinedload(Assignment.seat).joinedload(Seat.judge))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def candidate_in(session: Session, round_id: UUID, candidate_id: UUID) -> Candidate:
    """Return a candidate of the round."""
    found = session.get(Candidate, candidate_id)
    if found is None or found.round_id != round_id:
        raise NotFound
    return found


def candidates_query(round_: Round) -> tuple[sa.Select[Candidate], Any, Any]:
    """Return the cleared candidates of a round as a query, and the columns that count their judges, had and wanted."""
    judges = (
        sa.select(sa.func.count(Assignment.id))
        .where(Assignment.candidate_id == Candidate.id)
        .correlate(Candidate)
        .scalar_subquery()
    )
    own = sa.select(CandidateDemand.judges).where(CandidateDemand.candidate_id == Candidate.id).correlate(Candidate)
    wanted = sa.func.coalesce(own.scalar_subquery(), round_.judges_per_entry)
    query = sa.select(Candidate).where(Candidate.round_id == round_.id, Candidate.status == CandidateStatus.CLEARED)
    return query, judges, wanted


def bank(session: Session, track_kind: str | None, industry: str | None = None) -> list[Judge]:
    """Return the judges who can be seated, filtered by what they can judge."""
    query = sa.select(Judge).where(Judge.status == JudgeStatus.ACTIVE).order_by(Judge.code)
    for kind, code in ((ExpertiseKind.TRACK, track_kind), (ExpertiseKind.INDUSTRY, industry)):
        if code:
            query = query.where(Judge.expertise.any(sa.and_(Expertise.kind == kind, Expertise.code == code)))
    return list(session.scalars(query))


def judges_named(session: Session, codes: Sequence[str]) -> list[Judge]:
    """Return the judges with these numbers in the bank."""
    return list(session.scalars(sa.select(Judge).where(Judge.code.in_(codes)).order_by(Judge.code)))


def plans_of(session: Session, round_id: UUID, limit: int = 10) -> list[Plan]:
    """Return the latest plans of a round."""
    query = sa.select(Plan).where(Plan.round_id == round_id).order_by(Plan.created_at.desc(), Plan.id)
    return list(session.scalars(query.limit(limit)))


def plan_of(session: Session, edition: Edition, plan_id: UUID) -> Plan:
    """Return a plan of the edition."""
    found = session.get(Plan, plan_id)
    if found is None:
        raise NotFound
    round_of(edition, found.round_id)
    return found


def plans_together(session: Session, round_id: UUID, proposal_id: UUID) -> list[Plan]:
    """Return the plans of a round that were made by one act."""
    query = sa.select(Plan).where(Plan.round_id == round_id, Plan.proposal_id == proposal_id)
    return list(session.scalars(query.order_by(Plan.created_at, Plan.id)))


def plans_named(session: Session, round_id: UUID, ids: Sequence[UUID]) -> list[Plan]:
    """Return these plans of a round."""
    return list(session.scalars(sa.select(Plan).where(Plan.round_id == round_id, Plan.id.in_(ids))))


def judge_draws_of(session: Session, round_id: UUID) -> list[JudgeDraw]:
    """Return the draws of judges of a round, the latest first."""
    query = sa.select(JudgeDraw).where(JudgeDraw.round_id == round_id)
    return list(session.scalars(query.order_by(JudgeDraw.created_at.desc(), JudgeDraw.id.desc())))


def judge_draw_of(session: Session, round_id: UUID, draw_id: UUID) -> JudgeDraw:
    """Return a draw of judges of the round."""
    found = session.get(JudgeDraw, draw_id)
    if found is None or found.round_id != round_id:
        raise NotFound
    return found


def run_of(session: Session, edition: Edition, run_id: UUID) -> PlanRun:
    """Return a computation of the edition."""
    found = session.get(PlanRun, run_id)
    if found is None:
        raise NotFound
    round_of(edition, found.round_id)
    return found


def draws_of(session: Session, round_id: UUID) -> list[Plan]:
    """Return every draw of a round in the order in which their seeds were committed."""
    query = sa.select(Plan).where(Plan.round_id == round_id, Plan.commitment != "")
    return list(session.scalars(query.order_by(Plan.created_at, Plan.id)))


def applied_plan(session: Session, round_id: UUID) -> Plan | None:
    """Return the plan that was applied last and has not been taken back."""
    query = sa.select(Plan).where(Plan.round_id == round_id, Plan.applied_at.is_not(None))
    return session.scalar(query.order_by(Plan.applied_at.desc()).limit(1))


def sittings_of(session: Session, round_id: UUID) -> list[Sitting]:
    """Return the sittings of a round with their running orders."""
    query = sa.select(Sitting).where(Sitting.round_id == round_id).order_by(Sitting.starts_at, Sitting.id)
    found = session.scalars(query.options(selectinload(Sitting.places).joinedload(RunningPlace.candidate)))
    return sorted(found, key=lambda sitting: natural(sitting.hall))


def sitting_of(session: Session, round_id: UUID, sitting_id: UUID) -> Sitting:
    """Return a sitting of the round with its running order."""
    found = next((sitting for sitting in sittings_of(session, round_id) if sitting.id == sitting_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the candidates of a round have their judges."""

    candidates: int
    judges: int
    pairs: int
    short: int  # candidates with fewer judges than the round wants

    @property
    def full(self) -> int:
        """Return how many candidates have all their judges."""
        return self.candidates - self.short


def coverage(session: Session, round_: Round) -> Coverage:
    """Return how far the candidates of a round have their judges."""
    counts = counts_of(session, round_.id)
    seats = session.scalar(sa.select(sa.func.count(Seat.id)).join(Seat.panel).where(Panel.round_id == round_.id))
    own = demands_of(session, round_.id)
    short = sum(count < own.get(one, round_.judges_per_entry) for one, count in counts.items())
    return Coverage(candidates=len(counts), judges=seats or 0, pairs=sum(counts.values()), short=short)


def industries_of(session: Session, round_id: UUID) -> list[tuple[str, str]]:
    """Return the industries that occur among the candidates of a round, as choices."""
    query = sa.select(Candidate.industry).where(Candidate.round_id == round_id, Candidate.industry != "").distinct()
    return [(code, code) for code in session.scalars(query.order_by(Candidate.industry))]
