"""The bank's pages, invitations, and the own profile."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Invitation, Role, User
from judging.editions.models import Edition
from judging.foundation.audit import SYSTEM
from judging.judges.models import Judge, JudgeStatus, RecusalUnit
from judging.judges.queries import judge_of_user
from judging.judges.service import add_recusal_unit
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge
from tests.factories.units import make_unit

TYPED = {
    "name": "欧阳明远",
    "unit_name": "武汉大学",
    "tracks": ["qc"],
    "industries": ["C"],
    "topics": "焊接、统计",
    "region": "",
}


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session)


@pytest.fixture
def desk(session: Session, client: Client, edition: Edition) -> Client:
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def _url(edition: Edition, tail: object = "") -> str:
    return f"/e/{edition.slug}/judges/{tail}"


def _typed(judge: Judge, **more: Any) -> dict[str, Any]:
    return TYPED | {"name": judge.name, "unit_name": judge.unit_name, "version": judge.version} | more


def test_an_empty_bank_says_what_to_do(desk: Client, edition: Edition) -> None:
    answer = desk.get(_url(edition))
    assert answer.status_code == 200
    assert _url(edition, "invite") in answer.text


def test_the_organizer_registers_and_approves(session: Session, desk: Client, edition: Edition) -> None:
    assert desk.get(_url(edition, "new")).status_code == 200
    answer = desk.post(_url(edition, "new"), data=TYPED | {"term_from": "2022-01-01", "term_until": "2024-12-31"})
    judge = session.scalars(sa.select(Judge)).one()
    assert answer.location.endswith(_url(edition, judge.id))
    assert (judge.status, {e.code for e in judge.expertise}) == (JudgeStatus.CANDIDATE, {"qc", "C", "焊接", "统计"})
    page = desk.get(_url(edition, judge.id)).text
    assert "武汉大学" in page
    assert desk.post(_url(edition, f"{judge.id}/status"), data={"status": "active", "reason": ""}).status_code == 422
    approved = desk.post(_url(edition, f"{judge.id}/status"), data={"status": "active", "reason": "资格审查通过"})
    assert (approved.status_code, judge.status) == (302, JudgeStatus.ACTIVE)
    assert desk.post(_url(edition, f"{judge.id}/status"), data={"status": "x", "reason": "理由"}).status_code == 422
    skipped = desk.post(_url(edition, f"{judge.id}/status"), data={"status": "candidate", "reason": "理由"})
    assert skipped.status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"tracks": []},
        {"phone": "abc"},
        {"email": "nobody"},
        {"term_from": "2024-01-01", "term_until": "2023-01-01"},
        {"term_from": "soon"},
        {"region": "999999"},
        {"tracks": ["nonsense"]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_form_is_shown_again_with_what_was_typed(desk: Client, edition: Edition, wrong: dict[str, Any]) -> None:
    answer = desk.post(_url(edition, "new"), data=TYPED | {"post": "总工程师"} | wrong)
    assert (answer.status_code, "总工程师" in answer.text) == (422, True)


def test_a_taken_number_is_refused_in_its_place(session: Session, desk: Client, edition: Edition) -> None:
    make_judge(session, code="E7")
    assert desk.post(_url(edition, "new"), data=TYPED | {"code": "E7"}).status_code == 422


def test_whoever_saves_second_sees_both(session: Session, desk: Client, edition: Edition) -> None:
    judge = make_judge(session)
    typed = _typed(judge, post="总工程师")
    assert desk.get(_url(edition, f"{judge.id}/edit")).status_code == 200
    assert desk.post(_url(edition, f"{judge.id}/edit"), data=typed).status_code == 302
    second = desk.post(_url(edition, f"{judge.id}/edit"), data=typed | {"post": "院长"})
    assert second.status_code == 409
    assert "总工程师" in second.text
    assert "院长" in second.text


def test_recusal_units_are_kept_on_the_judge_s_page(session: Session, desk: Client, edition: Edition) -> None:
    judge, unit = make_judge(session), make_unit(session, name="武汉天成重工有限公司")
    address = _url(edition, f"{judge.id}/recusals")
    assert desk.post(address, data={"unit": "没有这个单位"}).status_code == 422
    assert desk.post(address, data={"unit": unit.name, "reason": "曾任职"}).status_code == 302
    recusal = session.scalars(sa.select(RecusalUnit)).one()
    other = make_judge(session)
    assert desk.post(_url(edition, f"{other.id}/recusals/{recusal.id}/remove")).status_code == 404
    assert desk.post(f"{address}/{recusal.id}/remove").status_code == 302
    assert session.scalars(sa.select(RecusalUnit)).all() == []


def test_a_judge_of_the_bank_is_invited(session: Session, desk: Client, edition: Edition) -> None:
    judge = make_judge(session)
    assert desk.post(_url(edition, f"{judge.id}/invite"), data={"name": ""}).status_code == 422
    assert desk.post(_url(edition, f"{judge.id}/invite"), data={"name": judge.name}).status_code == 302
    invitation = session.scalars(sa.select(Invitation)).one()
    assert (invitation.role, invitation.scope_id, invitation.subject_id) == (Role.JUDGE, edition.id, judge.id)
    bound = make_judge(session, account=True)
    assert desk.post(_url(edition, f"{bound.id}/invite"), data={"name": bound.name}).status_code == 409


def test_an_invited_person_registers_and_waits_for_approval(session: Session, client: Client, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert client.get(_url(edition, "invite")).status_code == 200
    assert client.post(_url(edition, "invite"), data={"name": "欧阳明远"}).status_code == 302
    user = make_user(session)
    accounts.accept(session, session.scalars(sa.select(Invitation)).one(), user, at=AT)
    client.sign_in(user)
    assert client.get(_url(edition, "profile")).status_code == 200
    assert client.post(_url(edition, "profile"), data=TYPED).status_code == 422
    assert client.post(_url(edition, "profile"), data=TYPED | {"consent": "y"}).status_code == 302
    judge = judge_of_user(session, user.id)
    assert judge is not None
    assert (judge.status, judge.consented_at is not None) == (JudgeStatus.CANDIDATE, True)


def _sign_in_judge(session: Session, client: Client, edition: Edition) -> Judge:
    judge = make_judge(session, account=True, scope=edition.id)
    client.sign_in(session.get_one(User, judge.user_id))
    return judge


def test_a_judge_changes_the_own_profile_but_not_the_place_in_the_bank(
    session: Session, client: Client, edition: Edition
) -> None:
    judge = _sign_in_judge(session, client, edition)
    code = judge.code
    typed = _typed(judge, post="总工程师", consent="y", code="X1", status="retired", term_until="2099-01-01")
    assert client.post(_url(edition, "profile"), data=typed).status_code == 302
    assert (judge.post, judge.code, judge.status) == ("总工程师", code, JudgeStatus.ACTIVE)
    assert str(judge.term_until) == "2023-12-31"
    assert client.post(_url(edition, "profile"), data=typed).status_code == 409


def test_a_judge_keeps_the_own_list_of_units_only(session: Session, client: Client, edition: Edition) -> None:
    judge, unit, other = _sign_in_judge(session, client, edition), make_unit(session), make_judge(session)
    foreign = add_recusal_unit(session, other, unit, by=SYSTEM, at=AT)
    assert client.post(_url(edition, "profile/recusals"), data={"unit": "没有"}).status_code == 422
    assert client.post(_url(edition, "profile/recusals"), data={"unit": unit.name}).status_code == 302
    own = session.scalars(sa.select(RecusalUnit).where(RecusalUnit.judge_id == judge.id)).one()
    assert client.post(_url(edition, f"profile/recusals/{foreign.id}/remove")).status_code == 404
    assert client.post(_url(edition, f"profile/recusals/{own.id}/remove")).status_code == 302


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.JUDGE, 403), (Role.ENTRANT, 403)])
def test_who_may_see_the_bank(session: Session, client: Client, edition: Edition, role: Role, status: int) -> None:
    client.sign_in(make_user(session, role, scope=edition.id))
    judge = make_judge(session, phone="13800001234")
    assert client.get(_url(edition)).status_code == status
    page = client.get(_url(edition, judge.id))
    assert page.status_code == status
    assert "13800001234" not in page.text
    assert client.post(_url(edition, "new"), data=TYPED).status_code == 403
    assert client.get(_url(edition, "judges.xlsx")).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["q=1", "track=qc&industry=C&region=420100&status=active&term=running", "term=expired", "status=x", "sort=-term"],
)
def test_filters_do_no_harm(session: Session, desk: Client, edition: Edition, query: str) -> None:
    make_judge(session, industries=("C",))
    assert desk.get(_url(edition) + "?" + query).status_code == 200


def test_an_expired_term_is_shown(session: Session, desk: Client, edition: Edition) -> None:
    judge = make_judge(session, term_until=AT.date().replace(year=2020))
    assert judge.name in desk.get(_url(edition) + "?term=expired").text
    assert judge.name not in desk.get(_url(edition) + "?term=running").text


def test_the_bank_asks_as_much_for_forty_as_for_one(
    session: Session, desk: Client, edition: Edition, queries: list[str]
) -> None:
    make_judge(session)
    desk.get(_url(edition))
    queries.clear()
    desk.get(_url(edition))
    few = len(queries)
    for _ in range(39):
        make_judge(session, industries=("C", "D"))
    queries.clear()
    desk.get(_url(edition))
    assert len(queries) <= few
