"""Places shared out by largest remainder (最大余额法)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from scoring.errors import ScoringError
from scoring.rounding import half_up
from scoring.sentences import Sentence


def apportion_largest_remainder(shares: Sequence[Decimal | float | int], total: int | None = None) -> tuple[int, ...]:
    """Round shares to whole places that add up.

    Every share gets its whole part; the places left go to the largest remainders, the earlier share first when
    remainders are equal (Hamilton's method). When `total` is not the shares' sum, they are scaled to it.

    Parameters
    ----------
    shares : sequence of number
        Not negative: exact claims such as 3.45, or weights such as numbers of entries.
    total : int, optional
        Places to give; the sum of the shares, rounded half up, when not given. A total within 1 of the sum rounds
        the claims as they are, another one scales them first.

    Returns
    -------
    tuple of int

    Raises
    ------
    ScoringError
        ``bad_shares`` when a share or the total is negative, or places are to be given and no share is above 0.
    """
    exact = [Fraction(str(share)) for share in shares]
    claimed = sum(exact, Fraction(0))
    places = int(half_up(Decimal(claimed.numerator) / claimed.denominator, 0)) if total is None else total
    if places < 0 or any(share < 0 for share in exact) or (places and not claimed):
        raise ScoringError(
            "bad_shares",
            Sentence(
                "Shares must not be negative, and somebody must have one.", "份额不能是负数，而且至少一方要有份额。"
            ),
            total=places,
        )
    if claimed and abs(claimed - places) >= 1:
        exact = [share * places / claimed for share in exact]
    given = [share.numerator // share.denominator for share in exact]
    left = places - sum(given)
    by_remainder = sorted(range(len(exact)), key=lambda place: (given[place] - exact[place], place))
    for place in by_remainder[:left]:
        given[place] += 1
    return tuple(given)
