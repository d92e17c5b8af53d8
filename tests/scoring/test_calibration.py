"""Standard scores, group ratios, and the additive calibration against lme4 and against itself."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import (
    ScoreTable,
    ScoringError,
    calibrate_additive,
    calibrate_mapped,
    calibrate_standard,
    group_ratio,
    simulate_round,
)
from scoring.additive import draw_entries
from scoring.models.ballots import Ballots
from scoring.reml import solve_at
from tests.factories.scoring import make_panel, make_table

DATA = Path(__file__).parent / "data"
PANEL = {"A": [90, 86, 84, 80, 78, 74], "B": [88, 87, 82, 81, 76, 72], "C": [70, 68, 66, 60, 62, 58]}


def penicillin() -> ScoreTable:
    """24 plates by 6 samples."""
    with (DATA / "penicillin.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return make_table([(row["plate"], row["sample"], row["diameter"]) for row in rows])


def test_standard_scores_of_a_panel():
    scores = calibrate_standard(make_panel(**PANEL)).scores
    assert np.round(scores, 2).tolist() == [62.59, 58.34, 53.10, 46.03, 43.60, 36.33]


def test_standard_scores_mapped_to_the_common_scale():
    table = make_panel(**PANEL)
    assert np.round(calibrate_mapped(table).scores, 2).tolist() == [89.07, 84.55, 78.96, 71.44, 68.86, 61.12]
    assert (round(float(table.total.mean()), 4), round(float(table.total.std()), 4)) == (75.6667, 9.7183)


def test_a_judge_who_tells_nothing_apart_gives_fifty_and_is_noted():
    fitted = calibrate_standard(make_panel(x=[80, 80, 80], y=[70, 80, 90]))
    assert fitted.totals.tolist() == [50, 40, 50, 50, 50, 60]
    assert [note.code for note in fitted.notes] == ["no_spread", "few_totals"]


def test_group_ratios_of_two_groups():
    marks = {"g1": [90, 88, 86, 84, 82, 80], "g2": [86, 83, 81, 79, 77, 74]}
    scores = {f"{group}-{place}": mark for group, row in marks.items() for place, mark in enumerate(row)}
    factors = group_ratio(scores, {entry: entry[:2] for entry in scores})
    assert {group: round(factor, 5) for group, factor in factors.items()} == {"g1": 0.97059, "g2": 1.03125}


def test_group_ratio_of_a_group_of_zeros_is_refused():
    with pytest.raises(ScoringError, match="above 0"):
        group_ratio({"A": 0, "B": 5}, {"A": "g", "B": "h"})


def test_penicillin_equals_lme4():
    solution = calibrate_additive(penicillin()).solution
    assert solution is not None
    assert solution.deviance == pytest.approx(330.860589, abs=1e-6)
    assert np.square(solution.sds) == pytest.approx(np.square([0.846703, 1.931614, 0.549923]), rel=1e-4)
    assert solution.level == pytest.approx(22.972222, abs=1e-6)


def test_predictions_and_errors_equal_those_of_the_whole_covariance():
    table = simulate_round(entries=14, judges=6, per_entry=3, seed=5).table
    fit = calibrate_additive(table)
    assert fit.solution is not None
    assert fit.entry_blup is not None
    assert fit.entry_se is not None
    assert fit.severity_blup is not None
    assert fit.severity_blup_se is not None
    entry_sd, judge_sd, noise = fit.solution.sds
    entries, judges = np.eye(14)[table.entry], np.eye(6)[table.judge]
    covariance = entry_sd**2 * entries @ entries.T + judge_sd**2 * judges @ judges.T + noise**2 * np.eye(table.ballots)
    inverse = np.linalg.inv(covariance)
    one = np.ones(table.ballots)
    level = one @ inverse @ table.total / (one @ inverse @ one)
    rest = inverse @ (table.total - level)
    projected = inverse - np.outer(inverse @ one, one @ inverse) / (one @ inverse @ one)
    assert fit.entry_blup == pytest.approx(level + entry_sd**2 * entries.T @ rest)
    assert fit.severity_blup == pytest.approx(-(judge_sd**2) * judges.T @ rest)
    judge_error = judge_sd**2 * np.eye(6) - judge_sd**4 * judges.T @ projected @ judges
    assert fit.severity_blup_se == pytest.approx(np.sqrt(np.diag(judge_error)))
    gain = entry_sd**2 * entries.T @ projected + np.outer(np.ones(14), one @ inverse) / (one @ inverse @ one)
    errors = gain @ covariance @ gain.T + entry_sd**2 * np.eye(14) - 2 * entry_sd**2 * gain @ entries
    assert fit.entry_se == pytest.approx(np.sqrt(np.diag(errors)))


def test_leaving_one_total_out_equals_doing_so():
    table = simulate_round(entries=12, judges=5, per_entry=3, seed=8).table
    fit = calibrate_additive(table)
    assert fit.solution is not None
    assert fit.leave_out is not None
    kept = np.arange(table.ballots) != 7
    rows = [
        (table.entries[e], table.judges[j], t) for e, j, t in zip(table.entry, table.judge, table.total, strict=True)
    ]
    others = make_table([row for row, keep in zip(rows, kept, strict=True) if keep])
    solved = solve_at(Ballots.of_table(others), np.log(fit.solution.ratios))
    expected = solved.level + solved.entry[table.entry[7]] + solved.judge[table.judge[7]]
    assert fit.leave_out[7] == pytest.approx(table.total[7] - expected)


def test_posterior_draws_have_the_moments_of_the_predictions():
    table = simulate_round(entries=20, judges=8, per_entry=4, seed=2).table
    fit = calibrate_additive(table)
    drawn = draw_entries(fit, table, np.random.default_rng(1), 40_000)
    assert drawn.mean(axis=1) == pytest.approx(fit.entry_blup, abs=0.1)
    assert drawn.std(axis=1) == pytest.approx(fit.entry_se, rel=0.03)


def test_calibration_finds_more_of_the_order_than_the_mean():
    round_ = simulate_round(entries=400, judges=40, per_entry=5, seed=11)
    fit = calibrate_additive(round_.table)
    raw = np.bincount(round_.table.entry, round_.table.total) / round_.table.judges_per_entry
    assert np.corrcoef(fit.scores, round_.quality)[0, 1] > np.corrcoef(raw, round_.quality)[0, 1] + 0.02
    assert np.corrcoef(fit.severity, round_.severity)[0, 1] > 0.97


def test_ninety_percent_intervals_hold_nine_tenths_of_the_truth():
    inside = []
    for seed in range(12):
        round_ = simulate_round(entries=100, judges=15, per_entry=5, seed=seed)
        fit = calibrate_additive(round_.table)
        assert fit.scores_se is not None
        inside.append(np.abs(fit.scores - round_.quality) < 1.645 * fit.scores_se)
    assert 0.87 < float(np.mean(inside)) < 0.96


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 9), st.integers(-40, 40))
def test_a_constant_added_to_one_judge_moves_no_adjusted_score_against_another(seed, judge, constant):
    round_ = simulate_round(entries=25, judges=10, per_entry=4, seed=seed, low=-1e6, high=1e6)
    table = round_.table
    rows = [
        (table.entries[e], table.judges[j], t) for e, j, t in zip(table.entry, table.judge, table.total, strict=True)
    ]
    moved = make_table([(e, j, t + constant if j == table.judges[judge] else t) for e, j, t in rows])
    before, after = calibrate_additive(table), calibrate_additive(moved)
    assert after.scores - after.scores.mean() == pytest.approx(before.scores - before.scores.mean(), abs=1e-6)
    difference = after.severity - before.severity
    assert difference[judge] - np.delete(difference, judge) == pytest.approx(-constant, abs=1e-6)


def test_parts_without_a_common_judge_are_told():
    fit = calibrate_additive(make_table([("A", "x", 90), ("A", "y", 80), ("B", "p", 70), ("B", "q", 60)]))
    assert fit.design.parts == 2
    assert "disconnected" in [note.code for note in fit.notes]


def test_a_judge_who_shares_no_entry_is_named():
    rows = [("A", "x", 90), ("A", "y", 80), ("B", "x", 70), ("B", "y", 60), ("C", "z", 70)]
    notes = {note.code: note for note in calibrate_additive(make_table(rows)).notes}
    assert notes["no_overlap"].params == {"judges": ["z"]}


def test_severities_of_an_exactly_additive_table_are_exact():
    fit = calibrate_additive(make_panel(x=[80, 82, 90], y=[77, 79, 87], z=[83, 85, 93]))
    assert fit.severity.tolist() == pytest.approx([0, 3, -3])
    assert fit.scores.tolist() == pytest.approx([80, 82, 90])
    assert fit.noise == 0
