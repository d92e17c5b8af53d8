"""Joins the parts of a plan that no entry links, so that all judges can be compared, at the least loss of affinity.

In a plan with enough seats some part has a seat that is not needed to hold it together (it lies on a cycle). If that
seat's judge and a judge of another part exchange entries, the two parts are one: the spare seat's part stays whole, and
each half into which the other may fall now hangs on one of the two exchanged seats.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from judging.assignment.engine.chains import Board
from judging.assignment.engine.comparison import parts_of
from judging.assignment.engine.instance import Floats, Ints, Marks, Pairs

TRIES = 40  # exchanges tried for a part before it is left alone
GIVERS = 60  # judges of a part that are looked at

FEW_SEATS = "few seats"
RULES = "rules"

Proposal = tuple[float, list[tuple[int, int]]]  # loss, and (seat, new judge) of each change


def connect(board: Board) -> str:
    """Join the parts of a board's plan as far as rules allow.

    Returns
    -------
    str
        Empty when all judges with a ballot are linked; :data:`FEW_SEATS` when there are fewer seats than entries and
        judges less one, so that no plan of these judges can be linked; :data:`RULES` when no exchange is allowed.
    """
    judges = len(board.loads)
    alone: set[int] = set()
    while True:
        pairs = board.pairs()
        used = board.loads > 0
        part = parts_of(pairs, judges)
        sizes = np.bincount(part[used])
        if np.count_nonzero(sizes) <= 1:
            return ""
        if len(pairs) < len(np.unique(pairs.row)) + int(used.sum()) - 1:
            return FEW_SEATS
        order = [
            int(p) for p in np.argsort(sizes, kind="stable") if sizes[p] and _first(part, used, int(p)) not in alone
        ]
        if len(order) <= 1 or not _join(board, part, order[0], int(np.count_nonzero(sizes))):
            if len(order) <= 1:
                return RULES
            alone.add(_first(part, used, order[0]))
        else:
            alone.clear()


def _first(part: Ints, used: Marks, which: int) -> int:
    return int(np.nonzero((part == which) & used)[0][0])


def _join(board: Board, part: Ints, which: int, parts: int) -> bool:
    """Join one part to any other by the cheapest exchange that does it."""
    spare = _spare(board)
    inside = np.nonzero((part == which) & (board.loads > 0))[0][:GIVERS]
    proposals: list[Proposal] = []
    for judge in inside:
        proposals += _exchanges(board, part, int(judge), spare)
    for _, changes in sorted(proposals, key=lambda proposal: proposal[0])[:TRIES]:
        before = board.copy()
        seats = np.array([seat for seat, _ in changes])
        places = np.array([board.admit(seat // board.seats, judge) for seat, judge in changes])
        rows, slot = seats // board.seats, seats % board.seats
        sound = bool(board.legal[rows, slot, places].all()) and _keeps_floor(board, rows, slot, places)
        if sound and board.apply(seats, places):
            now = parts_of(board.pairs(), len(part))
            if len(np.unique(now[board.loads > 0])) < parts:
                return True
            board.become(before)
    return False


def _keeps_floor(board: Board, rows: Ints, slot: Ints, place: Ints) -> bool:
    after = board.sums[rows] + board.value[rows, place] - board.worth[rows, slot]
    return bool((after >= np.minimum(board.floor[rows], board.sums[rows]) - 1e-9).all())


def _spare(board: Board) -> Marks:
    """Mark the seats (flattened) without which the plan stays as connected as it is: those outside one spanning tree."""
    n, seats = board.panel.shape
    held = np.flatnonzero(board.panel.ravel() >= 0)
    size = n + len(board.loads)
    worth = board.worth.ravel()[held]
    weight = 1.0 + worth.max(initial=0.0) - worth  # what is worth much stays in the tree
    graph = csr_array((weight, (held // seats, n + board.panel.ravel()[held])), shape=(size, size))
    tree = minimum_spanning_tree(graph).tocoo()
    inside = np.isin((held // seats) * size + n + board.panel.ravel()[held], tree.row * np.int64(size) + tree.col)
    spare = np.zeros(n * seats, dtype=bool)
    spare[held[~inside]] = True
    return spare


def _exchanges(board: Board, part: Ints, judge: int, spare: Marks) -> list[Proposal]:
    """Propose the cheapest ways to give a judge an entry of another part, in exchange for one of his or for none."""
    instance, seats = board.instance, board.seats
    flat, worth = board.panel.ravel(), board.worth.ravel()
    outside = np.nonzero((flat >= 0) & ~board.fixed.ravel() & (part[np.maximum(flat, 0)] != part[judge]))[0]
    outside = outside[instance.allowed[outside // seats, judge]]
    taken = worth[outside] - instance.score[outside // seats, judge]
    giver = flat[outside]
    proposals: list[Proposal] = []
    if board.loads[judge] < instance.most[judge]:
        free = spare[outside] & (board.loads[giver] > instance.least[giver])
        proposals += [(float(loss), [(int(e), judge)]) for loss, e in _cheapest(taken[free], outside[free])]
    for own in np.nonzero((flat == judge) & ~board.fixed.ravel())[0]:
        back = worth[own] - instance.score[own // seats, giver]
        works = instance.allowed[own // seats, giver] & (spare[outside] | spare[own])
        loss = (taken + back)[works]
        proposals += [
            (float(one), [(int(e), judge), (int(own), int(flat[e]))]) for one, e in _cheapest(loss, outside[works])
        ]
    return proposals


def _cheapest(loss: Floats, seat: Ints) -> list[tuple[float, int]]:
    best = np.argsort(loss, kind="stable")[:5]
    return list(zip(loss[best].tolist(), seat[best].tolist(), strict=True))


def linked(pairs: Pairs, judges: int) -> bool:
    """Say whether all judges with a ballot are linked."""
    return not len(pairs) or len(np.unique(parts_of(pairs, judges)[np.unique(pairs.column)])) == 1
