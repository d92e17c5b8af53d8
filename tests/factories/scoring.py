"""Score tables for tests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring import ScoreTable
from scoring.arrays import BoolArray, FloatArray
from scoring.models.curves import bowed


def make_table(rows: Sequence[tuple[str, str, object]]) -> ScoreTable:
    """A table of (entry, judge, total)."""
    entry, judge, mark = zip(*rows, strict=True)
    return ScoreTable.from_columns(entry=entry, judge=judge, mark=mark)


def make_panel(**totals: Sequence[object]) -> ScoreTable:
    """A complete panel: one judge a keyword, entries e1, e2, … in columns."""
    return make_table(
        [(f"e{place}", judge, mark) for judge, row in totals.items() for place, mark in enumerate(row, 1)]
    )


@dataclass(frozen=True, eq=False)
class Competition:
    """A table, and the truth behind it per entry, per judge and per ballot."""

    table: ScoreTable
    quality: FloatArray
    severity: FloatArray
    scale: FloatArray
    noise: FloatArray
    aberrant: BoolArray
    favoured: BoolArray
    curve: FloatArray


def make_competition(
    *,
    entries: int,
    judges: int,
    seed: int,
    per_entry: int = 5,
    mean: float = 75.0,
    scale_sd: float = 0.0,
    noise_log_sd: float = 0.0,
    aberrant: float = 0.0,
    tracks: int = 1,
    track_sd: float = 0.0,
    units: int = 0,
    favour: float = 0.0,
    partial: int = 0,
    cap: float = np.inf,
    curve_sd: float = 0.0,
) -> Competition:
    """A competition whose judges differ as asked; with tracks, 85 % of the seats are taken by judges of the track.

    With curves, half of the judges tell good work apart more than poor work and half the other way round.
    """
    random = np.random.default_rng([seed, 0xFAC7])
    track = np.sort(random.integers(0, tracks, entries))
    home = np.arange(judges) % tracks
    load, seats = np.zeros(judges), np.empty((entries, per_entry), int)
    for place in range(entries):
        away = int(random.binomial(per_entry, 0.15)) if tracks > 1 else 0
        by_load = np.lexsort((random.random(judges), load))
        mine = home[by_load] == track[place]
        away = max(away, per_entry - int(mine.sum()))
        seats[place] = [*by_load[~mine][:away], *by_load[mine][: per_entry - away]]
        load[seats[place]] += 1
    entry, judge = np.repeat(np.arange(entries), per_entry), seats.ravel()
    quality = mean + random.normal(0, track_sd, tracks)[track] + random.normal(0, 6, entries)
    severity, scale = random.normal(0, 4, judges), np.exp(random.normal(0, scale_sd, judges))
    noise = 5 * np.exp(random.normal(0, noise_log_sd, judges))
    wild = random.random(len(entry)) < aberrant
    same = (entry % units == judge % units) if units else np.zeros(len(entry), bool)
    total = (
        mean
        - severity[judge]
        + scale[judge] * (quality[entry] - mean)
        + noise[judge] * random.standard_normal(len(entry))
    )
    bow = curve_sd * random.choice([-1, 1], judges) if curve_sd else np.zeros(judges)
    total += bow[judge] * bowed(quality[entry] - mean, 6.0)
    total += 25 * wild * random.choice([-1, 1], len(entry)) + favour * (same & (judge < partial))
    ids, names = [f"E{e:04d}" for e in range(entries)], [f"J{j:03d}" for j in range(judges)]
    table = ScoreTable.from_columns(
        entry=[ids[e] for e in entry],
        judge=[names[j] for j in judge],
        mark=np.round(np.minimum(total, cap), 2).tolist(),
        track_of_entry={ids[e]: f"T{t}" for e, t in enumerate(track)} if tracks > 1 else None,
        unit_of_entry={ids[e]: f"U{e % units}" for e in range(entries)} if units else None,
        unit_of_judge={names[j]: f"U{j % units}" for j in range(judges)} if units else None,
    )
    order = np.lexsort((judge, entry))
    hit = np.zeros(entries, bool)
    hit[entry[same & (judge < partial)]] = True
    return Competition(table, quality, severity, scale, noise, wild[order], hit, bow)
