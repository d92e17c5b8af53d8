"""What a panel rule must cost an entry so that its best panel keeps it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.instance import Floats, Ints, Marks, Pairs
from judging.assignment.engine.pricing import Charge
from judging.assignment.engine.rest import Cap, Rest

HALVINGS = 14


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Rules of single entries: entry, number of the rule, label."""

    row: Ints
    rule: Ints
    label: Ints

    def __len__(self) -> int:
        return len(self.row)

    @property
    def key(self) -> tuple[Ints, Ints, Ints]:
        """Return the three arrays."""
        return self.row, self.rule, self.label


NO_RULES = Rules(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


def broken_rules(rest: Rest, chosen: Pairs) -> Rules:
    """Return the rules that an assignment breaks."""
    parts = [NO_RULES.key]
    for number, cap in enumerate(rest.caps):
        label = cap.label[chosen.column]
        inside = label >= 0
        key, count = np.unique(chosen.row[inside] * max(cap.labels, 1) + label[inside], return_counts=True)
        row, label = key // max(cap.labels, 1), key % max(cap.labels, 1)
        over = count > cap.room_at(row, label)
        parts.append((row[over], np.full(int(over.sum()), number), label[over]))
    return Rules(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def joined_rules(rules: Rules, toll: Floats, more: Rules) -> tuple[Rules, Floats]:
    """Return rules and further rules in order, each once, with the tolls they have had; new ones with none."""
    both = np.concatenate([np.column_stack(rules.key), np.column_stack(more.key)])
    found, place = np.unique(both, axis=0, return_inverse=True)
    tolls = np.zeros(len(found))
    np.add.at(tolls, place.ravel()[: len(toll)], toll)
    return Rules(found[:, 0], found[:, 1], found[:, 2]), tolls


def fitting_tolls(
    rest: Rest, core: tuple[Cap, ...], candidates: Pairs, judge: Floats, rules: Rules, toll: Floats
) -> Floats:
    """Return for each rule the middle of all tolls at which the entry's best panel uses it fully and keeps it.

    From the lower of the two edges on, the panel no longer has too many of the rule's judges; from the upper on, it
    has fewer than it might. Both are found by halving, for all rules at once; the other rules' tolls stand.

    Parameters
    ----------
    core
        The nested caps that the panels keep in any case.
    candidates
        The pairs panels are made of, sorted.
    toll
        What the rules cost so far.
    """
    if not len(rules):
        return toll
    panels = _Panels(rest, core, candidates, rules.row)
    row = np.repeat(rules.row, panels.column.shape[1])
    column = panels.column.ravel()
    shape = panels.column.shape
    concerned = np.zeros(shape, dtype=bool)
    room = np.zeros(len(rules), dtype=np.int64)
    for number, cap in enumerate(rest.caps):
        mine = np.nonzero(rules.rule == number)[0]
        concerned[mine] = cap.label[panels.column[mine]] == rules.label[mine, None]
        room[mine] = cap.room_at(rules.row[mine], rules.label[mine])
    worth = (rest.worth_at(row, column) - judge[column]).reshape(shape)
    others = Charge(rest, Prices(judge, *rules.key, toll)).at(row, column).reshape(shape)
    worth -= others - np.where(concerned, toll[:, None], 0.0)
    usable = np.where(panels.there, worth, np.nan)
    spread = float(np.nanmax(usable) - np.nanmin(usable)) + 1e-12
    edges = [_edge(panels, worth, concerned, room - fewer, spread) for fewer in (0, 1)]
    return (edges[0] + edges[1]) / 2


def _edge(panels: "_Panels", worth: Floats, concerned: Marks, most: Ints, spread: float) -> Floats:
    low, high = np.zeros(len(most)), np.full(len(most), spread)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        chosen = panels.best(worth - np.where(concerned, middle[:, None], 0.0))
        kept = (chosen & concerned).sum(axis=1) <= most
        high, low = np.where(kept, middle, high), np.where(kept, low, middle)
    return high


class _Panels:
    """Candidates of some entries side by side, and the best panels of them under nested caps."""

    def __init__(self, rest: Rest, core: tuple[Cap, ...], candidates: Pairs, rows: Ints) -> None:
        first, end = np.searchsorted(candidates.row, rows), np.searchsorted(candidates.row, rows, side="right")
        place = first[:, None] + np.arange(int((end - first).max(initial=1)))
        self.there: Marks = place < end[:, None]
        self.column: Ints = candidates.column[np.minimum(place, len(candidates) - 1)]
        self.wanted = rest.wanted[rows]
        self.label = [cap.label[self.column] for cap in core]
        self.room = [
            cap.room_at(np.repeat(rows, place.shape[1]), np.maximum(label, 0).ravel()).reshape(place.shape)
            for cap, label in zip(core, self.label, strict=True)
        ]

    def best(self, worth: Floats) -> Marks:
        """Mark each entry's best panel: take the best judge that every cap still admits, until the panel is full."""
        order = np.argsort(np.where(self.there, -worth, np.inf), axis=1, kind="stable")
        there = np.take_along_axis(self.there, order, axis=1)
        label = [np.take_along_axis(one, order, axis=1) for one in self.label]
        room = [np.take_along_axis(one, order, axis=1) for one in self.room]
        taken = np.zeros(order.shape, dtype=bool)
        count: NDArray[np.int64] = np.zeros(len(order), dtype=np.int64)
        for place in range(order.shape[1]):
            free = there[:, place] & (count < self.wanted)
            if not free.any():
                break
            for one, most in zip(label, room, strict=True):
                same = ((one == one[:, place, None]) & taken).sum(axis=1)
                free &= (one[:, place] < 0) | (same < most[:, place])
            taken[:, place] = free
            count += free
        marks = np.zeros(order.shape, dtype=bool)
        np.put_along_axis(marks, order, taken, axis=1)
        return marks
