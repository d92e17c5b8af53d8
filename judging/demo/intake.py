"""The intake of an edition: drafts, files, submission, recommendation, formal check."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.demo.corpus_facts import EntryFacts, QcFacts, StoryFacts
from judging.demo.pdfs import EntryFiles
from judging.demo.scene import Scene, Times
from judging.editions.models import Edition, TrackKind
from judging.entries.models import AttachmentKind, CheckReason, Entry, EntryStatus, Verdict
from judging.entries.service import checking, drafting, recommending, submitting
from judging.foundation.audit import Actor

Tick = Callable[[], None]
DECLARED = {"original": True, "truthful": True, "consents_to_publication": True, "unclassified": True}
ROLES = {TrackKind.QC: ("组长", "组员"), TrackKind.STORY: ("主讲", "组员"), TrackKind.PAPER: ("第一作者", "作者")}


def hand_in(
    session: Session,
    scene: Scene,
    edition: Edition,
    facts: Sequence[EntryFacts],
    times: Times,
    *,
    drawn: Iterable[EntryFiles],
    tick: Tick,
) -> list[Entry]:
    """Let every unit's contact fill the form, upload the files and submit, spread over the weeks of intake."""
    span = (times.intake_ends - times.intake) * 0.8
    made = []
    for number, (fact, files) in enumerate(zip(facts, drawn, strict=True)):
        at = times.intake + span * (number / max(1, len(facts)))
        made.append(_hand_in_one(session, scene, edition, fact, files, at))
        tick()
    return made


def _hand_in_one(
    session: Session, scene: Scene, edition: Edition, fact: EntryFacts, files: EntryFiles, at: datetime
) -> Entry:
    unit = scene.units[fact.unit.name]
    contact = scene.contacts[unit.id]
    track = edition.track(fact.track)
    assert track is not None
    with session.no_autoflush:  # the acts of one contact go to the database together, before the last one reads them
        entry = drafting.start_entry(session, edition, track, unit, by=contact.actor, created_by_id=contact.id, at=at)
        drafting.save_fields(session, entry, _fields(fact), by=contact.actor, at=at)
        first, other = ROLES[fact.track]
        team = [(name, first if place == 0 else other) for place, name in enumerate(fact.members)]
        drafting.set_members(session, entry, team, by=contact.actor, at=at)
        _upload(session, entry, files, contact.actor, at + timedelta(minutes=20))
        submitting.submit(session, entry, by=contact.actor, at=at + timedelta(minutes=30))
    return entry


def _fields(fact: EntryFacts) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": fact.title,
        "keywords": "；".join(fact.keywords),
        "abstract": fact.abstract,
        "contact_name": fact.unit.contact.name,
        "contact_phone": fact.unit.contact.phone,
        "contact_email": fact.unit.contact.email,
    } | DECLARED
    if isinstance(fact, QcFacts):
        fields |= {
            "topic_type": fact.topic_type.value,
            "methods": "、".join(fact.methods),
            "target": f"{fact.metric}{fact.target}",
            "reached": f"{fact.metric}{fact.reached}",
            "benefit": fact.benefit,
            "intangible_benefit": fact.intangible,
            "group_name": fact.group,
            "group_number": fact.registration,
            "active_from": fact.started,
            "active_until": fact.ended,
            "presenter": fact.presenter,
        }
    elif isinstance(fact, StoryFacts):
        fields |= {"group_name": fact.group, "presenter": fact.presenter}
    return fields


def _upload(session: Session, entry: Entry, files: EntryFiles, by: Actor, at: datetime) -> None:
    pairs = [(AttachmentKind.REPORT, files.report), (AttachmentKind.MASKED, files.masked)]
    if files.slides is not None:
        pairs.append((AttachmentKind.SLIDES, files.slides))
    for kind, file in pairs:
        drafting.attach(session, entry, kind, file.name, file.content, by=by, at=at)


def recommend(session: Session, scene: Scene, edition: Edition, times: Times) -> None:
    """Let every recommending unit rank its units' entries and seal them as one batch."""
    track = edition.track(TrackKind.QC)
    assert track is not None
    at = times.intake_ends - timedelta(days=2)
    for unit in scene.recommenders.values():
        by = scene.recommender_users[unit.id].actor
        mine = sa.and_(
            Entry.edition_id == edition.id, Entry.recommending_unit_id == unit.id, Entry.track_id == track.id
        )
        ids = list(session.scalars(sa.select(Entry.id).where(mine).order_by(Entry.title)))
        if ids:
            recommending.rank_entries(session, edition, unit, track, ids, by=by, at=at)
            recommending.seal_batch(
                session, edition, unit, opinion="经审核，材料齐全、内容属实，同意推荐。", by=by, at=at
            )


def check(session: Session, scene: Scene, edition: Edition, made: Sequence[Entry], times: Times, *, tick: Tick) -> None:
    """Give the verdicts: nearly all are admitted, a few are not, with their reasons."""
    by = scene.organizer.actor
    with session.no_autoflush:
        _check_all(session, made, times, by, tick)


def _check_all(session: Session, made: Sequence[Entry], times: Times, by: Actor, tick: Tick) -> None:
    for number, entry in enumerate(made):
        at = times.intake_ends - timedelta(days=1) + timedelta(minutes=number)
        verdict, reasons, note = _verdict(number, entry)
        checking.give_verdict(session, entry, verdict, reasons=reasons, note=note, by=by, at=at)
        tick()


def _verdict(number: int, entry: Entry) -> tuple[Verdict, tuple[CheckReason, ...], str]:
    if entry.status is not EntryStatus.SUBMITTED:
        raise AssertionError(entry.status)
    if number % 97 == 60:
        return Verdict.REJECT, (CheckReason.ALREADY_AWARDED,), "同一课题已在上年度获得交流等级。"
    if number % 131 == 100:
        return Verdict.DEFER, (CheckReason.UNFINISHED,), "巩固期不足三个月，建议下一年度申报。"
    direct = entry.recommending_unit_id is None and entry.track.via_recommending_unit
    return Verdict.ADMIT, (), "协会直属会员单位，直接申报。" if direct else ""
