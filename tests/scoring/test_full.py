"""The full calibration: what it finds, what it publishes, and what it does where it cannot find anything."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import ScoreTable, calibrate_full, evaluate, half_up
from scoring.models.curves import STEEPEST, bowed
from tests.factories.scoring import make_competition, make_table


def recomputed(result):
    """Scores as a pocket calculator gives them from published weights and adjustments."""
    sums: dict[str, Fraction] = {}
    for one in result.ballots:
        part = Fraction(one.weight) * (Fraction(str(one.total)) - Fraction(one.adjustment))
        sums[one.entry] = sums.get(one.entry, Fraction(0)) + part
    return {entry: half_up(Decimal(exact.numerator) / Decimal(exact.denominator)) for entry, exact in sums.items()}


def test_published_scores_recompute_exactly_from_weights_and_adjustments():
    result = evaluate(make_competition(entries=40, judges=8, per_entry=4, seed=1).table, method="full")
    assert recomputed(result) == {one.entry: one.score for one in result.entries}
    weights: dict[str, Decimal] = {}
    for one in result.ballots:
        weights[one.entry] = weights.get(one.entry, Decimal(0)) + one.weight
    assert set(weights.values()) == {Decimal(1)}


def test_scales_and_noise_of_judges_are_found():
    made = make_competition(entries=600, judges=30, per_entry=5, seed=2, scale_sd=0.3, noise_log_sd=0.4)
    fit = calibrate_full(made.table, intervals=False)
    assert np.corrcoef(fit.scale, made.scale)[0, 1] > 0.85
    assert np.corrcoef(np.log(fit.noise), np.log(made.noise))[0, 1] > 0.9
    assert np.corrcoef(fit.severity, made.severity)[0, 1] > 0.95


def test_quality_is_nearer_than_under_the_additive_model_when_judges_differ():
    made = make_competition(entries=400, judges=40, per_entry=5, seed=3, scale_sd=0.3, noise_log_sd=0.4, aberrant=0.02)
    full = calibrate_full(made.table, intervals=False).scores - made.quality
    additive = evaluate(made.table, draws=1).entries
    by_entry = {one.entry: one.adjusted for one in additive}
    other = np.array([by_entry[entry] for entry in made.table.entries]) - made.quality
    assert full.std() < 0.85 * other.std()


def test_aberrant_totals_are_told_from_others():
    made = make_competition(entries=300, judges=30, per_entry=5, seed=4, aberrant=0.02)
    chance = calibrate_full(made.table, intervals=False).aberrant
    assert np.median(chance[made.aberrant]) > 0.9
    assert chance[~made.aberrant].mean() < 0.02


def test_favour_towards_the_own_unit_is_taken_off():
    made = make_competition(entries=300, judges=30, per_entry=5, seed=5, units=5, favour=10.0, partial=15)
    fit = calibrate_full(made.table, intervals=False)
    assert fit.favour[:15].mean() > 6
    assert abs(fit.favour[15:].mean()) < 3
    blind = make_table([(made.table.entries[e], made.table.judges[j], t) for e, j, t in rows(made.table)])
    bias = (calibrate_full(blind, intervals=False).scores - made.quality)[made.favoured]
    assert abs((fit.scores - made.quality)[made.favoured].mean()) < bias.mean() / 3


def test_a_scale_that_bends_is_found_and_taken_off():
    bent, straight = (make_competition(entries=300, judges=12, seed=8, curve_sd=curve) for curve in (0.15, 0.0))
    fit = calibrate_full(bent.table, intervals=False)
    assert np.corrcoef(fit.curve, bent.curve)[0, 1] > 0.85
    assert not calibrate_full(straight.table, intervals=False).curve.any()
    assert (fit.scores - bent.quality).std() < 1.03 * (
        calibrate_full(straight.table, intervals=False).scores - straight.quality
    ).std()
    assert recomputed(evaluate(bent.table, method="full", draws=1)).keys() == set(bent.table.entries)


def test_no_curve_turns_back():
    quality = np.linspace(-40, 40, 400)
    for curve in (-STEEPEST, STEEPEST):
        assert (np.diff(quality + curve * bowed(quality, 6.0)) > 0).all()


def test_totals_at_the_cap_say_this_or_more():
    made = make_competition(entries=300, judges=30, per_entry=5, seed=6, mean=93.0, cap=100.0)
    blind, aware = (calibrate_full(made.table, cap=cap, intervals=False).scores - made.quality for cap in (None, 100.0))
    assert np.sqrt((aware**2).mean()) < 0.95 * np.sqrt((blind**2).mean())


def test_track_effects_are_kept_apart_from_severities():
    made = make_competition(entries=400, judges=40, per_entry=5, seed=7, tracks=4, track_sd=8.0)
    untold = ScoreTable.from_columns(
        entry=[made.table.entries[e] for e in made.table.entry],
        judge=[made.table.judges[j] for j in made.table.judge],
        mark=made.table.total.tolist(),
    )
    told, blind = (calibrate_full(table, intervals=False).scores - made.quality for table in (made.table, untold))
    assert told.std() < 0.9 * blind.std()


@pytest.mark.parametrize("kind", ["plain", "panels", "small"])
def test_ninety_percent_intervals_hold_nine_tenths(kind):
    given = {
        "plain": {"entries": 100, "judges": 15, "scale_sd": 0.2, "noise_log_sd": 0.3},
        "panels": {"entries": 100, "judges": 15, "tracks": 3, "track_sd": 6.0},
        "small": {"entries": 100, "judges": 30, "per_entry": 3, "aberrant": 0.02},
    }[kind]
    inside, ranks = [], []
    for seed in range(4):
        made = make_competition(seed=seed, **given)
        by_id = {one.entry: one for one in evaluate(made.table, method="full", draws=1).entries}
        true = {made.table.entries[place]: rank for rank, place in enumerate(np.argsort(-made.quality), 1)}
        for entry, quality in zip(made.table.entries, made.quality, strict=True):
            inside.append(by_id[entry].low90 <= quality <= by_id[entry].high90)
            ranks.append(by_id[entry].rank_low <= true[entry] <= by_id[entry].rank_high)
    assert 0.86 < np.mean(inside) < 0.95
    assert 0.86 < np.mean(ranks) < 0.95


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 1000), shuffle=st.randoms())
def test_neither_names_nor_order_of_rows_move_a_figure(seed, shuffle):
    table = make_competition(entries=24, judges=6, per_entry=4, seed=seed).table
    plain = [(table.entries[e], table.judges[j], t) for e, j, t in rows(table)]
    names = list(table.entries)
    shuffle.shuffle(names)
    new = dict(zip(table.entries, names, strict=True))
    seats = dict(zip(table.judges, reversed(table.judges), strict=True))
    renamed = [(new[entry], seats[judge], total) for entry, judge, total in plain]
    shuffle.shuffle(renamed)
    before, after = (evaluate(make_table(some), method="full", top=[3], draws=1) for some in (plain, renamed))
    assert {new[one.entry]: figures(one) for one in before.entries} == {
        one.entry: figures(one) for one in after.entries
    }


def test_entries_alike_in_everything_get_the_same_figures():
    table = make_competition(entries=24, judges=6, per_entry=4, seed=1).table
    plain = [(table.entries[e], table.judges[j], t) for e, j, t in rows(table)]
    twin = [("twin", judge, total) for entry, judge, total in plain if entry == table.entries[4]]
    by_id = {one.entry: one for one in evaluate(make_table(plain + twin), method="full", top=[5], draws=1).entries}
    assert figures(by_id[table.entries[4]]) == figures(by_id["twin"])


def figures(one):
    """What the full calibration says of an entry."""
    return one.score, one.exact, one.se, one.low90, one.high90, one.rank, one.rank_low, one.rank_high, dict(one.p_top)


DEGENERATE = {
    "one judge": [(f"e{e}", "j", 70 + e) for e in range(6)],
    "one entry": [("e", f"j{j}", 70 + j) for j in range(6)],
    "one total": [("e", "j", 70)],
    "all equal": [(f"e{e}", f"j{j}", 80) for e in range(6) for j in range(4)],
    "all at the cap": [(f"e{e}", f"j{j}", 100) for e in range(6) for j in range(4)],
    "most at the cap": [(f"e{e}", f"j{j}", 100 - (e * j % 7 == 1)) for e in range(8) for j in range(4)],
    "a chain": [(f"e{e}", f"j{j}", 70 + 3 * e % 7 + j % 4) for e in range(12) for j in (e, e + 1)],
    "exactly additive": [(f"e{e}", f"j{j}", 60 + 3 * e + j) for e in range(8) for j in range(4)],
    "one judge gives all the same": [
        (f"e{e}", f"j{j}", 80 if j == 0 else 60 + 3 * e + j * e % 5) for e in range(9) for j in range(4)
    ],
    "huge": [(f"e{e}", f"j{j}", 1e8 * (1 + e + j * e % 3)) for e in range(8) for j in range(4)],
    "tiny": [(f"e{e}", f"j{j}", 1e-6 * (1 + e + j * e % 3)) for e in range(8) for j in range(4)],
    "two parts": [(f"e{e}", f"j{j + 4 * (e % 2)}", 60 + 3 * e + j * e % 5) for e in range(12) for j in range(4)],
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_tables_have_a_valid_answer(name):
    cap = 100.0 if "cap" in name else None
    result = evaluate(make_table(DEGENERATE[name]), method="full", cap=cap, top=[1], draws=200)
    assert recomputed(result) == {one.entry: one.score for one in result.entries}
    for one in result.entries:
        assert one.se is None or np.isfinite([one.se, one.low90, one.high90]).all()
        assert 1 <= one.rank_low <= one.rank_high <= len(result.entries)


def test_what_stands_in_is_said_in_the_open():
    result = evaluate(make_table(DEGENERATE["one judge"]), method="full", draws=200)
    assert result.full is not None
    assert result.full.fallback == "additive"
    assert "full_not_possible" in [note.code for note in result.notes]


def test_the_same_seed_gives_the_same_bits_in_any_process():
    program = (
        "import scoring; from tests.factories.scoring import make_competition;"
        "made = make_competition(entries=30, judges=8, per_entry=3, seed=2);"
        "print(repr(scoring.evaluate(made.table, method='full', top=[5], seed=1)))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join([*sys.path, "."])},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def rows(table):
    """Entry, judge and total of every ballot."""
    return zip(table.entry.tolist(), table.judge.tolist(), table.total.tolist(), strict=True)


def test_small_loads_take_their_points_from_the_simulation():
    small = calibrate_full(make_competition(entries=60, judges=20, per_entry=3, seed=1).table)
    large = calibrate_full(make_competition(entries=60, judges=6, per_entry=3, seed=1).table)
    assert (small.simulated_points, large.simulated_points) == (True, False)
    assert small.convergence is not None
    assert small.convergence.converged
