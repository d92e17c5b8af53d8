"""What the scoring engine gives and costs: `python -m bench.bench_scoring [--gmcm FILE]`.

Peers and limits stand beside every figure. The file of the national competition of 2023 is not ours to ship: its path
may be given.
"""

import argparse
import csv
import gzip
import os
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from scoring import (
    ScoreTable,
    aggregate_trimmed,
    agreement_alpha,
    agreement_icc,
    calibrate_additive,
    calibrate_standard,
    evaluate,
    share_of_best_found,
    simulate_round,
)
from scoring.engine import published_scores
from scoring.flags.peers import deviations_from_peers, preference_for_own
from scoring.flags.permutation import stratified_p
from scoring.models.ballots import Ballots
from scoring.reml import fit_reml

Result = TypeVar("Result")
SMALL = Path(__file__).parent.parent / "tests/scoring/data"
DATA = SMALL / "skating"


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gmcm", type=Path, metavar="FILE", help="gmcm2023_stage1.csv")
    chosen = options.parse_args()
    importing()
    skating()
    home_preference()
    small_tables()
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

    with gzip.open(DATA / "element-grades.csv.gz", "rt", encoding="utf-8") as file:
        elements = list(csv.DictReader(file))
    marks = [(row["element"], seat, row[seat]) for row in elements for seat in row if seat[0] == "J" and row[seat]]
    element, judge, mark = zip(*marks, strict=True)
    table = ScoreTable.from_columns(entry=element, judge=judge, mark=mark)
    ours = dict(zip(table.entries, published_scores(aggregate_trimmed(table).scores, 2), strict=True))
    exact = sum(ours[row["element"]] == Decimal(row["goe"]) for row in elements)
    print(f"skating: {exact} of {len(elements)} official grades of execution")


def importing() -> None:
    """CPU seconds of `import scoring`, and of the command's help, in processes of their own."""
    for words, limit in ((["-c", "import scoring"], 0.3), (["-m", "scoring.cli", "--help"], None)):
        seconds = []
        for _ in range(5):
            before = os.times()
            subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
            after = os.times()
            seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
        told = "" if limit is None else f" (limit {limit})"
        print(f"{' '.join(words)}: {min(seconds):.3f} CPU s{told}")


def home_preference() -> None:
    """Judges of figure skating and their compatriots."""
    with gzip.open(DATA / "judge-totals.csv.gz", "rt", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["performance"], row["judge"]))
    table = long_table(rows, "performance", "judge", "total")
    programme = np.array([row["programme"] == "short" for row in rows], np.int64)
    same = np.array([row["same_country"] == "1" for row in rows])
    apart = deviations_from_peers(table, programme)
    found = preference_for_own(apart, same)
    seats = [np.flatnonzero(table.judge == judge) for judge in range(len(table.judges))]
    beyond = sum(stratified_p(apart[at], same[at], programme[at]) < 1e-5 for at in seats if same[at].any())
    print(
        f"home preference {found.own:.3f} / {found.others:.3f}, t {found.t:.4f} (3.088 / -0.301, 37.8598);"
        f" p < .00001 of {beyond} of {len(seats)} judges (27; 28 with a million shuffles)"
    )


def small_tables() -> None:
    """Textbook answers."""
    with (SMALL / "penicillin.csv").open(encoding="utf-8") as file:
        solution = calibrate_additive(long_table(list(csv.DictReader(file)), "plate", "sample", "diameter")).solution
    if solution is not None:
        print(
            f"Penicillin: criterion {solution.deviance:.6f} (330.860589), standard deviations"
            f" {', '.join(f'{sd:.6f}' for sd in solution.sds)} (0.846703, 1.931614, 0.549923)"
        )
    with (SMALL / "shrout_fleiss_1979.csv").open(encoding="utf-8") as file:
        icc = agreement_icc(long_table(list(csv.DictReader(file)), "target", "judge", "score"))
    six = (icc.single_1, icc.single_2, icc.single_3, icc.mean_1, icc.mean_2, icc.mean_3)
    print(f"Shrout & Fleiss: {' '.join(f'{one:.2f}' for one in six)} (.17 .29 .71 .44 .62 .91)")
    with (SMALL / "krippendorff_reliability.csv").open(encoding="utf-8") as file:
        table = long_table([row for row in csv.DictReader(file) if row["value"]], "unit", "observer", "value")
    alphas = [f"{agreement_alpha(table, level=level):.3f}" for level in ("nominal", "ordinal", "interval", "ratio")]
    print(f"Krippendorff: {' '.join(alphas)} (.743 .815 .849 .797)")


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
