"""How long a provincial round's plan takes: `python -m bench.bench_planning`.

The peer is SciPy's linear_sum_assignment on the same scores, every judge's seat repeated: the best matching that knows
no employers, no least loads and no balance, and may give one judge a candidate twice. What is above it is rules.
"""

import time

import numpy as np
from scipy.optimize import linear_sum_assignment

from judging.assignment.planner import plan
from judging.assignment.problem import Demand, Place, Problem

CANDIDATES, JUDGES, LEAST, MOST = 240, 36, 10, 40


def main() -> None:
    """Plan with three and with five judges per candidate."""
    for wanted in (3, 5):
        problem = provincial(wanted)
        began = time.process_time()
        made = plan(problem)
        ours = time.process_time() - began
        began = time.process_time()
        bare(problem, wanted)
        peer = time.process_time() - began
        size = f"{CANDIDATES} x {JUDGES} x {wanted}"
        best = "optimal" if made.optimal else "NOT OPTIMAL"
        print(f"{size}: plan {ours:.2f} CPU s, {best}; linear_sum_assignment {peer:.2f}; ratio {ours / peer:.1f}")


def provincial(wanted: int) -> Problem:
    """Return a round of the size of a province: two judges of each employer, one pair in twenty barred."""
    lot = np.random.default_rng(4)
    return Problem(
        demands=tuple(Demand(f"K{i}", wanted) for i in range(CANDIDATES)),
        places=tuple(Place(f"J{j:02}", LEAST, MOST, (f"unit:{j // 2}",)) for j in range(JUDGES)),
        score=lot.choice([0.5, 1.5], (CANDIDATES, JUDGES)),
        allowed=lot.random((CANDIDATES, JUDGES)) > 0.05,
        seed=1,
    )


def bare(problem: Problem, wanted: int) -> float:
    """Match without the rules of employers, loads and twice; return the sum of scores."""
    score = np.where(problem.allowed, problem.score, -1000.0)
    rows, columns = np.repeat(score, wanted, axis=0), MOST
    seats = np.repeat(rows, columns, axis=1)
    chosen = linear_sum_assignment(seats, maximize=True)
    return float(seats[chosen].sum())


if __name__ == "__main__":
    main()
