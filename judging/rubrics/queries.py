"""Reading rubrics."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import TrackKind
from judging.foundation.errors import NotFound
from judging.rubrics.models import RoundRubric, Rubric, RubricStatus
from judging.rubrics.rules import NoRubric


def rubric(session: Session, rubric_id: UUID) -> Rubric:
    """Return a rubric by its id."""
    found = session.get(Rubric, rubric_id)
    if found is None:
        raise NotFound
    return found


def rubrics_of_round(session: Session, round_id: UUID) -> dict[str, Rubric]:
    """Return the rubric of each topic type of a round ("" serves all that are not named)."""
    query = sa.select(RoundRubric).where(RoundRubric.round_id == round_id)
    return {row.topic_type: row.rubric for row in session.scalars(query)}


def rubric_for(session: Session, round_id: UUID, topic_type: str) -> Rubric:
    """Return the rubric by which a round marks entries of a topic type."""
    query = sa.select(RoundRubric.topic_type, RoundRubric.rubric_id).where(RoundRubric.round_id == round_id)
    chosen = dict(session.execute(query).all())
    found = chosen.get(topic_type) or chosen.get("")
    if found is None:
        raise NoRubric
    return session.get_one(Rubric, found)


def chosen_for(session: Session, round_ids: Iterable[UUID]) -> dict[tuple[UUID, str], Rubric]:
    """Return the chosen rubrics of several rounds, by round and topic type."""
    query = sa.select(RoundRubric).where(RoundRubric.round_id.in_(list(round_ids)))
    return {(row.round_id, row.topic_type): row.rubric for row in session.scalars(query)}


def published_for(session: Session, kind: TrackKind) -> list[Rubric]:
    """Return the rubrics that rounds of a track may use."""
    fits = sa.or_(Rubric.track_kind == kind, Rubric.track_kind.is_(None))
    query = sa.select(Rubric).where(fits, Rubric.status == RubricStatus.PUBLISHED)
    return list(session.scalars(query.order_by(Rubric.track_kind.desc(), Rubric.name, Rubric.number)))


def by_code(session: Session, code: str) -> Rubric | None:
    """Return the version of a rubric that is published now."""
    same = sa.and_(Rubric.code == code, Rubric.status == RubricStatus.PUBLISHED)
    return session.scalar(sa.select(Rubric).where(same).order_by(Rubric.number.desc()).limit(1))


def versions(session: Session, code: str) -> list[Rubric]:
    """Return all versions of a rubric, the newest first."""
    return list(session.scalars(sa.select(Rubric).where(Rubric.code == code).order_by(Rubric.number.desc())))


def listed(status: RubricStatus | None) -> sa.Select[Rubric]:
    """Return the query for the rubrics in a state; without one, for all but the superseded."""
    query = sa.select(Rubric)
    return query.where(Rubric.status == status if status else Rubric.status != RubricStatus.SUPERSEDED)
