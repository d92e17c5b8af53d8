"""Decisions of this stage without database or clock, and its refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.selection.models import GroupBy, Tier, TierBasis, TieRule


class SelectionAct(Act):
    """What can be done to tiers, award lists and channels."""

    TIERS_SET = "selection.tiers_set", _l("Award levels set")
    PROPOSED = "selection.proposed", _l("Award list proposed")
    MOVE_PROPOSED = "selection.move_proposed", _l("Move to another level proposed")
    MOVE_SIGNED = "selection.move_signed", _l("Move to another level signed")
    MOVE_REFUSED = "selection.move_refused", _l("Move to another level refused")
    DECIDED = "selection.decided", _l("Award list decided")
    REOPENED = "selection.reopened", _l("Award list opened again")
    CHANNEL_SET = "selection.channel_set", _l("Recommendation channel set")
    CHANNEL_REMOVED = "selection.channel_removed", _l("Recommendation channel removed")
    CHANNEL_CHOSEN = "selection.channel_chosen", _l("Recommendation list chosen")
    CHANNEL_DECIDED = "selection.channel_decided", _l("Recommendation list decided")
    CHANNEL_REOPENED = "selection.channel_reopened", _l("Recommendation list opened again")
    ADVANCED = "selection.advanced", _l("Shortlist admitted to the next round")


class NoTiers(DomainError):
    """A track without award levels cannot be decided."""

    message = _l("No award levels are set for this track and round.")


class BadTiers(DomainError):
    """The award levels contradict one another."""

    message = _l("The award levels do not hold: %(reason)s")


class NoSuchRound(DomainError):
    """The track takes no part in the running round."""

    message = _l("The track “%(track)s” has no round %(number)s.")


class NoConfirmedSheet(DomainError):
    """Awards rest on a confirmed result sheet."""

    message = _l("The result sheet of this track has not been confirmed.")


class SheetReplaced(DomainError):
    """The list was made from a sheet that is no longer the confirmed one."""

    message = _l("Another result sheet has been confirmed since this list was made. Please propose the list again.")


class ListDecided(DomainError):
    """A decided list stands until it is opened again."""

    message = _l("This award list has been decided. To change it, first open it again with a reason.")


class ListNotDecided(DomainError):
    """The list has not been decided yet."""

    message = _l("The award list of the track “%(track)s” has not been decided yet.")


class UnsignedMoves(DomainError):
    """Moves wait for their second signature."""

    message = _l("%(count)s moves wait for a second signature. Please sign or refuse them first.")


class MoveWaits(DomainError):
    """One move at a time."""

    message = _l("A move of this entry already waits for a second signature.")


class MoveAnswered(DomainError):
    """A move is signed or refused once."""

    message = _l("This move has already been answered.")


class NotAMove(DomainError):
    """From a level to the same level."""

    message = _l("The entry already has this level.")


class SamePerson(DomainError):
    """Two signatures are those of two people."""

    message = _l("The second signature must come from another person.")


class ReasonNeeded(DomainError):
    """A move, a reopening and a refusal need words."""

    message = _l("Please give a reason.")


class ChannelDecided(DomainError):
    """A decided recommendation list stands until it is opened again."""

    message = _l("This recommendation list has been decided. To change it, first open it again with a reason.")


class ChannelNotChosen(DomainError):
    """There is no list to decide."""

    message = _l("The recommendation list has not been chosen yet.")


class ChannelCodeTaken(DomainError):
    """Codes of channels differ within an edition."""

    message = _l("Another channel of this edition has this code.")


class CannotChoose(DomainError):
    """Quotas and caps leave no list."""

    message = _l("No list keeps all quotas and caps: %(reason)s")


class ListInDoubt(DomainError):
    """A decided list rests on what has changed since."""

    message = _l(
        "The decided recommendation list “%(channel)s” still contains %(count)s entries that have changed since "
        "(%(titles)s). Please open the list again with a reason, choose and decide it anew, and then publish."
    )


class NobodyAdvances(DomainError):
    """The shortlists are empty."""

    message = _l("No entry of a decided list is shortlisted for the next round.")


@dataclass(frozen=True, slots=True)
class TierSpec:
    """An award level as people set it."""

    name: str
    basis: TierBasis
    amount: Decimal
    group_by: GroupBy = GroupBy.NONE
    tie_rule: TieRule = TieRule.EXPAND
    advances: bool = False


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A recommendation channel as people set it."""

    code: str
    name: str
    track_id: UUID
    quota: int
    reserves: int = 0
    per_unit_cap: int | None = None
    lowest_tier: int | None = None
    score_floor: Decimal | None = None
    topic_quotas: dict[str, Any] = field(default_factory=dict)
    exclusive: bool = False


def require_tiers(tiers: Sequence[TierSpec]) -> None:
    """Refuse levels that contradict one another."""
    if len({tier.name for tier in tiers}) < len(tiers):
        raise BadTiers(reason=str(_l("two levels have the same name.")))
    if len({(tier.group_by, tier.tie_rule) for tier in tiers}) > 1:
        raise BadTiers(reason=str(_l("all levels of a track use the same groups and the same rule for equal scores.")))
    if any(tier.amount < 0 for tier in tiers):
        raise BadTiers(reason=str(_l("places and scores cannot be negative.")))
    if any(tier.basis is TierBasis.COUNT and tier.amount != tier.amount.to_integral_value() for tier in tiers):
        raise BadTiers(reason=str(_l("the number of places must be a whole number.")))
    if sum(tier.amount for tier in tiers if tier.basis is TierBasis.PERCENT) > 100:
        raise BadTiers(reason=str(_l("the percentages add up to more than 100.")))


def fingerprint(tiers: Sequence[Tier]) -> str:
    """Return what tells whether somebody else changed the levels in the meantime."""
    return sha256(repr([(str(tier.id), tier.version) for tier in tiers]).encode()).hexdigest()[:16]


def require_reason(text: str) -> str:
    """Return the reason without outer space, or refuse."""
    if len(text.strip()) < 2:
        raise ReasonNeeded
    return text.strip()


def require_second(first: UUID | None, second: UUID | None) -> None:
    """Refuse a second signature by the person of the first."""
    if first is None or second is None or first == second:
        raise SamePerson
