"""The version of a round's assignments: two people cannot both act on what only one of them still sees."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import rules
from judging.assignment.models import AssignmentVersion
from judging.editions.models import Round


def version_of(session: Session, round_id: UUID) -> int:
    """Return how often the assignments of a round have changed."""
    return session.scalar(sa.select(AssignmentVersion.number).where(AssignmentVersion.round_id == round_id)) or 0


def advance(session: Session, round_id: UUID, seen: int | None = None) -> int:
    """Count a change of a round's assignments; refuse it when the person has seen another version than the present.

    The round's row is held until the transaction ends, so of two changes at once one waits and then sees the other.
    """
    session.execute(sa.select(Round.id).where(Round.id == round_id).with_for_update())
    query = sa.select(AssignmentVersion).where(AssignmentVersion.round_id == round_id)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        row = AssignmentVersion(round_id=round_id, number=0)
        session.add(row)
    if seen is not None and seen != row.number:
        raise rules.Overtaken
    row.number += 1
    session.flush()
    return row.number
