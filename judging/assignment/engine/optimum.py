"""The best assignment there is, proved on all pairs: a flow among good candidates, priced until nothing is left out."""

from dataclasses import dataclass, replace

import numpy as np

from judging.assignment.engine import flow, network
from judging.assignment.engine.candidates import first_candidates
from judging.assignment.engine.certificate import Prices
from judging.assignment.engine.crossing import Crossing
from judging.assignment.engine.diagnosis import first_short, lay_out
from judging.assignment.engine.instance import Floats, Impossible, Instance, Pairs, objective_of, pairs_of, total_of
from judging.assignment.engine.middle import settle
from judging.assignment.engine.pricing import closed_tolls, look, near, nested_tolls
from judging.assignment.engine.rest import Rest
from judging.assignment.engine.watch import Progress, Watch

ENOUGH = 2e-7  # the gap, as a share of the worth, at which an assignment counts as proved
ROUNDS = 200
BAND = 0.01  # spreads of worth below the threshold from which pairs are brought along
NEAR = 0.15  # spreads below it within which first candidates stay


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An assignment and the proof of how good it is.

    Attributes
    ----------
    pairs
        With the pinned ones.
    total
        Their affinity.
    worth
        Affinity and nudges: what was maximised.
    bound
        No assignment is worth more; `certificate.bound_of(instance, proof)` says so again.
    proof
        Prices of judges and tolls of panel rules.
    rounds
        How often the candidates were widened.
    searched
        Whether a whole-number program over all pairs has shown that no assignment is worth more, which prices cannot
        always show where panel rules cross.
    """

    pairs: Pairs
    total: float
    worth: float
    bound: float
    proof: Prices
    rounds: int
    searched: bool = False

    @property
    def prices(self) -> Floats:
        """Return the judges' prices, float64 (m,)."""
        return self.proof.judge

    @property
    def gap(self) -> float:
        """Return how far below the best possible the assignment may be, as a share of its worth."""
        return (
            0.0 if self.searched else max(0.0, self.bound - self.worth) / max(abs(self.bound), abs(self.worth), 1e-300)
        )


def optimum(instance: Instance, *, seed: int = 0, watch: Watch | None = None) -> Solution:
    """Return an assignment of the greatest worth, with the proof.

    Parameters
    ----------
    instance
        The problem. Ties are broken by position and seed: who wants the same answer whatever the order of rows and
        columns sorts them first, by code.
    seed
        Of the lot among assignments of equal worth.
    watch
        Hears of progress and may end the search early, with the best assignment so far.

    Raises
    ------
    Impossible
        If no assignment keeps all rules.
    """
    watch = watch or Watch()
    rest = Rest(instance)
    _check_sums(rest)
    if rest.caps:
        _check_rules(instance)
    if not network.are_nested(rest.caps):
        settled = None if watch.over else settle(rest, seed, watch.left)
        if settled is not None:
            found = _solution(rest, settled.pairs, settled.bound, settled.proof, 1)
            watch.tell(Progress(found.worth, found.worth, 1))
            return replace(found, searched=True)
        search = Crossing(rest, seed, watch)
        rounds = search.run()
        return _solution(rest, search.best, search.bound, search.proof, rounds)
    return _priced(rest, seed, watch)


def _check_sums(rest: Rest) -> None:
    wanted, least, most = int(rest.wanted.sum()), int(rest.least.sum()), int(rest.most.sum())
    if wanted > most:
        raise Impossible(f"{wanted} places are wanted, {most} are there.", wanted - most)
    if wanted < least:
        raise Impossible(f"The judges' least loads are {least} places, {wanted} are wanted.", least - wanted)


def _check_rules(instance: Instance) -> None:
    """Look for a clash by largest flows first: rounds of pricing find out as well, but take a hundred times as long."""
    found = first_short(lay_out(instance))
    if found is not None:
        raise Impossible(f"{found[0].short} places cannot be filled.", found[0].short)


def _priced(rest: Rest, seed: int, watch: Watch) -> Solution:
    groups = network.groups_of(rest.caps, rest.shape[1])
    candidates = first_candidates(rest, seed=seed)
    dear = False
    for rounds in range(1, ROUNDS + 1):
        net = network.build(rest, candidates, groups, seed=seed, dear=dear)
        flows = flow.solve(net)
        kept = flows[: len(candidates)] > 0
        chosen = Pairs(candidates.row[kept], candidates.column[kept])
        short = int(flows[net.dummies].sum())
        proof = nested_tolls(rest, groups, chosen, flow.prices(net, flows))
        spread = net.spread / net.unit
        seen = look(rest, proof, chosen, candidates, tolerance=2 * network.LOT / net.unit, band=BAND * spread)
        if not short:
            worth = rest.fixed + float(rest.worth_at(chosen.row, chosen.column).sum())
            progress = Progress(worth, seen.bound, rounds)
            watch.tell(progress)
            if progress.gap <= ENOUGH or not seen.improving or watch.over:
                return _solution(rest, chosen, seen.bound, proof, rounds)
        elif not len(seen.fresh) and dear:
            raise Impossible(f"{short} places cannot be filled.", short)
        dear = dear or not len(seen.fresh)
        if rounds == 1 and not short:
            candidates = near(rest, proof, candidates, kept, within=NEAR * spread)
        candidates = pairs_of(
            np.concatenate([candidates.row, seen.fresh.row]), np.concatenate([candidates.column, seen.fresh.column])
        )
    raise Impossible(f"No assignment was found in {ROUNDS} rounds.", short)


def _solution(rest: Rest, chosen: Pairs, bound: float, proof: Prices, rounds: int) -> Solution:
    pinned = rest.pinned
    pairs = pairs_of(np.concatenate([chosen.row, pinned.row]), np.concatenate([chosen.column, pinned.column]))
    worth = objective_of(rest.instance, pairs)
    return Solution(pairs, total_of(rest.instance, pairs), worth, max(bound, worth), closed_tolls(rest, proof), rounds)
