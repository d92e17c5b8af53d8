"""Award levels and award lists for tests."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Method, Stage, Track, TrackKind
from judging.selection import service
from judging.selection.models import AwardList, Tier, TierBasis
from judging.selection.rules import TierSpec
from tests.factories.editions import make_edition
from tests.factories.results import AT, SYSTEM, make_judged_round, make_sheet

SHARES = (15, 25, 35)


def make_tiers(session: Session, track: Track, *amounts: float, number: int = 1, **values: Any) -> list[Tier]:
    """Return levels of a track by percentage (15, 25, 35 unless given), best first."""
    made = []
    for position, amount in enumerate(amounts or SHARES, start=1):
        preset = {"name": f"{'一二三四五'[position - 1]}等交流成果", "basis": TierBasis.PERCENT}
        made.append(
            Tier(
                **preset
                | {"track_id": track.id, "round_number": number, "position": position, "amount": Decimal(str(amount))}
                | values
            )
        )
    session.add_all(made)
    session.flush()
    return made


def percent(*amounts: float, **values: Any) -> list[TierSpec]:
    """Return levels as values."""
    return [TierSpec(f"L{n}", TierBasis.PERCENT, Decimal(str(a)), **values) for n, a in enumerate(amounts, start=1)]


def make_selection(
    session: Session,
    scores: Sequence[float],
    *,
    edition: Edition | None = None,
    kind: TrackKind = TrackKind.QC,
    tiers: Sequence[float] = SHARES,
    tier_values: dict[str, Any] | None = None,
    **values: Any,
) -> tuple[Edition, Track]:
    """Return an edition at the stage SELECTION with a confirmed sheet: entry i has the score `scores[i]`."""
    edition = edition or make_edition(session, kind, stage=Stage.RESULTS)
    edition.stage = Stage.RESULTS
    totals = [{0: score, 1: score} for score in scores]
    round_ = make_judged_round(session, totals, edition=edition, kind=kind, **{"method": Method.MEAN} | values)
    make_sheet(session, edition, round_)
    track = edition.track(kind)
    assert track is not None
    make_tiers(session, track, *tiers, **(tier_values or {}))
    edition.stage = Stage.SELECTION
    session.flush()
    return edition, track


def make_decided(session: Session, edition: Edition, track: Track) -> AwardList:
    """Return the decided award list of the running round."""
    award_list = service.propose(session, edition, track, by=SYSTEM, at=AT)
    service.decide(session, award_list, by=SYSTEM, at=AT)
    return award_list
