"""Stages and sheets made one score, groups made even, and scores of ranks."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from scoring import (
    BadRows,
    ScoreTable,
    ScoringError,
    calibrate_normal_scores,
    combine_stages,
    evaluate,
    group_balance,
    group_ratio,
    tables_by_round,
)

FIRST = {"A": Decimal("80.00"), "B": Decimal("70.00"), "C": Decimal("60.00")}
LAST = {"A": Decimal("40.5"), "B": Decimal("45.0")}


def scores(found):
    """Scores by id."""
    return {one.entry: one.score for one in found}


def test_weights_work_on_shares_of_a_hundred_and_round_once():
    found = combine_stages([FIRST, LAST], weights=[Decimal("0.6"), Decimal("0.4")], maxima=[Decimal(100), Decimal(50)])
    assert scores(found) == {"A": Decimal("80.40"), "B": Decimal("78.00")}
    assert [one.parts for one in found] == [(Decimal(80), Decimal(81)), (Decimal(70), Decimal(90))]


def test_the_last_stage_alone_may_decide_and_a_gate_only_admits():
    assert scores(combine_stages([FIRST, LAST], how="none")) == {"A": Decimal("40.50"), "B": Decimal("45.00")}
    found = combine_stages([FIRST, LAST], how="gate", floor=Decimal(42))
    assert scores(found) == {"A": Decimal("80.00"), "B": Decimal("70.00")}
    assert [one.missed for one in found] == [Decimal("1.5"), None]


def test_the_rule_of_the_national_competition_can_be_said():
    """A mean of five standard scores and the sum of three, over four."""
    found = combine_stages([{"A": Decimal("52.1")}, {"A": Decimal("55.3")}], weights=[Decimal("0.25"), Decimal("0.75")])
    assert scores(found) == {"A": (Decimal("52.1") + 3 * Decimal("55.3")) / 4}


def test_three_stages_of_equal_weight_round_as_their_sum_over_three():
    thirds = combine_stages([{"A": Decimal("1.005")}, {"A": Decimal("1.000")}, {"A": Decimal("1.010")}])
    assert scores(thirds) == {"A": Decimal("1.01")}


def test_deductions_come_last_and_leave_nobody_below_zero():
    found = combine_stages([FIRST], deductions={"A": Decimal("2.5"), "C": Decimal(99)})
    assert scores(found) == {"A": Decimal("77.50"), "B": Decimal("70.00"), "C": Decimal("0.00")}


def test_everything_that_is_missing_is_listed_at_once():
    with pytest.raises(BadRows) as caught:
        combine_stages(
            [{"A": Decimal(1)}, {"A": Decimal(2), "B": Decimal(3), "C": Decimal(3)}], deductions={"A": Decimal(-1)}
        )
    assert caught.value.in_language("zh").splitlines()[1:] == [
        "成果 B 在第 1 阶段没有得分。",
        "成果 C 在第 1 阶段没有得分。",
        "成果 A 的扣分是负数。",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "best"},
        {"how": "gate"},
        {"weights": [Decimal(1), Decimal(1)]},
        {"weights": [Decimal(0)]},
        {"weights": [Decimal(-1)]},
        {"maxima": [Decimal(0)]},
    ],
)
def test_what_does_not_fit_the_stages_is_refused(wrong):
    with pytest.raises(ScoringError) as caught:
        combine_stages([FIRST], **wrong)
    assert caught.value.code == "bad_parameter"


@given(st.dictionaries(st.text("ABCDEF", min_size=1, max_size=2), st.decimals(0, 100, places=2), min_size=1))
def test_all_weight_on_the_last_stage_is_the_last_stage(last):
    before = dict.fromkeys(last, Decimal(50))
    weighted = combine_stages([before, last], weights=[Decimal(0), Decimal(1)])
    assert scores(weighted) == scores(combine_stages([before, last], how="none"))


def test_rounds_of_one_table_are_parted_scored_and_joined():
    tables = tables_by_round(
        round=[1, 1, 1, 1, 2, 2],
        entry=list("AABBAB"),
        judge=list("xyxyzz"),
        mark=[80, 82, 70, 72, 60, 90],
        low=0,
        high=100,
    )
    by_round = [{one.entry: one.score for one in evaluate(table, method="mean").entries} for table in tables.values()]
    joined = combine_stages(by_round, weights=[Decimal("0.5"), Decimal("0.5")])
    assert scores(joined) == {"A": Decimal("70.50"), "B": Decimal("80.50")}


def test_bad_rows_of_all_rounds_are_listed_together():
    with pytest.raises(BadRows) as caught:
        tables_by_round(round=[2, 1, "", 2], entry=list("AABA"), judge=list("xyxx"), mark=["a", "b", 3, 4])
    assert [(bad.row, bad.code) for bad in caught.value.rows] == [
        (1, "not_a_number"),
        (2, "not_a_number"),
        (3, "missing"),
        (4, "duplicate"),
    ]
    with pytest.raises(ScoringError, match="differ in length"):
        tables_by_round(round=[1], entry=list("AB"), judge=list("xy"), mark=[1, 2])


def test_balanced_groups_have_equal_means():
    given_scores, groups = {"A": 90.0, "B": 80.0, "C": 60.0, "D": 70.0}, {"A": 1, "B": 1, "C": 2, "D": 2}
    assert group_balance(given_scores, groups) == {1: -10.0, 2: 10.0}
    assert group_ratio(given_scores, groups) == pytest.approx({1: 75 / 85, 2: 75 / 65})


def test_normal_scores_are_those_of_ranks_within_each_judge():
    random = np.random.default_rng(5)
    marks = {(e, j): int(random.integers(60, 99)) for e in range(12) for j in range(4)}
    entry, judge = zip(*((f"{e:02d}", f"{j}") for e, j in marks), strict=True)
    table = ScoreTable.from_columns(entry=entry, judge=judge, mark=list(marks.values()))
    matrix = np.array(list(marks.values()), float).reshape(12, 4)
    z = norm.ppf((np.column_stack([rankdata(one) for one in matrix.T]) - 0.375) / 12.25)
    expected = matrix.mean() + matrix.std() * z.mean(axis=1)
    assert calibrate_normal_scores(table).scores == pytest.approx(expected)


def test_normal_scores_do_not_mind_a_bent_scale():
    marks = [60, 70, 75, 88, 61, 79, 90, 99]
    tables = [
        ScoreTable.from_columns(entry=list("ABCDABCD"), judge=list("xxxxyyyy"), mark=values)
        for values in (marks, [(mark - 50) ** 2 for mark in marks[:4]] + marks[4:])
    ]
    assert np.array_equal(*(np.argsort(calibrate_normal_scores(table).scores) for table in tables))
