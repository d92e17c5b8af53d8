"""How values look on the page: times in the edition's zone, sizes, points, masked phones."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask, g
from flask_babel import get_locale, lazy_gettext

from scoring.errors import ScoringError
from scoring.rounding import half_up

WEEKDAYS = (
    lazy_gettext("Mon"),
    lazy_gettext("Tue"),
    lazy_gettext("Wed"),
    lazy_gettext("Thu"),
    lazy_gettext("Fri"),
    lazy_gettext("Sat"),
    lazy_gettext("Sun"),
)


def zone() -> tzinfo:
    """Return the zone of the edition of this page; elsewhere China's."""
    edition = g.get("edition") if g else None
    return ZoneInfo(edition.timezone if edition is not None else "Asia/Shanghai")


def _chinese() -> bool:
    return str(get_locale() or "zh").startswith("zh")


def reason_of(error: ScoringError) -> str:
    """What the engine refuses, in the reader's language."""
    return error.in_language("zh" if _chinese() else "en")


def format_date(value: date | datetime | None) -> str:
    """2022年6月30日, or 30 Jun 2022."""
    if value is None:
        return ""
    day = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日" if _chinese() else f"{day.day} {day:%b} {day.year}"


def format_datetime(value: datetime | None) -> str:
    """2022年6月30日 17:00."""
    return "" if value is None else f"{format_date(value)} {value.astimezone(zone()):%H:%M}"


def format_weekday_datetime(value: datetime | None) -> str:
    """2022年6月30日（周四）17:00."""
    if value is None:
        return ""
    local = value.astimezone(zone())
    day = WEEKDAYS[local.weekday()]
    return f"{format_date(value)}（{day}）{local:%H:%M}" if _chinese() else f"{day} {format_date(value)} {local:%H:%M}"


def format_filesize(size: int | None) -> str:
    """12 KB, 3.4 MB."""
    number = float(size or 0)
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit != "MB" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def format_points(value: Decimal | float | None, decimals: int = 2) -> str:
    """A score half-up to its decimals; a dash for none."""
    return "–" if value is None else str(half_up(value, decimals))


def plain_number(value: Decimal | None) -> str:
    """A number without needless zeros: 15, 8.5."""
    return "" if value is None else format(value.normalize(), "f")


def mask_phone(phone: str | None) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) >= 8 else "****" if phone else ""


def init_app(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters |= {
        "date": format_date,
        "datetime": format_datetime,
        "weekday_datetime": format_weekday_datetime,
        "filesize": format_filesize,
        "points": format_points,
        "plain": plain_number,
        "mask_phone": mask_phone,
    }
