"""The elements of every facet with their errors, fit and fair marks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.facets.given import Given
from scoring.models.rasch import Expected, Ratings

ADJUSTMENT = 0.3  # Of extreme raw scores, as the program Facets has it.
FARTHEST = 20.0


@dataclass(frozen=True, slots=True)
class Element:
    """One entry, judge or criterion on the scale.

    Attributes
    ----------
    facet, element : str
    n : int
        Its number of marks.
    mean : float
        Their plain mean.
    measure, se : float
        In logits: quality of an entry, severity of a judge, difficulty of a criterion; and the standard error.
    infit, outfit : float or None
        Mean squares of residuals, weighted by information and plain: 1 is as the model expects, more is erratic, less is too
        even. None for extreme scores.
    fair : float
        The mark the model expects when everything else is average: the mean, freed of whom the element met.
    extreme : bool
        All marks at one end of the scale: the measure is that of a raw score 0.3 within.
    part : int
        The part of the design, from 1; 0 for criteria, which belong to all.
    """

    facet: str
    element: str
    n: int
    mean: float
    measure: float
    se: float
    infit: float | None
    outfit: float | None
    fair: float
    extreme: bool
    part: int


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Measures with the categories they speak of."""

    given: Given
    measures: list[FloatArray]
    thresholds: FloatArray
    marks: FloatArray
    used: IntArray

    def elements(self, facet: int, kept: BoolArray, extreme: Sequence[BoolArray]) -> tuple[Element, ...]:
        """Every element of a facet with its error, fit and fair mark."""
        given, size = self.given, self.given.sizes[facet]
        everyone = Ratings(given.category, given.elements, given.sizes, len(self.thresholds))
        expected = Expected.at(everyone.logits(self.measures), self.thresholds)
        code = np.clip(np.searchsorted(self.used, given.category), 0, len(self.thresholds))
        squares = (code - expected.mean) ** 2
        who = given.elements[facet]
        variance = np.maximum(expected.variance, 1e-12)
        information = np.bincount(who, variance, size)
        within = np.bincount(who, kept, size)
        infit = np.bincount(who, squares * kept, size) / np.maximum(np.bincount(who, variance * kept, size), 1e-12)
        outfit = np.bincount(who, squares / variance * kept, size) / np.maximum(within, 1)
        count = np.bincount(who, minlength=size)
        mean = np.bincount(who, given.marks[given.category], size) / np.maximum(count, 1)
        level = 0.0 if facet == 0 else float(self.measures[0].mean())
        signed = self.measures[0] if facet == 0 else level - self.measures[facet]
        fair = self._fair(signed)
        return tuple(
            Element(
                facet=given.names[facet],
                element=given.ids[facet][at],
                n=int(count[at]),
                mean=float(mean[at]),
                measure=float(self.measures[facet][at]),
                se=float(1 / np.sqrt(information[at])),
                infit=float(infit[at]) if within[at] else None,
                outfit=float(outfit[at]) if within[at] else None,
                fair=float(fair[at]),
                extreme=bool(extreme[facet][at]),
                part=int(given.part_of(facet)[at]) + 1,
            )
            for at in range(size)
        )

    def measure_extreme(self, facet: int, element: int) -> float:
        """The measure at which a raw score 0.3 within the end is expected."""
        given = self.given
        mine = np.flatnonzero(given.elements[facet] == element)
        top = len(self.thresholds)
        code = np.clip(np.searchsorted(self.used, given.category[mine]), 0, top)
        wanted = float(np.clip(code.sum(), ADJUSTMENT, top * len(mine) - ADJUSTMENT))
        own = self.measures[facet].copy()
        own[element] = 0.0
        others = [own if at == facet else one for at, one in enumerate(self.measures)]
        rest = Ratings(given.category[mine], tuple(one[mine] for one in given.elements), given.sizes, top).logits(
            others
        )
        sign = 1.0 if facet == 0 else -1.0
        low, high = -FARTHEST, FARTHEST
        for _ in range(60):  # The expected score grows with the logit: halve.
            middle = (low + high) / 2
            score = float(Expected.at(rest + middle, self.thresholds).mean.sum())
            low, high = (middle, high) if score < wanted else (low, middle)
        return sign * (low + high) / 2

    def _fair(self, logits: FloatArray) -> FloatArray:
        """The mark expected at logits."""
        steps = np.arange(len(self.marks))
        height = logits[:, None] * steps - np.concatenate([[0.0], np.cumsum(self.thresholds)])
        chance = np.exp(height - height.max(axis=1, keepdims=True))
        return np.asarray(chance @ self.marks / chance.sum(axis=1), float)


def reliability_of(elements: Sequence[Element]) -> float:
    """Share of the variance of measures that is no error, extreme elements aside."""
    inside = [one for one in elements if not one.extreme]
    if len(inside) < 2:
        return 0.0
    spread = float(np.var([one.measure for one in inside], ddof=1))
    error = float(np.mean([one.se**2 for one in inside]))
    return max(0.0, 1 - error / spread) if spread > 0 else 0.0
