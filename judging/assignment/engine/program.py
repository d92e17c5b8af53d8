"""Chosen pairs under crossing panel rules as a linear program (HiGHS), for where tolls alone come to a halt."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.instance import Floats, Pairs
from judging.assignment.engine.mend import Doubt, limits_of
from judging.assignment.engine.rest import Rest

MANY = 40_000  # pairs from which inner points beat the simplex
SHORT = 1_000.0  # spreads that a missing judge costs


@dataclass(frozen=True, slots=True, eq=False)
class Fractions:
    """How much of each pair the program takes, and prices and tolls that prove it best among its pairs."""

    share: Floats
    proof: Prices
    short: float


def solve(rest: Rest, pairs: Pairs) -> Fractions | None:
    """Solve the program on some pairs; None when HiGHS gives up."""
    (n, m), p = rest.shape, len(pairs)
    worth = rest.worth_at(pairs.row, pairs.column)
    spread = float(np.ptp(worth)) or 1.0 if p else 1.0
    # Columns: pairs, loads, places left empty, loads lacking. Rows: entries, judges.
    row = [pairs.row, n + pairs.column, n + np.arange(m), np.arange(n), n + np.arange(m)]
    column = [np.arange(p), np.arange(p), p + np.arange(m), p + m + np.arange(n), p + m + n + np.arange(m)]
    value = np.concatenate([np.ones(2 * p), -np.ones(m), np.ones(n + m)])
    width = p + n + 2 * m
    equal = coo_array((value, (np.concatenate(row), np.concatenate(column))), shape=(n + m, width)).tocsr()
    bounds = np.zeros((width, 2))
    bounds[:p, 1] = 1
    bounds[p:, 0] = np.concatenate([rest.least, np.zeros(n + m)])
    bounds[p:, 1] = np.concatenate([rest.most, rest.wanted, rest.least])
    everything = Doubt(pairs, Pairs(pairs.row[:0], pairs.column[:0]))
    found = [limits_of(cap, everything) for cap in rest.caps]
    first = np.concatenate([[0], np.cumsum([len(one.room) for one in found])])
    places = np.concatenate([begin + one.place for begin, one in zip(first, found, strict=False)])
    inside = np.concatenate([one.inside for one in found])
    under = coo_array((np.ones(len(places)), (places, inside)), shape=(int(first[-1]), width)).tocsr()
    answer = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        np.concatenate([-worth / spread, np.zeros(m), np.full(n + m, SHORT)]),
        A_eq=equal,
        b_eq=np.concatenate([rest.wanted, np.zeros(m)]),
        A_ub=under,
        b_ub=np.concatenate([one.room for one in found]),
        bounds=bounds,
        method="highs-ds" if p < MANY else "highs-ipm",
    )
    if answer.x is None:
        return None
    toll = np.maximum(-answer.ineqlin.marginals, 0.0) * spread
    entry, label = (np.concatenate([getattr(one, name) for one in found]) for name in ("row", "label"))
    rule = np.repeat(np.arange(len(found)), np.diff(first))
    some = np.nonzero(toll > 0)[0]
    some = some[np.argsort(entry[some], kind="stable")]
    proof = Prices(-answer.eqlin.marginals[n:] * spread, entry[some], rule[some], label[some], toll[some])
    return Fractions(np.asarray(answer.x[:p]), proof, float(answer.x[p + m :].sum()))
