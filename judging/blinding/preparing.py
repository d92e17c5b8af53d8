"""Makes the review copies of a whole round in the background: admits what waits, then prepares what is not prepared."""

from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.blinding import identity_queries, queries, service
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Edition
from judging.foundation import clock, db, jobs
from judging.foundation.audit import Actor
from judging.foundation.jobs import Progress

KIND = "blinding.prepare"
AT_ONCE = 4  # files are read while the database is held: others wait for so many at most


def ask(session: Session, edition: Edition, *, by: Actor, result_url: str) -> jobs.Job:
    """Enqueue the work for the running rounds of an edition."""
    payload = {"edition_id": str(edition.id), "by_id": str(by.id) if by.id else None, "by": by.name}
    return jobs.enqueue(session, KIND, payload, by_id=by.id, result_url=result_url)


@jobs.handler(KIND)
def prepare_rounds(payload: dict[str, Any], progress: Progress) -> str:
    """Do the work; beginning again does only what is left."""
    edition_id = UUID(payload["edition_id"])
    by = Actor(UUID(payload["by_id"]) if payload["by_id"] else None, payload["by"])
    waiting = _admit(edition_id, by)
    suspect = 0
    for start in range(0, len(waiting), AT_ONCE):
        suspect += _prepare(waiting[start : start + AT_ONCE])
        progress(min(start + AT_ONCE, len(waiting)), len(waiting))
    told: str = gettext(
        "%(n)s review copies have been prepared; %(suspect)s of them must be looked at.",
        n=len(waiting),
        suspect=suspect,
    )
    return told


def _admit(edition_id: UUID, by: Actor) -> list[UUID]:
    with db.transaction() as session:
        edition = session.get_one(Edition, edition_id)
        rounds = queries.rounds_of(edition)
        service.admit_waiting(session, edition, by=by, at=clock.now())
        return queries.unprepared(session, [round_.id for round_ in rounds])


def _prepare(candidate_ids: list[UUID]) -> int:
    with db.transaction() as session:
        candidates = [session.get_one(Candidate, candidate_id) for candidate_id in candidate_ids]
        service.prepare_all(session, candidates, at=clock.now())
        return sum(candidate.status is CandidateStatus.SUSPECT for candidate in candidates)


def what_waits(session: Session, edition: Edition) -> int:
    """Return for how many entries and candidates there is something to prepare."""
    round_ids = [round_.id for round_ in queries.rounds_of(edition)]
    new = identity_queries.waiting_entries(session, edition) if edition.round_number == 1 else []
    return len(queries.unprepared(session, round_ids)) + len(new)
