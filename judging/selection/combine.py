"""How a round's score joins that of the round before: not at all, weighted, or as a gate that only admits. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import scoring
from judging.selection.proposal import Scored
from scoring import half_up

NONE, WEIGHT, GATE = "none", "weight", "gate"


@dataclass(frozen=True, slots=True)
class Combination:
    """The promised way: `weight` is the earlier round's share; `floor` the least score of a round that only admits."""

    mode: str = NONE
    weight: Decimal = Decimal("0.5")
    floor: Decimal = Decimal(0)
    decimals: int = 2


def combination_of(settings: Mapping[str, object], decimals: int) -> Combination:
    """Read the way from a round's settings; anything unknown means that the later round alone decides."""
    mode = str(settings.get("combine", NONE))
    return Combination(
        mode=mode if mode in (NONE, WEIGHT, GATE) else NONE,
        weight=Decimal(str(settings.get("combine_weight", "0.5"))),
        floor=Decimal(str(settings.get("combine_floor", "0"))),
        decimals=decimals,
    )


def combine(
    now: Sequence[Scored], before: Mapping[str, Decimal], how: Combination, *, maxima: tuple[Decimal, Decimal]
) -> list[Scored]:
    """Return the entries with the score that counts.

    Parameters
    ----------
    before
        Scores of the earlier round by entry; entries without one keep the present score.
    maxima
        Largest score of the earlier and of the present round; weights work on shares of 100.
    """
    if how.mode == NONE or not before:
        return list(now)
    if how.mode == GATE:
        missed = {one.key: how.floor - one.score for one in now if one.score < how.floor}
        scored = [replace(one, score=before.get(one.key, one.score), gate_missed=missed.get(one.key)) for one in now]
    else:
        scored = [replace(one, score=_weighted(one, before.get(one.key), how, maxima)) for one in now]
    places = {one.key: Decimal(-one.rank) for one in now}  # the sheet's own order, chain included, parts equals
    ranks = {one.entry: one.rank for one in scoring.rank_entries({one.key: one.score for one in scored}, [places])}
    return [replace(one, rank=ranks[one.key], part=1) for one in scored]


def _weighted(one: Scored, before: Decimal | None, how: Combination, maxima: tuple[Decimal, Decimal]) -> Decimal:
    present = one.score * 100 / maxima[1]
    earlier = present if before is None else before * 100 / maxima[0]
    return half_up(how.weight * earlier + (1 - how.weight) * present, how.decimals)
