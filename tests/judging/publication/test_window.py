"""Working days with the real calendar of 2022, calendar days, and years nobody knows."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from judging.editions.models import DayKind
from judging.publication import queries, service
from judging.publication.rules import BadWindow, CalendarUnknown, closing_day, is_working
from tests.factories.publication import AT, SOMEBODY

# The State Council's calendar of 2022 around the National Day: off from 1 to 7 October, 8 and 9 October are worked.
AUTUMN = {date(2022, 10, day): False for day in (3, 4, 5, 6, 7)} | {
    date(2022, 10, 8): True,
    date(2022, 10, 9): True,
    date(2022, 9, 12): False,
}


@pytest.mark.parametrize(
    ("opens", "days", "closes"),
    [
        (date(2022, 7, 4), 5, date(2022, 7, 8)),  # a plain week
        (date(2022, 7, 2), 5, date(2022, 7, 8)),  # opened on a Saturday: Monday is the first working day
        (date(2022, 9, 30), 5, date(2022, 10, 11)),  # over the National Day, with the worked Saturday and Sunday
        (date(2022, 10, 1), 1, date(2022, 10, 8)),  # the first day worked is a Saturday
        (date(2022, 10, 8), 7, date(2022, 10, 14)),  # seven days on end
        (date(2022, 9, 9), 2, date(2022, 9, 13)),  # over the Mid-autumn Monday
    ],
)
def test_working_days_end_where_the_calendar_says(opens: date, days: int, closes: date) -> None:
    assert closing_day(opens, days, DayKind.WORKING, AUTUMN) == closes


def test_calendar_days_need_no_calendar() -> None:
    assert closing_day(date(2031, 9, 30), 7, DayKind.NATURAL, {}) == date(2031, 10, 6)


def test_an_unknown_year_is_not_guessed() -> None:
    with pytest.raises(CalendarUnknown, match="2023"):
        closing_day(date(2022, 12, 29), 5, DayKind.WORKING, AUTUMN)


@pytest.mark.parametrize("days", [0, -1, 61])
def test_a_window_of_no_sensible_length_is_refused(days: int) -> None:
    with pytest.raises(BadWindow):
        closing_day(date(2022, 7, 4), days, DayKind.WORKING, AUTUMN)


@given(st.dates(date(2022, 1, 1), date(2022, 9, 1)), st.integers(1, 40), st.dictionaries(st.dates(), st.booleans()))
def test_a_window_holds_exactly_its_working_days(opens: date, days: int, more: Mapping[date, bool]) -> None:
    holidays = AUTUMN | dict(more)
    try:
        last = closing_day(opens, days, DayKind.WORKING, holidays)
    except CalendarUnknown:
        return
    span = [opens + timedelta(days=n) for n in range((last - opens).days + 1)]
    assert sum(is_working(day, holidays) for day in span) == days
    assert is_working(last, holidays)


def test_a_published_year_is_taken_over_once(session: Session) -> None:
    first = service.seed_holidays(session, 2022, at=AT)
    again = service.seed_holidays(session, 2022, at=AT)
    known = queries.holidays(session)
    assert (first, again) == (len(known), 0)
    assert {day: known[day] for day in AUTUMN} == AUTUMN


def test_a_day_entered_by_hand_outlives_the_published_year(session: Session) -> None:
    service.set_holiday(session, date(2022, 10, 3), is_working=True, name="", by=SOMEBODY, at=AT)
    service.seed_holidays(session, 2022, at=AT)
    assert queries.holidays(session)[date(2022, 10, 3)] is True


def test_a_year_the_library_does_not_know_stays_empty(session: Session) -> None:
    assert service.seed_holidays(session, 2099, at=AT) == 0
    assert queries.holidays_of_year(session, 2099) == []
