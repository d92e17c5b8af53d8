"""What conflicts ask before judging opens."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.conflicts import service
from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks


@checks(Stage.JUDGING)
def detection_is_up_to_date(session: Session, edition: Edition) -> list[Obstacle]:
    """Entries, judges or accounts that came after the last detection may hold conflicts that bar nobody yet."""
    missing = service.undetected(session, edition)
    if not missing:
        return []
    sentence = _(
        "%(n)s conflicts between judges and entries have not been recorded. Please detect conflicts.", n=missing
    )
    return [Obstacle(sentence, True, "conflicts.index")]
