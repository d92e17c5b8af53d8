"""Decided recommendation lists that rest on what has changed since: by a move, or by what a later stage tells.

Publication knows objections and stands above; it registers what it knows here, so that the import still falls.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, contains_eager

from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.selection.models import (
    AwardList,
    Channel,
    Decision,
    Move,
    MoveStatus,
    Outcome,
    Recommendation,
    Tier,
)
from judging.web.filters import format_date


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a decided list must be looked at again because of an entry."""

    sentence: str
    since: datetime | None  # lists decided later have heeded it; None: it is not settled yet
    raised: bool = False  # also lists that have left the entry out
    removed: bool = False  # the entry has lost its place and goes up nowhere


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An entry on a decided list, and what has happened since."""

    channel: Channel
    entry: Entry
    outcome: Outcome
    doubt: Doubt


Source = Callable[[Session, Edition], dict[UUID, Doubt]]
_sources: list[Source] = []


def tells_doubts(function: Source) -> Source:
    """Register what a later stage knows of entries."""
    if function not in _sources:
        _sources.append(function)
    return function


def doubts(session: Session, edition: Edition) -> dict[UUID, Doubt]:
    """Return what is to be heeded of entries, by their ids; what a later stage says counts before a mere move."""
    found = _moved(session, edition)
    for source in _sources:
        found |= source(session, edition)
    return found


def _moved(session: Session, edition: Edition) -> dict[UUID, Doubt]:
    """Return the entries whose level was changed by two signatures."""
    before, after = sa.orm.aliased(Tier), sa.orm.aliased(Tier)
    query = (
        sa.select(Decision.entry_id, Move.signed_at, before.position, after.position)
        .join(Move, Move.decision_id == Decision.id)
        .join(AwardList, AwardList.id == Decision.award_list_id)
        .outerjoin(before, before.id == Move.from_tier_id)
        .outerjoin(after, after.id == Move.to_tier_id)
        .where(AwardList.track_id.in_([track.id for track in edition.tracks]), Move.status == MoveStatus.SIGNED)
        .order_by(Move.signed_at)
    )
    return {
        entry_id: Doubt(
            gettext("its level was changed on %(day)s", day=format_date(signed_at)), signed_at, raised=_better(old, new)
        )
        for entry_id, signed_at, old, new in session.execute(query)
    }


def _better(old: int | None, new: int | None) -> bool:
    return new is not None and (old is None or new < old)


def in_doubt(session: Session, edition: Edition, *, entry_id: UUID | None = None) -> list[Doubtful]:
    """Return what is out of date on the decided lists of an edition, list by list."""
    known = doubts(session, edition)
    if not known:
        return []
    which = [entry_id] if entry_id is not None else list(known)
    rows = places_of(session, edition, which)
    return [
        Doubtful(channel, row.entry, row.outcome, known[row.entry_id])
        for row, channel in rows
        if row.entry_id in known and _concerns(row, channel, known[row.entry_id])
    ]


def _concerns(row: Recommendation, channel: Channel, doubt: Doubt) -> bool:
    if channel.decided_at is None or (doubt.since is not None and channel.decided_at > doubt.since):
        return False
    return row.outcome is not Outcome.OUT or doubt.raised


def places_of(session: Session, edition: Edition, entry_ids: Iterable[UUID]) -> list[tuple[Recommendation, Channel]]:
    """Return where entries stand on the lists of an edition, list by list."""
    query = (
        sa.select(Recommendation, Channel)
        .join(Channel, Channel.id == Recommendation.channel_id)
        .join(Recommendation.entry)
        .where(Channel.edition_id == edition.id, Recommendation.entry_id.in_(list(entry_ids)))
        .options(contains_eager(Recommendation.entry))
        .order_by(Channel.position, Channel.code, Recommendation.position)
    )
    return [(row, channel) for row, channel in session.execute(query)]
