"""Judges drawn by lot: seats by the size of groups, reserves in their order, the log, and whose turn it is."""

from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import invitations, lots, queries
from judging.assignment import service as seating
from judging.assignment.engine.reserves import Role as Lot
from judging.assignment.lots import Standing
from judging.assignment.models import DrawnBy, InvitationStatus, JudgeDraw, Panel
from judging.assignment.rules import AssignmentAct
from judging.assignment.service import inviting
from judging.assignment.service import lots as service
from judging.assignment.service.lots import Ask
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import WrongStage
from judging.foundation.audit import SYSTEM, AuditLine
from judging.judges.models import JudgeStatus
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_invitation, make_panel
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge

REGIONS = ("420100",) * 8 + ("420500",) * 4


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition at the blinding stage, an empty panel, and a bank of twelve from two regions."""
    made = make_edition(session, stage=Stage.BLINDING)
    make_panel(session, round_of(made))
    for number, region in enumerate(REGIONS):
        make_judge(session, fields=(made.tracks[0].kind.value,), region=region, industries=("C", "D")[number % 2 :])
    return made


@pytest.fixture
def organizer(client: Client, session: Session, edition: Edition) -> Client:
    """A browser of the secretariat."""
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def round_of(edition: Edition) -> Round:
    return edition.tracks[0].rounds[0]


def panel_of(session: Session, edition: Edition) -> Panel:
    return queries.panels_of(session, round_of(edition).id)[0]


def draw(session: Session, edition: Edition, at: datetime, ask: Ask, reason: str = "") -> JudgeDraw:
    panel = panel_of(session, edition)
    return service.draw_judges(session, edition, round_of(edition), panel, ask, reason=reason, by=SYSTEM, at=at)


def seat(session: Session, edition: Edition, drawn: JudgeDraw, at: datetime) -> list[str]:
    judges = service.seat_drawn(session, drawn, panel_of(session, edition), by=SYSTEM, at=at)
    session.expire_all()
    return [judge.code for judge in judges]


def fall_out(session: Session, edition: Edition, code: str, at: datetime) -> None:
    seat = next(s for s in queries.seats_of(session, round_of(edition).id) if s.judge.code == code)
    seating.remove_seat(session, seat, by=SYSTEM, at=at)
    session.expire_all()


def page(edition: Edition, panel: Panel) -> str:
    return f"/e/{edition.slug}/assignment/{round_of(edition).id}/panels/{panel.id}/lot"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.data(), st.integers(0, 99))
def test_every_group_gets_its_share_of_seats_within_one(groups, data, seed):
    strata = [(f"group {group}",) for group in groups]
    seats = data.draw(st.integers(1, len(strata)))
    given_ = lots.shares(strata, seats, seed)
    assert sum(given_.values()) == seats
    for stratum, count in given_.items():
        size = strata.count(stratum)
        assert abs(count - seats * size / len(strata)) < 1
        assert count <= size


def test_three_reserves_stand_behind_every_seat_of_a_region(session: Session, edition: Edition, at: datetime) -> None:
    stand = service.stand_of(session, draw(session, edition, at, Ask(3, 3, DrawnBy.REGION, seed=5)))
    found = {group.stratum: (group.seats, len(group.called)) for group in stand.groups}
    assert found == {("420100",): (2, 8), ("420500",): (1, 4)}
    assert stand.short == 0


def test_the_lowest_lots_are_drawn(session: Session, edition: Edition, at: datetime) -> None:
    stand = service.stand_of(session, draw(session, edition, at, Ask(4, 2, DrawnBy.NONE, seed=5)))
    codes = sorted((judge.code for judge in queries.bank(session, None)), key=lambda c: _lot(5, c))
    assert [one.line.code for one in stand.groups[0].called] == codes


def _lot(seed: int, code: str) -> str:
    return sha256(f"{seed}\n{code}\n".encode()).hexdigest()


@pytest.mark.parametrize("by", list(DrawnBy))
def test_the_same_seed_draws_the_same_judges(session: Session, edition: Edition, at: datetime, by: DrawnBy) -> None:
    first = lots.roll_of(draw(session, edition, at, Ask(3, 1, by, seed=5)))
    second = lots.roll_of(draw(session, edition, at, Ask(3, 1, by, seed=5), reason="复核"))
    assert first == second


def test_nobody_has_a_seat_before_the_drawn_are_seated(session: Session, edition: Edition, at: datetime) -> None:
    drawn = draw(session, edition, at, Ask(3, seed=5))
    assert queries.seats_of(session, round_of(edition).id) == []
    codes = seat(session, edition, drawn, at)
    assert {s.judge.code for s in queries.seats_of(session, round_of(edition).id)} == set(codes)
    assert len(codes) == 3
    assert service.stand_of(session, drawn).offers == []


def test_the_next_reserve_is_offered_when_a_drawn_judge_falls_out(
    session: Session, edition: Edition, at: datetime
) -> None:
    drawn = draw(session, edition, at, Ask(2, 3, DrawnBy.NONE, seed=5))
    codes = seat(session, edition, drawn, at)
    fall_out(session, edition, codes[0], at)
    stand = service.stand_of(session, drawn)
    reserves = [one.line.code for one in stand.groups[0].called if not one.drawn]
    assert [one.line.code for one in stand.offers] == reserves[:1]
    gone = next(one for one in stand.groups[0].called if one.line.code == codes[0])
    assert gone.standing is Standing.GONE


def test_a_reserve_who_declined_is_passed_by(session: Session, edition: Edition, at: datetime) -> None:
    drawn = draw(session, edition, at, Ask(1, 3, DrawnBy.NONE, seed=5))
    (code,) = seat(session, edition, drawn, at)
    (own,) = queries.seats_of(session, round_of(edition).id)
    make_invitation(session, own, status=InvitationStatus.DECLINED, seat_id=None)
    fall_out(session, edition, code, at)
    stand = service.stand_of(session, drawn)
    assert [one.standing for one in stand.groups[0].called][:2] == [Standing.DECLINED, Standing.FREE]
    next_ = stand.offers[0]
    assert next_.judge is not None
    next_.judge.status = JudgeStatus.CANDIDATE
    assert service.stand_of(session, drawn).offers[0].line.place == next_.line.place + 1


def test_only_the_reserve_whose_turn_it_is_gets_the_seat(session: Session, edition: Edition, at: datetime) -> None:
    drawn = draw(session, edition, at, Ask(1, 3, DrawnBy.NONE, seed=5))
    (code,) = seat(session, edition, drawn, at)
    fall_out(session, edition, code, at)
    first, second = [one.line.code for one in service.stand_of(session, drawn).groups[0].called][1:3]
    panel = panel_of(session, edition)
    with pytest.raises(lots.NotNext):
        service.seat_reserve(session, edition, drawn, panel, second, by=SYSTEM, at=at)
    assert service.seat_reserve(session, edition, drawn, panel, first, by=SYSTEM, at=at).code == first
    with pytest.raises(lots.NotNext):
        service.seat_reserve(session, edition, drawn, panel, first, by=SYSTEM, at=at)


def test_seats_without_reserves_are_named(session: Session, edition: Edition, at: datetime) -> None:
    drawn = draw(session, edition, at, Ask(1, 0, DrawnBy.NONE, seed=5))
    (code,) = seat(session, edition, drawn, at)
    fall_out(session, edition, code, at)
    stand = service.stand_of(session, drawn)
    assert (stand.unfilled, stand.offers) == (1, [])


def test_whoever_has_a_seat_or_declined_one_is_not_drawn(session: Session, edition: Edition, at: datetime) -> None:
    first = draw(session, edition, at, Ask(2, 0, DrawnBy.NONE, seed=5))
    seated = set(seat(session, edition, first, at))
    second = draw(session, edition, at, Ask(10, 0, DrawnBy.NONE, seed=6), reason="增补")
    roll = lots.roll_of(second)
    assert {line.code for line in roll.lines if line.reason == "seated"} == seated
    assert not seated & {line.code for line in roll.lines if line.place}


def test_more_seats_than_judges_are_refused(session: Session, edition: Edition, at: datetime) -> None:
    with pytest.raises(lots.BankTooSmall):
        draw(session, edition, at, Ask(13))


def test_a_second_draw_needs_a_reason(session: Session, edition: Edition, at: datetime) -> None:
    draw(session, edition, at, Ask(2))
    with pytest.raises(lots.DrawnBefore):
        draw(session, edition, at, Ask(2))
    draw(session, edition, at, Ask(2), reason="名额有误")
    assert len(queries.judge_draws_of(session, round_of(edition).id)) == 2


def test_an_earlier_draw_seats_nobody(session: Session, edition: Edition, at: datetime) -> None:
    first = draw(session, edition, at, Ask(2, seed=5))
    draw(session, edition, at.replace(year=at.year + 1), Ask(2, seed=6), reason="名额有误")
    with pytest.raises(lots.NobodyLeft):
        seat(session, edition, first, at)


def test_nothing_is_drawn_after_judging(session: Session, edition: Edition, at: datetime) -> None:
    edition.stage = Stage.RESULTS
    with pytest.raises(WrongStage):
        draw(session, edition, at, Ask(2))


def test_the_audit_trail_keeps_the_seed(session: Session, edition: Edition, at: datetime) -> None:
    draw(session, edition, at, Ask(2, 3, DrawnBy.REGION, seed=5))
    line = session.scalars(sa.select(AuditLine).where(AuditLine.act == AssignmentAct.CALLED)).one()
    assert line.detail == {"seed": 5, "seats": 2, "reserves": 3, "strata": "region", "short": 0}


def test_a_dissolved_panel_leaves_its_draw_void_with_the_reason(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    drawn = draw(session, edition, at, Ask(2, seed=5))
    panel = panel_of(session, edition)
    name = panel.name
    panels = f"/e/{edition.slug}/assignment/{round_of(edition).id}/panels"
    organizer.post(f"{panels}/{panel.id}/remove")
    assert drawn.void_at is None
    organizer.post(f"{panels}/{panel.id}/remove", data={"reason": "本组并入第二组"})
    session.refresh(drawn)
    assert (drawn.panel_id, drawn.panel_name, drawn.void_reason) == (None, name, "本组并入第二组")
    assert "本组并入第二组" in organizer.get(panels).text
    assert session.scalars(sa.select(AuditLine.reason).where(AuditLine.act == AssignmentAct.VOID)).all() == [
        "本组并入第二组"
    ]


def test_the_next_reserve_is_called_and_invited_by_one_act(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    seat(session, edition, drawn := draw(session, edition, at, Ask(2, by=DrawnBy.NONE, seed=5)), at)
    inviting.invite_judges(session, edition, round_of(edition), answer_by=None, by=SYSTEM, at=at)
    answers = f"/e/{edition.slug}/assignment/{round_of(edition).id}/invitations"
    both = invitations.of_round(session, round_of(edition).id)
    for number, one in enumerate(both):
        moment = at + timedelta(hours=number)
        inviting.decline_seat(session, edition, round_of(edition), one, reason="出差", by=SYSTEM, at=moment)
    order = [line.code for line in lots.roll_of(drawn).called(Lot.RESERVE, ())]
    page = organizer.get(answers).text
    assert (page.count("/reserve"), order[0] in page, order[1] in page) == (1, True, True)
    call = f"{answers}/{both[0].id}/reserve"
    organizer.post(call, data={"code": order[1]})
    assert not queries.seats_of(session, round_of(edition).id)
    organizer.post(call, data={"code": order[0]})
    assert [one.judge.code for one in queries.seats_of(session, round_of(edition).id)] == [order[0]]
    asked = [one for one in invitations.of_round(session, round_of(edition).id) if one.judge.code == order[0]]
    assert [one.status for one in asked] == [InvitationStatus.INVITED]
    assert organizer.get(answers).text.count("/reserve") == 1
    assert session.scalars(sa.select(AuditLine).where(AuditLine.act == AssignmentAct.RESERVE)).one().detail["rank"] == 3


def test_judges_are_drawn_seated_and_replaced_on_the_page(
    organizer: Client, session: Session, edition: Edition
) -> None:
    panel = panel_of(session, edition)
    address = page(edition, panel)
    assert "还没有抽取评委" in organizer.get(address).text
    assert organizer.post(address, data={"seats": "2", "reserves": "3", "by": "none", "seed": "5"}).status_code == 302
    (drawn,) = queries.judge_draws_of(session, round_of(edition).id)
    acts = f"/e/{edition.slug}/assignment/{round_of(edition).id}/lots/{drawn.id}"
    assert "抽中评委入席" in organizer.get(address).text
    assert organizer.post(acts + "/seat").status_code == 302
    assert organizer.post(acts + "/seat").status_code == 409
    seats = queries.seats_of(session, round_of(edition).id)
    home = f"/e/{edition.slug}/assignment/{round_of(edition).id}"
    organizer.post(f"{home}/seats/{seats[0].id}/remove")
    session.expire_all()
    (offered,) = service.stand_of(session, drawn).offers
    for where in (address, home + "/panels"):
        assert f"依次递补：{offered.name}" in organizer.get(where).text
    assert organizer.post(acts + "/reserve", data={"code": "nobody"}).status_code == 409
    assert organizer.post(acts + "/reserve", data={"code": offered.line.code}).status_code == 302
    session.expire_all()
    assert service.stand_of(session, drawn).offers == []


def test_what_was_typed_stands_when_a_draw_is_refused(organizer: Client, session: Session, edition: Edition) -> None:
    address = page(edition, panel_of(session, edition))
    answer = organizer.post(address, data={"seats": "40", "reserves": "3", "by": "region", "seed": "123"})
    assert answer.status_code == 409
    assert 'value="123"' in answer.text
    assert organizer.post(address, data={"seats": "", "reserves": "x", "by": "region"}).status_code == 422


def test_the_log_draws_the_same_judges_again(organizer: Client, session: Session, edition: Edition) -> None:
    organizer.post(
        page(edition, panel_of(session, edition)), data={"seats": "2", "reserves": "3", "by": "none", "seed": "5"}
    )
    (drawn,) = queries.judge_draws_of(session, round_of(edition).id)
    log = f"/e/{edition.slug}/assignment/{round_of(edition).id}/lots/{drawn.id}/log"
    sheet = load_workbook(BytesIO(organizer.get(log).data)).worksheets[2]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(REGIONS)
    assert all(row[5] == _lot(5, row[3]) for row in rows)
    called = [row[3] for row in rows if row[1]]
    assert called == sorted((row[3] for row in rows), key=lambda code: _lot(5, code))[:8]


def test_a_supervisor_reads_the_draw_and_does_not_draw(client: Client, session: Session, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    address = page(edition, panel_of(session, edition))
    assert client.get(address).status_code == 200
    assert client.post(address, data={"seats": "1", "reserves": "1", "by": "none"}).status_code == 403


def test_groups_are_told_in_words(organizer: Client, session: Session, edition: Edition) -> None:
    address = page(edition, panel_of(session, edition))
    organizer.post(address, data={"seats": "3", "reserves": "1", "by": "both", "seed": "5"})
    assert "制造业 · 武汉" in organizer.get(address).text
