"""Acts on recommendation channels: set before judging opens, choose the best list within all caps, decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import scoring
from judging.editions.models import Edition, Stage
from judging.editions.rules import require_not_frozen, require_stage
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.selection import library, queries, rules
from judging.selection.doubts import doubts
from judging.selection.models import Channel, Decision, Outcome, Recommendation
from judging.selection.rules import ChannelSpec, SelectionAct
from judging.web.filters import reason_of
from scoring import Chosen, Limit, ScoringError, Standing

OUTCOMES = {"chosen": Outcome.IN, "reserve": Outcome.RESERVE, "out": Outcome.OUT}


def add_channel(session: Session, edition: Edition, spec: ChannelSpec, *, by: Actor, at: datetime) -> Channel:
    """Add a channel."""
    require_not_frozen(edition)
    _require_free(session, edition, spec.code)
    queries.track_of(edition, spec.track_id)
    position = session.scalar(sa.select(sa.func.count(Channel.id)).where(Channel.edition_id == edition.id)) or 0
    channel = Channel(edition_id=edition.id, position=position + 1)
    _lay(channel, spec)
    session.add(channel)
    session.flush()
    _record(session, SelectionAct.CHANNEL_SET, channel, by=by, at=at)
    return channel


def update_channel(
    session: Session, edition: Edition, channel: Channel, spec: ChannelSpec, *, by: Actor, at: datetime
) -> None:
    """Change a channel."""
    require_not_frozen(edition)
    _require_free(session, edition, spec.code, but=channel.id)
    queries.track_of(edition, spec.track_id)
    before = _words(channel)
    _lay(channel, spec)
    _record(session, SelectionAct.CHANNEL_SET, channel, by=by, at=at, detail=audit.changes(before, _words(channel)))


def remove_channel(session: Session, edition: Edition, channel: Channel, *, by: Actor, at: datetime) -> None:
    """Remove a channel."""
    require_not_frozen(edition)
    _record(session, SelectionAct.CHANNEL_REMOVED, channel, by=by, at=at)
    session.execute(sa.delete(Recommendation).where(Recommendation.channel_id == channel.id))
    session.execute(sa.delete(Channel).where(Channel.id == channel.id))
    session.expunge(channel)


def add_usual_channels(session: Session, edition: Edition, *, by: Actor, at: datetime) -> list[Channel]:
    """Add the channels of the library whose track the edition has and whose code is free."""
    taken = {channel.code for channel in queries.channels_of(session, edition)}
    made = []
    for preset in library.CHANNELS:
        track = edition.track(preset.kind)
        if track is not None and preset.code not in taken:
            made.append(add_channel(session, edition, spec_of_preset(preset, track.id), by=by, at=at))
    return made


def spec_of_preset(preset: library.ChannelPreset, track_id: UUID) -> ChannelSpec:
    """Return a preset as a channel of a track."""
    return ChannelSpec(
        code=preset.code,
        name=preset.name,
        track_id=track_id,
        quota=preset.quota,
        reserves=preset.reserves,
        per_unit_cap=preset.per_unit_cap,
        lowest_tier=preset.lowest_tier,
        exclusive=preset.exclusive,
    )


def _require_free(session: Session, edition: Edition, code: str, but: UUID | None = None) -> None:
    same = sa.and_(Channel.edition_id == edition.id, Channel.code == code)
    found = session.scalar(sa.select(Channel.id).where(same))
    if found is not None and found != but:
        raise rules.ChannelCodeTaken


def _lay(channel: Channel, spec: ChannelSpec) -> None:
    for name in _FIELDS:
        setattr(channel, name, getattr(spec, name))


_FIELDS = (
    "code",
    "name",
    "track_id",
    "quota",
    "reserves",
    "per_unit_cap",
    "lowest_tier",
    "score_floor",
    "topic_quotas",
    "exclusive",
)


def _words(channel: Channel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in _FIELDS}


def choose_channel(
    session: Session, edition: Edition, channel: Channel, *, by: Actor, at: datetime
) -> list[Recommendation]:
    """Choose the best list within quota, caps and eligibility, proven best; every entry gets its reason."""
    require_stage(edition, Stage.SELECTION, Stage.NOTICE)
    if channel.decided_at is not None:
        raise rules.ChannelDecided
    last = queries.last_decisions(session, [channel.track_id])
    if not last:
        raise rules.ListNotDecided(track=queries.track_of(edition, channel.track_id).name)
    barred = _barred(session, channel, last)
    by_key = {str(one.entry_id): one for one in last}
    standings = [Standing(key, one.score, one.rank, False, 0) for key, one in by_key.items()]
    try:
        chosen = scoring.choose_under_quotas(
            standings,
            total=channel.quota,
            limits=_limits(channel, last),
            reserves=channel.reserves,
            ineligible={key: reason["code"] for key, reason in barred.items()},
        )
    except ScoringError as error:
        raise rules.CannotChoose(reason=reason_of(error)) from error
    made = _recommendations(channel, chosen, barred)
    session.execute(sa.delete(Recommendation).where(Recommendation.channel_id == channel.id))
    session.add_all(made)
    counts = {outcome.value: sum(row.outcome is outcome for row in made) for outcome in Outcome}
    _record(session, SelectionAct.CHANNEL_CHOSEN, channel, by=by, at=at, detail=counts)
    return made


def _limits(channel: Channel, last: Sequence[Decision]) -> list[Limit]:
    limits = []
    if channel.per_unit_cap:
        limits.append(Limit("unit", {str(one.entry_id): str(one.entry.unit_id) for one in last}, channel.per_unit_cap))
    quotas = {name: int(places) for name, places in channel.topic_quotas.items()}
    if quotas:
        limits.append(Limit("topic_type", {str(one.entry_id): one.entry.topic_type for one in last}, quotas))
    return limits


def _barred(session: Session, channel: Channel, last: Sequence[Decision]) -> dict[str, dict[str, Any]]:
    """Who is not eligible, and why."""
    newest = max(one.award_list.round_number for one in last)
    elsewhere = _recommended_elsewhere(session, channel)
    known = doubts(session, session.get_one(Edition, channel.edition_id))
    removed = {entry_id for entry_id, doubt in known.items() if doubt.removed}
    found = {}
    for one in last:
        gone = {"code": "removed", "params": {}} if one.entry_id in removed else None
        reason = gone or _why_barred(channel, one, newest, elsewhere)
        if reason is not None:
            found[str(one.entry_id)] = reason
    return found


def _why_barred(channel: Channel, one: Decision, newest: int, elsewhere: Mapping[UUID, str]) -> dict[str, Any] | None:
    if one.award_list.round_number < newest:
        return {"code": "not_in_final_round", "params": {}}
    if channel.lowest_tier is not None and (one.tier is None or one.tier.position > channel.lowest_tier):
        return {"code": "below_tier", "params": {"position": channel.lowest_tier}}
    if channel.score_floor is not None and one.score < channel.score_floor:
        return {"code": "below_score", "params": {"points": _plain(channel.score_floor - one.score)}}
    if one.entry_id in elsewhere:
        return {"code": "elsewhere", "params": {"channel": elsewhere[one.entry_id]}}
    return None


def _recommended_elsewhere(session: Session, channel: Channel) -> dict[UUID, str]:
    if not channel.exclusive:
        return {}
    query = (
        sa.select(Recommendation.entry_id, Channel.name)
        .join(Channel, Channel.id == Recommendation.channel_id)
        .where(Channel.edition_id == channel.edition_id, Channel.id != channel.id, Channel.exclusive)
        .where(Recommendation.outcome == Outcome.IN)
    )
    return dict(session.execute(query).all())


def _recommendations(
    channel: Channel, chosen: Sequence[Chosen], barred: Mapping[str, dict[str, Any]]
) -> list[Recommendation]:
    counters = dict.fromkeys(Outcome, 0)
    made = []
    for one in chosen:
        outcome = OUTCOMES[one.outcome.value]
        counters[outcome] += 1
        reason = barred.get(one.entry) or _reason(one)
        position = one.reserve or counters[outcome]
        made.append(
            Recommendation(
                channel_id=channel.id, entry_id=UUID(one.entry), outcome=outcome, position=position, reason=reason
            )
        )
    return made


def _reason(one: Chosen) -> dict[str, Any]:
    params = {
        key: _plain(value) for key, value in one.params.items() if key != "group" or one.params.get("limit") != "unit"
    }
    if one.code == "reserve":
        because = "cap_full" if "cap" in params else "below_line"
        return {"code": "reserve", "params": {**params, "number": one.reserve, "because": because}}
    return {"code": one.code, "params": params}


def _plain(value: object) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


def decide_channel(session: Session, channel: Channel, *, by: Actor, at: datetime) -> None:
    """Decide the recommendation list of a channel."""
    require_stage(session.get_one(Edition, channel.edition_id), Stage.SELECTION, Stage.NOTICE)
    if channel.decided_at is not None:
        raise rules.ChannelDecided
    if not queries.outcome_counts(session, [channel.id]):
        raise rules.ChannelNotChosen
    channel.decided_at, channel.decided_by_id = at, by.id
    _record(session, SelectionAct.CHANNEL_DECIDED, channel, by=by, at=at)


def reopen_channel(session: Session, channel: Channel, *, reason: str, by: Actor, at: datetime) -> None:
    """Open a decided recommendation list again, with a reason."""
    require_stage(session.get_one(Edition, channel.edition_id), Stage.SELECTION, Stage.NOTICE)
    if channel.decided_at is None:
        raise rules.ChannelNotChosen
    words = rules.require_reason(reason)
    channel.decided_at, channel.decided_by_id = None, None
    _record(session, SelectionAct.CHANNEL_REOPENED, channel, by=by, at=at, reason=words)


def _record(
    session: Session,
    act: SelectionAct,
    channel: Channel,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    ids = {"subject_id": channel.id, "scope_id": channel.edition_id}
    audit.record(session, act, by=by, at=at, subject=channel.name, reason=reason, detail=detail, **ids)
    session.flush()
