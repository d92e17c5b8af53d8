"""Halls, panels and running orders: against brute force on small cases, and what must hold of any."""

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.halls import Halls, split_entries
from judging.assignment.engine.running import fair_rest, longest_rest, rest_of, running_order
from judging.assignment.engine.seating import WEIGHT, common_entries, linking_judges, plan_halls, seat_judges

SEEDS = st.integers(0, 10_000)


def made_up(seed: int, n: int = 60, m: int = 15, h: int = 3, kinds: int = 2) -> Halls:
    lot = np.random.default_rng(seed)
    entry_unit, judge_unit = lot.integers(0, n // 3 + 1, n), lot.integers(0, n // 3 + 1, m)
    return Halls(
        kind=lot.integers(0, kinds, n),
        strength=np.where(lot.random(n) < 0.8, lot.normal(80, 6, n), np.nan),
        allowed=entry_unit[:, None] != judge_unit,
        unit=judge_unit,
        severity=np.where(lot.random(m) < 0.8, lot.normal(0, 2, m), np.nan),
        speciality=lot.random((m, 3)) < 0.5,
        senior=lot.random(m) < 0.5,
        chair=lot.random(m) < 0.4,
        size=np.full(h, m // h),
    )


def counted(halls: Halls, panel: np.ndarray) -> float:
    """Return what panels lack, weighted, counted hall by hall."""
    total = 0.0
    part = min(halls.senior.sum() // halls.count, halls.size.min())
    for seats in panel.T:
        units = halls.unit[seats & (halls.unit >= 0)]
        total += WEIGHT["chair"] * (halls.chair.any() and not halls.chair[seats].any())
        total += WEIGHT["senior"] * max(part - halls.senior[seats].sum(), 0)
        total += WEIGHT["unit"] * (len(units) - len(set(units)))
        taught = halls.speciality.any(axis=0)
        total += WEIGHT["speciality"] * (taught & ~halls.speciality[seats].any(axis=0)).sum()
    return float(total)


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(2, 5), st.integers(1, 4))
def test_kinds_and_totals_of_halls_differ_by_one_at_most(seed, h, kinds):
    halls = made_up(seed, n=37, m=3 * h, h=h, kinds=kinds)
    split = split_entries(halls, np.arange(3 * h)[:, None] // 3 == np.arange(h), seed)
    totals = np.bincount(split.hall, minlength=h)
    assert np.ptp(totals) <= 1
    for kind in range(kinds):
        assert np.ptp(np.bincount(split.hall[halls.kind == kind], minlength=h)) <= 1
    assert split.clashes == split.bound


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_no_even_split_has_fewer_clashes(seed):
    halls = made_up(seed, n=6, m=4, h=2, kinds=2)
    panel = np.array([[True, False], [True, False], [False, True], [False, True]])
    split = split_entries(halls, panel, seed)
    best = min(
        int((~halls.allowed & panel[:, hall].T).sum())
        for hall in (np.array(choice) for choice in product(range(2), repeat=6))
        if all(
            abs(int((hall[some] == 0).sum()) - int((hall[some] == 1).sum())) <= 1
            for some in (halls.kind >= 0, halls.kind == 0, halls.kind == 1)
        )
    )
    assert split.clashes == best


def test_halls_become_equally_strong():
    halls = made_up(1, n=120, m=12, h=4)
    lot = np.random.default_rng(1).integers(0, 4, 120)
    by_lot = np.ptp([np.nanmean(halls.strength[lot == hall]) for hall in range(4)])
    assert plan_halls(halls, 1)[1].spread < 0.1 * by_lot


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_no_panels_lack_less(seed):
    halls = made_up(seed, n=6, m=6, h=2)
    panels = seat_judges(halls, None, seed)
    best = min(
        counted(halls, np.array(choice)[:, None] == np.arange(2))
        for choice in product(range(2), repeat=6)
        if sum(choice) == 3
    )
    assert panels.cost == pytest.approx(best) == pytest.approx(counted(halls, panels.panel))
    assert panels.bound == pytest.approx(best)
    assert panels.panel.sum(axis=0).tolist() == [3, 3]


def test_a_judge_who_has_a_hall_stays_there():
    halls = replace(made_up(3), fixed=np.array([2, 0] + [-1] * 13))
    panel = seat_judges(halls, None, 1).panel
    assert (panel[0].tolist(), panel[1].tolist()) == ([False, False, True], [True, False, False])


def test_halls_that_are_planned_together_meet_fewer_clashes_than_by_lot():
    halls = made_up(5)
    panels, split = plan_halls(halls, 1)
    lot = np.random.default_rng(0)
    by_lot = [(~halls.allowed & panels.panel[:, lot.permutation(np.arange(60) % 3)].T).sum() for _ in range(50)]
    assert split.clashes == (~halls.allowed & panels.panel[:, split.hall].T).sum()
    assert split.clashes <= min(by_lot)


def test_the_same_seed_plans_the_same_halls():
    (one, first), (other, second) = plan_halls(made_up(4), 7), plan_halls(made_up(4), 7)
    assert (one.panel == other.panel).all()
    assert (first.hall == second.hall).all()


def test_linking_judges_join_all_halls_in_a_ring():
    halls = made_up(2, n=60, m=20, h=4)
    panels, split = plan_halls(halls, 1)
    links = linking_judges(halls, panels, split, 1)
    assert [(link.home, link.other) for link in links] == [(0, 1), (1, 2), (2, 3), (3, 0)]
    assert len({link.judge for link in links}) == 4
    assert all(panels.panel[link.judge, link.home] and not panels.panel[link.judge, link.other] for link in links)


def test_common_entries_clash_with_nobody_and_reach_from_weak_to_strong():
    halls = made_up(2)
    chosen = common_entries(halls, 5, 1)
    clean = np.nonzero(halls.allowed.all(axis=1))[0]
    strength = np.where(np.isfinite(halls.strength), halls.strength, np.nanmean(halls.strength))
    bands = np.array_split(np.sort(strength[clean]), 5)
    assert set(chosen) <= set(clean)
    assert all(band[0] <= value <= band[-1] for band, value in zip(bands, np.sort(strength[chosen]), strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-1, 3), min_size=1, max_size=7), SEEDS)
def test_no_order_gives_a_longer_rest(units, seed):
    order = running_order(units, seed)
    best = max(rest_of(units, np.array(other)) for other in permutations(range(len(units))))
    assert sorted(order) == list(range(len(units)))
    assert rest_of(units, order) == longest_rest(units) == best


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-1, 9), min_size=2, max_size=60), SEEDS)
def test_a_long_order_rests_as_long_as_can_be(units, seed):
    assert rest_of(units, running_order(units, seed)) == longest_rest(units)


def test_every_entry_comes_first_about_equally_often_where_a_short_rest_is_enough():
    units = [0, 0, 1, 1, -1, -1]
    orders = [running_order(units, seed, enough=2) for seed in range(300)]
    assert min(rest_of(units, order) for order in orders) == 2
    first = np.bincount([order[0] for order in orders], minlength=6)
    assert first.min() > 25  # 50 are expected
    assert first.max() < 80


@pytest.mark.parametrize(
    ("units", "rest"),
    [
        ([], 0),
        ([0], 1),
        ([0, 0], 1),
        ([0, 0, 1], 2),
        ([0, 0, 1, 2, 3, 4, 5, 6], 3),
        ([0, 0, 0, 1], 1),
        ([-1] * 6, 6),
        ([0, 0, 1, 1, 2, 2, 3, 3], 4),
    ],
)
def test_a_fair_rest_is_half_the_longest_and_two_places_at_least_where_that_can_be(units, rest):
    assert fair_rest(units) == rest


@pytest.mark.parametrize("counts", [(2, 2, 2, 2), (2, 1, 1, 1, 1, 1, 1), (3, 2, 2, 1, 1, 1)])
def test_at_a_fair_rest_every_entry_opens_about_equally_often(counts):
    units = [unit for unit, count in enumerate(counts) for _ in range(count)]
    first = np.zeros(len(units))
    for seed in range(500):
        first[running_order(units, seed, enough=fair_rest(units))[0]] += 1
    share = np.bincount(units, weights=first) / np.array(counts) * len(units) / 500
    assert 0.5 < share.min() <= share.max() < 1.6
