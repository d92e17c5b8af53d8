"""The formal check's pages: queue, entry, verdict, many at once, Excel."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions import readiness
from judging.editions.models import Edition, Stage, TrackKind
from judging.entries import sheets
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus, Verdict
from judging.entries.views.exchange import import_entries
from judging.foundation.jobs import Job
from judging.foundation.outbox import Message
from judging.foundation.spreadsheets import read_rows
from judging.foundation.storage import storage
from judging.units.models import Unit
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit
from tests.factories.workbooks import make_credit_code, make_workbook

NOTE = "会员单位直报，纸质材料齐全"


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, TrackKind.QC, TrackKind.STORY)


@pytest.fixture
def organizer(session: Session, client: Client, edition: Edition) -> Client:
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def _address(edition: Edition, path: str = "") -> str:
    return f"/e/{edition.slug}/check/{path}"


def _submitted(session: Session, edition: Edition, **values: Any) -> Entry:
    return make_entry(session, edition, **{"status": EntryStatus.SUBMITTED, "contact_email": "a@x.cn"} | values)


def test_the_queue_asks_as_much_for_one_entry_as_for_many(
    session: Session, organizer: Client, edition: Edition, queries: list[str]
) -> None:
    counted, address = [], _address(edition)
    for _round in range(2):
        for _ in range(3):
            recommender = make_recommending_unit(session)
            unit = make_unit(session, recommending_unit_id=recommender.id)
            _submitted(session, edition, unit=unit, recommending_unit_id=recommender.id)
        queries.clear()
        assert organizer.get(address).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"甲", "乙", "丙"}),
        ("status=submitted", {"甲", "乙"}),
        ("status=draft", {"丁"}),
        ("place=recommender", {"乙"}),
        ("place=secretariat", {"甲"}),
        ("region=421000", {"乙"}),
        ("lacks=files", {"甲", "乙", "丙"}),
        ("lacks=scan", {"甲", "乙", "丙"}),
        ("q=丙", {"丙"}),
        ("status=nonsense&page=9&track=x", {"甲", "乙", "丙"}),
    ],
)
def test_filters_narrow_the_queue(
    session: Session, organizer: Client, edition: Edition, query: str, seen: set[str]
) -> None:
    recommender = make_recommending_unit(session)
    _submitted(session, edition, title="题甲")
    _submitted(
        session, edition, title="题乙", recommending_unit_id=recommender.id, unit=make_unit(session, region="421000")
    )
    make_entry(session, edition, title="题丙")
    make_entry(session, edition, title="题丁", status=EntryStatus.DRAFT)
    page = organizer.get(_address(edition, f"?{query}")).text
    assert set(re.findall("题([甲乙丙丁])</a>", page)) == seen


def test_an_entry_shows_its_file_and_what_is_missing(session: Session, organizer: Client, edition: Edition) -> None:
    entry = _submitted(session, edition, title="降低停机率")
    stored = storage().put(b"%PDF-1.7 example")
    file = Attachment(
        entry_id=entry.id,
        kind=AttachmentKind.REPORT,
        file_name="成果报告.pdf",
        media_type="application/pdf",
        size=stored.size,
        sha256=stored.sha256,
        storage_key=stored.key,
        uploaded_at=AT,
    )
    session.add(file)
    session.flush()
    address = _address(edition, str(entry.id))
    assert f"/files/{file.id}?inline=1" in organizer.get(address).text
    answer = organizer.get(f"{address}/files/{file.id}")
    assert answer.data == b"%PDF-1.7 example"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_verdict_leads_to_the_next_entry(session: Session, organizer: Client, edition: Edition) -> None:
    entry, following = _submitted(session, edition), _submitted(session, edition)
    typed = {"version": "1", "verdict": "admit", "note": NOTE}
    answer = organizer.post(_address(edition, f"{entry.id}/verdict"), data=typed)
    assert answer.location.endswith(str(following.id))
    assert (entry.status, entry.verdict) == (EntryStatus.ACCEPTED, Verdict.ADMIT)
    assert session.scalars(sa.select(Message)).one().to == "a@x.cn"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"verdict": "nonsense"},
        {"verdict": "reject", "note": "只有备注"},
        {"verdict": "complete_first", "reasons": "no_seal", "until": "not a day", "note": "只有备注"},
        {"verdict": "complete_first", "reasons": "no_seal", "until": "2001-01-01", "note": "只有备注"},
        {"verdict": "defer", "reasons": "other"},
        {"verdict": "admit"},
    ],
)
def test_a_verdict_that_cannot_stand_keeps_what_was_typed(
    session: Session, organizer: Client, edition: Edition, typed: dict[str, str]
) -> None:
    entry = _submitted(session, edition)
    answer = organizer.post(_address(edition, f"{entry.id}/verdict"), data={"version": "1"} | typed)
    assert (answer.status_code, entry.status) == (422, EntryStatus.SUBMITTED)
    assert typed.get("note", "") in answer.text


def test_a_verdict_on_an_entry_that_changed_is_held_back(session: Session, organizer: Client, edition: Edition) -> None:
    entry = _submitted(session, edition)
    typed = {"version": "9", "verdict": "admit", "note": NOTE}
    assert organizer.post(_address(edition, f"{entry.id}/verdict"), data=typed).status_code == 409
    assert entry.status is EntryStatus.SUBMITTED


def test_completion_first_lasts_until_the_end_of_the_day(session: Session, organizer: Client, edition: Edition) -> None:
    entry = _submitted(session, edition)
    typed = {"version": "1", "verdict": "complete_first", "reasons": ["no_seal"], "until": "2099-06-30"}
    organizer.post(_address(edition, f"{entry.id}/verdict"), data=typed)
    assert entry.return_until == datetime(2099, 6, 30, 15, 59, tzinfo=UTC)


def test_a_withdrawn_verdict_needs_a_reason(session: Session, organizer: Client, edition: Edition) -> None:
    entry = _submitted(session, edition)
    organizer.post(_address(edition, f"{entry.id}/verdict"), data={"version": "1", "verdict": "admit", "note": NOTE})
    address = _address(edition, f"{entry.id}/verdict/withdraw")
    organizer.post(address, data={"reason": ""})
    assert entry.status is EntryStatus.ACCEPTED
    organizer.post(address, data={"reason": "误操作"})
    assert entry.status is EntryStatus.SUBMITTED


def test_many_are_admitted_after_a_preview(session: Session, organizer: Client, edition: Edition) -> None:
    recommender = make_recommending_unit(session)
    first, second = _submitted(session, edition), _submitted(session, edition)
    waiting = _submitted(session, edition, recommending_unit_id=recommender.id)
    ids = [str(entry.id) for entry in (first, second, waiting)]
    assert organizer.post(_address(edition, "admit"), data={"ids": ids, "note": NOTE}).status_code == 200
    assert first.status is EntryStatus.SUBMITTED
    organizer.post(_address(edition, "admit"), data={"ids": ids, "note": NOTE, "confirmed": "yes"})
    assert [entry.status for entry in (first, second, waiting)] == [
        EntryStatus.ACCEPTED,
        EntryStatus.ACCEPTED,
        EntryStatus.SUBMITTED,
    ]


def test_ticking_nothing_is_no_failure(organizer: Client, edition: Edition) -> None:
    assert organizer.post(_address(edition, "admit"), data={"ids": ["nonsense"]}).status_code == 302


def test_an_entry_of_another_edition_is_not_found(session: Session, organizer: Client, edition: Edition) -> None:
    foreign = _submitted(session, make_edition(session))
    assert organizer.get(_address(edition, str(foreign.id))).status_code == 404


def test_a_supervisor_sees_and_decides_nothing(session: Session, client: Client, edition: Edition) -> None:
    entry = _submitted(session, edition)
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    page = client.get(_address(edition, str(entry.id)))
    assert page.status_code == 200
    assert 'name="verdict"' not in page.text
    assert client.post(_address(edition, f"{entry.id}/verdict"), data={"verdict": "admit"}).status_code == 403


@pytest.mark.parametrize("role", [Role.ENTRANT, Role.JUDGE, Role.RECOMMENDER])
def test_others_do_not_enter_the_formal_check(session: Session, client: Client, edition: Edition, role: Role) -> None:
    entry = _submitted(session, edition)
    client.sign_in(make_user(session, role, scope=edition.id))
    assert client.get(_address(edition)).status_code == 403
    assert client.get(_address(edition, str(entry.id))).status_code == 403


def test_the_export_holds_what_the_filters_leave(session: Session, organizer: Client, edition: Edition) -> None:
    _submitted(session, edition, title="题甲")
    make_entry(session, edition, title="题乙")
    content = organizer.get(_address(edition, "entries.xlsx?status=accepted&sort=-title")).data
    assert [row.values["title"] for row in read_rows(content, sheets.EXPORT)] == ["题乙"]


def _rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"导入单位{number}有限公司",
            "credit_code": make_credit_code(number),
            "region": "武汉市",
            "industry": "制造业",
            "title": f"导入课题{number}",
            "members": "张三、李四",
        }
        for number in range(1, count + 1)
    ]


def _send(client: Client, edition: Edition, content: bytes, **fields: str) -> Any:
    track = edition.track(TrackKind.QC)
    assert track is not None
    data = {"track": str(track.id), "file": (io.BytesIO(content), "汇总表.xlsx")} | fields
    return client.post(_address(edition, "import"), data=data, content_type="multipart/form-data")


def test_an_import_is_shown_before_it_is_applied(session: Session, organizer: Client, edition: Edition) -> None:
    preview = _send(organizer, edition, make_workbook(_rows(3), title="汇总表"))
    assert "导入课题3" in organizer.get(preview.location).text
    assert session.scalar(sa.select(sa.func.count(Entry.id))) == 0
    assert organizer.post(preview.location).status_code == 302
    assert session.scalar(sa.select(sa.func.count(Entry.id))) == 3
    assert session.scalar(sa.select(sa.func.count(Unit.id))) == 3


def test_a_long_import_becomes_a_job(session: Session, organizer: Client, edition: Edition) -> None:
    preview = _send(organizer, edition, make_workbook(_rows(201)))
    answer = organizer.post(preview.location)
    job = session.scalars(sa.select(Job)).one()
    assert answer.location == f"/account/jobs/{job.id}"
    assert job.payload["options"]["hand_in"] == ""


def test_a_job_that_runs_twice_imports_once(session: Session, edition: Edition) -> None:
    user, track = make_user(session, Role.ORGANIZER, scope=edition.id), edition.track(TrackKind.QC)
    assert track is not None
    payload = {
        "edition": str(edition.id),
        "unit": "",
        "by": str(user.id),
        "name": user.name,
        "key": storage().put(make_workbook(_rows(2))).key,
        "options": {"track": str(track.id), "hand_in": ""},
    }
    session.commit()
    said = [import_entries(payload, lambda _done, _total: None) for _time in range(2)]
    assert said[0] != said[1]
    assert session.scalar(sa.select(sa.func.count(Entry.id))) == 2


def test_a_workbook_that_cannot_be_read_is_told(organizer: Client, edition: Edition) -> None:
    assert _send(organizer, edition, b"nothing").status_code == 422
    assert _send(organizer, edition, make_workbook(_rows(1)), track="nonsense").status_code == 404


def test_nothing_is_imported_after_intake(session: Session, organizer: Client, edition: Edition) -> None:
    edition.stage = Stage.JUDGING
    assert _send(organizer, edition, make_workbook(_rows(1))).status_code == 422


@pytest.mark.parametrize("kind", list(TrackKind)[:2])
def test_each_track_has_its_template(organizer: Client, edition: Edition, kind: TrackKind) -> None:
    track = edition.track(kind)
    assert track is not None
    content = organizer.get(_address(edition, f"template/{track.id}.xlsx")).data
    assert len(read_rows(content, sheets.import_columns(track))) == 1


def test_blinding_waits_for_an_admitted_entry(session: Session, edition: Edition) -> None:
    assert [
        o.blocking for o in readiness.obstacles(session, edition, Stage.BLINDING) if o.endpoint == "check.queue"
    ] == [True]
    make_entry(session, edition)
    _submitted(session, edition)
    found = [o for o in readiness.obstacles(session, edition, Stage.BLINDING) if o.endpoint == "check.queue"]
    assert [(o.blocking, "1" in o.sentence) for o in found] == [(False, True)]
