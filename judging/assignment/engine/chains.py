"""Ejection chains: one entry takes another judge, that judge gives an entry on, until a place is free or the chain closes.

A :class:`Board` holds an assignment as seats. Its moves are a graph whose nodes are the judges and one more, *room*:
an edge from judge a to judge b is “this seat passes from a to b”, an edge b → room says that b may carry one more,
room → a that a may carry one fewer. Every cycle of this graph keeps all loads within their bounds, so every change of a
plan that keeps the rules is a set of cycles. Panel rules, pinned seats, conflicts and floors are kept edge by edge; a
chain that uses an entry twice is looked at again as a whole.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.instance import Family, Floats, Instance, Ints, Marks, Need, Pairs, pairs_of

EPS = 1e-9
SEATS_SEEN = 150_000  # seats x candidates that one look takes at most, unless 24 candidates need more


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Edges between judges: a seat of an entry may pass from one judge to another.

    Attributes
    ----------
    seat : int64 (e,)
        Place in the flattened seats: entry x seats per entry + seat.
    place : int64 (e,)
        Place of the new judge among the entry's candidates.
    start, end : int64 (e,)
        The judge who gives and the judge who takes.
    gain : float64 (e,)
        Affinity won.
    """

    seat: Ints
    place: Ints
    start: Ints
    end: Ints
    gain: Floats

    def only(self, kept: Marks) -> "Moves":
        """Return some of the moves."""
        return Moves(self.seat[kept], self.place[kept], self.start[kept], self.end[kept], self.gain[kept])


class Board:
    """An assignment in motion.

    Parameters
    ----------
    instance
    pairs
        An assignment that keeps its rules.
    prices : float (m,), optional
        Of the judges, from the optimum: they say which judges are worth looking at, and where a chain leads.
    width
        Candidates per entry; `SEATS_SEEN` decides unless given.
    floor : float (n,), optional
        No entry's affinity falls below its floor by a move, or further below where it lies there already.
    seed
        Decides between candidates that are worth the same.
    """

    def __init__(
        self,
        instance: Instance,
        pairs: Pairs,
        *,
        prices: Floats | None = None,
        width: int | None = None,
        floor: Floats | None = None,
        seed: int = 0,
    ) -> None:
        n, m = instance.shape
        self.instance = instance
        count = np.bincount(pairs.row, minlength=n)
        self.seats = max(1, int(count.max(initial=0)))
        slot = np.arange(len(pairs)) - np.repeat(np.cumsum(count) - count, count)
        self.panel = np.full((n, self.seats), -1, dtype=np.int64)
        self.panel[pairs.row, slot] = pairs.column
        self.fixed = self.panel < 0
        pinned = np.isin(pairs.row * m + pairs.column, instance.pinned.row * m + instance.pinned.column)
        self.fixed[pairs.row[pinned], slot[pinned]] = True
        self.worth = np.zeros((n, self.seats))
        self.worth[pairs.row, slot] = instance.score[pairs.row, pairs.column]
        self.sums = self.worth.sum(axis=1)
        self.loads = np.bincount(pairs.column, minlength=m).astype(np.int64)
        self.floor = np.full(n, -np.inf) if floor is None else floor.astype(np.float64).copy()
        self.prices = np.zeros(m) if prices is None else prices.astype(np.float64)
        self.candidates = _candidates(instance, pairs, self.prices, width or self._width(), seed)
        known = self.candidates >= 0
        self.value = np.where(known, instance.score[np.arange(n)[:, None], self.candidates], 0.0).astype(np.float64)
        self.legal = self._legal(np.arange(n))

    def _width(self) -> int:
        n, m = self.instance.shape
        return min(m, max(16, SEATS_SEEN // max(1, n * self.seats)))

    def pairs(self) -> Pairs:
        """Return the assignment as it stands."""
        row, slot = np.nonzero(self.panel >= 0)
        return pairs_of(row, self.panel[row, slot])

    def total(self) -> float:
        """Return its affinity."""
        return float(self.worth.sum())

    def copy(self) -> "Board":
        """Return a board that can go its own way; what never changes is shared."""
        other = object.__new__(Board)
        other.__dict__.update(self.__dict__)
        for name in ("panel", "fixed", "worth", "sums", "loads", "floor", "legal"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def become(self, other: "Board") -> None:
        """Go back to a copy made before."""
        self.__dict__.update(other.copy().__dict__)

    def admit(self, entry: int, judge: int) -> int:
        """Make a judge a candidate of an entry, in place of the last who does not sit there; return the place."""
        known = np.nonzero(self.candidates[entry] == judge)[0]
        if len(known):
            return int(known[0])
        seated = np.isin(self.candidates[entry], self.panel[entry])
        place = int(np.nonzero(~seated)[0][-1])
        self.candidates = self.candidates.copy()
        self.value = self.value.copy()
        self.candidates[entry, place] = judge if self.instance.allowed[entry, judge] else -1
        self.value[entry, place] = float(self.instance.score[entry, judge])
        self.legal[entry] = self._legal(np.array([entry]))[0]
        return place

    def options(self, entry: int, slot: int) -> Moves:
        """Return the moves of one seat, whatever they do to the entry's floor."""
        place = np.nonzero(self.legal[entry, slot])[0]
        gain = self.value[entry, place] - self.worth[entry, slot]
        same = np.full(len(place), entry * self.seats + slot)
        return Moves(same, place, np.full(len(place), self.panel[entry, slot]), self.candidates[entry, place], gain)

    def _kept(self, rows: Ints, slot: Ints, place: Ints) -> Moves:
        """Return those of some legal moves that keep the floors."""
        gain = self.value[rows, place] - self.worth[rows, slot]
        keeps = self.sums[rows] + gain >= np.minimum(self.floor[rows], self.sums[rows]) - EPS
        rows, slot, place, gain = rows[keeps], slot[keeps], place[keeps], gain[keeps]
        return Moves(rows * self.seats + slot, place, self.panel[rows, slot], self.candidates[rows, place], gain)

    def _legal(self, rows: Ints) -> Marks:
        """Say which candidate may take which seat as far as pins, conflicts and panel rules go, (rows, seats, width)."""
        panel, candidates = self.panel[rows], self.candidates[rows]
        free = (candidates >= 0) & ~(panel[:, :, None] == candidates[:, None, :]).any(axis=1)
        legal = ~self.fixed[rows][:, :, None] & free[:, None, :]
        for family in self.instance.families:
            seated = np.where(panel >= 0, family.label[panel], -1)
            coming = np.where(candidates >= 0, family.label[candidates], -1)
            same = seated[:, :, None] == coming[:, None, :]
            fits = (same.sum(axis=1)[:, None, :] < family.most) | same
            legal &= fits | ((coming < 0) | _spared(family, rows)[:, None])[:, None, :]
        for need in self.instance.needs:
            seated = np.where(panel >= 0, need.member[panel], False)
            spare = (seated.sum(axis=1) > need.least) | _spared(need, rows)
            legal &= (spare[:, None] | ~seated)[:, :, None] | need.member[candidates][:, None, :]
        return np.asarray(legal, dtype=bool)

    def moves(self, marked: Marks | None = None) -> Moves:
        """Return all moves that keep rules and floors, or those of some entries (bool (n,))."""
        legal = self.legal if marked is None else self.legal & marked[:, None, None]
        return self._kept(*np.nonzero(legal))

    def apply(self, seat: Ints, place: Ints) -> bool:
        """Make some moves at once; take them back and return False when together they break a rule or a floor."""
        rows, slot = seat // self.seats, seat % self.seats
        touched = np.unique(rows)
        before = {name: getattr(self, name)[touched].copy() for name in ("panel", "worth", "sums")}
        loads = self.loads.copy()
        unmet = self._unmet(touched)
        gone, came = self.panel[rows, slot], self.candidates[rows, place]
        self.panel[rows, slot] = came
        self.worth[rows, slot] = self.value[rows, place]
        self.sums[touched] = self.worth[touched].sum(axis=1)
        np.add.at(self.loads, came, 1)
        np.subtract.at(self.loads, gone, 1)
        sound = bool((self.sums[touched] >= np.minimum(self.floor[touched], before["sums"]) - EPS).all())
        if len(touched) < len(rows) and sound:
            sound = bool((self._unmet(touched) <= unmet).all()) and self._no_twins(touched)
        if not sound or (self.loads > np.maximum(self.instance.most, loads)).any():
            return self._back(touched, before, loads)
        if (self.loads < np.minimum(self.instance.least, loads)).any():
            return self._back(touched, before, loads)
        self.legal[touched] = self._legal(touched)
        return True

    def _back(self, touched: Ints, before: dict[str, NDArray[np.generic]], loads: Ints) -> bool:
        for name, old in before.items():
            getattr(self, name)[touched] = old
        self.loads = loads
        return False

    def _no_twins(self, rows: Ints) -> bool:
        ordered = np.sort(self.panel[rows], axis=1)
        return not bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any())

    def _unmet(self, rows: Ints) -> Ints:
        """Count what the panel rules lack or have too much of, rule by rule, int64 (rows, rules)."""
        panel = self.panel[rows]
        counts = [np.zeros(len(rows), dtype=np.int64)]
        for family in self.instance.families:
            label = np.where(panel >= 0, family.label[panel], -1)
            same = ((label[:, :, None] == label[:, None, :]) & (label >= 0)[:, :, None]).sum(axis=2)
            counts.append(np.where(_spared(family, rows), 0, np.maximum(same - family.most, 0).sum(axis=1)))
        for need in self.instance.needs:
            have = np.where(panel >= 0, need.member[panel], False).sum(axis=1)
            counts.append(np.where(_spared(need, rows), 0, np.maximum(need.least - have, 0)))
        return np.column_stack(counts)


def scale_of(instance: Instance) -> float:
    """Return a power of two by which scores are divided so that tolerances fit them; 1 for scores of an ordinary size."""
    largest = float(np.abs(instance.score).max(initial=0.0))
    return 1.0 if largest == 0.0 or 0.05 <= largest <= 50.0 else float(2.0 ** np.floor(np.log2(largest)))


def _spared(rule: Family | Need, rows: Ints) -> Marks:
    """Say for which of some entries a panel rule has been waived."""
    return np.zeros(len(rows), dtype=bool) if rule.spared is None else rule.spared[rows]


def _candidates(instance: Instance, pairs: Pairs, prices: Floats, width: int, seed: int) -> Ints:
    """Return the judges worth looking at per entry, by price and by chance among equals; -1 where there is none.

    The judges who sit there now are among them, so that every move can be taken back, and those who fit best whatever
    their price, so that a badly served entry finds them.
    """
    n, m = instance.shape
    seats = int(np.bincount(pairs.row, minlength=n).max(initial=0))
    width = min(m, width + seats)
    chosen = np.empty((n, width), dtype=np.int64)
    lot = np.random.default_rng(seed)
    unit = max(float(np.abs(instance.score).max(initial=0.0)), 1e-12)
    own = np.searchsorted(pairs.row, np.arange(0, n + 1000, 1000))
    price = prices.astype(np.float32)
    for part, begin in enumerate(range(0, n, 1000)):
        rows = slice(begin, min(n, begin + 1000))
        score = instance.score[rows].astype(np.float32, copy=False)
        worth = score + lot.random(score.shape, dtype=np.float32) * np.float32(1e-5 * unit)
        worth[~instance.allowed[rows]] = -np.inf
        if prices.any() and 0 < seats < m:
            best = worth >= np.partition(worth, m - seats, axis=1)[:, m - seats, None]
            worth -= price
            worth[best & np.isfinite(worth)] += np.float32(4 * unit + np.abs(price).max())
        seated = slice(own[part], own[part + 1])
        worth[pairs.row[seated] - begin, pairs.column[seated]] = np.inf
        chosen[rows] = _best(worth, width)
    return chosen


def _best(worth: NDArray[np.float32], width: int) -> Ints:
    """Return the columns of the largest values of each row in order, -1 where they are -inf."""
    rows, m = worth.shape
    if width < m:
        threshold = np.partition(worth, m - width, axis=1)[:, m - width]
        inside = worth >= threshold[:, None]
        row, column = np.nonzero(inside)
        place = np.arange(len(row)) - np.repeat(np.cumsum(inside.sum(axis=1)) - inside.sum(axis=1), inside.sum(axis=1))
        kept = place < width
        chosen = np.full((rows, width), -1, dtype=np.int64)
        chosen[row[kept], place[kept]] = column[kept]
    else:
        chosen = np.tile(np.arange(m), (rows, 1))
    values = np.take_along_axis(worth, chosen, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    chosen = np.take_along_axis(chosen, order, axis=1)
    return np.where(np.isneginf(np.take_along_axis(values, order, axis=1)), -1, chosen)
