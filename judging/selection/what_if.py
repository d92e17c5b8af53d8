"""Other numbers of places tried out: what would change. Pure, nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from judging.entries.models import Entry
from judging.selection.models import Tier
from judging.selection.proposal import Proposal
from judging.selection.service.lists import Material


@dataclass(frozen=True, slots=True)
class TierChange:
    """A level now and as tried: how many get it, and from which score on."""

    tier: Tier
    now: int
    tried: int
    line_now: Decimal | None
    line_tried: Decimal | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry whose level would be another."""

    entry: Entry
    score: Decimal
    rank: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What other numbers of places would change, against the levels as they are set."""

    tiers: tuple[TierChange, ...]
    entries: tuple[EntryChange, ...]


def outcome_of(given: Material, amounts: Mapping[UUID, Decimal]) -> Tried:
    """Return what would change with other amounts."""
    now, tried = given.lay(), given.lay(amounts)
    tiers = tuple(
        TierChange(tier, now.granted(index), tried.granted(index), _line(now, index), _line(tried, index))
        for index, tier in enumerate(given.tiers)
    )
    names: dict[int | None, str] = {index: tier.name for index, tier in enumerate(given.tiers)}
    entries = tuple(
        EntryChange(
            given.entries[one.key],
            one.score,
            one.rank,
            names.get(now.placed[one.key].level, ""),
            names.get(tried.placed[one.key].level, ""),
        )
        for one in sorted(given.scored, key=lambda one: (one.rank, one.key))
        if now.placed[one.key].level != tried.placed[one.key].level
    )
    return Tried(tiers, entries)


def _line(proposal: Proposal, level: int) -> Decimal | None:
    """The lowest score that gets a level, over all groups."""
    return min((line.score for line in proposal.lines if line.level == level and line.score is not None), default=None)
