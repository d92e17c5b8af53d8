"""Loads the instances that the assignment engine is measured on, from a folder of .npz files that are not ours to ship.

An instance file holds `S` (divided by `S_scale`), or coordinates from which the affinity is reckoned: `entry_xy`, and per
judge some points `judge_xy` with weights `judge_w` and a reach `judge_h`. All hold `k`, `lb`, `ub`; some hold
`conflict_ij`, units and cities (equal ones conflict) and marks of seniority.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Family, Instance, Need

SMALL = ("preflib1", "preflib2", "preflib3", "aamas2016", "geo-1000x200", "iclr18-titles", "geo-5000x1500")
LARGE = (*SMALL, "geo-20000x6000")
BEST = {  # best known totals, certified by duality on all pairs
    "aamas2016": 949.5,
    "preflib1": 124.25,
    "preflib2": 141.5,
    "preflib3": 454.25,
    "iclr18-titles": 2023.1460,
    "geo-1000x200": 1654.2999,
    "geo-5000x1500": 11516.4881,
    "geo-20000x6000": 50517.120,
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """An instance, and what it knows of its judges."""

    name: str
    instance: Instance
    city: NDArray[np.int64] | None
    senior: NDArray[np.bool_] | None
    few_seniors: NDArray[np.bool_] | None

    def with_city_rule(self) -> Instance:
        """At most one judge of a city per entry."""
        assert self.city is not None
        return self.instance.but(families=(Family(self.city, 1, "city"),))

    def with_senior_rule(self) -> Instance:
        """At least one senior per entry."""
        assert self.senior is not None
        return self.instance.but(needs=(Need(self.senior, 1, "senior"),))

    def with_both_rules(self) -> Instance:
        """Both, which cross."""
        return self.with_city_rule().but(needs=self.with_senior_rule().needs)


def load(folder: Path, name: str) -> Loaded:
    """Return an instance of the folder; scores are single precision."""
    with np.load(folder / f"{name}.npz") as file:
        held = {key: file[key] for key in file.files}
    score = from_places(held) if "entry_xy" in held else held["S"] / np.float32(held.get("S_scale", 1))
    allowed = np.ones(score.shape, dtype=bool)
    if "conflict_ij" in held:
        allowed[held["conflict_ij"][:, 0], held["conflict_ij"][:, 1]] = False
    for kind in ("unit", "city"):
        if f"entry_{kind}" in held:
            allowed &= held[f"entry_{kind}"][:, None] != held[f"judge_{kind}"][None]
    score[~allowed] = 0
    instance = Instance(score, allowed, held["k"], held["lb"], held["ub"])
    city = held["judge_city"].astype(np.int64) if "judge_city" in held else None
    senior, few = (held[key].astype(bool) if key in held else None for key in ("judge_senior", "judge_senior_few"))
    return Loaded(name, instance, city, senior, few)


def from_places(held: dict[str, NDArray[np.generic]]) -> NDArray[np.float32]:
    """Return affinities: of a judge's points the one that is nearest in the judge's own reach, times its weight."""
    entries, points = held["entry_xy"].astype(np.float64), held["judge_xy"].astype(np.float64)
    weights, reach = held["judge_w"].astype(np.float64), held["judge_h"].astype(np.float64)
    score = np.zeros((len(entries), len(points)), dtype=np.float32)
    for begin in range(0, len(entries), 500):
        here = entries[begin : begin + 500]
        best = np.zeros((len(here), len(points)))
        for point, weight in zip(points.transpose(1, 2, 0), weights.T, strict=True):
            away = np.hypot(here[:, :1] - point[0], here[:, 1:] - point[1])
            np.maximum(best, weight * np.exp(-away / reach), out=best)
        score[begin : begin + 500] = best
    return score
