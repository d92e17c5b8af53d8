"""What should be done before an edition is closed."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks
from judging.publication import queries
from judging.publication.models import NoticeKind


@checks(Stage.CLOSED)
def objections_are_ruled_on(session: Session, edition: Edition) -> list[Obstacle]:
    """Nobody who objected in time is left without an answer."""
    waiting = queries.open_objections(session, edition)
    if not waiting:
        return []
    return [Obstacle(_("%(count)s objections have not been ruled on.", count=waiting), True, "objections.index")]


@checks(Stage.CLOSED)
def result_is_announced(session: Session, edition: Edition) -> list[Obstacle]:
    """A result that nobody announced, and awards without certificates, deserve a word."""
    found = []
    if queries.standing_notice(session, edition, NoticeKind.ANNOUNCEMENT) is None:
        found.append(Obstacle(_("The result has not been announced."), False, "publication.index"))
    counts = queries.certificate_counts(session, edition)
    if counts.issued < counts.granted:
        missing = counts.granted - counts.issued
        sentence = _("%(count)s certificates have not been issued.", count=missing)
        found.append(Obstacle(sentence, False, "certificates.index"))
    inquiries = queries.unanswered_inquiries(session, edition)
    if inquiries:
        sentence = _("%(count)s inquiries have not been answered.", count=inquiries)
        found.append(Obstacle(sentence, False, "objections.index"))
    return found
