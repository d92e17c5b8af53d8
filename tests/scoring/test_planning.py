"""Where the next reviews help, and what a design would find."""

import numpy as np
import pytest

from scoring import ScoringError, evaluate, simulate_round
from scoring.planning import NextReview, Plan, next_judges, plan_like, rehearse, reviewers_for
from scoring.planning.next_reviews import spend
from tests.factories.scoring import make_panel

ROUND = simulate_round(entries=60, judges=12, per_entry=3, seed=5).table


def test_reviews_go_where_it_is_least_sure():
    chances = np.array([0.99, 0.5, 0.1, 0.7, 0.0])
    assert spend(chances, 3, 3).tolist() == [0, 3, 0, 0, 0]
    assert spend(chances, 5, 2).tolist() == [0, 2, 1, 2, 0]
    assert spend(chances, 0, 3).tolist() == [0, 0, 0, 0, 0]


def test_more_reviews_than_entries_can_take_are_left_over():
    assert spend(np.array([0.5, 0.4]), 100, 3).tolist() == [3, 3]


def test_next_judges_are_those_of_the_doubtful_entries():
    result = evaluate(ROUND, top=[10], seed=1)
    reviews = next_judges(result, 9, 10)
    assert sum(one.reviews for one in reviews) == 9
    doubts = sorted((one.p_top[10] * (1 - one.p_top[10]) for one in result.entries), reverse=True)
    assert [one.doubt for one in reviews] == pytest.approx(doubts[:3])


def test_a_cut_without_chances_is_refused():
    with pytest.raises(ScoringError) as refusal:
        next_judges(evaluate(ROUND, top=[5]), 9, 10)
    assert refusal.value.code == "bad_parameter"


def test_nobody_reviews_an_entry_twice_nor_one_of_the_own_unit():
    result = evaluate(ROUND, top=[10], seed=1)
    reviews = next_judges(result, 12, 10)
    chosen = reviewers_for(ROUND, reviews, barred=[(reviews[0].entry, "J01")])
    unit_of_entry = dict(zip(ROUND.entries, ROUND.unit_of_entry, strict=True))
    unit_of_judge = dict(zip(ROUND.judges, ROUND.unit_of_judge, strict=True))
    seated = {(ROUND.entries[e], ROUND.judges[j]) for e, j in zip(ROUND.entry, ROUND.judge, strict=True)}
    assert {entry: len(judges) for entry, judges in chosen.items()} == {one.entry: one.reviews for one in reviews}
    assert "J01" not in chosen[reviews[0].entry]
    for entry, judges in chosen.items():
        assert len(set(judges)) == len(judges)
        assert not any((entry, judge) in seated for judge in judges)
        assert all(unit_of_entry[entry] != unit_of_judge[judge] for judge in judges)


def test_a_surer_judge_is_asked_before_a_noisy_one():
    table = make_panel(x=[1, 2], y=[2, 1])
    review = NextReview("e1", 1, 0.5, 0.25)
    lone = simulate_round(entries=4, judges=3, per_entry=1, seed=1).table
    entry = lone.entries[0]
    seated = lone.judges[lone.judge[0]]
    others = [judge for judge in lone.judges if judge != seated]
    noise = {seated: 5.0, others[0]: 50.0, others[1]: 1.0}
    assert reviewers_for(lone, [NextReview(entry, 1, 0.5, 0.25)], noise=noise)[entry] == (others[1],)
    assert reviewers_for(table, [review]) == {"e1": ()}


def test_a_rehearsal_finds_what_was_measured_before():
    # 200 entries, 3 judges each, 20 prizes; 100 more reviews evenly or near the line (shares found before: .64, .67, .74).
    plan = Plan(
        entries=200, judges=30, per_entry=3, winners=20, extra=100, scale_sd=0.2, noise_log_sd=0.3, severity_sd=4.0
    )
    found = {one.spending: one for one in rehearse(plan, methods=["severity"], rounds=40, seed=1)}
    assert found["none"].share == pytest.approx(0.645, abs=0.04)
    assert found["even"].share == pytest.approx(0.665, abs=0.04)
    assert found["near_cut"].share == pytest.approx(0.73, abs=0.04)
    assert found["near_cut"].share > found["even"].share + 2 * found["even"].error
    assert found["none"].error < 0.02
    assert (found["none"].reviews, found["near_cut"].reviews) == (600, 700)


def test_a_rehearsal_is_the_same_again_and_another_with_another_seed():
    plan = Plan(entries=30, judges=8, per_entry=3, winners=5)
    first, again, other = (rehearse(plan, methods=["mean"], rounds=5, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_judges_without_noise_find_every_winner():
    plan = Plan(entries=40, judges=8, per_entry=3, winners=5, noise_sd=1e-6, severity_sd=3.0)
    (found,) = rehearse(plan, methods=["severity"], rounds=3)
    assert (found.share, found.error) == (1.0, 0.0)


def test_progress_of_a_rehearsal_is_told():
    told = []
    rehearse(
        Plan(entries=10, judges=4, per_entry=2, winners=2), methods=["mean"], rounds=3, told=lambda *at: told.append(at)
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("wrong", [{"per_entry": 9}, {"winners": 0}, {"entries": 1}, {"extra": -1}])
def test_a_plan_that_cannot_be_is_refused(wrong):
    plan = Plan(**({"entries": 10, "judges": 4, "per_entry": 2, "winners": 1} | wrong))
    with pytest.raises(ScoringError) as refusal:
        rehearse(plan, rounds=3)
    assert refusal.value.code == "bad_parameter"


def test_a_plan_is_made_of_an_evaluated_round():
    result = evaluate(ROUND, top=[5])
    plan = plan_like(result, judges=20, per_entry=4, winners=5, extra=10)
    assert (plan.entries, plan.entry_sd, plan.severity_sd) == (60, result.variances.entry, result.variances.judge)
    full = evaluate(ROUND, method="full", top=[5])
    assert plan_like(full, judges=20, per_entry=4, winners=5).scale_sd == full.full.scale


def test_a_round_too_small_to_know_variances_makes_no_plan():
    with pytest.raises(ScoringError) as refusal:
        plan_like(evaluate(make_panel(x=[1, 2])), judges=3, per_entry=2, winners=1)
    assert refusal.value.code == "no_variances"
