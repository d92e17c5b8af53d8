"""What intake has to say before blinding begins."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks
from judging.entries import queries
from judging.entries.models import EntryStatus


@checks(Stage.BLINDING)
def entries_are_checked(session: Session, edition: Edition) -> list[Obstacle]:
    """Nothing can be judged before something has been admitted; what is still open is told."""
    counts = queries.counts_by_status(session, edition.id)
    found = []
    if not counts[EntryStatus.ACCEPTED]:
        found.append(Obstacle(_("No entry has been admitted yet."), True, "check.queue"))
    open_ = counts[EntryStatus.SUBMITTED] + counts[EntryStatus.RETURNED] + counts[EntryStatus.DEFERRED]
    if open_:
        sentence = _("%(count)s entries still have no final verdict; they will not be judged.", count=open_)
        found.append(Obstacle(sentence, False, "check.queue"))
    return found
