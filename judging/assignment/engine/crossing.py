"""The best assignment under panel rules that cross: a flow under what they imply, tolls on what it breaks, and a mend.

The flow keeps the nested core of the rules; rules it breaks are charged, each with the toll at which the entry's best
panel just keeps it; the prices move, and so on. Every round's prices and tolls prove a bound on all pairs. The few
places where the flow cannot decide are settled by a small whole-number program.
"""

from dataclasses import dataclass, replace

import numpy as np

from judging.assignment.engine import flow, network, program
from judging.assignment.engine.candidates import first_candidates
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.core import core_of, folded
from judging.assignment.engine.doubt import Doubt, around_short, doubt_of
from judging.assignment.engine.instance import NO_PAIRS, Floats, Impossible, Ints, Marks, Pairs, pairs_of
from judging.assignment.engine.mend import mend
from judging.assignment.engine.pricing import Charge, look, nested_tolls
from judging.assignment.engine.rest import Rest, holds
from judging.assignment.engine.tolls import NO_RULES, Rules, broken_rules, fitting_tolls, joined_rules
from judging.assignment.engine.watch import Progress, Watch

ENOUGH = 9e-5  # the gap, as a share, at which the search ends
AIM = 1e-5  # how far a mend may stay below the best among the pairs in doubt, as a share
SETTLED = 3e-4  # the fall of the bound in a round, as a share, from which on linear programs do better
FLAT = 4e-5  # the fall from which on mending is worth while
FEW = 40  # places that a mend leaves empty and that are looked at again from near
ROUNDS = 40
REFINEMENTS = 6
WIDER = 4  # times as many pairs as a mend decides on
REACH = 0.01  # spreads of score by which a linear program moves prices at most
WHOLE = 1e-6  # how near to 0 or 1 a share counts as whole
SMALL = 1_500  # pairs that are all in doubt
DOUBT = 2_500  # pairs in doubt at first
FULL = 20_000  # pairs that may all be in doubt at last
MOST = 10_000  # pairs in doubt at last


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
        self.worth, self.best = -np.inf, NO_PAIRS
        self.short: int | None = None  # places empty in the nearest that was found
        self.nearest = NO_PAIRS
        self.size = len(self.candidates) if self.whole else DOUBT  # of the mending
        self.rounds, self.spread = 0, float(np.ptp(rest.instance.score)) or 1.0

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
            if (
                self.rounds == 1
                if self.whole
                else not now.short and (settled or not len(now.broken) or self.watch.over)
            ):
                if self.whole:
                    self._mend(now)
                else:
                    self._refine(now)
                    break
            self.watch.tell(Progress(self.worth, self.bound, self.rounds))
            if (self.found and (self.gap <= ENOUGH or self.watch.over)) or (settled and self.whole):
                break
            self._charge(now)
            self._widen(now)
        if not self.found:
            raise self._refusal()
        return self.rounds

    def _refusal(self) -> Impossible:
        """Prove that there is no assignment, or say that none was found."""
        short = program.least_short(self.rest, self.candidates) if not self.watch.over else None
        if short is not None:
            return Impossible(f"{short} places cannot be filled.", short)
        nearest = pairs_of(
            np.append(self.nearest.row, self.rest.pinned.row), np.append(self.nearest.column, self.rest.pinned.column)
        )
        sentence = "No assignment was found that keeps all rules; it is not known whether there is one."
        return Impossible(sentence, max(self.short or 0, 1), proved=False, nearest=nearest)

    def _refine(self, now: Round) -> None:
        """Let linear programs set the tolls of what is in doubt together, and mend by these, while that helps."""
        reach = REACH * self.spread
        little = self.rest.shape[0] * self.rest.shape[1] <= FULL
        for left in reversed(range(4 * REFINEMENTS if little else REFINEMENTS)):
            self.watch.tell(Progress(self.worth, self.bound, self.rounds))
            if self.watch.over or (self.found and self.gap <= ENOUGH):
                break
            before, (now, fall) = self.gap, self._by_program(now, reach)
            if fall <= FLAT * abs(self.bound) or not left:
                self._mend(now)
                if not before - self.gap > ENOUGH / 4:
                    self.size = min(2 * self.size, MOST)
            if fall <= 0:
                reach /= 4
                now = self._by_flow(now)
            else:
                self._widen(now)
                now = self._among(now)
        if little and self.gap > ENOUGH and not self.watch.over:
            self.candidates, self.size = self._everything(), FULL
            now = self._among(now)
            self._mend(now)
        while not self.found:  # more and more pairs, until all are in doubt
            self._mend(now)
            if self.size >= len(now.candidates):
                break
            self.size *= WIDER

    def _by_program(self, now: Round, reach: float) -> tuple[Round, float]:
        """Set prices and tolls by a linear program on what is in doubt; return the round and the bound's fall."""
        now = replace(now, proof=self.proof)
        doubt = self._doubt(now, WIDER * self.size)
        found = program.solve(self.rest, doubt, self.proof, reach=reach)
        self.rounds += 1
        if found is None:
            return now, 0.0
        share, codes = np.zeros(len(now.candidates)), self._codes(now.candidates)
        share[np.searchsorted(codes, self._codes(doubt.chosen))] = 1.0
        share[np.searchsorted(codes, self._codes(doubt.open))] = found.share
        some = share > WHOLE
        chosen = Pairs(now.candidates.row[some], now.candidates.column[some])
        seen = look(self.rest, found.proof, chosen, now.candidates, tolerance=1e-9)
        fall = self.bound - seen.bound
        if fall > 0:
            self.bound, self.proof = seen.bound, found.proof
        halved = np.unique(chosen.row[share[some] < 1 - WHOLE])
        now = Round(now.candidates, share > 0.5, self.proof, seen.bound, seen.fresh, 0, Rules(halved, halved, halved))
        wrong, _ = joined_rules(now.broken, np.zeros(len(halved)), broken_rules(self.rest, now.chosen))
        return replace(now, broken=wrong), fall

    def _by_flow(self, now: Round) -> Round:
        """Return another round of the flow, which sees all candidates, from the best prices and tolls so far."""
        self._widen(now)
        proof = self.proof
        self.rules, self.toll = Rules(proof.row, proof.rule, proof.label), proof.toll
        return self._solve()

    def _among(self, now: Round) -> Round:
        """Return a round on the present candidates, which hold those that it had."""
        kept = holds(self._codes(now.chosen), self._codes(self.candidates))
        return replace(now, candidates=self.candidates, kept=kept)

    def _codes(self, pairs: Pairs) -> Ints:
        return pairs.row * self.rest.shape[1] + pairs.column

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

    def _doubt(self, now: Round, size: int) -> Doubt:
        """Return what is in doubt: pairs near their entry's threshold, and all of entries that break a rule or a load."""
        row, column = now.candidates.row, now.candidates.column
        value = self.rest.worth_at(row, column) - now.proof.judge[column] - Charge(self.rest, now.proof).at(row, column)
        threshold = np.full(self.rest.shape[0], np.inf)
        np.minimum.at(threshold, row[now.kept], value[now.kept])
        n, m = self.rest.shape
        chosen = now.chosen
        full = np.bincount(chosen.column, minlength=m) > self.rest.most
        wrong = np.bincount(chosen.row, minlength=n) != self.rest.wanted
        wrong[now.broken.row] = True
        wrong[chosen.row[full[chosen.column]]] = True
        return doubt_of(now.candidates, now.kept, value - threshold[row], wrong[row], size=size)

    def _mend(self, now: Round) -> None:
        """Settle the pairs in doubt, and keep the assignment when it is the best so far."""
        aim = 0.0 if self.whole else AIM * abs(self.bound)
        found = mend(self.rest, self._doubt(now, self.size), now.proof, aim=aim, seconds=self.watch.left)
        if self.whole and found.short and found.proved:
            raise Impossible(f"{found.short} places cannot be filled.", found.short)
        if 0 < found.short <= FEW and not self.whole:
            around = around_short(self.rest, now.candidates, found.pairs, now.proof)
            found = mend(self.rest, around, now.proof, aim=aim, seconds=self.watch.left)
        if self.short is None or found.short <= self.short:
            self.short, self.nearest = found.short, found.pairs
        if not found.short:
            worth = self.rest.fixed + float(self.rest.worth_at(found.pairs.row, found.pairs.column).sum())
            if worth > self.worth:
                self.worth, self.best = worth, found.pairs

    def _first(self) -> Pairs:
        """Return where to begin: all pairs of a small problem, good ones of a large one."""
        return self._everything() if self.whole else first_candidates(self.rest, seed=self.seed)

    def _everything(self) -> Pairs:
        """Return all pairs that may be chosen."""
        n, m = self.rest.shape
        row, column = np.divmod(np.arange(n * m), max(m, 1))
        free = self.rest.open_at(row, column)
        return Pairs(row[free], column[free])
