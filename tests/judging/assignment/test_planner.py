"""The planner: every rule kept in every plan, nothing better possible, and a reason where nothing is possible."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.figures import figures_of
from judging.assignment.planner import faults_of, plan
from judging.assignment.problem import Aim, Ask, Cause, Demand, Place, Problem, RepairKind, unpacked

RANDOM = settings(max_examples=40, deadline=None)


@st.composite
def problems(draw: st.DrawFn, candidates: int = 8, judges: int = 7) -> Problem:
    """Small problems with ties, conflicts, groups, bounds and pins."""
    n, m = draw(st.integers(1, candidates)), draw(st.integers(1, judges))
    wanted = draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    score = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5]), min_size=n * m, max_size=n * m))
    allowed = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=n * m, max_size=n * m))
    groups = draw(st.lists(st.sampled_from([(), ("unit:a",), ("unit:b",), ("unit:c",)]), min_size=m, max_size=m))
    bounds = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(2, 9)), min_size=m, max_size=m))
    return Problem(
        demands=tuple(Demand(f"K{i}", wanted[i]) for i in range(n)),
        places=tuple(Place(f"J{j}", *bounds[j], groups[j]) for j in range(m)),
        score=np.array(score).reshape(n, m),
        allowed=np.array(allowed).reshape(n, m),
        seed=draw(st.integers(0, 99)),
    )


def square(n: int, m: int, wanted: int, *, least: int = 0, room: int = 99, seed: int = 1, **values: object) -> Problem:
    """A problem without fit or conflicts."""
    preset = {
        "demands": tuple(Demand(f"K{i}", wanted) for i in range(n)),
        "places": tuple(Place(f"J{j}", least, room) for j in range(m)),
        "score": np.zeros((n, m)),
        "allowed": np.ones((n, m), dtype=bool),
        "seed": seed,
    }
    return Problem(**preset | values)  # type: ignore[arg-type]


def broken_rules(problem: Problem, pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """Every rule that a plan breaks, looked for without the planner's own code."""
    found = []
    rows = {demand.code: i for i, demand in enumerate(problem.demands)}
    columns = {place.code: j for j, place in enumerate(problem.places)}
    found += ["pair twice"] * (len(set(pairs)) != len(pairs))
    found += [
        "barred"
        for pair in pairs
        if pair not in problem.pinned and not problem.allowed[rows[pair[0]], columns[pair[1]]]
    ]
    for demand in problem.demands:
        own = [problem.places[columns[judge]] for code, judge in pairs if code == demand.code]
        found += ["count"] * (len(own) != demand.wanted)
        groups = [group for place in own for group in place.groups]
        found += ["group twice"] * (len(groups) != len(set(groups)))
    for place in problem.places:
        load = sum(judge == place.code for _code, judge in pairs)
        found += ["load"] * (not place.least <= load <= place.room)
    return found


def total(problem: Problem, pairs: tuple[tuple[str, str], ...]) -> float:
    """The fit of all pairs together."""
    rows = {demand.code: i for i, demand in enumerate(problem.demands)}
    columns = {place.code: j for j, place in enumerate(problem.places)}
    return float(sum(problem.score[rows[code], columns[judge]] for code, judge in pairs))


@RANDOM
@given(problems())
def test_every_plan_keeps_every_rule(problem: Problem) -> None:
    made = plan(problem)
    assert made.diagnosis is not None or broken_rules(problem, made.pairs) == []


@RANDOM
@given(problems())
def test_total_and_bound_agree_with_the_pairs(problem: Problem) -> None:
    made = plan(problem)
    assert made.diagnosis is not None or (
        made.total == pytest.approx(total(problem, made.pairs)) and made.gap == pytest.approx(made.conceded)
    )


@RANDOM
@given(problems(), st.randoms(use_true_random=False))
def test_plan_does_not_depend_on_the_order_of_rows(problem: Problem, lot: object) -> None:
    rows, columns = list(range(len(problem.demands))), list(range(len(problem.places)))
    lot.shuffle(rows)  # type: ignore[attr-defined]
    lot.shuffle(columns)  # type: ignore[attr-defined]
    turned = Problem(
        tuple(problem.demands[i] for i in rows),
        tuple(problem.places[j] for j in columns),
        problem.score[np.ix_(rows, columns)],
        problem.allowed[np.ix_(rows, columns)],
        problem.pinned,
        problem.seed,
    )
    assert plan(turned) == plan(problem)


@settings(max_examples=25, deadline=None)
@given(problems(candidates=3, judges=4))
def test_no_plan_is_better_than_the_one_found(problem: Problem) -> None:
    choices = [itertools.combinations([p.code for p in problem.places], demand.wanted) for demand in problem.demands]
    best = None
    for chosen in itertools.product(*choices):
        pairs = tuple((d.code, judge) for d, judges in zip(problem.demands, chosen, strict=True) for judge in judges)
        if not broken_rules(problem, pairs):
            best = max(total(problem, pairs), best if best is not None else -1.0)
    made = plan(problem)
    assert (made.bound if made.diagnosis is None else None) == (None if best is None else pytest.approx(best))


def test_pinned_pairs_stay() -> None:
    score = np.array([[0.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    made = plan(square(2, 3, 1, score=score, pinned=frozenset({("K0", "J0")})))
    assert ("K0", "J0") in made.pairs


def test_loads_are_balanced_where_fit_does_not_decide() -> None:
    made = plan(square(30, 6, 3))
    assert set(made.loads.values()) == {15}


def test_all_judges_can_be_compared() -> None:
    made = plan(square(24, 8, 2))
    assert made.parts == 1


def test_parts_are_joined_at_the_lowest_loss_of_fit() -> None:
    fits = np.kron(np.eye(2), np.ones((4, 2)))  # two industries without a common judge
    made = plan(square(8, 4, 2, score=fits))
    assert (made.parts, made.bound, made.conceded) == (1, 16.0, 1.0)


def test_candidate_with_too_few_judges_is_named() -> None:
    allowed = np.ones((3, 4), dtype=bool)
    allowed[1, 1:] = False
    made = plan(square(3, 4, 2, allowed=allowed))
    assert made.diagnosis is not None
    assert (made.diagnosis.cause, made.diagnosis.candidates) == (Cause.FEW_JUDGES, ("K1",))


def test_clash_names_exactly_the_candidates_and_judges_in_it() -> None:
    allowed = np.ones((20, 8), dtype=bool)
    allowed[:6, 2:] = False  # six candidates may use two judges only
    places = tuple(Place(f"J{j}", 0, 5 if j < 2 else 40) for j in range(8))
    clash = plan(square(20, 8, 2, allowed=allowed, places=places)).diagnosis
    assert clash is not None
    assert (clash.candidates, clash.judges) == (tuple(f"K{i}" for i in range(6)), ("J0", "J1"))
    assert (clash.wanted, clash.room, clash.wanted - clash.room) == (12, 10, 2)


def test_cheapest_repair_makes_the_plan_possible() -> None:
    problem = square(10, 4, 3, room=7)
    repairs = {r.code: r.by for r in plan(problem).diagnosis.repairs if r.kind is RepairKind.MORE}  # type: ignore[union-attr]
    wider = tuple(Place(p.code, p.least, p.room + repairs.get(p.code, 0)) for p in problem.places)
    assert plan(square(10, 4, 3, places=wider)).diagnosis is None
    assert sum(repairs.values()) == 2


def test_minimum_loads_that_cannot_be_filled_are_named() -> None:
    clash = plan(square(4, 4, 1, least=2)).diagnosis
    assert clash is not None
    assert (clash.cause, clash.wanted, clash.room) == (Cause.MINIMUM, 8, 4)


def test_round_without_judges_is_said_to_have_none() -> None:
    assert plan(square(2, 0, 2)).diagnosis is not None


@pytest.mark.parametrize("wanted", [3, 5])
def test_provincial_round_is_planned_to_the_optimum(wanted: int) -> None:
    lot = np.random.default_rng(4)
    score = lot.choice([0.5, 1.5], (240, 36))
    allowed = lot.random((240, 36)) > 0.05
    places = tuple(Place(f"J{j:02}", 10, 40, (f"unit:{j // 2}",)) for j in range(36))
    problem = square(240, 36, wanted, score=score, allowed=allowed, places=places)
    made = plan(problem)
    assert made.optimal
    assert broken_rules(problem, made.pairs) == []


def varied(n: int = 30, m: int = 10, wanted: int = 3, **values: object) -> Problem:
    """A problem with fits of its own for every pair and employers in twos."""
    score = np.round(np.random.default_rng(2).random((n, m)), 2)
    places = tuple(Place(f"J{j}", 2, 20, (f"unit:{j // 2}",)) for j in range(m))
    return square(n, m, wanted, **{"score": score, "places": places} | values)  # type: ignore[arg-type]


def lowest(problem: Problem, pairs: tuple[tuple[str, str], ...]) -> float:
    """The sum of fits of the worst served candidate."""
    return min(total(problem, tuple(pair for pair in pairs if pair[0] == d.code)) for d in problem.demands)


@pytest.mark.parametrize("aim", list(Aim))
def test_plan_of_every_aim_keeps_every_rule(aim: Aim) -> None:
    problem = varied()
    made = plan(problem, Ask(aim, secret="s"))
    assert broken_rules(problem, made.pairs) == []
    assert made.total <= made.bound + 1e-6


def test_fair_plan_serves_the_worst_better_and_the_total_worse() -> None:
    problem = varied()
    best, fair = plan(problem), plan(problem, Ask(Aim.FAIR))
    assert lowest(problem, fair.pairs) >= lowest(problem, best.pairs)
    assert fair.total <= best.total
    assert fair.bound == best.bound


def test_plan_for_calibration_tells_judges_apart_better_within_what_may_be_given_up() -> None:
    problem = varied()
    best, made = plan(problem), plan(problem, Ask(Aim.CALIBRATION, give=0.01))
    assert figures_of(problem, made).error < figures_of(problem, best).error
    assert made.total >= 0.99 * best.total - 1e-9


def test_repair_keeps_all_that_can_stay() -> None:
    problem = varied()
    before = plan(problem).pairs
    without = replace(
        problem, places=tuple(replace(p, least=0, room=0 if p.code == "J0" else 20) for p in problem.places)
    )
    after = plan(replace(without, present=frozenset(before)), Ask(Aim.REPAIR)).pairs
    assert set(before) - set(after) == {pair for pair in before if pair[1] == "J0"}


def test_draw_is_the_same_for_the_same_secret_only() -> None:
    problem = varied()
    first, again, other = (plan(problem, Ask(Aim.RANDOM, secret=secret)) for secret in ("a", "a", "b"))
    assert first == again
    assert first.pairs != other.pairs
    assert first.seal != other.seal


def test_draw_under_rules_that_cross_keeps_them_and_can_be_checked() -> None:
    crossing = tuple(Place(f"J{j}", 0, 30, (f"unit:{j // 2}", f"region:{j % 4}")) for j in range(10))
    problem = varied(places=crossing)
    made = plan(problem, Ask(Aim.RANDOM, secret="s"))
    groups = {place.code: place.groups for place in crossing}
    met = [(code, group) for code, judge in made.pairs for group in groups[judge]]
    assert len(set(met)) == len(met) > 0
    assert (made.mixed, made.limit or 0) >= (16, made.expected or 0)
    assert faults_of(problem, 0.5, "s", made.seal, made.pairs, made.chances) == ()
    assert faults_of(problem, 0.5, "t", made.seal, made.pairs, made.chances) == ("seal", "draw")


def test_draw_that_is_called_off_is_no_plan() -> None:
    crossing = tuple(Place(f"J{j}", 0, 30, (f"unit:{j // 2}", f"region:{j % 4}")) for j in range(10))
    clash = plan(varied(places=crossing), Ask(Aim.RANDOM, secret="s"), tick=lambda *_: False).diagnosis
    assert clash is not None
    assert clash.cause is Cause.STOPPED


def test_chance_too_low_for_a_draw_is_said_to_be_so() -> None:
    clash = plan(varied(), Ask(Aim.RANDOM, cap=0.2, secret="s")).diagnosis
    assert clash is not None
    assert clash.cause is Cause.CAP


def test_senior_judge_is_on_every_panel_that_needs_one() -> None:
    places = tuple(Place(f"J{j}", 0, 20, (), ("senior",) if j < 3 else ()) for j in range(10))
    made = plan(varied(places=places, needs=(("senior", 1),)))
    seniors = {"J0", "J1", "J2"}
    assert {code for code, judge in made.pairs if judge in seniors} == {f"K{i}" for i in range(30)}


@pytest.mark.parametrize("divisor", [100, 7])
def test_problem_comes_back_from_its_file_as_it_was(divisor: int) -> None:
    score = np.random.default_rng(3).integers(-50, 300, (30, 10)) / divisor
    problem = varied(
        score=score, pinned=frozenset({("K1", "J2")}), spared=frozenset({("unit", "K3")}), needs=(("senior", 1),)
    )
    again = unpacked(problem.packed())
    assert again.packed() == problem.packed()
    assert np.array_equal(again.score, problem.in_order().score)
    assert (again.pinned, again.spared, again.needs, again.places) == (
        problem.pinned,
        problem.spared,
        problem.needs,
        tuple(sorted(problem.places, key=lambda place: place.code)),
    )


def test_first_look_at_an_impossible_plan_names_the_clash_without_ways_out() -> None:
    clash = plan(square(10, 4, 3, room=7), Ask(quick=True)).diagnosis
    assert clash is not None
    assert (clash.wanted, clash.room, clash.ways) == (30, 28, ())
