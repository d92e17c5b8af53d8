"""Tiers, award lists and decisions; channels and recommendations."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.editions.models import Track
from judging.entries.models import Entry
from judging.foundation.db import Model, Versioned
from judging.foundation.labels import LabelEnum
from judging.results.models import ResultSheet


class TierBasis(LabelEnum):
    """How the places of a tier are counted."""

    COUNT = "count", _l("Number of places")
    PERCENT = "percent", _l("Percentage of the entries")
    FLOOR = "floor", _l("From a score on")


class TieRule(LabelEnum):
    """What happens when equal scores lie on both sides of a cut line."""

    EXPAND = "expand", _l("All of them come in")
    CONTRACT = "contract", _l("None of them comes in")
    CHAIN = "chain", _l("The listed criteria decide")


class GroupBy(LabelEnum):
    """Within which groups places are apportioned."""

    NONE = "none", _l("The whole track")
    TOPIC_TYPE = "topic_type", _l("Topic type")
    INDUSTRY = "industry", _l("Industry")


class Tier(Model, Versioned):
    """An award level of a track, best first (一等, 二等, 三等). Also the shortlist of a round, when `advances` is set."""

    __tablename__ = "tier"
    __table_args__ = (sa.UniqueConstraint("track_id", "round_number", "position"),)

    track_id: Mapped[UUID] = mapped_column(sa.ForeignKey("track.id"), index=True)
    track: Mapped[Track] = relationship(lazy="raise")
    round_number: Mapped[int] = mapped_column(default=1)  # the round whose selection grants it
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40))  # 一等奖 / 一等交流成果 / 入围现场发布
    basis: Mapped[TierBasis]
    amount: Mapped[Decimal]  # places, per cent, or score
    group_by: Mapped[GroupBy] = mapped_column(default=GroupBy.NONE)
    tie_rule: Mapped[TieRule] = mapped_column(default=TieRule.EXPAND)
    advances: Mapped[bool] = mapped_column(default=False)  # grants a place in the next round instead of an award


class AwardList(Model, Versioned):
    """The decisions of a track in a round, made from one confirmed result sheet."""

    __tablename__ = "award_list"
    __table_args__ = (sa.UniqueConstraint("track_id", "round_number"),)

    track_id: Mapped[UUID] = mapped_column(sa.ForeignKey("track.id"), index=True)
    track: Mapped[Track] = relationship(lazy="raise")
    round_number: Mapped[int]
    sheet_id: Mapped[UUID] = mapped_column(sa.ForeignKey("result_sheet.id"))
    sheet: Mapped[ResultSheet] = relationship(lazy="raise")
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)  # places per tier and group, cut lines
    decisions: Mapped[list["Decision"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Decision(Model, Versioned):
    """What an entry is granted, with the reason it is in or out."""

    __tablename__ = "decision"
    __table_args__ = (sa.UniqueConstraint("award_list_id", "entry_id"),)

    award_list_id: Mapped[UUID] = mapped_column(sa.ForeignKey("award_list.id", ondelete="CASCADE"), index=True)
    award_list: Mapped[AwardList] = relationship(lazy="raise", overlaps="decisions")
    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    entry: Mapped[Entry] = relationship(lazy="raise")
    tier_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tier.id"))  # None: no award
    tier: Mapped[Tier | None] = relationship(lazy="raise", foreign_keys=[tier_id])
    proposed_tier_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tier.id"))  # as computed, before any move
    rank: Mapped[int]
    score: Mapped[Decimal]
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"code": "above_line", "params": {...}}


class MoveStatus(LabelEnum):
    """A manual move takes effect when a second person has signed."""

    PROPOSED = "proposed", _l("Waits for a second signature")
    SIGNED = "signed", _l("In effect")
    REFUSED = "refused", _l("Refused")


class Move(Model, Versioned):
    """A manual move of an entry to another tier: a reason and two people."""

    __tablename__ = "move"

    decision_id: Mapped[UUID] = mapped_column(sa.ForeignKey("decision.id", ondelete="CASCADE"), index=True)
    decision: Mapped[Decision] = relationship(lazy="raise")
    from_tier_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tier.id"))
    to_tier_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tier.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    status: Mapped[MoveStatus] = mapped_column(default=MoveStatus.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")


class Channel(Model, Versioned):
    """A way up to a higher competition (推荐渠道): quota, caps, eligibility and reserves are data."""

    __tablename__ = "channel"
    __table_args__ = (sa.UniqueConstraint("edition_id", "code"),)

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(80))
    track_id: Mapped[UUID] = mapped_column(sa.ForeignKey("track.id"))
    track: Mapped[Track] = relationship(lazy="raise")
    quota: Mapped[int]
    reserves: Mapped[int] = mapped_column(default=0)
    per_unit_cap: Mapped[int | None]
    lowest_tier: Mapped[int | None]  # position of the lowest tier that is eligible; None: no award needed
    score_floor: Mapped[Decimal | None]
    topic_quotas: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"innovative": 4}
    exclusive: Mapped[bool] = mapped_column(default=False)  # not together with another exclusive channel
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    recommendations: Mapped[list["Recommendation"]] = relationship(
        order_by="Recommendation.position", lazy="raise", cascade="all, delete-orphan"
    )


class Outcome(LabelEnum):
    """Whether an entry goes up through a channel."""

    IN = "in", _l("Recommended")
    RESERVE = "reserve", _l("Reserve")
    OUT = "out", _l("Not recommended")


class Recommendation(Model):
    """An entry's place in a channel, and why."""

    __tablename__ = "recommendation"
    __table_args__ = (sa.UniqueConstraint("channel_id", "entry_id"),)

    channel_id: Mapped[UUID] = mapped_column(sa.ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    entry: Mapped[Entry] = relationship(lazy="raise")
    outcome: Mapped[Outcome]
    position: Mapped[int]  # within the outcome
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
