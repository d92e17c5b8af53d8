"""The mixed model against lme4 in the same run: `python -m bench.bench_reml [--large] [--huge]`.

CPU seconds of the fit alone, and of the fit with the variances of all predictions; the criterion of both. Without R and
lme4 (Debian: r-cran-lme4) the peer's column stays empty. `--large` adds 20,000 x 2,000 x 5, which takes lme4 minutes: it is
stopped after `--limit` seconds, and what it had by then is printed. `--huge` adds 200,000 x 10,000 x 5, which takes lme4
hours: the CPU seconds it had used without an answer when it was stopped bound the ratio from below.
"""

import argparse
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.models.ballots import Ballots
from scoring.models.mixed import MOST_EXACT, fit_mixed
from scoring.models.sampled import fit_stochastic
from scoring.models.solution import Solution
from scoring.models.variational import fit_variational
from scoring.reml import fit_reml, inverse_of

Result = TypeVar("Result")
PEER = """
if (!requireNamespace("lme4", quietly = TRUE)) quit(status = 3)
d <- read.csv(commandArgs(TRUE)[1]); d$e <- factor(d$e); d$j <- factor(d$j); best <- Inf; whole <- Inf
used <- function(s) { x <- proc.time() - s; x[1] + x[2] }
for (run in 1:as.integer(commandArgs(TRUE)[2])) {
  s <- proc.time(); m <- lme4::lmer(y ~ 1 + (1 | e) + (1 | j), d); best <- min(best, used(s))
  cat(best, Inf, sprintf("%.6f", lme4::REMLcrit(m)), "\n"); flush(stdout())
  r <- lme4::ranef(m, condVar = TRUE); whole <- min(whole, used(s))
  cat(best, whole, sprintf("%.6f", lme4::REMLcrit(m)), "\n"); flush(stdout())
}
"""


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true")
    options.add_argument("--huge", action="store_true")
    options.add_argument("--limit", type=int, default=720, metavar="SECONDS", help="of the peer, at the large size")
    options.add_argument("--only-large", action="store_true")
    options.add_argument("--only-huge", action="store_true")
    chosen = options.parse_args()
    for entries, judges, runs in ((100, 15, 20), (1000, 150, 20)):
        if not (chosen.only_large or chosen.only_huge):
            compared(entries, judges, runs, chosen.limit)
    if chosen.large or chosen.only_large:
        compared(20_000, 2_000, 1, chosen.limit)
    if chosen.huge or chosen.only_huge:
        huge(chosen.limit)


def compared(entries: int, judges: int, runs: int, limit: int) -> None:
    """One size, ours and the peer's."""
    entry, judge, total = round_of(entries, judges)
    fit, solution = least(lambda: fitted(entry, judge, total, exact=judges <= MOST_EXACT), runs)
    whole, _ = least(lambda: inverse_of_fit(fit_mixed(Ballots.of(entry, judge, total))), runs)
    full, _ = least(lambda: fit_variational(Ballots.of(entry, judge, total)), min(runs, 5))
    peer = peer_of(entry, judge, total, runs=1 if runs == 1 else 7, limit=limit)
    print(
        f"{entries} x {judges} x 5: REML {fit:.4f} CPU s, with variances {whole:.4f}; full calibration, points {full:.3f}"
    )
    ours = "sampled traces, no criterion" if np.isnan(solution.deviance) else f"criterion {solution.deviance:.6f}"
    if peer:
        seconds, with_variances, criterion = peer
        more = f"{with_variances:.3f} ({with_variances / whole:.0f} x)"
        if with_variances == np.inf:
            more = f"stopped after {limit} s of the clock"
        print(f"  lme4 {seconds:.3f} ({seconds / fit:.0f} x), with variances {more}")
        print(f"  {ours}; lme4 {criterion:.6f}", flush=True)
    else:
        why = "lme4 had nothing" if shutil.which("Rscript") else "no R with lme4"
        print(f"  {ours}; {why} after {limit} s of the clock" if shutil.which("Rscript") else f"  {ours}; {why} here")


def huge(limit: int) -> None:
    """A million totals; the peer for as long as it may."""
    entry, judge, total = round_of(200_000, 10_000)
    ballots = Ballots.of(entry, judge, total)
    fit, solution = least(lambda: fit_stochastic(ballots), 1)
    full, state = least(lambda: fit_variational(ballots), 1)
    print(
        f"200,000 x 10,000 x 5: REML by sampled traces {fit:.2f} CPU s (log ratios within {solution.error:.5f}),",
        end=" ",
    )
    print(f"full calibration, points {full:.2f} in {state.passes} passes", flush=True)
    before = _children()
    peer = peer_of(entry, judge, total, runs=1, limit=limit)
    used = _children() - before
    if peer:
        print(f"  lme4 {peer[0]:.1f} ({peer[0] / fit:.0f} x)")
    elif used > 1:
        print(f"  lme4 had no answer after {used:.0f} CPU s: more than {used / fit:.0f} x")
    else:
        print("  no R with lme4 here")


def _children() -> float:
    """CPU seconds of all programs that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fitted(entry: IntArray, judge: IntArray, total: FloatArray, *, exact: bool) -> Solution:
    """Ballots and fit, from bare columns."""
    ballots = Ballots.of(entry, judge, total)
    return fit_reml(ballots) if exact else fit_stochastic(ballots)


def inverse_of_fit(solution: Solution) -> FloatArray:
    """What all variances of predictions are read from."""
    return np.zeros((0, 0)) if solution.factor is None else inverse_of(solution.factor)


def round_of(entries: int, judges: int) -> tuple[IntArray, IntArray, FloatArray]:
    """A balanced random round of five different judges an entry."""
    random = np.random.default_rng(entries)
    seats = np.concatenate([random.permutation(judges) for _ in range(-(-5 * entries // judges))])[: 5 * entries]
    judge = seats.reshape(entries, 5)
    for place in np.flatnonzero([len(set(row)) < 5 for row in judge.tolist()]):
        judge[place] = random.choice(judges, 5, replace=False)
    entry = np.repeat(np.arange(entries), 5)
    judge = judge.ravel()
    total = (
        75 + random.normal(0, 6, entries)[entry] + random.normal(0, 4, judges)[judge] + random.normal(0, 5, len(entry))
    )
    return entry, judge, total


def least(work: Callable[[], Result], times: int) -> tuple[float, Result]:
    """Least CPU seconds of several runs, and the last result."""
    best, result = np.inf, None
    for _ in range(times):
        started = time.process_time()
        result = work()
        best = min(best, time.process_time() - started)
    assert result is not None
    return float(best), result


def peer_of(
    entry: IntArray, judge: IntArray, total: FloatArray, *, runs: int, limit: int
) -> tuple[float, float, float] | None:
    """CPU seconds of lmer's fit, of fit and conditional variances, and its criterion."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "d.csv", Path(folder) / "peer.R"
        np.savetxt(
            table, np.column_stack([entry, judge, total]), delimiter=",", header="e,j,y", comments="", fmt="%.12g"
        )
        script.write_text(PEER, encoding="utf-8")
        told = _lines([program, str(script), str(table), str(runs)], limit)
    if not told:
        return None
    seconds, whole, criterion = map(float, told[-1].split())
    return seconds, whole, criterion


def _lines(command: list[str], limit: int) -> list[str]:
    """What a program printed until it ended or its time was over."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            told, _ = running.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            running.kill()
            told, _ = running.communicate()
    return told.splitlines()


if __name__ == "__main__":
    main()
