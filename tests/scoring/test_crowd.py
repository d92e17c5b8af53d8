"""Places among many entries without drawing them all."""

import numpy as np

from scoring import simulate_round
from scoring.additive import calibrate_additive
from scoring.crowd import places_among_many
from scoring.uncertainty import place_by_draws


def test_places_among_many_are_those_of_joint_draws():
    table = simulate_round(entries=3000, judges=300, per_entry=5, seed=7).table
    fit = calibrate_additive(table)
    parts = np.zeros(3000, np.int64)
    drawn = place_by_draws(fit, table, seed=1, draws=2000, top=[300], parts=parts)
    low, high, chances = places_among_many(fit.entry_blup, fit.entry_se, seed=1, top=[300, 5000], parts=parts)
    assert drawn.draws == 2000
    assert np.abs(low - drawn.low).mean() < 20
    assert np.abs(high - drawn.high).mean() < 20
    assert np.abs(chances[300] - drawn.p_top[300]).max() < 0.06
    assert chances[300].sum() == np.clip(chances[300].sum(), 294, 306)
    assert set(chances[5000]) == {1.0}


def test_parts_that_share_no_judge_are_placed_each_by_itself():
    mean, error = np.concatenate([np.arange(50.0), np.arange(100.0, 150.0)]), np.full(100, 0.01)
    low, high, chances = places_among_many(mean, error, seed=0, top=[10], parts=np.repeat([0, 1], 50))
    places = np.tile(np.arange(50, 0, -1), 2)
    assert np.abs(low - places).max() <= 1
    assert np.abs(high - places).max() <= 1
    assert (chances[10][places < 10] > 0.99).all()
    assert (chances[10][places > 11] < 0.01).all()
