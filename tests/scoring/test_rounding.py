"""Half up, on the decimal a person reads."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import half_up


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Decimal("2.675"), 2, "2.68"),
        (Decimal("86.705"), 2, "86.71"),
        (2.675, 2, "2.68"),
        (86.705, 2, "86.71"),
        ("0.5", 0, "1"),
        (-2.675, 2, "-2.68"),
        (-0.001, 2, "0.00"),
        (7, 1, "7.0"),
    ],
)
def test_half_goes_away_from_zero(value, places, rounded):
    assert str(half_up(value, places)) == rounded


@given(st.integers(-(10**6), 10**6), st.integers(1, 60))
def test_quotients_of_whole_numbers_round_as_fractions_do(above, below):
    exact = (abs(above) * 200 + below) // (2 * below)
    assert half_up(above / below, 2) == Decimal(exact if above >= 0 else -exact).scaleb(-2)
