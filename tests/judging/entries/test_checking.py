"""The formal check: verdicts, their reasons, and taking them back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Stage
from judging.editions.rules import WrongStage
from judging.entries import checks
from judging.entries.models import CheckReason, Entry, EntryStatus, Verdict
from judging.entries.service import checking
from judging.foundation.audit import SYSTEM, lines_of
from judging.foundation.outbox import Message
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit

NOTE = "会员单位直报，纸质材料齐全"


def _entry(session: Session, **values: Any) -> Entry:
    preset = {"status": EntryStatus.SUBMITTED, "contact_email": "a@x.cn"}
    return make_entry(session, make_edition(session), **preset | values)


def test_an_admitted_entry_takes_part(session: Session, at: datetime) -> None:
    entry = _entry(session)
    checking.give_verdict(session, entry, Verdict.ADMIT, note=NOTE, by=SYSTEM, at=at)
    assert (entry.status, entry.verdict, entry.checked_at) == (EntryStatus.ACCEPTED, Verdict.ADMIT, at)


def test_completion_first_returns_the_entry_with_one_deadline(session: Session, at: datetime) -> None:
    entry, until = _entry(session), at + timedelta(days=5)
    reasons = [CheckReason.NO_SEAL, CheckReason.OTHER]
    checking.give_verdict(
        session, entry, Verdict.COMPLETE_FIRST, reasons=reasons, note="第3页缺图", until=until, by=SYSTEM, at=at
    )
    assert (entry.status, entry.return_until) == (EntryStatus.RETURNED, until)
    assert entry.verdict_reasons == ["no_seal", "other"]
    assert entry.return_reason.endswith("；第3页缺图")


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.REJECT, EntryStatus.REJECTED), (Verdict.DEFER, EntryStatus.DEFERRED)]
)
def test_a_verdict_with_a_reason_is_told_by_letter(
    session: Session, at: datetime, verdict: Verdict, status: EntryStatus
) -> None:
    entry = _entry(session)
    checking.give_verdict(session, entry, verdict, reasons=[CheckReason.UNFINISHED], by=SYSTEM, at=at)
    letter = session.scalars(sa.select(Message)).one()
    assert entry.status is status
    assert str(CheckReason.UNFINISHED.label) in letter.body


@pytest.mark.parametrize(
    ("verdict", "given", "refusal"),
    [
        (Verdict.REJECT, {}, checks.ReasonMissing),
        (Verdict.DEFER, {"reasons": [CheckReason.OTHER]}, checks.OtherNeedsNote),
        (Verdict.COMPLETE_FIRST, {"reasons": [CheckReason.NO_SEAL]}, checks.DeadlineMissing),
        (Verdict.ADMIT, {}, checks.IncompleteNeedsNote),
    ],
)
def test_a_verdict_that_does_not_say_why_is_refused(
    session: Session, at: datetime, verdict: Verdict, given: dict[str, Any], refusal: type[Exception]
) -> None:
    entry = _entry(session)
    with pytest.raises(refusal):
        checking.give_verdict(session, entry, verdict, **given, by=SYSTEM, at=at)
    assert entry.status is EntryStatus.SUBMITTED


def test_the_recommending_unit_has_the_first_word(session: Session, at: datetime) -> None:
    recommender = make_recommending_unit(session, name="江城质量协会")
    entry = _entry(session, recommending_unit_id=recommender.id)
    with pytest.raises(checks.NotRecommended, match="江城质量协会"):
        checking.give_verdict(session, entry, Verdict.ADMIT, note=NOTE, by=SYSTEM, at=at)


def test_a_direct_member_is_admitted_with_a_note(session: Session, at: datetime) -> None:
    recommender, unit = make_recommending_unit(session), make_unit(session, member_number="M-7")
    entry = _entry(session, unit=unit, recommending_unit_id=recommender.id)
    checking.give_verdict(session, entry, Verdict.ADMIT, note=NOTE, by=SYSTEM, at=at)
    assert entry.status is EntryStatus.ACCEPTED


def test_a_decided_entry_is_not_decided_twice(session: Session, at: datetime) -> None:
    entry = _entry(session, status=EntryStatus.ACCEPTED)
    with pytest.raises(checks.NotInReview):
        checking.give_verdict(session, entry, Verdict.REJECT, reasons=[CheckReason.PROOF], by=SYSTEM, at=at)


def test_a_deferred_entry_can_be_decided_later(session: Session, at: datetime) -> None:
    entry = _entry(session)
    checking.give_verdict(session, entry, Verdict.DEFER, reasons=[CheckReason.OWNERSHIP], by=SYSTEM, at=at)
    checking.give_verdict(session, entry, Verdict.ADMIT, note="权属已确认", by=SYSTEM, at=at)
    assert (entry.status, entry.verdict_reasons) == (EntryStatus.ACCEPTED, [])


def test_a_withdrawn_verdict_puts_the_entry_back_in_review(session: Session, at: datetime) -> None:
    entry = _entry(session)
    checking.give_verdict(session, entry, Verdict.REJECT, reasons=[CheckReason.PROOF], by=SYSTEM, at=at)
    checking.withdraw_verdict(session, entry, reason="证明已补", by=SYSTEM, at=at)
    assert (entry.status, entry.verdict, entry.verdict_reasons) == (EntryStatus.SUBMITTED, None, [])
    assert [line.act for line in lines_of(session, entry.id)] == ["entry.verdict", "entry.verdict_withdrawn"]
    with pytest.raises(checks.NoVerdict):
        checking.withdraw_verdict(session, entry, reason="再次", by=SYSTEM, at=at)


def test_the_check_belongs_to_intake(session: Session, at: datetime) -> None:
    entry = make_entry(session, make_edition(session, stage=Stage.JUDGING), status=EntryStatus.SUBMITTED)
    with pytest.raises(WrongStage):
        checking.give_verdict(session, entry, Verdict.ADMIT, note=NOTE, by=SYSTEM, at=at)
