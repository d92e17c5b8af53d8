"""Recommending units: return, rank, seal, recall."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.rules import WrongStage
from judging.entries import checks
from judging.entries.models import Entry, EntryStatus, Verdict
from judging.entries.service import recommending
from judging.entries.service.checking import give_verdict
from judging.foundation.audit import SYSTEM, lines_of
from judging.foundation.outbox import Message
from judging.units.models import RecommendingUnit
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit

OPINION = "同意推荐。"


def _desk(session: Session, count: int = 2) -> tuple[Edition, RecommendingUnit, list[Entry]]:
    edition, recommender = make_edition(session), make_recommending_unit(session)
    unit = make_unit(session, recommending_unit_id=recommender.id)
    values = {"status": EntryStatus.SUBMITTED, "recommending_unit_id": recommender.id, "contact_email": "a@x.cn"}
    return edition, recommender, [make_entry(session, edition, unit=unit, **values) for _ in range(count)]


def _rank(session: Session, edition: Edition, unit: RecommendingUnit, entries: list[Entry], at: datetime) -> None:
    ids = [entry.id for entry in entries]
    recommending.rank_entries(session, edition, unit, edition.tracks[0], ids, by=SYSTEM, at=at)


def test_a_returned_entry_says_what_to_mend_and_until_when(session: Session, at: datetime) -> None:
    _edition, _unit, (entry, _other) = _desk(session)
    until = at + timedelta(days=3)
    recommending.return_entry(session, entry, reason="请补充现状调查数据", until=until, by=SYSTEM, at=at)
    assert (entry.status, entry.return_reason, entry.return_until) == (
        EntryStatus.RETURNED,
        "请补充现状调查数据",
        until,
    )
    letter = session.scalars(sa.select(Message)).one()
    assert "请补充现状调查数据" in letter.body


@pytest.mark.parametrize(
    ("reason", "days", "refusal"),
    [("", 3, checks.ReturnReasonMissing), ("请补充", -1, checks.DeadlineMissing)],
)
def test_a_return_without_reason_or_future_deadline_is_refused(
    session: Session, at: datetime, reason: str, days: int, refusal: type[Exception]
) -> None:
    _edition, _unit, (entry, _other) = _desk(session)
    with pytest.raises(refusal):
        recommending.return_entry(session, entry, reason=reason, until=at + timedelta(days=days), by=SYSTEM, at=at)


def test_a_draft_cannot_be_returned(session: Session, at: datetime) -> None:
    entry = make_entry(session, make_edition(session), status=EntryStatus.DRAFT)
    with pytest.raises(checks.NotInReview):
        recommending.return_entry(session, entry, reason="请补充", until=at + timedelta(days=1), by=SYSTEM, at=at)


def test_ranking_numbers_the_list_and_leaves_out_the_rest(session: Session, at: datetime) -> None:
    edition, unit, (first, second, third) = _desk(session, 3)
    _rank(session, edition, unit, [third, first], at)
    assert [entry.recommended_rank for entry in (first, second, third)] == [2, None, 1]


def test_a_foreign_entry_cannot_be_ranked(session: Session, at: datetime) -> None:
    edition, unit, (entry, _other) = _desk(session)
    foreign = make_entry(session, edition, status=EntryStatus.SUBMITTED)
    with pytest.raises(checks.NotYours):
        _rank(session, edition, unit, [entry, foreign], at)


def test_sealing_recommends_the_list_in_its_order(session: Session, at: datetime) -> None:
    edition, unit, (first, second, third) = _desk(session, 3)
    _rank(session, edition, unit, [second, first], at)
    batch = recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
    assert (batch.sealed_at, batch.opinion) == (at, OPINION)
    assert [entry.batch_id for entry in (first, second, third)] == [batch.id, batch.id, None]
    assert [line.act for line in lines_of(session, first.id)] == ["entry.recommended"]


def test_a_sealed_list_does_not_move(session: Session, at: datetime) -> None:
    edition, unit, entries = _desk(session)
    _rank(session, edition, unit, entries, at)
    recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
    with pytest.raises(checks.BatchSealed):
        _rank(session, edition, unit, entries, at)
    with pytest.raises(checks.BatchSealed):
        recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
    with pytest.raises(checks.BatchSealed):
        recommending.return_entry(session, entries[0], reason="迟了", until=at + timedelta(days=1), by=SYSTEM, at=at)


def test_an_empty_list_is_not_sealed(session: Session, at: datetime) -> None:
    edition, unit, _entries = _desk(session)
    with pytest.raises(checks.NothingToRecommend):
        recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)


def test_a_list_without_an_opinion_is_not_sealed(session: Session, at: datetime) -> None:
    edition, unit, entries = _desk(session)
    _rank(session, edition, unit, entries, at)
    with pytest.raises(checks.OpinionMissing):
        recommending.seal_batch(session, edition, unit, opinion=" ", by=SYSTEM, at=at)


def test_a_list_over_the_quota_is_not_sealed(session: Session, at: datetime) -> None:
    edition, unit, entries = _desk(session)
    edition.tracks[0].rounds[0].settings = {"recommendation_quota": {unit.code: 1}}
    _rank(session, edition, unit, entries, at)
    with pytest.raises(checks.OverQuota) as refusal:
        recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
    assert refusal.value.params["quota"] == 1


def test_a_recalled_list_keeps_its_order(session: Session, at: datetime) -> None:
    edition, unit, entries = _desk(session)
    _rank(session, edition, unit, entries, at)
    batch = recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
    recommending.recall_batch(session, batch, reason="排序有误", by=SYSTEM, at=at)
    assert batch.sealed_at is None
    assert [(entry.recommended_at, entry.recommended_rank) for entry in entries] == [(None, 1), (None, 2)]
    with pytest.raises(checks.BatchNotSealed):
        recommending.recall_batch(session, batch, reason="再次", by=SYSTEM, at=at)


def test_a_list_with_a_verdict_is_not_recalled(session: Session, at: datetime) -> None:
    edition, unit, entries = _desk(session)
    _rank(session, edition, unit, entries, at)
    batch = recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
    give_verdict(session, entries[0], Verdict.ADMIT, note="纸质材料齐全", by=SYSTEM, at=at)
    with pytest.raises(checks.BatchAlreadyChecked):
        recommending.recall_batch(session, batch, reason="排序有误", by=SYSTEM, at=at)


def test_recommending_belongs_to_intake(session: Session, at: datetime) -> None:
    edition, unit, entries = _desk(session)
    edition.stage = Stage.BLINDING
    with pytest.raises(WrongStage):
        _rank(session, edition, unit, entries, at)
    with pytest.raises(WrongStage):
        recommending.seal_batch(session, edition, unit, opinion=OPINION, by=SYSTEM, at=at)
