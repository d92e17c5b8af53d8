"""How sure places are: rank intervals and chances of the top, from joint posterior draws, never from single intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.additive import AdditiveCalibration, draw_entries
from scoring.arrays import FloatArray, IntArray
from scoring.crowd import MANY, places_among_many
from scoring.table import ScoreTable

MOST_CELLS = 50_000_000
BLOCK_CELLS = 2_000_000
TAIL = 0.05
ENDS = 0.8  # An end is left out when so much of it lies outside.
NORMAL_90 = 1.6448536269514722
EFFICIENCY_PANELS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where entries would stand if their true quality were known.

    Attributes
    ----------
    low, high : array of int
        90 % interval of the rank; low is the better end.
    p_top : mapping of int to array of float
        For every k, the chance to be among the best k.
    draws : int
        How many joint draws they rest on; 0 when nothing was to be drawn.
    """

    low: IntArray
    high: IntArray
    p_top: Mapping[int, FloatArray]
    draws: int


def place_by_draws(
    fit: AdditiveCalibration, table: ScoreTable, *, seed: int, draws: int, top: Sequence[int], parts: IntArray
) -> Places:
    """Rank intervals and chances of the top under the additive model, within every part by itself.

    Parameters
    ----------
    fit : AdditiveCalibration
    table : ScoreTable
    seed : int
        Of the draws; the same seed gives the same figures.
    draws : int
        Wanted; fewer, but at least 200, when entries times draws would pass 50 million; none for 20,000 entries and
        more, whose places are read from every entry's own distribution.
    top : sequence of int
    parts : array of int
        Which entries are ranked together.

    Returns
    -------
    Places
        With nothing to estimate uncertainty from, every place is possible; with an exact fit, only the one.
    """
    if fit.solution is None:
        return _certain(fit, top, parts) if fit.noise == 0 else _unknown(top, parts)
    entries = len(table.entries)
    if entries >= MANY and fit.entry_blup is not None and fit.entry_se is not None:
        low, high, chances = places_among_many(fit.entry_blup, fit.entry_se, seed=seed, top=top, parts=parts)
        return Places(low, high, chances, 0)
    draws = max(200, min(draws, MOST_CELLS // entries))
    random = np.random.default_rng([seed, 0xD12A])
    ranks = np.empty((entries, draws), np.int32)
    step = max(1, BLOCK_CELLS // entries)
    for first in range(0, draws, step):
        drawn = draw_entries(fit, table, random, min(step, draws - first))
        ranks[:, first : first + step] = _ranks(drawn, parts)
    return _places_of(ranks, top)


def places_of_draws(draws: FloatArray, *, top: Sequence[int], parts: IntArray, kind: IntArray) -> Places:
    """Rank intervals and chances of the top from joint draws of any model.

    Parameters
    ----------
    draws : array of float
        Entries by draws.
    top : sequence of int
    parts : array of int
        Which entries are ranked together.
    kind : array of int
        Equal for entries that are alike in everything: they get the same figures.

    Returns
    -------
    Places
    """
    places = _places_of(_ranks(draws, parts), top)
    alike = np.bincount(kind)
    together = {k: (np.bincount(kind, chance) / alike)[kind] for k, chance in places.p_top.items()}
    low, high = (np.bincount(kind, end)[kind] / alike[kind] for end in (places.low, places.high))
    return Places(np.floor(low).astype(np.int64), np.ceil(high).astype(np.int64), together, places.draws)


def _places_of(ranks: NDArray[np.int32], top: Sequence[int]) -> Places:
    chances = {int(k): np.asarray((ranks <= k).mean(axis=1), float) for k in top}
    low, high = np.empty(len(ranks), np.int64), np.empty(len(ranks), np.int64)
    step = max(1, BLOCK_CELLS // ranks.shape[1])
    for first in range(0, len(ranks), step):
        some = np.sort(ranks[first : first + step], axis=1)
        low[first : first + step] = _end(some)
        high[first : first + step] = -_end(-some[:, ::-1])
    return Places(low, high, chances, ranks.shape[1])


def _end(ordered: NDArray[np.int32]) -> IntArray:
    """Lower end of the interval: the rank in which 5 % are passed, or the next if nearly all of its draws lie below that.

    Ranks are whole, so an interval that holds every end in full would hold more than 90 %.
    """
    count = ordered.shape[1]
    end = ordered[:, int(TAIL * count)].astype(np.int64)
    below, equal = (ordered < end[:, None]).sum(axis=1), (ordered == end[:, None]).sum(axis=1)
    following = ordered[np.arange(len(ordered)), np.minimum(below + equal, count - 1)]
    return np.where(below + ENDS * equal < TAIL * count, following, end).astype(np.int64)


def error_of_mean(
    table: ScoreTable, totals: FloatArray, scores: FloatArray, efficiency: FloatArray
) -> FloatArray | None:
    """Standard error of each entry's score from the spread of totals within entries, pooled over all of them.

    Parameters
    ----------
    table : ScoreTable
    totals : array of float
        Per ballot, on the scale of the scores.
    scores : array of float
        Per entry.
    efficiency : array of float
        Per entry, the variance of its kind of mean over that of the plain mean.

    Returns
    -------
    array of float or None
        None when no entry has two totals.
    """
    degrees = table.ballots - len(table.entries)
    if degrees <= 0:
        return None
    means = np.bincount(table.entry, totals, len(table.entries)) / table.judges_per_entry
    squares = float(((totals - means[table.entry]) ** 2).sum())
    return np.asarray(np.sqrt(squares / degrees * efficiency / table.judges_per_entry), float)


def efficiency_of(kept: IntArray, counts: IntArray) -> FloatArray:
    """Variance of a mean of the middle `kept` of `counts` normal totals over that of the mean of all, by simulation.

    Parameters
    ----------
    kept, counts : array of int
        Per entry.

    Returns
    -------
    array of float
        1 where nothing is dropped; from 20,000 panels of a fixed seed otherwise (error about 1 %).
    """
    factor = {(size, size): 1.0 for size in np.unique(counts).tolist()}
    for size, middle in sorted(set(zip(counts.tolist(), kept.tolist(), strict=True))):
        if middle < size:
            panels = np.sort(np.random.default_rng([size, middle]).standard_normal((EFFICIENCY_PANELS, size)), axis=1)
            first = (size - middle) // 2
            factor[size, middle] = float(panels[:, first : first + middle].mean(axis=1).var()) * size
    return np.array([factor[size, middle] for size, middle in zip(counts.tolist(), kept.tolist(), strict=True)])


def _ranks(values: FloatArray, parts: IntArray) -> NDArray[np.int32]:
    """Ranks from 1, the largest first, down every column, among entries of the same part."""
    ranks = np.empty(values.shape, np.int32)
    for part in np.unique(parts):
        rows = np.flatnonzero(parts == part)
        order = np.argsort(-values[rows], axis=0)
        within = np.empty(order.shape, np.int32)
        np.put_along_axis(within, order, np.arange(1, len(rows) + 1, dtype=np.int32)[:, None], axis=0)
        ranks[rows] = within
    return ranks


def _unknown(top: Sequence[int], parts: IntArray) -> Places:
    sizes = np.bincount(parts)[parts].astype(np.int64)
    return Places(np.ones(len(parts), np.int64), sizes, {int(k): np.minimum(1.0, k / sizes) for k in top}, 0)


def _certain(fit: AdditiveCalibration, top: Sequence[int], parts: IntArray) -> Places:
    """Places of exact scores; equals share theirs, and the chances of a lot among them."""
    values = np.round(fit.scores, 9)
    above, equal = np.empty(len(parts), np.int64), np.empty(len(parts), np.int64)
    for part in np.unique(parts):
        rows = np.flatnonzero(parts == part)
        ordered = np.sort(values[rows])
        first, last = (np.searchsorted(ordered, values[rows], side) for side in ("left", "right"))
        above[rows], equal[rows] = len(rows) - last, last - first
    chances = {int(k): np.clip((k - above) / equal, 0.0, 1.0) for k in top}
    return Places(above + 1, above + equal, chances, 0)
