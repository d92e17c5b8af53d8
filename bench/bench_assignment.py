"""The certified optimum against its peers: `python -m bench.bench_assignment FOLDER [--large] [--only NAME]`.

FOLDER holds the instances (see `bench.assignment_data`). Every solver runs in a process of its own, on the same matrix:
processor seconds without imports and loading, and the greatest memory above the loaded matrix. The measure of all is
one `np.partition` pass over the matrix (its sixteen best judges of each entry). Peers: OR-Tools' flow and SciPy's HiGHS, each on
all pairs. `--large` adds what takes minutes or gigabytes: HiGHS at 5,000 x 1,500, and 20,000 x 6,000.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import linprog
from scipy.sparse import coo_array

from bench.assignment_data import BEST, LARGE, SMALL, Loaded, load
from judging.assignment.engine.certificate import bound_of
from judging.assignment.engine.instance import Family, Instance, Pairs, broken, total_of
from judging.assignment.engine.optimum import optimum
from judging.assignment.engine.repair import repair

Answer = tuple[float, float, str]  # total, bound, a remark


def main() -> None:
    """Print every instance's table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", metavar="NAME")
    parser.add_argument("--one", metavar="SOLVER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(load(options.folder, options.only), SOLVERS[options.one])))
        return
    print(f"load average {os.getloadavg()[0]:.1f}; CPU s and MiB above the matrix; x = times one np.partition pass")
    for name in [options.only] if options.only else LARGE if options.large else SMALL:
        table(options.folder, name, large=options.large)


def table(folder: Path, name: str, *, large: bool) -> None:
    """Print one instance's rows."""
    print(f"\n{name}  (best known {BEST.get(name, float('nan')):.4f})", flush=True)
    unit = ours = None
    for solver in SOLVERS:
        if not fits(name, solver, large=large):
            continue
        row = in_own_process(folder, name, solver)
        unit = row["cpu"] if solver == "np.partition" else unit
        ours = row if solver == "optimum" else ours
        share = f"{row['cpu'] / unit:9.1f} x" if unit else ""
        peer = (
            f"  = {row['cpu'] / ours['cpu']:.1f} x ours, {row['memory'] / ours['memory']:.1f} x memory" if ours else ""
        )
        print(
            f"  {solver:26}{row['cpu']:9.3f} s{share}{row['memory']:9.0f} MiB  {row['total']:14.4f}"
            f"{row['remark']}{peer if solver in PEERS else ''}",
            flush=True,
        )


def fits(name: str, solver: str, *, large: bool) -> bool:
    """Leave out what an instance does not have, or nobody would wait for."""
    if solver in RULED and not name.startswith("geo"):
        return False
    if name == "geo-20000x6000":
        return solver in ("np.partition", "optimum", "check of the certificate")
    return solver != "HiGHS LP, all pairs" or large or name not in ("geo-5000x1500", "iclr18-titles")


def in_own_process(folder: Path, name: str, solver: str) -> dict[str, float]:
    """Return the figures of one solver on one instance."""
    command = [sys.executable, "-m", "bench.bench_assignment", str(folder), "--only", name, "--one", solver]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def measured(loaded: Loaded, solver: Callable[[Loaded], Callable[[], Answer]]) -> dict[str, float | str]:
    """Run a solver and return seconds, memory and what it found; small instances several times."""
    run = solver(loaded)
    before = reset_peak()
    began = time.process_time()
    total, bound, remark = run()
    seconds = time.process_time() - began
    memory = (status("VmHWM") - before) / 1024
    for _ in range(4 if seconds < 2 else 0):
        began = time.process_time()
        run()
        seconds = min(seconds, time.process_time() - began)
    gap = f"  gap {max(bound - total, 0) / max(abs(total), 1e-9):.1e}" if np.isfinite(bound) else ""
    return {"cpu": seconds, "memory": memory, "total": total, "remark": gap + remark}


def reset_peak() -> int:
    """Forget the greatest memory so far, and return what is held now (KiB)."""
    Path("/proc/self/clear_refs").write_text("5")
    return status("VmRSS")


def status(field: str) -> int:
    """Return a figure of the kernel about this process."""
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def of_partition(loaded: Loaded) -> Callable[[], Answer]:
    """One pass over the matrix."""
    score = loaded.instance.score
    place = max(score.shape[1] - 16, 0)

    def run() -> Answer:
        np.partition(score, place, axis=1)
        return float("nan"), float("nan"), ""

    return run


def of_ours(instance_of: Callable[[Loaded], Instance]) -> Callable[[Loaded], Callable[[], Answer]]:
    """The engine's optimum."""

    def prepared(loaded: Loaded) -> Callable[[], Answer]:
        instance = instance_of(loaded)

        def run() -> Answer:
            found = optimum(instance)
            faults = broken(instance, found.pairs) if len(instance.wanted) < 10_000 else {}
            return found.total, found.bound, f" {faults}" if faults else ""

        return run

    return prepared


def three_rules(loaded: Loaded) -> Instance:
    """Both rules, and one of three that cross them: at most one judge of a made-up recommending unit."""
    both, lot = loaded.with_both_rules(), np.random.default_rng(5)
    units = lot.integers(0, 15, both.shape[1])
    return both.but(families=(*both.families, Family(units, 1, "recommended by")))


def of_repair(loaded: Loaded) -> Callable[[], Answer]:
    """A twentieth of the judges falls out of a plan under both rules, when two fifths of the ballots have begun."""
    instance, lot = loaded.with_both_rules(), np.random.default_rng(3)
    start = optimum(instance).pairs
    gone = np.zeros(instance.shape[1], dtype=bool)
    gone[lot.choice(len(gone), len(gone) // 20, replace=False)] = True
    begun = lot.random(len(start)) < 0.4
    now = instance.but(most=np.where(gone, 0, instance.most), least=np.where(gone, 0, instance.least))

    def run() -> Answer:
        found = repair(now, start, Pairs(start.row[begun], start.column[begun]))
        faults = broken(now, found.pairs)
        return (
            found.total,
            found.total + found.gap,
            f" {len(found.changes)} entries change, {found.moved} moved {faults}",
        )

    return run


def of_check(loaded: Loaded) -> Callable[[], Answer]:
    """The stranger's check: the bound again, from prices alone."""
    found = optimum(loaded.instance)

    def run() -> Answer:
        return total_of(loaded.instance, found.pairs), bound_of(loaded.instance, found.proof), ""

    return run


def of_flow(loaded: Loaded) -> Callable[[], Answer]:
    """OR-Tools' flow with an arc for every allowed pair."""
    instance = loaded.instance

    def run() -> Answer:
        n, m = instance.shape
        row, column = np.nonzero(instance.allowed)
        solver = SimpleMinCostFlow()
        cost = np.rint((1 - instance.score[row, column].astype(np.float64)) * 1e6).astype(np.int64)
        solver.add_arcs_with_capacity_and_unit_cost(row, n + column, np.ones(len(row), dtype=np.int64), cost)
        judges, sink = n + np.arange(m), n + m
        solver.add_arcs_with_capacity_and_unit_cost(
            judges, np.full(m, sink), instance.most - instance.least, np.zeros(m, dtype=np.int64)
        )
        places, held = instance.wanted.sum(), instance.least.sum()
        solver.set_nodes_supplies(
            np.arange(n + m + 1), np.concatenate([instance.wanted, -instance.least, [held - places]])
        )
        if solver.solve() != solver.OPTIMAL:
            return float("nan"), float("nan"), " no answer"
        taken = solver.flows(np.arange(len(row))) > 0
        return float(instance.score[row[taken], column[taken]].sum(dtype=np.float64)), float("nan"), ""

    return run


def of_highs(loaded: Loaded) -> Callable[[], Answer]:
    """SciPy's linear program with a column for every allowed pair."""
    instance = loaded.instance

    def run() -> Answer:
        n, m = instance.shape
        row, column = np.nonzero(instance.allowed)
        p = len(row)
        cells, ones = np.arange(p), np.ones(p)
        entries = coo_array((ones, (row, cells)), shape=(n, p)).tocsr()
        both = (np.concatenate([ones, -ones]), (np.concatenate([column, m + column]), np.concatenate([cells, cells])))
        found = linprog(
            -instance.score[row, column].astype(np.float64),
            A_eq=entries,
            b_eq=instance.wanted,
            A_ub=coo_array(both, shape=(2 * m, p)).tocsr(),
            b_ub=np.concatenate([instance.most, -instance.least]),
            bounds=(0, 1),
            method="highs-ds",
        )
        return -float(found.fun), float("nan"), ""

    return run


SOLVERS: dict[str, Callable[[Loaded], Callable[[], Answer]]] = {
    "np.partition": of_partition,
    "optimum": of_ours(lambda loaded: loaded.instance),
    "check of the certificate": of_check,
    "OR-Tools flow, all pairs": of_flow,
    "HiGHS LP, all pairs": of_highs,
    "one judge of a city": of_ours(Loaded.with_city_rule),
    "a senior on each": of_ours(Loaded.with_senior_rule),
    "both (they cross)": of_ours(Loaded.with_both_rules),
    "three that cross": of_ours(three_rules),
    "repair under both": of_repair,
}
PEERS = ("OR-Tools flow, all pairs", "HiGHS LP, all pairs")
RULED = ("one judge of a city", "a senior on each", "both (they cross)", "three that cross", "repair under both")

if __name__ == "__main__":
    main()
