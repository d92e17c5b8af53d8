"""What the engine is asked and what it answers: arrays only, checked when made.

Entries are rows (n of them), judges are columns (m). Every module of the engine takes an :class:`Instance` and speaks
of pairs as two arrays of positions, sorted by row and then by column.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]


class BadInstance(ValueError):
    """The arrays do not fit together, or hold what cannot be."""


class Impossible(ValueError):
    """No assignment keeps all rules; `short` places cannot be filled. The diagnosis says who clashes with whom.

    Where rules cross, a search may end without an assignment and without a proof that there is none: then `proved` is
    False, and `nearest` the pairs found that keep all rules but leave `short` places empty (or loads lacking).
    """

    def __init__(self, sentence: str, short: int = 0, *, proved: bool = True, nearest: "Pairs | None" = None) -> None:
        super().__init__(sentence)
        self.short, self.proved, self.nearest = short, proved, nearest


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A panel rule “at most so many judges with the same label per entry”: one unit, one city, one recommending unit.

    Attributes
    ----------
    label : int64 (m,)
        Of each judge; -1 is a judge whom the rule does not concern.
    most
        How many judges with the same label an entry may have.
    name
        Of the rule, for sentences and reports; no meaning here.
    spared : bool (n,), or None
        Entries for which the rule has been waived; None when for nobody.
    """

    label: Ints
    most: int = 1
    name: str = ""
    spared: Marks | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """A panel rule “at least so many judges of this kind per entry”: one senior, one who can take the chair.

    Attributes
    ----------
    member : bool (m,)
        Whether a judge is of the kind.
    least
        How many of them each entry must have.
    name
        Of the rule, for sentences and reports.
    spared : bool (n,), or None
        Entries for which the rule has been waived; None when for nobody.
    """

    member: Marks
    least: int = 1
    name: str = ""
    spared: Marks | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """An assignment: positions of entries and of judges, sorted by entry and then by judge.

    Attributes
    ----------
    row, column : int64 (p,)
    """

    row: Ints
    column: Ints

    def __len__(self) -> int:
        return len(self.row)

    def grid(self, n: int, m: int) -> Marks:
        """Return the assignment as a matrix, bool (n, m)."""
        grid = np.zeros((n, m), dtype=bool)
        grid[self.row, self.column] = True
        return grid


def pairs_of(row: NDArray[np.integer], column: NDArray[np.integer]) -> Pairs:
    """Return pairs in their order, each once."""
    row, column = np.asarray(row, dtype=np.int64), np.asarray(column, dtype=np.int64)
    if not len(row):
        return NO_PAIRS
    width = int(column.max()) + 1
    key = np.sort(row * width + column)
    key = key[np.concatenate([[True], key[1:] > key[:-1]])]
    return Pairs(key // width, key % width)


NO_PAIRS = Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A problem of assignment.

    Attributes
    ----------
    score : float32 or float64 (n, m)
        How well a judge fits an entry; any finite numbers. A sparse matrix is taken too: what it lacks is 0.
    allowed : bool (n, m)
        False where a conflict stands, or where a judge of an earlier round must not come back.
    wanted : int64 (n,)
        Judges per entry.
    least, most : int64 (m,)
        Bounds of a judge's load.
    pinned
        Pairs that stand whatever they are worth: given by hand, begun. They may break `allowed` and the panel rules;
        the rest of the entry's panel then keeps what room they leave it.
    nudged
        Pairs worth more or less than their score: more where the present assignment should stay, less where a judge
        of an earlier round is not wished again.
    nudge : float64 (len(nudged),)
        What each nudged pair is worth above its score.
    families, needs
        The panel rules.
    """

    score: NDArray[np.floating]
    allowed: Marks
    wanted: Ints
    least: Ints
    most: Ints
    pinned: Pairs = NO_PAIRS
    nudged: Pairs = NO_PAIRS
    nudge: Floats = field(default_factory=lambda: np.zeros(0))
    families: tuple[Family, ...] = ()
    needs: tuple[Need, ...] = ()

    def __post_init__(self) -> None:
        score = np.asarray(self.score.toarray()) if issparse(self.score) else np.asarray(self.score)  # type: ignore[attr-defined]
        if score.dtype not in (np.float32, np.float64):
            score = score.astype(np.float64)
        _require(score.ndim == 2, "The scores must be a matrix: entries by judges.")
        n, m = score.shape
        allowed = np.asarray(self.allowed, dtype=bool)
        _require(allowed.shape == (n, m), f"The allowed pairs must be {n} x {m}, as the scores are.")
        finite = not score.size or bool(np.isfinite(score.min()) and np.isfinite(score.max()))
        _require(finite, "Every score must be a finite number.")
        wanted, least, most = (np.asarray(a, dtype=np.int64) for a in (self.wanted, self.least, self.most))
        _require(wanted.shape == (n,), f"There must be one number of judges for each of {n} entries.")
        _require(least.shape == (m,) and most.shape == (m,), f"There must be two bounds for each of {m} judges.")
        _require(bool((wanted >= 0).all()), "No entry can want fewer than no judges.")
        _require(bool((least >= 0).all() and (least <= most).all()), "Loads must be 0 <= least <= most.")
        _require(len(self.nudge) == len(self.nudged), "There must be one nudge for each nudged pair.")
        for pairs in (self.pinned, self.nudged):
            inside = not len(pairs) or (
                pairs.row.min() >= 0 and pairs.column.min() >= 0 and pairs.row.max() < n and pairs.column.max() < m
            )
            _require(bool(inside), f"A pair lies outside {n} x {m}.")
        for family in self.families:
            _require(family.label.shape == (m,), f"Rule {family.name!r} must label each of {m} judges.")
            _require(family.most >= 1, f"Rule {family.name!r} must leave at least one judge of a label.")
        for need in self.needs:
            _require(need.member.shape == (m,), f"Rule {need.name!r} must mark each of {m} judges.")
        rules: tuple[Family | Need, ...] = (*self.families, *self.needs)
        for rule in rules:
            whole = rule.spared is None or rule.spared.shape == (n,)
            _require(whole, f"Rule {rule.name!r} must say of each of {n} entries whether it is spared.")
        for name, value in (
            ("score", score),
            ("allowed", allowed),
            ("wanted", wanted),
            ("least", least),
            ("most", most),
        ):
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of entries and of judges."""
        n, m = self.score.shape
        return n, m

    def but(self, **changes: object) -> "Instance":
        """Return the same problem with some arrays exchanged."""
        return replace(self, **changes)  # type: ignore[arg-type]


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise BadInstance(sentence)


def total_of(instance: Instance, pairs: Pairs) -> float:
    """Return the affinity of an assignment, without nudges, in the scores' own unit; summed in float64."""
    return float(instance.score[pairs.row, pairs.column].sum(dtype=np.float64))


def objective_of(instance: Instance, pairs: Pairs) -> float:
    """Return what a solver maximises: the affinity and the nudges of the pairs that are in."""
    n, m = instance.shape
    worth = np.zeros(len(instance.nudged))
    if len(worth):
        worth = instance.nudge * pairs.grid(n, m)[instance.nudged.row, instance.nudged.column]
    return total_of(instance, pairs) + float(worth.sum())


def loads_of(instance: Instance, pairs: Pairs) -> Ints:
    """Return each judge's load, int64 (m,)."""
    return np.bincount(pairs.column, minlength=instance.shape[1]).astype(np.int64)


def floor_of(instance: Instance, pairs: Pairs) -> float:
    """Return the lowest affinity sum of an entry (entries that want nobody are left out)."""
    n, _ = instance.shape
    sums = np.bincount(pairs.row, weights=instance.score[pairs.row, pairs.column].astype(np.float64), minlength=n)
    served = instance.wanted > 0
    return float(sums[served].min()) if served.any() else 0.0


def broken(instance: Instance, pairs: Pairs) -> dict[str, int]:
    """Count what an assignment breaks; empty when it keeps every rule. Pinned pairs excuse what they alone break.

    Keys: ``short``, ``over``, ``under_load``, ``over_load``, ``forbidden``, ``unpinned`` (pinned pairs left out),
    and ``family:name``, ``need:name``.
    """
    n, m = instance.shape
    grid, pins = pairs.grid(n, m), instance.pinned.grid(n, m)
    counts = grid.sum(axis=1)
    loads = grid.sum(axis=0)
    wanted = np.maximum(instance.wanted, pins.sum(axis=1))
    most = np.maximum(instance.most, pins.sum(axis=0))
    found = {
        "short": int(np.maximum(wanted - counts, 0).sum()),
        "over": int(np.maximum(counts - wanted, 0).sum()),
        "under_load": int(np.maximum(instance.least - loads, 0).sum()),
        "over_load": int(np.maximum(loads - most, 0).sum()),
        "forbidden": int((grid & ~instance.allowed & ~pins).sum()),
        "unpinned": int((pins & ~grid).sum()),
    }
    for family in instance.families:
        labels = int(family.label.max(initial=-1)) + 1
        inside = family.label >= 0
        per = np.zeros((n, labels), dtype=np.int64)
        fixed = np.zeros((n, labels), dtype=np.int64)
        for j in np.nonzero(inside)[0]:
            per[:, family.label[j]] += grid[:, j]
            fixed[:, family.label[j]] += pins[:, j]
        excess = np.maximum(per - np.maximum(family.most, fixed), 0)
        found[f"family:{family.name}"] = int((excess[~family.spared] if family.spared is not None else excess).sum())
    for need in instance.needs:
        free = wanted - (pins & ~need.member).sum(axis=1)  # places that a member could still take
        target = np.minimum(need.least, np.maximum(free, 0))
        lacking = np.maximum(target - (grid & need.member).sum(axis=1), 0)
        held = (wanted > 0) & ~need.spared if need.spared is not None else wanted > 0
        found[f"need:{need.name}"] = int(lacking[held].sum())
    return {key: count for key, count in found.items() if count}
