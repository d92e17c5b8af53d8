"""The rule of thumb that press and federations use: a judge's total less the mean of the other judges of the panel.

Blind to severity within a round and to the panel's own faults, but anybody can redo it; see `scoring.flags.partial` for the test
that `find_flags` rests on.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.table import ScoreTable


@dataclass(frozen=True, slots=True)
class Preference:
    """Deviations from the panel, for own entries and for others (Welch's t).

    Attributes
    ----------
    own, others : float
        Mean deviation in points.
    own_count, others_count : int
    t, degrees, p : float
        Two-sided.
    """

    own: float
    others: float
    own_count: int
    others_count: int
    t: float
    degrees: float
    p: float


def deviations_from_peers(table: ScoreTable, strata: IntArray | None = None) -> FloatArray:
    """Every total less the mean of the other judges' for the same entry, centred within judge and stratum.

    Parameters
    ----------
    table : ScoreTable
    strata : array of int, optional
        Per ballot; a judge may be severe in one and lenient in another.

    Returns
    -------
    array of float
        Not a number where nobody else scored the entry.

    Notes
    -----
    Emerson, Seltzer & Lin (2009); Templon & Singer-Vine (BuzzFeed News, 2018).
    """
    load = table.judges_per_entry[table.entry]
    sums = np.bincount(table.entry, table.total)[table.entry]
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.where(load > 1, table.total - (sums - table.total) / (load - 1), np.nan)
    groups = table.judge if strata is None else table.judge * (int(strata.max()) + 1) + strata
    _, group = np.unique(groups, return_inverse=True)
    known = np.isfinite(apart)
    counts = np.bincount(group, known)
    means = np.bincount(group, np.where(known, apart, 0.0)) / np.maximum(counts, 1)
    return np.asarray(apart - means[group], float)


def preference_for_own(deviations: FloatArray, own: BoolArray) -> Preference:
    """Compare deviations for entries of the judge's own unit, country or school with those for others.

    Parameters
    ----------
    deviations : array of float
        Of `deviations_from_peers`; those that are not numbers do not count.
    own : array of bool

    Returns
    -------
    Preference
        Not a number for t and p with fewer than two on either side.
    """
    known = np.isfinite(deviations)
    ours, others = deviations[known & own], deviations[known & ~own]
    if min(len(ours), len(others)) < 2:
        nothing = float("nan")
        return Preference(_mean(ours), _mean(others), len(ours), len(others), nothing, nothing, nothing)
    first, second = float(ours.var(ddof=1)) / len(ours), float(others.var(ddof=1)) / len(others)
    error = max(first + second, 1e-300)
    t = (_mean(ours) - _mean(others)) / error**0.5
    degrees = error**2 / max(first**2 / (len(ours) - 1) + second**2 / (len(others) - 1), 1e-300)
    p = float(2 * stdtr(degrees, -abs(t)))
    return Preference(_mean(ours), _mean(others), len(ours), len(others), t, degrees, p)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")
