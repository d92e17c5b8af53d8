"""What a plan is like, in figures: who is served worst, how loads spread, how well severities can be told apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.comparison import compare
from judging.assignment.engine.instance import pairs_of
from judging.assignment.problem import Plan, Problem

WORST = 12  # candidates shown as the worst served


@dataclass(frozen=True, slots=True)
class Figures:
    """A plan in figures.

    Attributes
    ----------
    floor
        The lowest sum of fits of a candidate.
    sums
        The lowest, the 5th hundredth, the median and the highest of these sums.
    worst
        Codes of the worst served candidates with their sums, lowest first.
    efficiency, error
        How well severities of judges can be told apart, 1 at best; and the standard error of a severity in units of the
        chance error of a single total. Both are 0 when candidates do not link all judges.
    links
        Pairs of judges with at least one candidate in common.
    low, high
        The lowest and highest load.
    """

    floor: float
    sums: tuple[float, float, float, float]
    worst: tuple[tuple[str, float], ...]
    efficiency: float
    error: float
    links: int
    low: int
    high: int


def figures_of(problem: Problem, plan: Plan) -> Figures:
    """Return the figures of a plan that has pairs."""
    problem = problem.in_order()
    grid = problem.grid(plan.pairs)
    served = grid.any(axis=1)
    sums = np.where(grid, problem.score, 0.0).sum(axis=1)
    order = sorted(np.nonzero(served)[0], key=lambda i: (round(float(sums[i]), 6), problem.demands[i].code))
    known = sums[served] if served.any() else np.zeros(1)
    loads = grid.sum(axis=0) if grid.shape[1] else np.zeros(1, dtype=np.int64)
    compared = compare(pairs_of(*np.nonzero(grid)), grid.shape[1])
    m = compared.judges
    error = compared.error * np.sqrt((m - 1) / (2 * m)) if compared.parts == 1 and m > 1 else 0.0
    return Figures(
        floor=round(float(known.min()), 6),
        sums=(
            round(float(known.min()), 6),
            round(float(np.quantile(known, 0.05)), 6),
            round(float(np.median(known)), 6),
            round(float(known.max()), 6),
        ),
        worst=tuple((problem.demands[i].code, round(float(sums[i]), 6)) for i in order[:WORST]),
        efficiency=round(compared.a_eff, 6),
        error=round(float(error), 6),  # of one severity; the engine tells that of a difference of two
        links=int(np.triu(links_of(grid), 1).astype(bool).sum()),
        low=int(loads.min()),
        high=int(loads.max()),
    )


def links_of(grid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how many candidates each two judges have in common."""
    ones = grid.astype(np.float32)
    return np.asarray(ones.T @ ones)
