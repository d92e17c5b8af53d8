"""The organizer's list, the judge's declaration, the entrant's request."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.conflicts import service
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.conflicts.queries import barred
from judging.editions.models import Edition, Stage
from judging.foundation.audit import SYSTEM
from judging.judges.models import Judge
from judging.judges.queries import judge_of_user
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}
TYPED = {"judge_name": "欧阳明远", "judge_unit": "", "basis": "kin", "reason": "是本组组长的亲属"}


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session)


def _url(edition: Edition, tail: str = "") -> str:
    return f"/e/{edition.slug}/conflicts/{tail}"


def _sign_in(session: Session, client: Client, edition: Edition, role: Role = Role.ORGANIZER) -> User:
    user = make_user(session, role, scope=edition.id)
    client.sign_in(user)
    return user


def _judge(session: Session, client: Client, edition: Edition) -> Judge:
    judge = make_judge(session, account=True, scope=edition.id)
    user = session.get_one(User, judge.user_id)
    client.sign_in(user)
    return judge


def test_the_organizer_detects_waives_and_takes_back(session: Session, client: Client, edition: Edition) -> None:
    make_judge(session, unit_name=make_entry(session, edition).unit.name)
    _sign_in(session, client, edition)
    assert client.get(_url(edition)).status_code == 200
    assert client.post(_url(edition, "detect")).status_code == 302
    conflict = session.scalars(sa.select(Conflict)).one()
    assert client.post(_url(edition, f"{conflict.id}/waive"), data={"reason": ""}).status_code == 422
    assert client.post(_url(edition, f"{conflict.id}/waive"), data={"reason": "经监督员同意"}).status_code == 302
    assert conflict.status is ConflictStatus.WAIVED
    assert "经监督员同意" in client.get(_url(edition)).text
    assert client.post(_url(edition, f"{conflict.id}/restore"), data={"reason": "重新考虑"}).status_code == 302
    assert conflict.status is ConflictStatus.STANDING


@pytest.mark.parametrize(
    "query", ["kind=detected&basis=same_unit&status=standing", "kind=x", "q=%25_", "sort=judge", "sort=-x"]
)
def test_filters_do_no_harm(session: Session, client: Client, edition: Edition, query: str) -> None:
    make_judge(session, unit_name=make_entry(session, edition).unit.name)
    service.detect(session, edition, **WHO)
    _sign_in(session, client, edition)
    assert client.get(_url(edition) + "?" + query).status_code == 200


def test_a_judge_declares_a_unit_and_sees_no_entry(session: Session, client: Client, edition: Edition) -> None:
    entry = make_entry(session, edition, unit=make_unit(session, name="武汉天成重工有限公司"), title="降低天车能耗")
    judge = _judge(session, client, edition)
    page = client.get(_url(edition, "declare?q=天成")).text
    assert "武汉天成重工有限公司" in page
    assert "降低天车能耗" not in page
    assert entry.code not in page
    address = _url(edition, f"declare/{entry.unit_id}")
    assert client.get(address).status_code == 200
    assert client.post(address, data={"basis": "kin", "reason": "弟弟在该单位"}).status_code == 302
    assert session.scalars(sa.select(Conflict.judge_id)).all() == [judge.id]
    again = client.post(address, data={"basis": "kin", "reason": "弟弟在该单位"})
    assert (again.status_code, "弟弟在该单位" in again.text) == (409, True)
    assert "弟弟在该单位" in client.get(_url(edition, "declare")).text


def test_a_declaration_without_a_reason_is_shown_again(session: Session, client: Client, edition: Edition) -> None:
    entry = make_entry(session, edition)
    _judge(session, client, edition)
    assert client.post(_url(edition, f"declare/{entry.unit_id}"), data={"basis": "kin"}).status_code == 422
    assert client.post(_url(edition, f"declare/{entry.unit_id}"), data={"reason": "无"}).status_code == 422


def test_a_unit_that_takes_no_part_is_not_found(session: Session, client: Client, edition: Edition) -> None:
    _judge(session, client, edition)
    assert client.get(_url(edition, f"declare/{make_unit(session).id}")).status_code == 404


def test_a_judge_without_a_profile_fills_it_in_first(session: Session, client: Client, edition: Edition) -> None:
    user = _sign_in(session, client, edition, Role.JUDGE)
    assert judge_of_user(session, user.id) is None
    assert client.get(_url(edition, "declare")).location.endswith("/judges/profile")


def test_an_entrant_requests_and_reads_the_answer(session: Session, client: Client, edition: Edition) -> None:
    user = _sign_in(session, client, edition, Role.ENTRANT)
    entry = make_entry(session, edition, unit=make_unit(session, contact=user))
    address = _url(edition, f"request/{entry.id}")
    assert client.get(address).status_code == 200
    assert client.post(address, data=TYPED).status_code == 302
    conflict = session.scalars(sa.select(Conflict)).one()
    service.decide_request(session, edition, conflict, stands=False, reason="理由不充分", **WHO)
    assert "理由不充分" in client.get(address).text


def test_requesting_twice_answers_alike_for_judges_and_others(
    session: Session, client: Client, edition: Edition
) -> None:
    make_judge(session, name="欧阳明远")
    user = _sign_in(session, client, edition, Role.ENTRANT)
    entry = make_entry(session, edition, unit=make_unit(session, contact=user))
    address = _url(edition, f"request/{entry.id}")
    answers = []
    for name in ("欧阳明远", "无此人"):
        client.post(address, data=TYPED | {"judge_name": name})
        page = client.post(address, data=TYPED | {"judge_name": name}).text.replace(name, "某")
        answers.append(page.partition("<main")[2].partition("</main>")[0])
        session.execute(sa.delete(Conflict))
    assert answers[0] == answers[1] != ""


def test_a_request_without_a_name_keeps_what_was_typed(session: Session, client: Client, edition: Edition) -> None:
    user = _sign_in(session, client, edition, Role.ENTRANT)
    entry = make_entry(session, edition, unit=make_unit(session, contact=user))
    answer = client.post(_url(edition, f"request/{entry.id}"), data=TYPED | {"judge_name": " "})
    assert (answer.status_code, "是本组组长的亲属" in answer.text) == (422, True)


def test_somebody_else_s_entry_is_not_found(session: Session, client: Client, edition: Edition) -> None:
    _sign_in(session, client, edition, Role.ENTRANT)
    foreign = client.get(_url(edition, f"request/{make_entry(session, edition).id}"))
    missing = client.get(_url(edition, "request/00000000-0000-0000-0000-000000000000"))
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_the_organizer_matches_and_decides_a_request(session: Session, client: Client, edition: Edition) -> None:
    judge, entry = make_judge(session, name="欧阳明远"), make_entry(session, edition)
    conflict = service.request(session, edition, entry, judge_name="欧阳老师", reason="亲属", **WHO)
    _sign_in(session, client, edition)
    address = _url(edition, f"{conflict.id}/decide")
    assert "欧阳老师" in client.get(address).text
    assert client.post(address, data={"decision": "stands", "judge": "nobody", "reason": "属实"}).status_code == 422
    typed = {"decision": "stands", "judge": str(judge.id), "reason": "属实"}
    assert client.post(address, data=typed).status_code == 302
    assert (conflict.judge_id, conflict.status) == (judge.id, ConflictStatus.STANDING)
    assert client.get(address).status_code == 409


def test_another_edition_s_conflict_is_not_found(session: Session, client: Client, edition: Edition) -> None:
    other = make_edition(session)
    made = service.declare(
        session,
        other,
        make_judge(session),
        entry=make_entry(session, other),
        basis=ConflictBasis.KIN,
        reason="亲属",
        **WHO,
    )
    _sign_in(session, client, edition)
    assert client.post(_url(edition, f"{made.id}/waive"), data={"reason": "理由"}).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.JUDGE, 403), (Role.ENTRANT, 403)])
def test_who_may_see_the_list(session: Session, client: Client, edition: Edition, role: Role, status: int) -> None:
    _sign_in(session, client, edition, role)
    assert client.get(_url(edition)).status_code == status
    assert client.post(_url(edition, "detect")).status_code == 403


def test_after_judging_the_list_is_only_read(session: Session, client: Client, edition: Edition) -> None:
    edition.stage = Stage.RESULTS
    _sign_in(session, client, edition)
    assert client.get(_url(edition)).status_code == 200
    assert client.post(_url(edition, "detect")).status_code == 409


def test_the_list_asks_as_much_for_many_as_for_few(
    session: Session, client: Client, edition: Edition, queries: list[str]
) -> None:
    _sign_in(session, client, edition)
    for number in (1, 30):
        for _ in range(number):
            make_judge(session, unit_name=make_entry(session, edition).unit.name)
        service.detect(session, edition, **WHO)
        queries.clear()
        client.get(_url(edition))
        if number == 1:
            few = len(queries)
    assert len(queries) <= few


@pytest.mark.parametrize("whole_unit", [True, False])
def test_the_secretariat_records_a_conflict_of_a_unit_or_an_entry(
    session: Session, client: Client, edition: Edition, whole_unit: bool
) -> None:
    judge, entry = make_judge(session), make_entry(session, edition)
    _sign_in(session, client, edition)
    target = entry.unit.name.replace("有限公司", " 有限公司") if whole_unit else entry.code.lower()
    typed = {"judge": str(judge.id), "target": target, "basis": "kin", "reason": "来电反映为亲属"}
    assert client.get(_url(edition, "record")).status_code == 200
    assert client.post(_url(edition, "record"), data=typed).status_code == 302
    found = session.scalars(sa.select(Conflict)).one()
    assert (found.kind, found.status) == (ConflictKind.RECORDED, ConflictStatus.STANDING)
    assert (found.unit_id is not None, found.entry_id is not None) == (whole_unit, not whole_unit)
    assert barred(session, edition.id) == {(judge.id, entry.id)}
    again = client.post(_url(edition, "record"), data=typed)
    assert again.status_code == 409
    assert "来电反映为亲属" in again.text


@pytest.mark.parametrize(
    "wrong", [{"target": "没有这家单位"}, {"judge": ""}, {"reason": ""}, {"basis": ""}, {"target": ""}]
)
def test_what_cannot_be_recorded_is_kept_on_the_page(
    session: Session, client: Client, edition: Edition, wrong: dict[str, str]
) -> None:
    judge, entry = make_judge(session), make_entry(session, edition)
    _sign_in(session, client, edition)
    typed = {"judge": str(judge.id), "target": entry.code, "basis": "kin", "reason": "来电反映为亲属"} | wrong
    answer = client.post(_url(edition, "record"), data=typed)
    assert answer.status_code == 422
    assert all(value in answer.text for value in typed.values())
    assert session.scalars(sa.select(Conflict)).all() == []


def test_nothing_is_recorded_when_judging_is_over(session: Session, client: Client, edition: Edition) -> None:
    judge, entry = make_judge(session), make_entry(session, edition)
    edition.stage = Stage.RESULTS
    _sign_in(session, client, edition)
    typed = {"judge": str(judge.id), "target": entry.code, "basis": "kin", "reason": "来电反映为亲属"}
    assert client.post(_url(edition, "record"), data=typed).status_code == 409
    assert 'name="target"' not in client.get(_url(edition, "record")).text


def test_the_desk_answers_for_one_judge_and_one_entry(client: Client, session: Session) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    entry, other = make_entry(session, edition), make_entry(session, edition)
    judge = make_judge(session, name="甄审")
    said: dict[str, Any] = {"reason": "辅导过小组", "by": SYSTEM, "at": AT}
    found = service.record(session, edition, judge, entry=entry, basis=ConflictBasis.COACHED, **said)
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    home = f"/e/{edition.slug}/conflicts/?may={judge.id}&what="
    assert "辅导过小组" in client.get(home + entry.code).text.split('id="may"')[1]
    assert "两者之间没有已知的回避关系" in client.get(home + other.code).text
    assert "不是" in client.get(home + "没有这个").text
    service.waive(session, found, **said)
    assert "notice-success" in client.get(home + entry.code).text.split('id="may"')[1]


def test_the_desk_counts_kinds_filters_by_judge_and_goes_to_excel(client: Client, session: Session) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    entry, judge, other = make_entry(session, edition), make_judge(session), make_judge(session)
    said: dict[str, Any] = {"by": SYSTEM, "at": AT, "entry": entry, "basis": ConflictBasis.KIN}
    service.record(session, edition, judge, reason="亲属甲", **said)
    service.declare(session, edition, other, reason="亲属乙", **said)
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    home = f"/e/{edition.slug}/conflicts/"
    page = client.get(home + f"?judge={judge.id}").text
    assert ("亲属甲" in page, "亲属乙" in page) == (True, False)
    assert client.get(home + "?judge=nobody").status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(home + f"conflicts.xlsx?judge={judge.id}").data))
    assert [row[5] for row in book.get_sheet_by_index(0).to_python()[1:]] == ["亲属甲"]
