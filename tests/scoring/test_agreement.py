"""Agreement of judges against textbook answers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import (
    ScoringError,
    Variances,
    agreement_alpha,
    agreement_icc,
    agreement_kendall,
    dstudy,
    judges_needed,
    reliability_of_mean,
)
from scoring.alpha import Level, mid_ranks
from tests.factories.scoring import make_panel, make_table


def test_six_correlations_of_shrout_and_fleiss():
    with (Path(__file__).parent / "data/shrout_fleiss_1979.csv").open(encoding="utf-8") as file:
        table = make_table([(row["target"], row["judge"], row["score"]) for row in csv.DictReader(file)])
    icc = agreement_icc(table)
    found = (icc.single_1, icc.single_2, icc.single_3, icc.mean_1, icc.mean_2, icc.mean_3)
    assert [round(value, 2) for value in found] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_judges_of_one_order_are_in_full_concordance():
    found = agreement_kendall(make_panel(x=[1, 2, 3, 4], y=[10, 20, 30, 40], z=[5, 6, 7, 9]))
    assert (found.w, found.chi2, round(found.p, 4)) == (1.0, 9.0, 0.0293)


def test_concordance_is_corrected_for_ties():
    # Two judges, one tie: sums of ranks 2, 4.5, 5.5, 8; squares 18.5; W = 12 x 18.5 / (4 x 60 - 2 x 6).
    found = agreement_kendall(make_panel(x=[1, 2, 2, 4], y=[1, 2, 3, 4]))
    assert found.w == pytest.approx(12 * 18.5 / (4 * 60 - 2 * 6))


def test_equal_values_share_the_mean_of_their_ranks():
    assert mid_ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


@pytest.mark.parametrize("measure", [agreement_icc, agreement_kendall])
def test_a_design_with_gaps_is_refused(measure):
    with pytest.raises(ScoringError) as refusal:
        measure(make_table([("A", "x", 1), ("A", "y", 2), ("B", "x", 3)]))
    assert refusal.value.code == "incomplete_design"


@pytest.mark.parametrize(
    "measure", [lambda table: agreement_icc(table).mean_2, lambda table: agreement_kendall(table).w]
)
def test_totals_that_never_vary_agree_in_nothing_that_can_be_measured(measure):
    assert np.isnan(measure(make_panel(x=[5, 5], y=[5, 5])))


def test_reliability_of_the_real_chinese_design():
    variances = Variances(entry=14.218695, judge=9.039089, residual=8.522687, mean=51.854150, criterion=77644.166105)
    assert round(reliability_of_mean(variances, 5, calibrated=False), 3) == 0.868
    assert round(reliability_of_mean(variances, 5, calibrated=True), 3) == 0.933


CHINESE = Variances(entry=14.218695, judge=9.039089, residual=8.522687, mean=51.854150, criterion=77644.166105)


def test_panels_of_the_real_chinese_competition():
    panels = dstudy(CHINESE, [3, 5, 7, 9])
    assert [round(panel.mean, 3) for panel in panels] == [0.797, 0.868, 0.902, 0.922]
    assert [round(panel.calibrated, 3) for panel in panels] == [0.893, 0.933, 0.951, 0.962]


def test_three_calibrated_judges_are_worth_six_or_seven_averaged_ones():
    goal = reliability_of_mean(CHINESE, 3, calibrated=True)
    assert judges_needed(CHINESE, goal, calibrated=True) == 3
    assert judges_needed(CHINESE, goal, calibrated=False) == 7


def test_no_panel_tells_entries_apart_that_do_not_differ():
    alike = Variances(entry=0, judge=1, residual=1, mean=0, criterion=0)
    assert judges_needed(alike, 0.8, calibrated=True) is None


def krippendorff():
    with (Path(__file__).parent / "data/krippendorff_reliability.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["value"]]
    return make_table([(row["unit"], row["observer"], row["value"]) for row in rows])


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_example(level, published):
    assert round(agreement_alpha(krippendorff(), level=level), 3) == published


def by_definition(values, units, distance):
    """Alpha from all pairs, as it is defined."""
    pairs = [[(a, b) for i, a in enumerate(unit) for k, b in enumerate(unit) if i != k] for unit in units]
    observed = sum(
        sum(distance(*pair) for pair in some) / (len(unit) - 1) for some, unit in zip(pairs, units, strict=True)
    )
    expected = sum(distance(a, b) for i, a in enumerate(values) for k, b in enumerate(values) if i != k)
    return 1 - observed / len(values) / (expected / len(values) / (len(values) - 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=5), min_size=2, max_size=6))
def test_alpha_is_that_of_all_pairs(units):
    values = [value for unit in units for value in unit]
    table = make_table([(f"u{u}", f"j{j}", value) for u, unit in enumerate(units) for j, value in enumerate(unit)])
    ranks = dict(zip(values, mid_ranks(np.array(values, float)), strict=True))
    distances = {
        Level.NOMINAL: lambda a, b: float(a != b),
        Level.ORDINAL: lambda a, b: (ranks[a] - ranks[b]) ** 2,
        Level.INTERVAL: lambda a, b: (a - b) ** 2,
        Level.RATIO: lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }
    for level, distance in distances.items():
        found = agreement_alpha(table, level=level)
        assert (
            np.isnan(found) if len(set(values)) == 1 else found == pytest.approx(by_definition(values, units, distance))
        )


def test_alpha_of_thousands_of_continuous_totals_looks_at_no_pairs():
    random = np.random.default_rng(8)
    quality = random.standard_normal(1000).repeat(5)
    totals = quality + random.standard_normal(5000)
    table = make_table([(f"e{at // 5}", f"j{at % 5}", float(total)) for at, total in enumerate(totals)])
    assert agreement_alpha(table) == pytest.approx(0.5, abs=0.04)  # Of two equal variances, half is the entry's.


def test_an_unknown_level_is_refused():
    with pytest.raises(ScoringError) as refusal:
        agreement_alpha(make_panel(x=[1, 2], y=[2, 3]), level="exact")
    assert refusal.value.code == "bad_parameter"


def test_entries_with_one_total_say_nothing_of_agreement():
    assert np.isnan(agreement_alpha(make_table([("A", "x", 1), ("B", "y", 2)])))
