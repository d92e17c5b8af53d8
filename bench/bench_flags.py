"""Power and false alarms of the flags: `python -m bench.bench_flags [FOLDER] [--sets N]`.

Simulates competitions with planted faults; with a FOLDER of .npz files (arrays e, j, y, and same, t, label where known,
one row a competition) it measures those too.
"""

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from scoring import ScoreTable
from scoring.flags import FlagReport, find_flags
from tests.factories.planted import Planted, plant, plant_copying, plant_halo

# Fault, its size, the kinds that should tell it, and the power of the published prototype.
CASES = (
    ("clean", None, ("",), None),
    ("severity", 4.0, ("severity",), 0.76),
    ("noise", 2.0, ("inconsistency",), 0.28),
    ("noise", 2.5, ("inconsistency",), 0.71),
    ("noise", 3.0, ("inconsistency",), 0.96),
    ("restrict", 0.25, ("range",), 0.73),
    ("scale", 0.2, ("range",), 0.58),
    ("random", 1.0, ("random",), 0.55),
    ("aberrant", 20.0, ("score",), 0.26),
    ("aberrant", 25.0, ("score",), 0.67),
    ("aberrant", 30.0, ("score",), 0.92),
    ("favour5", 8.0, ("favouritism",), 0.81),
    ("favour20", 15.0, ("favouritism",), 0.83),
    ("drift", 14.0, ("drift",), 0.86),
)
KIND_OF_FILE = {
    "severity": "severity",
    "noise": "inconsistency",
    "scale": "range",
    "restrict": "range",
    "random": "random",
    "aberrant": "score",
    "favour": "favouritism",
    "drift": "drift",
    "copying": "copying",
    "clean": "",
}


def main() -> None:
    """Print power, false-discovery rate and false alarms for every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--sets", type=int, default=60)
    options = parser.parse_args()
    print("fault                 power (table)   FDR   false alarm   any kind at all   CPU s a set")
    if options.folder:
        for path in sorted(options.folder.glob("*.npz")):
            kind = next(kind for name, kind in KIND_OF_FILE.items() if path.name.startswith(name))
            report(path.stem, kind, None, stored(path))
        return
    seeds = range(10_000, 10_000 + options.sets)
    for fault, size, (kind,), table in CASES:
        report(f"{fault} {size or ''}", kind, table, (plant(fault, size, seed=seed) for seed in seeds))
    for share, table in ((0.8, 0.63), (0.0, None)):
        report(f"copying {share}", "copying", table, (plant_copying(share, seed=seed) for seed in seeds))
    for share, table in ((0.3, 0.54), (0.5, 1.0), (0.0, None)):
        report(f"halo {share}", "halo", table, (plant_halo(share, seed=seed) for seed in seeds))


def report(name: str, kind: str, table: float | None, cases: Iterable[Planted]) -> None:
    """Measure one fault."""
    started, rows, kinds = time.process_time(), [], []
    for case in cases:
        found = find_flags(case.table)
        rows.append(hits(case, found, kind))
        kinds += sorted({flag.kind.value for flag in found.flags})
    power, false, alarm, anything = np.mean(rows, axis=0)
    seconds = (time.process_time() - started) / len(rows)
    listed = "" if table is None else f"({table:.2f})"
    also = ", ".join(f"{one} {kinds.count(one) / len(rows):.2f}" for one in sorted(set(kinds)))
    print(
        f"{name:22s} {power:.2f} {listed:8s} {false:.3f}   {alarm:.2f}   {anything:.2f}   {seconds:.3f}   {also}",
        flush=True,
    )


def hits(case: Planted, found: FlagReport, kind: str) -> tuple[float, float, float, float]:
    """Share of what is at fault that is flagged by the kind, share of false flags, any false flag, any flag."""
    flags = [flag for flag in found.flags if flag.kind.value == kind]
    if kind == "score":
        truth, flagged = set(case.ballots), {(flag.entry, flag.judge) for flag in flags}
    elif kind == "copying":
        truth, flagged = {tuple(sorted(case.judges))}, {(flag.judge, flag.other) for flag in flags}
    else:
        truth, flagged = set(case.judges), {flag.judge for flag in flags}
    wrong = flagged - truth
    return (
        len(flagged & truth) / max(len(truth), 1),
        len(wrong) / max(len(flagged), 1),
        float(bool(wrong)),
        float(bool(found.flags)),
    )


def stored(path: Path) -> Iterator[Planted]:
    """Competitions of a file."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file}
    for place in range(len(arrays["e"])):
        yield _case({name: array[place] for name, array in arrays.items() if array.ndim == 2})


def _case(row: dict[str, np.ndarray]) -> Planted:
    names = [(f"E{e:05d}", f"J{j:04d}") for e, j in zip(row["e"], row["j"], strict=True)]
    entry, judge = zip(*names, strict=True)
    order = row["t"].tolist() if "t" in row else None
    table = ScoreTable.from_columns(entry=entry, judge=judge, mark=row["y"].tolist(), order=order)
    if "same" in row:  # Files say who judged the own unit, not which unit it is.
        table.__dict__["own_unit"] = row["same"][np.lexsort((judge, entry))]
    label = row.get("label")
    if label is None:
        return Planted(table, frozenset({"J0000", "J0001"}), frozenset())
    if len(label) == len(names):
        return Planted(table, frozenset(), frozenset(name for name, bad in zip(names, label, strict=True) if bad))
    return Planted(table, frozenset(f"J{place:04d}" for place in np.flatnonzero(label)), frozenset())


if __name__ == "__main__":
    main()
