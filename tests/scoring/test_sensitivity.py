"""What hangs on one judge, one assumption, one method."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import ScoringError, calibrate_additive, evaluate, simulate_round
from scoring.sensitivity import compare_methods, leave_one_judge_out, subset, switch_assumptions, worst_case
from scoring.sensitivity.tables import places
from tests.factories.planted import plant
from tests.factories.scoring import make_panel, make_table

ROUND = simulate_round(entries=60, judges=12, per_entry=4, seed=5).table


def test_a_part_of_a_table_is_the_table_made_of_these_rows():
    kept = ROUND.judge != 3
    part = subset(ROUND, kept)
    rows = [
        (ROUND.entries[e], ROUND.judges[j], t)
        for e, j, t in zip(ROUND.entry[kept], ROUND.judge[kept], ROUND.total[kept], strict=True)
    ]
    whole = make_table(rows)
    assert (part.entries, part.judges) == (whole.entries, whole.judges)
    assert part.total.tolist() == whole.total.tolist()
    assert calibrate_additive(part).scores == pytest.approx(calibrate_additive(whole).scores)
    assert part.own_unit is not None


def test_nothing_is_no_table():
    with pytest.raises(ScoringError) as refusal:
        subset(ROUND, np.zeros(ROUND.ballots, bool))
    assert refusal.value.code == "no_rows"


def test_equals_share_the_better_place():
    assert places(np.array([3.0, 5.0, 3.0, 1.0])).tolist() == [2, 1, 2, 4]


def test_the_judge_who_lifts_an_entry_is_named():
    table = make_panel(x=[90, 80, 70], y=[90, 80, 70], z=[50, 80, 99])
    # Without z: A B C, with z: B leads, for A has 76.7 and C 79.7.
    found = {one.entry: one for one in leave_one_judge_out(table, 1, method="mean", width=3)}
    assert (found["e1"].rank, found["e1"].best, found["e1"].best_without) == (3, 1, "z")
    assert (found["e3"].rank, found["e3"].worst, found["e3"].worst_without) == (2, 3, "z")
    assert found["e1"].inside == pytest.approx(1 / 3)


def test_left_out_ranks_are_those_of_a_table_without_the_judge():
    found = leave_one_judge_out(ROUND, 10, width=4)
    ranks = []
    for judge in range(len(ROUND.judges)):
        part = subset(ROUND, ROUND.judge != judge)
        ranks.append(dict(zip(part.entries, places(calibrate_additive(part).scores).tolist(), strict=True)))
    for one in found:
        mine = [rank[one.entry] for rank in ranks]
        assert (one.best, one.worst) == (min([one.rank, *mine]), max([one.rank, *mine]))


def test_an_entry_whose_only_judge_is_left_out_is_lost_in_that_refit():
    table = make_table([("A", "x", 3), ("B", "x", 2), ("B", "y", 2), ("C", "y", 1)])
    assert {one.entry: one.lost for one in leave_one_judge_out(table, 1, method="mean", width=3)} == {
        "A": 1,
        "B": 0,
        "C": 1,
    }


@pytest.mark.parametrize(("method", "one", "two"), [("mean", 4.0, 8.0), ("median", None, None)])
def test_partial_judges_move_a_mean_by_their_share(method, one, two):
    table = simulate_round(entries=40, judges=5, per_entry=5, seed=1).table
    cases = worst_case(table, 10, method=method, points=20, width=3)
    assert {len(case.judges) for case in cases} == {1, 2}
    for case in cases:
        wanted = one if len(case.judges) == 1 else two
        assert wanted is None or abs(case.change) == pytest.approx(wanted)
        assert (case.points > 0) == (case.rank > 10)


def test_the_full_calibration_hardly_heeds_one_partial_judge():
    table = plant("clean", seed=3, entries=120, judges=20).table
    mean, full = (
        np.median([abs(case.change) for case in worst_case(table, 20, method=method, partial=(1,), width=2)])
        for method in ("mean", "full")
    )
    assert mean == pytest.approx(4.0)
    assert full < 3.8


def test_methods_are_compared_with_the_places_of_an_evaluation():
    found = compare_methods(ROUND, 10, reference="mean")
    ranks = {one.entry: one.rank for one in evaluate(ROUND, method="mean", draws=50).entries}
    assert dict(zip(found.entries, found.places["mean"].tolist(), strict=True)) == ranks
    assert found.agreement["mean"] == pytest.approx(1)
    assert found.moved["mean"] == 0
    assert len(found.entering["severity"]) == len(found.leaving["severity"]) > 0


def test_a_line_outside_the_entries_is_refused():
    with pytest.raises(ScoringError) as refusal:
        compare_methods(ROUND, 61)
    assert refusal.value.code == "bad_parameter"


def test_only_assumptions_that_concern_the_table_are_switched():
    clean = plant("clean", seed=3, entries=80, judges=16).table
    assert {one.code for one in switch_assumptions(clean, 10, cap=100)} >= {"severity_only", "no_units", "no_cap"}
    plain = make_panel(x=[90, 80, 70], y=[91, 79, 72], z=[85, 80, 60])
    assert switch_assumptions(plain, 1, method="mean") == ()


def test_leaving_out_flagged_scores_is_an_assumption():
    case = plant("aberrant", 30, seed=2)
    codes = {one.code: one for one in switch_assumptions(case.table, 30, method="severity")}
    assert "no_flagged_scores" in codes
    assert 0.9 < codes["no_flagged_scores"].agreement < 1


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 9)),
        min_size=2,
        max_size=20,
        unique_by=lambda row: row[:2],
    ),
    st.sampled_from(["mean", "trimmed", "median", "standard", "severity"]),
)
def test_every_table_can_be_shaken(rows, method):
    table = make_table([(f"e{e}", f"j{j}", mark) for e, j, mark in rows])
    for one in leave_one_judge_out(table, 1, method=method):
        assert one.best <= one.rank <= one.worst
    for case in worst_case(table, 1, method=method, width=1):
        assert np.isfinite(case.change)
