"""`evaluate`: one call, and what must hold for every table."""

import json
import random
import subprocess
import sys
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import Method, ScoreTable, ScoringError, evaluate, half_up, share_of_best_found, simulate_round
from tests.factories.scoring import make_panel, make_table

METHODS = [method.value for method in Method if method is not Method.FULL]  # It has its own, tests/scoring/test_full.py


def rows_of(table):
    """Rows to make the same table again."""
    return [
        (table.entries[e], table.judges[j], t) for e, j, t in zip(table.entry, table.judge, table.total, strict=True)
    ]


@st.composite
def tables(draw):
    """Small tables of any shape: gaps, lone judges, constant totals, parts without a link."""
    entries, judges = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    marks = st.one_of(st.none(), st.integers(0, 100), st.sampled_from([80, 100]))
    rows = [
        (f"e{entry}", f"j{judge}", mark)
        for entry in range(entries)
        for judge in range(judges)
        if (mark := draw(marks)) is not None
    ]
    return rows or [("e0", "j0", 50)]


@settings(max_examples=150, deadline=None)
@given(rows=tables(), method=st.sampled_from(METHODS))
def test_any_table_has_an_answer_in_order_of_standing(rows, method):
    result = evaluate(make_table(rows), method=method, top=[1], chain=["median", "lot"], draws=200)
    assert {one.entry for one in result.entries} == {entry for entry, _, _ in rows}
    parts = [(one.component, one.rank) if method == "severity" else one.rank for one in result.entries]
    assert parts == sorted(parts)
    for one in result.entries:
        assert one.score == half_up(round(one.exact, 9), 2)
        assert 1 <= one.rank_low <= one.rank_high <= len(result.entries)
        assert 0 <= one.p_top[1] <= 1


@settings(max_examples=60, deadline=None)
@given(rows=tables(), method=st.sampled_from(METHODS), shuffle=st.randoms())
def test_the_order_of_rows_changes_nothing_at_all(rows, method, shuffle):
    mixed = list(rows)
    shuffle.shuffle(mixed)
    assert asdict(evaluate(make_table(mixed), method=method)) == asdict(evaluate(make_table(rows), method=method))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), method=st.sampled_from(METHODS))
def test_other_names_of_judges_and_entries_change_no_score(seed, method):
    table = simulate_round(entries=12, judges=6, per_entry=3, seed=seed).table
    new = [f"n{place:02d}" for place in range(12)]
    random.Random(seed).shuffle(new)
    names = dict(zip(table.entries, new, strict=True))
    seats = dict(zip(table.judges, reversed(table.judges), strict=True))
    renamed = make_table([(names[entry], seats[judge], total) for entry, judge, total in rows_of(table)])
    before = {names[one.entry]: (one.score, one.rank) for one in evaluate(table, method=method).entries}
    after = {one.entry: (one.score, one.rank) for one in evaluate(renamed, method=method).entries}
    assert after == before


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    method=st.sampled_from(["mean", "trimmed", "median", "severity"]),
    place=st.integers(0, 47),
)
def test_a_better_total_never_lowers_its_entrys_score(seed, method, place):
    table = simulate_round(entries=8, judges=6, per_entry=6, seed=seed, high=1000).table
    rows = rows_of(table)
    entry, judge, total = rows[place]
    raised = [*rows[:place], (entry, judge, total + 5), *rows[place + 1 :]]
    before, after = (
        {one.entry: one.exact for one in evaluate(make_table(some), method=method, draws=200).entries}
        for some in (rows, raised)
    )
    assert after[entry] >= before[entry]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_adjusted_scores_recompute_by_hand_from_what_is_published(seed):
    table = simulate_round(entries=15, judges=6, per_entry=3, seed=seed).table
    result = evaluate(table)
    added = {judge.judge: Fraction(judge.adjustment) for judge in result.judges}
    rows = rows_of(table)
    for one in result.entries:
        sums = [Fraction(str(total)) + added[judge] for entry, judge, total in rows if entry == one.entry]
        exact = sum(sums) / len(sums)
        assert one.score == half_up(Decimal(exact.numerator) / Decimal(exact.denominator))


def test_all_methods_stand_beside_the_chosen_one():
    result = evaluate(
        make_panel(A=[90, 86, 84, 80, 78, 74], B=[88, 87, 82, 81, 76, 72], C=[70, 68, 66, 60, 62, 58]),
        method="standard",
    )
    best = result.entries[0]
    assert (best.entry, best.n, best.rank, best.score) == ("e1", 3, 1, Decimal("62.59"))
    assert (round(best.raw_mean, 4), best.trimmed, best.median) == (82.6667, best.raw_mean, 88.0)
    assert round(best.mapped, 2) == 89.07
    assert [note.code for note in result.notes] == ["few_totals"]


def test_the_truth_is_found_more_often_by_calibration():
    raw, calibrated = 0.0, 0.0
    for seed in range(10):
        round_ = simulate_round(entries=200, judges=25, per_entry=4, seed=seed)
        by_entry = {one.entry: one for one in evaluate(round_.table, draws=200).entries}
        ordered = [by_entry[entry] for entry in round_.table.entries]
        raw += share_of_best_found(round_.quality, [one.raw_mean for one in ordered], 0.15)
        calibrated += share_of_best_found(round_.quality, [one.adjusted for one in ordered], 0.15)
    assert calibrated > raw + 0.2


def test_chances_of_the_top_add_up_to_its_places():
    result = evaluate(simulate_round(entries=60, judges=12, per_entry=4, seed=1).table, top=[1, 9], seed=3)
    assert sum(one.p_top[9] for one in result.entries) == pytest.approx(9)
    assert result.entries[0].p_top[9] > 0.5 > result.entries[-1].p_top[9]


def test_rank_intervals_hold_nine_tenths_of_the_true_ranks():
    inside, count = 0, 0
    for seed in range(8):
        round_ = simulate_round(entries=80, judges=12, per_entry=5, seed=seed)
        order = sorted(range(80), key=lambda place, quality=round_.quality: -quality[place])
        true = {round_.table.entries[place]: rank for rank, place in enumerate(order, 1)}
        for one in evaluate(round_.table, seed=seed).entries:
            inside += one.rank_low <= true[one.entry] <= one.rank_high
            count += 1
    assert 0.86 < inside / count < 0.97


def test_the_chain_parts_equal_scores_in_its_order():
    table = ScoreTable.from_columns(
        entry=["A", "A", "B", "B"], judge=["x"] * 4, criterion=["topic", "effect"] * 2, mark=[10, 20, 20, 10]
    )
    by_topic = evaluate(table, method="mean", chain=["raw_total", "criterion:topic"])
    assert [(one.entry, one.rank, one.tied) for one in by_topic.entries] == [("B", 1, False), ("A", 2, False)]
    assert [one.rank for one in evaluate(table, method="mean").entries] == [1, 1]


def test_unlinked_parts_are_ranked_by_themselves_unless_assumed_alike():
    table = make_table(
        [
            (e, j, 80 + 3 * i + k + (i * k) % 2)
            for part in ("ab", "cd")
            for i, e in enumerate((part[0] * 2, part[1] * 2, part))
            for k, j in enumerate((part[0], part[1], part * 2))
        ]
    )
    apart = evaluate(table)
    assert [one.rank for one in apart.entries] == [1, 2, 3, 1, 2, 3]
    assert [one.component for one in apart.entries] == [1, 1, 1, 2, 2, 2]
    assert "disconnected" in [note.code for note in apart.notes]
    assert max(one.rank for one in evaluate(table, exchangeable=True).entries) > 3


def test_params_compute_the_same_evaluation_again():
    table = simulate_round(entries=20, judges=6, per_entry=5, seed=1).table
    result = evaluate(table, method="trimmed", seed=9, top=[3], chain=["median", "lot"], drop_from=4)
    again = evaluate(table, **json.loads(json.dumps(result.params)))
    assert asdict(again) == asdict(result)


def test_digest_hears_marks_parameters_and_units():
    rows = rows_of(simulate_round(entries=10, judges=5, per_entry=3, seed=1).table)
    first = evaluate(make_table(rows)).digest
    assert evaluate(make_table(rows), seed=1).digest != first
    assert evaluate(make_table(rows), method="mean").digest != first
    assert evaluate(make_table([*rows[:-1], (*rows[-1][:2], 1)])).digest != first


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"method": "vote"}, "method"),
        ({"seed": -1}, "seed"),
        ({"decimals": 9}, "decimals"),
        ({"top": [0]}, "top"),
        ({"chain": ["criterion:none"]}, "chain"),
        ({"draws": 0}, "draws"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(given, name):
    with pytest.raises(ScoringError) as refusal:
        evaluate(make_panel(x=[1, 2], y=[2, 1]), **given)
    assert (refusal.value.code, refusal.value.params["name"]) == ("bad_parameter", name)


def test_same_bits_in_another_process_with_another_hash_seed():
    program = (
        "from scoring import *; import scoring as s;"
        "r = s.evaluate(s.simulate_round(entries=40, judges=9, per_entry=4, seed=2).table, top=[5], seed=1);"
        "print(repr(r))"
    )
    program = program.replace("from scoring import *; ", "")
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_the_engine_stands_alone_and_loads_no_more_than_is_asked_for():
    program = (
        "import sys, scoring; loaded = lambda: [name for name in NAMES if name in sys.modules];"
        "NAMES = ('flask', 'sqlalchemy', 'pandas', 'scipy', 'numpy'); print(loaded());"
        "scoring.ScoreTable; print(loaded()); scoring.evaluate; print(loaded())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert run.stdout.splitlines() == ["[]", "['numpy']", "['scipy', 'numpy']"]
