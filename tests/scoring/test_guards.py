"""What a design allows: facts, links, and a light for every method."""

import inspect
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import Method, ScoreTable, simulate_round
from scoring.guards import Colour, contrast_errors, facts_of, lights, linking_entries, traffic_lights
from scoring.report.words import LIGHTS, light_sentence
from tests.factories.planted import plant, plant_copying
from tests.factories.scoring import make_competition, make_panel, make_table


def lights_of(table):
    """Colour and code by method."""
    return {light.method: (light.colour, light.code) for light in traffic_lights(table)}


def test_pairs_of_judges_share_as_many_entries_as_they_both_scored():
    table = make_table([("A", "x", 1), ("A", "y", 2), ("B", "x", 3), ("B", "y", 4), ("C", "y", 5), ("C", "z", 6)])
    assert linking_entries(table).tolist() == [[2, 2, 0], [2, 3, 1], [0, 1, 1]]


def test_two_judges_are_known_apart_by_the_number_of_entries_in_common():
    # Differences of n pairs: variance 2 / n.
    found = contrast_errors(make_panel(x=[1, 2, 3, 4], y=[2, 2, 5, 1]))
    assert found[0, 1] == pytest.approx(np.sqrt(2 / 4))


def test_a_chain_of_judges_adds_its_links():
    # x-y by two entries, y-z by one: variances 2/2 and 2/1 add.
    table = make_table([("A", "x", 1), ("A", "y", 2), ("B", "x", 3), ("B", "y", 4), ("C", "y", 5), ("C", "z", 6)])
    found = contrast_errors(table)
    assert found[0, 2] ** 2 == pytest.approx(1 + 2)
    assert found[0, 1] ** 2 == pytest.approx(1)


def test_unlinked_judges_are_infinitely_unknown_to_each_other():
    table = make_table([("A", "x", 1), ("A", "y", 2), ("B", "v", 3), ("B", "w", 4)])
    found = contrast_errors(table)
    assert np.isinf(found[0, 2])
    assert np.diag(found).tolist() == [0, 0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=4, max_size=30, unique=True))
def test_contrasts_are_those_of_least_squares(cells):
    table = make_table([(f"e{e}", f"j{j}", e + j) for e, j in cells])
    entries, judges = len(table.entries), len(table.judges)
    design = np.zeros((len(cells), entries + judges))
    design[np.arange(len(cells)), table.entry] = 1
    design[np.arange(len(cells)), entries + table.judge] = 1
    inverse = np.linalg.pinv(design.T @ design)[entries:, entries:]
    found = contrast_errors(table)
    for one in range(judges):
        for other in range(judges):
            if np.isfinite(found[one, other]):
                wanted = inverse[one, one] + inverse[other, other] - 2 * inverse[one, other]
                assert found[one, other] ** 2 == pytest.approx(max(wanted, 0), abs=1e-8)


def test_a_complete_panel_is_green_for_every_simple_method():
    table = simulate_round(entries=40, judges=7, per_entry=7, seed=1).table
    lights = lights_of(table)
    assert facts_of(table).complete
    assert {lights[method][0] for method in (Method.MEAN, Method.TRIMMED, Method.STANDARD, Method.SEVERITY)} == {
        Colour.GREEN
    }


def test_a_random_design_with_judges_who_differ_warns_of_the_mean_only():
    table = plant("clean", seed=1).table
    facts = facts_of(table)
    assert facts.random
    assert not facts.panels
    lights = lights_of(table)
    assert lights[Method.MEAN][1] == "severity_counts"
    assert [lights[method][0] for method in (Method.STANDARD, Method.SEVERITY, Method.FULL)] == [Colour.GREEN] * 3


def test_judges_who_hardly_differ_leave_the_mean_green():
    table = simulate_round(entries=200, judges=30, per_entry=5, severity_sd=0.3, seed=2).table
    assert lights_of(table)[Method.MEAN] == (Colour.GREEN, "equal_judges")


def test_fixed_panels_are_seen_and_never_normalised_silently():
    table = replace(make_competition(entries=300, judges=30, tracks=3, track_sd=6, seed=5).table, track_of_entry=None)
    facts = facts_of(table)
    assert facts.panels
    assert facts.quality_p < 0.001
    lights = lights_of(table)
    assert lights[Method.STANDARD] == (Colour.RED, "not_random")
    assert lights[Method.MEAN] == (Colour.RED, "not_mixed")
    assert lights[Method.FULL][1] == "undeclared_tracks"


def test_panels_do_not_trouble_least_squares_where_links_are_firm():
    table = replace(make_competition(entries=300, judges=30, tracks=3, track_sd=6, seed=5).table, track_of_entry=None)
    facts = facts_of(table)
    found = {weakest: traffic_lights(table, replace(facts, weakest=weakest))[3] for weakest in (0.8, 1.2)}
    assert (found[0.8].colour, found[0.8].code) == (Colour.GREEN, "linked_unmixed")
    assert (found[1.2].colour, found[1.2].code) == (Colour.AMBER, "undeclared_tracks")


def test_fixed_panels_with_equal_work_are_amber_for_standard_scores():
    table = plant_copying(0.0, seed=2).table
    assert facts_of(table).panels
    assert lights_of(table)[Method.STANDARD] == (Colour.AMBER, "panels_alike")


def test_tracks_with_few_linking_seats_are_amber_and_with_many_green():
    table = make_competition(entries=300, judges=30, tracks=3, track_sd=6, seed=5).table
    lights = lights_of(table)
    facts = facts_of(table)
    assert facts.tracks == 3
    assert 0.05 < facts.linking_seats < 0.3
    assert lights[Method.FULL][1] == ("few_linking_seats" if facts.linking_seats < 0.15 else "enough")
    assert lights[Method.STANDARD][0] is Colour.RED


def test_unlinked_parts_are_red_for_calibration():
    rows = [
        (f"{part}{e}", f"{part}{j}", 70 + (7 * e + 3 * j) % 11) for part in "pq" for e in range(12) for j in range(4)
    ]
    lights = lights_of(make_table(rows))
    assert lights[Method.SEVERITY] == lights[Method.FULL] == (Colour.RED, "unlinked")


def test_judges_with_a_handful_of_entries_are_red_for_the_full_method():
    table = simulate_round(entries=30, judges=15, per_entry=3, seed=3).table
    assert lights_of(table)[Method.FULL] == (Colour.RED, "few_totals")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 3)),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[:2],
    )
)
def test_every_table_gets_five_lights_with_a_sentence(rows):
    lights = traffic_lights(make_table([(f"e{e}", f"j{j}", mark) for e, j, mark in rows]))
    assert [light.method.value for light in lights] == ["mean", "trimmed", "standard", "severity", "full"]
    assert all(light.text.endswith(".") for light in lights)


def test_dealing_strong_work_to_some_judges_is_not_taken_for_a_lot():
    random = np.random.default_rng(7)
    quality = np.sort(random.normal(75, 8, 120))
    rows = []
    for entry in range(120):
        # Judges take neighbouring entries: the first judges see the weakest work.
        first = entry * 20 // 120
        for judge in {(first + step) % 24 for step in range(5)}:
            rows.append((f"e{entry:03d}", f"j{judge:02d}", round(quality[entry] + random.normal(0, 4), 2)))
    facts = facts_of(make_table(rows))
    assert not facts.random


def test_lights_do_not_depend_on_names():
    case = plant("clean", seed=4, entries=60, judges=12).table
    renamed = ScoreTable.from_columns(
        entry=[f"x{59 - e}" for e in case.entry], judge=[f"y{11 - j}" for j in case.judge], mark=case.total.tolist()
    )
    plain = ScoreTable.from_columns(
        entry=[case.entries[e] for e in case.entry],
        judge=[case.judges[j] for j in case.judge],
        mark=case.total.tolist(),
    )
    assert lights_of(plain) == lights_of(renamed)


def test_every_light_is_told_in_chinese_too():
    source = inspect.getsource(lights)
    codes = set(re.findall(r'Colour\.\w+, "(\w+)"', source))
    assert len(codes) > 15
    assert codes <= {*LIGHTS, "few_totals"}
    few = make_competition(entries=20, judges=10, per_entry=2, seed=1)
    told = [light_sentence(light) for light in traffic_lights(few.table)]
    assert all(re.search("[\u4e00-\u9fff]", sentence) and "{" not in sentence for sentence in told)
