"""Deviations from the panel, against the published analysis of figure skating."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from scoring import ScoreTable
from scoring.flags.peers import deviations_from_peers, preference_for_own
from scoring.flags.permutation import stratified_p
from tests.factories.scoring import make_panel, make_table


@pytest.fixture(scope="module")
def skating():
    """Table, programme and same country of 14,680 totals of senior programmes."""
    path = Path(__file__).parent / "data/skating/judge-totals.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["performance"], row["judge"]))
    table = ScoreTable.from_columns(
        entry=[row["performance"] for row in rows],
        judge=[row["judge"] for row in rows],
        mark=[row["total"] for row in rows],
    )
    programme = np.array([row["programme"] == "short" for row in rows], np.int64)
    return table, programme, np.array([row["same_country"] == "1" for row in rows])


def test_home_preference_in_figure_skating_is_as_published(skating):
    table, programme, same = skating
    found = preference_for_own(deviations_from_peers(table, programme), same)
    assert (round(found.own, 3), found.own_count) == (3.088, 1305)
    assert (round(found.others, 3), found.others_count) == (-0.301, 13375)
    assert round(found.t, 4) == pytest.approx(37.8598, abs=0.0002)
    assert found.p == pytest.approx(5.2e-225, rel=0.01)


def test_as_many_judges_judged_a_compatriot_as_published(skating):
    table, _, same = skating
    assert len(table.judges) == 214
    assert len(np.unique(table.judge[same])) == 183


def test_as_many_judges_prefer_compatriots_beyond_chance_as_published(skating):
    # Published, by shuffling: 27 below .00001, where a million shuffles give 28 with two on the border (.9 and 1.0e-5).
    table, programme, same = skating
    apart = deviations_from_peers(table, programme)
    strength, chances = [], []
    for judge in range(len(table.judges)):
        rows = np.flatnonzero(table.judge == judge)
        strength.append(standardized(apart[rows], same[rows], programme[rows]))
        if strength[-1] > 3:
            chances.append(stratified_p(apart[rows], same[rows], programme[rows]))
    assert np.sort(strength)[-5:] == pytest.approx([6.59, 6.68, 7.01, 7.01, 7.05], abs=0.005)
    assert (np.array(chances) < 1e-5).sum() == 28
    assert np.sort(chances)[27:29] == pytest.approx([0.85e-5, 1.0e-5], rel=0.1)


def standardized(values, own, strata):
    """Sum of the own values less what shuffling within strata would give, over its standard deviation."""
    apart = variance = 0.0
    for stratum in (0, 1):
        some, ours = values[strata == stratum], own[strata == stratum]
        if len(some) > 1 and ours.any():
            apart += some[ours].sum() - ours.sum() * some.mean()
            variance += ours.sum() * (~ours).sum() / len(some) * some.var(ddof=1)
    return apart / variance**0.5 if variance > 0 else 0.0


def test_a_deviation_is_the_total_less_the_mean_of_the_others():
    # x gave 9 and 4, others' means are 5 and 4: 4 and 0, less their mean.
    found = deviations_from_peers(make_panel(x=[9, 4], y=[4, 4], z=[6, 4]))
    assert found[[0, 3]].tolist() == [2.0, -2.0]


def test_an_entry_with_one_judge_has_no_peers():
    found = deviations_from_peers(make_table([("A", "x", 1), ("B", "x", 3), ("B", "y", 4)]))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.0, 0.0]


def test_too_few_own_entries_have_no_t():
    found = preference_for_own(np.array([1.0, 0.0, 2.0]), np.array([True, False, False]))
    assert (found.own, found.others) == (1.0, 1.0)
    assert np.isnan(found.t)
