"""A copied edition begins with the levels and channels of its source."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.copying import Copied, copies
from judging.selection.models import Channel, Tier

_TIER = ("round_number", "position", "name", "basis", "amount", "group_by", "tie_rule", "advances")
_CHANNEL = (
    "position",
    "code",
    "name",
    "quota",
    "reserves",
    "per_unit_cap",
    "lowest_tier",
    "score_floor",
    "topic_quotas",
    "exclusive",
)


@copies
def copy_tiers_and_channels(session: Session, copied: Copied) -> None:
    """Copy what was promised, not what was decided."""
    for tier in session.scalars(sa.select(Tier).where(Tier.track_id.in_(copied.tracks))).all():
        values = {name: getattr(tier, name) for name in _TIER}
        session.add(Tier(track_id=copied.tracks[tier.track_id].id, **values))
    for channel in session.scalars(sa.select(Channel).where(Channel.edition_id == copied.source.id)).all():
        if channel.track_id in copied.tracks:
            values = {name: getattr(channel, name) for name in _CHANNEL}
            track_id = copied.tracks[channel.track_id].id
            session.add(Channel(edition_id=copied.made.id, track_id=track_id, **values))
    session.flush()
