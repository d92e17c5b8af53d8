"""Questions about ballots: what a judge has before them, how far judging is, and the totals that count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.assignment.models import Assignment, Panel, Seat
from judging.ballots.models import Ballot, BallotStatus, Mark
from judging.ballots.progress import progress_of
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Edition, Round, Track
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.rubrics.models import Criterion


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One line of a judge's desk: a candidate by its code, and how far its sheet is."""

    assignment_id: UUID
    code: str
    title: str
    topic_type: str
    round_id: UUID
    status: BallotStatus | None  # None: not begun
    given: int  # marks
    sum: Decimal | None  # of the marks so far, weighted
    saved_at: datetime | None

    @property
    def finished(self) -> bool:
        """Say whether nothing is left to do here."""
        return self.status in (BallotStatus.SUBMITTED, BallotStatus.RECUSED)


def desk_of(session: Session, edition: Edition, judge_id: UUID) -> list[DeskRow]:
    """Return a judge's own lines of the running rounds in the drawn order, in one query."""
    given = (
        sa.select(
            Mark.ballot_id,
            sa.func.count(Mark.id).label("given"),
            sa.func.sum(
                sa.type_coerce(Mark.value, sa.BigInteger) * sa.type_coerce(Criterion.weight, sa.BigInteger)
            ).label("sum"),
        )
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .group_by(Mark.ballot_id)
        .subquery()
    )
    query = (
        sa.select(Assignment, Candidate, Ballot, given.c.given, given.c.sum)
        .join(Assignment.candidate)
        .join(Assignment.seat)
        .join(Candidate.round)
        .join(Track, Track.id == Round.track_id)
        .outerjoin(Ballot, Ballot.assignment_id == Assignment.id)
        .outerjoin(given, given.c.ballot_id == Ballot.id)
        .where(Seat.judge_id == judge_id, Track.edition_id == edition.id, Round.number == edition.round_number)
        .where(Candidate.status == CandidateStatus.CLEARED)
        .order_by(Track.position, Assignment.order, Candidate.code)
    )
    return [
        DeskRow(
            assignment_id=assignment.id,
            code=candidate.code,
            title=candidate.title,
            topic_type=candidate.topic_type,
            round_id=candidate.round_id,
            status=ballot.status if ballot else None,
            given=count or 0,
            sum=None if total is None else Decimal(int(total)) / 10**12,  # two numbers of millionths, multiplied
            saved_at=ballot.saved_at if ballot else None,
        )
        for assignment, candidate, ballot, count, total in session.execute(query)
    ]


def ballot_on(session: Session, assignment_id: UUID, *, lock: bool = False) -> Ballot | None:
    """Return the ballot of an assignment with its marks, if it has been begun."""
    query = sa.select(Ballot).where(Ballot.assignment_id == assignment_id)
    query = query.options(joinedload(Ballot.rubric, innerjoin=True), selectinload(Ballot.marks))
    return session.scalar(query.with_for_update(of=Ballot) if lock else query)


def ballots_of_candidate(session: Session, candidate_id: UUID) -> list[Ballot]:
    """Return the ballots of a candidate with judges and marks, by judge code."""
    query = sa.select(Ballot).join(Ballot.judge).where(Ballot.candidate_id == candidate_id).order_by(Judge.code)
    return list(session.scalars(query.options(joinedload(Ballot.judge), selectinload(Ballot.marks))))


def ballot_in(session: Session, edition: Edition, ballot_id: UUID) -> Ballot:
    """Return a ballot of the edition with all that its page shows."""
    query = (
        sa.select(Ballot)
        .join(Ballot.candidate)
        .join(Candidate.round)
        .join(Track, Track.id == Round.track_id)
        .where(Ballot.id == ballot_id, Track.edition_id == edition.id)
        .options(
            joinedload(Ballot.candidate).joinedload(Candidate.round),
            joinedload(Ballot.assignment).joinedload(Assignment.seat),
            joinedload(Ballot.judge),
            joinedload(Ballot.rubric),
            selectinload(Ballot.marks),
        )
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A judge's own other sheet of the same round, for comparison."""

    assignment_id: UUID
    code: str
    marks: dict[UUID, Decimal]  # by criterion id


def own_others(session: Session, round_id: UUID, judge_id: UUID, but: UUID) -> list[OtherSheet]:
    """Return a judge's other sheets of a round that have marks, by code."""
    query = (
        sa.select(Ballot)
        .join(Ballot.candidate)
        .where(Ballot.judge_id == judge_id, Candidate.round_id == round_id, Ballot.assignment_id != but)
        .where(Ballot.status != BallotStatus.RECUSED, Candidate.status == CandidateStatus.CLEARED)
        .options(joinedload(Ballot.candidate), selectinload(Ballot.marks))
        .order_by(Candidate.code)
    )
    return [
        OtherSheet(
            ballot.assignment_id, ballot.candidate.code, {mark.criterion_id: mark.value for mark in ballot.marks}
        )
        for ballot in session.scalars(query)
        if ballot.marks
    ]


def recused_of(session: Session, round_ids: Sequence[UUID]) -> list[Ballot]:
    """Return the recused ballots of rounds, for the organizer who finds another judge."""
    query = (
        sa.select(Ballot)
        .join(Ballot.candidate)
        .where(Candidate.round_id.in_(round_ids), Ballot.status == BallotStatus.RECUSED)
        .options(joinedload(Ballot.candidate), joinedload(Ballot.judge))
        .order_by(Candidate.code)
    )
    return list(session.scalars(query))


def short_by_recusal(session: Session, round_: Round) -> set[UUID]:
    """Return the candidates whose judges, without those who recused, are fewer than the round wants."""
    judges = sa.func.count(Assignment.id)
    recused = sa.func.count(sa.case((Ballot.status == BallotStatus.RECUSED, Ballot.id)))
    query = (
        sa.select(Assignment.candidate_id)
        .join(Assignment.candidate)
        .outerjoin(Ballot, Ballot.assignment_id == Assignment.id)
        .where(Candidate.round_id == round_.id)
        .group_by(Assignment.candidate_id)
        .having(sa.and_(recused > 0, judges - recused < round_.judges_per_entry))
    )
    return set(session.scalars(query))


def chaired_panels(session: Session, edition: Edition, judge_id: UUID) -> list[Panel]:
    """Return the panels of the running rounds that a judge chairs."""
    query = (
        sa.select(Panel)
        .join(Seat, Seat.panel_id == Panel.id)
        .join(Round, Round.id == Panel.round_id)
        .join(Track, Track.id == Round.track_id)
        .where(Seat.judge_id == judge_id, Seat.is_chair.is_(True))
        .where(Track.edition_id == edition.id, Round.number == edition.round_number)
        .order_by(Panel.name)
    )
    return list(session.scalars(query))


def ballots_of_panels(session: Session, panel_ids: Sequence[UUID]) -> list[Ballot]:
    """Return the submitted ballots of panels with candidates and judges, by code."""
    query = (
        sa.select(Ballot)
        .join(Ballot.assignment)
        .join(Assignment.seat)
        .join(Ballot.candidate)
        .join(Ballot.judge)
        .where(Seat.panel_id.in_(panel_ids), Ballot.status == BallotStatus.SUBMITTED)
        .options(joinedload(Ballot.candidate), joinedload(Ballot.judge))
        .order_by(Candidate.code, Judge.code)
    )
    return list(session.scalars(query))


def is_chair_of(session: Session, ballot: Ballot, user_id: UUID | None) -> bool:
    """Say whether an account is the chair of the panel to which a ballot belongs."""
    own = sa.select(Seat.panel_id).join(Assignment, Assignment.seat_id == Seat.id)
    query = (
        sa.select(Seat.id)
        .join(Seat.judge)
        .where(Seat.is_chair.is_(True), Judge.user_id == user_id)
        .where(Seat.panel_id.in_(own.where(Assignment.id == ballot.assignment_id)))
    )
    return user_id is not None and session.scalar(query) is not None


def open_counts(session: Session, round_id: UUID) -> tuple[int, int]:
    """Return how many sheets are still open, and with how many judges."""
    late = [judge.left for judge in progress_of(session, round_id).judges if judge.left > 0]
    return sum(late), len(late)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet of a judge, as the secretariat sees it."""

    code: str
    title: str
    ballot_id: UUID | None
    status: BallotStatus | None
    given: int
    total: Decimal | None
    saved_at: datetime | None
    submitted_at: datetime | None
    proposes_elimination: bool
    reason: str  # of a recusal or of an exclusion


def sheets_of_judge(session: Session, round_id: UUID, judge_id: UUID) -> list[SheetRow]:
    """Return all sheets of a judge in a round, begun or not, by code."""
    given = sa.select(sa.func.count(Mark.id)).where(Mark.ballot_id == Ballot.id).correlate(Ballot).scalar_subquery()
    query = (
        sa.select(Candidate.code, Candidate.title, Ballot, given)
        .select_from(Assignment)
        .join(Assignment.candidate)
        .join(Assignment.seat)
        .outerjoin(Ballot, Ballot.assignment_id == Assignment.id)
        .where(Candidate.round_id == round_id, Seat.judge_id == judge_id, Candidate.status == CandidateStatus.CLEARED)
        .order_by(Candidate.code)
    )
    return [
        SheetRow(
            code=code,
            title=title,
            ballot_id=ballot.id if ballot else None,
            status=ballot.status if ballot else None,
            given=count if ballot else 0,
            total=ballot.total if ballot else None,
            saved_at=ballot.saved_at if ballot else None,
            submitted_at=ballot.submitted_at if ballot else None,
            proposes_elimination=bool(ballot and ballot.proposes_elimination),
            reason=(ballot.recusal_reason or ballot.excluded_reason) if ballot else "",
        )
        for code, title, ballot, count in session.execute(query)
    ]
