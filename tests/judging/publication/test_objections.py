"""Objections: what counts as one, who may see whose it is, and what a ruling changes."""

import io
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from judging.accounts.models import Role
from judging.editions.models import Edition
from judging.entries.files import FileRefused
from judging.foundation.audit import AuditLine
from judging.foundation.outbox import Message
from judging.foundation.throttle import Attempt
from judging.publication import queries, rules, service
from judging.publication.models import Notice, NoticeStatus, Objection, ObjectionStatus
from judging.selection.rules import SamePerson
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.pdfs import make_pdf
from tests.factories.publication import AFTER, AT, SOMEBODY, make_decided, make_notice, make_objection

ACT = {"by": SOMEBODY, "at": AT}
NAME, CONTACT = "周明远", "zhou@example.org"


@pytest.fixture
def scene(session: Session) -> tuple[Edition, Notice]:
    edition, _entries = make_decided(session)
    return edition, make_notice(session, edition)


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"name": "匿名"}, rules.AnonymousObjection, ""),
        ({"name": "x"}, rules.AnonymousObjection, ""),
        ({"name": "***"}, rules.AnonymousObjection, ""),
        ({"name": "匿名群众"}, rules.AnonymousObjection, ""),
        ({"contact": "无"}, rules.NoContact, ""),
        ({"contact": "12345"}, rules.NoContact, ""),
        ({"grounds": "不公平"}, rules.NoGrounds, ""),
        ({"evidence": None}, rules.NoEvidence, ""),
        ({"evidence": b""}, rules.NoEvidence, ""),
        ({"number": 99}, rules.NoSuchRow, "99"),
        ({"at": AT + timedelta(days=5)}, rules.WindowClosed, "2022"),
        ({"at": AT - timedelta(days=1)}, rules.NotYetOpen, "2022"),
    ],
)
def test_what_is_no_objection_is_refused_with_a_sentence(
    session: Session, scene: tuple[Edition, Notice], changed: dict[str, object], refusal: type, words: str
) -> None:
    with pytest.raises(refusal) as caught:
        make_objection(session, *scene, **changed)
    assert words in str(caught.value)
    assert "%(" not in str(caught.value)


def test_evidence_is_taken_by_its_content_and_not_by_its_name(session: Session, scene: tuple[Edition, Notice]) -> None:
    with pytest.raises(FileRefused):
        make_objection(session, *scene, evidence=b"#!/bin/sh\nrm -rf /", evidence_name="证据.pdf")


def test_the_last_evening_still_counts(session: Session, scene: tuple[Edition, Notice]) -> None:
    last_evening = AT + timedelta(days=4, hours=13)  # 8 July, 23:00 in Wuhan
    assert make_objection(session, *scene, at=last_evening).status is ObjectionStatus.RECEIVED


def test_an_objection_names_its_entry_by_the_number_in_the_list(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition)
    assert make_objection(session, edition, notice, number=2).entry_id == entries[1].id


def test_disagreement_with_the_level_is_an_inquiry_and_needs_no_evidence(
    session: Session, scene: tuple[Edition, Notice]
) -> None:
    made = make_objection(session, *scene, about_level_only=True, evidence=None)
    assert made.status is ObjectionStatus.INQUIRY
    assert queries.open_objections(session, scene[0]) == 0
    assert queries.unanswered_inquiries(session, scene[0]) == 1


def test_an_inquiry_is_answered_once(session: Session, scene: tuple[Edition, Notice]) -> None:
    made = make_objection(session, *scene, about_level_only=True, evidence=None)
    service.answer_inquiry(session, scene[0], made, ruling="等级按评分结果和名额确定。", **ACT)
    with pytest.raises(rules.AlreadyRuled):
        service.answer_inquiry(session, scene[0], made, ruling="再次答复。", **ACT)


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (service.refuse_objection, ObjectionStatus.REFUSED),
        (service.dismiss, ObjectionStatus.DISMISSED),
        (service.answer_inquiry, ObjectionStatus.INQUIRY),
    ],
)
def test_a_ruling_is_in_words_and_given_once(session: Session, scene: tuple[Edition, Notice], act, status) -> None:  # type: ignore[no-untyped-def]
    made = make_objection(session, *scene)
    with pytest.raises(rules.RulingNeeded):
        act(session, scene[0], made, ruling=" ", **ACT)
    act(session, scene[0], made, ruling="经核实，情况不属实。", **ACT)
    assert (made.status, made.ruling) == (status, "经核实，情况不属实。")
    with pytest.raises(rules.AlreadyRuled):
        service.dismiss(session, scene[0], made, ruling="再次答复。", **ACT)


def test_letters_go_to_an_e_mail_address_only(session: Session, scene: tuple[Edition, Notice]) -> None:
    by_mail = make_objection(session, *scene)
    make_objection(session, *scene, contact="13800138000")
    service.dismiss(session, scene[0], by_mail, ruling="经核实，情况不属实。", **ACT)
    letters = list(session.scalars(sa.select(Message)))
    assert [letter.to for letter in letters] == [CONTACT, CONTACT]
    assert all(by_mail.receipt in letter.body and NAME not in letter.body for letter in letters)


def test_an_upheld_objection_drafts_a_new_version_and_waits_for_a_second_person(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition)
    first, second = make_user(session).actor, make_user(session).actor
    made = make_objection(session, edition, notice)
    draft = service.uphold(session, edition, made, ruling="经核实，该成果此前已获奖。", by=first, at=AT)
    assert draft is not None
    assert (draft.status, draft.number) == (NoticeStatus.DRAFT, 2)
    assert draft.change_note
    with pytest.raises(rules.MoveUnsigned):
        service.publish_notice(session, edition, draft, **ACT)
    with pytest.raises(SamePerson):
        service.sign_change(session, edition, made, by=first, at=AT)
    service.sign_change(session, edition, made, by=second, at=AT)
    service.publish_notice(session, edition, draft, **ACT)
    assert [row["entry"] for row in draft.rows] == [str(entries[1].id), str(entries[2].id)]


def test_an_upheld_objection_may_change_the_level(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition)
    made = make_objection(session, edition, notice)
    lower = queries.decision_on(session, edition, entries[2].id)
    assert lower is not None
    tier_id: UUID | None = lower.tier_id
    by = make_user(session).actor
    service.uphold(session, edition, made, ruling="经核实，效益数据有误。", by=by, at=AT, new_tier_id=tier_id)
    service.sign_change(session, edition, made, by=make_user(session).actor, at=AT)
    changed = queries.decision_on(session, edition, entries[0].id)
    assert changed is not None
    assert changed.tier_id == tier_id


def test_an_objection_to_no_entry_is_upheld_without_a_change(session: Session, scene: tuple[Edition, Notice]) -> None:
    made = make_objection(session, *scene, number=None)
    by = make_user(session).actor
    with pytest.raises(rules.NotAwarded):
        service.uphold(session, scene[0], made, ruling="公示标题有误。", by=by, at=AT)
    assert service.uphold(session, scene[0], made, ruling="公示标题有误。", by=by, at=AT, change_level=False) is None


def test_a_ruling_lets_the_result_be_announced(session: Session, scene: tuple[Edition, Notice]) -> None:
    edition, notice = scene
    made = make_objection(session, edition, notice)
    service.accept_objection(session, edition, made, **ACT)
    with pytest.raises(rules.ObjectionsOpen):
        service.announce(session, edition, notice, by=SOMEBODY, at=AFTER)
    service.dismiss(session, edition, made, ruling="经核实，情况不属实。", **ACT)
    assert service.announce(session, edition, notice, by=SOMEBODY, at=AFTER).rows


# Pages


def submitted(**changed: object) -> dict[str, object]:
    evidence = (io.BytesIO(make_pdf("证据")), "证据.pdf")
    typed = {"name": NAME, "contact": CONTACT, "number": "1", "grounds": "该成果与往年成果重复，见附件。"}
    return typed | {"evidence": evidence} | changed


@pytest.fixture
def running(session: Session, monkeypatch: pytest.MonkeyPatch) -> tuple[Edition, Notice]:
    """A notice whose window is open today."""
    monkeypatch.setattr("judging.foundation.clock.now", lambda: AT)
    edition, _entries = make_decided(session)
    return edition, make_notice(session, edition)


def test_an_objection_is_filed_on_the_public_page(
    client: Client, session: Session, running: tuple[Edition, Notice]
) -> None:
    answer = client.post(f"/notices/{running[1].id}/object", data=submitted(), content_type="multipart/form-data")
    made = session.scalars(sa.select(Objection)).one()
    assert answer.headers["Location"] == f"/notices/receipts/{made.receipt}"
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert NAME not in page
    assert CONTACT not in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"name": "匿名"}, "real name"), ({"evidence": ""}, "attach evidence"), ({"number": "77"}, "no number 77")],
)
def test_a_refused_objection_keeps_what_was_typed(
    client: Client, running: tuple[Edition, Notice], changed: dict[str, object], sentence: str
) -> None:
    client.get("/language/en")
    data = submitted(**changed)
    answer = client.post(f"/notices/{running[1].id}/object", data=data, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "该成果与往年成果重复，见附件。" in page


def _send(client: Client, notice: Notice, address: str = "203.0.113.7", **changed: object) -> Response:
    where = {"REMOTE_ADDR": address}
    return client.post(
        f"/notices/{notice.id}/object",
        data=submitted(**changed),
        content_type="multipart/form-data",
        environ_base=where,
    )


def test_a_flood_from_one_address_is_refused_and_keeps_what_was_typed(
    client: Client, session: Session, running: tuple[Edition, Notice]
) -> None:
    sent = [_send(client, running[1]).status_code for _ in range(rules.MAX_OBJECTIONS)]
    refused = _send(client, running[1])
    assert (set(sent), refused.status_code) == ({302}, 429)
    assert "该成果与往年成果重复，见附件。" in refused.text
    assert "notice-danger" in refused.text
    assert _send(client, running[1], address="203.0.113.8").status_code == 302
    assert len(list(session.scalars(sa.select(Objection)))) == rules.MAX_OBJECTIONS + 1


def test_a_flood_of_refused_files_is_refused_as_well(client: Client, running: tuple[Edition, Notice]) -> None:
    sent = [_send(client, running[1], name="匿名").status_code for _ in range(rules.MAX_OBJECTIONS + 1)]
    assert sent == [422] * rules.MAX_OBJECTIONS + [429]


def test_after_an_hour_it_is_forgotten(
    client: Client, session: Session, running: tuple[Edition, Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(rules.MAX_OBJECTIONS):
        _send(client, running[1])
    monkeypatch.setattr("judging.foundation.clock.now", lambda: AT + timedelta(minutes=61))
    assert _send(client, running[1]).status_code == 302
    kept = list(session.scalars(sa.select(Attempt)))
    assert len(kept) == 1
    assert "203.0.113" not in kept[0].key


def test_another_notice_counts_by_itself(session: Session, scene: tuple[Edition, Notice]) -> None:
    for _ in range(rules.MAX_OBJECTIONS):
        service.count_attempt(session, scene[1], "203.0.113.7", AT)
    with pytest.raises(rules.TooManyObjections):
        service.count_attempt(session, scene[1], "203.0.113.7", AT)
    edition, _entries = make_decided(session)
    service.count_attempt(session, make_notice(session, edition), "203.0.113.7", AT)


def test_an_unknown_receipt_is_said_to_be_unknown(client: Client, session: Session) -> None:
    assert client.get("/notices/receipts/NOSUCHCODE").status_code == 404


def test_the_desk_masks_the_objector_until_somebody_asks(
    client: Client, session: Session, running: tuple[Edition, Notice]
) -> None:
    edition, notice = running
    made = make_objection(session, edition, notice)
    address = f"/e/{edition.slug}/objections/{made.id}"
    client.sign_in(make_user(session, Role.ORGANIZER))
    masked = client.get(address).get_data(as_text=True) + client.get(f"/e/{edition.slug}/objections/").get_data(
        as_text=True
    )
    shown = client.post(f"{address}/identity").get_data(as_text=True)
    assert (NAME in masked, CONTACT in masked) == (False, False)
    assert (NAME in shown, CONTACT in shown) == (True, True)
    acts = list(session.scalars(sa.select(AuditLine.act).where(AuditLine.subject_id == made.id)))
    assert "objection.shown" in acts


def test_a_supervisor_sees_the_objection_but_not_the_objector(
    client: Client, session: Session, running: tuple[Edition, Notice]
) -> None:
    edition, notice = running
    made = make_objection(session, edition, notice)
    address = f"/e/{edition.slug}/objections/{made.id}"
    client.sign_in(make_user(session, Role.SUPERVISOR))
    assert NAME not in client.get(address).get_data(as_text=True)
    assert [client.post(f"{address}/{act}").status_code for act in ("identity", "evidence", "dismiss")] == [403] * 3


def test_the_trail_never_names_the_objector(session: Session, scene: tuple[Edition, Notice]) -> None:
    made = make_objection(session, *scene)
    service.show_objector(session, scene[0], made, **ACT)
    service.dismiss(session, scene[0], made, ruling="经核实，情况不属实。", **ACT)
    lines = session.scalars(sa.select(AuditLine).where(AuditLine.subject_id == made.id))
    said = " ".join(f"{line.subject} {line.by} {line.reason} {line.detail}" for line in lines)
    assert (NAME in said, CONTACT in said) == (False, False)


def test_evidence_is_handed_out_with_a_line_in_the_trail(
    client: Client, session: Session, running: tuple[Edition, Notice]
) -> None:
    edition, notice = running
    made = make_objection(session, edition, notice)
    client.sign_in(make_user(session, Role.ORGANIZER))
    answer = client.post(f"/e/{edition.slug}/objections/{made.id}/evidence")
    assert answer.data.startswith(b"%PDF")
    acts = list(session.scalars(sa.select(AuditLine.act).where(AuditLine.subject_id == made.id)))
    assert "objection.evidence" in acts


def test_an_objection_of_another_edition_is_not_found(
    client: Client, session: Session, running: tuple[Edition, Notice]
) -> None:
    made = make_objection(session, *running)
    other, _entries = make_decided(session)
    client.sign_in(make_user(session, Role.ORGANIZER))
    assert client.get(f"/e/{other.slug}/objections/{made.id}").status_code == 404


def test_the_list_of_objections_asks_as_often_for_one_as_for_three(
    client: Client, session: Session, running: tuple[Edition, Notice], queries: list[str]
) -> None:
    edition, notice = running
    address = f"/e/{edition.slug}/objections/"
    client.sign_in(make_user(session, Role.ORGANIZER))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_objection(session, edition, notice)
        session.commit()
        queries.clear()
        client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_refused_ruling_keeps_its_words(client: Client, session: Session, running: tuple[Edition, Notice]) -> None:
    edition, notice = running
    made = make_objection(session, edition, notice, number=None)
    client.sign_in(make_user(session, Role.ORGANIZER))
    answer = client.post(
        f"/e/{edition.slug}/objections/{made.id}/uphold", data={"reason": "公示标题有误。", "tier": ""}
    )
    assert answer.status_code == 409
    assert "公示标题有误。" in answer.get_data(as_text=True)
