"""Detecting, declaring, requesting, deciding, waiving."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.conflicts import queries, rules, service
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.editions.models import Stage
from judging.editions.rules import WrongStage
from judging.entries.models import EntryStatus
from judging.foundation.audit import SYSTEM, AuditLine
from judging.foundation.outbox import Message
from judging.judges.models import JudgeStatus, RecusalUnit
from tests.conftest import AT
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_recommending_unit, make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}
REASON: dict[str, Any] = WHO | {"reason": "已核实"}


def _bases(session: Session) -> list[ConflictBasis]:
    return sorted(session.scalars(sa.select(Conflict.basis)))


def test_the_same_unit_is_detected_by_name_or_by_number(session: Session) -> None:
    edition = make_edition(session)
    one, two = make_unit(session, name="武汉天成重工有限公司"), make_unit(session)
    make_entry(session, edition, unit=one)
    make_entry(session, edition, unit=two)
    make_judge(session, unit_name="武汉天成重工股份有限公司")
    make_judge(session, unit_name="别的写法", unit_id=two.id)
    make_judge(session, unit_name="别的单位")
    assert service.detect(session, edition, **WHO) == 2
    assert _bases(session) == [ConflictBasis.SAME_UNIT] * 2


def test_recusal_units_and_recommending_units_are_detected(session: Session) -> None:
    edition = make_edition(session)
    recommender = make_recommending_unit(session, name="汉江市质量协会")
    entry = make_entry(session, edition, recommending_unit_id=recommender.id)
    make_judge(session, unit_name="汉江市质量协会")
    make_judge(session, recusals=[RecusalUnit(unit_id=entry.unit_id)])
    service.detect(session, edition, **WHO)
    assert _bases(session) == [ConflictBasis.RECOMMENDING_UNIT, ConflictBasis.RECUSAL_UNIT]


@pytest.mark.parametrize(("region", "expected"), [("420500", 1), ("420100", 0), ("420000", 0)])
def test_the_city_counts_where_the_edition_says_so(session: Session, region: str, expected: int) -> None:
    edition = make_edition(session, region_conflict=True)
    make_entry(session, edition, unit=make_unit(session, region=region))
    make_judge(session, region="420500" if region != "420000" else "420000")
    assert service.detect(session, edition, **WHO) == expected


def test_the_city_does_not_count_elsewhere(session: Session) -> None:
    edition = make_edition(session)
    make_entry(session, edition)
    make_judge(session)
    assert service.detect(session, edition, **WHO) == 0


def test_detecting_again_finds_nothing_new_and_keeps_waivers(session: Session) -> None:
    edition = make_edition(session)
    entry = make_entry(session, edition)
    make_judge(session, unit_name=entry.unit.name)
    service.detect(session, edition, **WHO)
    service.waive(session, session.scalars(sa.select(Conflict)).one(), **REASON)
    assert service.detect(session, edition, **WHO) == 0
    assert queries.barred(session, edition.id) == set()


def test_what_no_longer_holds_is_dropped(session: Session) -> None:
    edition = make_edition(session)
    entry = make_entry(session, edition)
    judge = make_judge(session, unit_name=entry.unit.name)
    service.detect(session, edition, **WHO)
    judge.unit_name = "新的单位"
    service.detect(session, edition, **WHO)
    assert _bases(session) == []


def test_retired_judges_and_withdrawn_entries_are_left_out(session: Session) -> None:
    edition = make_edition(session)
    entry = make_entry(session, edition)
    gone = make_entry(session, edition, status=EntryStatus.WITHDRAWN)
    make_judge(session, unit_name=entry.unit.name, status=JudgeStatus.RETIRED)
    make_judge(session, unit_name=gone.unit.name)
    assert service.detect(session, edition, **WHO) == 0


def test_a_conflict_with_a_unit_bars_all_its_entries_of_the_edition(session: Session) -> None:
    edition, judge, unit = make_edition(session), make_judge(session), make_unit(session)
    entries = [make_entry(session, edition, unit=unit) for _ in range(2)]
    make_entry(session, make_edition(session), unit=unit)
    service.declare(session, edition, judge, unit=unit, basis=ConflictBasis.KIN, **REASON)
    assert queries.barred(session, edition.id) == {(judge.id, entry.id) for entry in entries}


def test_barred_asks_three_times_whatever_the_size(session: Session, queries: list[str]) -> None:
    from judging.conflicts.queries import barred

    edition = make_edition(session)
    for _ in range(5):
        make_judge(session, unit_name=make_entry(session, edition).unit.name)
    service.detect(session, edition, **WHO)
    queries.clear()
    assert len(barred(session, edition.id)) == 5
    assert len(queries) == 3


def test_declaring_twice_is_refused(session: Session) -> None:
    edition, judge, entry = make_edition(session), make_judge(session), None
    entry = make_entry(session, edition)
    service.declare(session, edition, judge, entry=entry, basis=ConflictBasis.KIN, **REASON)
    with pytest.raises(rules.AlreadyDeclared):
        service.declare(session, edition, judge, entry=entry, basis=ConflictBasis.KIN, **REASON)


def test_a_declaration_names_one_thing(session: Session) -> None:
    edition, judge = make_edition(session), make_judge(session)
    with pytest.raises(rules.OneTarget):
        service.declare(session, edition, judge, basis=ConflictBasis.KIN, **REASON)


@pytest.mark.parametrize("stage", [Stage.SETUP, Stage.RESULTS, Stage.CLOSED])
def test_conflicts_are_gathered_until_judging_ends(session: Session, stage: Stage) -> None:
    edition = make_edition(session, stage=stage)
    with pytest.raises(WrongStage):
        service.detect(session, edition, **WHO)


def test_a_request_bars_the_one_judge_of_that_name_at_once(session: Session) -> None:
    edition, judge = make_edition(session), make_judge(session, name="欧阳明远")
    entry = make_entry(session, edition)
    made = service.request(session, edition, entry, judge_name="欧阳明远", **REASON)
    assert made.status is ConflictStatus.PENDING
    assert queries.barred(session, edition.id) == {(judge.id, entry.id)}


def test_a_request_for_a_name_that_two_have_goes_by_the_unit(session: Session) -> None:
    edition = make_edition(session)
    judges = [make_judge(session, name="李明", unit_name=unit) for unit in ("武汉天成重工有限公司", "长鸿电气有限公司")]
    made = service.request(
        session,
        edition,
        make_entry(session, edition),
        judge_name="李明",
        judge_unit="武汉天成重工股份有限公司",
        **REASON,
    )
    assert made.judge_id == judges[0].id


def test_a_request_for_nobody_bars_nobody_and_can_be_matched(session: Session) -> None:
    edition, judge = make_edition(session), make_judge(session, name="欧阳明远")
    entry = make_entry(session, edition)
    made = service.request(session, edition, entry, judge_name="欧阳老师", **REASON)
    assert queries.barred(session, edition.id) == set()
    service.decide_request(session, edition, made, stands=True, judge=judge, **REASON)
    assert queries.barred(session, edition.id) == {(judge.id, entry.id)}


def test_a_refused_request_bars_nobody_and_is_answered_without_names(session: Session) -> None:
    edition = make_edition(session)
    make_judge(session, name="欧阳明远")
    entry = make_entry(session, edition, contact_email="contact@example.cn")
    made = service.request(session, edition, entry, judge_name="欧阳明远", **REASON)
    service.decide_request(session, edition, made, stands=False, **REASON)
    assert queries.barred(session, edition.id) == set()
    letter = session.scalars(sa.select(Message)).one()
    assert "欧阳明远" not in letter.subject + letter.body


def test_a_request_is_decided_once(session: Session) -> None:
    edition = make_edition(session)
    made = service.request(session, edition, make_entry(session, edition), judge_name="某人", **REASON)
    service.decide_request(session, edition, made, stands=False, **REASON)
    with pytest.raises(rules.NotPending):
        service.decide_request(session, edition, made, stands=True, **REASON)


def test_the_sixth_request_for_an_entry_is_refused(session: Session) -> None:
    edition = make_edition(session)
    entry = make_entry(session, edition)
    for number in range(rules.MAX_REQUESTS):
        service.request(session, edition, entry, judge_name=f"某人{number}", **REASON)
    with pytest.raises(rules.TooManyRequests):
        service.request(session, edition, entry, judge_name="又一人", **REASON)


def test_waiving_leaves_name_and_reason_in_the_trail(session: Session) -> None:
    edition, judge = make_edition(session), make_judge(session)
    entry = make_entry(session, edition)
    made = service.declare(session, edition, judge, entry=entry, basis=ConflictBasis.KIN, **REASON)
    service.waive(session, made, reason="远亲，经监督员同意", **WHO)
    line = session.scalars(sa.select(AuditLine).where(AuditLine.act == rules.ConflictAct.WAIVED.value)).one()
    assert (line.by, line.reason, line.subject_id) == ("system", "远亲，经监督员同意", made.id)
    service.restore(session, made, **REASON)
    assert queries.barred(session, edition.id) == {(judge.id, entry.id)}


def test_only_what_stands_can_be_waived(session: Session) -> None:
    edition = make_edition(session)
    made = service.request(session, edition, make_entry(session, edition), judge_name="某人", **REASON)
    assert made.kind is ConflictKind.REQUESTED
    with pytest.raises(rules.NotStanding):
        service.waive(session, made, **REASON)
