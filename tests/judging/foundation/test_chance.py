"""Lots, ids and the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from judging.foundation import chance, clock


@pytest.fixture
def real_clock() -> Iterator[None]:
    """The clock goes on as before when the test is over."""
    ahead = clock._ahead[0]
    yield
    clock._ahead[0] = ahead


def test_an_id_is_random_and_of_version_four() -> None:
    made = [chance.new_id() for _ in range(100)]
    assert {id_.version for id_ in made} == {4}
    assert len(set(made)) == 100
    assert made != sorted(made)


def test_lots_are_unpredictable_unless_a_seed_is_given() -> None:
    assert [chance.word("ABC", 40) for _ in range(2)] != [chance.word("ABC", 40)] * 2


def test_a_seed_repeats_lots_within_its_block_only() -> None:
    drawn = []
    for _ in range(2):
        with chance.seeded(7):
            drawn.append((chance.new_id(), chance.word("ABC", 9), chance.shuffled(range(9))))
    assert drawn[0] == drawn[1]
    assert chance.new_id() != drawn[0][0]


def test_a_seed_inside_a_seed_gives_way_again() -> None:
    with chance.seeded(1):
        first = chance.word("ABCDEFGH", 20)
    with chance.seeded(1):
        with chance.seeded(2):
            chance.word("ABC", 9)
        assert chance.word("ABCDEFGH", 20) == first


def test_shuffling_loses_nothing_and_leaves_the_original_alone() -> None:
    items = list(range(50))
    assert sorted(chance.shuffled(items)) == items == list(range(50))


def test_the_clock_tells_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.usefixtures("real_clock")
def test_a_pretended_clock_goes_on_from_its_moment() -> None:
    moment = datetime(2022, 7, 1, 9, 0, tzinfo=UTC)
    clock.pretend(moment)
    assert timedelta(0) <= clock.now() - moment < timedelta(seconds=5)
