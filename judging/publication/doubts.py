"""What upheld objections mean for the recommendation lists that were decided before them."""

from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload

from judging.editions.models import Edition
from judging.publication.models import Objection, ObjectionStatus
from judging.selection.doubts import Doubt, tells_doubts
from judging.selection.models import MoveStatus
from judging.web.filters import format_date


@tells_doubts
def upheld(session: Session, edition: Edition) -> dict[UUID, Doubt]:
    """Return the entries against which an objection was upheld; unsettled while a change waits for its signature."""
    query = (
        sa.select(Objection)
        .where(Objection.edition_id == edition.id, Objection.status == ObjectionStatus.UPHELD)
        .where(Objection.entry_id.is_not(None))
        .options(joinedload(Objection.move))
        .order_by(Objection.ruled_at)
    )
    return {found.entry_id: _doubt(found) for found in session.scalars(query) if found.entry_id is not None}


def _doubt(objection: Objection) -> Doubt:
    sentence, move = gettext("an objection was upheld on %(day)s", day=format_date(objection.ruled_at)), objection.move
    if move is None or move.status is MoveStatus.REFUSED:
        return Doubt(sentence, objection.ruled_at)
    if move.status is MoveStatus.PROPOSED:
        return Doubt(sentence, None)
    return Doubt(sentence, move.signed_at, removed=move.to_tier_id is None)
