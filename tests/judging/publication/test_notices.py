"""Notices: what they show, when their window closes, and the chain of their versions."""

import io
from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy.orm import Session

from judging.editions.models import Stage
from judging.editions.rules import WrongStage
from judging.foundation import audit
from judging.foundation.storage import storage
from judging.publication import pages, queries, rules, service
from judging.publication.models import Notice, NoticeKind, NoticeStatus
from judging.publication.rules import GROUPING, NoticeField
from judging.selection import service as selection
from judging.selection.queries import decisions, lists_of_edition
from judging.selection.rules import ListNotDecided
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.publication import AFTER, AT, SOMEBODY, make_decided, make_notice, make_objection
from tests.factories.units import make_recommending_unit, make_unit

ACT = {"by": SOMEBODY, "at": AT}


def text_of(notice: Notice) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(storage().get(notice.pdf_key))) as document:
        words = []
        for page in document:
            text = page.get_textpage()
            words.append(text.get_text_bounded())
            text.close()
            page.close()
        return "".join("".join(words).split())


def text(notice: Notice, **changed: object) -> service.NoticeText:
    names = ("title", "preamble", "basis", "how_to_object", "issuer", "days", "day_kind", "opens_on", "change_note")
    values = {name: getattr(notice, name) for name in names} | {"fields": tuple(notice.fields)}
    return service.NoticeText(**values | changed)  # type: ignore[arg-type]


def test_a_notice_shows_the_granted_entries_by_level(session: Session) -> None:
    edition, entries = make_decided(session, entries=3)
    notice = make_notice(session, edition)
    shown = [(row["tier"], row["unit"], row["title"]) for row in notice.rows]
    assert shown == [
        ("一等交流成果", entries[0].unit.name, entries[0].title),
        ("二等交流成果", entries[1].unit.name, entries[1].title),
        ("三等交流成果", entries[2].unit.name, entries[2].title),
    ]


def test_rows_stand_in_no_order_of_merit_unless_places_are_shown(session: Session) -> None:
    edition, entries = make_decided(session, entries=6)
    entries[0].code, entries[1].code = entries[1].code + "-x", entries[0].code + "-x"
    session.flush()
    by_code = service.rows_now(session, edition, ["title"])
    by_place = service.rows_now(session, edition, ["title", "rank"])
    assert [row["title"] for row in by_code[:2]] == [entries[1].title, entries[0].title]
    assert [(row["title"], row["rank"]) for row in by_place[:2]] == [(entries[0].title, "1"), (entries[1].title, "2")]


def test_nothing_outside_the_allow_list_reaches_the_public(client: Client, session: Session) -> None:
    marks = ["13800138000", "MARKCONTACT", "mark@example.org", "MARKMEMBER", "MARKABSTRACT", "MARKPRESENTER"]
    unit = make_unit(session, contact_name="MARKUNITCONTACT", contact_phone="13900139000", contact_email="u@mark.org")
    recommender = make_recommending_unit(session, contact_name="MARKRECOMMENDER", contact_phone="13700137000")
    edition, entries = make_decided(
        session,
        unit=unit,
        members=("MARKMEMBER",),
        contact_phone=marks[0],
        contact_name=marks[1],
        contact_email=marks[2],
        abstract=marks[4],
        presenter=marks[5],
        recommending_unit_id=recommender.id,
    )
    notice = make_notice(session, edition)
    page = client.get(f"/notices/{notice.id}").get_data(as_text=True)
    said = page + text_of(notice) + str(notice.rows)
    hidden = [*marks, "MARKUNITCONTACT", "13900139000", "u@mark.org", "MARKRECOMMENDER", "13700137000", entries[0].code]
    assert [mark for mark in hidden if mark in said] == []
    assert unit.name in page


def test_a_snapshot_holds_the_allow_list_and_nothing_else() -> None:
    everything = {name: f"value of {name}" for name in (*GROUPING, "entry", *NoticeField, "phone", "contact", "score")}
    assert set(rules.public_row(everything, list(NoticeField))) == {*GROUPING, "entry", *NoticeField}
    assert set(rules.public_row(everything, ["unit"])) == {*GROUPING, "entry", "unit"}


def test_a_field_outside_the_allow_list_is_refused(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    with pytest.raises(rules.UnknownField, match="phone"):
        service.edit_notice(session, edition, notice, text(notice, fields=("unit", "phone")), **ACT)


def test_places_are_published_only_on_a_stated_basis(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    with pytest.raises(rules.RankNeedsBasis):
        service.edit_notice(session, edition, notice, text(notice, fields=("unit", "rank"), basis=" "), **ACT)
    service.edit_notice(
        session, edition, notice, text(notice, fields=("rank", "unit"), basis="评审办法第十二条"), **ACT
    )
    assert notice.fields == ["unit", "rank"]


def test_the_window_counts_five_working_days_from_publication(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    assert (notice.opens_on, notice.closes_on) == (date(2022, 7, 4), date(2022, 7, 8))


def test_a_first_day_in_the_past_becomes_the_day_of_publication(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    service.edit_notice(session, edition, notice, text(notice, opens_on=date(2022, 6, 1)), **ACT)
    service.publish_notice(session, edition, notice, **ACT)
    assert notice.opens_on == date(2022, 7, 4)


def test_a_window_late_in_the_year_counts_by_the_years_calendar(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, at=AT.replace(month=11, day=21))
    assert notice.closes_on == date(2022, 11, 25)


def test_a_year_nobody_entered_is_taken_over_with_the_draft_if_it_is_published(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, at=AT.replace(year=2021))
    assert notice.closes_on == date(2021, 7, 9)  # opened on a Sunday


def test_a_year_without_a_calendar_stops_the_notice(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, at=AT.replace(year=2099), published=False)
    assert pages.notice_view(session, edition, notice, AT.replace(year=2099)).calendar_missing
    with pytest.raises(rules.CalendarUnknown, match="2099"):
        service.publish_notice(session, edition, notice, by=SOMEBODY, at=AT.replace(year=2099))


def test_the_published_pdf_carries_title_window_and_list(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition)
    said = text_of(notice)
    wanted = [notice.title, "2022年7月4日至2022年7月8日（5个工作日）", entries[0].unit.name, "排名不分先后"]
    assert [words for words in wanted if "".join(words.split()) not in said] == []


def test_a_thousand_rows_are_published(client: Client, session: Session, queries: list[str]) -> None:
    unit = make_unit(session)
    edition, _entries = make_decided(session, entries=1000, unit=unit)
    address, name = f"/notices/{make_notice(session, edition).id}", unit.name
    queries.clear()
    page = client.get(address).get_data(as_text=True)
    assert len(queries) <= 4  # notice with edition, its tracks, rounds and dates: the same for one row
    assert page.count(name) == 1000


def test_a_list_that_is_not_decided_is_not_published(session: Session) -> None:
    edition, entries = make_decided(session)
    make_candidate(session, edition.tracks[0].rounds[0], entry=entries[0])
    notice = make_notice(session, edition, published=False)
    for award_list in lists_of_edition(session, edition):
        award_list.decided_at = None
    session.flush()
    with pytest.raises(ListNotDecided):
        service.publish_notice(session, edition, notice, **ACT)


def test_an_unsigned_move_stops_the_notice(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    decision = queries.decision_on(session, edition, entries[0].id)
    assert decision is not None
    selection.propose_move(session, decision, None, reason="核实后撤销", by=make_user(session).actor, at=AT)
    with pytest.raises(rules.MoveUnsigned, match="1"):
        service.publish_notice(session, edition, notice, **ACT)


def test_nothing_granted_is_nothing_to_publish(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    for award_list in lists_of_edition(session, edition):
        for decision in decisions(session, award_list.id):
            decision.tier_id = None
    session.flush()
    session.expire_all()
    with pytest.raises(rules.NothingToPublish):
        service.publish_notice(session, edition, notice, **ACT)


def test_a_notice_belongs_to_its_stage(session: Session) -> None:
    edition = make_edition(session, stage=Stage.SELECTION)
    with pytest.raises(WrongStage):
        service.draft_notice(session, edition, **ACT)


def test_a_published_notice_is_never_edited_or_discarded(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    for act in (
        lambda: service.edit_notice(session, edition, notice, text(notice), **ACT),
        lambda: service.publish_notice(session, edition, notice, **ACT),
        lambda: service.discard_draft(session, edition, notice, **ACT),
    ):
        with pytest.raises(rules.AlreadyPublished):
            act()


def test_one_draft_waits_at_a_time(session: Session) -> None:
    edition, _entries = make_decided(session)
    make_notice(session, edition, published=False)
    with pytest.raises(rules.DraftWaits):
        service.draft_notice(session, edition, **ACT)


def test_a_new_version_says_why(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    with pytest.raises(rules.ChangeNoteNeeded):
        service.new_version(session, edition, notice, change_note=" ", **ACT)


def test_versions_form_a_chain_in_which_one_stands(session: Session) -> None:
    edition, entries = make_decided(session)
    first = make_notice(session, edition)
    entries[0].title = "更正后的成果名称"
    second = service.new_version(session, edition, first, change_note="更正一项成果名称", **ACT)
    service.publish_notice(session, edition, second, by=SOMEBODY, at=AT + timedelta(days=1))
    statuses = [(n.number, n.status) for n in queries.notices_of(session, edition)]
    assert statuses == [(2, NoticeStatus.PUBLISHED), (1, NoticeStatus.SUPERSEDED)]
    assert queries.successor_of(session, first) is second
    assert first.rows[0]["title"] != "更正后的成果名称"
    assert second.rows[0]["title"] == "更正后的成果名称"
    assert second.closes_on == date(2022, 7, 11)


def test_a_replaced_list_is_not_shown_any_more(client: Client, session: Session) -> None:
    edition, entries = make_decided(session)
    first = make_notice(session, edition)
    second = service.new_version(session, edition, first, change_note="更正一项", **ACT)
    service.publish_notice(session, edition, second, **ACT)
    title = entries[0].title
    page = client.get(f"/notices/{first.id}").get_data(as_text=True)
    assert title not in page
    assert f"/notices/{second.id}" in page
    assert client.get(f"/notices/{first.id}/notice.pdf").status_code == 404


def test_an_announcement_waits_for_the_end_of_the_window(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    with pytest.raises(rules.WindowOpen):
        service.announce(session, edition, notice, by=SOMEBODY, at=AT + timedelta(days=4))


def test_an_announcement_waits_for_open_objections(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    make_objection(session, edition, notice)
    with pytest.raises(rules.ObjectionsOpen, match="1"):
        service.announce(session, edition, notice, by=SOMEBODY, at=AFTER)


def test_an_announcement_is_of_the_list_the_public_has_seen(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition)
    decision = queries.decision_on(session, edition, entries[0].id)
    assert decision is not None
    decision.tier_id = None
    session.flush()
    session.expire_all()
    with pytest.raises(rules.ListChanged):
        service.announce(session, edition, notice, by=SOMEBODY, at=AFTER)


def test_an_announcement_repeats_the_rows_of_its_notice(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    made = service.announce(session, edition, notice, by=SOMEBODY, at=AFTER)
    assert (made.kind, made.status, made.rows) == (NoticeKind.ANNOUNCEMENT, NoticeStatus.PUBLISHED, notice.rows)
    assert notice.status is NoticeStatus.PUBLISHED


def test_publication_leaves_its_trail(session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition)
    acts = [line.act for line in audit.lines_of(session, notice.id)]
    assert sorted(acts) == ["publication.drafted", "publication.published"]


def test_a_draft_is_previewed_with_the_window_it_would_have(session: Session) -> None:
    edition, entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    view = pages.notice_view(session, edition, notice, AT)
    assert (view.opens_on, view.closes_on, view.calendar_missing) == (date(2022, 7, 4), date(2022, 7, 8), "")
    assert view.document.count == len(entries)


def test_a_draft_is_not_public(client: Client, session: Session) -> None:
    edition, _entries = make_decided(session)
    notice = make_notice(session, edition, published=False)
    assert client.get(f"/notices/{notice.id}").status_code == 404
