"""The only rounding there is: half away from zero, on the decimal number a person would read."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: Decimal | float | str, places: int = 2) -> Decimal:
    """Round half up (四舍五入) to `places` decimals.

    A float stands for the shortest decimal that names it, so 2.675 becomes 2.68. The scores of this engine are the
    floats nearest to exact quotients, so their halves are true halves.

    Parameters
    ----------
    value : Decimal, float, int or str
        What to round.
    places : int
        Decimals to keep, 0 to 9.

    Returns
    -------
    Decimal
        With exactly `places` decimals; never a negative zero.
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)
