"""Starting, saving, naming the team, attaching, submitting, withdrawing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Stage, TrackKind
from judging.editions.rules import DeadlinePassed, WrongStage
from judging.entries import queries, rules
from judging.entries.models import AttachmentKind, EntryStatus
from judging.entries.service import drafting, submitting
from judging.foundation import audit
from judging.foundation.audit import SYSTEM
from judging.foundation.outbox import Message
from tests.factories.drafts import make_draft
from tests.factories.editions import AT, make_edition, set_deadline
from tests.factories.units import make_recommending_unit, make_unit
from tests.hostile.uploads import pdf

LATER = AT + timedelta(hours=1)


def test_receipt_numbers_count_within_their_track(session: Session) -> None:
    edition = make_edition(session, TrackKind.QC, TrackKind.PAPER)
    kinds = (TrackKind.QC, TrackKind.PAPER, TrackKind.QC)
    codes = [make_draft(session, edition, kind=kind, files=False).code for kind in kinds]
    assert codes == ["QC2022-0001", "LW2022-0001", "QC2022-0002"]


def test_a_new_entry_knows_its_contact_and_recommending_unit(session: Session) -> None:
    edition, recommender = make_edition(session, TrackKind.QC, TrackKind.PAPER), make_recommending_unit(session)
    edition.tracks[1].via_recommending_unit = False
    unit = make_unit(session, recommending_unit_id=recommender.id, contact_name="周敏", contact_phone="027-1")
    starts = [drafting.start_entry(session, edition, track, unit, by=SYSTEM, at=AT) for track in edition.tracks]
    assert [entry.recommending_unit_id for entry in starts] == [recommender.id, None]
    assert (starts[0].contact_name, starts[0].contact_phone) == ("周敏", "027-1")


def test_only_what_differs_leaves_a_line(session: Session) -> None:
    entry = make_draft(session, make_edition(session), files=False)
    version = entry.version
    drafting.save_fields(session, entry, {"title": entry.title, "target": "3%"}, by=SYSTEM, at=LATER)
    drafting.save_fields(session, entry, {"target": "3%"}, by=SYSTEM, at=LATER)
    lines = [line.detail for line in audit.lines_of(session, entry.id) if line.at == LATER]
    assert lines == [{"target": ["5.2%降到3%", "3%"]}]
    assert entry.version == version + 1


def test_a_field_that_is_none_of_the_entrants_cannot_be_saved(session: Session) -> None:
    entry = make_draft(session, make_edition(session), files=False)
    with pytest.raises(ValueError, match="status"):
        drafting.save_fields(session, entry, {"status": "accepted"}, by=SYSTEM, at=AT)


def test_the_order_of_the_team_is_kept_and_told(session: Session) -> None:
    entry = make_draft(session, make_edition(session), files=False)
    drafting.set_members(session, entry, [("阿卜杜拉·买买提", ""), ("张一", "组长")], by=SYSTEM, at=LATER)
    fresh = queries.entry_afresh(session, entry)
    assert [(m.position, m.name) for m in fresh.members] == [(1, "阿卜杜拉·买买提"), (2, "张一")]
    assert audit.lines_of(session, entry.id)[-1].detail == {
        "members": ["张一（组长）、李二、王三", "阿卜杜拉·买买提、张一（组长）"]
    }


def test_a_new_file_takes_the_place_of_the_old_one(session: Session) -> None:
    entry = make_draft(session, make_edition(session))
    drafting.attach(session, entry, AttachmentKind.REPORT, "新.pdf", pdf("second"), by=SYSTEM, at=LATER)
    fresh = queries.entry_afresh(session, entry)
    reports = [(f.file_name, f.replaced_at) for f in fresh.attachments if f.kind is AttachmentKind.REPORT]
    assert reports == [("报告.pdf", LATER), ("新.pdf", None)]


def test_a_removed_file_is_missing_again(session: Session) -> None:
    entry = queries.entry_afresh(session, make_draft(session, make_edition(session)))
    report = queries.active_attachment(entry, AttachmentKind.REPORT)
    assert report is not None
    drafting.remove_attachment(session, entry, report, by=SYSTEM, at=LATER)
    assert [item.field for item in rules.missing(queries.entry_afresh(session, entry))] == ["file-report"]


def test_the_same_file_sent_twice_is_stored_once(session: Session) -> None:
    entry = make_draft(session, make_edition(session), files=False)
    kinds = (AttachmentKind.REPORT, AttachmentKind.MASKED)
    keys = {drafting.attach(session, entry, kind, "a.pdf", pdf(), by=SYSTEM, at=AT).storage_key for kind in kinds}
    assert len(keys) == 1


def test_a_complete_entry_gets_a_receipt_and_a_letter(session: Session) -> None:
    entry = make_draft(session, make_edition(session))
    submitting.submit(session, entry, by=SYSTEM, at=LATER)
    assert (entry.status, entry.submitted_at, len(entry.receipt_hash)) == (EntryStatus.SUBMITTED, LATER, 64)
    letter = session.scalars(sa.select(Message)).one()
    assert letter.to == "zhou@example.cn"
    assert entry.receipt_hash in letter.body


def test_an_incomplete_entry_is_refused_with_what_it_lacks(session: Session) -> None:
    entry = make_draft(session, make_edition(session), target="")
    with pytest.raises(rules.Incomplete) as caught:
        submitting.submit(session, entry, by=SYSTEM, at=AT)
    assert str(rules.REQUIRED[TrackKind.QC][7].label) in str(caught.value)


@pytest.mark.parametrize("field", sorted(drafting.FIELDS - {"active_from", "active_until", *rules.DECLARATIONS}))
def test_the_receipt_changes_with_every_field(session: Session, field: str) -> None:
    entry = queries.entry_afresh(session, make_draft(session, make_edition(session)))
    before = submitting.receipt_hash(entry)
    setattr(entry, field, Decimal(7) if field == "benefit" else "别的")
    assert submitting.receipt_hash(entry) != before


def test_the_receipt_changes_with_the_team_and_the_files(session: Session) -> None:
    entry = queries.entry_afresh(session, make_draft(session, make_edition(session)))
    receipts = {submitting.receipt_hash(entry)}
    drafting.set_members(session, entry, [("李二", ""), ("张一", "组长"), ("王三", "")], by=SYSTEM, at=AT)
    receipts.add(submitting.receipt_hash(queries.entry_afresh(session, entry)))
    drafting.attach(session, entry, AttachmentKind.REPORT, "报告.pdf", pdf("other"), by=SYSTEM, at=AT)
    receipts.add(submitting.receipt_hash(queries.entry_afresh(session, entry)))
    assert len(receipts) == 3


def test_the_receipt_does_not_depend_on_when_it_is_made(session: Session) -> None:
    entry = make_draft(session, make_edition(session))
    submitting.submit(session, entry, by=SYSTEM, at=LATER)
    session.expire_all()
    assert submitting.receipt_hash(queries.entry_afresh(session, entry)) == entry.receipt_hash


def test_a_returned_entry_is_submitted_again(session: Session) -> None:
    entry = make_draft(session, make_edition(session))
    entry.status, entry.return_reason, entry.return_until = EntryStatus.RETURNED, "请补章", LATER
    submitting.submit(session, entry, by=SYSTEM, at=LATER)
    assert (entry.status, entry.return_reason, entry.return_until) == (EntryStatus.SUBMITTED, "", None)
    assert audit.lines_of(session, entry.id)[-1].act == "entry.resubmitted"


def test_an_entry_is_submitted_once(session: Session) -> None:
    entry = make_draft(session, make_edition(session))
    submitting.submit(session, entry, by=SYSTEM, at=AT)
    with pytest.raises(rules.NotEditable):
        submitting.submit(session, entry, by=SYSTEM, at=AT)


def test_after_the_deadline_nothing_is_started_saved_or_submitted(session: Session) -> None:
    edition = make_edition(session)
    entry = make_draft(session, edition)
    set_deadline(session, edition, Stage.INTAKE, AT)
    late = AT + timedelta(minutes=16)
    with pytest.raises(DeadlinePassed):
        drafting.save_fields(session, entry, {"title": "迟"}, by=SYSTEM, at=late)
    with pytest.raises(DeadlinePassed):
        drafting.attach(session, entry, AttachmentKind.REPORT, "a.pdf", pdf(), by=SYSTEM, at=late)
    with pytest.raises(DeadlinePassed):
        submitting.submit(session, entry, by=SYSTEM, at=late)
    submitting.submit(session, entry, by=SYSTEM, at=AT + timedelta(minutes=14))
    assert entry.status is EntryStatus.SUBMITTED


def test_an_entry_cannot_start_outside_intake(session: Session) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    with pytest.raises(WrongStage):
        drafting.start_entry(session, edition, edition.tracks[0], make_unit(session), by=SYSTEM, at=AT)


def test_a_withdrawn_entry_keeps_its_reason_in_the_trail(session: Session) -> None:
    entry = make_draft(session, make_edition(session))
    submitting.withdraw(session, entry, by=SYSTEM, at=LATER, reason="数据有误")
    assert entry.status is EntryStatus.WITHDRAWN
    assert audit.lines_of(session, entry.id)[-1].reason == "数据有误"


def test_accepted_entries_come_with_everything_in_a_fixed_number_of_queries(
    session: Session, queries: list[str]
) -> None:
    from judging.entries import queries as reading

    edition = make_edition(session)
    counts = []
    for _ in range(2):
        for _ in range(2):
            make_draft(session, edition).status = EntryStatus.ACCEPTED
        session.flush()
        session.expunge_all()
        queries.clear()
        found = reading.accepted(session, edition.tracks[0].id)
        assert all(entry.unit.name and entry.members and entry.attachments for entry in found)
        counts.append(len(queries))
        edition = session.merge(edition)
        list(edition.tracks[0].rounds)
    assert counts[0] == counts[1]
