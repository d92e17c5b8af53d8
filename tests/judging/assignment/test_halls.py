"""Halls: candidates apportioned away from conflicts, orders drawn with rest between those of one unit."""

import io
from collections import Counter
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.assignment import hearing, queries, rules, service
from judging.assignment.counting import natural
from judging.assignment.models import Sitting
from judging.assignment.rules import AssignmentAct
from judging.assignment.service import halls as acts
from judging.assignment.service.halls import drawn_order
from judging.assignment.sheets import STRENGTHS
from judging.assignment.strength import known_strengths, of_list
from judging.blinding.identity_queries import entries_of, entry_ids_of
from judging.blinding.kinship import kinship
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, RoundKind, Stage, TrackKind
from judging.entries.models import Entry
from judging.foundation.audit import SYSTEM, AuditLine
from judging.foundation.spreadsheets import workbook
from judging.results.models import ResultSheet, Standing
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_unit

COUNTS = (3, 2, 2, 1, 1, 1)  # candidates of each unit


def on_site(session: Session, at: datetime, *halls: str, counts: tuple[int, ...] = COUNTS) -> tuple[Edition, Round]:
    """An on-site round with candidates of units, and a hall with two judges for each name."""
    edition = make_edition(session, TrackKind.QC, stage=Stage.BLINDING)
    round_ = edition.tracks[0].rounds[0]
    round_.kind, round_.judges_per_entry = RoundKind.ON_SITE, 2
    for count in counts:
        unit = make_unit(session)
        for _ in range(count):
            make_candidate(session, round_, entry=make_entry(session, edition, unit=unit))
    for hall in halls:
        panel = make_panel(session, round_, make_judge(session), make_judge(session))
        service.add_sitting(session, edition, round_, hall=hall, panel=panel, starts_at=at, by=SYSTEM, at=at)
    return edition, round_


def drawn(session: Session, edition: Edition, round_: Round, seed: int, at: datetime) -> Sitting:
    """The first hall, apportioned and drawn."""
    service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    sitting = queries.sittings_of(session, round_.id)[0]
    return service.draw_running_order(session, edition, round_, sitting, seed=seed, by=SYSTEM, at=at)


def judge_of(session: Session, round_: Round, sitting: Sitting) -> UUID:
    """One of the judges of a hall."""
    return next(seat.judge_id for seat in queries.seats_of(session, round_.id) if seat.panel_id == sitting.panel_id)


def test_the_candidates_of_one_unit_rest(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅")
    sitting = drawn(session, edition, round_, 7, at)
    assert (hearing.shortest_rest(sitting, kinship(session, round_.id, ()).candidates) or 0) >= 2


def test_an_order_is_drawn_again_from_its_seed(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅")
    sitting = drawn(session, edition, round_, 7, at)
    units = kinship(session, round_.id, ()).candidates
    again = {p.candidate.code: units[p.candidate_id] for p in reversed(sitting.places)}
    assert [p.candidate.code for p in sitting.places] == drawn_order(again, 7)


def test_other_keys_of_the_same_units_draw_the_same_order() -> None:
    first = {f"K{n}": f"{n % 3}" for n in range(9)}
    second = {code: f"another {key}" for code, key in reversed(first.items())}
    assert drawn_order(first, 5) == drawn_order(second, 5)


def test_every_candidate_opens_the_hall_about_equally_often() -> None:
    unit_of = {f"K{n}": key for n, key in enumerate("aaabbccdef")}
    first = Counter(drawn_order(unit_of, seed)[0] for seed in range(400))
    assert len(first) == 10
    assert all(18 <= count <= 58 for count in first.values())  # 40 each, were all alike


def test_candidates_without_a_known_unit_are_drawn_too() -> None:
    assert sorted(drawn_order({"K1": None, "K2": "a", "K3": None}, 1)) == ["K1", "K2", "K3"]


def test_the_seed_and_the_rest_stand_in_the_audit_trail(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅")
    drawn(session, edition, round_, 7, at)
    event = session.scalars(sa.select(AuditLine).where(AuditLine.act == AssignmentAct.DRAWN)).one()
    assert event.detail["seed"] == [None, 7]
    assert event.detail["rest"] >= 2


def test_a_hall_takes_no_candidate_its_judges_must_keep_away_from(
    session: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    first, second = queries.sittings_of(session, round_.id)
    codes = sorted(queries.counts_of(session, round_.id))
    judge, other = judge_of(session, round_, first), judge_of(session, round_, second)
    barred = {(judge, candidate) for candidate in codes[:5]} | {(other, codes[5])}
    monkeypatch.setattr(acts, "barred_pairs", lambda *_args: barred)
    monkeypatch.setattr(hearing, "barred_pairs", lambda *_args: barred)
    sittings = service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    found = hearing.hearings(session, edition.id, round_.id, sittings)
    assert [len(found[sitting.id].clashes) for sitting in sittings] == [0, 0]
    assert [len(sitting.places) for sitting in sittings] == [5, 5]


def test_clashes_that_cannot_be_avoided_are_named(
    session: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, round_ = on_site(session, at, "一号厅")
    sitting = queries.sittings_of(session, round_.id)[0]
    barred = {(judge_of(session, round_, sitting), next(iter(queries.counts_of(session, round_.id))))}
    monkeypatch.setattr(acts, "barred_pairs", lambda *_args: barred)
    monkeypatch.setattr(hearing, "barred_pairs", lambda *_args: barred)
    sittings = service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    found = hearing.hearings(session, edition.id, round_.id, sittings)
    assert len(found[sitting.id].clashes) == 1
    event = session.scalars(sa.select(AuditLine).where(AuditLine.act == AssignmentAct.APPORTIONED)).one()
    assert (event.detail["clashes"], event.detail["fewest"]) == (1, 1)


def test_candidates_are_apportioned_before_judges_have_seats(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at)
    for hall in ("一号厅", "二号厅"):
        panel = make_panel(session, round_)
        service.add_sitting(session, edition, round_, hall=hall, panel=panel, starts_at=None, by=SYSTEM, at=at)
    sittings = service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    assert [len(sitting.places) for sitting in sittings] == [5, 5]


def test_a_second_draw_with_a_reason_is_drawn_anew(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅")
    sitting = drawn(session, edition, round_, 7, at)
    with pytest.raises(rules.RunningOrderDrawn):
        service.draw_running_order(session, edition, round_, sitting, seed=8, by=SYSTEM, at=at)
    service.draw_running_order(session, edition, round_, sitting, seed=8, reason="抽签时断电", by=SYSTEM, at=at)
    assert sitting.seed == 8


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [((3, 2, 2, 1, 1, 1), "至少隔"), ((1, 1, 1), "没有同一单位的两项"), ((2,), "前后相接")],
)
def test_the_page_tells_how_long_units_rest(
    client: Client, session: Session, at: datetime, counts: tuple[int, ...], sentence: str
) -> None:
    edition, round_ = on_site(session, at, "一号厅", counts=counts)
    sitting = drawn(session, edition, round_, 7, at)
    organizer = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    page = f"/e/{edition.slug}/assignment/{round_.id}/halls"
    for address in (page, f"{page}/{sitting.id}/order"):
        assert sentence in organizer.get(address).text


def test_the_page_tells_sizes_and_clashes(
    client: Client, session: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    organizer = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    page = f"/e/{edition.slug}/assignment/{round_.id}/halls"
    assert "每厅 5 项" in organizer.get(page).text
    sitting = queries.sittings_of(session, round_.id)[0]
    pair = (judge_of(session, round_, sitting), sitting.places[0].candidate_id)
    monkeypatch.setattr(hearing, "barred_pairs", lambda *_args: {pair})
    assert "须回避、不参评" in organizer.get(page).text


def listed(session: Session, round_: Round) -> dict[UUID, float | None]:
    """A strength for each candidate: two strong ones, the others equal."""
    rows = candidates_of(session, round_.id)
    return {row.id: 90.0 if number < 2 else 60.0 for number, row in enumerate(rows)}


def test_halls_are_made_equally_strong_by_the_list_of_the_secretariat(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    acts.set_strengths(session, edition, round_, listed(session, round_), by=SYSTEM, at=at)
    made = service.apportion_candidates(session, edition, round_, seed=3, signal="list", by=SYSTEM, at=at)
    assert [hearing.mean_strength(sitting) for sitting in made] == [66.0, 66.0]
    assert "66.00" in hearing.told_strengths(made)


def test_strengths_are_not_used_unless_somebody_says_so(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    acts.set_strengths(session, edition, round_, listed(session, round_), by=SYSTEM, at=at)
    made = service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    assert [hearing.mean_strength(sitting) for sitting in made] == [None, None]
    assert hearing.told_strengths(made)
    assert "66.00" not in hearing.told_strengths(made)


def test_a_source_that_tells_nothing_is_refused(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    with pytest.raises(rules.NothingKnown):
        service.apportion_candidates(session, edition, round_, seed=3, signal="list", by=SYSTEM, at=at)


def test_scores_of_the_round_before_reach_the_halls_without_names(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅", counts=(2, 2))
    first = Round(track_id=round_.track_id, number=0)
    session.add(first)
    session.flush()
    sheet = make_sheet(session, first, at)
    ids = entry_ids_of(session, [row.id for row in candidates_of(session, round_.id)])
    for place, (_candidate, entry_id) in enumerate(sorted(ids.items()), start=1):
        earlier = make_candidate(session, first, entry=session.get_one(Entry, entry_id))
        make_standing(session, sheet, earlier, place)
    known = {one.key: one.values for one in known_strengths(session, edition, round_)}
    assert sorted(known["earlier_round"].values()) == [60, 70, 80, 90]
    made = service.apportion_candidates(session, edition, round_, seed=3, signal="earlier_round", by=SYSTEM, at=at)
    assert [hearing.mean_strength(sitting) for sitting in made] == [75.0, 75.0]


def test_places_of_the_units_work_in_the_edition_before_are_known(session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", counts=(1, 1))
    last = make_edition(session, TrackKind.QC, stage=Stage.CLOSED, year=edition.year - 1)
    before = last.tracks[0].rounds[0]
    sheet = make_sheet(session, before, at)
    entries = entries_of(session, [row.id for row in candidates_of(session, round_.id)])
    for place, entry in enumerate(entries.values(), start=1):
        earlier = make_candidate(session, before, entry=make_entry(session, last, unit=entry.unit))
        make_standing(session, sheet, earlier, place)
    known = {one.key: one.values for one in known_strengths(session, edition, round_)}
    assert [known["earlier_edition"][one] for one in entries] == [75.0, 25.0]


def test_the_list_goes_out_and_comes_back_as_a_workbook(client: Client, session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    home = f"/e/{edition.slug}/assignment/{round_.id}/halls"
    rows = [{"code": row.code, "strength": 50 + number} for number, row in enumerate(candidates_of(session, round_.id))]
    wrong = strengths_sheet([*rows[:2], {"code": "K9999X", "strength": "高"}])
    assert client.post(f"{home}/strengths", data={"file": (io.BytesIO(wrong), "a.xlsx")}).status_code == 422
    assert not of_list(session, edition, round_)
    good = {"file": (io.BytesIO(strengths_sheet(rows)), "a.xlsx")}
    assert client.post(f"{home}/strengths", data=good).status_code == 302
    assert sorted(of_list(session, edition, round_).values()) == [50 + number for number in range(10)]
    assert client.get(f"{home}/strengths.xlsx").status_code == 200
    client.post(f"{home}/apportion", data={"signal": "list"})
    assert {one.signal for one in queries.sittings_of(session, round_.id)} == {"list"}
    assert client.get(home).status_code == 200


def make_sheet(session: Session, round_: Round, at: datetime) -> ResultSheet:
    """A confirmed sheet of a round."""
    made = {"computed_at": at, "confirmed_at": at, "engine_version": "1", "digest": ""}
    sheet = ResultSheet(round_id=round_.id, number=1, method=round_.method, **made)
    session.add(sheet)
    session.flush()
    return sheet


def make_standing(session: Session, sheet: ResultSheet, candidate: Candidate, place: int) -> None:
    """A candidate's place on a sheet: ninety points for the first, ten less for each further."""
    score = Decimal(100 - 10 * place)
    known = {"judges": 3, "mean": score, "median": score, "score": score, "rank": place, "mean_rank": place}
    session.add(Standing(sheet_id=sheet.id, candidate_id=candidate.id, **known))
    session.flush()


def strengths_sheet(rows: list[dict[str, object]]) -> bytes:
    """A filled list."""
    return workbook({"强度": (STRENGTHS, rows)})


def test_halls_stand_in_the_order_in_which_people_count(session: Session, at: datetime) -> None:
    _edition, round_ = on_site(session, at, "第三会场", "第十一会场", "第二会场", "第一会场", counts=(1,))
    assert [one.hall for one in queries.sittings_of(session, round_.id)] == [
        "第一会场",
        "第二会场",
        "第三会场",
        "第十一会场",
    ]
    assert sorted(("厅10", "厅9", "厅二十一", "厅二十"), key=natural) == ["厅9", "厅10", "厅二十", "厅二十一"]


def test_no_judge_sees_how_strong_candidates_are_thought_to_be(client: Client, session: Session, at: datetime) -> None:
    edition, round_ = on_site(session, at, "一号厅", "二号厅")
    acts.set_strengths(session, edition, round_, listed(session, round_), by=SYSTEM, at=at)
    sitting = service.apportion_candidates(session, edition, round_, seed=3, signal="list", by=SYSTEM, at=at)[0]
    home = f"/e/{edition.slug}/assignment/{round_.id}/halls"
    judge = make_judge(session, account=True, scope=edition.id)
    client.sign_in(session.get_one(User, judge.user_id))
    pages = (home, f"{home}/strengths", f"{home}/strengths.xlsx", f"{home}/{sitting.id}/order")
    assert {client.get(page).status_code for page in pages} == {403}
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert "66.00" not in client.get(pages[-1]).text
