"""Power and false alarms of the flags: `python -m bench.bench_flags [FOLDER] [--sets N] [--csv]`.

Simulates competitions with planted faults; with a FOLDER of .npz files (arrays e, j, y, and same, t, label where known,
one row a competition) it measures those too. With --csv every competition also goes through `scoring flags` as a csv file, and
what comes out must be what the library says.
"""

import argparse
import contextlib
import csv
import io
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from scoring import ScoreTable
from scoring.cli import main as scoring_command
from scoring.flags import FlagReport, find_flags
from tests.factories.planted import Planted, plant, plant_copying, plant_halo

# Fault, its size, the kinds that should tell it, and the power of the published prototype.
CASES = (
    ("clean", None, "", None),
    ("severity", 4.0, "severity", 0.76),
    ("noise", 2.0, "inconsistency", 0.28),
    ("noise", 2.5, "inconsistency", 0.71),
    ("noise", 3.0, "inconsistency", 0.96),
    ("restrict", 0.25, "range", 0.73),
    ("scale", 0.2, "range", 0.58),
    ("random", 1.0, "random", 0.55),
    ("aberrant", 20.0, "score", 0.26),
    ("aberrant", 25.0, "score", 0.67),
    ("aberrant", 30.0, "score", 0.92),
    ("favour5", 8.0, "favouritism", 0.81),
    ("favour20", 15.0, "favouritism", 0.83),
    ("drift", 14.0, "drift", 0.86),
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
SEED = 20_000
UNLIKE = (0.27, 0.35)


def main() -> None:
    """Print power, false-discovery rate and false alarms for every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--sets", type=int, default=200, help="rounds of every fault; five times as many without any")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--csv", action="store_true", help="through the command line too")
    options = parser.parse_args()
    print("fault                  power        (table)  false flags     false alarm   any kind at all   CPU s a set")
    if options.folder:
        for path in sorted(options.folder.glob("*.npz")):
            kind = next(kind for name, kind in KIND_OF_FILE.items() if path.name.startswith(name))
            report(path.stem, kind, None, stored(path), through_csv=options.csv)
        return
    seeds = range(options.seed, options.seed + options.sets)
    many = range(options.seed, options.seed + 5 * options.sets)
    say = partial(report, through_csv=options.csv)
    for fault, size, kind, table in CASES:
        say(f"{fault} {size or ''}", kind, table, (plant(fault, size, seed=seed) for seed in (seeds if kind else many)))
    say("clean, judges unlike", "", None, (plant("clean", seed=seed, differ=UNLIKE) for seed in many))
    for share, table in ((0.8, 0.63), (0.0, None)):
        say(f"copying {share}", "copying", table, (plant_copying(share, seed=seed) for seed in seeds))
    for share, table in ((0.3, 0.54), (0.5, 1.0), (0.0, None)):
        say(f"halo {share}", "halo", table, (plant_halo(share, seed=seed) for seed in seeds))
    for entries, judges, share in ((100, 15, 1.0), (1000, 150, 0.25)):
        some = seeds[: max(int(share * len(seeds)), 1)]
        shape = {"entries": entries, "judges": judges}
        say(f"{entries} x {judges} clean", "", None, (plant("clean", seed=seed, **shape) for seed in some))
        for fault, size, kind in (
            ("favour5", 8.0, "favouritism"),
            ("aberrant", 25.0, "score"),
            ("noise", 3.0, "inconsistency"),
        ):
            cases = (plant(fault, size, seed=seed, **shape) for seed in some)
            say(f"{entries} x {judges} {fault}", kind, None, cases)


def report(name: str, kind: str, table: float | None, cases: Iterable[Planted], *, through_csv: bool = False) -> None:
    """Measure one fault."""
    seconds, rows, kinds = 0.0, [], []
    for case in cases:
        started = time.process_time()
        found = find_flags(case.table)
        seconds += time.process_time() - started
        rows.append(hits(case, found, kind))
        kinds += sorted({flag.kind.value for flag in found.flags})
        if through_csv:
            require_the_same(found, flagged_by_the_command(case.table))
    power, false, alarm, anything = np.mean(rows, axis=0)
    error = np.std(rows, axis=0) / np.sqrt(len(rows))
    listed = "" if table is None else f"({table:.2f})"
    also = ", ".join(f"{one} {kinds.count(one) / len(rows):.2f}" for one in sorted(set(kinds)))
    print(
        f"{name:22s} {power:.3f} ±{error[0]:.3f} {listed:8s} {false:.3f} ±{error[1]:.3f}   {alarm:.2f}"
        f"   {anything:.3f} ±{error[3]:.3f}   {seconds / len(rows):.3f}   {also}",
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
    ours, theirs = units_of(row) if "same" in row else ({}, {})
    table = ScoreTable.from_columns(
        entry=entry, judge=judge, mark=row["y"].tolist(), order=order, unit_of_entry=ours, unit_of_judge=theirs
    )
    label = row.get("label")
    if label is None:
        return Planted(table, frozenset({"J0000", "J0001"}), frozenset())
    if len(label) == len(names):
        return Planted(table, frozenset(), frozenset(name for name, bad in zip(names, label, strict=True) if bad))
    return Planted(table, frozenset(f"J{place:04d}" for place in np.flatnonzero(label)), frozenset())


def units_of(row: dict[str, np.ndarray]) -> tuple[dict[str, str], dict[str, str]]:
    """Units of entries and judges: files say who judged the own unit, not which unit it is; all who hang together are one."""
    e, j, same = row["e"], row["j"], row["same"].astype(bool)
    entries, judges = int(e.max()) + 1, int(j.max()) + 1
    links = coo_array((np.ones(same.sum()), (e[same], entries + j[same])), shape=(entries + judges,) * 2)
    _, unit = connected_components(links, directed=False)
    if ((unit[e] == unit[entries + j]) != same).any():
        raise ValueError("the file's own units contradict each other")
    return (
        {f"E{place:05d}": f"U{unit[place]}" for place in range(entries)},
        {f"J{place:04d}": f"U{unit[entries + place]}" for place in range(judges)},
    )


def flagged_by_the_command(table: ScoreTable) -> set[tuple[str, str, str]]:
    """Kind, judge and entry of what `scoring flags` flags of the same rows, given as a csv file."""
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "in.csv", Path(folder) / "out.csv"
        columns, options = _as_columns(table)
        with given.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        with contextlib.redirect_stderr(io.StringIO()):
            status = scoring_command(["flags", str(given), "-o", str(answer), *options])
        if status:
            raise ValueError(f"the command ended with {status}")
        with answer.open(newline="", encoding="utf-8-sig") as file:
            return {(row["flag"], row["judge"], row["entry"]) for row in csv.DictReader(file) if row["flagged"] == "1"}


def _as_columns(table: ScoreTable) -> tuple[dict[str, list[object]], list[str]]:
    entry, judge = [table.entries[e] for e in table.entry], [table.judges[j] for j in table.judge]
    options = ["--entry", "entry", "--judge", "judge", "--mark", "mark"]
    if table.marks is not None:
        wide = len(table.criteria)
        columns: dict[str, list[object]] = {
            "entry": [one for one in entry for _ in range(wide)],
            "judge": [one for one in judge for _ in range(wide)],
            "criterion": list(table.criteria) * len(entry),
            "mark": table.marks.ravel().tolist(),
        }
        return columns, [*options, "--criterion", "criterion"]
    columns = {"entry": list(entry), "judge": list(judge), "mark": table.total.tolist()}
    if table.unit_of_entry is not None and table.unit_of_judge is not None:
        columns["unit"] = [table.unit_of_entry[e] for e in table.entry]
        columns["judge_unit"] = [table.unit_of_judge[j] for j in table.judge]
        options += ["--unit-entry", "unit", "--unit-judge", "judge_unit"]
    if table.order is not None:
        columns["order"] = table.order.tolist()
        options += ["--order", "order"]
    return columns, options


def require_the_same(found: FlagReport, told: set[tuple[str, str, str]]) -> None:
    """Stop when the command flags something else than the library."""
    known = {(flag.kind.value, flag.judge, flag.entry) for flag in found.flags}
    if known != told:
        raise ValueError(f"the command says {sorted(told - known)} and not {sorted(known - told)}")


if __name__ == "__main__":
    main()
