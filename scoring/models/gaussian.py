"""Joint uncertainty of entries when judges' scales and the weights of ballots are taken as known.

total = scale x (track + quality) + severity + noise / sqrt(weight), all normal: the mixed model of `scoring.reml` is the case
of scales 1 and equal weights. Qualities are eliminated by hand, so that what is left is one matrix of tracks and judges;
its Cholesky factor gives the exact prediction-error variances (Henderson, 1975) and joint draws: one triangular
solve, then the entries one by one. Of more judges than a dense matrix bears, severities are taken as independent.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.sparse import csr_array

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.threads import one_thread

MOST_DENSE = 4000
BLOCK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Prior variances of entries within tracks, severities and tracks."""

    entry: float
    judge: float
    track: float


@dataclass(frozen=True, eq=False)
class Gaussian:
    """The posterior around its mean.

    Attributes
    ----------
    pivots : array of float
        Precision of every quality, tracks and severities given.
    pull : sparse array
        Per entry, how quality and track move with tracks and severities.
    factor : array of float or None
        Lower Cholesky factor of the precision of tracks and severities; None when there are too many.
    diagonal : array of float
        Of that precision.
    """

    pivots: FloatArray
    pull: csr_array
    factor: FloatArray | None
    diagonal: FloatArray

    @classmethod
    def of(cls, ballots: Ballots, weight: FloatArray, scale: FloatArray, spread: Spread) -> Self:
        """Take the weights of ballots and the scales of judges as known."""
        gain = weight * scale[ballots.judge]
        tracks, judges = ballots.tracks, ballots.judges
        information = ballots.by_entry(gain * scale[ballots.judge])
        pivots = information + 1 / spread.entry
        rows = rows_of(ballots, information, gain)
        pull = rows_of(ballots, information / pivots, gain / pivots[ballots.entry])
        own = np.concatenate(
            [ballots.by_track(information), ballots.by_judge(weight) + 1 / max(spread.judge, 1e-12 * spread.entry)]
        )
        diagonal = own - np.asarray(rows.multiply(pull).sum(axis=0)).ravel()
        moved = rows_of(ballots, 1 - information / pivots, -gain / pivots[ballots.entry])
        if tracks + judges > MOST_DENSE:
            diagonal = diagonal.copy()
            diagonal[:tracks] = ballots.load_of_track / (spread.entry + 1 / (information.mean() or 1.0))
            return cls(pivots, moved, None, diagonal)
        matrix = -np.asarray((rows.T @ pull).toarray(), float)
        matrix[np.diag_indices(tracks + judges)] += own
        crossed = np.zeros((tracks, judges))
        np.add.at(crossed, (ballots.track[ballots.entry], ballots.judge), gain)
        matrix[:tracks, tracks:] += crossed
        matrix[tracks:, :tracks] += crossed.T
        if tracks > 1:
            matrix[:tracks, :tracks] += (np.eye(tracks) - 1 / tracks) / spread.track
        with one_thread(tracks + judges):
            factor = cholesky(matrix, lower=True, check_finite=False)
        return cls(pivots, moved, factor, diagonal)

    def errors(self) -> FloatArray:
        """Standard error of every quality, tracks and severities integrated out."""
        if self.factor is None:
            loose = np.asarray(self.pull.multiply(self.pull) @ (1 / self.diagonal))
            return np.asarray(np.sqrt(1 / self.pivots + loose), float)
        with one_thread(len(self.factor)):
            inverse = cho_solve((self.factor, True), np.eye(len(self.factor)), check_finite=False)
        return np.asarray(np.sqrt(1 / self.pivots + quadratic_forms(self.pull, inverse)), float)

    def draw(self, random: np.random.Generator, count: int) -> FloatArray:
        """Joint deviations of all qualities from their means, entries by draws."""
        loose = random.standard_normal((len(self.diagonal), count))
        if self.factor is None:
            loose /= np.sqrt(self.diagonal)[:, None]
        else:
            with one_thread(len(self.factor)):
                loose = solve_triangular(self.factor, loose, trans="T", lower=True, check_finite=False)
        alone = random.standard_normal((len(self.pivots), count)) / np.sqrt(self.pivots)[:, None]
        return np.asarray(self.pull @ loose + alone, float)


def quadratic_forms(rows: csr_array, matrix: FloatArray) -> FloatArray:
    """r' M r for every sparse row r: only pairs of columns inside the row are looked at."""
    return np.asarray(np.add.reduceat(products_inside(rows, matrix) * rows.data, rows.indptr[:-1]), float)


def products_inside(rows: csr_array, matrix: FloatArray) -> FloatArray:
    """(r M) at the columns of every sparse row r, laid out as the rows' own values; no row may be empty."""
    products = np.empty(rows.nnz)
    lengths = np.diff(rows.indptr)
    for length in np.unique(lengths).tolist():
        chosen = np.flatnonzero(lengths == length)
        step = max(1, BLOCK // max(length * length, 1))
        for first in range(0, len(chosen), step):
            places = rows.indptr[chosen[first : first + step]][:, None] + np.arange(length)
            columns, values = rows.indices[places], rows.data[places]
            inside = matrix[columns[:, :, None], columns[:, None, :]]
            products[places] = np.einsum("ni,nij->nj", values, inside)
    return products


def rows_of(ballots: Ballots, head: FloatArray, body: FloatArray) -> csr_array:
    """Per entry: `head` at its track first, then `body` at its judges in order of the ballots."""
    shape = (ballots.entries, ballots.tracks + ballots.judges)
    ends = np.append(ballots.starts, ballots.size) + np.arange(ballots.entries + 1)
    heads = ends[:-1]
    columns, values = np.empty(ends[-1], np.int64), np.empty(ends[-1])
    columns[heads], values[heads] = ballots.track, head
    bodies = np.ones(ends[-1], bool)
    bodies[heads] = False
    columns[bodies], values[bodies] = ballots.judge + ballots.tracks, body
    return csr_array((values, columns, ends), shape=shape)
