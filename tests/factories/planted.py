"""Competitions with planted faults: who is at fault is known, so that flags can be held against the truth."""

from dataclasses import dataclass

import numpy as np

from scoring import ScoreTable

FAULTS = {
    "clean": 0.0,
    "severity": 4.0,
    "noise": 2.5,
    "scale": 0.2,
    "restrict": 0.25,
    "random": 1.0,
    "aberrant": 25.0,
    "favour5": 8.0,
    "favour20": 15.0,
    "drift": 14.0,
}
CRITERIA = ("c1", "c2", "c3", "c4", "c5")
OWN_UNITS = {"favour5": 5}
NOISE = 5.0


@dataclass(frozen=True, eq=False)
class Planted:
    """A table, and the judges and (entry, judge) at fault."""

    table: ScoreTable
    judges: frozenset[str]
    ballots: frozenset[tuple[str, str]]


def plant(
    fault: str,
    size: float | None = None,
    *,
    seed: int,
    entries: int = 300,
    judges: int = 40,
    differ: tuple[float, float] = (0.15, 0.18),
) -> Planted:
    """A balanced random design of 5 judges an entry, with 2 or 3 faulty judges or 1 % aberrant totals.

    Severities have standard deviation 4, qualities 6, noise about 5; scales and noises of judges differ (standard deviations of
    the logarithms .15 and .18, or as `differ` says). A noisy judge's noise is that of a middling judge times `size`; one who
    scores at random does so about the own severity, as widely as a middling judge's totals spread.
    """
    amount = FAULTS[fault] if size is None else size
    random = np.random.default_rng([seed, 0xF1A6])
    units = OWN_UNITS.get(fault, 20)
    entry, judge = balanced(random, entries, judges)
    unit_of_entry, unit_of_judge = random.integers(0, units, entries), random.integers(0, units, judges)
    own = unit_of_entry[entry] == unit_of_judge[judge]
    quality = 75 + 6 * random.standard_normal(entries)
    severity, scale = 4 * random.standard_normal(judges), np.exp(differ[0] * random.standard_normal(judges))
    noise = NOISE * np.exp(differ[1] * random.standard_normal(judges))
    order = random.random(len(entry))
    worth, chance = quality[entry], random.standard_normal(len(entry))
    able = np.flatnonzero(np.bincount(judge[own], minlength=judges) > 0) if "favour" in fault else np.arange(judges)
    bad = random.choice(able, 3 if "favour" in fault else 2, replace=False)
    at = np.isin(judge, bad)
    if fault == "severity":
        severity[bad] = amount * 4 * random.choice([-1, 1], len(bad))
    elif fault == "scale":
        scale[bad] = amount
    total = 75 + severity[judge] + scale[judge] * (worth - 75) + noise[judge] * chance
    wild = np.zeros(len(entry), bool)
    if fault == "noise":
        total += at * NOISE * np.sqrt(amount**2 - 1) * random.standard_normal(len(entry))
    elif fault == "random":
        alike = 75 + severity[judge] + np.hypot(6, NOISE) * random.standard_normal(len(entry))
        total = np.where(at, alike, total)
    elif fault == "restrict":
        middle = (np.bincount(judge, total) / np.bincount(judge))[judge]
        total = np.where(at, middle + amount * (total - middle), total)
    elif fault == "drift":
        total += at * amount * (order - 0.5) * random.choice([-1, 1], judges)[judge]
    elif fault in ("favour5", "favour20"):
        total += amount * (at & own)
    elif fault == "aberrant":
        wild = random.random(len(entry)) < 0.01
        total += wild * amount * random.choice([-1, 1], len(entry))
    at_fault = frozenset(f"J{place:02d}" for place in bad) if fault not in ("clean", "aberrant") else frozenset()
    names = [(f"E{e:03d}", f"J{j:02d}") for e, j in zip(entry, judge, strict=True)]
    table = ScoreTable.from_columns(
        entry=[name for name, _ in names],
        judge=[name for _, name in names],
        mark=total.tolist(),
        unit_of_entry={f"E{place:03d}": f"U{unit}" for place, unit in enumerate(unit_of_entry)},
        unit_of_judge={f"J{place:02d}": f"U{unit}" for place, unit in enumerate(unit_of_judge)},
        order=order.tolist(),
    )
    return Planted(table, at_fault, frozenset(name for name, is_wild in zip(names, wild, strict=True) if is_wild))


def plant_copying(share: float = 0.8, *, seed: int) -> Planted:
    """150 entries in three panels of 5 judges, 5 % of the seats taken by other panels; J01 copies J00."""
    random = np.random.default_rng([seed, 0xC0B1])
    names, totals = [], []
    panel = random.integers(0, 3, 150)
    quality = 75 + 6 * random.standard_normal(150)
    severity, noise = 4 * random.standard_normal(15), 5 * np.exp(0.15 * random.standard_normal(15))
    for entry in range(150):
        seats = panel[entry] * 5 + np.arange(5)
        guest = random.integers(0, 15)
        if random.random() < 0.25 and guest not in seats:
            seats[random.integers(0, 5)] = guest
        given = quality[entry] + severity[seats] + noise[seats] * random.standard_normal(5)
        first, second = np.flatnonzero(seats == 0), np.flatnonzero(seats == 1)
        if len(first) and len(second) and random.random() < share:
            given[second] = given[first] + random.standard_normal()
        names += [(f"E{entry:03d}", f"J{seat:02d}") for seat in seats]
        totals += given.tolist()
    entries, judges = zip(*names, strict=True)
    table = ScoreTable.from_columns(entry=entries, judge=judges, mark=totals)
    return Planted(table, frozenset({"J00", "J01"}), frozenset())


def plant_halo(halo: float, *, seed: int, entries: int = 300, judges: int = 40) -> Planted:
    """Sheets of five criteria; two judges let marks of a sheet run together by `halo` (0 none, 1 all equal)."""
    random = np.random.default_rng([seed, 0x4A10])
    entry, judge = balanced(random, entries, judges)
    quality = 7 + random.standard_normal((entries, 1)) + 0.7 * random.standard_normal((entries, len(CRITERIA)))
    lean = 0.5 * random.standard_normal((judges, 1)) + 0.3 * random.standard_normal((judges, len(CRITERIA)))
    noise = 0.9 * np.exp(0.15 * random.standard_normal(judges))
    marks = quality[entry] + lean[judge] + noise[judge][:, None] * random.standard_normal((len(entry), len(CRITERIA)))
    bad = random.choice(judges, 2, replace=False)
    at = np.isin(judge, bad)[:, None] & (halo > 0)
    middle = marks.mean(axis=1, keepdims=True)
    marks = np.where(at, middle + (1 - halo) * (marks - middle), marks)
    wide = len(CRITERIA)
    table = ScoreTable.from_columns(
        entry=[f"E{place:03d}" for place in entry for _ in range(wide)],
        judge=[f"J{place:02d}" for place in judge for _ in range(wide)],
        mark=np.round(marks, 1).ravel().tolist(),
        criterion=CRITERIA * len(entry),
    )
    return Planted(table, frozenset(f"J{place:02d}" for place in bad) if halo else frozenset(), frozenset())


def balanced(
    random: np.random.Generator, entries: int, judges: int, per_entry: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Seats of a random design in which loads differ by 1."""
    load, seats = np.zeros(judges), np.empty((entries, per_entry), int)
    for place in range(entries):
        seats[place] = np.lexsort((random.random(judges), load))[:per_entry]
        load[seats[place]] += 1
    return np.repeat(np.arange(entries), per_entry), seats.ravel()
