"""Agreement of judges against textbook answers."""

import csv
from pathlib import Path

import numpy as np
import pytest

from scoring import (
    ScoringError,
    Variances,
    agreement_icc,
    agreement_kendall,
    reliability_of_mean,
)
from scoring.agreement import mid_ranks
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
