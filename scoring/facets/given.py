"""Marks as categories of the many-facet model: who has extreme scores, and where the scale has its zero."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.design import Design
from scoring.errors import ScoringError
from scoring.models.rasch import Rasch
from scoring.sentences import Sentence
from scoring.table import ScoreTable

ENTRY, JUDGE, CRITERION = "entry", "judge", "criterion"
MOST_CATEGORIES = 60


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Marks as categories, and who they belong to."""

    table: ScoreTable
    design: Design
    marks: FloatArray
    category: IntArray
    elements: tuple[IntArray, ...]
    sizes: tuple[int, ...]
    names: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, table: ScoreTable) -> "Given":
        width = max(1, len(table.criteria))
        values = table.total if table.marks is None else table.marks.ravel()
        marks, category = np.unique(values, return_inverse=True)
        if len(marks) > MOST_CATEGORIES:
            text = Sentence(
                f"There are {len(marks)} different marks; this model is for scales of at most {MOST_CATEGORIES}.",
                f"有 {len(marks)} 种不同的分数；这个模型适用于不超过 {MOST_CATEGORIES} 档的评分。",
            )
            raise ScoringError("too_many_marks", text, marks=len(marks), most=MOST_CATEGORIES)
        elements = (np.repeat(table.entry, width), np.repeat(table.judge, width))
        ids: tuple[tuple[str, ...], ...] = (table.entries, table.judges)
        if table.criteria:
            elements, ids = (*elements, np.tile(np.arange(width), table.ballots)), (*ids, table.criteria)  # type: ignore[assignment]
        sizes = tuple(map(len, ids))
        names = (ENTRY, JUDGE, CRITERION)[: len(ids)]
        return cls(table, Design.of(table), marks, category.astype(np.int64), elements, sizes, names, ids)

    def part_of(self, facet: int) -> IntArray:
        """The part of the design of every element, from 0; -1 for criteria."""
        if facet < 2:
            return (self.design.part_of_entry, self.design.part_of_judge)[facet]
        return np.full(self.sizes[facet], -1)


def without_extremes(given: Given) -> tuple[list[tuple[int, int]], BoolArray, IntArray]:
    """Set aside, again and again, whose marks all lie at one end; and number the marks that are left without gaps."""
    kept = np.ones(len(given.category), bool)
    removed: list[tuple[int, int]] = []
    while True:
        codes = np.zeros(len(given.category), np.int64)
        codes[kept] = np.unique(given.category[kept], return_inverse=True)[1]
        top = int(codes.max(initial=0))
        found = []
        for facet, (element, size) in enumerate(zip(given.elements, given.sizes, strict=True)):
            count = np.bincount(element[kept], minlength=size)
            score = np.bincount(element[kept], codes[kept], size)
            found += [(facet, one) for one in np.flatnonzero((count > 0) & ((score == 0) | (score == top * count)))]
        if not found:
            return removed, kept, codes
        removed += [(facet, int(one)) for facet, one in found]
        for facet, one in found:
            kept &= given.elements[facet] != one


def centred(given: Given, fit: Rasch, kept: BoolArray) -> tuple[list[FloatArray], FloatArray]:
    """Criteria, thresholds, and judges within every part made to sum to 0; the entries take what is left."""
    measures = [one.copy() for one in fit.measures]
    shift = float(fit.thresholds.mean())
    thresholds = fit.thresholds - shift
    seen = [np.bincount(one[kept], minlength=size) > 0 for one, size in zip(given.elements, given.sizes, strict=True)]
    if len(measures) > 2:
        middle = float(measures[2][seen[2]].mean())
        measures[2] -= middle
        shift += middle
    for part in range(given.design.parts):
        ours, theirs = (given.part_of(facet) == part for facet in (0, 1))
        there = theirs & seen[1]
        middle = float(measures[1][there].mean()) if there.any() else 0.0
        measures[1][theirs] -= middle
        measures[0][ours] -= middle + shift
    return measures, thresholds
