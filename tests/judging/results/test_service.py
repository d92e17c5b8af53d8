"""Result sheets through their acts."""

from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.ballots.models import Ballot, Mark
from judging.editions.models import Edition, Method, Round, Stage
from judging.editions.rules import WrongStage
from judging.foundation.audit import Actor, AuditLine
from judging.results import queries, rules, service
from judging.results.models import Flag, FlagStatus, ResultSheet
from judging.rubrics.models import RoundRubric
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.results import SYSTEM, candidates_by_code, crossed, make_judged_round, make_sheet
from tests.factories.rubrics import make_rubric, use_rubric

SCORES = (92, 90, 87, 85, 83, 80, 78, 74)


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, stage=Stage.RESULTS)


@pytest.fixture
def round_(session: Session, edition: Edition) -> Round:
    return make_judged_round(session, crossed(SCORES, (2, 0, -2)), edition=edition)


@pytest.fixture
def people(session: Session, edition: Edition) -> tuple[Actor, Actor]:
    one = make_user(session, Role.ORGANIZER, scope=edition.id)
    other = make_user(session, Role.ORGANIZER, scope=edition.id)
    return one.actor, other.actor


def scores(session: Session, sheet: ResultSheet) -> list[tuple[str, str, int]]:
    return [(one.candidate.code, str(one.score.normalize()), one.rank) for one in queries.standings(session, sheet.id)]


def flag_on(session: Session, sheet: ResultSheet, round_: Round, code: str) -> Flag:
    candidate = candidates_by_code(session, round_)[code]
    ballot = session.scalars(sa.select(Ballot).where(Ballot.candidate_id == candidate.id)).first()
    assert ballot is not None
    flag = Flag(
        sheet_id=sheet.id,
        kind="score",
        judge_id=ballot.judge_id,
        candidate_id=candidate.id,
        statistic=Decimal(-6),
        effect=Decimal(-20),
        detail={"given": "60", "q": 0.01, "threshold": 0.05, "tested": 24},
    )
    session.add(flag)
    session.flush()
    return flag


def test_sheet_takes_severity_out_of_the_scores(session: Session, edition: Edition, at: datetime) -> None:
    # Judge 0 is 10 points more severe than judges 1 and 2; A03 met only the severe one and judge 1.
    totals: list[dict[int, float]] = [{0: 80, 1: 90}, {1: 85, 2: 85}, {0: 78, 2: 88}]
    round_ = make_judged_round(session, totals, edition=edition)
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    found = scores(session, sheet)
    assert [code for code, _, _ in found] == ["A01", "A03", "A02"]
    assert [rank for _, _, rank in found] == [1, 2, 3]


def test_same_ballots_give_the_same_sheet(session: Session, edition: Edition, round_: Round, at: datetime) -> None:
    first = service.compute(session, edition, round_, by=SYSTEM, at=at)
    assert service.compute(session, edition, round_, by=SYSTEM, at=at) is first


def test_sheet_verifies_until_a_mark_changes(session: Session, edition: Edition, round_: Round, at: datetime) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    assert service.differences(session, sheet) == []
    mark = session.scalars(sa.select(Mark)).first()
    assert mark is not None
    mark.value += 1  # not even the total follows
    session.flush()
    assert service.differences(session, sheet) == ["digest"]


def test_changed_figure_on_the_sheet_is_detected(
    session: Session, edition: Edition, round_: Round, at: datetime
) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    queries.standings(session, sheet.id)[3].score += Decimal("0.01")
    session.flush()
    assert service.differences(session, sheet) == ["standings"]


@pytest.mark.parametrize("method", list(Method))
def test_score_recomputes_by_hand_from_the_listed_totals(
    session: Session, edition: Edition, method: Method, at: datetime
) -> None:
    totals = crossed((90.5, 84.25, 80, 77, 71, 66), (3, 0.5, -1, -2.5, 0))
    round_ = make_judged_round(session, totals, edition=edition, method=method)
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    for standing in queries.standings(session, sheet.id):
        weighted = [(Decimal(line["weight"]), Decimal(line["value"])) for line in standing.totals]
        by_hand = sum((w * value for w, value in weighted), Decimal(0)) / sum((w for w, _ in weighted), Decimal(0))
        assert abs(by_hand - standing.score) <= Decimal("0.005001")


def test_different_maxima_are_put_on_one_scale_and_said_so(session: Session, edition: Edition, at: datetime) -> None:
    totals: list[dict[int, float]] = [{0: 90, 1: 90}, {0: 96, 1: 96}]
    round_ = make_judged_round(
        session, totals, edition=edition, topic_types=("self_set", "innovative"), method=Method.MEAN
    )
    use_rubric(session, round_, make_rubric(session, maxima=(120,)), "innovative")
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    assert scores(session, sheet) == [("A01", "9E+1", 1), ("A02", "8E+1", 2)]
    assert {"code": "scaled", "params": {"maximum": 100}} in sheet.summary["notes"]


def test_named_criterion_parts_equal_scores(session: Session, edition: Edition, at: datetime) -> None:
    rubric = make_rubric(session, maxima=(60, 40))
    totals: list[dict[int, float]] = [{0: 80, 1: 80}, {0: 80, 1: 80}]
    round_ = make_judged_round(session, totals, edition=edition, rubric=rubric, method=Method.MEAN, tie_chain=["c2"])
    second = candidates_by_code(session, round_)["A02"]
    for mark in session.scalars(sa.select(Mark).join(Ballot).where(Ballot.candidate_id == second.id)):
        mark.value = Decimal(40)
    session.flush()
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    assert [(code, rank) for code, _, rank in scores(session, sheet)] == [("A02", 1), ("A01", 2)]


def test_lot_parts_equals_where_places_are_not_shared(session: Session, edition: Edition, at: datetime) -> None:
    totals: list[dict[int, float]] = [{0: 80, 1: 80}] * 4
    round_ = make_judged_round(session, totals, edition=edition, method=Method.MEAN, shared_places=False)
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    assert [rank for _, _, rank in scores(session, sheet)] == [1, 2, 3, 4]


def test_unlinked_halls_are_ranked_apart_under_calibration(session: Session, edition: Edition, at: datetime) -> None:
    totals: list[dict[int, float]] = [{0: 90, 1: 88}, {0: 80, 1: 78}, {2: 70, 3: 72}, {2: 60, 3: 62}]
    round_ = make_judged_round(session, totals, edition=edition)
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    standings = queries.standings(session, sheet.id)
    assert [(one.component, one.rank) for one in standings] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert "disconnected" in [note["code"] for note in sheet.summary["notes"]]


def test_empty_round_is_refused(session: Session, edition: Edition, at: datetime) -> None:
    round_ = edition.tracks[0].rounds[0]
    use_rubric(session, round_, make_rubric(session))
    with pytest.raises(rules.NothingToCompute):
        service.compute(session, edition, round_, by=SYSTEM, at=at)


def test_scores_are_not_computed_while_judging_runs(
    session: Session, edition: Edition, round_: Round, at: datetime
) -> None:
    edition.stage = Stage.JUDGING
    with pytest.raises(WrongStage):
        service.compute(session, edition, round_, by=SYSTEM, at=at)


def test_exclusion_needs_another_person(
    session: Session, edition: Edition, round_: Round, people: tuple[Actor, Actor], at: datetime
) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    flag = flag_on(session, sheet, round_, "A02")
    service.review_flag(session, edition, flag, FlagStatus.EXCLUDED, note="评分笔误，已核实", by=people[0], at=at)
    assert flag.status is FlagStatus.PROPOSED
    with pytest.raises(rules.SamePerson):
        service.second_exclusion(session, edition, flag, by=people[0], at=at)


def test_excluded_total_no_longer_counts(
    session: Session, edition: Edition, round_: Round, people: tuple[Actor, Actor], at: datetime
) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    flag = flag_on(session, sheet, round_, "A02")
    service.review_flag(session, edition, flag, FlagStatus.EXCLUDED, note="评分笔误，已核实", by=people[0], at=at)
    service.second_exclusion(session, edition, flag, by=people[1], at=at)
    assert flag.status is FlagStatus.EXCLUDED
    assert not service.verify(session, sheet)
    again = service.compute(session, edition, round_, by=SYSTEM, at=at)
    counted = {one.candidate.code: one.judges for one in queries.standings(session, again.id)}
    assert (again.number, counted["A01"], counted["A02"]) == (2, 3, 2)


def test_refused_exclusion_opens_the_flag_again(
    session: Session, edition: Edition, round_: Round, people: tuple[Actor, Actor], at: datetime
) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    flag = flag_on(session, sheet, round_, "A02")
    service.review_flag(session, edition, flag, FlagStatus.EXCLUDED, note="评分笔误", by=people[0], at=at)
    service.refuse_exclusion(session, edition, flag, reason="评委已说明理由", by=people[1], at=at)
    assert (flag.status, flag.note) == (FlagStatus.OPEN, "评委已说明理由")


def test_last_total_of_an_entry_cannot_be_excluded(
    session: Session, edition: Edition, people: tuple[Actor, Actor], at: datetime
) -> None:
    totals: list[dict[int, float]] = [{0: 90}, {0: 80, 1: 82}]
    round_ = make_judged_round(session, totals, edition=edition)
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    with pytest.raises(rules.LastBallot):
        service.review_flag(
            session,
            edition,
            flag_on(session, sheet, round_, "A01"),
            FlagStatus.EXCLUDED,
            note="评分笔误",
            by=people[0],
            at=at,
        )


def test_judge_as_a_whole_cannot_be_excluded(
    session: Session, edition: Edition, round_: Round, people: tuple[Actor, Actor], at: datetime
) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    flag = flag_on(session, sheet, round_, "A02")
    flag.kind, flag.candidate_id = "severity", None
    with pytest.raises(rules.ScoreFlagsOnly):
        service.review_flag(session, edition, flag, FlagStatus.EXCLUDED, note="偏严", by=people[0], at=at)


def test_answers_are_kept_on_the_next_sheet() -> None:
    old = Flag(
        kind="score", judge_id=None, candidate_id=None, detail={"given": "60"}, status=FlagStatus.ASKED, note="n"
    )
    same = Flag(kind="score", judge_id=None, candidate_id=None, detail={"given": "60"}, status=FlagStatus.OPEN)
    other = Flag(kind="score", judge_id=None, candidate_id=None, detail={"given": "61"}, status=FlagStatus.OPEN)
    service._carry_answers([old], [same, other])
    assert (same.status, same.note, other.status) == (FlagStatus.ASKED, "n", FlagStatus.OPEN)


def test_open_flags_need_an_answer_or_a_reason(session: Session, edition: Edition, round_: Round, at: datetime) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    session.execute(sa.delete(Flag))
    session.add(Flag(sheet_id=sheet.id, kind="severity", statistic=Decimal(3), effect=Decimal(2), detail={}))
    session.flush()
    with pytest.raises(rules.SheetOutdated):  # a planted flag is no figure of this sheet
        service.confirm(session, edition, sheet, by=SYSTEM, at=at)


def test_confirmed_sheet_is_found_and_can_be_opened_again(
    session: Session, edition: Edition, round_: Round, at: datetime
) -> None:
    sheet = make_sheet(session, edition, round_)
    assert queries.confirmed_sheet(session, round_.id) is sheet
    with pytest.raises(rules.ReasonNeeded):
        service.reopen(session, edition, sheet, reason=" ", by=SYSTEM, at=at)
    service.reopen(session, edition, sheet, reason="补充复核", by=SYSTEM, at=at)
    assert queries.confirmed_sheet(session, round_.id) is None


def test_outdated_sheet_cannot_be_confirmed(session: Session, edition: Edition, round_: Round, at: datetime) -> None:
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    ballot = session.scalars(sa.select(Ballot)).first()
    assert ballot is not None
    ballot.excluded_reason = "另案"
    session.flush()
    with pytest.raises(rules.SheetOutdated):
        service.confirm(session, edition, sheet, by=SYSTEM, at=at)


def test_every_act_leaves_a_trace(
    session: Session, edition: Edition, round_: Round, people: tuple[Actor, Actor], at: datetime
) -> None:
    sheet = service.compute(session, edition, round_, by=people[0], at=at)
    service.confirm(session, edition, sheet, by=people[0], at=at, reason="无异常")
    service.reopen(session, edition, sheet, by=people[1], at=at, reason="复核")
    lines = session.scalars(sa.select(AuditLine).where(AuditLine.subject_id == sheet.id))
    assert sorted((line.act, line.by_id) for line in lines) == [
        ("result.computed", people[0].id),
        ("result.confirmed", people[0].id),
        ("result.reopened", people[1].id),
    ]


def test_round_without_a_rubric_is_refused(session: Session, edition: Edition, round_: Round, at: datetime) -> None:
    session.execute(sa.delete(RoundRubric))
    with pytest.raises(rules.NoRubric):
        service.compute(session, edition, round_, by=SYSTEM, at=at)
