"""Registering, changing, moving judges in the bank."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role
from judging.editions.models import TrackKind
from judging.foundation.audit import SYSTEM, AuditLine
from judging.judges import queries, rules, service
from judging.judges.models import ExpertiseKind, JudgeStatus
from tests.conftest import AT
from tests.factories.accounts import make_user
from tests.factories.judges import make_judge
from tests.factories.units import make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}


def test_a_judge_without_a_number_gets_the_next_one(session: Session) -> None:
    make_judge(session, code="ZJ0041")
    judge = service.register_judge(session, {"name": "欧阳明远"}, **WHO)
    assert (judge.code, judge.status) == ("ZJ0042", JudgeStatus.CANDIDATE)


def test_a_number_is_given_once(session: Session) -> None:
    make_judge(session, code="E7")
    with pytest.raises(rules.CodeTaken):
        service.register_judge(session, {"name": "李", "code": "E7"}, **WHO)


def test_a_registered_unit_is_recognised(session: Session) -> None:
    unit = make_unit(session, name="武汉天成重工有限公司")
    judge = service.register_judge(session, {"name": "李", "unit_name": "武汉天成重工有限公司"}, **WHO)
    assert judge.unit_id == unit.id
    service.update_judge(session, judge, {"unit_name": "别的"}, **WHO)
    assert judge.unit_id is None


def test_a_change_is_kept_with_before_and_after(session: Session) -> None:
    judge = make_judge(session, post="主任", fields=("qc",))
    skills = {ExpertiseKind.TRACK: ["qc", "paper"], ExpertiseKind.INDUSTRY: ["C"], ExpertiseKind.TOPIC: []}
    service.update_judge(session, judge, {"post": "处长"}, skills=skills, **WHO)
    line = session.scalars(sa.select(AuditLine).where(AuditLine.act == rules.JudgeAct.CHANGED.value)).one()
    assert line.detail == {"post": ["主任", "处长"], "track": [["qc"], ["paper", "qc"]], "industry": [[], ["C"]]}


def test_a_change_of_fields_alone_raises_the_version(session: Session) -> None:
    judge = make_judge(session)
    seen = judge.version
    service.update_judge(session, judge, {}, skills={ExpertiseKind.TRACK: ["story"]}, **WHO)
    assert judge.version == seen + 1


def test_saving_the_same_again_leaves_no_trace(session: Session) -> None:
    judge = make_judge(session, post="主任")
    assert service.update_judge(session, judge, {"post": "主任"}, **WHO) == {}
    assert session.scalars(sa.select(AuditLine)).all() == []


@pytest.mark.parametrize(
    ("present", "wanted", "possible"),
    [
        (JudgeStatus.CANDIDATE, JudgeStatus.ACTIVE, True),
        (JudgeStatus.ACTIVE, JudgeStatus.SUSPENDED, True),
        (JudgeStatus.SUSPENDED, JudgeStatus.ACTIVE, True),
        (JudgeStatus.RETIRED, JudgeStatus.ACTIVE, True),
        (JudgeStatus.CANDIDATE, JudgeStatus.SUSPENDED, False),
        (JudgeStatus.RETIRED, JudgeStatus.SUSPENDED, False),
        (JudgeStatus.ACTIVE, JudgeStatus.ACTIVE, False),
    ],
)
def test_the_ways_through_the_bank(session: Session, present: JudgeStatus, wanted: JudgeStatus, possible: bool) -> None:
    judge = make_judge(session, status=present)
    if possible:
        service.set_status(session, judge, wanted, reason="会议决定", **WHO)
        assert (judge.status, judge.status_reason) == (wanted, "会议决定")
    else:
        with pytest.raises(rules.StatusNotPossible):
            service.set_status(session, judge, wanted, reason="会议决定", **WHO)


def test_active_judges_are_in_the_bank_and_in_their_term(session: Session) -> None:
    there = make_judge(session)
    forever = make_judge(session, term_until=None, fields=("qc", "paper"))
    make_judge(session, status=JudgeStatus.CANDIDATE)
    make_judge(session, term_until=date(2021, 12, 31))
    make_judge(session, term_from=date(2023, 1, 1))
    on = date(2022, 6, 1)
    assert set(queries.active_judges(session, None, on)) == {there, forever}
    assert queries.active_judges(session, TrackKind.PAPER, on) == [forever]


def test_an_accepted_invitation_ties_the_account_to_the_judge(session: Session) -> None:
    judge, user = make_judge(session), make_user(session)
    invited = accounts.invite(session, role=Role.JUDGE, scope_id=None, subject_id=judge.id, **WHO)
    accounts.accept(session, invited.invitation, user, at=AT)
    assert queries.judge_of_user(session, user.id) == judge


def test_a_judge_has_one_account_and_an_account_one_judge(session: Session) -> None:
    taken, free = make_judge(session, account=True), make_judge(session)
    with pytest.raises(rules.AccountTaken):
        service.bind_account(session, taken, make_user(session), at=AT)
    owner = session.get_one(type(make_user(session)), taken.user_id)
    with pytest.raises(rules.AccountTaken):
        service.bind_account(session, free, owner, at=AT)


def test_a_recusal_unit_is_noted_once_and_can_be_removed(session: Session) -> None:
    judge, unit = make_judge(session), make_unit(session)
    service.add_recusal_unit(session, judge, unit, reason="曾任职", **WHO)
    service.add_recusal_unit(session, judge, unit, reason="2019年前任职", **WHO)
    ((recusal, found),) = queries.recusal_units(session, judge.id)
    assert (found, recusal.reason) == (unit, "2019年前任职")
    service.remove_recusal_unit(session, judge, recusal, **WHO)
    assert queries.recusal_units(session, judge.id) == []
