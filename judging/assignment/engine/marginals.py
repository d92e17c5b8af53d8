"""How probable each pair is, and the stream of lots that draws from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Floats, Ints, Pairs
from judging.assignment.engine.rest import Cap


@dataclass(frozen=True, slots=True, eq=False)
class Plans:
    """Whole plans, each equally probable, without the pinned pairs.

    Attributes
    ----------
    row : int64 (seats,), sorted
        The entry of each seat: every plan gives an entry equally many judges.
    column : int64 (plans, seats), sorted inside an entry
        The judges of each plan.
    caps
        The panel rules, which every plan keeps.
    least, most : int64 (m,)
        Bounds of a judge's load in every draw; every plan keeps them.
    """

    row: Ints
    column: Ints
    caps: tuple[Cap, ...]
    least: Ints
    most: Ints

    def __len__(self) -> int:
        return len(self.column)


@dataclass(frozen=True, slots=True, eq=False)
class Marginals:
    """How probable each pair is.

    Attributes
    ----------
    row, column : int64, sorted by row and then by column
        Pairs that may be drawn.
    units : int64
        Probability of each in 2^-bits, from 1 to 2^bits; with plans: how many of them have the pair.
    bits
        How fine the grid is.
    groups : int64 (levels, m), from the widest to the narrowest
        Group of each judge under each panel rule that every draw keeps, -1 outside.
    pinned
        Pairs that stand in every draw.
    expected, bound
        Expected affinity (with nudges and pinned pairs), and what no probabilities under the same limits can exceed.
    cap
        The highest probability a pair was allowed.
    plans
        Where panel rules cross: the whole plans that a draw is made of.
    """

    row: Ints
    column: Ints
    units: Ints
    bits: int
    groups: Ints
    pinned: Pairs
    expected: float
    bound: float
    cap: float
    plans: Plans | None = None

    @property
    def whole(self) -> int:
        """Return how many units are certainty."""
        return 1 << self.bits if self.plans is None else len(self.plans)

    @property
    def probability(self) -> Floats:
        """Return the probability of each pair."""
        return np.asarray(self.units / self.whole, dtype=np.float64)

    @property
    def entropy(self) -> float:
        """Return - sum p ln p: how much is left to chance."""
        p = self.probability
        return float(-(p * np.log(p)).sum())


class Lots:
    """A stream of 64-bit lots from a seed: the same on every machine and under every version of NumPy."""

    def __init__(self, seed: int) -> None:
        self._stream = np.random.PCG64(seed)

    def take(self, count: int) -> NDArray[np.uint64]:
        """Return the next lots."""
        return np.asarray(self._stream.random_raw(count), dtype=np.uint64)
