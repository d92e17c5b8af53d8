"""Settles what prices leave open: a small whole-number program over the pairs that are neither clearly in nor out."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.doubt import Doubt, table_of
from judging.assignment.engine.instance import Pairs
from judging.assignment.engine.rest import Rest

LEEWAY = 1e-5  # the share of the answer that the solver may miss; the sum is lifted until that is what one may lose
NODES = 300  # of the search tree: a limit that does not depend on the machine


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """An assignment without its pinned pairs, by how many places it is short, and whether no other is better."""

    pairs: Pairs
    short: int
    proved: bool


def mend(rest: Rest, doubt: Doubt, proof: Prices, *, aim: float, seconds: float) -> Mended:
    """Decide on the pairs in doubt: as few places short as can be, then of the greatest worth.

    Parameters
    ----------
    proof
        Prices of judges and tolls of rules. They change nothing about the answer, only how soon it is found.
    aim
        How far below the best answer one may stay; 0 for the best.
    """
    table = table_of(rest, doubt, proof)
    p, width = table.pairs, len(table.cost)
    if not width:
        return Mended(doubt.chosen, 0, proved=True)
    lift = np.append(table.cost, -max(aim / table.unit, 1e-6) / LEEWAY)
    found = milp(
        lift,
        integrality=np.append(np.ones(p), np.zeros(width + 1 - p)),
        bounds=Bounds(np.append(table.low, 1.0), np.append(table.top, 1.0)),
        constraints=LinearConstraint(_wider(table.lines), table.right, table.right),
        options={"time_limit": seconds, "mip_rel_gap": LEEWAY, "node_limit": NODES},
    )
    if found.x is None:
        wanted = int(rest.wanted.sum()) - len(doubt.chosen)
        return Mended(doubt.chosen, max(wanted, 1), proved=False)
    taken = found.x[:p] > 0.5
    row = np.concatenate([doubt.open.row[taken], doubt.chosen.row])
    column = np.concatenate([doubt.open.column[taken], doubt.chosen.column])
    order = np.lexsort((column, row))
    short = round(float(found.x[table.lacking].sum()))
    return Mended(Pairs(row[order], column[order]), short, proved=found.status == 0)


def _wider(lines: csr_array) -> csr_array:
    """Return lines with one more column, of nothing."""
    return csr_array((lines.data, lines.indices, lines.indptr), shape=(lines.shape[0], lines.shape[1] + 1))
