"""How probable each pair is, and the stream of lots that draws from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Floats, Ints, Pairs


@dataclass(frozen=True, slots=True, eq=False)
class Marginals:
    """How probable each pair is.

    Attributes
    ----------
    row, column : int64, sorted by row and then by column
        Pairs that may be drawn.
    units : int64
        Probability of each in 2^-bits, from 1 to 2^bits.
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

    @property
    def probability(self) -> Floats:
        """Return the probability of each pair."""
        return np.asarray(self.units / 2.0**self.bits, dtype=np.float64)

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
