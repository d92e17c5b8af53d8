"""Panels, plans made real, changes by hand, halls."""

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from judging.assignment import queries, readiness, rules, service
from judging.assignment.models import AssignmentSource
from judging.assignment.readiness import candidates_have_their_judges
from judging.editions.models import Edition, Round, RoundKind, Stage, TrackKind
from judging.editions.rules import WrongStage
from judging.foundation.audit import SYSTEM
from judging.judges.models import Judge, JudgeStatus
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge


def stage(
    session: Session, *, candidates: int = 6, judges: int = 4, **values: object
) -> tuple[Edition, Round, list[Judge]]:
    """An edition at the blinding stage with candidates and a panel."""
    edition = make_edition(session, stage=Stage.BLINDING)
    round_ = edition.tracks[0].rounds[0]
    for name, value in values.items():
        setattr(round_, name, value)
    for _ in range(candidates):
        make_candidate(session, round_)
    seated = [make_judge(session) for _ in range(judges)]
    make_panel(session, round_, *seated)
    return edition, round_, seated


def test_applied_plan_gives_every_candidate_its_judges(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    made = service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    assert set(Counter(a.candidate_id for a in made).values()) == {3}


def test_same_seed_proposes_the_same_plan(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plans = [service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at) for _ in range(2)]
    assert plans[0].pairs == plans[1].pairs


def test_planning_changes_no_assignment(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    assert queries.assignments_of_round(session, round_.id) == []


def test_plan_keeps_what_was_given_by_hand(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    seat = queries.seats_of(session, round_.id)[0]
    candidate = make_candidate(session, round_, industry="D")
    service.add_assignment(session, edition, round_, candidate, seat, by=SYSTEM, at=at)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    made = service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    assert [a.seat.judge_id for a in made if a.source is AssignmentSource.MANUAL] == [judges[0].id]


def test_second_plan_replaces_the_first(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    for seed in (1, 2):
        plan = service.plan_round(session, edition, round_, seed=seed, by=SYSTEM, at=at)
        service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    pairs = {(str(a.candidate_id), str(a.seat_id)) for a in queries.assignments_of_round(session, round_.id)}
    assert pairs == {(candidate, seat) for candidate, seat in plan.pairs}


def test_judges_see_candidates_in_orders_of_their_own(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session, candidates=8, judges=3)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    edition.stage = Stage.JUDGING
    orders = {tuple(a.candidate.code for a in queries.assignments_of_judge(session, edition, j.id)) for j in judges}
    assert len(orders) == 3


def test_plan_that_is_impossible_names_the_clash(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, max_load=2)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    assert (plan.pairs, plan.summary["diagnosis"]["wanted"], plan.summary["diagnosis"]["room"]) == ([], 18, 8)


def test_impossible_plan_cannot_be_applied(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, max_load=2)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    with pytest.raises(rules.PlanImpossible):
        service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)


def test_plan_of_another_set_of_seats_is_refused(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    service.remove_seat(session, queries.seats_of(session, round_.id)[0], by=SYSTEM, at=at)
    with pytest.raises(rules.PlanOutdated):
        service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)


def test_plan_belongs_to_the_blinding_stage(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    edition.stage = Stage.RESULTS
    with pytest.raises(WrongStage):
        service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)


def test_cleared_plan_leaves_nothing_planned(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    assert service.clear_plan(session, edition, round_, by=SYSTEM, at=at) == 18
    assert queries.assignments_of_round(session, round_.id) == []


def test_second_judge_of_a_unit_is_refused_by_hand(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    judges[1].unit_name = judges[0].unit_name
    candidate = make_candidate(session, round_)
    first, second, *_ = queries.seats_of(session, round_.id)
    make_assignment(session, candidate, first)
    with pytest.raises(rules.SameUnit):
        service.add_assignment(session, edition, round_, candidate, second, by=SYSTEM, at=at)


def test_judge_gets_a_candidate_once(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    candidate, seat = make_candidate(session, round_), queries.seats_of(session, round_.id)[0]
    make_assignment(session, candidate, seat)
    with pytest.raises(rules.AlreadyAssigned):
        service.add_assignment(session, edition, round_, candidate, seat, by=SYSTEM, at=at)


def test_full_seat_takes_no_more(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session, max_load=1)
    seat = queries.seats_of(session, round_.id)[0]
    make_assignment(session, make_candidate(session, round_), seat)
    with pytest.raises(rules.SeatFull):
        service.add_assignment(session, edition, round_, make_candidate(session, round_), seat, by=SYSTEM, at=at)


def test_change_after_opening_needs_a_reason(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    edition.stage = Stage.JUDGING
    seat = queries.seats_of(session, round_.id)[0]
    with pytest.raises(rules.ReasonNeeded):
        service.add_assignment(session, edition, round_, make_candidate(session, round_), seat, by=SYSTEM, at=at)


def test_replaced_judge_gives_the_candidate_away(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    candidate = make_candidate(session, round_)
    first, second, *_ = queries.seats_of(session, round_.id)
    given = make_assignment(session, candidate, first)
    service.replace_assignment(session, edition, round_, given, second, by=SYSTEM, at=at)
    now = queries.assignments_of_candidates(session, [candidate.id])[candidate.id]
    assert [assignment.seat.judge_id for assignment in now] == [judges[1].id]


def test_judge_sits_in_one_panel_of_a_round(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session)
    other = service.make_panel(session, edition, round_, name="第九组", by=SYSTEM, at=at)
    with pytest.raises(rules.AlreadySeated):
        service.seat_judges(session, other, [judges[0]], chair=None, by=SYSTEM, at=at)


def test_suspended_judge_gets_no_seat(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    panel = service.make_panel(session, edition, round_, name="第九组", by=SYSTEM, at=at)
    judge = make_judge(session, status=JudgeStatus.SUSPENDED)
    with pytest.raises(rules.JudgeNotActive):
        service.seat_judges(session, panel, [judge], chair=None, by=SYSTEM, at=at)


def test_panel_has_one_chair(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    panel = service.make_panel(session, edition, round_, name="第九组", by=SYSTEM, at=at)
    judges = [make_judge(session) for _ in range(3)]
    service.seat_judges(session, panel, judges, chair=judges[0], by=SYSTEM, at=at)
    seats = service.seat_judges(session, panel, [], chair=judges[2], by=SYSTEM, at=at)
    assert [seat.judge_id for seat in seats if seat.is_chair] == [judges[2].id]


def test_short_candidates_stand_in_the_way_of_judging(session: Session) -> None:
    edition, _, _ = stage(session, candidates=2)
    assert [obstacle.blocking for obstacle in candidates_have_their_judges(session, edition)] == [True]


def halls(session: Session, at: datetime, *, candidates: int = 10) -> tuple[Edition, Round]:
    """An on-site round with two halls, candidates apportioned."""
    edition = make_edition(session, TrackKind.QC, stage=Stage.BLINDING)
    round_ = edition.tracks[0].rounds[0]
    round_.kind, round_.judges_per_entry = RoundKind.ON_SITE, 2
    for n in range(candidates):
        make_candidate(session, round_, topic_type="self_set" if n % 2 else "innovative")
    for hall in ("一号厅", "二号厅"):
        panel = make_panel(session, round_, make_judge(session), make_judge(session))
        service.add_sitting(session, edition, round_, hall=hall, panel=panel, starts_at=at, by=SYSTEM, at=at)
    service.apportion_candidates(session, edition, round_, seed=3, by=SYSTEM, at=at)
    return edition, round_


def test_halls_share_topic_types_evenly(session: Session, at: datetime) -> None:
    _, round_ = halls(session, at)
    kinds = [Counter(p.candidate.topic_type for p in s.places) for s in queries.sittings_of(session, round_.id)]
    assert all(abs(kinds[0][kind] - kinds[1][kind]) <= 1 for kind in ("self_set", "innovative"))


def test_every_judge_of_a_hall_judges_all_that_is_heard_there(session: Session, at: datetime) -> None:
    edition, round_ = halls(session, at)
    plan = service.plan_round(session, edition, round_, seed=1, by=SYSTEM, at=at)
    made = service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    heard = {(p.candidate_id, s.panel_id) for s in queries.sittings_of(session, round_.id) for p in s.places}
    assert Counter((a.candidate_id, a.seat.panel_id) for a in made) == Counter(dict.fromkeys(heard, 2))


def test_second_draw_needs_a_reason(session: Session, at: datetime) -> None:
    edition, round_ = halls(session, at)
    sitting = queries.sittings_of(session, round_.id)[0]
    service.draw_running_order(session, edition, round_, sitting, seed=4, by=SYSTEM, at=at)
    with pytest.raises(rules.RunningOrderDrawn):
        service.draw_running_order(session, edition, round_, sitting, seed=5, by=SYSTEM, at=at)


def test_judges_of_a_hall_see_candidates_in_running_order(session: Session, at: datetime) -> None:
    edition, round_ = halls(session, at)
    plan = service.plan_round(session, edition, round_, seed=1, by=SYSTEM, at=at)
    service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    sitting = queries.sittings_of(session, round_.id)[0]
    service.draw_running_order(session, edition, round_, sitting, seed=4, by=SYSTEM, at=at)
    seat = next(s for s in queries.seats_of(session, round_.id) if s.panel_id == sitting.panel_id)
    seen = [a.candidate.code for a in queries.assignments_of_judge(session, edition, seat.judge_id)]
    assert seen == [place.candidate.code for place in sitting.places]


def test_conflict_known_after_planning_stands_in_the_way_of_judging(
    session: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, round_, _ = stage(session)
    plan = service.plan_round(session, edition, round_, seed=5, by=SYSTEM, at=at)
    made = service.apply_plan(session, edition, round_, plan, by=SYSTEM, at=at)
    pair = {(made[0].seat.judge_id, made[0].candidate_id)}
    monkeypatch.setattr(readiness, "barred_pairs", lambda *_args: pair)
    assert [obstacle.blocking for obstacle in readiness.assignments_respect_conflicts(session, edition)] == [True]
