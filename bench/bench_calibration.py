"""How near calibration comes to the truth: `python -m bench.bench_calibration [FOLDER] [--only S1] [--points] [--gmcm FILE]`.

Without FOLDER, fresh rounds of ten kinds and three sizes are drawn (`--fresh SETS`, `--seed N`). FOLDER holds simulated
competitions (.npz: e, j, y, q and, where they apply, track, same, clip_hi; a first axis of sets).
Printed: Kendall's tau with the true quality and, in brackets, the root mean square error, for every method; for the full
calibration also the share of 90 % intervals and of 90 % rank intervals that hold the truth, and CPU seconds. The level common
to all entries is taken off before errors are measured: no totals tell it (it is one with the judges' mean severity), and no place
depends on it. Where a prototype's figures were published (other rounds of the same kind and size), a second line sets ours
against them by what does not depend on how hard a round happens to be: error over that of least squares, and gain of
tau over it. The national competition of 2023 is not ours to ship: the path of its first stage may be given.
"""

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from bench.rounds import KINDS, fresh_rounds
from scoring import ScoreTable, aggregate_trimmed, calibrate_additive, calibrate_full, calibrate_mapped
from scoring.calibration import mean_of
from scoring.models.ballots import Ballots
from scoring.models.curves import Curved, bowed, fit_curved
from scoring.models.variational import fit_variational
from scoring.uncertainty import places_of_draws

Floats = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Of the prototype, at 1,000 x 150 x 5: tau and error of least squares, tau and error of its full model.
PROTOTYPE = {
    "S0": (0.759, 2.27, 0.759, 2.14),
    "S1": (0.732, 2.64, 0.768, 2.11),
    "S2": (0.708, 2.72, 0.749, 2.30),
    "S4": (0.743, 2.42, 0.758, 2.21),
    "S5": (0.724, 2.73, 0.752, 2.21),
    "S6": (0.697, 2.87, 0.745, 2.33),
    "S7": (0.788, 2.47, 0.798, 2.24),
    "S9": (0.839, 2.49, 0.850, 2.26),
}
LEAST_SQUARES, FULL = 3, 5
SIZES = ((1000, 150, 5), (100, 15, 5), (100, 30, 3))
HEADS = ("mean", "trimmed", "z", "LS", "REML", "full", "full, own units")


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, nargs="?")
    options.add_argument(
        "--fresh", type=int, default=4, metavar="SETS", help="rounds of every kind and size, without a FOLDER"
    )
    options.add_argument("--seed", type=int, default=1, metavar="N", help="of fresh rounds")
    options.add_argument("--only", default="", metavar="TEXT", help="only files with this in their name")
    options.add_argument("--points", action="store_true", help="no intervals: much faster")
    options.add_argument("--gmcm", type=Path, metavar="FILE", help="gmcm2023_stage1.csv")
    chosen = options.parse_args()
    print(f"{'':24}" + "".join(f"{head:>16}" for head in HEADS) + "   in 90 %  rank in 90 %  CPU s  fallbacks")
    for name, rounds in every_set(chosen):
        if chosen.only in name:
            simulated(name, rounds, intervals=not chosen.points)
    if chosen.gmcm:
        left_out(chosen.gmcm)


def every_set(chosen: argparse.Namespace) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Names of kinds with sizes, and their rounds: from files, or drawn."""
    if chosen.folder is None:
        for size in SIZES:
            for name, kind in KINDS.items():
                yield f"{name}_{size[0]}x{size[1]}x{size[2]}", fresh_rounds(kind, size, chosen.fresh, chosen.seed)
        return
    for path in sorted(chosen.folder.glob("*.npz"), key=lambda path: (path.stem.split("_")[-1], path.stem)):
        yield path.stem, sets_of(path)


def simulated(name: str, rounds: Iterator[dict[str, Any]], *, intervals: bool) -> None:
    """One line of the table: the mean over all sets of a kind."""
    figures, sure = [], []
    for given in rounds:
        quality = given["q"]
        table = table_of(given)
        scores, run = scores_of(table, given, intervals)
        figures.append([(kendalltau(quality, score).statistic, rmse(quality, score)) for score in scores])
        sure.append(run)
    cells = "".join(f"{tau:8.3f} ({error:4.2f}) " for tau, error in np.mean(figures, axis=0))
    inside, ranks, seconds, fallbacks = np.mean(sure, axis=0)
    print(f"{name:24}{cells}{inside:10.3f}{ranks:14.3f}{seconds:8.2f}{fallbacks:10.2f}", flush=True)
    other = PROTOTYPE.get(name.split("_", maxsplit=1)[0])
    if other and name.endswith("_1000x150x5"):
        ours = np.mean(figures, axis=0)
        against(tuple(ours[[LEAST_SQUARES, FULL]].ravel()), other)


def against(ours: tuple[float, ...], other: tuple[float, ...]) -> None:
    """How the full calibration does beside least squares, here and in the prototype's rounds."""
    here, there = ours[3] / ours[1], other[3] / other[1]
    gain, asked = ours[2] - ours[0], other[2] - other[0]
    print(
        f"{'':8}error over that of least squares {here:.3f}, prototype's {there:.3f} ({100 * (here / there - 1):+.1f} %);"
        f" tau above least squares {gain:+.3f}, prototype's {asked:+.3f}",
        flush=True,
    )


def sets_of(path: Path) -> Iterator[dict[str, Any]]:
    """Every set of a file by itself."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file}
    for number in range(len(arrays["y"])):
        yield {name: array[number] if array.ndim > 1 else array for name, array in arrays.items()}


def table_of(given: dict[str, Any]) -> ScoreTable:
    """The set as a table, with its tracks."""
    entries = {f"{number:06d}": f"{track}" for number, track in enumerate(given.get("track", ()))}
    return ScoreTable.from_columns(
        entry=[f"{entry:06d}" for entry in given["e"]],
        judge=[f"{judge:06d}" for judge in given["j"]],
        mark=given["y"].tolist(),
        track_of_entry=entries or None,
    )


def scores_of(table: ScoreTable, given: dict[str, Any], intervals: bool) -> tuple[list[Floats], list[float]]:
    """Scores by every method, and how sure the full calibration was."""
    cap = float(given["clip_hi"]) if np.isfinite(given["clip_hi"]) else None
    additive = calibrate_additive(table)
    blup = additive.scores if additive.entry_blup is None else additive.entry_blup
    started = time.process_time()
    full = calibrate_full(table, cap=cap, intervals=intervals, additive=additive)
    seconds = time.process_time() - started
    order = np.lexsort((given["j"], given["e"]))
    ballots = Ballots.of(
        table.entry, table.judge, table.total, track=given.get("track"), own=given["same"][order], cap=cap
    )
    own = fit_variational(ballots)
    scores = [
        mean_of(table, table.total),
        aggregate_trimmed(table).scores,
        calibrate_mapped(table).scores,
        additive.scores,
        blup,
        full.scores,
        own.center + own.quality,
    ]
    inside, ranks = (held(full, given["q"])) if intervals else (float("nan"), float("nan"))
    return scores, [inside, ranks, seconds, float(bool(full.fallback))]


def held(full: Any, quality: Floats) -> tuple[float, float]:
    """Shares of intervals and of rank intervals that hold the truth."""
    everywhere = np.zeros(len(quality), np.int64)
    places = places_of_draws(full.draws, top=(), parts=everywhere, kind=full.kind)
    rank = np.empty(len(quality), np.int64)
    rank[np.argsort(-quality)] = np.arange(1, len(quality) + 1)
    inside = (full.low90 <= quality) & (quality <= full.high90)
    return float(inside.mean()), float(((places.low <= rank) & (rank <= places.high)).mean())


def rmse(quality: Floats, score: Floats) -> float:
    """Root mean square error, the common level taken off."""
    return float((score - quality).std())


def left_out(path: Path) -> None:
    """Leave one judge of every entry out, predict that judge's score: five times, another judge each time."""
    with path.open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["entry"], row["judge"]))
    _, entry = np.unique([row["entry"] for row in rows], return_inverse=True)
    _, judge = np.unique([row["judge"] for row in rows], return_inverse=True)
    total = np.array([float(row["raw_score"]) for row in rows])
    turn = np.lexsort((np.random.default_rng(0).random(len(total)), entry)) - np.searchsorted(entry, entry)
    errors: dict[str, list[Floats]] = {"mean": [], "standard score": [], "additive": [], "full": []}
    for number in range(5):
        out = turn == number
        ballots = Ballots.of(entry[~out], judge[~out], total[~out])
        mean = ballots.by_entry(ballots.total) / ballots.load_of_entry
        table = ScoreTable.from_columns(
            entry=[f"{one:06d}" for one in entry[~out]], judge=[f"{one:06d}" for one in judge[~out]], mark=total[~out]
        )
        additive, curved = calibrate_additive(table), fit_curved(ballots)
        assert additive.entry_blup is not None
        assert additive.severity_blup is not None
        errors["mean"].append(mean[entry[out]] - total[out])
        errors["additive"].append(additive.entry_blup[entry[out]] - additive.severity_blup[judge[out]] - total[out])
        errors["full"].append(expected(curved, entry[out], judge[out]) - total[out])
        center, spread = standards(ballots)
        z = ballots.by_entry((ballots.total - center[ballots.judge]) / spread[ballots.judge]) / ballots.load_of_entry
        errors["standard score"].append(center[judge[out]] + spread[judge[out]] * z[entry[out]] - total[out])
    found = {name: float(np.sqrt((np.concatenate(parts) ** 2).mean())) for name, parts in errors.items()}
    told = ", ".join(f"{name} {error:.3f}" for name, error in found.items())
    print(f"national competition, one judge of five left out, RMSE: {told} (floor: 13.83, 9.12, 9.35, 8.83)")


def expected(curved: Curved, entry: IntArray, judge: IntArray) -> Floats:
    """What judges would give entries."""
    fit, quality = curved.fit, curved.fit.quality[entry]
    bend = curved.curve[judge] * bowed(quality, curved.spread)
    return np.asarray(fit.center + fit.severity[judge] + fit.scale[judge] * quality + bend, float)


def standards(ballots: Ballots) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every judge."""
    center = ballots.by_judge(ballots.total) / ballots.load_of_judge
    squares = ballots.by_judge((ballots.total - center[ballots.judge]) ** 2)
    return center, np.sqrt(squares / (ballots.load_of_judge - 1))


if __name__ == "__main__":
    main()
