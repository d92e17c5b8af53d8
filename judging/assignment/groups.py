"""Groups of judges between which links may be thin: parts without a link, panels, or the two sides of the thinnest place."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from judging.assignment import comparability
from judging.assignment.engine.comparison import information
from judging.assignment.engine.instance import pairs_of

Grid = NDArray[np.bool_]
Ints = NDArray[np.int64]
MOST = 600  # judges up to which the thinnest place is looked for
LEAST_SIDE = 0.2  # of the judges on the smaller side


class Cut(StrEnum):
    """By what judges are grouped."""

    PARTS = "parts"
    PANELS = "panels"
    HALVES = "halves"


@dataclass(frozen=True, slots=True)
class Bond:
    """Two groups, by their numbers, and how many candidates they have in common."""

    one: int
    other: int
    common: int


def grouped(grid: Grid, panel: Sequence[int]) -> tuple[Cut, Ints] | None:
    """Return how judges with candidates fall into groups, and each judge's group from 0 (-1: without candidates).

    Parameters
    ----------
    grid
        Candidates by judges, true where a plan gives a pair.
    panel
        The panel of each judge.

    Returns
    -------
    tuple or None
        Parts without a link come first; then panels, where there are several; else the two sides of the thinnest place.
        None where there is nothing to link.
    """
    used: Grid = np.asarray(grid.any(axis=0))
    if used.sum() < 2:
        return None
    parts = comparability.parts_of_judges(grid) - 1
    if parts.max() > 0:
        return Cut.PARTS, parts
    known = sorted({number for number, has in zip(panel, used, strict=True) if has})
    if len(known) > 1:
        place = {number: n for n, number in enumerate(known)}
        return Cut.PANELS, np.array([place[p] if has else -1 for p, has in zip(panel, used, strict=True)], np.int64)
    found = _halves(grid, used)
    return None if found is None else (Cut.HALVES, found)


def _halves(grid: Grid, used: Grid) -> Ints | None:
    """Split the judges where the links between the two sides are thinnest against what each side has within."""
    if not 4 <= int(used.sum()) <= MOST:
        return None
    own = grid[:, used]
    size = own.shape[1]
    laplacian = information(pairs_of(*np.nonzero(own)), size)
    order = np.argsort(eigh(laplacian, subset_by_index=(1, 1))[1][:, 0], kind="stable")
    ties = -laplacian[np.ix_(order, order)]
    np.fill_diagonal(ties, 0.0)
    volume = np.cumsum(ties.sum(axis=1))
    across = volume - 2 * np.cumsum(np.tril(ties, -1).sum(axis=1))  # what leaves the first judges for the others
    sides = np.arange(1, size)
    thin = across[:-1] / np.minimum(volume[:-1], volume[-1] - volume[:-1])
    fair = np.minimum(sides, size - sides) >= max(2, int(LEAST_SIDE * size))
    cut = int(np.argmin(np.where(fair, thin, np.inf))) + 1
    second = np.zeros(size, dtype=np.int64)
    second[order[cut:]] = 1
    if second[0]:  # the side of the first judge comes first
        second = 1 - second
    label = np.full(len(used), -1, dtype=np.int64)
    label[used] = second
    return label


def bonds(grid: Grid, label: Ints) -> list[Bond]:
    """Return all pairs of groups with how many candidates they have in common, the thinnest first."""
    count = int(label.max(initial=-1)) + 1
    has = np.stack([grid[:, label == g].any(axis=1) for g in range(count)]).astype(np.int64)
    common = has @ has.T
    found = [Bond(a, b, int(common[a, b])) for a in range(count) for b in range(a + 1, count)]
    return sorted(found, key=lambda bond: (bond.common, bond.one, bond.other))
