"""Why there is no plan: a largest flow and its smallest cut name the candidates and judges that clash."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from judging.assignment import program
from judging.assignment.problem import Cause, Diagnosis, Problem, Repair, RepairKind
from judging.assignment.program import Program, Solution


def without_judges(problem: Problem) -> Diagnosis:
    """Say that nobody has a seat."""
    codes = tuple(demand.code for demand in problem.demands)
    return Diagnosis(Cause.FEW_JUDGES, codes, (), sum(demand.wanted for demand in problem.demands), 0)


def diagnose(model: Program) -> Diagnosis:
    """Return the clash that a person can understand best, with the cheapest repair."""
    clash = _few_judges(model.problem) or _room(model) or _minimum(model)
    if clash is None:
        clash = Diagnosis(Cause.RULES, tuple(d.code for d in model.problem.demands), (), 0, 0)
    return Diagnosis(clash.cause, clash.candidates, clash.judges, clash.wanted, clash.room, repairs(model))


def _few_judges(problem: Problem) -> Diagnosis | None:
    possible = [_possible(problem, i) for i in range(len(problem.demands))]
    short = [i for i, demand in enumerate(problem.demands) if possible[i] < demand.wanted]
    if not short:
        return None
    codes = tuple(problem.demands[i].code for i in short)
    wanted, room = sum(problem.demands[i].wanted for i in short), sum(possible[i] for i in short)
    return Diagnosis(Cause.FEW_JUDGES, codes, (), wanted, room)


def _possible(problem: Problem, row: int) -> int:
    """Return how many judges the candidate could have at once, by the first panel rule."""
    seats = [j for j in np.nonzero(problem.allowed[row])[0] if problem.places[j].room > 0]
    return len({problem.places[j].groups[:1] or (str(j),) for j in seats})


def _room(model: Program) -> Diagnosis | None:
    """Look for candidates that want more places than their judges have (a Hall violator)."""
    problem, (n, m) = model.problem, model.problem.score.shape
    groups = [place.groups[0] if place.groups else f"seat:{j}" for j, place in enumerate(problem.places)]
    knots, knot = np.unique(
        [f"{i}|{groups[j]}" for i, j in zip(model.row, model.column, strict=True)], return_inverse=True
    )
    of_candidate = np.array([int(name.split("|")[0]) for name in knots], dtype=np.int64)
    source, first_knot = 0, 1 + n
    first_seat = first_knot + len(knots)
    sink = first_seat + m
    wanted = model.low[:n].astype(np.int32)
    room = np.bincount(model.unit_seat, minlength=m).astype(np.int32)
    arcs = [
        (np.zeros(n), 1 + np.arange(n), wanted),
        (1 + of_candidate, first_knot + np.arange(len(knots)), np.ones(len(knots))),
        (first_knot + knot, first_seat + model.column, np.ones(len(knot))),
        (first_seat + np.arange(m), np.full(m, sink), room),
    ]
    flow, reached = _flow(arcs, sink + 1, source, sink)
    short = int(wanted.sum()) - flow
    if short <= 0:
        return None
    candidates = [i for i in range(n) if 1 + i in reached]
    judges = [j for j in range(m) if first_seat + j in reached]
    total = int(wanted[candidates].sum())
    return Diagnosis(
        Cause.ROOM, _codes(problem.demands, candidates), _codes(problem.places, judges), total, total - short
    )


def _minimum(model: Program) -> Diagnosis | None:
    """Look for judges whose least loads are more than their candidates can give."""
    problem, (n, m) = model.problem, model.problem.score.shape
    least = np.array([place.least for place in problem.places], dtype=np.int32)
    arcs = [
        (np.zeros(m), 1 + np.arange(m), least),
        (1 + model.column, 1 + m + model.row, np.ones(len(model.row))),
        (1 + m + np.arange(n), np.full(n, 1 + m + n), model.low[:n]),
    ]
    flow, reached = _flow(arcs, 2 + m + n, 0, 1 + m + n)
    short = int(least.sum()) - flow
    if short <= 0:
        return None
    judges = [j for j in range(m) if 1 + j in reached and least[j] > 0]
    candidates = [i for i in range(n) if 1 + m + i in reached]
    total = int(least[judges].sum())
    return Diagnosis(
        Cause.MINIMUM, _codes(problem.demands, candidates), _codes(problem.places, judges), total, total - short
    )


def _codes(rows: tuple[object, ...], chosen: list[int]) -> tuple[str, ...]:
    return tuple(str(getattr(rows[i], "code", "")) for i in chosen)


def _flow(arcs: list[tuple[Any, Any, Any]], size: int, source: int, sink: int) -> tuple[int, set[int]]:
    """Return the largest flow and the nodes on the source's side of the smallest cut."""
    tail, head = np.concatenate([a for a, _, _ in arcs]), np.concatenate([b for _, b, _ in arcs])
    room = np.concatenate([c for _, _, c in arcs])
    shape = (size, size)
    graph = coo_array((room.astype(np.int32), (tail.astype(np.int32), head.astype(np.int32))), shape=shape).tocsr()
    result = maximum_flow(csr_array(graph), source, sink)
    rest = csr_array(graph - result.flow)
    rest.eliminate_zeros()
    return int(result.flow_value), {int(node) for node in breadth_first_order(rest, source)[0]}


def repairs(model: Program) -> tuple[Repair, ...]:
    """Return the fewest changes that would allow a plan: a place more costs less than a judge fewer."""
    _, missing, extra, lowered, end = model.starts
    cost = np.zeros(end)
    cost[missing:extra], cost[extra:lowered], cost[lowered:end] = 3, 1, 1
    found = _gently(model, cost)
    if found is None:
        return ()
    places, demands = model.problem.places, model.problem.demands
    lines = [
        *(_line(RepairKind.FEWER, demand.code, found.values[missing + i]) for i, demand in enumerate(demands)),
        *(_line(RepairKind.MORE, place.code, found.values[extra + j]) for j, place in enumerate(places)),
        *(_line(RepairKind.LOWER, place.code, found.values[lowered + j]) for j, place in enumerate(places)),
    ]
    return tuple(line for line in lines if line.by > 0)


def _gently(model: Program, cost: NDArray[np.float64]) -> Solution | None:
    """Solve so that no single judge or candidate bears more of the repair than needed."""
    cheapest = program.solve(model, cost, slack=np.inf)
    if cheapest is None:
        return None
    price, stretch = float(cost @ cheapest.values), 1
    while stretch < cheapest.values[model.starts[1] :].max(initial=0):
        found = program.solve(model, cost, slack=stretch)
        if found is not None and float(cost @ found.values) <= price + 1e-6:
            return found
        stretch *= 2
    return cheapest


def _line(kind: RepairKind, code: str, value: float) -> Repair:
    return Repair(kind, code, round(float(value)))
