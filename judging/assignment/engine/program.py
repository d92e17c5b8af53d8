"""What is in doubt under crossing panel rules as a linear program (HiGHS): it sets all prices and tolls together."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import eye_array, hstack

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.doubt import Doubt, table_of, tolls_of
from judging.assignment.engine.instance import NO_PAIRS, Floats, Impossible, Pairs, pairs_of
from judging.assignment.engine.pricing import look
from judging.assignment.engine.rest import Rest

STEPS = 20_000  # of the simplex: a limit that does not depend on the machine
LOOKS = 8  # at all pairs for a proof that there is no assignment
FAR = 1e9  # further than any price
SOME = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Fractions:
    """How much of each open pair the program takes, the prices and tolls that prove it best, how many places are empty."""

    share: Floats
    proof: Prices
    short: float


def solve(rest: Rest, doubt: Doubt, proof: Prices, *, reach: float) -> Fractions | None:
    """Solve the program of what is in doubt; None when HiGHS gives up.

    Parameters
    ----------
    proof
        Prices and tolls to begin with; those that concern no pair in doubt stay as they are.
    reach
        How far prices and tolls may move at once. (Loads and rules may be overstepped at that cost: few pairs in doubt
        would else let prices leap.)
    """
    table = table_of(rest, doubt, proof)
    if not len(table.right):
        return None
    entries, lines = len(table.rows), len(table.right)
    both = eye_array(lines, format="csr")[:, entries:]
    answer = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        np.append(table.cost, np.full(2 * (lines - entries), reach / table.unit)),
        A_eq=hstack([table.lines, both, -both], format="csr"),
        b_eq=table.right,
        bounds=np.column_stack(
            [
                np.append(table.low, np.zeros(2 * (lines - entries))),
                np.append(table.top, np.full(2 * (lines - entries), np.inf)),
            ]
        ),
        method="highs-ds",
        options={"maxiter": STEPS},
    )
    if answer.x is None or answer.eqlin.marginals is None:
        return None
    change = -np.asarray(answer.eqlin.marginals) * table.unit
    judge, first = proof.judge.copy(), len(table.rows) + len(table.seats)
    judge[table.seats] += change[len(table.rows) : first]
    judge = np.where(rest.least > 0, judge, np.maximum(judge, 0.0))
    rows, rules, labels, tolls = [], [], [], []
    for rule, (cap, limits) in enumerate(zip(rest.caps, table.limits, strict=True)):
        width = max(cap.labels, 1)
        old, toll = tolls_of(proof, rule, cap)
        mine = limits.row * width + limits.label
        stays = np.isin(old, mine, invert=True)
        new = limits.toll + change[first : first + len(mine)]
        key, toll = np.append(old[stays], mine), np.append(toll[stays], new)
        some = toll > 0
        rows.append(key[some] // width)
        rules.append(np.full(int(some.sum()), rule))
        labels.append(key[some] % width)
        tolls.append(toll[some])
        first += len(mine)
    row, rule_, label, toll = (np.concatenate(parts) for parts in (rows, rules, labels, tolls))
    order = np.argsort(row, kind="stable")
    found = Prices(judge, row[order], rule_[order], label[order], toll[order])
    return Fractions(np.asarray(answer.x[: table.pairs]), found, float(answer.x[table.lacking].sum()))


def least_short(rest: Rest, candidates: Pairs) -> int | None:
    """Prove that places must stay empty, and say how many at least; None when there is no such proof.

    If no pair is worth anything, every assignment is worth nothing. Prices and tolls whose bound, over all pairs, is
    less than nothing therefore prove that there is none.
    """
    n, m = rest.shape
    nothing = np.zeros((n, m), dtype=np.float32)
    idle = Rest(rest.instance.but(score=nothing, nudged=NO_PAIRS, nudge=np.zeros(0)))
    idle.caps = rest.caps
    for _ in range(LOOKS):
        found = solve(idle, Doubt(candidates, NO_PAIRS), Prices(np.zeros(m)), reach=FAR)
        if found is None or found.short < SOME:
            return None
        some = found.share > SOME
        chosen = Pairs(candidates.row[some], candidates.column[some])
        try:
            seen = look(idle, found.proof, chosen, candidates, tolerance=1e-9)
        except Impossible as refusal:
            return max(refusal.short, 1)
        if seen.bound < -SOME:
            return int(np.ceil(found.short - SOME))
        if not len(seen.fresh):
            return None
        candidates = pairs_of(
            np.append(candidates.row, seen.fresh.row), np.append(candidates.column, seen.fresh.column)
        )
    return None
