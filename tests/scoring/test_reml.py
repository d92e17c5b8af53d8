"""Mixed models against lme4 (1.1-31, R 4.2.2: values noted here were printed by it) and against themselves."""

import numpy as np
import pytest

from scoring import ScoreTable, calibrate_additive
from scoring.additive import draw_entries
from scoring.models.ballots import Ballots
from scoring.models.chains import effective_sizes, split_rhat
from scoring.models.moments import variances_by_moments
from scoring.models.sampled import fit_stochastic
from scoring.models.threads import _limits, one_thread
from scoring.models.tracks import spread_of_levels
from scoring.reml import fit_reml
from tests.factories.scoring import make_competition

# Competition, criterion, variances of entries, judges and residuals, levels of tracks, first three entries.
LME4 = {
    "random": (
        {"entries": 60, "judges": 12, "per_entry": 4, "seed": 11},
        1584.77894917,
        [49.32363881, 19.94749244, 21.51116349],
        [74.327083],
        [-2.774370, -6.377921, 12.212395],
    ),
    "few totals per judge": (
        {"entries": 200, "judges": 30, "per_entry": 3, "seed": 12},
        4037.17531993,
        [33.63303479, 20.39553263, 25.38233793],
        [73.514433],
        [-1.565774, 8.904255, 5.513053],
    ),
    "fixed tracks": (
        {"entries": 90, "judges": 12, "per_entry": 4, "seed": 13, "tracks": 3, "track_sd": 6.0},
        2403.74490485,
        [35.34840115, 27.11020070, 27.54052387],
        [64.903316, 64.903316 - 4.964369, 64.903316 + 3.754082],
        [-10.149341, -2.278667, 0.052602],
    ),
}


@pytest.mark.parametrize("name", LME4)
def test_criterion_variances_and_predictions_equal_lme4(name):
    given, criterion, variances, levels, entries = LME4[name]
    solution = fit_reml(Ballots.of_table(make_competition(**given).table))
    assert solution.deviance == pytest.approx(criterion, abs=1e-6)
    assert np.square(solution.sds) == pytest.approx(variances, rel=1e-4)
    assert solution.center + solution.track == pytest.approx(levels, abs=1e-5)
    assert solution.entry[:3] == pytest.approx(entries, abs=1e-5)


def test_unequal_panels_are_fitted_alike_however_the_equations_are_put_together(monkeypatch):
    made = make_competition(entries=80, judges=14, per_entry=6, seed=3)
    keep = np.random.default_rng(1).random(made.table.ballots) < 0.7
    keep[:: made.table.judges_per_entry[0]] = True
    chosen = np.flatnonzero(keep)
    table = ScoreTable.from_columns(
        entry=[made.table.entries[e] for e in made.table.entry[chosen]],
        judge=[made.table.judges[j] for j in made.table.judge[chosen]],
        mark=made.table.total[chosen].tolist(),
    )
    first = fit_reml(Ballots.of_table(table))
    monkeypatch.setattr("scoring.models.equations.MOST_CELLS", 0)
    second = fit_reml(Ballots.of_table(table))
    assert second.deviance == pytest.approx(first.deviance, abs=1e-8)
    assert second.entry == pytest.approx(first.entry, abs=1e-6)


@pytest.mark.parametrize("tracks", [1, 3])
def test_sampled_traces_give_the_exact_variances_within_their_stated_error(tracks):
    ballots = Ballots.of_table(make_competition(entries=900, judges=120, seed=5, tracks=tracks, track_sd=6.0).table)
    exact, sampled = fit_reml(ballots), fit_stochastic(ballots)
    apart = np.abs(np.log(sampled.ratios) - np.log(exact.ratios))
    assert apart.max() < 4 * sampled.error
    assert sampled.error < 0.02
    assert sampled.entry == pytest.approx(exact.entry, abs=0.02)
    assert sampled.track == pytest.approx(exact.track, abs=0.05)


def test_moments_are_unbiased():
    found = np.mean(
        [
            variances_by_moments(Ballots.of_table(make_competition(entries=100, judges=20, seed=seed).table))
            for seed in range(40)
        ],
        axis=0,
    )
    assert found == pytest.approx([36, 16, 25], rel=0.1)


def test_the_spread_of_levels_known_exactly_is_their_variance():
    levels = np.array([1.0, 4.0, 2.0, 9.0])
    assert spread_of_levels(levels, 1e-12 * np.eye(4)) == pytest.approx(levels.var(ddof=1))


def test_levels_that_differ_by_no_more_than_their_errors_have_no_spread():
    assert spread_of_levels(np.array([1.0, 1.1, 0.9]), np.eye(3)) == 0


def test_tracks_make_intervals_of_panels_honest():
    inside = []
    for seed in range(5):
        made = make_competition(entries=150, judges=20, seed=seed, tracks=4, track_sd=8.0)
        fit = calibrate_additive(made.table)
        drawn = draw_entries(fit, made.table, np.random.default_rng(1), 800)
        low, high = np.quantile(drawn, [0.05, 0.95], axis=1)
        inside.append((low <= made.quality) & (made.quality <= high))
    assert 0.86 < np.mean(inside) < 0.94


def test_more_judges_than_a_dense_matrix_bears_are_calibrated_too(monkeypatch):
    table = make_competition(entries=400, judges=60, seed=2).table
    exact = calibrate_additive(table)
    for module in ("gaussian", "squares"):
        monkeypatch.setattr(f"scoring.models.{module}.MOST_DENSE", 10)
    monkeypatch.setattr("scoring.models.mixed.MOST_DENSE", 10)
    monkeypatch.setattr("scoring.models.mixed.MOST_EXACT", 10)
    large = calibrate_additive(table)
    assert large.scores == pytest.approx(exact.scores, abs=1e-6)
    assert large.entry_blup == pytest.approx(exact.entry_blup, abs=0.05)
    assert large.entry_se == pytest.approx(exact.entry_se, rel=0.05)
    drawn = draw_entries(large, table, np.random.default_rng(1), 2000)
    assert drawn.std(axis=1) == pytest.approx(exact.entry_se, rel=0.12)


def test_chains_that_agree_have_an_r_hat_of_one_and_those_apart_have_not():
    together = np.random.default_rng(1).standard_normal((400, 4, 3))
    apart = together + np.array([0.0, 0.0, 0.0, 2.0])[None, :, None]
    assert split_rhat(together) == pytest.approx(np.ones(3), abs=0.02)
    assert split_rhat(apart).min() > 1.2


def test_effective_sizes_of_correlated_draws_are_those_of_theory():
    random = np.random.default_rng(2)
    draws = np.zeros((2000, 4, 5))
    for step in range(1, 2000):
        draws[step] = 0.6 * draws[step - 1] + random.standard_normal((4, 5))
    assert effective_sizes(draws).mean() == pytest.approx(8000 * 0.4 / 1.6, rel=0.15)


def test_small_matrices_are_kept_to_one_thread():
    before = [get() for get, _ in _limits()]
    with one_thread(100):
        assert {get() for get, _ in _limits()} <= {1}
    assert [get() for get, _ in _limits()] == before
