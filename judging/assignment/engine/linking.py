"""Linking seats: at least so many entries that two panels judge in common, so that their severities can be compared.

Every link is made by the cheapest ejection chain that gives an entry of one panel a judge of the other, and both seats
then stand still.
"""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine.chains import EPS, Board
from judging.assignment.engine.comparison import links
from judging.assignment.engine.instance import Floats, Instance, Ints, Marks, Pairs
from judging.assignment.engine.paths import Chain, graph_of, nearest

TRIES = 12  # entries tried for one link
JUDGES = 3  # judges of the other panel tried for an entry


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """A plan with links between panels.

    Attributes
    ----------
    pairs
    total
        Its affinity.
    links : int64 (g, g)
        Entries two panels have in common.
    short
        (one panel, the other, links that rules and loads do not allow).
    """

    pairs: Pairs
    total: float
    links: Ints
    short: tuple[tuple[int, int, int], ...]


def link(
    instance: Instance,
    pairs: Pairs,
    label: Ints,
    least: Ints,
    *,
    prices: Floats | None = None,
    floor: Floats | None = None,
    seed: int = 0,
) -> Linked:
    """Give panels entries in common.

    Parameters
    ----------
    instance
    pairs
        A plan that keeps the rules.
    label : int64 (m,)
        Panel of each judge, -1 for none.
    least : int64 (g, g)
        Entries that two panels must have in common at least; what stands above the diagonal counts.
    prices : float (m,), optional
        Of the judges, from the optimum.
    floor : float (n,), optional
        Lowest affinity of each entry that is kept.
    seed
        Decides between candidates that are worth the same.
    """
    board = Board(instance, pairs, prices=prices, floor=floor, seed=seed)
    short = []
    for one, other in np.argwhere(np.triu(least, 1) > 0).tolist():
        common = np.nonzero(_has(board, label, one) & _has(board, label, other))[0]
        for entry in common[: least[one, other]].tolist():
            _hold(board, label, entry, one, other)
        missing = int(least[one, other]) - len(common)
        while missing > 0 and _make(board, label, one, other):
            missing -= 1
        if missing > 0:
            short.append((one, other, missing))
    now = board.pairs()
    return Linked(now, board.total(), links(now, label), tuple(short))


def _has(board: Board, label: Ints, panel: int) -> Marks:
    return np.asarray(((board.panel >= 0) & (label[board.panel] == panel)).any(axis=1), dtype=bool)


def _hold(board: Board, label: Ints, entry: int, one: int, other: int) -> None:
    """Let one seat of each of two panels stand still."""
    for panel in (one, other):
        slot = np.nonzero((board.panel[entry] >= 0) & (label[board.panel[entry]] == panel))[0]
        if not board.fixed[entry, slot].any():
            board.fixed[entry, slot[0]] = True
    board.legal[entry] &= ~board.fixed[entry][:, None]


def _make(board: Board, label: Ints, one: int, other: int) -> bool:
    """Make the cheapest new link between two panels; False when none can be made."""
    chains: list[tuple[Chain, int]] = []
    for entry, coming in _openings(board, label, one, other):
        chains += [(chain, entry) for chain in _chains(board, label, entry, coming, (one, other))]
    for chain, entry in sorted(chains, key=lambda pair: pair[0].cost):
        if board.apply(chain.seat, chain.place):
            _hold(board, label, entry, one, other)
            return True
    return False


def _openings(board: Board, label: Ints, one: int, other: int) -> list[tuple[int, int]]:
    """Return the entries of one of two panels, and the panel to come, that lose least by its best judge."""
    found: list[tuple[float, int, int]] = []
    for here, coming in ((one, other), (other, one)):
        rows = np.nonzero(_has(board, label, here) & ~_has(board, label, coming))[0]
        judges = np.nonzero(label == coming)[0]
        if len(rows) and len(judges):
            grid = np.ix_(rows, judges)
            best = np.where(board.instance.allowed[grid], board.instance.score[grid], -np.inf).max(axis=1)
            loss = board.worth[rows].min(axis=1, where=~board.fixed[rows], initial=np.inf) - best
            usable = np.nonzero(np.isfinite(loss))[0]
            for at in usable[np.argsort(loss[usable], kind="stable")[:TRIES]]:
                found.append((float(loss[at]), int(rows[at]), coming))
    return [(entry, coming) for _, entry, coming in sorted(found)[:TRIES]]


def _chains(board: Board, label: Ints, entry: int, coming: int, panels: tuple[int, int]) -> list[Chain]:
    """Return the chains that bring a judge of the coming panel to an entry without losing its judge of the other."""
    judges = np.nonzero((label == coming) & board.instance.allowed[entry])[0]
    judges = judges[np.argsort(-board.instance.score[entry, judges], kind="stable")[:JUDGES]]
    for judge in judges.tolist():
        board.admit(entry, judge)
    here = panels[0] if coming == panels[1] else panels[1]
    seated = np.where(board.panel[entry] >= 0, label[board.panel[entry]], -1)
    options = []
    for slot in range(board.seats):
        moves = board.options(entry, slot)
        after = board.sums[entry] + moves.gain
        kept = (label[moves.end] == coming) & (after >= min(board.floor[entry], board.sums[entry]) - EPS)
        if kept.any() and not (seated[slot] == here and (seated == here).sum() == 1):
            options.append((moves.only(kept), -moves.gain[kept]))
    if not options:
        return []
    others = np.ones(len(board.sums), dtype=bool)
    others[entry] = False
    free = board.moves(others)
    return nearest(board, graph_of(board, free, -free.gain), options)
