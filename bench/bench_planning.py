"""How long a provincial round's plan takes: `python -m bench.bench_planning`.

The peer is SciPy's linear_sum_assignment on the same scores, every judge's seat repeated: the best matching that knows
no employers, no least loads and no balance, and may give one judge a candidate twice. What is above it is rules.
"""

import time

import numpy as np
from scipy.optimize import linear_sum_assignment

from judging.assignment.engine.affinity import Profile, Work, affinity
from judging.assignment.planner import plan
from judging.assignment.problem import Aim, Ask, Demand, Place, Problem

WORDS = [
    "降低",
    "预制构件",
    "裂缝",
    "焊接",
    "合格率",
    "工期",
    "混凝土",
    "养护",
    "钢筋",
    "盾构",
    "管片",
    "精度",
    "监测",
    "数据",
    "智能",
    "巡检",
    "变压器",
    "油温",
    "输电",
    "防雷",
]
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
    what_if(1_000, 200)


def what_if(candidates: int, judges: int) -> None:
    """Answer what the page of a plan asks when a bound is moved: fits from texts, then a first look at the plan."""
    lot = np.random.default_rng(5)
    works = [Work("".join(lot.choice(WORDS, 4)), abstract="，".join(lot.choice(WORDS, 8))) for _ in range(candidates)]
    profiles = [Profile(specialities=tuple(lot.choice(WORDS, 2))) for _ in range(judges)]
    for aim, most in ((Aim.OPTIMAL, 24), (Aim.FAIR, 19), (Aim.OPTIMAL, 10)):
        began = time.process_time()
        score = np.round(affinity(works, profiles).score.astype(np.float64), 2)
        read = time.process_time() - began
        problem = Problem(
            demands=tuple(Demand(f"K{i}", 3) for i in range(candidates)),
            places=tuple(Place(f"J{j:03}", 0, most, (f"unit:{j // 2}",)) for j in range(judges)),
            score=score,
            allowed=lot.random((candidates, judges)) > 0.05,
            seed=1,
        )
        began = time.process_time()
        made = plan(problem, Ask(aim, quick=True))
        told = "impossible" if made.diagnosis else f"total {made.total:g}"
        spent = time.process_time() - began
        print(
            f"what if, {candidates} x {judges}, {aim}, at most {most}: fits {read:.2f} + plan {spent:.2f} CPU s, {told}"
        )


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
