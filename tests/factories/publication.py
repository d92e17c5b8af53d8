"""Decided award lists, published notices and objections for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage, Track, TrackKind
from judging.entries.models import Entry
from judging.foundation.audit import Actor
from judging.publication import service
from judging.publication.models import Notice, Objection
from judging.results.models import ResultSheet
from judging.selection.models import AwardList, Decision, Tier, TierBasis
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.pdfs import make_pdf

AT = datetime(2022, 7, 4, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Wuhan
AFTER = datetime(2022, 7, 9, 2, 0, tzinfo=UTC)  # the Saturday after five working days
SOMEBODY = Actor(None, "Secretariat")
TIERS = ("一等交流成果", "二等交流成果", "三等交流成果")


def make_decided(
    session: Session, *, entries: int = 3, edition: Edition | None = None, kind: TrackKind = TrackKind.QC, **values: Any
) -> tuple[Edition, list[Entry]]:
    """Return an edition at the stage NOTICE whose entries have been granted the three levels in turn."""
    edition = edition or make_edition(session, kind, stage=Stage.NOTICE)
    know_holidays(session)
    made = [make_entry(session, edition, kind=kind, **values) for _ in range(entries)]
    track = edition.track(kind)
    assert track is not None
    decide(session, edition, track, made)
    return edition, made


def decide(session: Session, edition: Edition, track: Track, entries: Sequence[Entry]) -> AwardList:
    """Return a decided award list that grants the entries the levels in turn."""
    round_ = track.rounds[-1]
    sheet = ResultSheet(
        round_id=round_.id, method=round_.method, number=1, digest="0" * 64, engine_version="t", computed_at=AT
    )
    session.add(sheet)
    tiers = [
        Tier(
            track_id=track.id,
            round_number=round_.number,
            position=n,
            name=name,
            basis=TierBasis.PERCENT,
            amount=Decimal(20),
        )
        for n, name in enumerate(TIERS, start=1)
    ]
    session.add_all(tiers)
    session.flush()
    made = AwardList(
        track_id=track.id,
        round_number=round_.number,
        sheet_id=sheet.id,
        proposed_at=AT,
        decided_at=AT,
        decisions=[
            Decision(entry_id=entry.id, tier_id=tiers[n * 3 // len(entries)].id, rank=n + 1, score=Decimal(90 - n))
            for n, entry in enumerate(entries)
        ],
    )
    session.add(made)
    session.flush()
    return made


def know_holidays(session: Session) -> None:
    """Let 2022 be a year whose holidays are known."""
    service.seed_holidays(session, 2022, at=AT)


def make_notice(session: Session, edition: Edition, *, at: datetime = AT, published: bool = True) -> Notice:
    """Return the notice of an edition, published unless told otherwise."""
    notice = service.draft_notice(session, edition, by=SOMEBODY, at=at)
    if published:
        service.publish_notice(session, edition, notice, by=SOMEBODY, at=at)
    return notice


def make_objection(session: Session, edition: Edition, notice: Notice, **values: Any) -> Objection:
    """Return an objection with name, contact and evidence."""
    preset: dict[str, Any] = {
        "name": "周明远",
        "contact": "zhou@example.org",
        "grounds": "该成果与2020年已获奖成果重复，见附件第3页。",
        "number": 1,
        "evidence": make_pdf("证据"),
        "evidence_name": "证据.pdf",
        "at": AT,
    }
    return service.file_objection(session, edition, notice, **preset | values)


def make_certificates(session: Session, **values: Any) -> tuple[Edition, list[Entry]]:
    """Return an edition that has announced its result and issued its certificates."""
    edition, entries = make_decided(session, **values)
    notice = make_notice(session, edition)
    service.announce(session, edition, notice, by=SOMEBODY, at=AFTER)
    service.issue_all(session, edition, by=SOMEBODY, at=AFTER)
    return edition, entries
