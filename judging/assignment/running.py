"""Plans that take long: computed in the background, with the gap shown as it closes, and stopped when somebody says so."""

import time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.assignment import queries
from judging.assignment.models import Assignment, Panel, Plan, PlanMode, PlanRun, Seat
from judging.assignment.rules import AssignmentAct
from judging.assignment.service.ground import Ground, Terms, terms_of
from judging.assignment.service.plans import FOUR, Proposal, keep, ready, solve
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round
from judging.foundation import audit, chance, clock, db, jobs
from judging.foundation.audit import Actor
from judging.foundation.jobs import Progress
from judging.judges.models import Expertise, Judge

KIND = "assignment.plan"
WORK = {PlanMode.OPTIMAL: 1, PlanMode.FAIR: 2, PlanMode.CALIBRATION: 12, PlanMode.RANDOM: 4}
AT_ONCE = 400_000  # pairs weighted by the work of the aim, up to which a page waits for the answer
PAUSE = 0.5  # seconds between two lines about progress
LIMIT = 90.0  # seconds for one plan; then the best so far


def takes_long(pairs: int, modes: tuple[PlanMode, ...]) -> bool:
    """Say whether computing plans over so many pairs is better done in the background."""
    return pairs * sum(WORK.get(mode, 1) for mode in modes) > AT_ONCE


def compute(session: Session, edition: Edition, round_: Round, terms: Terms, *, four: bool = False) -> list[Proposal]:
    """Read the round, let go of the database, then compute: nobody waits for somebody's plan."""
    made: list[Proposal] = []
    for ground in _grounds(session, edition, round_, terms, four=four):
        made.append(solve(session, ground))
        if made[-1].planned.diagnosis is not None:
            break  # where the first has no plan, none has
    _let_go(session)  # what the plan of halls has read
    return made


def _grounds(session: Session, edition: Edition, round_: Round, terms: Terms, *, four: bool) -> list[Ground]:
    first = ready(session, edition, round_, terms.but(mode=FOUR[0]) if four else terms)
    grounds = [first]
    if four and first.terms.mode is not PlanMode.HALLS:
        grounds += [ready(session, edition, round_, terms.but(mode=mode), first.fits) for mode in FOUR[1:]]
    if first.terms.mode is not PlanMode.HALLS:
        _let_go(session)
    return grounds


def _let_go(session: Session) -> None:
    """Take what was read out of the session, so that the next transaction does not read it row by row again."""
    for row in list(session.identity_map.values()):
        if isinstance(row, Candidate | Seat | Judge | Assignment | Panel | Expertise) and row in session:
            session.expunge(row)


def begin(
    session: Session, edition: Edition, round_: Round, terms: Terms, *, four: bool, by: Actor, result_url: str
) -> PlanRun:
    """Ask for plans in the background; the address of the result holds `PROPOSAL` for their common id."""
    proposal_id = chance.new_id()
    payload = {
        "edition": str(edition.id),
        "round": str(round_.id),
        "terms": terms.as_json(),
        "four": four,
        "proposal": str(proposal_id),
        "by": str(by.id) if by.id else None,
        "name": by.name,
    }
    url = result_url.replace("PROPOSAL", str(proposal_id))
    job = jobs.enqueue(session, KIND, payload, by_id=by.id, result_url=url)
    run = PlanRun(
        round_id=round_.id, job_id=job.id, created_at=clock.now(), created_by_id=by.id, proposal_id=proposal_id
    )
    session.add(run)
    session.flush()
    return run


def stop(session: Session, edition: Edition, run: PlanRun, *, by: Actor) -> None:
    """Let a computation end with the best it has."""
    if run.cancelled_at is None:
        run.cancelled_at = clock.now()
        audit.record(
            session, AssignmentAct.STOPPED, by=by, at=run.cancelled_at, subject_id=run.round_id, scope_id=edition.id
        )
    session.flush()


class Meter:
    """Tells the page how far a computation is, and the computation when to stop."""

    def __init__(self, run_proposal: UUID, progress: Progress, steps: int) -> None:
        self._proposal, self._progress, self._steps, self.done = run_proposal, progress, steps, 0
        self._told, self._goes_on = 0.0, True

    def tick(self, phase: str, gap: float | None) -> bool:
        """Note a step, twice a second at most; say whether to go on."""
        if time.monotonic() - self._told < PAUSE:
            return self._goes_on
        self._told = time.monotonic()
        self._progress(self.done, self._steps)
        mine = PlanRun.proposal_id == self._proposal
        with db.transaction() as session:
            values: dict[str, Any] = {"phase": phase[:40]} | ({} if gap is None else {"gap": gap})
            session.execute(sa.update(PlanRun).where(mine).values(**values))
            self._goes_on = session.scalar(sa.select(PlanRun.cancelled_at).where(mine)) is None
        return self._goes_on


@jobs.handler(KIND)
def make_plans(payload: dict[str, Any], progress: Progress) -> str:
    """Compute and keep the plans; running twice keeps them once."""
    proposal_id = UUID(payload["proposal"])
    by = Actor(UUID(payload["by"]) if payload["by"] else None, payload["name"])
    with db.transaction() as session:
        if session.scalar(sa.select(Plan.id).where(Plan.proposal_id == proposal_id)) is not None:
            return _told(session, proposal_id)
        edition = session.get_one(Edition, UUID(payload["edition"]))
        _track, round_ = queries.round_of(edition, UUID(payload["round"]))
        grounds = _grounds(session, edition, round_, terms_of(payload["terms"]), four=payload["four"])
    meter = Meter(proposal_id, progress, len(grounds))
    made: list[Proposal] = []
    for ground in grounds:
        made.append(solve(db.session(), ground, tick=meter.tick, seconds=LIMIT))
        meter.done += 1
        if made[-1].planned.diagnosis is not None or not meter.tick(ground.terms.mode.value, None):
            break
    with db.transaction() as session:
        edition = session.get_one(Edition, UUID(payload["edition"]))
        for proposal in made:
            keep(session, edition, proposal, by=by, at=clock.now(), proposal_id=proposal_id)
        return _told(session, proposal_id)


def _told(session: Session, proposal_id: UUID) -> str:
    count = session.scalar(sa.select(sa.func.count()).select_from(Plan).where(Plan.proposal_id == proposal_id))
    return str(_("%(count)s plans have been computed.", count=count))
