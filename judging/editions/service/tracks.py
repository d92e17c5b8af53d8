"""Tracks and rounds: shaped while the edition is set up, frozen when judging opens."""

import secrets
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from judging.editions import rules
from judging.editions.models import Edition, Method, Round, RoundKind, Stage, Track, TrackKind
from judging.editions.rules import EditionAct
from judging.foundation import audit
from judging.foundation.audit import Actor


class RoundRules(TypedDict, total=False):
    """What is promised about a round; what is left out keeps its value."""

    kind: RoundKind
    blind: bool
    judges_per_entry: int
    min_load: int
    max_load: int
    one_judge_per_unit: bool
    one_judge_per_region: bool
    method: Method
    trim_from: int
    decimals: int
    seed: int
    tie_chain: list[str]
    shared_places: bool
    talk_minutes: int
    affinity: dict[str, Any]
    judge_fee: str


ROUND_RULES = tuple(RoundRules.__annotations__)


def add_track(
    session: Session,
    edition: Edition,
    *,
    kind: TrackKind,
    code: str,
    name: str,
    by: Actor,
    at: datetime,
    via_recommending_unit: bool = True,
) -> Track:
    """Add a division; its first round comes with it."""
    rules.require_not_frozen(edition)
    _require_free(edition, kind, code)
    place = 1 + max((track.position for track in edition.tracks), default=-1)
    track = Track(
        kind=kind,
        code=code,
        name=name,
        position=place,
        via_recommending_unit=via_recommending_unit,
        rounds=[Round(number=1)],
    )
    edition.tracks.append(track)
    session.flush()
    _record(session, EditionAct.TRACK_ADDED, edition, track.id, name, by, at)
    return track


def update_track(
    session: Session,
    edition: Edition,
    track: Track,
    *,
    name: str,
    code: str,
    via_recommending_unit: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Change a division; its code stands in receipts as soon as intake has begun."""
    rules.require_not_frozen(edition)
    if code != track.code:
        rules.require_stage(edition, Stage.SETUP)
        _require_free(edition, None, code)
    after = {"name": name, "code": code, "via_recommending_unit": via_recommending_unit}
    _change(session, EditionAct.TRACK_CHANGED, edition, track, name, after, by, at)


def remove_track(session: Session, edition: Edition, track: Track, *, by: Actor, at: datetime) -> None:
    """Take a division away while the edition is set up."""
    rules.require_stage(edition, Stage.SETUP)
    _remove(session, edition.tracks, track)
    _record(session, EditionAct.TRACK_REMOVED, edition, track.id, track.name, by, at)


def add_round(
    session: Session, edition: Edition, track: Track, *, by: Actor, at: datetime, **values: Unpack[RoundRules]
) -> Round:
    """Add the next round of a track."""
    rules.require_not_frozen(edition)
    number = 1 + max((round_.number for round_ in track.rounds), default=0)
    made = Round(**values, number=number)
    track.rounds.append(made)
    session.flush()
    _record(session, EditionAct.ROUND_ADDED, edition, made.id, _name(track, made), by, at)
    return made


def update_round(
    session: Session,
    edition: Edition,
    track: Track,
    round_: Round,
    *,
    by: Actor,
    at: datetime,
    **values: Unpack[RoundRules],
) -> None:
    """Change the rules of a round before judging opens."""
    rules.require_not_frozen(edition)
    after = {key: values[key] for key in ROUND_RULES if key in values}  # type: ignore[literal-required]
    _change(session, EditionAct.ROUND_CHANGED, edition, round_, _name(track, round_), after, by, at)


def remove_round(session: Session, edition: Edition, track: Track, round_: Round, *, by: Actor, at: datetime) -> None:
    """Take the last round of a track away."""
    rules.require_not_frozen(edition)
    if round_ is not track.rounds[-1] or (round_.number <= edition.round_number and edition.stage is not Stage.SETUP):
        raise rules.TrackInUse
    _remove(session, track.rounds, round_)
    _record(session, EditionAct.ROUND_REMOVED, edition, round_.id, _name(track, round_), by, at)


def same_rules(track: Track) -> RoundRules:
    """Return the rules of a track's last round, for the next one; its draws get a seed of their own."""
    if not track.rounds:
        return {}
    last = track.rounds[-1]
    kept = {key: getattr(last, key) for key in ROUND_RULES if key not in ("seed", "tie_chain")}
    return {**kept, "seed": secrets.randbelow(1_000_000)}  # type: ignore[typeddict-item]


def _require_free(edition: Edition, kind: TrackKind | None, code: str) -> None:
    if any(track.code == code or track.kind is kind for track in edition.tracks):
        raise rules.CodeTaken


def _remove(session: Session, owner: list[Any], row: Any) -> None:
    try:
        with session.begin_nested():
            owner.remove(row)
            session.flush()
    except IntegrityError as error:
        raise rules.TrackInUse from error


def _change(
    session: Session,
    act: EditionAct,
    edition: Edition,
    row: Track | Round,
    name: str,
    after: dict[str, Any],
    by: Actor,
    at: datetime,
) -> None:
    changed = audit.changes({key: getattr(row, key) for key in after}, after)
    if not changed:
        return
    for key, value in after.items():
        setattr(row, key, value)
    _record(session, act, edition, row.id, name, by, at, changed)


def _name(track: Track, round_: Round) -> str:
    return f"{track.name} · {round_.number}"


def _record(
    session: Session,
    act: EditionAct,
    edition: Edition,
    subject_id: Any,
    subject: str,
    by: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    audit.record(session, act, by=by, at=at, subject_id=subject_id, subject=subject, scope_id=edition.id, detail=detail)
    session.flush()
