"""The entrant's pages: what is typed is kept, what is foreign does not exist, what is missing is said."""

import hashlib
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage, TrackKind
from judging.entries import queries as reading
from judging.entries.models import AttachmentKind, Entry, EntryStatus
from judging.entries.rules import Step
from judging.foundation import clock
from judging.foundation.storage import storage
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.drafts import make_draft
from tests.factories.editions import make_edition, set_deadline
from tests.factories.units import make_unit
from tests.hostile import uploads

JSON = {"Accept": "application/json"}
KEPT = (
    "阿卜杜拉·买买提",
    "𠮷野家",
    "王 小明",
    "O'Brien-Smith",
    "基于 C++ & Rust 的 <节水> 装置",
    "a=b+c",
    "-5℃ 冷链",
    "emoji 👩‍👩‍👧‍👦🏆",
)
SAFE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "{{7*7}}",
    "%(secret)s",
    "=cmd|'/C calc'!A0",
    "' OR '1'='1",
    "x\r\nSet-Cookie: zq=1",
    "abc\u202efdp.exe",
)
REFUSED = ("长" * 10001, "a" * 1_000_001, "a\x00b", "a\x07b", "a\x1b[31mb")


class Desk:
    """An entrant with a unit, signed in, in an edition whose intake is open."""

    def __init__(self, session: Session, client: Client, *kinds: TrackKind) -> None:
        self.session, self.client = session, client
        self.edition = make_edition(session, *(kinds or (TrackKind.QC,)))
        self.user = make_user(session, Role.ENTRANT, scope=self.edition.id)
        self.unit = make_unit(session, contact=self.user)
        client.sign_in(self.user)

    def draft(self, **values: Any) -> Entry:
        return make_draft(self.session, self.edition, unit=self.unit, **values)

    def url(self, entry: Entry | None = None, rest: str = "") -> str:
        where = f"/e/{self.edition.slug}/entries/"
        return where + (f"{entry.id}/{rest}" if entry else rest)

    def type(self, entry: Entry, field: str, value: Any, version: int | None = None) -> Any:
        seen = entry.version if version is None else version
        sent = {"field": field, "value": value, "version": seen, "sequence": 1}
        return self.client.post(self.url(entry, "autosave"), json=sent)


@pytest.fixture
def desk(session: Session, client: Client) -> Desk:
    return Desk(session, client)


def test_an_entry_starts_from_a_track(desk: Desk) -> None:
    track = desk.edition.tracks[0]
    answer = desk.client.post(desk.url(rest="new"), data={"track": str(track.id), "unit": str(desk.unit.id)})
    (entry,) = reading.own_entries(desk.session, desk.edition, [desk.unit.id])
    assert answer.location == desk.url(entry, "achievement")
    assert (entry.code, entry.created_by_id) == ("QC2022-0001", desk.user.id)


def test_an_entry_cannot_start_for_a_foreign_unit(desk: Desk) -> None:
    foreign = make_unit(desk.session)
    sent = {"track": str(desk.edition.tracks[0].id), "unit": str(foreign.id)}
    assert desk.client.post(desk.url(rest="new"), data=sent).status_code == 422


@pytest.mark.parametrize("kind", list(TrackKind))
def test_every_page_of_every_track_answers(session: Session, client: Client, kind: TrackKind) -> None:
    desk = Desk(session, client, kind)
    entry = desk.draft(kind=kind)
    pages = ["", *Step, "application-form", "history"]
    assert {page: client.get(desk.url(entry, page)).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert client.post(desk.url(entry, "submit")).location == desk.url(entry, "receipt")
    assert client.get(desk.url(entry, "receipt")).status_code == 200
    assert client.get(desk.url()).status_code == 200


def test_the_list_tells_state_and_next_step(desk: Desk) -> None:
    desk.draft(title="缺摘要的成果", abstract="")
    page = desk.client.get(desk.url()).text
    assert "缺摘要的成果" in page
    assert "/content" in page


def test_a_typed_field_is_saved_and_what_is_missing_is_said(desk: Desk) -> None:
    entry = desk.draft(title="", abstract="")
    answer = desk.type(entry, "title", "提高合格率")
    assert (answer.status_code, answer.json["missing"], answer.json["errors"]) == (200, ["abstract"], {})
    assert (entry.title, answer.json["version"]) == ("提高合格率", entry.version)


def test_the_team_is_saved_as_rows_in_order(desk: Desk) -> None:
    entry = desk.draft()
    answer = desk.type(entry, "members", ["王三", "", "", "", "阿卜杜拉·买买提", "组长"])
    fresh = reading.entry_full(desk.session, desk.edition, entry.id)
    assert answer.status_code == 200
    assert [(m.name, m.role) for m in fresh.members] == [("王三", ""), ("阿卜杜拉·买买提", "组长")]


def test_a_role_without_a_name_is_refused_in_its_place(desk: Desk) -> None:
    answer = desk.type(desk.draft(), "members", ["", "组长"])
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["members"])


def test_who_saves_second_is_told_and_overwrites_nothing(desk: Desk) -> None:
    entry = desk.draft()
    seen = entry.version
    desk.type(entry, "title", "甲的题目")
    answer = desk.type(entry, "title", "乙的题目", version=seen)
    assert (answer.status_code, answer.json["version"], entry.title) == (409, entry.version, "甲的题目")


def test_a_repeated_saving_is_no_conflict(desk: Desk) -> None:
    entry = desk.draft()
    seen = entry.version
    assert desk.type(entry, "title", "同一个").status_code == 200
    assert desk.type(entry, "title", "同一个", version=seen).status_code == 200


def test_who_posts_a_stale_page_keeps_what_was_typed(desk: Desk) -> None:
    entry = desk.draft()
    sent = {"version": str(entry.version), "title": "我打的字", "topic_type": "self_set"}
    desk.type(entry, "title", "别人的字")
    answer = desk.client.post(desk.url(entry, "achievement"), data=sent)
    assert answer.status_code == 409
    assert "我打的字" in answer.text
    assert f'name="version" type="hidden" value="{entry.version}"' in answer.text
    assert entry.title == "别人的字"


def test_a_posted_step_is_saved_and_leads_to_the_next(desk: Desk) -> None:
    entry = desk.draft()
    sent = {"version": str(entry.version), "group_name": "", "member_name": ["李二", "张一"], "member_role": ["", ""]}
    answer = desk.client.post(desk.url(entry, "team"), data=sent)
    assert answer.location == desk.url(entry, "content")
    fresh = reading.entry_full(desk.session, desk.edition, entry.id)
    assert (fresh.group_name, [m.name for m in fresh.members]) == ("", ["李二", "张一"])


def test_a_wrong_step_keeps_what_was_typed(desk: Desk) -> None:
    entry = desk.draft()
    sent = {"version": str(entry.version), "abstract": "我的摘要", "benefit": "三十六万"}
    answer = desk.client.post(desk.url(entry, "content"), data=sent)
    assert answer.status_code == 422
    assert "我的摘要" in answer.text
    assert 'value="三十六万"' in answer.text


def test_a_wrong_team_is_shown_again_as_typed(desk: Desk) -> None:
    entry = desk.draft()
    typed = {"member_name": ["", "新来的"], "member_role": ["没有姓名的组员", ""], "group_name": "改过的小组"}
    answer = desk.client.post(desk.url(entry, "team"), data={"version": str(entry.version), **typed})
    assert answer.status_code == 422
    assert all(word in answer.text for word in ("没有姓名的组员", "新来的", "改过的小组"))
    twice = {"member_name": ["张一", "张一"], "member_role": ["", "第二个"], "version": str(entry.version)}
    answer = desk.client.post(desk.url(entry, "team"), data=twice)
    assert answer.status_code == 409
    assert "第二个" in answer.text


def test_the_deadline_keeps_what_was_typed(desk: Desk) -> None:
    entry = desk.draft()
    set_deadline(desk.session, desk.edition, Stage.INTAKE, clock.now() - timedelta(hours=1))
    sent = {"version": str(entry.version), "title": "最后一分钟的题目", "topic_type": "self_set"}
    answer = desk.client.post(desk.url(entry, "achievement"), data=sent)
    assert answer.status_code == 409
    assert "最后一分钟的题目" in answer.text
    assert desk.type(entry, "title", "再试").status_code == 422
    assert desk.client.post(desk.url(entry, "submit")).status_code == 409
    assert desk.client.get(desk.url(entry, "achievement")).location == desk.url(entry)


def test_within_the_grace_an_entry_is_still_taken(desk: Desk) -> None:
    entry = desk.draft()
    set_deadline(desk.session, desk.edition, Stage.INTAKE, clock.now() - timedelta(minutes=5))
    assert desk.client.post(desk.url(entry, "submit")).location == desk.url(entry, "receipt")


def test_an_incomplete_entry_is_not_submitted(desk: Desk) -> None:
    entry = desk.draft(original=False)
    answer = desk.client.post(desk.url(entry, "submit"))
    assert (answer.status_code, entry.status) == (409, EntryStatus.DRAFT)


@pytest.mark.parametrize("value", KEPT)
def test_an_unusual_title_is_kept_exactly(desk: Desk, value: str) -> None:
    entry = desk.draft()
    assert desk.type(entry, "title", value).status_code == 200
    assert entry.title == value


@pytest.mark.parametrize("value", SAFE)
def test_a_hostile_title_does_nothing(desk: Desk, value: str) -> None:
    entry = desk.draft()
    for field in ("title", "abstract", "group_name"):
        assert desk.type(entry, field, value).status_code == 200
    desk.type(entry, "members", [value, value])
    for page in ("", *Step, "application-form", "history"):
        answer = desk.client.get(desk.url(entry, page))
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "49" not in answer.text or "{{7*7}}" not in value or "{{7*7}}" in answer.text


@pytest.mark.parametrize("value", REFUSED, ids=range(len(REFUSED)))
def test_an_endless_or_invisible_text_is_refused_at_its_field(desk: Desk, value: str) -> None:
    entry = desk.draft()
    for field in ("title", "abstract", "group_name", "contact_phone", "contact_email", "intangible_benefit"):
        answer = desk.type(entry, field, value)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert desk.type(entry, "members", [value, ""]).status_code == 422
    assert desk.type(entry, "members", ["张一", value]).status_code == 422
    assert entry.title == "降低停机率"


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "-0.0001", "1e309", "9" * 400, "٣", "85,5", "0x55", "--5", "36.55555", "约36万"],
)
def test_an_amount_that_is_none_is_refused(desk: Desk, value: str) -> None:
    assert desk.type(desk.draft(), "benefit", value).status_code == 422


@pytest.mark.parametrize(
    ("typed", "stored"), [("８５", "85"), ("1,234.5", "1234.5"), (" 0 ", "0"), ("36.5000", "36.5")]
)
def test_an_amount_is_read_as_meant(desk: Desk, typed: str, stored: str) -> None:
    entry = desk.draft()
    assert desk.type(entry, "benefit", typed).status_code == 200
    assert str((entry.benefit and entry.benefit.normalize()) or entry.benefit) in (stored, f"{stored}E+0")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"field": "title"},
        {"field": 5, "value": "x"},
        {"field": "title", "value": {"a": 1}},
        {"field": "title", "value": None},
    ],
)
def test_a_broken_saving_is_answered_calmly(desk: Desk, sent: Any) -> None:
    assert desk.client.post(desk.url(desk.draft(), "autosave"), json=sent).status_code == 400


@pytest.mark.parametrize("field", ["status", "id", "version", "csrf_token", "values", "data", "track_id", "validate"])
def test_a_field_that_is_not_asked_cannot_be_saved(desk: Desk, field: str) -> None:
    entry = desk.draft()
    assert desk.type(entry, field, "accepted").status_code == 422
    assert entry.status is EntryStatus.DRAFT


def test_a_foreign_entry_answers_like_a_missing_one_byte_for_byte(desk: Desk) -> None:
    foreign = make_draft(desk.session, desk.edition)
    missing = uuid4()
    for method, rest in (
        ("get", ""),
        *(("get", step) for step in Step),
        ("get", "receipt"),
        ("get", "history"),
        ("get", "application-form"),
        ("get", f"files/{uuid4()}"),
        ("post", "autosave"),
        ("post", "submit"),
        ("post", "achievement"),
        ("post", "files/report"),
    ):
        answers = []
        for entry_id in (foreign.id, missing):
            data = {"json": {"field": "title", "value": "x", "version": 1}} if rest == "autosave" else {}
            answer = getattr(desk.client, method)(f"/e/{desk.edition.slug}/entries/{entry_id}/{rest}", **data)
            answers.append((answer.status_code, _without_nonce(answer.text).replace(str(entry_id), "ID")))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404


def _without_nonce(page: str) -> str:
    page = re.sub(r'nonce="[^"]+"|content="[^"]+"|value="[^"]+"', "", page)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.+]+", "", page)


def test_another_edition_does_not_know_the_entry(desk: Desk) -> None:
    other: Edition = make_edition(desk.session)
    make_user(desk.session, Role.ENTRANT, scope=other.id)
    entry = desk.draft()
    assert desk.client.get(f"/e/{other.slug}/entries/{entry.id}/").status_code in (403, 404)


def test_a_good_file_is_taken_and_shown(desk: Desk) -> None:
    entry = desk.draft(files=False)
    sent = {"file": (io.BytesIO(uploads.pdf()), "成果报告（终稿）.pdf")}
    answer = desk.client.post(desk.url(entry, "files/report"), data=sent, headers=JSON)
    assert (answer.status_code, answer.json["ok"]) == (200, True)
    assert "成果报告（终稿）.pdf" in answer.json["html"]


def test_a_refused_file_says_why_and_stores_nothing(desk: Desk) -> None:
    entry = desk.draft(files=False)
    for content, name in ((uploads.OLD_OFFICE, "报告.wps"), (uploads.PROGRAM, "报告.pdf"), (b"", "空.pdf")):
        sent = {"file": (io.BytesIO(content), name)}
        answer = desk.client.post(desk.url(entry, "files/report"), data=sent, headers=JSON)
        assert (answer.status_code, answer.json["ok"], bool(answer.json["message"])) == (422, False, True)
    assert desk.client.post(desk.url(entry, "files/report"), headers=JSON).status_code == 422
    assert not reading.entry_full(desk.session, desk.edition, entry.id).attachments


def test_nothing_is_stored_for_an_entry_that_is_closed(desk: Desk) -> None:
    entry = desk.draft(files=False)
    set_deadline(desk.session, desk.edition, Stage.INTAKE, clock.now() - timedelta(hours=1))
    content = uploads.pdf("too late")
    answer = desk.client.post(
        desk.url(entry, "files/report"), data={"file": (io.BytesIO(content), "a.pdf")}, headers=JSON
    )
    digest = hashlib.sha256(content).hexdigest()
    assert (answer.status_code, storage().exists(f"{digest[:2]}/{digest}")) == (422, False)


def test_a_closed_intake_explains_itself(desk: Desk) -> None:
    desk.draft()
    set_deadline(desk.session, desk.edition, Stage.INTAKE, clock.now() - timedelta(hours=1))
    for page in ("", "new"):
        answer = desk.client.get(desk.url(rest=page))
        assert answer.status_code == 200
        assert "/new" not in answer.text.split("<main")[1]
    sent = {"track": str(desk.edition.tracks[0].id), "unit": str(desk.unit.id)}
    assert desk.client.post(desk.url(rest="new"), data=sent).status_code == 409


def test_who_reloads_a_refused_submission_comes_to_the_last_step(desk: Desk) -> None:
    entry = desk.draft()
    assert desk.client.get(desk.url(entry, "submit")).location == desk.url(entry, "review")


def test_without_scripts_an_upload_leads_back_to_its_page(desk: Desk) -> None:
    entry = desk.draft(files=False)
    sent = {"file": (io.BytesIO(uploads.pdf()), "a.pdf")}
    assert desk.client.post(desk.url(entry, "files/report"), data=sent).location == desk.url(entry, "files")


def test_an_unknown_place_does_not_exist(desk: Desk) -> None:
    assert desk.client.post(desk.url(desk.draft(), "files/virus"), headers=JSON).status_code == 404


@pytest.mark.parametrize("name", ['a"b.pdf', "报告 终稿.pdf", "名" * 300 + ".pdf", "<b>.pdf"])
def test_a_download_comes_whole_under_a_sound_header(desk: Desk, name: str) -> None:
    entry = desk.draft(files=False)
    content = uploads.pdf("whole")
    desk.client.post(desk.url(entry, "files/report"), data={"file": (io.BytesIO(content), name)})
    fresh = reading.entry_full(desk.session, desk.edition, entry.id)
    file = reading.active_attachment(fresh, AttachmentKind.REPORT)
    assert file is not None
    answer = desk.client.get(desk.url(entry, f"files/{file.id}"))
    assert answer.data == content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\]+\"; filename\*=UTF-8''[\w%.~-]+", answer.headers["Content-Disposition"]
    )


def test_a_removed_file_leaves_its_place_empty(desk: Desk) -> None:
    entry = reading.entry_full(desk.session, desk.edition, desk.draft().id)
    file = reading.active_attachment(entry, AttachmentKind.REPORT)
    assert file is not None
    desk.client.post(desk.url(entry, f"files/{file.id}/remove"))
    fresh = reading.entry_full(desk.session, desk.edition, entry.id)
    assert reading.active_attachment(fresh, AttachmentKind.REPORT) is None


def test_the_scan_of_the_sealed_form_may_follow(desk: Desk) -> None:
    entry = desk.draft()
    desk.client.post(desk.url(entry, "submit"))
    picture = {"file": (io.BytesIO(uploads.jpeg()), "盖章.jpg")}
    assert desk.client.post(desk.url(entry, "files/scan"), data=picture, headers=JSON).status_code == 200
    report = {"file": (io.BytesIO(uploads.pdf()), "晚.pdf")}
    assert desk.client.post(desk.url(entry, "files/report"), data=report, headers=JSON).status_code == 422


def test_a_return_is_explained_on_top(desk: Desk) -> None:
    entry = desk.draft()
    entry.status, entry.return_reason = EntryStatus.RETURNED, "缺少财务证明"
    entry.return_until = clock.now() + timedelta(days=2)
    for page in ("", *Step):
        assert "缺少财务证明" in desk.client.get(desk.url(entry, page)).text
    assert "缺少财务证明" in desk.client.get(desk.url()).text


def test_withdrawing_needs_a_reason(desk: Desk) -> None:
    entry = desk.draft()
    desk.client.post(desk.url(entry, "withdraw"), data={"reason": ""})
    assert entry.status is EntryStatus.DRAFT
    desk.client.post(desk.url(entry, "withdraw"), data={"reason": "数据有误"})
    assert entry.status is EntryStatus.WITHDRAWN


def test_the_history_folds_savings_and_keeps_first_and_last(desk: Desk) -> None:
    entry = desk.draft()
    for text in ("一稿", "二稿", "三稿"):
        desk.type(entry, "target", text)
    page = desk.client.get(desk.url(entry, "history")).text
    assert "三稿" in page
    assert "二稿" not in page


def test_the_list_asks_as_often_for_one_entry_as_for_ten(desk: Desk, queries: list[str]) -> None:
    counts = []
    for number in (1, 9):
        for _ in range(number):
            desk.draft()
        desk.client.get(desk.url())
        queries.clear()
        assert desk.client.get(desk.url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_without_a_unit_the_page_says_what_to_do(session: Session, client: Client) -> None:
    edition = make_edition(session)
    client.sign_in(make_user(session, Role.ENTRANT, scope=edition.id))
    for page in ("", "new"):
        assert client.get(f"/e/{edition.slug}/entries/{page}").status_code == 200
    assert client.post(f"/e/{edition.slug}/entries/new", data={"track": str(uuid4())}).status_code == 422


def test_other_roles_have_no_entrant_pages(session: Session, client: Client) -> None:
    edition = make_edition(session)
    client.sign_in(make_user(session, Role.JUDGE, Role.SUPERVISOR, Role.ORGANIZER, scope=edition.id))
    assert client.get(f"/e/{edition.slug}/entries/").status_code == 403
