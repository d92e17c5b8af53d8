"""Where awards begin: selection, which stands above results, tells the lines so that chances can be computed for them."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from judging.editions.models import Round

Teller = Callable[[Session, Round, int], Sequence[int]]
_tellers: list[Teller] = []


def tells_lines(function: Teller) -> Teller:
    """Register who knows after how many of so many entries of a round the levels end."""
    _tellers.append(function)
    return function


def award_lines(session: Session, round_: Round, entries: int) -> list[int]:
    """Return the numbers of best entries that awards are drawn after, ascending."""
    told = {k for teller in _tellers for k in teller(session, round_, entries)}
    return sorted(k for k in told if 0 < k < entries)
