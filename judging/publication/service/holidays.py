"""Acts on the holiday calendar: take over a published year, enter or forget a day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import chinese_calendar
import sqlalchemy as sa
from chinese_calendar.constants import holidays as published_days
from sqlalchemy.orm import Session

from judging.foundation import audit, clock
from judging.foundation.audit import SYSTEM, Actor
from judging.publication import queries
from judging.publication.models import Holiday
from judging.publication.rules import PublicationAct

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def years_published() -> set[int]:
    """Return the years whose holidays the calendar library knows."""
    return {day.year for day in published_days}


def seed_holidays(session: Session, year: int, *, by: Actor = SYSTEM, at: datetime | None = None) -> int:
    """Enter the days of a year that differ from the week, as the State Council published them; days entered by hand stay.

    Returns how many days were entered: 0 for a year the library does not know.
    """
    if year not in years_published():
        return 0
    known = {holiday.day for holiday in queries.holidays_of_year(session, year)}
    made = [holiday for holiday in _differing(year) if holiday.day not in known]
    session.add_all(made)
    session.flush()
    if made:
        _record(session, str(year), {"days": len(made)}, by=by, at=at or clock.now())
    return len(made)


def _differing(year: int) -> list[Holiday]:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    found = []
    for day in days:
        if day.year == year and chinese_calendar.is_workday(day) != (day.weekday() < 5):
            _, name = chinese_calendar.get_holiday_detail(day)
            works = chinese_calendar.is_workday(day)
            found.append(Holiday(day=day, is_working=works, name="调休上班" if works else NAMES.get(name or "", "")))
    return found


def set_holiday(session: Session, day: date, *, is_working: bool, name: str, by: Actor, at: datetime) -> Holiday:
    """Enter a day that differs from the week, or change it."""
    found = session.scalar(sa.select(Holiday).where(Holiday.day == day))
    before = {"working": found.is_working} if found else {}
    holiday = found or Holiday(day=day)
    holiday.is_working, holiday.name = is_working, name.strip()[:40]
    session.add(holiday)
    session.flush()
    _record(session, day.isoformat(), audit.changes(before, {"working": is_working}), by=by, at=at)
    return holiday


def forget_holiday(session: Session, day: date, *, by: Actor, at: datetime) -> None:
    """Let a day be an ordinary day of the week again."""
    session.execute(sa.delete(Holiday).where(Holiday.day == day))
    _record(session, day.isoformat(), {"forgotten": True}, by=by, at=at)


def _record(session: Session, subject: str, detail: Mapping[str, object], *, by: Actor, at: datetime) -> None:
    audit.record(session, PublicationAct.HOLIDAYS, by=by, at=at, subject=subject, detail=detail)
    session.flush()
