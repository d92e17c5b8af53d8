"""All assignments of a very small problem, by trying every panel of every entry."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from judging.assignment.engine.instance import Family, Instance, Need, Pairs, broken, pairs_of


def tiny_instance(seed: int) -> Instance:
    """Return a problem of at most four entries and five judges with many equal scores; sometimes without an answer."""
    lot = np.random.default_rng(seed)
    n, m = int(lot.integers(2, 5)), int(lot.integers(2, 6))
    wanted = lot.integers(1, min(3, m) + 1, n)
    mean = wanted.sum() // m
    families = (Family(lot.integers(-1, 3, m), 1, "city"),) if lot.random() < 0.3 else ()
    needs = (Need(lot.random(m) < 0.6, 1, "senior"),) if lot.random() < 0.3 else ()
    return Instance(
        score=np.round(lot.random((n, m)), int(lot.integers(1, 3))),
        allowed=lot.random((n, m)) < 0.9,
        wanted=wanted,
        least=np.full(m, mean if lot.random() < 0.3 else 0),
        most=np.full(m, mean + 1 + int(lot.integers(0, 2))),
        families=families,
        needs=needs,
    )


def all_plans(instance: Instance) -> Iterator[Pairs]:
    """Yield every assignment that keeps the rules."""
    n, m = instance.shape
    choices = [
        list(combinations(np.nonzero(instance.allowed[i])[0].tolist(), int(instance.wanted[i]))) for i in range(n)
    ]

    def grow(row: int, loads: list[int], chosen: list[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
        if row == n:
            yield chosen
            return
        for panel in choices[row]:
            if all(loads[j] < instance.most[j] for j in panel):
                yield from grow(row + 1, [load + (j in panel) for j, load in enumerate(loads)], [*chosen, panel])

    for panels in grow(0, [0] * m, []):
        rows = np.repeat(np.arange(n), [len(panel) for panel in panels])
        pairs = pairs_of(rows, np.array([j for panel in panels for j in panel]))
        if not broken(instance, pairs):
            yield pairs


def sums_of(instance: Instance, pairs: Pairs) -> np.ndarray:
    """Return each entry's affinity, sorted and rounded."""
    sums = np.bincount(pairs.row, weights=instance.score[pairs.row, pairs.column], minlength=instance.shape[0])
    return np.round(np.sort(sums), 7)
