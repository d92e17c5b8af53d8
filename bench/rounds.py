"""Fresh rounds with known truth, of the ten kinds that calibration is measured on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNITS = 20
SPREAD, NOISE, FAVOUR, OFF = 6.0, 5.0, 10.0, 25.0
LINKING = 0.15


@dataclass(frozen=True, slots=True)
class Kind:
    """How judges of a kind of round behave; all spreads are of logarithms or points.

    Attributes
    ----------
    mean, severity : float
        Level of the work, standard deviation of severities.
    scale, noise : float
        Standard deviations of the logarithms of judges' scales and of their noise.
    random, partial, aberrant : float
        Shares of judges who do not look, of judges who favour the own unit, of totals that are 25 points off.
    cap : float
        Largest total; totals are whole then.
    tracks : float or None
        Standard deviation of the tracks' levels, if judges sit in panels by track with 15 % linking seats.
    """

    mean: float = 75.0
    severity: float = 4.0
    scale: float = 0.0
    noise: float = 0.0
    random: float = 0.0
    partial: float = 0.0
    aberrant: float = 0.0
    cap: float = float("nan")
    tracks: float | None = None


KINDS = {
    "S0_additive": Kind(),
    "S1_scale": Kind(scale=0.3, noise=0.4),
    "S2_random": Kind(scale=0.2, noise=0.3, random=0.08),
    "S3_favour": Kind(partial=0.15),
    "S4_ceiling": Kind(scale=0.2, noise=0.3, mean=88, cap=100),
    "S5_aberrant": Kind(aberrant=0.02),
    "S6_mixed": Kind(scale=0.25, noise=0.35, random=0.03, partial=0.12, aberrant=0.01, mean=80, cap=100),
    "S7_panels": Kind(scale=0.15, noise=0.2, tracks=3.0),
    "S8_lowsev": Kind(severity=1.0),
    "S9_panels_far": Kind(scale=0.15, noise=0.2, tracks=7.0),
}


def fresh_rounds(kind: Kind, size: tuple[int, int, int], sets: int, seed: int) -> Iterator[dict[str, Any]]:
    """Rounds of `size` entries, judges, and judges per entry."""
    random = np.random.default_rng([seed, *size, list(KINDS.values()).index(kind)])
    for _ in range(sets):
        yield one_round(kind, size, random)


def one_round(kind: Kind, size: tuple[int, int, int], random: np.random.Generator) -> dict[str, Any]:
    """One round: arrays e, j, y, q, same, and track where there are any."""
    entries, judges, per_entry = size
    tracks = 12 if entries >= 1000 else 3
    track = random.integers(0, tracks, entries)
    quality = random.normal(kind.mean, SPREAD, entries)
    if kind.tracks is not None:
        quality += random.normal(0, kind.tracks, tracks)[track]
    severity = random.normal(0, kind.severity, judges)
    scale = np.exp(random.normal(0, kind.scale, judges))
    noise = NOISE * np.exp(random.normal(0, kind.noise, judges))
    blind, partial = some(kind.random, judges, random), some(kind.partial, judges, random)
    unit, home = random.integers(0, UNITS, entries), random.integers(0, UNITS, judges)
    panel = track if kind.tracks is not None else None
    j = seats(size, panel, tracks, random).ravel()
    e = np.repeat(np.arange(entries), per_entry)
    same = unit[e] == home[j]
    work = np.where(blind[j], random.normal(kind.mean, SPREAD, len(e)), quality[e])
    y = kind.mean + severity[j] + scale[j] * (work - kind.mean) + noise[j] * random.standard_normal(len(e))
    y += FAVOUR * (partial[j] & same) + OFF * np.where(
        random.random(len(e)) < kind.aberrant, random.choice([-1, 1], len(e)), 0
    )
    if np.isfinite(kind.cap):
        y = np.minimum(np.rint(y), kind.cap)
    found = {"e": e, "j": j, "y": y, "q": quality, "same": same, "clip_hi": np.float64(kind.cap)}
    return found | ({} if panel is None else {"track": track})


def some(share: float, count: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """A share of all, by lot."""
    return np.asarray(random.permutation(count) < round(share * count))


def seats(
    size: tuple[int, int, int], panel: NDArray[np.int64] | None, panels: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """Judges of every entry: the least loaded by lot, of the entry's own panel but for linking seats."""
    entries, judges, per_entry = size
    load, home = np.zeros(judges), np.arange(judges) % panels
    chosen = np.empty((entries, per_entry), np.int64)
    for entry in random.permutation(entries):
        wish = load + 0.5 * random.random(judges)
        for seat in range(per_entry):
            away = 0.0 if panel is None else 1e6 * ((home != panel[entry]) ^ (random.random() < LINKING))
            place = int(np.argmin(wish + away))
            chosen[entry, seat] = place
            wish[place] = np.inf
        load[chosen[entry]] += 1
    return chosen
