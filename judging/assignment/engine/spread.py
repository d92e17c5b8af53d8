"""The probabilities that leave most to chance: greatest entropy at a share of the best affinity and under a cap."""

from dataclasses import replace

import numpy as np

from judging.assignment.engine.entropy import Dual
from judging.assignment.engine.grid import greatest
from judging.assignment.engine.instance import Impossible, Instance
from judging.assignment.engine.marginals import Marginals
from judging.assignment.engine.rations import MANY, Together, rations
from judging.assignment.engine.rounding import rounded

FINE, COARSE = 14, 10  # bits of the grid when none are asked for: of usual and of large problems


def widest_spread(
    instance: Instance,
    *,
    cap: float = 1.0,
    share: float = 0.95,
    bits: int | None = None,
    together: Together | None = None,
    best: float | None = None,
) -> Marginals:
    """Return the probabilities of greatest entropy.

    Parameters
    ----------
    cap
        No pair is more probable than this.
    share
        Part of the best affinity (without a cap) that is to be expected at least.
    bits
        The grid is 2^-bits; 14 when not given, 10 for more than a million pairs.
    together
        A cap on groups of judges.
    best
        The best affinity without a cap, where it is known.

    Returns
    -------
    Marginals
        Their `bound` is the highest expectation that the cap allows.

    Raises
    ------
    Impossible
        If the cap does not allow the share; or no probabilities keep all limits.
    RulesCross
        If panel rules cross.
    """
    if bits is None:
        bits = FINE if instance.score.size <= MANY else COARSE
    problem = rations(instance, cap, 1 << bits, together)
    steepest = greatest(instance, cap=cap, bits=bits, together=together)
    if best is None:
        best = greatest(instance).expected
    goal = share * best
    if goal > steepest.bound:
        raise Impossible("The cap does not allow this share of the best affinity.")
    if goal >= steepest.expected:
        return steepest
    dual = Dual(problem, goal - problem.rest.fixed, (steepest.row, steepest.column))
    dual.solve()
    units = rounded(problem, dual.row, dual.column, dual.p)
    some = np.nonzero(units > 0)[0]
    some = some[np.lexsort((dual.column[some], dual.row[some]))]
    expected = problem.rest.fixed + float(dual.worth[some] @ units[some]) / problem.whole
    return replace(steepest, row=dual.row[some], column=dual.column[some], units=units[some], expected=expected)
