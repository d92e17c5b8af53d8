"""Draws from whole plans that each keep every rule, so that the draw keeps them too, and mixes the plans on the way.

Plans are paired off by lot and merged, two into one, until one is left. Where two plans differ, entries exchange
judges: one that only the first plan has for one that only the second has. At every judge, exchanges that bring a load
are tied to exchanges that take one away, but for the few that the judge's bounds leave free; exchanges of an entry
are tied where its panel could otherwise break a rule. What is tied together follows the first or the second plan by one
coin. So each pair of a merged plan is as probable as in the two together, and every rule and bound is kept.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from judging.assignment.engine.instance import Ints, Marks
from judging.assignment.engine.marginals import Lots, Plans
from judging.assignment.engine.rest import Cap, holds

SEATS = 60_000  # of all plans that take part in a draw
FEWEST = 4  # plans that take part, however large


@dataclass(frozen=True, slots=True, eq=False)
class _Swaps:
    """What leaves and what comes when an entry follows the second plan: entry and judge, side by side."""

    entry: Ints  # of the block: of the two plans that are merged
    block: Ints
    out: Ints
    come: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Ties:
    """Which nodes of a graph follow one plan together: exchanges, and behind them groups of exchanges."""

    one: Ints
    other: Ints


def merged(plans: Plans, lots: Lots) -> Ints:
    """Return the judges of a drawn plan, int64 (seats,).

    So many of the plans take part as a power of two allows, of large plans four; each is as likely to be among them
    as any other, so that every pair comes with the share of the plans that have it.
    """
    order = np.argsort(lots.take(len(plans)), kind="stable")
    many = min(len(plans), max(FEWEST, SEATS // max(len(plans.row), 1)))
    now = plans.column[order[: 1 << (many.bit_length() - 1)]]
    while len(now) > 1:
        now = _halved(now[0::2], now[1::2], plans, lots)
    return np.asarray(now[0], dtype=np.int64)


def _halved(one: Ints, other: Ints, plans: Plans, lots: Lots) -> Ints:
    """Merge plans two and two, all at once: each two have entries and judges of their own."""
    count, m, entries = len(one), len(plans.least), int(plans.row.max(initial=-1)) + 1
    entry = np.arange(count)[:, None] * entries + plans.row
    first, second = (entry * m + one).ravel(), (entry * m + other).ravel()
    same = holds(second, first)
    out, come = first[~same], second[~holds(first, second)]
    if not len(out):
        return one
    out, come = out[_order(lots, len(out))], come[_order(lots, len(out))]
    kept = first[same]
    swaps = _matched(out, come, plans.caps, m, entries, lots)
    low, high = np.sort([_loads(one, m), _loads(other, m)], axis=0)
    slack = np.maximum(np.minimum(low - plans.least, plans.most - high), 0).ravel()
    ties = [*_by_rules(swaps, kept, plans.caps, m, entries), *_by_judges(swaps, slack, m)]
    chain = _chains(len(out), ties)
    follows = (lots.take(len(out)) >> np.uint64(63) == 1)[chain]
    keys = np.concatenate([kept, swaps.entry * m + np.where(follows, swaps.come, swaps.out)])
    keys.sort()
    drawn: Ints = (keys - entry.ravel() * m).reshape(one.shape)
    return drawn


def _loads(plans: Ints, m: int) -> Ints:
    """Return each judge's load in each plan, int64 (plans, judges)."""
    block = np.arange(len(plans))[:, None] * m
    return np.bincount((block + plans).ravel(), minlength=len(plans) * m).reshape(-1, m)


def _order(lots: Lots, count: int) -> Ints:
    """Return an order by lot."""
    return _sorted((lots.take(count) >> np.uint64(32)).astype(np.int64))[0]


def _sorted(keys: Ints) -> tuple[Ints, Ints]:
    """Return the order that sorts keys below 2^40 or so, equal ones as they stand, and the sorted keys."""
    bits = max(len(keys) - 1, 1).bit_length()
    packed = (keys << bits) | np.arange(len(keys))
    packed.sort()  # sorting numbers is several times quicker than sorting their positions
    return packed & ((1 << bits) - 1), packed >> bits


def _numbered(keys: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the order that sorts keys, the sorted keys, and the running number of each among its equals."""
    order, ordered = _sorted(keys)
    place = np.arange(len(keys))
    begins = np.append(True, ordered[1:] != ordered[:-1])[: len(keys)]
    return order, ordered, place - np.maximum.accumulate(np.where(begins, place, 0))


def _met(ones: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Match equal keys one to one: the first of a kind with the first, the second with the second."""
    (order, key, number), (order2, key2, number2) = _numbered(ones), _numbered(others)
    wide = int(max(number.max(initial=0), number2.max(initial=0))) + 1
    mine, theirs = key * wide + number, key2 * wide + number2
    if not len(mine) or not len(theirs):
        return order[:0], order2[:0]
    at = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
    hit = theirs[at] == mine
    return order[hit], order2[at[hit]]


def _matched(out: Ints, come: Ints, caps: tuple[Cap, ...], m: int, entries: int, lots: Lots) -> _Swaps:
    """Match what leaves an entry with what comes: of one group where possible, of the rule with most groups first."""
    pairs = []
    for cap in sorted(caps, key=lambda cap: -cap.labels):
        ours, theirs = (_groups(cap, keys, m) for keys in (out, come))
        here, there = np.nonzero(ours >= 0)[0], np.nonzero(theirs >= 0)[0]
        a, b = _met(ours[here], theirs[there])
        pairs.append((out[here[a]], come[there[b]]))
        out, come = np.delete(out, here[a]), np.delete(come, there[b])
    a, b = _met(out // m, come // m)
    pairs.append((out[a], come[b]))
    order = _order(lots, sum(len(left) for left, _ in pairs))
    left, come = (np.concatenate(keys)[order] for keys in zip(*pairs, strict=True))
    return _Swaps(left // m, left // (m * entries), left % m, come % m)


def _groups(cap: Cap, keys: Ints, m: int) -> Ints:
    """Return a number for the entry and the group of its judge; -1 outside all groups."""
    label = cap.label[keys % m]
    return np.where(label >= 0, keys // m * max(cap.labels, 1) + label, -1)


def _by_rules(swaps: _Swaps, kept: Ints, caps: tuple[Cap, ...], m: int, entries: int) -> list[_Ties]:
    """Tie the exchanges of every group of an entry that could get too many judges.

    An exchange inside the group changes nothing there. With all others tied, it has as many as in one of the plans.
    """
    found, nodes = [], len(swaps.out)
    base = swaps.entry * m
    for cap in caps:
        labels = max(cap.labels, 1)
        stays, leaves, comes = (_groups(cap, keys, m) for keys in (kept, base + swaps.out, base + swaps.come))
        inside = leaves == comes
        order, key, _ = _numbered(np.concatenate([stays, leaves, np.where(inside, -1, comes)]))
        begins = np.append(True, key[1:] != key[:-1])[: len(key)]
        first = np.nonzero(begins)[0]
        at, count = np.maximum(key[first], 0), np.diff(np.append(first, len(key)))
        over = (key[first] >= 0) & (count > cap.room_at(at // labels % entries, at % labels))
        if not over.any():
            continue
        group = np.cumsum(begins) - 1
        exchange = order - len(stays)
        tied = over[group] & (exchange >= 0)
        who = exchange[tied] % nodes
        own = ~inside[who]
        found.append(_Ties(who[own], group[tied][own]))
    begin = nodes
    for place, ties in enumerate(found):  # every group is a node of its own
        found[place] = _Ties(ties.one, begin + ties.other)
        begin += int(ties.other.max(initial=-1)) + 1
    return found


def _by_judges(swaps: _Swaps, slack: Ints, m: int) -> list[_Ties]:
    """Tie what brings a judge a load to what takes one away.

    First exchanges of the same two judges, there and back: such a circle of two leaves the others alone. Then by lot,
    but for as many as the judge's bounds leave free.
    """
    to, fro = (swaps.block * m + swaps.out) * m + swaps.come, (swaps.block * m + swaps.come) * m + swaps.out
    one, other = _met(to, fro)
    alone: Marks = np.ones(len(to), dtype=bool)
    alone[one] = False
    rest = np.nonzero(alone)[0]
    come, out = swaps.block[rest] * m + swaps.come[rest], swaps.block[rest] * m + swaps.out[rest]
    free = np.minimum(np.bincount(come, minlength=len(slack)), np.bincount(out, minlength=len(slack))) - slack
    ends = []
    for seat in (come, out):
        order, key, number = _numbered(seat)
        ends.append(rest[order[number < free[key]]])
    return [_Ties(one, other), _Ties(ends[0], ends[1])]


def _chains(count: int, ties: list[_Ties]) -> Ints:
    """Return of each exchange the first of those that follow one plan with it."""
    one, other = (np.concatenate([getattr(each, end) for each in ties]) for end in ("one", "other"))
    nodes = max(count, int(other.max(initial=0)) + 1)
    graph = csr_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=False)
    first = np.empty(nodes, dtype=np.int64)
    first[part[:count][::-1]] = np.arange(count)[::-1]  # the last that is written is the first
    return first[part[:count]]
