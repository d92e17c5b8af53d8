"""Acts on award levels: set before judging opens, stand afterwards."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Round, Track
from judging.editions.rules import require_not_frozen
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.errors import StaleVersion
from judging.selection import combine, library, queries, rules
from judging.selection.models import Tier
from judging.selection.rules import SelectionAct, TierSpec


def set_tiers(
    session: Session,
    edition: Edition,
    track: Track,
    round_number: int,
    tiers: Sequence[TierSpec],
    *,
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> list[Tier]:
    """Set the award levels of a track and round, best first; `seen` is the fingerprint the person's page showed."""
    require_not_frozen(edition)
    rules.require_tiers(tiers)
    present = queries.tiers_of(session, track.id, round_number)
    if seen is not None and seen != rules.fingerprint(present):
        raise StaleVersion
    before = [_words(tier) for tier in present]
    for surplus in present[len(tiers) :]:
        session.delete(surplus)
    for position, spec in enumerate(tiers, start=1):
        if position <= len(present):
            _lay(present[position - 1], spec)
        else:
            made = Tier(track_id=track.id, round_number=round_number, position=position)
            _lay(made, spec)
            session.add(made)
    session.flush()
    detail = {"round": round_number, "tiers": [before, [_words(spec) for spec in tiers]]}
    _record(session, edition, track, detail, by=by, at=at)
    return queries.tiers_of(session, track.id, round_number)


def _lay(tier: Tier, spec: TierSpec) -> None:
    tier.name, tier.basis, tier.amount = spec.name, spec.basis, spec.amount
    tier.group_by, tier.tie_rule, tier.advances = spec.group_by, spec.tie_rule, spec.advances


def _words(tier: Tier | TierSpec) -> str:
    return f"{tier.name}: {tier.basis.value} {format(tier.amount.normalize(), 'f')}"


def set_default_tiers(session: Session, edition: Edition, *, by: Actor, at: datetime) -> int:
    """Give every track and round without award levels the usual ones; return how many were set."""
    known, made = queries.tiers_of_edition(session, edition), 0
    for track in edition.tracks:
        last = max((round_.number for round_ in track.rounds), default=0)
        for round_ in track.rounds:
            if not known.get((track.id, round_.number)):
                usual = library.default_tiers(edition.wording, more_rounds=round_.number < last)
                set_tiers(session, edition, track, round_.number, usual, by=by, at=at)
                made += 1
    return made


def set_combination(
    session: Session,
    edition: Edition,
    track: Track,
    round_: Round,
    *,
    mode: str,
    by: Actor,
    at: datetime,
    weight: Decimal = Decimal("0.5"),
    floor: Decimal = Decimal(0),
) -> None:
    """Set how a later round's score joins that of the round before."""
    require_not_frozen(edition)
    wanted: dict[str, Any] = {"combine": mode, "combine_weight": str(weight), "combine_floor": str(floor)}
    before = combine.combination_of(round_.settings, round_.decimals)
    round_.settings = {**round_.settings, **wanted}
    after = combine.combination_of(round_.settings, round_.decimals)
    if before != after:
        _record(session, edition, track, {"round": round_.number, "combine": [before.mode, after.mode]}, by=by, at=at)


def _record(
    session: Session, edition: Edition, track: Track, detail: dict[str, Any], *, by: Actor, at: datetime
) -> None:
    act, scope = SelectionAct.TIERS_SET, edition.id
    audit.record(session, act, by=by, at=at, subject_id=track.id, subject=track.name, scope_id=scope, detail=detail)
    session.flush()
