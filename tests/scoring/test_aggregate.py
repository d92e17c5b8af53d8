"""Means of totals: the vectors that the domain gives."""

import pytest

from scoring import ScoreTable, ScoringError, aggregate_mean, aggregate_median, aggregate_trimmed, half_up, modified_z
from tests.factories.scoring import make_panel, make_table

SEVEN = [92, 88, 87.5, 87, 86, 85, 60]


@pytest.fixture
def seven() -> ScoreTable:
    """One entry, seven judges."""
    return make_table([("A", f"j{seat}", mark) for seat, mark in enumerate(SEVEN)])


def test_trimmed_mean_drops_one_high_and_one_low(seven):
    assert half_up(aggregate_trimmed(seven).scores[0]) == half_up("86.70")


def test_mean_and_median_of_the_same_totals(seven):
    assert round(float(aggregate_mean(seven).scores[0]), 3) == 83.643
    assert aggregate_median(seven).scores[0] == 87


def test_modified_z_of_highest_and_lowest(seven):
    z = modified_z(seven.total)
    assert [round(float(z[0]), 2), round(float(z[-1]), 2)] == [3.37, -18.21]


def test_recused_totals_are_out_before_anything_is_dropped():
    table = ScoreTable.from_columns(entry=["A"] * 3, judge="xyz", mark=[90, 70, 80], recused=[False, True, False])
    assert aggregate_trimmed(table).scores.tolist() == [85.0]


def test_nothing_is_dropped_below_five_judges():
    fitted = aggregate_trimmed(
        make_table([("A", judge, mark) for judge, mark in zip("wxyz", (90, 80, 70, 10), strict=True)])
    )
    assert fitted.scores.tolist() == [62.5]
    assert [note.code for note in fitted.notes] == ["too_few_to_trim"]


def test_three_judges_are_trimmed_by_explicit_choice_and_noted():
    fitted = aggregate_trimmed(make_panel(x=[90], y=[80], z=[10]), drop_from=3)
    assert fitted.scores.tolist() == [80.0]
    assert [note.code for note in fitted.notes] == ["small_panel_trimmed"]


def test_of_equal_totals_only_as_many_as_said_are_dropped():
    fitted = aggregate_trimmed(make_table([("A", f"j{seat}", mark) for seat, mark in enumerate([9, 9, 9, 8, 8])]))
    assert round(float(fitted.scores[0]), 9) == round(26 / 3, 9)
    assert fitted.kept.sum() == 3


def test_median_of_an_even_number_is_the_mean_of_the_middle_two():
    assert aggregate_median(make_panel(x=[90], y=[80], z=[70], w=[10])).scores.tolist() == [75.0]


@pytest.mark.parametrize(("drop", "drop_from"), [(1, 2), (2, 4), (-1, 5)])
def test_dropping_everything_is_refused(drop, drop_from):
    with pytest.raises(ScoringError) as refusal:
        aggregate_trimmed(make_panel(x=[90]), drop=drop, drop_from=drop_from)
    assert refusal.value.code == "bad_drop"


def test_mean_at_a_half_rounds_up_as_by_hand():
    # 86.71 + 86.70 is 173.41; half of it 86.705, which binary sums miss.
    assert str(half_up(aggregate_mean(make_panel(x=["86.71"], y=["86.70"])).scores[0])) == "86.71"
