"""Create an edition, copy last year's, change what it says about itself."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role, User
from judging.editions import copying, rules
from judging.editions.models import DayKind, Edition, Round, Track, Wording
from judging.editions.rules import EditionAct
from judging.foundation import audit
from judging.foundation.audit import Actor


class Details(TypedDict, total=False):
    """What an edition says about itself, besides name, year and address."""

    organiser: str
    co_organisers: list[str]
    approval_basis: str
    fee_statement: str
    wording: Wording
    group_term: str
    timezone: str
    region: str
    region_conflict: bool
    notice_days: int
    notice_day_kind: DayKind
    certificate_pattern: str
    contact: str
    grace_minutes: int


DETAILS = tuple(Details.__annotations__)
_ROUND_RULES = (
    "number",
    "kind",
    "blind",
    "judges_per_entry",
    "min_load",
    "max_load",
    "one_judge_per_unit",
    "one_judge_per_region",
    "method",
    "trim_from",
    "decimals",
    "seed",
    "tie_chain",
    "shared_places",
    "talk_minutes",
    "affinity",
    "judge_fee",
    "settings",
)


def create_edition(
    session: Session, *, name: str, slug: str, year: int, by: Actor, at: datetime, **details: Unpack[Details]
) -> Edition:
    """Begin an edition; who creates it becomes its organizer."""
    edition = _add(session, name=name, slug=slug, year=year, at=at, details=details)
    _let_run(session, edition, by, at)
    _record(session, EditionAct.CREATED, edition, by, at)
    return edition


def copy_edition(
    session: Session, source: Edition, *, name: str, slug: str, year: int, by: Actor, at: datetime
) -> Edition:
    """Begin an edition with the rules of an earlier one: tracks, rounds and what later stages keep, but no dates."""
    details: Details = {key: _copy_of(getattr(source, key)) for key in DETAILS}  # type: ignore[assignment]
    made = _add(session, name=name, slug=slug, year=year, at=at, details=details)
    copied = copying.Copied(source=source, made=made, by=by, at=at)
    for track in source.tracks:
        made.tracks.append(_copy_track(track, copied))
    session.flush()
    _let_run(session, made, by, at)
    copying.copy_the_rest(session, copied)
    _record(session, EditionAct.COPIED, made, by, at, {"source": source.name})
    return made


def update_edition(session: Session, edition: Edition, *, by: Actor, at: datetime, **values: Any) -> None:
    """Change what an edition says about itself (`name`, `year` and the keys of Details)."""
    after = {key: values[key] for key in ("name", "year", *DETAILS) if key in values}
    before = {key: getattr(edition, key) for key in after}
    changed = audit.changes(before, after)
    if not changed:
        return
    for key, value in after.items():
        setattr(edition, key, value)
    session.flush()
    _record(session, EditionAct.CHANGED, edition, by, at, changed)


def _add(session: Session, *, name: str, slug: str, year: int, at: datetime, details: Details) -> Edition:
    if session.scalar(sa.select(Edition.id).where(Edition.slug == slug)) is not None:
        raise rules.SlugTaken
    edition = Edition(
        **{"organiser": ""} | details, name=name, slug=slug, year=year, created_at=at, tracks=[], dates=[]
    )
    session.add(edition)
    session.flush()
    return edition


def _let_run(session: Session, edition: Edition, by: Actor, at: datetime) -> None:
    user = session.get(User, by.id) if by.id is not None else None
    if user is not None:
        accounts.grant(session, user, Role.ORGANIZER, edition.id, by=by, at=at)


def _copy_track(track: Track, copied: copying.Copied) -> Track:
    kept = {key: getattr(track, key) for key in ("kind", "code", "name", "position", "via_recommending_unit")}
    made = Track(**kept, rounds=[])
    copied.tracks[track.id] = made
    for round_ in track.rounds:
        twin = Round(**{key: _copy_of(getattr(round_, key)) for key in _ROUND_RULES})
        copied.rounds[round_.id] = twin
        made.rounds.append(twin)
    return made


def _copy_of(value: Any) -> Any:
    return value.copy() if isinstance(value, list | dict) else value


def _record(
    session: Session, act: EditionAct, edition: Edition, by: Actor, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    audit.record(
        session, act, by=by, at=at, subject_id=edition.id, subject=edition.name, scope_id=edition.id, detail=detail
    )
    session.flush()
