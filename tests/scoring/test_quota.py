"""Places by largest remainder."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import ScoringError, apportion_largest_remainder


def test_twenty_three_entries_at_fifteen_twenty_five_and_thirty_five_percent():
    shares = [Decimal("3.45"), Decimal("5.75"), Decimal("8.05")]
    assert apportion_largest_remainder(shares, 17) == (3, 6, 8)
    assert apportion_largest_remainder(shares) == (3, 6, 8)


def test_weights_are_scaled_to_the_places():
    assert apportion_largest_remainder([240, 24, 40], 30) == (24, 2, 4)


def test_the_earlier_of_equal_remainders_gets_the_place():
    assert apportion_largest_remainder([1, 1, 1], 2) == (1, 1, 0)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12).filter(any), st.integers(0, 2000))
def test_places_add_up_and_none_is_more_than_one_from_its_share(weights, total):
    places = apportion_largest_remainder(weights, total)
    assert sum(places) == total
    exact = [weight * total / sum(weights) for weight in weights]
    assert all(abs(got - share) < 1 + 1e-9 for got, share in zip(places, exact, strict=True))


@pytest.mark.parametrize(("shares", "total"), [([-1, 2], 1), ([0, 0], 3), ([], 1), ([1], -1)])
def test_shares_that_make_no_sense_are_refused(shares, total):
    with pytest.raises(ScoringError) as refusal:
        apportion_largest_remainder(shares, total)
    assert refusal.value.code == "bad_shares"


def test_nothing_among_nobody_is_nothing():
    assert apportion_largest_remainder([]) == ()
