"""Plans as acts: overtaken, taken back, mended, repaired, moved by hand, computed in the background."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.assignment import looking, queries, rules, running, service, words
from judging.assignment.groups import Cut
from judging.assignment.link_words import link_sentences
from judging.assignment.models import Assignment, AssignmentSource, Plan, PlanMode, PlanRun
from judging.assignment.problem import RepairKind
from judging.assignment.service import changes, linking
from judging.assignment.service.ground import Terms
from judging.assignment.service.plans import keep, propose
from judging.assignment.service.versions import version_of
from judging.blinding.models import Candidate, CandidateStatus
from judging.blinding.queries import candidates_of
from judging.conflicts import service as conflicts
from judging.conflicts.models import ConflictBasis
from judging.editions.models import Edition, Round, Stage
from judging.foundation import jobs
from judging.foundation.audit import SYSTEM, AuditLine
from judging.judges.models import Judge, JudgeStatus
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.judging.assignment.test_service import stage

Pairs = set[tuple[str, str]]


def planned(session: Session, edition: Edition, round_: Round, at: datetime, **values: object) -> Plan:
    """A plan on these terms."""
    terms = Terms(**{"seed": 5} | values)  # type: ignore[arg-type]
    return keep(session, edition, propose(session, edition, round_, terms), by=SYSTEM, at=at)


def stands(session: Session, round_: Round) -> Pairs:
    """What is assigned now, in codes."""
    return {(a.candidate.code, a.seat.judge.code) for a in queries.assignments_of_round(session, round_.id)}


def begin(monkeypatch: pytest.MonkeyPatch, *assignments: Assignment, finished: bool = False) -> None:
    """Let a later stage say that these have been begun."""
    ids = {assignment.id for assignment in assignments}
    monkeypatch.setattr(changes, "_keepers", [lambda _session, asked: {i: finished for i in asked if i in ids}])


def test_plan_overtaken_by_another_is_refused(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    first, second = (planned(session, edition, round_, at, seed=seed) for seed in (1, 2))
    service.apply_plan(session, edition, round_, first, by=SYSTEM, at=at, seen=0)
    with pytest.raises(rules.Overtaken):
        service.apply_plan(session, edition, round_, second, by=SYSTEM, at=at, seen=0)


def test_whoever_has_seen_the_present_state_may_replace_it(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    first, second = (planned(session, edition, round_, at, seed=seed) for seed in (1, 2))
    service.apply_plan(session, edition, round_, first, by=SYSTEM, at=at)
    service.apply_plan(session, edition, round_, second, by=SYSTEM, at=at, seen=version_of(session, round_.id))
    assert len(stands(session, round_)) == 18


@pytest.mark.parametrize("act", ["add", "remove", "clear"])
def test_every_change_counts(session: Session, at: datetime, act: str) -> None:
    edition, round_, _ = stage(session)
    service.apply_plan(session, edition, round_, planned(session, edition, round_, at), by=SYSTEM, at=at)
    before = version_of(session, round_.id)
    given = queries.assignments_of_round(session, round_.id)[0]
    if act == "add":
        candidate = make_candidate(session, round_)
        service.add_assignment(session, edition, round_, candidate, given.seat, by=SYSTEM, at=at)
    if act == "remove":
        service.remove_assignment(session, edition, round_, given, by=SYSTEM, at=at)
    if act == "clear":
        service.clear_plan(session, edition, round_, by=SYSTEM, at=at)
    assert version_of(session, round_.id) == before + 1


def test_plan_taken_back_lets_the_former_assignments_stand_again(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    candidate, seat = make_candidate(session, round_), queries.seats_of(session, round_.id)[0]
    service.add_assignment(session, edition, round_, candidate, seat, by=SYSTEM, at=at, reason="熟悉该专业")
    before = stands(session, round_)
    plan = planned(session, edition, round_, at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    service.undo_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="名单有误")
    kept = queries.assignments_of_round(session, round_.id)
    assert (stands(session, round_), kept[0].source, kept[0].reason) == (before, AssignmentSource.MANUAL, "熟悉该专业")
    assert (plan.applied_at, plan.undone_at) == (None, at)


def test_plan_changed_since_is_not_taken_back(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = planned(session, edition, round_, at)
    made = service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    service.remove_assignment(session, edition, round_, made[0], by=SYSTEM, at=at)
    with pytest.raises(rules.ChangedSince):
        service.undo_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="名单有误")


@pytest.mark.parametrize("why", ["", "  "])
def test_taking_back_needs_a_reason(session: Session, at: datetime, why: str) -> None:
    edition, round_, _ = stage(session)
    plan = planned(session, edition, round_, at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    with pytest.raises(rules.ReasonNeeded):
        service.undo_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason=why)


def test_plan_that_has_been_taken_back_can_be_applied_again(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = planned(session, edition, round_, at)
    for _ in range(2):
        service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at, seen=version_of(session, round_.id))
        made = stands(session, round_)
        service.undo_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="再看一遍")
    assert (len(made), stands(session, round_)) == (18, set())


def test_plan_made_before_something_was_given_by_hand_is_refused(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, judges=6)
    plan = planned(session, edition, round_, at)
    free = {(c, s) for c in queries.counts_of(session, round_.id) for s in queries.seats_of(session, round_.id)}
    planned_ids = {(candidate, seat) for candidate, seat in plan.pairs}
    candidate_id, seat = next((c, s) for c, s in free if (str(c), str(s.id)) not in planned_ids)
    candidate = queries.candidate_in(session, round_.id, candidate_id)
    service.add_assignment(session, edition, round_, candidate, seat, by=SYSTEM, at=at)
    with pytest.raises(rules.PlanOutdated):
        service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at, seen=version_of(session, round_.id))


def test_each_way_out_of_a_clash_shows_a_plan(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, max_load=3)
    plan = planned(session, edition, round_, at)
    ways = service.ways_of(session, plan, round_)
    made = [service.mend(session, edition, round_, plan, n, by=SYSTEM, at=at) for n in range(1, len(ways) + 1)]
    assert len(made) >= 2
    assert all(mended.pairs and mended.origin_id == plan.id for mended in made)
    assert round_.max_load == 3


def test_way_out_changes_bounds_only_when_it_is_applied(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, max_load=3)
    plan = planned(session, edition, round_, at)
    seats = queries.seats_of(session, round_.id)
    number = next(
        n
        for n, way in enumerate(service.ways_of(session, plan, round_), start=1)
        if {line.kind for line in way.lines} == {RepairKind.MORE}
    )
    mended = service.mend(session, edition, round_, plan, number, by=SYSTEM, at=at)
    assert [seat.max_load for seat in seats] == [None] * 4
    with pytest.raises(rules.ReasonNeeded):
        service.apply_plan(session, edition, round_, mended, by=SYSTEM, at=at)
    service.apply_plan(session, edition, round_, mended, by=SYSTEM, at=at, reason="评委同意多评")
    assert sum(seat.max_load or 3 for seat in seats) == 18
    line = session.scalar(sa.select(AuditLine).where(AuditLine.act == rules.AssignmentAct.BENT))
    assert line is not None
    assert (line.reason, len(line.detail["seats"])) == ("评委同意多评", sum(s.max_load is not None for s in seats))


def test_bounds_return_with_the_plan_that_changed_them(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = planned(session, edition, round_, at, wanted=2, seats={})
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="评委人数不足")
    assert round_.judges_per_entry == 2
    service.undo_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="评委已补足")
    assert round_.judges_per_entry == 3


def repaired(session: Session, edition: Edition, round_: Round, at: datetime, *judges: Judge) -> Plan:
    """A repair after these judges have fallen out."""
    ids = {judge.id for judge in judges}
    released = [seat for seat in queries.seats_of(session, round_.id) if seat.judge_id in ids]
    return service.repair_round(session, edition, round_, released=released, seed=1, by=SYSTEM, at=at)


def test_repair_moves_only_what_the_judge_who_fell_out_had(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session, judges=6)
    service.apply_plan(session, edition, round_, planned(session, edition, round_, at), by=SYSTEM, at=at)
    before = stands(session, round_)
    theirs = {pair for pair in before if pair[1] == judges[0].code}
    plan = repaired(session, edition, round_, at, judges[0])
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="评委出差")
    after = stands(session, round_)
    assert (before - after, len(after), {j for _, j in after} & {judges[0].code}) == (theirs, 18, set())
    assert {tuple(pair) for pair in plan.summary["changes"]["takes"]} == theirs


def test_begun_sheet_of_a_judge_who_fell_out_stays_and_is_made_up_for(
    session: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, round_, judges = stage(session, judges=6)
    made = service.apply_plan(session, edition, round_, planned(session, edition, round_, at), by=SYSTEM, at=at)
    begun = next(a for a in made if a.seat.judge_id == judges[0].id)
    edition.stage = Stage.JUDGING
    begin(monkeypatch, begun)
    plan = repaired(session, edition, round_, at, judges[0])
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="评委生病")
    after = stands(session, round_)
    assert (begun.candidate.code, judges[0].code) in after
    assert Counter(code for code, _ in after)[begun.candidate.code] == 4
    assert Counter(judge for _, judge in after)[judges[0].code] == 1


def test_finished_sheet_of_a_judge_who_fell_out_counts(
    session: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, round_, judges = stage(session, judges=6)
    made = service.apply_plan(session, edition, round_, planned(session, edition, round_, at), by=SYSTEM, at=at)
    done = next(a for a in made if a.seat.judge_id == judges[0].id)
    edition.stage = Stage.JUDGING
    begin(monkeypatch, done, finished=True)
    plan = repaired(session, edition, round_, at, judges[0])
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at, reason="评委生病")
    assert Counter(code for code, _ in stands(session, round_))[done.candidate.code] == 3


def test_damage_names_who_left_the_bank_and_what_was_withdrawn(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session, judges=6)
    made = service.apply_plan(session, edition, round_, planned(session, edition, round_, at), by=SYSTEM, at=at)
    assert not service.damage_of(session, edition, round_).any
    gone = made[-1].candidate
    judges[0].status, gone.status = JudgeStatus.SUSPENDED, CandidateStatus.REMOVED
    session.flush()
    damage = service.damage_of(session, edition, round_)
    assert [seat.judge_id for seat in damage.fallen] == [judges[0].id]
    assert {a.candidate_id for a in damage.withdrawn} == {gone.id}
    plan = repaired(session, edition, round_, at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    assert set(Counter(code for code, _ in stands(session, round_)).values()) == {3}


def test_repair_of_what_is_whole_is_refused(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    service.apply_plan(session, edition, round_, planned(session, edition, round_, at), by=SYSTEM, at=at)
    with pytest.raises(rules.NothingToMend):
        repaired(session, edition, round_, at)


def test_offers_for_a_place_stand_by_fit_with_the_rules_checked(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    fitting = make_judge(session, industries=("C",))
    twin = make_judge(session, industries=("C",), unit_name=judges[1].unit_name)
    panel = queries.panels_of(session, round_.id)[0]
    service.seat_judges(session, panel, [fitting, twin], chair=None, by=SYSTEM, at=at)
    candidate = make_candidate(session, round_)
    seats = {seat.judge_id: seat for seat in queries.seats_of(session, round_.id)}
    leaving = make_assignment(session, candidate, seats[judges[0].id])
    make_assignment(session, candidate, seats[judges[1].id])
    board = service.board_of(session, edition, round_, candidate, leaving)
    assert board.offers[0].seat.judge_id == fitting.id
    assert board.offers[0].cost < 0
    refused = {offer.seat.judge_id: offer.refusal for offer in board.offers if offer.refusal}
    assert list(refused) == [twin.id]


def test_swap_keeps_loads_and_changes_two_judges(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    one, other = make_candidate(session, round_), make_candidate(session, round_)
    first, second, *_ = queries.seats_of(session, round_.id)
    a, b = make_assignment(session, one, first), make_assignment(session, other, second)
    service.swap_assignments(session, edition, round_, a, b, by=SYSTEM, at=at, reason="专业更对口")
    assert stands(session, round_) == {(one.code, second.judge.code), (other.code, first.judge.code)}


def test_swap_against_a_rule_is_refused_with_its_sentence(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    judges[2].unit_name = judges[1].unit_name
    one, other = make_candidate(session, round_), make_candidate(session, round_)
    first, second, third, *_ = queries.seats_of(session, round_.id)
    a, b = make_assignment(session, one, first), make_assignment(session, other, second)
    make_assignment(session, one, third)
    with pytest.raises(rules.SameUnit):
        service.swap_assignments(session, edition, round_, a, b, by=SYSTEM, at=at)


def test_possible_swaps_are_offered_by_what_they_win(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    one = make_candidate(session, round_, industry="D")
    other = make_candidate(session, round_, industry="E")
    judges[0].expertise.append(type(judges[0].expertise[0])(kind="industry", code="E"))
    judges[1].expertise.append(type(judges[0].expertise[0])(kind="industry", code="D"))
    session.flush()
    first, second, *_ = queries.seats_of(session, round_.id)
    a, b = make_assignment(session, one, first), make_assignment(session, other, second)
    board = service.board_of(session, edition, round_, one, a)
    assert (board.swaps[0].other.id, board.swaps[0].cost < 0) == (b.id, True)


def test_proof_of_a_plan_holds_and_notices_a_change(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = planned(session, edition, round_, at)
    checked = looking.check_proof(plan)
    assert checked is not None
    assert (checked.sound, checked.total) == (True, plan.summary["total"])
    plan.pairs = plan.pairs[1:]
    again = looking.check_proof(plan)
    assert again is not None
    assert not again.sound


def test_draw_is_committed_before_and_can_be_repeated_after(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, judges=8)
    plan = planned(session, edition, round_, at, mode=PlanMode.RANDOM)
    acts = sa.select(AuditLine).where(AuditLine.subject_id == plan.id).order_by(AuditLine.id)
    committed = next(line for line in session.scalars(acts) if line.act == rules.AssignmentAct.COMMITTED)
    assert committed.detail["commitment"] == plan.commitment
    assert plan.secret not in str(committed.detail)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    secret = plan.secret
    assert looking.draw_again(plan) == ()
    plan.secret = "another"
    assert looking.draw_again(plan) == ("seal", "draw")
    plan.secret = secret
    revealed = next(line for line in session.scalars(acts) if line.act == rules.AssignmentAct.REVEALED)
    assert revealed.detail["secret"] == plan.secret


def test_draw_under_rules_that_cross_is_kept_with_the_plans_it_is_mixed_of(session: Session, at: datetime) -> None:
    edition, round_, seated = stage(session, judges=10, one_judge_per_region=True)
    for number, judge in enumerate(seated):
        judge.region, judge.title = f"4{number // 2}0100", "高级工程师" if number % 3 == 0 else ""
    plan = planned(session, edition, round_, at, mode=PlanMode.RANDOM, seniors=1)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    by_candidate: dict[UUID, list[Judge]] = {}
    for assignment in queries.assignments_of_round(session, round_.id):
        by_candidate.setdefault(assignment.candidate_id, []).append(assignment.seat.judge)
    assert all(len({judge.region for judge in panel}) == len(panel) for panel in by_candidate.values())
    assert all(any(judge.title for judge in panel) for panel in by_candidate.values())
    assert any("16 套完整方案" in sentence for sentence in words.plan_sentences(plan.summary))
    assert looking.draw_again(plan) == ()
    plan.certificate = {name: value for name, value in plan.certificate.items() if name != "chances"}
    assert looking.draw_again(plan) == ()  # without the file the plans are found anew


def test_two_draws_have_two_secrets(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, judges=8)
    plans = [planned(session, edition, round_, at, mode=PlanMode.RANDOM) for _ in range(2)]
    assert plans[0].commitment != plans[1].commitment


def test_background_computation_keeps_four_plans_once(app: Flask, session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, judges=8)
    run = running.begin(session, edition, round_, Terms(seed=3), four=True, by=SYSTEM, result_url="/p/PROPOSAL")
    payload = session.get_one(jobs.Job, run.job_id).payload
    session.commit()
    for _ in range(2):
        running.make_plans(payload, lambda _done, _total: None)
    plans = queries.plans_together(session, round_.id, run.proposal_id) if run.proposal_id else []
    assert Counter(plan.mode for plan in plans) == Counter(
        [PlanMode.OPTIMAL, PlanMode.FAIR, PlanMode.CALIBRATION, PlanMode.RANDOM]
    )


def test_stopped_computation_keeps_what_it_has(app: Flask, session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, judges=8)
    run = running.begin(session, edition, round_, Terms(seed=3), four=True, by=SYSTEM, result_url="/")
    running.stop(session, edition, run, by=SYSTEM)
    payload = session.get_one(jobs.Job, run.job_id).payload
    session.commit()
    running.make_plans(payload, lambda _done, _total: None)
    found = session.scalars(sa.select(Plan).where(Plan.proposal_id == session.get_one(PlanRun, run.id).proposal_id))
    assert [plan.mode for plan in found] == [PlanMode.OPTIMAL]


def alone(session: Session, edition: Edition, round_: Round, at: datetime) -> tuple[Plan, Candidate]:
    """An impossible plan: one candidate from which all judges but two must keep away, where three are wanted."""
    entry = make_entry(session, edition)
    candidate = make_candidate(session, round_, entry=entry)
    said = {"basis": ConflictBasis.COACHED, "reason": "辅导过该小组", "by": SYSTEM, "at": at}
    for seat in queries.seats_of(session, round_.id)[2:]:
        conflicts.record(session, edition, seat.judge, entry=entry, **said)
    return planned(session, edition, round_, at), candidate


def test_one_judge_fewer_for_a_single_candidate_is_a_way_out_that_can_be_taken_back(
    session: Session, at: datetime
) -> None:
    edition, round_, _ = stage(session, judges=5)
    plan, candidate = alone(session, edition, round_, at)
    ways = service.ways_of(session, plan, round_)
    number = next(n for n, way in enumerate(ways, start=1) if {line.kind for line in way.lines} == {RepairKind.FEWER})
    mended = service.mend(session, edition, round_, plan, number, by=SYSTEM, at=at)
    assert not queries.demands_of(session, round_.id)
    service.apply_plan(session, edition, round_, mended, by=SYSTEM, at=at, reason="其余评委均须回避")
    assert queries.demands_of(session, round_.id) == {candidate.id: 2}
    assert queries.coverage(session, round_).short == 0
    assert not service.damage_of(session, edition, round_).short
    again = planned(session, edition, round_, at, seed=9)
    assert (bool(again.pairs), again.summary["short"]) == (True, [])
    service.undo_plan(session, edition, round_, mended, by=SYSTEM, at=at, reason="已增补评委")
    assert not queries.demands_of(session, round_.id)


def test_a_round_that_asks_another_number_of_all_forgets_single_numbers(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, judges=5)
    code = candidates_of(session, round_.id)[0].code
    single = planned(session, edition, round_, at, entries={code: 2})
    service.apply_plan(session, edition, round_, single, by=SYSTEM, at=at, reason="评委不足")
    every = planned(session, edition, round_, at, wanted=2)
    service.apply_plan(session, edition, round_, every, by=SYSTEM, at=at, reason="全部改为两名评委")
    assert not queries.demands_of(session, round_.id)
    service.undo_plan(session, edition, round_, every, by=SYSTEM, at=at, reason="恢复")
    assert list(queries.demands_of(session, round_.id).values()) == [2]


def divided(session: Session, candidates: int = 12) -> tuple[Edition, Round]:
    """A round of two fields whose judges know one field each: the best plan is two parts."""
    edition = make_edition(session, stage=Stage.BLINDING)
    round_ = edition.tracks[0].rounds[0]
    round_.judges_per_entry, round_.max_load = 2, 9
    for number in range(candidates):
        make_candidate(session, round_, industry="CD"[number % 2])
    for field in "CD":
        make_panel(session, round_, *(make_judge(session, industries=(field,)) for _ in range(3)))
    return edition, round_


def test_two_panels_get_candidates_in_common_at_a_price_that_is_told(session: Session, at: datetime) -> None:
    edition, round_ = divided(session)
    plan = planned(session, edition, round_, at)
    bonds = linking.bonds_of(session, plan)
    assert bonds is not None
    assert (bonds.cut, [bond.common < 4 for bond in bonds.bonds]) == (Cut.PANELS, [True])
    made = linking.link_groups(session, edition, round_, plan, 0, 1, 4, by=SYSTEM, at=at)
    again = linking.bonds_of(session, made)
    assert again is not None
    assert (again.bonds[0].common, made.summary["link"]["after"], made.summary["short"]) == (4, 4, [])
    assert made.summary["total"] < plan.summary["total"]
    assert not queries.assignments_of_round(session, round_.id)
    checked = looking.check_proof(made)
    assert checked is not None
    assert checked.sound
    told = link_sentences(made.summary)
    assert any("4" in sentence for sentence in told)
    assert any(words.share(plan.summary["total"] - made.summary["total"], plan.summary["total"]) in one for one in told)


def test_a_linked_plan_is_applied_and_taken_back_like_any_other(session: Session, at: datetime) -> None:
    edition, round_ = divided(session)
    plan = planned(session, edition, round_, at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    before = stands(session, round_)
    made = linking.link_groups(session, edition, round_, plan, 0, 1, 5, by=SYSTEM, at=at)
    service.apply_plan(session, edition, round_, made, by=SYSTEM, at=at)
    after = stands(session, round_)
    assert (after - before, before - after) == (
        {tuple(pair) for pair in made.summary["link"]["gives"]},
        {tuple(pair) for pair in made.summary["link"]["takes"]},
    )
    service.undo_plan(session, edition, round_, made, by=SYSTEM, at=at, reason="先不增加联系")
    assert stands(session, round_) == before


def test_links_asked_for_before_stay(session: Session, at: datetime) -> None:
    edition, round_ = divided(session)
    make_panel(session, round_, *(make_judge(session, industries=("C",)) for _ in range(2)))
    plan = planned(session, edition, round_, at, least=2, most=6)
    first = linking.link_groups(session, edition, round_, plan, 0, 1, 4, by=SYSTEM, at=at)
    second = linking.link_groups(session, edition, round_, first, 1, 2, 4, by=SYSTEM, at=at)
    found = linking.bonds_of(session, second)
    assert found is not None
    common = {(bond.one, bond.other): bond.common for bond in found.bonds}
    assert min(common[0, 1], common[1, 2]) >= 4


def test_a_draw_by_lot_is_not_linked_afterwards(session: Session, at: datetime) -> None:
    edition, round_ = divided(session)
    plan = planned(session, edition, round_, at, mode=PlanMode.RANDOM)
    with pytest.raises(rules.NothingToLink):
        linking.link_groups(session, edition, round_, plan, 0, 1, 4, by=SYSTEM, at=at)


def test_more_links_than_rules_allow_are_not_promised(session: Session, at: datetime) -> None:
    edition, round_ = divided(session, candidates=4)
    plan = planned(session, edition, round_, at)
    made = linking.link_groups(session, edition, round_, plan, 0, 1, 40, by=SYSTEM, at=at)
    assert made.summary["link"]["after"] == 4
    assert any("40" in sentence for sentence in link_sentences(made.summary))


def test_the_price_of_links_is_told_by_the_fits_as_they_are_now(session: Session, at: datetime) -> None:
    edition, round_ = divided(session)
    plan = planned(session, edition, round_, at)
    made = linking.link_groups(session, edition, round_, plan, 0, 1, 4, by=SYSTEM, at=at)
    for one in candidates_of(session, round_.id):
        one.industry = "E"  # nobody's field: all fits fall
    session.flush()
    later = linking.link_groups(session, edition, round_, plan, 0, 1, 4, by=SYSTEM, at=at)
    assert made.summary["link"]["total"] == plan.summary["total"]
    assert later.summary["link"]["total"] < plan.summary["total"]
