"""Pages of an edition's set-up."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions import rules
from judging.editions.models import Edition, Method, Stage, TrackKind
from judging.rubrics.models import RoundRubric
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition, set_deadline
from tests.factories.rubrics import make_rubric

SETTINGS = {
    "name": "第四十一次代表大会",
    "year": "2022",
    "organiser": "省质量协会",
    "co_organisers": "省总工会\n\n 省科协 ",
    "fee_statement": "不收取任何费用。",
    "wording": "level",
    "group_term": "质量提升小组",
    "region": "４２００００",
    "timezone": "Asia/Shanghai",
    "grace_minutes": "15",
    "notice_days": "5",
    "notice_day_kind": "working",
    "certificate_pattern": "{year}{track}{number:04d}",
}


def _organizer(session: Session, client: Client, edition: Edition) -> Client:
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def test_a_new_edition_belongs_to_who_creates_it(session: Session, client: Client) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER))
    typed = {"name": "第四十二次", "year": "2023", "slug": " 2023 ", "organiser": "省质量协会"}
    answer = client.post("/editions/new", data=typed)
    assert (answer.status_code, answer.location) == (302, "/e/2023/settings")
    assert client.get("/e/2023/settings").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "二〇二三"), ("slug", "../x"), ("slug", "taken"), ("year", "nan"), ("year", "1e9"), ("name", " ")],
)
def test_a_wrong_answer_keeps_what_was_typed(session: Session, client: Client, field: str, value: str) -> None:
    make_edition(session, slug="taken")
    client.sign_in(make_user(session, Role.ORGANIZER))
    typed = {"name": "第四十二次", "year": "2023", "slug": "2023", "organiser": "某某协会"} | {field: value}
    answer = client.post("/editions/new", data=typed)
    assert answer.status_code == 422
    assert "某某协会" in answer.text


def test_the_list_shows_the_editions_of_the_person_only(session: Session, client: Client) -> None:
    mine, _other = make_edition(session, name="我的一届"), make_edition(session, name="别人的一届")
    answer = _organizer(session, client, mine).get("/editions/")
    assert "我的一届" in answer.text
    assert "别人的一届" not in answer.text


def test_the_list_asks_as_often_for_one_edition_as_for_thirty(
    session: Session, client: Client, queries: list[str]
) -> None:
    client.sign_in(make_user(session, Role.ADMIN))
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_edition(session)
        session.commit()
        session.expunge_all()
        queries.clear()
        assert client.get("/editions/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_only_editions_that_one_sees_are_copied(session: Session, client: Client) -> None:
    mine, other = make_edition(session), make_edition(session)
    _organizer(session, client, mine)
    assert client.get(f"/editions/{other.id}/copy").status_code == 404
    typed = {"name": "下一届", "year": "2023", "slug": "next"}
    assert client.post(f"/editions/{mine.id}/copy", data=typed).location == "/e/next/settings"


def test_settings_are_saved_as_typed(session: Session, client: Client) -> None:
    edition = make_edition(session)
    answer = _organizer(session, client, edition).post(
        f"/e/{edition.slug}/settings", data=SETTINGS | {"version": str(edition.version)}
    )
    assert answer.status_code == 302
    assert (edition.co_organisers, edition.region) == (["省总工会", "省科协"], "420000")


def test_the_region_is_picked_from_the_cities_of_the_province(session: Session, client: Client) -> None:
    edition = make_edition(session)
    page = _organizer(session, client, edition).get(f"/e/{edition.slug}/settings").text
    assert '<option value="420500">宜昌市</option>' in page
    assert '<option selected value="420000">湖北省</option>' in page


def test_a_region_beyond_the_list_stays_as_it_is(session: Session, client: Client) -> None:
    edition = make_edition(session, region="421003")
    _organizer(session, client, edition)
    assert '<option selected value="421003">421003</option>' in client.get(f"/e/{edition.slug}/settings").text
    typed = SETTINGS | {"version": str(edition.version), "region": "421003"}
    assert client.post(f"/e/{edition.slug}/settings", data=typed).status_code == 302
    assert edition.region == "421003"


def test_the_second_to_save_is_told_and_nothing_typed_is_lost(session: Session, client: Client) -> None:
    edition = make_edition(session)
    seen = str(edition.version)
    _organizer(session, client, edition).post(f"/e/{edition.slug}/settings", data=SETTINGS | {"version": seen})
    typed = SETTINGS | {"version": seen, "organiser": "后来者协会"}
    answer = client.post(f"/e/{edition.slug}/settings", data=typed)
    assert answer.status_code == 409
    assert "后来者协会" in answer.text
    assert edition.organiser == "省质量协会"


@pytest.mark.parametrize(
    "wrong",
    [
        {"certificate_pattern": "{number.__class__}"},
        {"region": "武汉"},
        {"region": "999999"},
        {"region": ""},
        {"notice_days": "0"},
        {"timezone": "Mars/Olympus"},
        {"wording": "prize"},
        {"grace_minutes": "9" * 30},
        {"version": "seven"},
    ],
)
def test_unsound_settings_are_refused(session: Session, client: Client, wrong: dict[str, str]) -> None:
    edition = make_edition(session)
    _organizer(session, client, edition)
    answer = client.post(f"/e/{edition.slug}/settings", data=SETTINGS | {"version": str(edition.version)} | wrong)
    assert answer.status_code in (409, 422)


def test_times_are_typed_in_the_zone_of_the_edition(session: Session, client: Client) -> None:
    edition = make_edition(session)
    typed = {"version": str(edition.version), "closes_intake_1": "2022-06-30T17:00"}
    assert _organizer(session, client, edition).post(f"/e/{edition.slug}/calendar", data=typed).status_code == 302
    dates = rules.date_of(edition, Stage.INTAKE)
    assert dates is not None
    assert dates.closes_at == datetime(2022, 6, 30, 9, 0, tzinfo=UTC)
    assert 'value="2022-06-30T17:00"' in client.get(f"/e/{edition.slug}/calendar").text


def test_a_moved_deadline_asks_for_its_reason_on_the_page(session: Session, client: Client, at: datetime) -> None:
    edition = make_edition(session)
    set_deadline(session, edition, Stage.INTAKE, at)
    typed = {"version": str(edition.version), "closes_intake_1": "2022-06-30T17:00"}
    answer = _organizer(session, client, edition).post(f"/e/{edition.slug}/calendar", data=typed)
    assert answer.status_code == 422
    assert 'value="2022-06-30T17:00"' in answer.text
    assert client.post(f"/e/{edition.slug}/calendar", data=typed | {"reason": "延期"}).status_code == 302


@pytest.mark.parametrize("closes", ["2022-06-01T00:00", "yesterday", "2022-13-45T99:99"])
def test_a_senseless_time_is_told_at_its_field(session: Session, client: Client, closes: str) -> None:
    edition = make_edition(session)
    typed = {"version": str(edition.version), "opens_intake_1": "2022-06-02T00:00", "closes_intake_1": closes}
    answer = _organizer(session, client, edition).post(f"/e/{edition.slug}/calendar", data=typed)
    assert answer.status_code == 422
    assert closes in answer.text


def test_a_track_and_its_round_are_made_on_the_pages(session: Session, client: Client) -> None:
    edition = make_edition(session, TrackKind.QC, stage=Stage.SETUP)
    _organizer(session, client, edition)
    typed = {"kind": "paper", "name": "质量管理论文", "code": "ｌｗ"}
    assert client.post(f"/e/{edition.slug}/tracks/new", data=typed).status_code == 302
    track = edition.track(TrackKind.PAPER)
    assert track is not None
    assert (track.code, track.via_recommending_unit) == ("LW", False)
    answer = client.post(f"/e/{edition.slug}/tracks/{track.id}/rounds")
    assert urlsplit(answer.location).path == f"/e/{edition.slug}/rounds/{track.rounds[1].id}"
    assert client.get(answer.location).status_code == 200


def test_the_rules_of_a_round_are_changed_on_the_page(session: Session, client: Client) -> None:
    edition = make_edition(session)
    round_ = edition.tracks[0].rounds[0]
    typed = {
        "version": str(round_.version),
        "kind": "on_site",
        "judges_per_entry": "7",
        "min_load": "0",
        "max_load": "30",
        "method": "median",
        "decimals": "3",
        "seed": "11",
    }
    answer = _organizer(session, client, edition).post(f"/e/{edition.slug}/rounds/{round_.id}", data=typed)
    assert answer.status_code == 302
    assert (round_.judges_per_entry, round_.method, round_.blind, round_.trim_from) == (7, Method.MEDIAN, False, 5)
    crossed = typed | {"version": str(round_.version), "min_load": "40"}
    assert client.post(f"/e/{edition.slug}/rounds/{round_.id}", data=crossed).status_code == 422


def test_frozen_rules_are_shown_and_refused(session: Session, client: Client, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.JUDGING, frozen_at=at)
    round_ = edition.tracks[0].rounds[0]
    page = _organizer(session, client, edition).get(f"/e/{edition.slug}/rounds/{round_.id}").text
    assert '<fieldset class="stack" disabled>' in page
    typed = {"version": "1", "kind": "documents", "judges_per_entry": "3", "min_load": "0", "max_load": "9"}
    typed |= {"method": "mean", "decimals": "2", "seed": "1"}
    assert client.post(f"/e/{edition.slug}/rounds/{round_.id}", data=typed).status_code == 409
    assert client.get(f"/e/{edition.slug}/tracks/new").status_code == 409


def test_a_foreign_round_is_not_found(session: Session, client: Client) -> None:
    edition, other = make_edition(session), make_edition(session)
    _organizer(session, client, edition)
    assert client.get(f"/e/{edition.slug}/rounds/{other.tracks[0].rounds[0].id}").status_code == 404
    assert client.post(f"/e/{edition.slug}/tracks/{other.tracks[0].id}/rounds").status_code == 404


def test_the_stage_page_lists_what_stands_in_the_way(session: Session, client: Client) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    page = _organizer(session, client, edition).get(f"/e/{edition.slug}/stage").text
    assert f'href="/e/{edition.slug}/rubrics/"' in page
    answer = client.post(f"/e/{edition.slug}/stage", data={"stage": "judging"})
    assert (answer.status_code, edition.stage) == (409, Stage.BLINDING)


def test_the_stage_moves_back_by_the_page_with_a_reason(session: Session, client: Client) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    _organizer(session, client, edition)
    assert client.post(f"/e/{edition.slug}/stage", data={"stage": "intake"}).status_code == 409
    typed = {"stage": "intake", "reason": "一家单位的附件需要更换"}
    assert client.post(f"/e/{edition.slug}/stage", data=typed).status_code == 302
    assert edition.stage is Stage.INTAKE
    assert "一家单位的附件需要更换" in client.get(f"/e/{edition.slug}/stage").text


def test_the_next_round_is_opened_by_the_page(session: Session, client: Client) -> None:
    edition = make_edition(session, stage=Stage.SELECTION, rounds=2)
    assert _organizer(session, client, edition).get(f"/e/{edition.slug}/stage").status_code == 200
    assert client.post(f"/e/{edition.slug}/stage/next-round").status_code == 302
    assert (edition.stage, edition.round_number) == (Stage.BLINDING, 2)


def test_rubrics_and_ties_are_chosen_on_one_page(session: Session, client: Client) -> None:
    edition = make_edition(session, TrackKind.PAPER)
    round_, rubric = edition.tracks[0].rounds[0], make_rubric(session, track_kind=TrackKind.PAPER)
    _organizer(session, client, edition)
    assert rubric.name in client.get(f"/e/{edition.slug}/rubrics/").text
    typed = {
        "version": str(edition.version),
        f"rubric_{round_.id.hex}_": str(rubric.id),
        f"tie_{round_.id.hex}_0": "c2",
        f"tie_{round_.id.hex}_1": "c2",
        f"tie_{round_.id.hex}_2": "c1",
    }
    assert client.post(f"/e/{edition.slug}/rubrics/", data=typed).status_code == 302
    query = sa.select(RoundRubric.rubric_id).where(RoundRubric.round_id == round_.id)
    assert session.scalars(query).all() == [rubric.id]
    assert round_.tie_chain == ["c2", "c1"]


@pytest.mark.parametrize(
    ("role", "seen", "changed"),
    [(Role.ORGANIZER, 200, 302), (Role.SUPERVISOR, 200, 403), (Role.JUDGE, 403, 403), (Role.ENTRANT, 403, 403)],
)
def test_who_may_see_and_who_may_change(session: Session, client: Client, role: Role, seen: int, changed: int) -> None:
    edition = make_edition(session)
    client.sign_in(make_user(session, role, scope=edition.id))
    at = f"/e/{edition.slug}"
    pages = ("/stage", "/settings", "/calendar", "/tracks", "/rubrics/", "/people/", "/people/invitations")
    assert {client.get(at + page).status_code for page in pages} == {seen}
    typed = SETTINGS | {"version": str(edition.version)}
    assert client.post(f"{at}/settings", data=typed).status_code == changed


def test_an_organizer_elsewhere_has_no_say_here(session: Session, client: Client) -> None:
    here, elsewhere = make_edition(session), make_edition(session)
    _organizer(session, client, elsewhere)
    assert client.get(f"/e/{here.slug}/stage").status_code == 403
