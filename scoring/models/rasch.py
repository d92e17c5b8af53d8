"""Joint maximum likelihood of the rating-scale model: Newton steps over all facets and thresholds at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray

CLOSE = 1e-8
MOST_STEPS = 100
MOST_SOLVES = 400
PRECISE = 1e-10  # Of the squared residual; closer, rounding walks along the sums that nothing fixes.
LONGEST_STEP = 1.0  # Logits: farther out the curvature says nothing.


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings in categories 0, 1, 2, …, and for every facet the element each belongs to.

    Attributes
    ----------
    category : array of int
    elements : tuple of arrays of int
        One array a facet; a rating's logit is the first facet's measure less all others'.
    sizes : tuple of int
        How many elements every facet has.
    top : int
        The highest category.
    """

    category: IntArray
    elements: tuple[IntArray, ...]
    sizes: tuple[int, ...]
    top: int

    def logits(self, measures: Sequence[FloatArray]) -> FloatArray:
        """What every rating has in its favour."""
        first, *others = (measure[element] for measure, element in zip(measures, self.elements, strict=True))
        return np.asarray(first - sum(others, np.zeros(len(self.category))), float)

    def sums(self, values: FloatArray, facet: int) -> FloatArray:
        """Sums of values over the ratings of every element."""
        return np.asarray(np.bincount(self.elements[facet], values, self.sizes[facet]), float)

    def some(self, kept: BoolArray) -> "Ratings":
        """Only some of the ratings."""
        return Ratings(self.category[kept], tuple(one[kept] for one in self.elements), self.sizes, self.top)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What the model expects of ratings: mean, variance, and the chance to reach every category from 1 on."""

    mean: FloatArray
    variance: FloatArray
    reached: FloatArray
    shared: FloatArray  # covariance of the rating with reaching each category

    @classmethod
    def at(cls, logits: FloatArray, thresholds: FloatArray) -> Self:
        """Expectations at logits."""
        steps = np.arange(len(thresholds) + 1)
        height = logits[:, None] * steps - np.concatenate([[0.0], np.cumsum(thresholds)])
        chance = np.exp(height - height.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        mean = chance @ steps
        tail = np.cumsum((chance * steps)[:, ::-1], axis=1)[:, ::-1][:, 1:]
        reached = np.cumsum(chance[:, ::-1], axis=1)[:, ::-1][:, 1:]
        return cls(mean, chance @ steps**2 - mean**2, reached, tail - mean[:, None] * reached)


@dataclass(frozen=True, slots=True, eq=False)
class Rasch:
    """Measures by facet, thresholds, and how far from the maximum the last step stopped."""

    measures: tuple[FloatArray, ...]
    thresholds: FloatArray
    steps: int
    gap: float

    @property
    def settled(self) -> bool:
        """Whether the maximum was found."""
        return self.steps < MOST_STEPS


def fit_rasch(ratings: Ratings) -> Rasch:
    """Maximize the joint likelihood; nobody's ratings may all lie in one end category.

    At the end no element's observed and expected raw score differ by more than 1e-8 of the number of ratings. Only sums of
    measures are fixed by the likelihood: whoever calls it centres the facets.
    """
    measures = [np.zeros(size) for size in ratings.sizes]
    counts = np.bincount(ratings.category, minlength=ratings.top + 1)
    thresholds = np.log(counts[:-1] / counts[1:])
    height = _likelihood(ratings, measures, thresholds)
    gap = np.inf
    for number in range(1, MOST_STEPS + 1):
        expected = Expected.at(ratings.logits(measures), thresholds)
        slopes, curve = _gradient(ratings, expected)
        gap = max(float(np.abs(one).max()) for one in slopes)
        if gap < CLOSE * len(ratings.category):
            return Rasch(tuple(measures), thresholds, number, gap)
        step = _solve(ratings, expected, slopes, curve)
        length = min(1.0, LONGEST_STEP / max(float(np.abs(one).max()) for one in step))
        for _ in range(30):
            tried = [old + length * new for old, new in zip([*measures, thresholds], step, strict=True)]
            reached = _likelihood(ratings, tried[:-1], tried[-1])
            if reached >= height - 1e-12 * abs(height):
                break
            length /= 2
        measures, thresholds, height = tried[:-1], tried[-1], reached
    return Rasch(tuple(measures), thresholds, MOST_STEPS, gap)


def _likelihood(ratings: Ratings, measures: Sequence[FloatArray], thresholds: FloatArray) -> float:
    logits, steps = ratings.logits(measures), np.arange(ratings.top + 1)
    height = logits[:, None] * steps - np.concatenate([[0.0], np.cumsum(thresholds)])
    peak = height.max(axis=1)
    chosen = np.take_along_axis(height, ratings.category[:, None], axis=1)[:, 0]
    return float((chosen - peak - np.log(np.exp(height - peak[:, None]).sum(axis=1))).sum())


def _signs(ratings: Ratings) -> list[float]:
    return [1.0, *([-1.0] * (len(ratings.elements) - 1))]


def _gradient(ratings: Ratings, expected: Expected) -> tuple[list[FloatArray], FloatArray]:
    """Observed less expected raw scores, by facet and threshold; and the thresholds' own curvature."""
    surplus = ratings.category - expected.mean
    slopes = [sign * ratings.sums(surplus, facet) for facet, sign in enumerate(_signs(ratings))]
    seen = (ratings.category[:, None] >= np.arange(1, ratings.top + 1)).sum(axis=0)
    total = expected.reached.sum(axis=0)
    both = expected.reached.T @ expected.reached
    larger = np.maximum.outer(np.arange(ratings.top), np.arange(ratings.top))
    return [*slopes, total - seen], total[larger] - both


def _solve(ratings: Ratings, expected: Expected, slopes: Sequence[FloatArray], curve: FloatArray) -> list[FloatArray]:
    """Newton's step by conjugate gradients: the information matrix is never made, and its loose sums do no harm."""
    signs, facets = _signs(ratings), len(ratings.elements)
    ends = np.cumsum([0, *ratings.sizes, ratings.top])
    scale = np.concatenate([*(ratings.sums(expected.variance, facet) for facet in range(facets)), np.diag(curve)])
    scale = np.where(scale > 0, scale, 1.0)

    def parts(vector: FloatArray) -> list[FloatArray]:
        return [vector[low:high] for low, high in pairwise(ends)]

    def information(vector: FloatArray) -> FloatArray:
        *moved, thresholds = parts(vector)
        change = sum(
            (sign * one[element] for sign, one, element in zip(signs, moved, ratings.elements, strict=True)),
            np.zeros(len(ratings.category)),
        )
        along = expected.variance * change - expected.shared @ thresholds
        rows = [sign * ratings.sums(along, facet) for facet, sign in enumerate(signs)]
        return np.concatenate([*rows, curve @ thresholds - expected.shared.T @ change])

    wanted = np.concatenate(slopes)
    found = np.zeros(len(wanted))
    rest, direction = wanted.copy(), wanted / scale
    size = first = float(rest @ direction)
    for _ in range(MOST_SOLVES):
        if size <= PRECISE * first:
            break
        image = information(direction)
        length = size / float(direction @ image)
        found += length * direction
        rest -= length * image
        nearer = rest / scale
        previous, size = size, float(rest @ nearer)
        direction = nearer + size / previous * direction
    return parts(found)
