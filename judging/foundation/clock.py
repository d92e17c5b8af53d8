"""The one place where the program looks at the clock; acts are told the time."""

from datetime import UTC, datetime, timedelta

_ahead = [timedelta(0)]


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC) + _ahead[0]


def pretend(moment: datetime) -> None:
    """Let the clock go on from another moment: the demo lives in the middle of its edition."""
    _ahead[0] = moment - datetime.now(UTC)
