"""Pages of the selection: who sees what, what they show, what they refuse."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.editions.models import Edition, Stage, Track, TrackKind
from judging.selection import queries, service
from judging.selection.models import AwardList, Channel, GroupBy, MoveStatus, TierBasis
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.results import AT, SYSTEM
from tests.factories.selection import make_decided, make_selection, make_tiers
from tests.judging.selection.test_service import channel_spec

TIERS = {"group_by": "none", "tie_rule": "expand", "combine": "none"}


def organizer(session: Session, edition: Edition) -> User:
    return make_user(session, Role.ORGANIZER, scope=edition.id)


def proposed(session: Session) -> tuple[Edition, Track, AwardList]:
    edition, track = make_selection(session, range(60, 83))
    return edition, track, service.propose(session, edition, track, by=SYSTEM, at=AT)


def chosen_channel(session: Session, edition: Edition, track: Track) -> Channel:
    make_decided(session, edition, track)
    channel = service.add_channel(session, edition, channel_spec(track, reserves=2), by=SYSTEM, at=AT)
    service.choose_channel(session, edition, channel, by=SYSTEM, at=AT)
    return channel


def tier_rows(*rows: tuple[str, str, str]) -> dict[str, str]:
    names = ("name", "basis", "amount")
    return {f"tiers-{n}-{name}": row[i] for n, row in enumerate(rows) for i, name in enumerate(names)}


@pytest.mark.parametrize("page", ["", "/what-if", "/moves", "/list.xlsx"])
def test_supervisor_reads_every_page_of_a_list(client: Any, session: Session, page: str) -> None:
    edition, _, made = proposed(session)
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert client.get(f"/e/{edition.slug}/selection/lists/{made.id}{page}").status_code == 200


@pytest.mark.parametrize("role", [Role.JUDGE, Role.ENTRANT, Role.RECOMMENDER])
def test_nobody_else_sees_award_lists(client: Any, session: Session, role: Role) -> None:
    edition, _, made = proposed(session)
    client.sign_in(make_user(session, role, scope=edition.id))
    assert client.get(f"/e/{edition.slug}/selection/lists/{made.id}").status_code == 403


def test_supervisor_decides_nothing(client: Any, session: Session) -> None:
    edition, _, made = proposed(session)
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert client.post(f"/e/{edition.slug}/selection/lists/{made.id}/decide").status_code == 403


def test_list_of_another_edition_is_missing(client: Any, session: Session) -> None:
    _, _, made = proposed(session)
    other = make_edition(session, stage=Stage.SELECTION)
    client.sign_in(organizer(session, other))
    assert client.get(f"/e/{other.slug}/selection/lists/{made.id}").status_code == 404
    decision = queries.decisions(session, made.id)[0]
    assert client.get(f"/e/{other.slug}/selection/decisions/{decision.id}/move").status_code == 404


def test_organizer_proposes_and_decides(client: Any, session: Session) -> None:
    edition, track = make_selection(session, range(60, 83))
    client.sign_in(organizer(session, edition))
    assert client.get(f"/e/{edition.slug}/selection/").status_code == 200
    assert client.post(f"/e/{edition.slug}/selection/tracks/{track.id}/propose").status_code == 302
    made = queries.list_of(session, track.id, 1)
    assert made is not None
    client.post(f"/e/{edition.slug}/selection/lists/{made.id}/decide")
    assert made.decided_at is not None
    client.post(f"/e/{edition.slug}/selection/lists/{made.id}/reopen", data={"reason": "评审委员会复议"})
    assert made.decided_at is None


def test_list_shows_names_levels_and_reasons(client: Any, session: Session) -> None:
    edition, _, made = proposed(session)
    entry = queries.decisions(session, made.id)[0].entry
    title, unit = entry.title, entry.unit.name
    page = client.sign_in(organizer(session, edition)).get(f"/e/{edition.slug}/selection/lists/{made.id}").text
    assert title in page
    assert unit in page
    assert "2.00" in page


def test_filter_by_level_and_search_narrow_the_list(client: Any, session: Session) -> None:
    edition, track, made = proposed(session)
    tier = queries.tiers_of(session, track.id, 1)[0]
    entries = [one.entry for one in queries.decisions(session, made.id)]
    codes, unit = [entry.code for entry in entries], entries[22].unit.name
    url = f"/e/{edition.slug}/selection/lists/{made.id}"
    client.sign_in(organizer(session, edition))
    page = client.get(f"{url}?tier={tier.id}").text
    assert (codes[0] in page, codes[5] in page) == (True, False)
    page = client.get(f"{url}?tier=none&q={unit}").text
    assert (codes[0] in page, codes[22] in page) == (False, True)


@pytest.mark.parametrize("sort", ["rank", "-score", "code", "title", "unit", "tier", "nonsense"])
def test_list_sorts_by_every_column(client: Any, session: Session, sort: str) -> None:
    edition, _, made = proposed(session)
    client.sign_in(organizer(session, edition))
    assert client.get(f"/e/{edition.slug}/selection/lists/{made.id}?sort={sort}").status_code == 200


@pytest.mark.parametrize("text", ["40", "4０", "abc", "-1", "1e309", "NaN", "99"])
def test_what_if_takes_any_text(client: Any, session: Session, text: str) -> None:
    edition, track, made = proposed(session)
    tier = queries.tiers_of(session, track.id, 1)[0]
    client.sign_in(organizer(session, edition))
    url = f"/e/{edition.slug}/selection/lists/{made.id}/what-if"
    assert client.get(url, query_string={f"t-{tier.id}": text}).status_code == 200


def test_move_is_proposed_on_a_form_and_signed_by_another(client: Any, session: Session) -> None:
    edition, track, made = proposed(session)
    decision, tier = queries.decisions(session, made.id)[0], queries.tiers_of(session, track.id, 1)[1]
    base = f"/e/{edition.slug}/selection"
    client.sign_in(organizer(session, edition))
    assert client.get(f"{base}/decisions/{decision.id}/move").status_code == 200
    data = {"tier": str(tier.id), "reason": "现场核实不符"}
    assert client.post(f"{base}/decisions/{decision.id}/move", data=data).status_code == 302
    move = queries.moves_of(session, made.id)[0]
    assert client.post(f"{base}/moves/{move.id}/sign").status_code == 409
    client.sign_in(organizer(session, edition)).post(f"{base}/moves/{move.id}/sign")
    assert (move.status, decision.tier_id) == (MoveStatus.SIGNED, tier.id)
    assert client.get(f"{base}/lists/{made.id}/moves").status_code == 200


def test_move_without_a_reason_keeps_what_was_chosen(client: Any, session: Session) -> None:
    edition, track, made = proposed(session)
    decision, tier = queries.decisions(session, made.id)[0], queries.tiers_of(session, track.id, 1)[2]
    client.sign_in(organizer(session, edition))
    answer = client.post(f"/e/{edition.slug}/selection/decisions/{decision.id}/move", data={"tier": str(tier.id)})
    assert answer.status_code == 422
    assert f'selected value="{tier.id}"' in answer.text


def test_refused_move_keeps_the_typed_reason(client: Any, session: Session) -> None:
    edition, _, made = proposed(session)
    decision = queries.decisions(session, made.id)[0]
    client.sign_in(organizer(session, edition))
    data = {"tier": str(decision.tier_id), "reason": "一段很长的理由"}
    answer = client.post(f"/e/{edition.slug}/selection/decisions/{decision.id}/move", data=data)
    assert answer.status_code == 409
    assert "一段很长的理由" in answer.text


def test_move_is_refused_with_a_reason(client: Any, session: Session) -> None:
    edition, _, made = proposed(session)
    decision = queries.decisions(session, made.id)[0]
    person = organizer(session, edition)
    move = service.propose_move(session, decision, None, reason="重复申报", by=person.actor, at=AT)
    client.sign_in(person)
    client.post(f"/e/{edition.slug}/selection/moves/{move.id}/refuse", data={"reason": "已核实"})
    assert move.status is MoveStatus.REFUSED


def test_levels_are_set_on_their_page(client: Any, session: Session) -> None:
    edition = make_edition(session)
    track = edition.tracks[0]
    client.sign_in(organizer(session, edition))
    url = f"/e/{edition.slug}/selection/levels/{track.id}/1"
    assert client.get(url).status_code == 200
    data = tier_rows(("一等奖", "percent", "15"), ("二等奖", "count", "３0"), ("", "count", ""))
    seen = {"seen": service_fingerprint(session, track)}
    assert client.post(url, data=TIERS | seen | data).status_code == 302
    tiers = queries.tiers_of(session, track.id, 1)
    assert [(tier.name, tier.basis, tier.amount) for tier in tiers] == [
        ("一等奖", TierBasis.PERCENT, 15),
        ("二等奖", TierBasis.COUNT, 30),
    ]


def service_fingerprint(session: Session, track: Track) -> str:
    from judging.selection.rules import fingerprint

    return fingerprint(queries.tiers_of(session, track.id, 1))


@pytest.mark.parametrize("amount", ["", "-1", "1e309", "NaN", "abc", "1000000000000"])
def test_bad_amount_keeps_what_was_typed(client: Any, session: Session, amount: str) -> None:
    edition = make_edition(session)
    client.sign_in(organizer(session, edition))
    url = f"/e/{edition.slug}/selection/levels/{edition.tracks[0].id}/1"
    answer = client.post(url, data=TIERS | tier_rows(("特等奖", "count", amount)))
    assert answer.status_code == 422
    assert "特等奖" in answer.text


def test_levels_that_contradict_are_refused_with_the_sentence(client: Any, session: Session) -> None:
    edition = make_edition(session)
    client.sign_in(organizer(session, edition))
    url = f"/e/{edition.slug}/selection/levels/{edition.tracks[0].id}/1"
    data = TIERS | {"seen": service_fingerprint(session, edition.tracks[0])}
    answer = client.post(url, data=data | tier_rows(("A", "percent", "60"), ("B", "percent", "60")))
    assert answer.status_code == 409
    assert "100" in answer.text


def test_frozen_levels_are_shown_without_a_form(client: Any, session: Session) -> None:
    edition = make_edition(session, stage=Stage.JUDGING, frozen_at=AT, rounds=2)
    make_tiers(session, edition.tracks[0], number=2)
    client.sign_in(organizer(session, edition))
    url = f"/e/{edition.slug}/selection/levels/{edition.tracks[0].id}/2"
    page = client.get(url)
    assert (page.status_code, "<textarea" in page.text, "二等交流成果" in page.text) == (200, False, True)
    seen = service_fingerprint(session, edition.tracks[0])
    assert client.post(url, data=TIERS | {"seen": seen} | tier_rows(("A", "percent", "60"))).status_code == 409


def test_usual_levels_and_channels_are_one_press_away(client: Any, session: Session) -> None:
    edition = make_edition(session, TrackKind.QC, TrackKind.STORY)
    client.sign_in(organizer(session, edition))
    base = f"/e/{edition.slug}/selection"
    assert client.post(f"{base}/levels/usual").status_code == 302
    assert client.post(f"{base}/channels/usual").status_code == 302
    assert len(queries.tiers_of_edition(session, edition)) == 2
    assert len(queries.channels_of(session, edition)) == 4
    assert client.get(f"{base}/").status_code == 200
    assert client.get(f"{base}/channels").status_code == 200


def test_channel_is_added_changed_and_removed(client: Any, session: Session) -> None:
    edition = make_edition(session)
    track = edition.tracks[0]
    client.sign_in(organizer(session, edition))
    base = f"/e/{edition.slug}/selection/channels"
    assert client.get(f"{base}/new?preset=CAQ").status_code == 200
    data = {"code": "CAQ", "name": "全国优秀质量管理小组", "track": str(track.id), "quota": "10", "innovative": "4"}
    assert client.post(f"{base}/new", data=data).status_code == 302
    channel = queries.channels_of(session, edition)[0]
    assert (channel.quota, channel.per_unit_cap, channel.topic_quotas) == (10, None, {"innovative": 4})
    assert client.get(f"{base}/{channel.id}/edit").status_code == 200
    data |= {"version": str(channel.version), "quota": "8"}
    assert client.post(f"{base}/{channel.id}/edit", data=data).status_code == 302
    assert client.post(f"{base}/{channel.id}/edit", data=data | {"quota": "7"}).status_code == 409
    assert channel.quota == 8
    client.post(f"{base}/{channel.id}/remove")
    assert queries.channels_of(session, edition) == []


@pytest.mark.parametrize(
    "wrong",
    [{"quota": "many"}, {"quota": ""}, {"quota": "9" * 30}, {"score_floor": "NaN"}, {"track": "x"}, {"code": ""}],
)
def test_bad_channel_keeps_what_was_typed(client: Any, session: Session, wrong: dict[str, str]) -> None:
    edition = make_edition(session)
    client.sign_in(organizer(session, edition))
    data = {"code": "CAQ", "name": "某推荐渠道", "track": str(edition.tracks[0].id), "quota": "10"} | wrong
    answer = client.post(f"/e/{edition.slug}/selection/channels/new", data=data)
    assert answer.status_code == 422
    assert "某推荐渠道" in answer.text


def test_channel_is_chosen_decided_and_opened_again(client: Any, session: Session) -> None:
    edition, track = make_selection(session, range(60, 83))
    channel = chosen_channel(session, edition, track)
    client.sign_in(organizer(session, edition))
    base = f"/e/{edition.slug}/selection/channels/{channel.id}"
    assert client.post(f"{base}/choose").status_code == 302
    assert client.get(f"{base}?outcome=reserve&sort=-title").status_code == 200
    client.post(f"{base}/decide")
    assert channel.decided_at is not None
    client.post(f"{base}/reopen", data={"reason": "名额调整"})
    assert channel.decided_at is None


def test_summary_list_has_one_row_per_entry_that_goes_up(client: Any, session: Session) -> None:
    edition, track = make_selection(session, range(60, 83))
    channel = chosen_channel(session, edition, track)
    client.sign_in(organizer(session, edition))
    data = client.get(f"/e/{edition.slug}/selection/channels/{channel.id}/list.xlsx").data
    rows = list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 5
    assert rows[1][6] == "张一、李二、王三"


def test_award_list_workbook_holds_every_entry(client: Any, session: Session) -> None:
    edition, _, made = proposed(session)
    client.sign_in(organizer(session, edition))
    data = client.get(f"/e/{edition.slug}/selection/lists/{made.id}/list.xlsx").data
    rows = list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 24
    assert all(row[9] for row in rows)


def test_next_round_opens_with_the_shortlist(client: Any, session: Session) -> None:
    edition = make_edition(session, stage=Stage.RESULTS, rounds=2)
    edition, track = make_selection(
        session, range(60, 70), edition=edition, tiers=(30,), tier_values={"advances": True}
    )
    make_decided(session, edition, track)
    client.sign_in(organizer(session, edition))
    base = f"/e/{edition.slug}/selection"
    assert "3" in client.get(f"{base}/").text
    client.post(f"{base}/next-round", data={"reason": ""})
    assert edition.round_number == 1
    client.post(f"{base}/next-round", data={"reason": "进入现场发布"})
    assert (edition.stage, edition.round_number) == (Stage.BLINDING, 2)


@pytest.mark.parametrize("page", ["", "/moves", "/list.xlsx"])
def test_pages_ask_the_same_questions_for_few_and_many(
    client: Any, session: Session, queries: list[str], page: str
) -> None:
    counts = []
    for size in (3, 30):
        edition, track = make_selection(session, range(60, 60 + size), tier_values={"group_by": GroupBy.TOPIC_TYPE})
        made = service.propose(session, edition, track, by=SYSTEM, at=AT)
        client.sign_in(organizer(session, edition))
        url = f"/e/{edition.slug}/selection/lists/{made.id}{page}"
        client.get(url)
        queries.clear()
        assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
