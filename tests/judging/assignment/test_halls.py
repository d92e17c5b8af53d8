"""Halls: candidates apportioned away from conflicts, orders drawn with rest between those of one unit."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import hearing, queries, rules, service
from judging.assignment.models import Sitting
from judging.assignment.rules import AssignmentAct
from judging.assignment.service import halls as acts
from judging.assignment.service.halls import drawn_order
from judging.blinding.kinship import kinship
from judging.editions.models import Edition, Round, RoundKind, Stage, TrackKind
from judging.foundation.audit import SYSTEM, AuditLine
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
    first = Counter(drawn_order(unit_of, seed)[0] for seed in range(800))
    assert len(first) == 10
    assert all(50 <= count <= 115 for count in first.values())  # 80 each, were all alike


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
