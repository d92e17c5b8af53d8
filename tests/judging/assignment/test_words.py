"""What plans buy and cost, in words that never round a loss away."""

from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy.orm import Session

from judging.assignment import words
from judging.assignment.diagnosis import unless_unknown
from judging.assignment.problem import Cause, Diagnosis, Repair, RepairKind


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (1, 1, "100 %"),
        (0, 5, "0 %"),
        (99.97, 100, "99.97 %"),
        (99.999, 100, "99.999 %"),
        (0.02, 100, "0.02 %"),
        (1, 3, "33.3 %"),
        (1, 0, "100 %"),
    ],
)
def test_share_never_hides_what_is_missing(part: float, whole: float, told: str) -> None:
    assert words.share(part, whole).replace("\u00a0", " ") == told


def summary(total: float, floor: float, error: float, links: int = 9) -> dict[str, Any]:
    """A plan in figures."""
    return {"total": total, "bound": 100.0, "figures": {"floor": floor, "error": error, "links": links}}


@pytest.mark.parametrize(
    ("mode", "mine", "numbers"),
    [
        ("fair", summary(99.5, 1.5, 0.4), ("1.5", "1.2", "0.5")),
        ("calibration", summary(99.0, 1.2, 0.25, 14), ("±1", "±1.6", "14", "9")),
        ("random", summary(90.0, 1.0, 0.4), ("50", "10")),
    ],
)
def test_each_plan_says_what_it_buys_and_what_it_costs(
    session: Session, mode: str, mine: dict[str, Any], numbers: tuple[str, ...]
) -> None:
    told = " ".join(words.trade_sentences(mine, summary(100.0, 1.2, 0.4), mode))
    assert [number for number in numbers if number not in told] == []


def test_way_out_names_judges_candidates_and_rules(session: Session) -> None:
    lines = [
        Repair(RepairKind.MORE, "J1", 2),
        Repair(RepairKind.MORE, "J4", 2),
        Repair(RepairKind.WAIVE, "K7", 1, "region"),
    ]
    told = words.lines_sentences(lines)
    assert len(told) == 2
    assert "J1、J4" in told[0]
    assert words.rule_words("region") in told[1]


def test_bounds_that_a_plan_changes_stand_in_one_line_each(session: Session) -> None:
    told = words.bend_sentences({"seats": {"J1": [None, 9], "J2": [3, 9]}, "wanted": 4, "spared": [["unit", "K1"]]})
    assert len(told) == 4


@pytest.mark.parametrize(("error", "warned"), [(0.3, False), (0.53, False), (0.6, True), (0.0, False)])
def test_thin_links_between_judges_are_warned_of(session: Session, error: float, warned: bool) -> None:
    assert any("便于校准" in told for told in words.error_sentences(error)) is warned


def test_a_plan_that_was_not_found_is_not_called_impossible() -> None:
    named = Diagnosis(Cause.RULES, ("A1",), ("J1",), 3, 2)
    unnamed = Diagnosis(Cause.RULES, ("A1", "A2"), (), 0, 0)
    assert unless_unknown(named, 4) == named
    told = words.diagnosis_sentence(asdict(unless_unknown(unnamed, 4)))
    assert "not known" in told
    assert "4" in told
