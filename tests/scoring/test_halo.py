"""Marks that run together, where the round's table holds totals and the marks come by rubric."""

from dataclasses import replace

import numpy as np
import pytest

from scoring import FlagKind, ScoreTable, ScoringError, evaluate, find_flags
from scoring.sensitivity import subset
from tests.factories.planted import Planted, plant_halo


@pytest.fixture(scope="module")
def case() -> Planted:
    return plant_halo(0.6, seed=2)


def totals_of(table: ScoreTable) -> ScoreTable:
    return replace(table, criteria=(), weights=(), marks=None)


def halo_judges(table: ScoreTable, *sheets: ScoreTable) -> set[str]:
    return {flag.judge for flag in find_flags(table, sheets=sheets).flags if flag.kind is FlagKind.HALO}


def test_marks_beside_totals_tell_what_marks_in_the_table_tell(case: Planted) -> None:
    assert halo_judges(totals_of(case.table), case.table) == halo_judges(case.table) == case.judges


def test_two_rubrics_are_looked_at_together(case: Planted) -> None:
    first = case.table.entry % 2 == 0
    halves = subset(case.table, first), subset(case.table, ~first)
    other = replace(halves[1], criteria=tuple(f"other {name}" for name in halves[1].criteria))
    assert halo_judges(totals_of(case.table), halves[0], other) == case.judges


def test_rubric_of_two_criteria_says_nothing(case: Planted) -> None:
    assert case.table.marks is not None
    narrow = replace(case.table, criteria=case.table.criteria[:2], weights=(1.0, 1.0), marks=case.table.marks[:, :2])
    assert find_flags(totals_of(case.table), sheets=[narrow]).untestable[FlagKind.HALO].code == "few_criteria"


def test_flat_marks_say_nothing(case: Planted) -> None:
    assert case.table.marks is not None
    flat = replace(case.table, marks=np.ones_like(case.table.marks))
    assert find_flags(totals_of(case.table), sheets=[flat]).untestable[FlagKind.HALO].code == "flat_criteria"


def test_marks_change_the_digest_and_no_score(case: Planted) -> None:
    plain = evaluate(totals_of(case.table), method="mean")
    told = evaluate(totals_of(case.table), method="mean", sheets=[case.table])
    assert plain.digest != told.digest
    assert plain.entries == told.entries


def test_marks_of_a_judge_without_totals_are_refused(case: Planted) -> None:
    fewer = subset(totals_of(case.table), case.table.judge > 0)
    with pytest.raises(ScoringError, match="who has no total"):
        find_flags(fewer, sheets=[case.table])
