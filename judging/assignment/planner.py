"""Who shall judge what: the best fitting, balanced plan without conflicts, with the proof that none is better.

A pure function: the same problem and seed give the same plan, in whatever order rows and columns come.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from judging.assignment import comparability, diagnosis, program
from judging.assignment.problem import Ask, Plan, Problem
from judging.assignment.program import Program

Tick = Callable[[str, float | None], bool]  # phase and gap so far; False: stop with the best there is


def go_on(_phase: str, _gap: float | None) -> bool:
    """Never stop."""
    return True


def plan(problem: Problem, ask: Ask | None = None, *, tick: Tick = go_on) -> Plan:
    """Give every candidate its judges: fit first, then balanced loads, then the seed's lot.

    Parameters
    ----------
    problem
        Candidates, judges, who may judge what, the fit of each pair, and the pairs that must stay.

    Returns
    -------
    Plan
        With the pairs, their total and an upper bound of it; or without pairs and with a diagnosis that names the
        candidates and judges that clash.
    """
    problem = problem.in_order()
    if not problem.demands:
        return Plan()
    if not problem.places:
        return Plan(diagnosis=diagnosis.without_judges(problem))
    model = program.build(problem)
    best = program.solve(model, _fit(model))
    balanced = None if best is None else program.solve(model, _fit(model) * _weight(model) + _balance_and_lot(model))
    if best is None or balanced is None:
        return Plan(diagnosis=diagnosis.diagnose(model))
    grid = np.zeros(problem.score.shape, dtype=bool)
    chosen = balanced.values[: len(model.row)] > 0.5
    grid[model.row[chosen], model.column[chosen]] = True
    joined = comparability.join_parts(problem, grid, program.pinned_grid(problem))
    return _answer(problem, joined, bound=-best.bound, conceded=_total(problem, grid) - _total(problem, joined))


def _fit(model: Program) -> NDArray[np.float64]:
    cost = np.zeros(model.starts[-1])
    cost[: len(model.row)] = -model.problem.score[model.row, model.column]
    return cost


def _weight(model: Program) -> float:
    """Return by how much the smallest difference in fit outweighs any rebalancing of loads.

    A better fit is reached round a cycle of exchanges, which moves one unit of load from one judge to another: no more
    than twice the highest load in squares.
    """
    levels = np.unique(np.round(model.problem.score, 6))
    smallest = float(np.diff(levels).min()) if len(levels) > 1 else 1.0
    highest = int(model.unit_number.max(initial=1))
    return min((2 * highest + 2) / smallest, 1e6)


def _balance_and_lot(model: Program) -> NDArray[np.float64]:
    """Return costs that grow with each unit of a judge's load, and a lot too small to change them."""
    pairs, units, *_, end = model.starts
    cost = np.zeros(end)
    cost[pairs:units] = 2 * model.unit_number - 1  # their sum over a judge is the square of the load
    lots = np.random.default_rng(model.problem.seed).random(model.problem.score.shape)
    cost[:pairs] = lots[model.row, model.column] / (1 + sum(demand.wanted for demand in model.problem.demands))
    return cost


def _total(problem: Problem, grid: NDArray[np.bool_]) -> float:
    return float(problem.score[grid].sum())


def _answer(problem: Problem, grid: NDArray[np.bool_], *, bound: float, conceded: float) -> Plan:
    rows, columns = np.nonzero(grid)
    pairs = tuple((problem.demands[i].code, problem.places[j].code) for i, j in zip(rows, columns, strict=True))
    loads = {place.code: int(load) for place, load in zip(problem.places, grid.sum(axis=0), strict=True)}
    total = round(_total(problem, grid), 6)
    return Plan(
        pairs=pairs,
        total=total,
        bound=max(total, round(bound, 6)),
        conceded=round(conceded, 6),
        loads=loads,
        parts=comparability.count_parts(grid),
    )
