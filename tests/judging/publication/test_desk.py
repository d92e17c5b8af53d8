"""The desk of the secretariat: from the draft to the announcement through its pages."""

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition
from judging.publication import queries, service
from judging.publication.models import NoticeKind, NoticeStatus
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.publication import AFTER, AT, SOMEBODY, make_certificates, make_decided, make_notice


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time of the pages, to be moved."""
    now = [AT]
    monkeypatch.setattr("judging.foundation.clock.now", lambda: now[0])
    return now


@pytest.fixture
def edition(client: Client, session: Session, clock: list[datetime]) -> Edition:
    """A decided edition, and an organizer who is signed in."""
    made, _entries = make_decided(session)
    client.sign_in(make_user(session, Role.ORGANIZER))
    return made


def typed(session: Session, edition: Edition, **changed: object) -> dict[str, object]:
    draft = queries.draft_of(session, edition)
    assert draft is not None
    names = ("title", "preamble", "basis", "how_to_object", "issuer", "days", "version")
    values = {name: getattr(draft, name) for name in names}
    return values | {"day_kind": draft.day_kind.value, "fields": list(draft.fields), "opens_on": ""} | changed


def test_a_notice_goes_from_draft_to_announcement_through_its_pages(
    client: Client, session: Session, edition: Edition, clock: list[datetime]
) -> None:
    here = f"/e/{edition.slug}"
    address = client.post(f"{here}/notices").headers["Location"]
    saved = client.post(address, data=typed(session, edition, title="关于名单的公示")).headers["Location"]
    assert "关于名单的公示" in client.get(saved).get_data(as_text=True)
    client.post(f"{saved}/publish")
    standing = queries.standing_notice(session, edition)
    assert standing is not None
    assert "关于名单的公示" in client.get("/notices/").get_data(as_text=True)
    clock[0] = AFTER
    address = client.post(f"{here}/announcement").headers["Location"]
    client.post(f"{address.removesuffix('/edit')}/publish")
    assert queries.standing_notice(session, edition, NoticeKind.ANNOUNCEMENT) is not None
    assert client.get(f"{here}/publication").status_code == 200


def test_what_was_typed_into_a_draft_is_not_lost(client: Client, session: Session, edition: Edition) -> None:
    address = client.post(f"/e/{edition.slug}/notices").headers["Location"]
    for wrong in ({"days": "0"}, {"fields": ["unit", "rank"], "basis": ""}, {"version": "99"}, {"fields": ["phone"]}):
        answer = client.post(address, data=typed(session, edition, title="尚未保存的标题", **wrong))
        assert answer.status_code == 422, wrong
        assert "尚未保存的标题" in answer.get_data(as_text=True)


def test_a_new_version_needs_its_note_on_the_page_too(client: Client, session: Session, edition: Edition) -> None:
    notice = make_notice(session, edition)
    address = f"/e/{edition.slug}/notices/{notice.id}/version"
    assert client.post(address, data={"reason": ""}).status_code == 422
    assert client.post(address, data={"reason": "更正一项"}).status_code == 302
    draft = queries.draft_of(session, edition)
    assert draft is not None
    assert (draft.number, draft.change_note) == (2, "更正一项")


def test_a_draft_is_discarded(client: Client, session: Session, edition: Edition) -> None:
    notice = make_notice(session, edition, published=False)
    client.post(f"/e/{edition.slug}/notices/{notice.id}/discard")
    assert queries.notices_of(session, edition) == []


def test_holidays_are_entered_and_forgotten_on_their_page(client: Client, session: Session, edition: Edition) -> None:
    here = f"/e/{edition.slug}/holidays"
    client.post(here, data={"day": "2099-10-01", "is_working": "0", "name": "国庆节"})
    assert "国庆节" in client.get(f"{here}?year=2099").get_data(as_text=True)
    client.post(f"{here}/2099-10-01/forget")
    assert queries.holidays_of_year(session, 2099) == []
    assert client.post(f"{here}/yesterday/forget").status_code == 302
    assert client.post(here, data={"day": "soon"}).status_code == 422
    assert client.post(f"{here}/2023/seed").status_code == 302
    assert queries.holidays_of_year(session, 2023)
    assert client.get(f"{here}?year=abc").status_code == 200


def test_a_supervisor_sees_the_desk_and_changes_nothing(client: Client, session: Session, edition: Edition) -> None:
    notice = make_notice(session, edition)
    client.sign_in(make_user(session, Role.SUPERVISOR))
    here = f"/e/{edition.slug}"
    seen = [f"{here}/publication", f"{here}/notices/{notice.id}", f"{here}/holidays", f"{here}/certificates/"]
    assert [client.get(address).status_code for address in seen] == [200] * 4
    acts = [f"{here}/notices", f"{here}/announcement", f"{here}/notices/{notice.id}/version", f"{here}/holidays"]
    assert [client.post(address).status_code for address in acts] == [403] * 4


def test_the_register_is_searched_and_downloaded(client: Client, session: Session) -> None:
    edition, _entries = make_certificates(session)
    client.sign_in(make_user(session, Role.ORGANIZER))
    here = f"/e/{edition.slug}"
    found = client.get(f"{here}/certificates/?q=QC1-0002&state=valid&sort=-issued").get_data(as_text=True)
    assert ("QC1-0002" in found, "QC1-0003" in found) == (True, False)
    assert client.get(f"{here}/certificates/certificates.zip").data.startswith(b"PK")
    assert client.get(f"{here}/publication/bundle.zip").data.startswith(b"PK")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{here}/publication/workbook.xlsx").data))
    assert len(book.worksheets) == 2
    book.close()


def test_certificates_are_revoked_and_issued_again_on_their_page(client: Client, session: Session) -> None:
    edition, _entries = make_certificates(session)
    client.sign_in(make_user(session, Role.ORGANIZER))
    certificate_id = queries.certificates_of(session, edition)[0].id
    here = f"/e/{edition.slug}/certificates/{certificate_id}"
    assert client.post(f"{here}/revoke", data={"reason": ""}).status_code == 422
    client.post(f"{here}/reissue", data={"reason": "成果名称有误"})
    client.post(f"{here}/revoke", data={"reason": "成果不实"})
    found = queries.certificate_of(session, edition, certificate_id)
    assert (found.issue, found.revoke_reason) == (2, "成果不实")
    assert "成果不实" in client.get(here).get_data(as_text=True)


def test_a_superseded_version_is_read_at_the_desk(client: Client, session: Session, edition: Edition) -> None:
    first = make_notice(session, edition)
    second = service.new_version(session, edition, first, change_note="更正一项", by=SOMEBODY, at=AT)
    service.publish_notice(session, edition, second, by=SOMEBODY, at=AT + timedelta(days=1))
    page = client.get(f"/e/{edition.slug}/notices/{first.id}")
    assert (page.status_code, first.status) == (200, NoticeStatus.SUPERSEDED)
