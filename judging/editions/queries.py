"""Reading editions."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import RoleGrant
from judging.editions.models import Edition, Round, Track
from judging.foundation.errors import NotFound


def visible(grants: Iterable[RoleGrant]) -> sa.Select[Edition]:
    """Return the query for the editions in which these grants give a role; a grant without scope shows all."""
    scopes = {grant.scope_id for grant in grants}
    query = sa.select(Edition)
    return query if None in scopes else query.where(Edition.id.in_([scope for scope in scopes if scope]))


def visible_editions(session: Session, grants: Iterable[RoleGrant]) -> list[Edition]:
    """Return the editions a person has a role in, the newest first."""
    newest = (Edition.year.desc(), Edition.created_at.desc())
    return list(session.scalars(visible(grants).order_by(*newest)))


def track_of(edition: Edition, track_id: UUID) -> Track:
    """Return a track of this edition."""
    found = next((track for track in edition.tracks if track.id == track_id), None)
    if found is None:
        raise NotFound
    return found


def round_of(edition: Edition, round_id: UUID) -> tuple[Track, Round]:
    """Return a round of this edition, with its track."""
    for track in edition.tracks:
        for round_ in track.rounds:
            if round_.id == round_id:
                return track, round_
    raise NotFound
