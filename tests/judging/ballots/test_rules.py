"""Marks are read exactly or refused in a sentence that names the criterion."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from judging.ballots.rules import BadMark, is_late, read_mark
from judging.rubrics.models import Criterion

HALF = Criterion(name="选题", minimum=Decimal(0), maximum=Decimal(15), step=Decimal("0.5"))
FINE = Criterion(name="特点", minimum=Decimal(0), maximum=Decimal("8.5"), step=Decimal("0.01"))
OPENS = datetime(2022, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12.5", "12.5"),
        ("１２．５", "12.5"),
        ("12。5", "12.5"),
        (" 7 ", "7"),
        ("0", "0"),
        ("15.0", "15.0"),
        (".5", "0.5"),
        ("15.000000", "15"),
    ],
)
def test_mark_is_read_exactly(typed: str, value: str) -> None:
    assert read_mark(typed, HALF) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "  ", "\u3000"])
def test_empty_mark_is_taken_back(typed: str) -> None:
    assert read_mark(typed, HALF) is None


@pytest.mark.parametrize(
    "typed",
    ["NaN", "Infinity", "-Infinity", "1e309", "1e1", "-1", "15.5",
     "12.3", "12.50000001", "12,5,1", "十二", "12.5分", "0x1", "１２．３", "9" * 40, "."],
)  # fmt: skip
def test_anything_else_is_refused_with_the_criterion_named(session: Session, typed: str) -> None:
    with pytest.raises(BadMark) as refusal:
        read_mark(typed, HALF)
    assert "选题" in str(refusal.value)


def test_highest_mark_counts_though_no_step_meets_it() -> None:
    coarse = Criterion(name="特点", minimum=Decimal(0), maximum=Decimal("8.5"), step=Decimal(2))
    assert read_mark("8.5", coarse) == Decimal("8.5")


@given(st.integers(0, 850))
def test_every_step_of_a_fine_scale_is_accepted(steps: int) -> None:
    assert read_mark(str(Decimal(steps) / 100), FINE) == Decimal(steps) / 100


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_mark_or_a_refusal(session_text: str) -> None:
    try:
        value = read_mark(session_text, FINE)
    except BadMark:
        return
    assert value is None or 0 <= value <= Decimal("8.5")


@pytest.mark.parametrize(
    ("done", "days", "late"), [(0, 1, False), (0, 3, True), (5, 5, False), (4, 5, True), (10, 9, False)]
)
def test_judge_is_late_when_behind_the_time_that_is_over(done: int, days: int, late: bool) -> None:
    assert is_late(done, 10, OPENS, OPENS + timedelta(days=10), OPENS + timedelta(days=days)) is late
