"""Who shall judge what: from codes to the engine's arrays and back.

A pure function: the same problem and seed give the same plan, in whatever order rows and columns come.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from judging.assignment import comparability, diagnosis
from judging.assignment.engine.bundle import packed
from judging.assignment.engine.comparison import links as links_of
from judging.assignment.engine.design import design
from judging.assignment.engine.floor import fair
from judging.assignment.engine.instance import (
    NO_PAIRS,
    Family,
    Impossible,
    Instance,
    Need,
    Pairs,
    broken,
    floor_of,
    loads_of,
    pairs_of,
    total_of,
)
from judging.assignment.engine.linking import link
from judging.assignment.engine.lottery import Lottery, faults, prepare
from judging.assignment.engine.lottery import Terms as Chances
from judging.assignment.engine.optimum import Solution, optimum
from judging.assignment.engine.repair import repair
from judging.assignment.engine.shares import Unfinished
from judging.assignment.engine.watch import Progress, Watch
from judging.assignment.problem import Aim, Ask, Cause, Diagnosis, Link, Pair, Plan, Problem, Proof

Tick = Callable[[str, float | None], bool]  # phase and gap so far; False: stop with the best there is
BALANCED = 400_000  # pairs up to which loads are evened out among equally good plans
SAME = 1e-9
RULES = ("unit", "region")


def go_on(_phase: str, _gap: float | None) -> bool:
    """Never stop."""
    return True


def plan(problem: Problem, ask: Ask | None = None, *, tick: Tick = go_on, seconds: float = float("inf")) -> Plan:
    """Give every candidate its judges: fit first, then balanced loads, then the seed's lot.

    Parameters
    ----------
    problem
        Candidates, judges, who may judge what, the fit of each pair, and the pairs that must stay.
    ask
        What the plan aims at; without it the best total.
    tick
        Hears of progress; when it answers False, the best plan so far is returned.
    seconds
        After which the best plan so far is returned.

    Returns
    -------
    Plan
        With the pairs, their total and an upper bound of it; or without pairs and with a diagnosis that names the
        candidates and judges that clash.
    """
    ask, problem = ask or Ask(), problem.in_order()
    if not problem.demands:
        return Plan()
    if not problem.places:
        return Plan(diagnosis=diagnosis.without_judges(problem))
    instance, watch = instance_of(problem), Watch(seconds=seconds)
    watch.told = lambda progress: _hear(watch, tick, progress)
    try:
        best = optimum(instance, seed=problem.seed, watch=watch)
    except Impossible as refusal:
        found = diagnosis.diagnose(problem, instance, ways=not ask.quick)
        return Plan(diagnosis=found if refusal.proved else diagnosis.unless_unknown(found, refusal.short))
    if not tick(ask.aim.value, best.gap) and ask.aim is not Aim.RANDOM:  # what is not drawn is no draw
        return _answer(problem, instance, best, best.pairs)
    if ask.aim is Aim.FAIR:
        return _answer(problem, instance, best, _fair(problem, instance, best, even=not ask.quick))
    if ask.aim is Aim.CALIBRATION:
        return _answer(problem, instance, best, _designed(problem, instance, best, ask.give, watch))
    if ask.aim is Aim.RANDOM:
        return _drawn(problem, instance, best, ask, watch)
    if ask.aim is Aim.REPAIR:
        present = _positions(problem, problem.present)
        mended = repair(instance, present, NO_PAIRS, seed=problem.seed)  # what has begun is pinned already
        return _answer(problem, instance, best, mended.pairs)
    balanced = best.pairs if ask.quick else _balanced(problem, instance, best)
    joined = _joined(problem, instance, best, balanced)
    conceded = total_of(instance, balanced) - total_of(instance, joined)
    return _answer(problem, instance, best, joined, conceded=conceded)


def linked(problem: Problem, pairs: tuple[Pair, ...], links: Sequence[Link]) -> Plan | None:
    """Give groups of judges candidates in common, by the cheapest changes of a plan.

    Parameters
    ----------
    problem
        What the plan solved.
    pairs
        The plan.
    links
        Pairs of groups and how many candidates they shall have in common. A judge belongs to one group at most; where two
        links say otherwise, the later one counts.

    Returns
    -------
    Plan or None
        None when the pairs do not keep the rules of the problem. As long as the links can be made so, no candidate falls
        below the plan's worst served one; where rules and loads do not allow so many, as many as can be.
    """
    problem = problem.in_order()
    instance, present = instance_of(problem), _positions(problem, frozenset(pairs))
    if broken(instance, present):
        return None
    best = optimum(instance, seed=problem.seed)
    label, least = _grouped(problem, links)
    floor = np.full(len(problem.demands), floor_of(instance, present))
    made = link(instance, present, label, least, prices=best.prices, floor=floor, seed=problem.seed)
    if made.short:
        free = link(instance, present, label, least, prices=best.prices, seed=problem.seed)
        made = min(made, free, key=lambda one: sum(missing for _a, _b, missing in one.short))
    joined = _joined(problem, instance, best, made.pairs)
    held = not np.any(np.triu(links_of(joined, label) < np.minimum(made.links, least), 1))
    return _answer(problem, instance, best, joined if held else made.pairs)


def _grouped(problem: Problem, links: Sequence[Link]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the group of each judge, -1 for none, and how many candidates each two groups shall have in common."""
    columns, groups = problem.columns(), dict[tuple[str, ...], int]()
    label = np.full(len(columns), -1, dtype=np.int64)
    for one in links:
        for judges in (one.judges, one.others):
            number = groups.setdefault(judges, len(groups))
            label[[columns[code] for code in judges if code in columns]] = number
    least = np.zeros((len(groups), len(groups)), dtype=np.int64)
    for one in links:
        low, high = sorted((groups[one.judges], groups[one.others]))
        least[low, high] = max(least[low, high], one.least)
    return label, least


def _hear(watch: Watch, tick: Tick, progress: Progress) -> None:
    if not tick("flow", progress.gap if np.isfinite(progress.gap) else None):
        watch.cancel()


def instance_of(problem: Problem) -> Instance:
    """Return a problem, in its order, as the engine takes it."""
    places = problem.places
    families = [Family(_labels(problem, rule), name=rule, spared=_spared(problem, rule)) for rule in RULES]
    return Instance(
        score=problem.score,
        allowed=problem.allowed,
        wanted=np.array([demand.wanted for demand in problem.demands], dtype=np.int64),
        least=np.array([place.least for place in places], dtype=np.int64),
        most=np.array([place.room for place in places], dtype=np.int64),
        pinned=_positions(problem, problem.pinned),
        families=tuple(family for family in families if _binds(family)),
        needs=tuple(
            Need(np.array([kind in place.kinds for place in places]), least, kind, _spared(problem, kind))
            for kind, least in problem.needs
        ),
    )


def _labels(problem: Problem, rule: str) -> NDArray[np.int64]:
    own = [next((g for g in place.groups if g.startswith(f"{rule}:")), "") for place in problem.places]
    names = {group: number for number, group in enumerate(sorted({group for group in own if group}))}
    return np.array([names.get(group, -1) for group in own], dtype=np.int64)


def _binds(family: Family) -> bool:
    known = family.label[family.label >= 0]
    return len(known) > len(np.unique(known))


def _spared(problem: Problem, rule: str) -> NDArray[np.bool_] | None:
    codes = {code for name, code in problem.spared if name == rule}
    return np.array([demand.code in codes for demand in problem.demands]) if codes else None


def _positions(problem: Problem, pairs: frozenset[Pair]) -> Pairs:
    return pairs_of(*np.nonzero(problem.grid(pairs)))


def _fair(problem: Problem, instance: Instance, best: Solution, *, even: bool = True) -> Pairs:
    """Return the plan with the highest lowest entry; where the best total allows that floor, the one with even loads."""
    made = fair(instance, best.pairs, prices=best.prices, seed=problem.seed)
    if even and made.total >= best.total - SAME * max(1.0, abs(best.total)):
        balanced = _balanced(problem, instance, best)
        if floor_of(instance, balanced) >= made.floor - SAME:
            return balanced
    return made.pairs


def _designed(problem: Problem, instance: Instance, best: Solution, give: float, watch: Watch) -> Pairs:
    """Return the plan in which severities are known best, within the share of fit that may be given up for it."""
    begun = _fair(problem, instance, best)
    made = design(instance, begun, give=give, prices=best.prices, best=best.total, seed=problem.seed, watch=watch)
    return made.pairs


def _drawn(problem: Problem, instance: Instance, best: Solution, ask: Ask, watch: Watch) -> Plan:
    """Return the plan that the secret draws, or why there is none."""
    try:
        lottery = lottery_of(problem, ask.cap, instance, watch=watch)
    except Impossible:
        return Plan(diagnosis=Diagnosis(Cause.CAP, (), (), 0, 0))
    except Unfinished:
        return Plan(diagnosis=Diagnosis(Cause.STOPPED, (), (), 0, 0))
    made, chances = _answer(problem, instance, best, lottery.draw(ask.secret)), lottery.marginals
    return replace(
        made,
        expected=round(chances.expected, 6),
        seal=lottery.seal(ask.secret),
        mixed=0 if chances.plans is None else len(chances.plans),
        limit=round(chances.bound, 6),
        chances=b"" if chances.plans is None else packed(chances),
    )


def lottery_of(
    problem: Problem, cap: float, instance: Instance | None = None, *, watch: Watch | None = None, chances: bytes = b""
) -> Lottery:
    """Return the chances of a draw, ready to be sealed and drawn; from the file of its plans where there is one."""
    entries, judges = [demand.code for demand in problem.demands], [place.code for place in problem.places]
    asked = instance or instance_of(problem)
    return prepare(asked, Chances(cap=cap), rows=entries, columns=judges, watch=watch, plans=chances)


def faults_of(
    problem: Problem, cap: float, secret: str, seal: str, pairs: tuple[Pair, ...], chances: bytes = b""
) -> tuple[str, ...]:
    """Draw again, and say what does not hold of a draw: problem, chances, seal, draw. Nothing: it was as it was sealed."""
    problem = problem.in_order()
    instance = instance_of(problem)
    entries, judges = [demand.code for demand in problem.demands], [place.code for place in problem.places]
    return faults(
        instance,
        lottery_of(problem, cap, instance, chances=chances),
        secret,
        seal,
        _positions(problem, frozenset(pairs)),
        terms=Chances(cap=cap),
        rows=entries,
        columns=judges,
    )


def _balanced(problem: Problem, instance: Instance, best: Solution) -> Pairs:
    """Return an equally good plan whose loads lie as close together as possible."""
    n, m = instance.shape
    if n * m > BALANCED:
        return best.pairs
    found, (low, high) = best.pairs, _range(instance, best.pairs)
    floor, ceiling = len(found) // m, -(-len(found) // m)
    inner, outer = 0, max(high - ceiling, floor - low)  # loads within floor - spread … ceiling + spread
    while inner < outer:
        spread = (inner + outer) // 2
        narrow = instance.but(
            least=np.minimum(np.maximum(instance.least, floor - spread), np.maximum(instance.most, 0)),
            most=np.maximum(np.minimum(instance.most, ceiling + spread), instance.least),
        )
        try:
            tried = optimum(narrow, seed=problem.seed)
        except Impossible:
            inner = spread + 1
            continue
        if tried.worth >= best.worth - SAME * max(1.0, abs(best.worth)):
            found, outer = tried.pairs, spread
        else:
            inner = spread + 1
    return found


def _range(instance: Instance, pairs: Pairs) -> tuple[int, int]:
    loads = loads_of(instance, pairs)
    return int(loads.min()), int(loads.max())


def _joined(problem: Problem, instance: Instance, best: Solution, pairs: Pairs) -> Pairs:
    """Return the plan with judges linked where a link was missing, at the lowest loss of fit."""
    if comparability.count_parts(pairs.grid(*problem.score.shape)) < 2:
        return pairs
    lowest = float(instance.score.min()) * int(instance.wanted.max(initial=0)) - 1.0  # no floor stands in the way
    return design(instance, pairs, give=0, steps=0, floor=lowest, prices=best.prices, seed=problem.seed).pairs


def _answer(
    problem: Problem,
    instance: Instance,
    best: Solution,
    pairs: Pairs,
    *,
    conceded: float = 0.0,
) -> Plan:
    codes = [(problem.demands[i].code, problem.places[j].code) for i, j in zip(pairs.row, pairs.column, strict=True)]
    total = round(total_of(instance, pairs), 6)
    return Plan(
        pairs=tuple(codes),
        total=total,
        bound=max(total, round(best.bound, 6)),
        best=round(best.total, 6) if best.searched else None,
        conceded=round(conceded, 6),
        loads={p.code: int(load) for p, load in zip(problem.places, loads_of(instance, pairs), strict=True)},
        parts=comparability.count_parts(pairs.grid(*problem.score.shape)),
        proof=Proof(
            tuple(float(price) for price in best.proof.judge),
            round(best.bound, 6),
            tuple(zip(*(part.tolist() for part in _tolls(best)), strict=True)),
        ),
    )


def _tolls(best: Solution) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    return best.proof.row, best.proof.rule, best.proof.label, best.proof.toll
