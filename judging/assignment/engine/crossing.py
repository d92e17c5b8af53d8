"""The best assignment under panel rules that cross: a flow under what they imply, tolls on what it breaks, and a mend.

The flow keeps the nested core of the rules; rules it breaks are charged, each with the toll at which the entry's best
panel just keeps it; the prices move, and so on. Every round's prices and tolls prove a bound on all pairs. The few
places where the flow cannot decide are settled by a small whole-number program.
"""

from dataclasses import dataclass

import numpy as np

from judging.assignment.engine import flow, network, program
from judging.assignment.engine.candidates import first_candidates
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.core import core_of, folded
from judging.assignment.engine.instance import NO_PAIRS, Floats, Impossible, Ints, Marks, Pairs, pairs_of
from judging.assignment.engine.mend import doubt_of, mend
from judging.assignment.engine.pricing import Charge, look, nested_tolls
from judging.assignment.engine.rest import Rest
from judging.assignment.engine.tolls import NO_RULES, Rules, broken_rules, fitting_tolls, joined_rules
from judging.assignment.engine.watch import Progress, Watch

ENOUGH = 5e-5  # the gap, as a share, at which the search ends
SETTLED = 2e-5  # the fall of the bound in a round, as a share, from which on mending is worth while
POOR = 1e-4  # the gap, as a share, from which on linear programs are called in
ROUNDS = 40
REFINEMENTS = 6
WHOLE = 1e-6  # how near to 0 or 1 a share counts as whole
SMALL = 1_500  # pairs that are all in doubt
DOUBT = 2_500  # pairs in doubt at first


class Charged(Rest):
    """The problem under its nested core, with tolls taken off the pairs' worth."""

    charge: Charge | None = None

    def worth_at(self, row: Ints, column: Ints) -> Floats:
        """Return what pairs are worth after tolls."""
        worth = super().worth_at(row, column)
        return worth if self.charge is None else worth - self.charge.at(row, column)


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """What one solution of the core came to."""

    candidates: Pairs
    kept: Marks  # of the candidates
    proof: Prices
    bound: float
    fresh: Pairs
    short: int
    broken: Rules

    @property
    def chosen(self) -> Pairs:
        """Return the core's assignment."""
        return Pairs(self.candidates.row[self.kept], self.candidates.column[self.kept])


class Crossing:
    """The search, round by round."""

    def __init__(self, rest: Rest, seed: int, watch: Watch) -> None:
        self.rest, self.seed, self.watch = rest, seed, watch
        self.whole = rest.shape[0] * rest.shape[1] <= SMALL  # then the mend is exact
        self.core = core_of(rest)
        self.eased = Charged(rest.instance)
        self.eased.caps = self.core.caps
        self.groups = network.groups_of(self.core.caps, rest.shape[1])
        self.candidates = self._first()
        self.rules, self.toll = NO_RULES, np.zeros(0)
        self.dear = False
        self.bound, self.proof = np.inf, Prices(np.zeros(rest.shape[1]))
        self.worth, self.best, self.short = -np.inf, NO_PAIRS, 0
        self.size, self.idle = len(self.candidates) if self.whole else DOUBT, False  # of the mending
        self.rounds = 0

    @property
    def found(self) -> bool:
        """Say whether there is an assignment yet."""
        return bool(np.isfinite(self.worth))

    @property
    def gap(self) -> float:
        """Return how far the best assignment may be below the best possible, as a share."""
        return Progress(self.worth, self.bound, 0).gap

    def run(self) -> int:
        """Search until the gap is small, nothing helps any more, or the watch calls; return the number of rounds."""
        last = np.inf
        while self.rounds < ROUNDS:
            now = self._solve()
            settled = last - self.bound <= SETTLED * abs(self.bound)
            last = self.bound
            ripe = not now.short and (settled or not len(now.broken) or self.watch.over)
            if self.rounds == 1 if self.whole else ripe:
                self._mend(now)
            self.watch.tell(Progress(self.worth, self.bound, self.rounds))
            if self.found and (self.gap <= ENOUGH or self.watch.over):
                break
            if settled and self.idle:
                break
            self._charge(now)
            self._widen(now)
        if self.gap > POOR and not (self.found and self.watch.over):
            self._refine()
        if not self.found:
            raise Impossible(f"No assignment was found in {self.rounds} rounds.", max(self.short, 1))
        return self.rounds

    def _refine(self) -> None:
        """Where tolls one by one come to a halt, let linear programs find them together."""
        for left in reversed(range(REFINEMENTS)):
            found = program.solve(self.rest, self.candidates)
            if found is None:
                return
            self.rounds += 1
            kept = found.share > WHOLE
            chosen = Pairs(self.candidates.row[kept], self.candidates.column[kept])
            seen = look(self.rest, found.proof, chosen, self.candidates, tolerance=1e-9)
            if seen.bound < self.bound:
                self.bound, self.proof = seen.bound, found.proof
            halved = np.unique(chosen.row[found.share[kept] < 1 - WHOLE])
            broken = Rules(halved, halved, halved)
            now = Round(self.candidates, found.share > 0.5, found.proof, seen.bound, seen.fresh, 0, broken)
            last = not left or self.gap <= ENOUGH or not len(seen.fresh) or (self.found and self.watch.over)
            if last and not self.whole:
                self._mend(now)
            self.watch.tell(Progress(self.worth, self.bound, self.rounds))
            if last:
                return
            self._widen(now)

    def _solve(self) -> Round:
        """Solve the core with the present tolls, and price all pairs with the rules' own."""
        self.rounds += 1
        self.eased.charge = Charge(self.rest, Prices(self.proof.judge, *self.rules.key, self.toll))
        net = network.build(self.eased, self.candidates, self.groups, seed=self.seed, dear=self.dear)
        flows = flow.solve(net)
        kept = flows[: len(self.candidates)] > 0
        chosen = Pairs(self.candidates.row[kept], self.candidates.column[kept])
        eased = nested_tolls(self.eased, self.groups, chosen, flow.prices(net, flows))
        proof = folded(self.core, eased, self.rest, self.rules, self.toll)
        seen = look(self.rest, proof, chosen, self.candidates, tolerance=2 * network.LOT / net.unit)
        if seen.bound < self.bound:
            self.bound, self.proof = seen.bound, proof
        short, broken = int(flows[net.dummies].sum()), broken_rules(self.rest, chosen)
        return Round(self.candidates, kept, proof, seen.bound, seen.fresh, short, broken)

    def _charge(self, now: Round) -> None:
        """Set tolls for the rules that are broken, and anew for those that have one."""
        if now.short:
            return
        self.rules, self.toll = joined_rules(self.rules, self.toll, now.broken)
        self.toll = fitting_tolls(self.rest, self.core.caps, now.candidates, now.proof.judge, self.rules, self.toll)

    def _widen(self, now: Round) -> None:
        """Take in what improves."""
        if now.short and not len(now.fresh):
            if self.dear:
                raise Impossible(f"{now.short} places cannot be filled.", now.short)
            self.dear = True
        row, column = (
            np.concatenate(two)
            for two in ((self.candidates.row, now.fresh.row), (self.candidates.column, now.fresh.column))
        )
        self.candidates = pairs_of(row, column)

    def _mend(self, now: Round) -> None:
        """Settle the pairs in doubt, and keep the assignment when it is the best so far."""
        candidates = now.candidates
        charge = Charge(self.rest, now.proof)
        value = self.rest.worth_at(candidates.row, candidates.column) - now.proof.judge[candidates.column]
        value -= charge.at(candidates.row, candidates.column)
        threshold = np.full(self.rest.shape[0], np.inf)
        np.minimum.at(threshold, candidates.row[now.kept], value[now.kept])
        free = np.isin(candidates.row, now.broken.row)
        doubt = doubt_of(candidates, now.kept, value - threshold[candidates.row], free, size=self.size)
        found = mend(self.rest, doubt, seconds=self.watch.left)
        if self.whole and found.short and found.proved:
            raise Impossible(f"{found.short} places cannot be filled.", found.short)
        self.short = found.short
        everything = self.size >= len(candidates)
        self.size *= 2
        before = self.worth
        if not found.short:
            worth = self.rest.fixed + float(self.rest.worth_at(found.pairs.row, found.pairs.column).sum())
            if worth > self.worth:
                self.worth, self.best = worth, found.pairs
        self.idle = everything or (self.found and self.worth - before <= ENOUGH * abs(self.bound))

    def _first(self) -> Pairs:
        """Return where to begin: all pairs of a small problem, good ones of a large one."""
        n, m = self.rest.shape
        if not self.whole:
            return first_candidates(self.rest, seed=self.seed)
        row, column = np.divmod(np.arange(n * m), max(m, 1))
        free = self.rest.open_at(row, column)
        return Pairs(row[free], column[free])
