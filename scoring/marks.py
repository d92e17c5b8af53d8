"""Marks as they are typed: read as decimal numbers and kept as whole units, so that sums are exact."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np

from scoring.arrays import FloatArray, IntArray

MOST_DECIMALS = 9
EXACT_LIMIT = 2**53
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True, eq=False)
class WholeUnits:
    """Numbers as whole multiples of 10**-decimals."""

    units: IntArray
    decimals: int


def is_missing(value: object) -> bool:
    """Whether a cell is empty: None, or a float that is not a number."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def read_number(value: object) -> float | None:
    """Read one typed number; None if it is missing, ValueError if it is something else.

    Full-width digits and surrounding blanks are understood; words, infinities and truth values are not numbers.
    """
    if is_missing(value):
        return None
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        return float(text)
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | Decimal | np.number):
        raise ValueError(str(value))
    try:
        number = float(Decimal(str(value)))
    except (InvalidOperation, OverflowError):
        raise ValueError(str(value)) from None
    if not np.isfinite(number):
        raise ValueError(str(value))
    return number


def whole_units(values: FloatArray, most: int = MOST_DECIMALS) -> WholeUnits | None:
    """Write decimal numbers as whole units of the smallest step they need, or None if `most` decimals do not do.

    Parameters
    ----------
    values : array of float
        Finite numbers, each the float nearest to some decimal.
    most : int
        Most decimals tried.

    Returns
    -------
    WholeUnits or None
        None also when the sum of all would leave the range in which floats are exact.
    """
    for decimals in range(most + 1):
        power = float(10**decimals)
        units = np.rint(values * power)
        if np.abs(units).sum() >= EXACT_LIMIT:
            return None
        if bool(np.all(units / power == values)):
            return WholeUnits(units.astype(np.int64), decimals)
    return None


def weighted_units(marks: FloatArray, weights: Sequence[float]) -> WholeUnits | None:
    """Totals of weighted marks in whole units: one row a ballot, one column a criterion."""
    marked, weighted = whole_units(marks.ravel()), whole_units(np.asarray(weights, float))
    if marked is None or weighted is None or marked.decimals + weighted.decimals > MOST_DECIMALS:
        return None
    if float(np.abs(marks).sum()) * max(map(abs, weights)) * 10 ** (marked.decimals + weighted.decimals) >= EXACT_LIMIT:
        return None
    return WholeUnits(marked.units.reshape(marks.shape) @ weighted.units, marked.decimals + weighted.decimals)
