"""The many-facet model beside its peers: `python -m bench.bench_facets [--rounds N]`.

First the small table whose measures are known from R's mfrmr. Then time for rubrics of 4 criteria; the peers' CPU seconds were
measured with the prototype on another day (they are no part of a Debian): TAM 1.03, mfrmr 0.69, RaschPy 0.085. Then Kendall's tau with
the true quality in simulated rounds, with judges who differ in severity only, and with judges who differ in scale and noise.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from scoring import ScoreTable, calibrate_additive, calibrate_facets, calibrate_full

DATA = Path(__file__).parent.parent / "tests/scoring/data/guilford_creativity.csv"
PUBLISHED = {"Brahe": 0.182, "Avogadro": -0.023, "Cavendish": -0.159}
PEERS = {"TAM": 1.03, "mfrmr": 0.69, "RaschPy": 0.085}
CRITERIA, TOP = 4, 10
Floats = NDArray[np.float64]


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=12, metavar="N")
    chosen = options.parse_args()
    known()
    speed()
    for erratic in (False, True):
        accuracy(chosen.rounds, erratic=erratic)


def known() -> None:
    """The largest difference from mfrmr's severities."""
    with DATA.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    judge, entry, criterion, mark = zip(*(row.values() for row in rows), strict=True)
    fit = calibrate_facets(ScoreTable.from_columns(entry=entry, judge=judge, criterion=criterion, mark=mark))
    gap = max(abs(one.measure - PUBLISHED[one.element]) for one in fit.judges)
    print(f"creativity, 7 x 3 x 5: severities within {gap:.4f} logit of mfrmr's (asked: 0.02)")


def speed() -> None:
    """CPU seconds of a fit."""
    for entries, judges in ((100, 15), (1000, 150)):
        table, _ = rubric(entries, judges, np.random.default_rng(1), erratic=False)
        seconds = min(timed(table) for _ in range(3))
        peers = ", ".join(f"{name} {time:g} ({time / seconds:.0f} x)" for name, time in PEERS.items())
        told = f"; peers {peers}" if entries == 100 else ""
        print(f"{entries} x {judges} x 5 x {CRITERIA}: {seconds:.3f} CPU s{told}")


def timed(table: ScoreTable) -> float:
    """Of one fit."""
    started = time.process_time()
    calibrate_facets(table)
    return time.process_time() - started


def accuracy(rounds: int, *, erratic: bool) -> None:
    """Tau of the many-facet model, of severity on totals, and of the full calibration."""
    found = []
    for number in range(rounds):
        table, quality = rubric(100, 15, np.random.default_rng([number, erratic]), erratic=erratic)
        additive = calibrate_additive(table)
        scores = (
            [one.measure for one in calibrate_facets(table).entries],
            additive.scores,
            calibrate_full(table, intervals=False, additive=additive).scores,
        )
        found.append([kendalltau(quality, score).statistic for score in scores])
    facets, severity, full = np.mean(found, axis=0)
    judges = "judges differ in scale and noise" if erratic else "judges differ in severity only"
    print(f"{judges}, {rounds} rounds: many-facet {facets:.3f}, severity on totals {severity:.3f}, full {full:.3f}")


def rubric(entries: int, judges: int, random: np.random.Generator, *, erratic: bool) -> tuple[ScoreTable, Floats]:
    """Whole marks from 0 to 10 for 4 criteria by 5 judges an entry, and the true quality."""
    quality = random.normal(0, 1, entries)
    severity = random.normal(0, 0.6, judges)
    scale = np.exp(random.normal(0, 0.3 * erratic, judges))
    noise = 1.2 * np.exp(random.normal(0, 0.5 * erratic, judges))
    e = np.repeat(np.arange(entries), 5)
    j = np.concatenate([random.permutation(judges)[:5] for _ in range(entries)])
    taste = random.normal(0, 0.6, len(e))[:, None] * noise[j][:, None]
    level = 5.5 + 1.3 * (scale[j] * quality[e] - severity[j])[:, None] + taste
    marks = np.clip(np.rint(level + noise[j][:, None] * random.standard_normal((len(e), CRITERIA))), 0, TOP)
    table = ScoreTable.from_columns(
        entry=[f"{one:06d}" for one in np.repeat(e, CRITERIA)],
        judge=[f"{one:06d}" for one in np.repeat(j, CRITERIA)],
        criterion=[f"C{one}" for one in np.tile(np.arange(CRITERIA), len(e))],
        mark=marks.ravel().tolist(),
    )
    return table, quality


if __name__ == "__main__":
    main()
