"""The many-facet rating-scale model: entries, judges and criteria on one scale of logits (Linacre 1989)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.digest import digest_of
from scoring.errors import Note, ScoringError
from scoring.facets.given import Given, centred, without_extremes
from scoring.facets.notes import notes_of
from scoring.facets.scale import Element, Scale, reliability_of
from scoring.models.rasch import Ratings, fit_rasch
from scoring.models.threads import one_thread
from scoring.sentences import Sentence
from scoring.table import ScoreTable
from scoring.version import __version__

__all__ = ["Element", "FacetsCalibration", "calibrate_facets"]


@dataclass(frozen=True, slots=True)
class FacetsCalibration:
    """A table on the scale of the many-facet model.

    Attributes
    ----------
    entries, judges, criteria : tuple of Element
        In the table's order; no criteria when totals were given.
    categories : tuple of float
        The marks that were used, in order.
    thresholds : tuple of float
        Where each category becomes as likely as the one below it, in logits; they sum to 0.
    reliability : mapping of facet to float
        Share of the variance of measures that is no error: near 1, the elements differ for certain.
    steps : int
        Of Newton's method.
    notes : tuple of Note
        ``disconnected``, ``extreme``, ``unused_marks``, ``unlike_criteria``, ``not_settled``.
    digest : str
        SHA-256 over table and version; the order of rows does not matter.
    """

    entries: tuple[Element, ...]
    judges: tuple[Element, ...]
    criteria: tuple[Element, ...]
    categories: tuple[float, ...]
    thresholds: tuple[float, ...]
    reliability: Mapping[str, float]
    steps: int
    notes: tuple[Note, ...]
    digest: str


def calibrate_facets(table: ScoreTable) -> FacetsCalibration:
    """Fit log P(k) / P(k - 1) = entry - judge - criterion - threshold k by joint maximum likelihood.

    Parameters
    ----------
    table : ScoreTable
        Marks by criterion on one short scale, or totals.

    Returns
    -------
    FacetsCalibration
        Criteria are centred, judges in every part of the design; the level is the entries'.

    Raises
    ------
    ScoringError
        ``too_many_marks`` for more than 60 different marks, ``no_difference`` when nothing but extreme scores is left.

    Notes
    -----
    Andrich (1978), Psychometrika 43; Linacre (1989), Many-facet Rasch measurement; Wright & Masters (1982), Rating scale
    analysis. Elements with extreme raw scores are set aside, and measured at the end against the others.
    """
    given = Given.of(table)
    rounds, kept, codes = without_extremes(given)
    ratings = Ratings(
        codes[kept], tuple(one[kept] for one in given.elements), given.sizes, int(codes[kept].max(initial=0))
    )
    if not kept.any() or ratings.top < 1:
        text = Sentence(
            "Only extreme marks are left: nothing can be told from them.", "剩下的都是最高分或最低分，什么也看不出来。"
        )
        raise ScoringError("no_difference", text)
    with one_thread(ratings.top):
        fit = fit_rasch(ratings)
    measures, thresholds = centred(given, fit, kept)
    used = np.unique(given.category[kept])
    scale = Scale(given, measures, thresholds, given.marks[used], used)
    extreme = tuple(np.zeros(size, bool) for size in given.sizes)
    for facet, element in reversed(rounds):
        extreme[facet][element] = True
        measures[facet][element] = scale.measure_extreme(facet, element)
    elements = [scale.elements(facet, kept, extreme) for facet in range(len(given.sizes))]
    return FacetsCalibration(
        entries=elements[0],
        judges=elements[1],
        criteria=elements[2] if len(elements) > 2 else (),
        categories=tuple(given.marks[used].tolist()),
        thresholds=tuple(thresholds.tolist()),
        reliability={given.names[facet]: reliability_of(elements[facet]) for facet in range(len(elements))},
        steps=fit.steps,
        notes=tuple(notes_of(given, elements, used, fit)),
        digest=digest_of([__version__, "facets", table.digest]),
    )
