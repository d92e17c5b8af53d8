"""How sure an award line is."""

import numpy as np
import pytest

from scoring import ScoringError, Zone, decision_zones, evaluate, share_of_best_found, simulate_round


def test_everybody_is_in_open_or_out_by_the_chance_to_be_among_the_best():
    result = evaluate(simulate_round(entries=60, judges=10, per_entry=5, seed=3).table, top=[10])
    line = decision_zones(result, 10)
    for one in result.entries:
        chance = one.p_top[10]
        expected = Zone.IN if chance >= 0.9 else Zone.OUT if chance <= 0.1 else Zone.OPEN
        assert line.zones[one.entry] is expected
    assert sum(line.count(zone) for zone in Zone) == 60
    assert f"前 10 名：{line.count(Zone.IN)} 件有 90% 以上把握" in line.text.zh


def test_the_expected_share_is_what_is_found_on_average():
    expected, found = [], []
    for seed in range(25):
        simulated = simulate_round(entries=60, judges=12, per_entry=4, seed=seed)
        result = evaluate(simulated.table, top=[10], draws=200)
        by_id = {one.entry: one.adjusted for one in result.entries}
        scores = [by_id[entry] for entry in simulated.table.entries]
        expected.append(decision_zones(result, 10).expected)
        found.append(share_of_best_found(simulated.quality, scores, 10 / 60))
    assert np.mean(expected) == pytest.approx(np.mean(found), abs=3 * np.std(found) / 5)


@pytest.mark.parametrize(("k", "sure"), [(7, 0.9), (10, 0.5), (10, 1.1)])
def test_a_line_that_was_not_asked_for_is_refused(k, sure):
    result = evaluate(simulate_round(entries=12, judges=4, per_entry=3, seed=3).table, top=[10])
    with pytest.raises(ScoringError, match="says nothing of the best"):
        decision_zones(result, k, sure=sure)
