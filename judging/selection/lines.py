"""Tells results after how many entries each award level ends, so that every entry gets its chance to be inside."""

from collections.abc import Sequence
from itertools import accumulate, takewhile

from sqlalchemy.orm import Session

import scoring
from judging.editions.models import Round
from judging.results.award_lines import tells_lines
from judging.selection import queries
from judging.selection.models import GroupBy, TierBasis
from judging.selection.proposal import levels_of
from judging.selection.rules import TierSpec


@tells_lines
def lines_of_round(session: Session, round_: Round, entries: int) -> Sequence[int]:
    """Return the last place of every level that is counted over the whole track; a floor or a group has no such place."""
    tiers = queries.tiers_of(session, round_.track_id, round_.number)
    counted = list(takewhile(lambda t: t.basis is not TierBasis.FLOOR and t.group_by is GroupBy.NONE, tiers))
    if not counted or entries < 1:
        return ()
    specs = [TierSpec(tier.name, tier.basis, tier.amount) for tier in counted]
    (places,) = scoring.places_by_group([entries], levels_of(specs))
    return tuple(accumulate(place for place in places if place is not None))
