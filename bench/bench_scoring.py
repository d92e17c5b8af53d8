"""What the scoring engine gives and costs: `python -m bench.bench_scoring [--gmcm FILE]`.

Peers and limits stand beside every figure. The file of the national competition of 2023 is not ours to ship: its path
may be given.
"""

import argparse
import csv
import gzip
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from scoring import ScoreTable, calibrate_additive, calibrate_standard, evaluate, share_of_best_found, simulate_round
from scoring.models.ballots import Ballots
from scoring.reml import fit_reml

Result = TypeVar("Result")
DATA = Path(__file__).parent.parent / "tests/scoring/data/skating"


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gmcm", type=Path, metavar="FILE", help="gmcm2023_stage1.csv")
    chosen = options.parse_args()
    skating()
    speed()
    accuracy()
    if chosen.gmcm:
        chinese_competition(chosen.gmcm)


def cpu(work: Callable[[], Result], times: int = 5) -> tuple[float, Result]:
    """Least CPU seconds of several runs, and the result."""
    seconds = []
    for _ in range(times):
        started = time.process_time()
        result = work()
        seconds.append(time.process_time() - started)
    return min(seconds), result


def skating() -> None:
    """Official panel scores, and the time to get them."""
    with gzip.open(DATA / "component-marks.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if float(row["score"])]
    with gzip.open(DATA / "component-panel-scores.csv.gz", "rt", encoding="utf-8") as file:
        official = {row["aspect_id"]: f"{float(row['scores_of_panel']):.2f}" for row in csv.DictReader(file)}
    seconds, result = cpu(lambda: evaluate(long_table(rows, "aspect_id", "judge", "score"), method="trimmed"), times=1)
    exact = sum(official[one.entry] == str(one.score) for one in result.entries)
    print(
        f"skating: {exact} of {len(official)} official panel scores, {seconds:.2f} CPU s (limit 20: {20 / seconds:.0f} x)"
    )


def speed() -> None:
    """The REML fit against what lme4 took on the prototype's machine, and a whole evaluation."""
    for entries, judges, lmer in ((100, 15, 0.065), (1000, 150, 0.196)):
        table = simulate_round(entries=entries, judges=judges, per_entry=5, seed=1).table
        fit, _ = cpu(partial(fit_reml, Ballots.of_table(table)))
        whole, _ = cpu(partial(evaluate, table, top=[entries // 10]))
        size = f"{entries} x {judges} x 5"
        print(f"{size}: REML {fit:.4f} CPU s ({lmer / fit:.0f} x lmer's {lmer}), whole evaluation {whole:.3f} CPU s")


def accuracy() -> None:
    """How many of the truly best 15 % each method finds."""
    found: dict[str, list[float]] = {}
    for seed in range(20):
        simulated = simulate_round(entries=240, judges=36, per_entry=5, seed=seed)
        by_id = {one.entry: one for one in evaluate(simulated.table, draws=200).entries}
        ordered = [by_id[entry] for entry in simulated.table.entries]
        for method in ("raw_mean", "trimmed", "standard", "adjusted"):
            scores = [getattr(one, method) for one in ordered]
            found.setdefault(method, []).append(share_of_best_found(simulated.quality, scores, 0.15))
    raw = np.mean(found["raw_mean"])
    shares = ", ".join(
        f"{method} {np.mean(shares):.3f} ({np.mean(shares) / raw:.2f} x)" for method, shares in found.items()
    )
    print(f"truly best 15 % found, 240 x 36 x 5, 20 rounds: {shares}")


def chinese_competition(path: Path) -> None:
    """Official standard scores and lme4's criterion on the national competition's first round."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = long_table(rows, "entry", "judge", "raw_score")
    official = {(row["entry"], row["judge"]): float(row["official_standard_score"]) for row in rows}
    pairs = zip(table.entry, table.judge, calibrate_standard(table).totals, strict=True)
    same = [abs(official[table.entries[e], table.judges[j]] - score) <= 0.006 for e, j, score in pairs]
    seconds, fit = cpu(lambda: calibrate_additive(table))
    criterion = fit.solution.deviance if fit.solution else float("nan")
    print(f"national competition: {100 * np.mean(same):.2f} % of standard scores within 0.006 (published: 99.78 %)")
    print(f"  REML criterion {criterion:.6f} (lme4: 77644.166105); calibration with variances {seconds:.3f} CPU s")


def long_table(rows: list[dict[str, str]], entry: str, judge: str, mark: str) -> ScoreTable:
    """A table of three columns."""
    return ScoreTable.from_columns(
        entry=[row[entry] for row in rows], judge=[row[judge] for row in rows], mark=[row[mark] for row in rows]
    )


if __name__ == "__main__":
    main()
