"""Figures as they are stored."""

import math
from decimal import Decimal

from scoring import half_up


def six(value: float | None) -> Decimal | None:
    """Return a figure with six decimals as it is stored; None for none and for not-a-number."""
    return None if value is None or not math.isfinite(value) else half_up(value, 6)


def text_of(value: Decimal) -> str:
    """Return a number as plain text without needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
