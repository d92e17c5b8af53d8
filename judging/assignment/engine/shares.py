"""The best probabilities under a cap and panel rules that cross: a linear program among good pairs, priced on all."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack

from judging.assignment.engine.capped import look
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.core import core_of
from judging.assignment.engine.cut import FlowFailed
from judging.assignment.engine.frame import Frame, frame_of
from judging.assignment.engine.grid import begin, settled
from judging.assignment.engine.instance import Floats, Impossible, Instance, Ints, pairs_of
from judging.assignment.engine.nest import Level, largest_nest
from judging.assignment.engine.rations import EPS, Rations
from judging.assignment.engine.watch import Progress, Watch

ENOUGH = 1e-6  # the gap, as a share, at which the program counts as solved on all pairs
FIRST = 0.1  # spreads below what an entry has in a flow under eased rules: pairs to begin with
BAND = 0.02  # spreads below what an entry has at least: so far prices move from one program to the next
ROUNDS = 30
SHORT = 1_000.0  # spreads that a missing judge costs
MANY = 100_000  # pairs from which inner points beat the simplex


class Unfinished(RuntimeError):
    """The time was over, or the search called off, before there was anything to answer with."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """How much of each pair the program takes, and what none can exceed.

    Attributes
    ----------
    frame
        The pairs and their limits.
    share : float64
        Probability of each pair.
    bound
        Proved on all pairs.
    """

    frame: Frame
    share: Floats
    bound: float


def best_shares(instance: Instance, problem: Rations, watch: Watch) -> Shares:
    """Return the best probabilities; they keep panel rules on average, and need not be those of whole plans.

    Raises
    ------
    Impossible
        If no probabilities keep all limits.
    Unfinished
        If the watch calls first.
    """
    row, column = _good_pairs(problem, *begin(instance, problem))
    rest, bound = problem.rest, np.inf
    for rounds in range(1, ROUNDS + 1):
        frame = frame_of(problem, row, column)
        share, proof, short = _solve(problem, frame, watch)
        proved, more = look(problem, proof, row, column, share * problem.whole, band=BAND * _spread(problem, frame))
        bound = min(bound, proved)
        worth = rest.fixed + float(problem.worth[row, column].astype(np.float64) @ share)
        watch.tell(Progress(-np.inf if short else worth, bound, rounds))
        near = bound - worth <= ENOUGH * max(abs(bound), abs(worth))
        if not short and (near or not len(more[0])):
            return Shares(frame, share, max(bound, worth))
        if not len(more[0]):
            raise Impossible("No probabilities keep the cap and all rules.", max(1, int(np.ceil(short))))
        joined = pairs_of(np.concatenate([row, more[0]]), np.concatenate([column, more[1]]))
        row, column = joined.row, joined.column
    raise FlowFailed("The linear program did not settle.")


def _good_pairs(problem: Rations, row: Ints, column: Ints) -> tuple[Ints, Ints]:
    """Return the pairs that are good at the prices of a flow which keeps the rules, eased until they nest."""
    caps = core_of(problem.rest).caps
    levels, _ = largest_nest([Level("", False, cap) for cap in caps])
    eased = replace(problem, levels=levels, parts=np.full(len(levels), problem.whole))
    row, column, flow, _ = settled(eased, row, column)
    used = flow.units > 0
    spread = float(np.ptp(problem.worth[row, column])) if len(row) else 0.0
    _, (i, j) = look(eased, flow.prices, row[used], column[used], flow.units[used], band=FIRST * spread)
    pairs = pairs_of(np.concatenate([row, i]), np.concatenate([column, j]))
    return pairs.row, pairs.column


def _solve(problem: Rations, frame: Frame, watch: Watch) -> tuple[Floats, Prices, float]:
    """Return shares, prices and tolls that prove them best among the pairs, and how many places stay empty."""
    rest = problem.rest
    (n, m), p = rest.shape, len(frame.row)
    worth = problem.worth[frame.row, frame.column].astype(np.float64)
    spread = _spread(problem, frame)
    # Columns: pairs, loads, places left empty, loads lacking.
    ends = np.arange(n + m)
    load = coo_array((-np.ones(m), (n + np.arange(m), np.arange(m))), shape=(n + m, m))
    lack = coo_array((np.ones(n + m), (ends, ends)), shape=(n + m, n + m))
    equal = csr_array(hstack([frame.matrix[: n + m], load, lack]))
    under = csr_array(hstack([frame.matrix[n + m :], csr_array((len(frame.level), n + 2 * m))]))
    bounds = np.zeros((p + n + 2 * m, 2))
    bounds[:p, 1] = problem.cap / problem.whole
    bounds[p:, 0] = np.concatenate([rest.least, np.zeros(n + m)])
    bounds[p:, 1] = np.concatenate([rest.most, rest.wanted, rest.least])
    answer = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrices
        np.concatenate([-worth / spread, np.zeros(m), np.full(n + m, SHORT)]),
        A_eq=equal,
        b_eq=np.concatenate([rest.wanted, np.zeros(m)]),
        A_ub=under,
        b_ub=frame.high[n + m :],
        bounds=bounds,
        method="highs-ds" if p < MANY else "highs-ipm",
        options={"time_limit": watch.left},
    )
    if answer.x is None or answer.status != 0 or watch.over:
        raise Unfinished("The linear program was not solved in time.")
    toll = np.maximum(-answer.ineqlin.marginals, 0.0) * spread
    some = np.nonzero(toll > 0)[0]
    some = some[np.argsort(frame.entry[some], kind="stable")]
    price = -answer.eqlin.marginals[n:] * spread
    proof = Prices(price, frame.entry[some], frame.level[some], frame.label[some], toll[some])
    short = float(answer.x[p + m :].sum())
    return np.asarray(answer.x[:p]), proof, short if short > n * EPS + 1e-6 else 0.0


def _spread(problem: Rations, frame: Frame) -> float:
    worth = problem.worth[frame.row, frame.column]
    return (float(np.ptp(worth)) or 1.0) if len(worth) else 1.0
