"""What a table takes in, and what it refuses."""

import numpy as np
import pytest

from scoring import BadRow, BadRows, ScoreTable, ScoringError
from tests.factories.scoring import make_table


def test_table_sorts_its_ballots_and_keeps_their_units():
    table = make_table([("B", "y", "80.5"), ("A", "y", 70), ("A", "x", 90.25)])
    assert table.entries == ("A", "B")
    assert table.judges == ("x", "y")
    assert table.total.tolist() == [90.25, 70.0, 80.5]
    assert table.units is not None
    assert table.units.tolist() == [9025, 7000, 8050]


def test_full_width_digits_and_blanks_are_read_as_numbers():
    assert make_table([("A", "x", " ８５．５ ")]).total.tolist() == [85.5]


def test_total_is_the_weighted_sum_of_marks():
    table = ScoreTable.from_columns(
        entry=["A", "A"],
        judge=["x", "x"],
        criterion=["topic", "effect"],
        mark=[10, 20],
        weights={"effect": "1.5", "topic": 1},
    )
    assert table.criteria == ("effect", "topic")
    assert table.total.tolist() == [40.0]


def test_decimal_marks_sum_without_a_rounding_error():
    table = ScoreTable.from_columns(entry=["A"] * 3, judge=["x"] * 3, criterion=["a", "b", "c"], mark=[0.1, 0.2, 0.3])
    assert table.total.tolist() == [0.6]


def test_every_bad_row_is_listed_at_once():
    with pytest.raises(BadRows) as refusal:
        ScoreTable.from_columns(
            entry=["A", "A", "B", None, "B", "C", "Z", "A", "C"],
            judge=["x", "x", "x", "y", "y", "x", "x", "q", "y"],
            mark=[90.3, 88, "good", 7, None, 101, 50, 50, 60],
            low=0,
            high=100,
            step="0.5",
            entries=["A", "B", "C", "D"],
            judges=["x", "y"],
            barred=[("C", "y")],
        )
    assert refusal.value.rows == (
        BadRow(1, "off_step", "90.3 is not on the step of 0.5."),
        BadRow(2, "duplicate", "Entry A, judge x: already in row 1."),
        BadRow(3, "not_a_number", "'good' is not a number."),
        BadRow(4, "missing", "The entry is missing."),
        BadRow(5, "missing", "The mark is missing."),
        BadRow(6, "out_of_range", "101 is above 100."),
        BadRow(7, "unknown_entry", "Entry Z is not known."),
        BadRow(8, "unknown_judge", "Judge q is not known."),
        BadRow(9, "barred", "Judge y must not judge entry C."),
        BadRow(0, "unscored", "Entry D was scored by nobody who counts."),
    )


def test_limits_may_differ_by_criterion():
    with pytest.raises(BadRows) as refusal:
        ScoreTable.from_columns(
            entry=["A", "A"], judge=["x", "x"], criterion=["a", "b"], mark=[12, 12], high={"a": 10, "b": 15}
        )
    assert [(bad.row, bad.code) for bad in refusal.value.rows] == [(1, "out_of_range")]


def test_a_ballot_without_every_criterion_is_refused():
    with pytest.raises(BadRows, match="Entry A, judge y: no mark for b"):
        ScoreTable.from_columns(entry=["A"] * 3, judge=["x", "x", "y"], criterion=["a", "b", "a"], mark=[1, 2, 3])


def test_recused_rows_never_count_whatever_they_hold():
    table = ScoreTable.from_columns(
        entry=["A", "A", "A"], judge=["x", "y", "z"], mark=[90, "?", 80], recused=[False, True, False]
    )
    assert table.judges == ("x", "z")
    assert table.recused == 1


def test_an_entry_whose_judges_are_all_recused_is_refused():
    with pytest.raises(BadRows, match="scored by nobody"):
        ScoreTable.from_columns(entry=["A", "B"], judge=["x", "x"], mark=[1, 2], recused=[False, True])


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"entry": [], "judge": [], "mark": []}, "no_rows"),
        ({"entry": ["A"], "judge": ["x", "y"], "mark": [1]}, "unequal_columns"),
        ({"entry": ["A"], "judge": ["x"], "mark": [1], "criterion": ["c"], "weights": {"c": -1}}, "bad_weight"),
    ],
)
def test_unusable_columns_are_refused_by_code(columns, code):
    with pytest.raises(ScoringError) as refusal:
        ScoreTable.from_columns(**columns)
    assert refusal.value.code == code


@pytest.mark.parametrize("typed", [True, "inf", "1e999", "-1e10", "12,5", float("inf"), np.bool_(True)])
def test_what_is_no_finite_number_is_no_mark(typed):
    with pytest.raises(BadRows):
        make_table([("A", "x", typed)])


def test_digest_does_not_hear_the_order_of_rows():
    rows = [("A", "x", 90), ("A", "y", 80), ("B", "x", 70.5), ("B", "y", 60)]
    assert make_table(rows).digest == make_table(rows[::-1]).digest


def test_digest_hears_every_mark():
    assert make_table([("A", "x", 90)]).digest != make_table([("A", "x", 90.01)]).digest


def test_arrays_of_a_table_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        make_table([("A", "x", 90)]).total[0] = 1
