"""What stands in the way of judging, as far as review copies go."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.blinding import identity_queries, queries
from judging.blinding.models import CandidateStatus
from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks

DESK = "blinding.desk"


@checks(Stage.JUDGING)
def everybody_is_cleared(session: Session, edition: Edition) -> list[Obstacle]:
    """Judges read cleared copies only, so every candidate must be cleared and every accepted entry a candidate."""
    counts = queries.counts(session, [round_.id for round_ in queries.rounds_of(edition)])
    by_status = {status: sum(count.get(status, 0) for count in counts.values()) for status in CandidateStatus}
    open_ = sum(by_status[s] for s in (CandidateStatus.PREPARING, CandidateStatus.SUSPECT, CandidateStatus.READY))
    found = []
    if open_:
        found.append(Obstacle(_("%(n)s review copies are not cleared yet.", n=open_), True, DESK))
    if edition.round_number == 1 and (waiting := len(identity_queries.waiting_entries(session, edition))):
        found.append(Obstacle(_("%(n)s accepted entries have no review copy yet.", n=waiting), True, DESK))
    if not sum(by_status.values()) - by_status[CandidateStatus.REMOVED]:
        found.append(Obstacle(_("Nobody takes part in this round yet."), True, DESK))
    return found
