"""What happens to a score sheet: every mark saved, submitted when complete, given back with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.models import Role, RoleGrant
from judging.assignment.models import Assignment, Seat
from judging.assignment.queries import round_of
from judging.assignment.service import keeps
from judging.ballots import queries, rules
from judging.ballots.models import Ballot, BallotStatus, Mark
from judging.ballots.progress import JudgeProgress
from judging.ballots.rules import BallotAct, Saved
from judging.blinding.barred import is_barred
from judging.blinding.models import Candidate
from judging.blinding.recusing import lift_recusal, note_recusal
from judging.editions import rules as editions
from judging.editions.models import Edition, Round, Stage
from judging.foundation import audit, chance, outbox
from judging.foundation.audit import Actor
from judging.rubrics.models import Criterion
from judging.rubrics.queries import rubric_for


@keeps
def begun_among(session: Session, assignment_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Tell the assignment stage which assignments stay: those whose sheet has been begun; and whether it is finished."""
    query = sa.select(Ballot.assignment_id, Ballot.status).where(Ballot.assignment_id.in_(assignment_ids))
    return {assignment_id: status is BallotStatus.SUBMITTED for assignment_id, status in session.execute(query)}


def save_mark(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    criterion_id: UUID,
    value: str | Decimal | None,
    *,
    sequence: int,
    by: Actor,
    at: datetime,
) -> Saved:
    """Keep a mark, or take it back when `value` is empty; what was typed later wins, whatever arrives last."""
    ballot = _opened(session, edition, assignment, by=by, at=at)
    criterion = next((c for c in ballot.rubric.criteria if c.id == criterion_id), None)
    if criterion is None:
        raise rules.UnknownField
    number = rules.read_mark("" if value is None else str(value), criterion)
    changed = _is_newer(ballot, f"mark-{criterion_id}", sequence, at)
    if changed:
        _put_mark(session, ballot, criterion, number, sequence, at)
    session.flush()
    return _saved(ballot, changed)


def save_comment(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    field: str,
    text: str,
    *,
    sequence: int,
    by: Actor,
    at: datetime,
) -> Saved:
    """Keep a comment; words in `elimination_reason` are a proposal to eliminate, none take it back."""
    clean = rules.read_comment(field, text)
    ballot = _opened(session, edition, assignment, by=by, at=at)
    changed = _is_newer(ballot, field, sequence, at)
    if changed:
        setattr(ballot, field, clean)
        ballot.proposes_elimination = bool(ballot.elimination_reason)
    session.flush()
    return _saved(ballot, changed)


def submit_ballot(session: Session, edition: Edition, assignment: Assignment, *, by: Actor, at: datetime) -> Ballot:
    """Hand the sheet in; from now on it counts and is read-only. Handing in twice changes nothing."""
    ballot = queries.ballot_on(session, assignment.id, lock=True)
    if ballot is not None and ballot.status is BallotStatus.SUBMITTED:
        return ballot
    ballot = _opened(session, edition, assignment, by=by, at=at)
    _hand_in(session, edition, ballot, by=by, at=at)
    return ballot


def save_sheet(
    session: Session,
    edition: Edition,
    assignment: Assignment,
    *,
    marks: Mapping[UUID, str | Decimal | None],
    comments: Mapping[str, str] | None = None,
    sequence: int,
    by: Actor,
    at: datetime,
    submit: bool = False,
) -> Ballot:
    """Keep a whole sheet as it was posted or typed from paper, and hand it in if asked: all of it or nothing."""
    ballot = _opened(session, edition, assignment, by=by, at=at)
    criteria = {criterion.id: criterion for criterion in ballot.rubric.criteria}
    for criterion_id, value in marks.items():
        if criterion_id not in criteria:
            raise rules.UnknownField
        number = rules.read_mark("" if value is None else str(value), criteria[criterion_id])
        if _is_newer(ballot, f"mark-{criterion_id}", sequence, at):
            _put_mark(session, ballot, criteria[criterion_id], number, sequence, at)
    for field, text in (comments or {}).items():
        clean = rules.read_comment(field, text)
        if _is_newer(ballot, field, sequence, at):
            setattr(ballot, field, clean)
    ballot.proposes_elimination = bool(ballot.elimination_reason)
    if submit:
        _hand_in(session, edition, ballot, by=by, at=at)
    session.flush()
    return ballot


def _hand_in(session: Session, edition: Edition, ballot: Ballot, *, by: Actor, at: datetime) -> None:
    with session.no_autoflush:  # the sheet goes to the database once, as it is handed in
        barred = is_barred(session, edition.id, ballot.judge_id, ballot.candidate_id)
    if barred:
        raise rules.ConflictStands
    marks = _marks(ballot)
    missing = rules.missing_criteria(ballot.rubric.criteria, marks)
    if missing:
        raise rules.Incomplete(names="、".join(criterion.name for criterion in missing))
    ballot.total = rules.total_of(ballot.rubric.criteria, marks)
    ballot.status, ballot.submitted_at = BallotStatus.SUBMITTED, at
    _record(session, edition, BallotAct.SUBMITTED, ballot, by=by, at=at, detail={"total": str(ballot.total)})
    session.flush()


def recuse(
    session: Session, edition: Edition, assignment: Assignment, *, reason: str, by: Actor, at: datetime
) -> Ballot:
    """Declare a conflict that was noticed only on the sheet: nothing on it counts, the organizer finds another judge."""
    _require_reason(reason)
    ballot = _opened(session, edition, assignment, by=by, at=at)
    ballot.status, ballot.recusal_reason = BallotStatus.RECUSED, reason.strip()
    ballot.total = ballot.submitted_at = None
    note_recusal(session, edition, ballot.judge_id, ballot.candidate_id, reason=reason.strip(), by=by, at=at)
    _record(session, edition, BallotAct.RECUSED, ballot, by=by, at=at, reason=reason.strip())
    session.flush()
    return ballot


def reopen_ballot(session: Session, edition: Edition, ballot: Ballot, *, by: Actor, reason: str, at: datetime) -> None:
    """Give a submitted ballot back to its judge; the chair of the panel and the organizer may, while judging is open."""
    editions.require_round(edition, _round_of(session, edition, ballot.candidate_id), Stage.JUDGING)
    _require_reason(reason)
    organizes = _organizes(session, edition, by)
    if not (organizes or queries.is_chair_of(session, ballot, by.id)):
        raise rules.NotChair
    if ballot.status is BallotStatus.OPEN:
        raise rules.NotSubmitted
    if ballot.status is BallotStatus.RECUSED:
        if not organizes:
            raise rules.RecusalStands
        lift_recusal(session, edition, ballot.judge_id, ballot.candidate_id, reason=reason.strip(), by=by, at=at)
    ballot.status, ballot.total, ballot.submitted_at = BallotStatus.OPEN, None, None
    ballot.recusal_reason = ""
    _record(session, edition, BallotAct.REOPENED, ballot, by=by, at=at, reason=reason.strip())
    session.flush()


def remind(
    session: Session,
    edition: Edition,
    judges: Iterable[JudgeProgress],
    *,
    until: str,
    link: str,
    by: Actor,
    at: datetime,
) -> int:
    """Lay a reminder in the outbox for each of these judges who still has sheets; return how many."""
    editions.require_stage(edition, Stage.JUDGING)
    waiting = [judge for judge in judges if judge.left > 0 and judge.email]
    for judge in waiting:
        body = _letter(edition, judge, until, link)
        subject = gettext("Reminder: %(count)s score sheets still open", count=judge.left)
        outbox.lay(session, to=judge.email, subject=subject, body=body, at=at, scope_id=edition.id)
    if waiting:
        names = "、".join(judge.name for judge in waiting)
        detail = {"judges": [judge.code for judge in waiting]}
        audit.record(
            session,
            BallotAct.REMINDED,
            by=by,
            at=at,
            subject=names,
            subject_id=edition.id,
            scope_id=edition.id,
            detail=detail,
        )
    session.flush()
    return len(waiting)


def _letter(edition: Edition, judge: JudgeProgress, until: str, link: str) -> str:
    lines = [
        gettext("Dear %(name)s,", name=judge.name),
        gettext(
            "in “%(edition)s” %(done)s of your %(total)s score sheets have been submitted; %(left)s are still open.",
            edition=edition.name,
            done=judge.done,
            total=judge.total - judge.recused,
            left=judge.left,
        ),
        gettext("Please submit them by %(until)s.", until=until) if until else "",
        gettext("Your desk: %(link)s", link=link),
        gettext("If you are prevented, please tell the secretariat soon, so that another judge can be found."),
        edition.organiser,
    ]
    return "\n\n".join(line for line in lines if line)


def _opened(session: Session, edition: Edition, assignment: Assignment, *, by: Actor, at: datetime) -> Ballot:
    """Return the ballot of an assignment, begun now if need be; refuse when nothing may be written on it."""
    # The assignment's row is the lock: two first saves of one sheet must not both begin it.
    query = (
        sa.select(Seat.judge_id, Candidate.round_id, Candidate.topic_type, Candidate.code)
        .join_from(Assignment, Seat, Assignment.seat_id == Seat.id)
        .join(Candidate, Candidate.id == Assignment.candidate_id)
        .where(Assignment.id == assignment.id)
        .with_for_update(of=Assignment)
    )
    judge_id, round_id, topic_type, code = session.execute(query).one()
    round_ = round_of(edition, round_id)[1]
    ballot = queries.ballot_on(session, assignment.id, lock=True)
    rules.require_open(edition, round_, ballot, at)
    if ballot is not None:
        return ballot
    ballot = Ballot(
        id=chance.new_id(),  # the line in the trail names it before it is flushed
        assignment_id=assignment.id,
        candidate_id=assignment.candidate_id,
        judge_id=judge_id,
        rubric=rubric_for(session, round_id, topic_type),
        opened_at=at,
        saved_at=at,
        marks=[],
        sequences={},
    )
    session.add(ballot)
    _record(session, edition, BallotAct.OPENED, ballot, code=code, by=by, at=at)
    return ballot


def _round_of(session: Session, edition: Edition, candidate_id: UUID) -> Round:
    """Return the round of a candidate; it is found in the edition, which is loaded whole."""
    round_id = session.scalars(sa.select(Candidate.round_id).where(Candidate.id == candidate_id)).one()
    return round_of(edition, round_id)[1]


def _is_newer(ballot: Ballot, field: str, sequence: int, at: datetime) -> bool:
    """Remember the highest sequence of a field; say whether this save is the latest of it."""
    if not 0 <= sequence <= rules.MAX_SEQUENCE:
        raise rules.BadSequence
    if sequence <= int(ballot.sequences.get(field, -1)):
        return False
    ballot.sequences = {**ballot.sequences, field: sequence}
    ballot.sequence = max(ballot.sequence or 0, sequence)
    ballot.saved_at = at
    return True


def _put_mark(
    session: Session, ballot: Ballot, criterion: Criterion, value: Decimal | None, sequence: int, at: datetime
) -> None:
    mark = next((mark for mark in ballot.marks if mark.criterion_id == criterion.id), None)
    if value is None:
        if mark is not None:
            ballot.marks.remove(mark)
    elif mark is None:
        ballot.marks.append(Mark(criterion_id=criterion.id, value=value, sequence=sequence, saved_at=at))
    else:
        mark.value, mark.sequence, mark.saved_at = value, sequence, at


def _marks(ballot: Ballot) -> dict[UUID, Decimal]:
    return {mark.criterion_id: mark.value for mark in ballot.marks}


def _saved(ballot: Ballot, changed: bool) -> Saved:
    marks, criteria = _marks(ballot), ballot.rubric.criteria
    return Saved(
        saved_at=ballot.saved_at,  # type: ignore[arg-type]  # set when the ballot was begun
        version=ballot.version,
        sequence=ballot.sequence,
        total=rules.total_of(criteria, marks) if marks else None,
        missing=tuple(criterion.id for criterion in rules.missing_criteria(criteria, marks)),
        changed=changed,
    )


def _require_reason(reason: str) -> None:
    if len(reason.strip()) < 2:
        raise rules.ReasonMissing


def _organizes(session: Session, edition: Edition, by: Actor) -> bool:
    roles = (Role.ADMIN, Role.ORGANIZER)
    query = sa.select(RoleGrant.id).where(RoleGrant.user_id == by.id, RoleGrant.role.in_(roles))
    scoped = sa.or_(RoleGrant.scope_id.is_(None), RoleGrant.scope_id == edition.id)
    return by.id is not None and session.scalar(query.where(scoped)) is not None


def _record(
    session: Session,
    edition: Edition,
    act: BallotAct,
    ballot: Ballot,
    *,
    by: Actor,
    at: datetime,
    code: str = "",
    reason: str = "",
    detail: Mapping[str, str] | None = None,
) -> None:
    if not code:
        with session.no_autoflush:
            code = session.scalars(sa.select(Candidate.code).where(Candidate.id == ballot.candidate_id)).one()
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=ballot.id,
        subject=code,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
