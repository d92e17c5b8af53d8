"""Small random problems of assignment, and their answers by a solver that knows none of the engine's shortcuts."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from judging.assignment.engine.instance import Family, Instance, Need, pairs_of


def small_instance(seed: int, *, rules: int = 2, pins: bool = True, tight: float = 0.5) -> Instance:
    """Return a problem of at most seven entries and seven judges, often one without an answer."""
    lot = np.random.default_rng(seed)
    n, m = lot.integers(2, 8, size=2)
    most = lot.integers(0, 5, m)
    pinned = pairs_of(lot.integers(0, n, 2), lot.integers(0, m, 2)) if pins else pairs_of(np.array([]), np.array([]))
    families, needs = [], []
    for number in range(int(lot.integers(0, rules + 1))):
        if lot.random() < 0.5:
            families.append(Family(lot.integers(-1, 3, m), int(lot.integers(1, 3)), f"f{number}"))
        else:
            needs.append(Need(lot.random(m) < 0.5, int(lot.integers(1, 3)), f"n{number}"))
    return Instance(
        score=lot.random((n, m)),
        allowed=lot.random((n, m)) < 1 - tight * lot.random(),
        wanted=lot.integers(0, 4, n),
        least=np.minimum(lot.integers(0, 3, m) * (lot.random(m) < 0.3), most),
        most=most,
        pinned=pinned,
        families=tuple(families),
        needs=tuple(needs),
    )


def best_grid(instance: Instance, *, weight: np.ndarray | None = None) -> np.ndarray | None:
    """Return the best assignment as a matrix by HiGHS, or None when there is none."""
    n, m = instance.shape
    pins = instance.pinned.grid(n, m)
    wanted = np.maximum(instance.wanted, pins.sum(axis=1))
    cell = np.arange(n * m).reshape(n, m)
    rows, low, high = [], [], []

    def bound(cells: np.ndarray, least: float, most: float) -> None:
        line = np.zeros(n * m)
        line[cells] = 1
        rows.append(line)
        low.append(least)
        high.append(most)

    for i in range(n):
        bound(cell[i], wanted[i], wanted[i])
    for j in range(m):
        bound(cell[:, j], instance.least[j], max(instance.most[j], pins[:, j].sum()))
    for family in instance.families:
        for i in range(n):
            for label in range(family.label.max() + 1):
                group = cell[i, family.label == label]
                if family.spared is None or not family.spared[i]:
                    bound(group, 0, max(family.most, pins[i, family.label == label].sum()))
    for need in instance.needs:
        for i in range(n):
            free = wanted[i] - (pins[i] & ~need.member).sum()
            if wanted[i] and (need.spared is None or not need.spared[i]):
                bound(cell[i, need.member], min(need.least, max(free, 0)), m)
    ceiling = (instance.allowed | pins).ravel().astype(float)
    gain = instance.score if weight is None else weight
    found = milp(
        -gain.ravel().astype(float),
        integrality=np.ones(n * m),
        bounds=Bounds(pins.ravel().astype(float), ceiling),
        constraints=LinearConstraint(np.array(rows), low, high),
    )
    return None if found.x is None else found.x.reshape(n, m) > 0.5
