"""Has a sheet's sensitivity asked in the background, and keeps the answer with the sheet it was asked of."""

from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.ballots.totals import TotalRow, valid_totals
from judging.foundation import db, jobs
from judging.foundation.audit import Actor
from judging.foundation.jobs import Progress
from judging.results import queries, rules, service
from judging.results.models import ResultSheet
from judging.results.sensitivity import probe
from judging.results.tables import Scale
from scoring import ScoringError

KIND = "results.sensitivity"


def ask(session: Session, sheet: ResultSheet, *, by: Actor, result_url: str) -> jobs.Job:
    """Enqueue the work."""
    return jobs.enqueue(session, KIND, {"sheet": str(sheet.id)}, by_id=by.id, result_url=result_url)


@jobs.handler(KIND)
def answer(payload: dict[str, Any], progress: Progress) -> str:
    """Do the work; done twice, it says the same."""
    sheet_id = UUID(payload["sheet"])
    with db.transaction() as session:  # read whole, then let go: the work may take minutes
        asked = _asked(session, session.get_one(ResultSheet, sheet_id))
    found = _found(asked, progress)
    with db.transaction() as session:
        session.get_one(ResultSheet, sheet_id).sensitivity = found
    told: str = gettext("%(count)s award lines have been tested.", count=len(found["lines"]))
    return told


def answer_now(session: Session, sheet: ResultSheet) -> None:
    """Do the work at once, in the caller's transaction."""
    sheet.sensitivity = _found(_asked(session, sheet), lambda _done, _total: None)
    session.flush()


Asked = tuple[list[TotalRow], dict[str, Scale], dict[str, Any]]


def _asked(session: Session, sheet: ResultSheet) -> Asked:
    """Return what the sheet was computed of; refuse when the ballots no longer give it."""
    if not service.verify(session, sheet):
        raise rules.SheetOutdated
    rows, scales = valid_totals(session, sheet.round_id), queries.scales_of(session, sheet.round_id)
    return rows, scales, dict(sheet.parameters)


def _found(asked: Asked, progress: Progress) -> dict[str, Any]:
    try:
        return probe(*asked, progress)
    except ScoringError as error:
        raise rules.CannotCompute(reason=str(error)) from error
