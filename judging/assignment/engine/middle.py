"""Crossing panel rules in problems of the usual size: one whole-number program over all pairs, one linear one for the prices.

Up to some hundred entries HiGHS decides on all pairs in a second or so, and shows that no assignment is better. Prices
alone cannot always show that: where rules cross, no whole plan may reach what they bound.
"""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine import program
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.doubt import Doubt
from judging.assignment.engine.instance import NO_PAIRS, Floats, Impossible, Ints, Pairs
from judging.assignment.engine.mend import mend
from judging.assignment.engine.network import lots
from judging.assignment.engine.pricing import look
from judging.assignment.engine.rest import Rest

PAIRS = 20_000  # up to which a problem is of the usual size
TINY = 1e-9  # of the spread of scores: what a lot weighs, 0 to 7 times
FAR = 1e6  # spreads of score: prices may move as far as they will


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """The best assignment without its pinned pairs, and prices with the bound that they prove."""

    pairs: Pairs
    proof: Prices
    bound: float


class Lotted(Rest):
    """The problem with a lot on every pair, too small to matter but between equals."""

    def __init__(self, rest: Rest, seed: int) -> None:
        self._seed, self._unit = seed, TINY * (float(np.ptp(rest.instance.score)) or 1.0)
        super().__init__(rest.instance)

    def worth_at(self, row: Ints, column: Ints) -> Floats:
        """Return what pairs are worth with their lots."""
        return super().worth_at(row, column) + self._unit * lots(Pairs(row, column), self._seed)


def settle(rest: Rest, seed: int, seconds: float) -> Settled | None:
    """Return the best assignment of all; None when the problem is too large or the search was not ended.

    Raises
    ------
    Impossible
        If there is no assignment.
    """
    n, m = rest.shape
    if not 0 < n * m <= PAIRS:
        return None
    row, column = np.divmod(np.arange(n * m), m)
    free = rest.open_at(row, column)
    everything = Doubt(Pairs(row[free], column[free]), NO_PAIRS)
    nothing = Prices(np.zeros(m))
    spread = float(np.ptp(rest.instance.score)) or 1.0
    found = program.solve(rest, everything, nothing, reach=FAR * spread)
    proof = nothing if found is None else found.proof
    best = mend(Lotted(rest, seed), everything, proof, aim=0.0, seconds=seconds)
    if not best.proved:
        return None
    if best.short:
        raise Impossible(f"{best.short} places cannot be filled.", best.short)
    bound = look(rest, proof, best.pairs, everything.open, tolerance=np.inf).bound
    return Settled(best.pairs, proof, bound)
