"""The secretariat lays in what a unit sent in another way."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage
from judging.editions.rules import WrongStage
from judging.entries import checks, queries, rules
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus
from judging.entries.service import drafting
from judging.entries.service.onbehalf import attach_for_unit
from judging.foundation.audit import SYSTEM, AuditLine
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition, set_deadline
from tests.factories.entries import make_entry
from tests.factories.units import make_unit
from tests.hostile.uploads import pdf

REASON = "6月3日以邮件寄来，系统上传失败。"
Scene = tuple[Edition, Entry]


@pytest.fixture
def scene(session: Session) -> Scene:
    """An entry in review."""
    edition = make_edition(session, slug="here")
    return edition, make_entry(session, edition, status=EntryStatus.SUBMITTED)


def _lay(session: Session, entry: Entry, kind: AttachmentKind, reason: str = REASON) -> Attachment:
    received = drafting.receive(kind, "报告.pdf", pdf(kind.value))
    return attach_for_unit(session, entry, kind, received, reason=reason, by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        (EntryStatus.DRAFT, set(AttachmentKind)),
        (EntryStatus.SUBMITTED, set(AttachmentKind)),
        (EntryStatus.RETURNED, set(AttachmentKind)),
        (EntryStatus.DEFERRED, set(AttachmentKind)),
        (EntryStatus.ACCEPTED, {AttachmentKind.SCAN, AttachmentKind.PROOF}),
        (EntryStatus.REJECTED, set()),
        (EntryStatus.WITHDRAWN, set()),
    ],
)
def test_what_may_be_laid_in_where(scene: Scene, status: EntryStatus, taken: set[AttachmentKind]) -> None:
    scene[1].status = status
    assert {kind for kind in AttachmentKind if checks.is_layable(scene[1], scene[0], kind)} == taken


def test_the_deadline_of_entrants_does_not_bind_the_secretariat(session: Session, scene: Scene) -> None:
    set_deadline(session, scene[0], Stage.INTAKE, AT.replace(year=2021))
    assert _lay(session, scene[1], AttachmentKind.REPORT).sha256


def test_after_intake_nothing_is_laid_in(session: Session, scene: Scene) -> None:
    scene[0].stage = Stage.BLINDING
    with pytest.raises(WrongStage):
        _lay(session, scene[1], AttachmentKind.SCAN)


def test_a_reason_is_needed(session: Session, scene: Scene) -> None:
    with pytest.raises(checks.OnBehalfNeedsReason):
        _lay(session, scene[1], AttachmentKind.SCAN, reason=" ")


def test_the_former_file_is_replaced_and_kept(session: Session, scene: Scene) -> None:
    first = _lay(session, scene[1], AttachmentKind.REPORT)
    second = _lay(session, scene[1], AttachmentKind.REPORT)
    assert (first.replaced_at, second.replaced_at) == (AT, None)
    assert rules.active_attachment(queries.entry_afresh(session, scene[1]), AttachmentKind.REPORT) is second
    lines = list(session.scalars(sa.select(AuditLine).where(AuditLine.act == "entry.attached_for_unit")))
    assert [(line.reason, line.detail["kind"]) for line in lines] == [(REASON, "report")] * 2
    assert sorted(str(line.detail["file"][0]) for line in lines) == ["None", "报告.pdf"]


def _send(browser: Client, entry: Entry, content: bytes, name: str = "报告.pdf", **typed: str) -> Any:
    data: dict[str, Any] = {"kind": "report", "reason": REASON} | typed
    data["file"] = (io.BytesIO(content), name)
    return browser.post(f"/e/here/check/{entry.id}/files", data=data, content_type="multipart/form-data")


def test_the_page_takes_the_file_and_the_unit_reads_why(session: Session, client: Client, scene: Scene) -> None:
    edition, entry = scene
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert f"/e/here/check/{entry.id}/files" in client.get(f"/e/here/check/{entry.id}").text
    assert client.get(f"/e/here/check/{entry.id}/files").status_code == 200
    assert _send(client, entry, pdf("report")).status_code == 302
    contact = make_user(session, Role.ENTRANT, scope=edition.id)
    unit = make_unit(session, contact=contact)
    entry.unit_id = unit.id
    assert REASON in client.sign_in(contact).get(f"/e/here/entries/{entry.id}/history").text


@pytest.mark.parametrize(
    ("content", "name", "typed"),
    [
        (b"MZ not a report", "报告.pdf", {}),
        (pdf("report"), "报告.pdf", {"kind": "video"}),
        (pdf("report"), "报告.pdf", {"kind": ""}),
        (pdf("report"), "", {}),
    ],
)
def test_a_refused_file_keeps_the_reason(
    session: Session, client: Client, scene: Scene, content: bytes, name: str, typed: dict[str, str]
) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=scene[0].id))
    answer = _send(client, scene[1], content, name, **typed)
    assert answer.status_code == 422
    assert REASON in answer.text
    assert session.scalars(sa.select(Attachment)).all() == []


def test_who_only_looks_lays_nothing_in(session: Session, client: Client, scene: Scene) -> None:
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=scene[0].id))
    assert _send(client, scene[1], pdf("report")).status_code == 403
    assert f"{scene[1].id}/files" not in client.get(f"/e/here/check/{scene[1].id}").text
