"""Flags: what is planted is found, and what is not planted is seldom flagged."""

import numpy as np
import pytest

from scoring import (
    FlagKind,
    benjamini_hochberg,
    calibrate_additive,
    flag_by_deviation,
    flag_by_residual,
    flag_favouritism,
    flag_inconsistency,
    flag_severity,
    simulate_round,
)
from scoring.outliers import count_tested
from tests.factories.scoring import make_panel, make_table

SIZE = {"entries": 200, "judges": 30, "per_entry": 5}


def rows_of(table):
    """Rows to make the same table again."""
    return [
        (table.entries[e], table.judges[j], t) for e, j, t in zip(table.entry, table.judge, table.total, strict=True)
    ]


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg():
    p = np.array([0.01, 0.04, 0.03, 0.005, 0.5])
    assert benjamini_hochberg(p) == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])


def test_a_score_forty_points_off_is_flagged_with_its_effect():
    rows = rows_of(simulate_round(seed=4, **SIZE).table)
    entry, judge, total = rows[77]
    rows[77] = (entry, judge, total - 40)
    table = make_table(rows)
    flags = flag_by_residual(table, calibrate_additive(table))
    assert [(flag.entry, flag.judge) for flag in flags] == [(entry, judge)]
    assert -60 < flags[0].effect < -28
    assert flags[0].tested == 1000


def test_a_lone_wild_total_in_a_panel_deviates():
    table = make_table([("A", f"j{seat}", mark) for seat, mark in enumerate([92, 88, 87.5, 87, 86, 85, 60])])
    flags = flag_by_deviation(table)
    assert [(flag.judge, round(flag.statistic, 2), flag.effect) for flag in flags] == [("j6", -18.21, -27.0)]


def test_a_judge_thirty_points_severe_is_flagged():
    round_ = simulate_round(seed=9, **SIZE)
    rows = [(entry, judge, total - 30 if judge == "J07" else total) for entry, judge, total in rows_of(round_.table)]
    table = make_table(rows)
    flags = flag_severity(table, calibrate_additive(table))
    assert [flag.judge for flag in flags] == ["J07"]
    assert 20 < flags[0].effect < 40
    assert "more severe" in flags[0].text


def test_careless_judges_are_found_as_inconsistent_and_hardly_anybody_else():
    found, wrong = 0, 0
    for seed in range(10):
        table = simulate_round(seed=seed, careless=[4], entry_sd=9, **SIZE).table
        judges = [flag.judge for flag in flag_inconsistency(table, calibrate_additive(table))]
        found += "J05" in judges
        wrong += len(set(judges) - {"J05"})
    assert found >= 8
    assert wrong <= 2


def test_a_partial_judge_is_flagged_for_the_own_unit():
    round_ = simulate_round(seed=6, partial=[2], favour=25, units=6, **SIZE)
    flags = flag_favouritism(round_.table, calibrate_additive(round_.table))
    judges = [flag.judge for flag in flags if flag.judge]
    assert judges == ["J03"]


def test_favouritism_of_all_judges_together_is_pooled():
    round_ = simulate_round(seed=6, partial=range(30), favour=8, units=6, **SIZE)
    flags = flag_favouritism(round_.table, calibrate_additive(round_.table))
    assert flags[0].judge == ""
    assert flags[0].kind is FlagKind.FAVOURITISM


def test_clean_competitions_are_seldom_flagged():
    flagged = {"severity": 0, "inconsistency": 0, "favouritism": 0, "score": 0}
    for seed in range(40):
        table = simulate_round(seed=seed, **SIZE).table
        fit = calibrate_additive(table)
        for kind, flag in (
            ("severity", flag_severity),
            ("inconsistency", flag_inconsistency),
            ("favouritism", flag_favouritism),
            ("score", flag_by_residual),
        ):
            flagged[kind] += bool(flag(table, fit))
    assert max(flagged.values()) <= 8, flagged


def test_a_design_that_cannot_test_says_so():
    table = make_panel(x=[90, 80], y=[85, 70])
    fit = calibrate_additive(table)
    assert count_tested(table, fit) == {"score": 4, "severity": 0, "inconsistency": 0, "favouritism": 0}
    assert flag_severity(table, fit) == ()


def test_totals_without_any_noise_raise_no_flag():
    table = make_panel(x=[90, 80, 70], y=[85, 75, 65])
    assert flag_by_residual(table, calibrate_additive(table)) == ()
