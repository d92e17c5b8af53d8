"""Flags: what is planted is found, what is not planted is seldom flagged, and what cannot be tested is said."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring import FlagKind, ScoreTable, benjamini_hochberg, evaluate, find_flags, flag_by_deviation, simulate_round
from scoring.flags import permutation
from scoring.flags.bulk import against_bulk, bulk_of, either, inverse_trigamma, two_sided
from scoring.flags.multiple import nothing_there, opened, weights_of_errors
from scoring.flags.permutation import stratified_p, subset_sums
from scoring.flags.sparse import few_at_fault
from scoring.untestable import TEXTS, Reason
from tests.factories.planted import plant, plant_copying, plant_halo
from tests.factories.scoring import make_panel, make_table

DATA = Path(__file__).parent / "data"
SIZE = {"entries": 200, "judges": 30, "per_entry": 5}


def flagged(report, kind):
    """Whom a kind flags."""
    return {flag.judge for flag in report.flags if flag.kind is kind}


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg():
    p = np.array([0.01, 0.04, 0.03, 0.005, 0.5])
    assert benjamini_hochberg(p) == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])


def test_half_a_trigamma_is_taken_back():
    assert inverse_trigamma(np.pi**2 / 6) == pytest.approx(1.0)


def test_two_p_values_of_one_judge_become_one():
    # Cauchy: (cot(pi .01) + cot(pi .5)) / 2 = 15.910; arccot of it over pi.
    assert either(np.array([0.01]), np.array([0.5]))[0] == pytest.approx(np.arctan(1 / 15.91026) / np.pi, rel=1e-5)


def test_two_judges_who_each_might_be_chance_are_not_chance_together():
    quiet = np.linspace(0.1, 1, 38)
    alone, together = (nothing_there(np.concatenate([first, quiet])) for first in ([0.002, 0.06], [0.002, 0.002]))
    assert alone > 0.1
    assert together < 0.01


@pytest.mark.parametrize("many", [2, 40])
def test_a_few_at_fault_are_called_so_by_chance_as_often_as_said(many):
    random = np.random.default_rng(7)
    said = np.array([few_at_fault(random.random(many)) for _ in range(4000)])
    assert [np.mean(said < p) / p for p in (0.5, 0.1, 0.02)] == pytest.approx([1, 1, 1], abs=0.25)


def test_two_far_out_of_forty_are_told_from_chance_and_the_more_so_the_further():
    quiet = np.linspace(0.02, 1, 38)
    chances = [few_at_fault(np.concatenate([[p, p], quiet])) for p in (0.02, 3e-3, 1e-4, 1e-9)]
    assert chances[0] > 0.2
    assert chances[1] < 0.07
    assert chances[2] < 1e-3
    assert chances[3] < 1e-6
    assert few_at_fault(np.array([0.03])) == 0.03


def test_what_can_be_found_gets_the_larger_share_of_the_level():
    assert weights_of_errors(np.full(30, 2.2), 0.1) == pytest.approx(np.ones(30))
    exact, middling, vague = weights_of_errors(np.repeat([0.5, 2.0, 20.0], 10), 0.1)[::10]
    assert exact + middling + vague == pytest.approx(3)
    assert middling > 1.5 > 0.8 > max(exact, vague) > 0.2


def test_a_kind_with_a_smaller_share_is_opened_later():
    chances = {"severity": 0.02, "halo": 0.2}
    assert opened(chances, {"severity": 1.0, "halo": 9.0}, 0.1) == frozenset()
    assert opened(chances, {"severity": 9.0, "halo": 1.0}, 0.1) == {"severity"}


def test_centre_and_spread_of_the_bulk_are_not_moved_by_three_outliers():
    values = np.random.default_rng(1).standard_normal(40)
    before, after = bulk_of(values), bulk_of(np.concatenate([values, [50.0, 60.0, -70.0]]))
    assert after.centre == pytest.approx(before.centre, abs=0.05)
    assert after.spread == pytest.approx(before.spread, rel=0.05)


@pytest.mark.parametrize("judges", [8, 40])
def test_chance_is_called_chance_as_often_as_it_says(judges):
    random, small = np.random.default_rng(2), []
    for _ in range(1500):
        statistic, _, degrees = against_bulk(random.standard_normal(judges), np.zeros(judges))
        small.append(two_sided(statistic, degrees))
    for p in (0.01, 0.001):
        assert 0.3 * p < np.mean(np.concatenate(small) < p) < 1.3 * p


def test_every_subset_is_summed_once():
    assert sorted(subset_sums(np.array([1.0, 2.0, 4.0, 8.0]), 2).tolist()) == [3, 5, 6, 9, 10, 12]
    assert sorted(subset_sums(np.array([1.0, 2.0, 4.0, 8.0]), 3).tolist()) == [7, 11, 13, 14]


def test_a_permutation_within_strata_counts_all_ways():
    # Own are the largest of 4 and of 3: one of 12 ways is as high.
    values, own = np.array([9.0, 1, 2, 3, 8, 5, 4]), np.array([1, 0, 0, 0, 1, 0, 0], bool)
    assert stratified_p(values, own, np.array([0, 0, 0, 0, 1, 1, 1])) == pytest.approx(1 / 12)


@pytest.mark.parametrize("entries", [30, 600])
def test_permutations_on_a_grid_and_simulated_agree_with_shuffling(entries):
    random = np.random.default_rng(4)
    values, own = random.standard_normal(entries), np.arange(entries) < 12
    p = stratified_p(values, own, np.zeros(entries, int))
    pooled = np.array([random.choice(values, 12, replace=False).sum() for _ in range(700)])
    assert p == pytest.approx((pooled >= values[:12].sum()).mean(), abs=0.06)


def test_a_permutation_on_a_grid_is_the_exact_one(monkeypatch):
    random = np.random.default_rng(4)
    values, own, strata = random.standard_normal(16), np.arange(16) % 4 == 0, np.arange(16) // 8
    exact = stratified_p(values, own, strata)
    monkeypatch.setattr(permutation, "MOST_EXACT", 1)
    assert stratified_p(values, own, strata) == pytest.approx(exact, abs=0.01)


def test_a_score_forty_points_off_is_flagged_with_its_effect_and_the_rows_it_rests_on():
    table = simulate_round(seed=4, **SIZE).table
    rows = [
        (table.entries[e], table.judges[j], t) for e, j, t in zip(table.entry, table.judge, table.total, strict=True)
    ]
    entry, judge, total = rows[77]
    rows[77] = (entry, judge, total - 40)
    flags = find_flags(make_table(rows)).flags
    assert [(flag.kind, flag.entry, flag.judge) for flag in flags] == [(FlagKind.SCORE, entry, judge)]
    assert -60 < flags[0].effect < -28
    assert flags[0].tested == 1000
    assert set(flags[0].rows) == {(name, who) for name, who, _ in rows if name == entry}
    assert "below what the others make likely" in flags[0].text


def test_the_own_way_with_poor_work_is_no_slip_but_a_lone_low_total_is():
    table = plant("clean", seed=5, entries=200, judges=25).table
    ids = [(table.entries[e], table.judges[j]) for e, j in zip(table.entry, table.judge, strict=True)]
    quality = np.bincount(table.entry, table.total) / table.judges_per_entry
    mine = np.flatnonzero(table.judge == 3)
    mine = mine[np.argsort(quality[table.entry[mine]])]
    poor, middling = mine[:5], mine[20]
    found = []
    for places in ([middling], poor):
        totals = table.total.copy()
        totals[places] -= 45
        report = find_flags(make_table([(*one, total) for one, total in zip(ids, totals, strict=True)]))
        found.append({(flag.entry, flag.judge) for flag in report.flags})
    assert ids[middling] in found[0]
    assert not {ids[at] for at in poor} & found[1]


def test_a_lone_wild_total_in_a_panel_deviates():
    table = make_table([("A", f"j{seat}", mark) for seat, mark in enumerate([92, 88, 87.5, 87, 86, 85, 60])])
    flags = flag_by_deviation(table)
    assert [(flag.judge, round(flag.statistic, 2), flag.effect) for flag in flags] == [("j6", -18.21, -27.0)]


@pytest.mark.parametrize(
    ("fault", "size", "kind", "least"),
    [
        ("severity", 6, FlagKind.SEVERITY, 0.9),
        ("noise", 3, FlagKind.INCONSISTENCY, 0.85),
        ("restrict", 0.25, FlagKind.RANGE, 0.95),
        ("scale", 0.1, FlagKind.RANGE, 0.6),
        ("random", 1, FlagKind.RANDOM, 0.55),
        ("favour5", 12, FlagKind.FAVOURITISM, 0.9),
        ("favour20", 25, FlagKind.FAVOURITISM, 0.85),
        ("drift", 20, FlagKind.DRIFT, 0.85),
    ],
)
def test_judges_at_fault_are_found_and_hardly_anybody_else(fault, size, kind, least):
    found, wrong = [], 0
    for seed in range(10, 18):
        case = plant(fault, size, seed=seed)
        judges = flagged(find_flags(case.table), kind)
        found.append(len(judges & case.judges) / len(case.judges))
        wrong += len(judges - case.judges)
    assert np.mean(found) >= least
    assert wrong <= 6


def test_a_judge_who_copies_is_told_with_the_one_copied():
    flags = [flag for flag in find_flags(plant_copying(seed=3).table).flags if flag.kind is FlagKind.COPYING]
    assert [(flag.judge, flag.other) for flag in flags] == [("J00", "J01")]
    assert flags[0].effect > 3
    assert {judge for _, judge in flags[0].rows} == {"J00", "J01"}


def test_exact_instruments_that_agree_to_the_step_do_not_copy():
    with (DATA / "penicillin.csv").open(encoding="utf-8") as file:
        rows = [(row["plate"], row["sample"], row["diameter"]) for row in csv.DictReader(file)]
    report = find_flags(make_table(rows))
    assert report.tested["copying"] == 15
    assert flagged(report, FlagKind.COPYING) == set()


def test_copies_in_coarse_steps_are_told_too():
    table = plant_copying(1.0, seed=5).table
    ids = [(table.entries[e], table.judges[j]) for e, j in zip(table.entry, table.judge, strict=True)]
    coarse = make_table([(e, j, 4 * round(total / 4)) for (e, j), total in zip(ids, table.total, strict=True)])
    assert flagged(find_flags(coarse), FlagKind.COPYING) == {"J00"}


def test_sheets_whose_marks_run_together_are_told():
    case = plant_halo(0.6, seed=2)
    assert flagged(find_flags(case.table), FlagKind.HALO) == case.judges


def test_favour_of_all_judges_together_is_pooled():
    table = simulate_round(seed=6, partial=range(30), favour=8, units=6, **SIZE).table
    assert "" in flagged(find_flags(table), FlagKind.FAVOURITISM_OVERALL)


def test_favour_towards_the_own_region_is_tested_where_regions_are_given():
    case = plant("favour5", 14, seed=1)
    of_entry = dict(zip(case.table.entries, case.table.unit_of_entry, strict=True))
    of_judge = dict(zip(case.table.judges, case.table.unit_of_judge, strict=True))
    report = find_flags(case.table, region_of_entry=of_entry, region_of_judge=of_judge)
    assert flagged(report, FlagKind.REGION) >= case.judges


def test_clean_competitions_are_seldom_flagged_by_any_kind():
    alarms = [bool(find_flags(plant("clean", seed=seed).table).flags) for seed in range(24)]
    assert sum(alarms) <= 6  # 12 % of 24 is 2.9; more than 6 would happen once in 40 such tests.


def test_what_the_design_cannot_test_is_named_with_the_reason():
    report = find_flags(simulate_round(seed=4, **SIZE).table)
    assert set(report.untestable) == {FlagKind.REGION, FlagKind.DRIFT, FlagKind.COPYING, FlagKind.HALO}
    assert "20 entries in common" in str(report.untestable[FlagKind.COPYING])
    assert report.tested["copying"] == 0
    assert report.tested["score"] == 1000


def test_every_reason_is_told_in_two_languages():
    for code, (english, chinese) in TEXTS.items():
        figures = dict.fromkeys(re.findall(r"{(\w+)}", english), 7)
        reason = Reason(code, figures)
        assert set(re.findall(r"{(\w+)}", chinese)) == set(figures)
        assert str(reason) != reason.in_language("zh")
        assert "{" not in str(reason) + reason.in_language("zh")


def test_a_panel_too_small_to_test_says_so():
    report = find_flags(make_panel(x=[90, 80], y=[85, 70]))
    assert report.flags == ()
    assert set(report.tested.values()) == {0}
    assert len(report.untestable) == len(report.tested)


def test_unlinked_parts_are_not_held_against_each_other_for_severity():
    rows = [
        (f"{part}{e}", f"{part}{j}", 70 + 10 * (part == "p") + (7 * e + 3 * j) % 11)
        for part in "pq"
        for e in range(12)
        for j in range(4)
    ]
    report = find_flags(make_table(rows))
    assert "parts that share no judge" in str(report.untestable[FlagKind.SEVERITY])


def test_totals_without_any_noise_raise_no_flag():
    assert find_flags(make_panel(x=[90, 80, 70, 60], y=[85, 75, 65, 55], z=[80, 70, 60, 50])).flags == ()


def test_everything_tested_can_be_listed():
    case = plant("severity", 6, seed=1)
    report = find_flags(case.table)
    rows = list(report.rows(most_scores=10))
    assert {flag for flag, is_flagged in rows if is_flagged} == set(report.flags)
    assert sum(flag.kind is FlagKind.SEVERITY for flag, _ in rows) == 40
    assert sum(flag.kind is FlagKind.SCORE for flag, _ in rows) == 10


def test_an_evaluation_carries_the_flags_and_what_cannot_be_tested():
    case = plant("severity", 6, seed=1)
    result = evaluate(case.table, draws=50)
    assert result.flags == find_flags(case.table).flags
    assert set(result.untestable) == {"region", "copying", "halo"}


@settings(max_examples=25, deadline=None)
@given(
    arrays(float, (8, 5), elements=st.integers(0, 100).map(float)),
    st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_any_table_is_answered_without_a_warning(totals, present):
    kept = [(f"e{place // 5}", f"j{place % 5}", float(totals.ravel()[place])) for place in range(40) if present[place]]
    if kept:
        for flag in find_flags(make_table(kept)).flags:
            assert np.isfinite([flag.statistic, flag.p, flag.q, flag.effect]).all()


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(-30, 30))
def test_flags_do_not_depend_on_names_order_or_level(random, shift):
    case = plant("severity", 6, seed=1, entries=60, judges=12).table
    rows = list(zip(case.entry.tolist(), case.judge.tolist(), case.total.tolist(), strict=True))
    random.shuffle(rows)
    names = list(range(12))
    random.shuffle(names)
    moved = ScoreTable.from_columns(
        entry=[f"e{e}" for e, _, _ in rows],
        judge=[f"n{names[j]}" for _, j, _ in rows],
        mark=[round(total + shift, 9) for _, _, total in rows],
    )
    before = {(flag.kind, flag.judge) for flag in find_flags(_plain(case)).flags if flag.kind is not FlagKind.SCORE}
    after = {
        (flag.kind, f"J{names.index(int(flag.judge[1:])):02d}")
        for flag in find_flags(moved).flags
        if flag.kind is not FlagKind.SCORE
    }
    assert after == before


def _plain(table):
    return make_table(
        [(table.entries[e], table.judges[j], t) for e, j, t in zip(table.entry, table.judge, table.total, strict=True)]
    )
