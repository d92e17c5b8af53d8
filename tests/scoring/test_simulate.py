"""Simulated rounds: what is asked for is what is made."""

import numpy as np
import pytest

from scoring import ScoringError, share_of_best_found, simulate_round


def test_every_entry_has_its_judges_and_loads_are_even():
    table = simulate_round(entries=50, judges=8, per_entry=3, seed=1).table
    assert set(table.judges_per_entry.tolist()) == {3}
    assert table.entries_per_judge.max() - table.entries_per_judge.min() <= 1


def test_the_same_seed_makes_the_same_round():
    first, again = (simulate_round(entries=20, judges=6, per_entry=3, seed=4).table.digest for _ in range(2))
    assert first == again
    assert first != simulate_round(entries=20, judges=6, per_entry=3, seed=5).table.digest


def test_severe_judges_give_less():
    round_ = simulate_round(entries=400, judges=10, per_entry=5, seed=3, noise_sd=1.0, severity_sd=8.0)
    given = np.bincount(round_.table.judge, round_.table.total - round_.quality[round_.table.entry])
    assert np.corrcoef(given / round_.table.entries_per_judge, round_.severity)[0, 1] < -0.97


def test_a_partial_judge_favours_entries_of_the_own_unit_only():
    round_ = simulate_round(entries=60, judges=12, per_entry=4, seed=2, partial=[1], units=4)
    judges = {round_.table.judges[place] for place in round_.table.judge[round_.favoured]}
    entries = {round_.table.entry[place] % 4 for place in np.flatnonzero(round_.favoured)}
    assert (judges, entries) == ({"J02"}, {1})


def test_more_judges_an_entry_than_there_are_is_refused():
    with pytest.raises(ScoringError, match="cannot be found"):
        simulate_round(entries=5, judges=2, per_entry=3, seed=1)


def test_share_of_best_found_counts_the_truly_best_on_the_list():
    assert share_of_best_found([9, 8, 7, 1], [5, 1, 4, 3], 0.5) == 0.5
