"""A sealed draw: whoever has seed and problem draws the same, and no order of rows matters."""

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment.engine.digests import in_order, problem_digest
from judging.assignment.engine.instance import broken, pairs_of
from judging.assignment.engine.lottery import Terms, broken_limits, faults, prepare
from tests.judging.assignment.engine.test_random_mode import ruled

TERMS = Terms(cap=0.5, bits=4)
ENTRIES, JUDGES = [f"K{i:02}" for i in range(16)], [f"J{j:02}" for j in range(15)]


def test_anybody_with_seed_and_problem_draws_the_same():
    instance = ruled(1)
    lottery = prepare(instance, TERMS, rows=ENTRIES, columns=JUDGES)
    seal = lottery.seal("a secret")
    pairs = lottery.draw("a secret")
    other = prepare(ruled(1), TERMS, rows=ENTRIES, columns=JUDGES)
    assert broken(instance, pairs) == {}
    assert faults(instance, other, "a secret", seal, pairs, terms=TERMS, rows=ENTRIES, columns=JUDGES) == ()


def test_the_seal_is_a_hash_of_three_lines():
    lottery = prepare(ruled(1), TERMS)
    lines = f"a secret\n{lottery.problem}\n{lottery.chances}\n"
    assert lottery.seal("a secret") == sha256(lines.encode()).hexdigest()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([None, 0.85]))
def test_the_order_of_rows_and_columns_changes_nothing(seed, share):
    lot = np.random.default_rng(seed)
    instance, terms = ruled(seed % 20, pinned=pairs_of(np.array([3]), np.array([4]))), Terms(0.6, share, 5)
    rows, columns = lot.permutation(16), lot.permutation(15)
    one = prepare(instance, terms, rows=ENTRIES, columns=JUDGES)
    names = [ENTRIES[i] for i in rows], [JUDGES[j] for j in columns]
    other = prepare(in_order(instance, rows, columns), terms, rows=names[0], columns=names[1])
    first, second = one.draw("s"), other.draw("s")
    assert (one.problem, one.chances) == (other.problem, other.chances)
    assert {(ENTRIES[i], JUDGES[j]) for i, j in zip(first.row, first.column, strict=True)} == {
        (names[0][i], names[1][j]) for i, j in zip(second.row, second.column, strict=True)
    }


def test_every_change_of_the_problem_changes_its_digest():
    instance = ruled(1)
    score, allowed = instance.score.copy(), instance.allowed.copy()
    score[2, 3] += 1e-9
    allowed[0, 0] = ~allowed[0, 0]
    family, need = instance.families[0], instance.needs[0]
    others = [
        instance.but(score=score),
        instance.but(allowed=allowed),
        instance.but(wanted=instance.wanted + 1),
        instance.but(most=instance.most + 1),
        instance.but(least=instance.least * 0),
        instance.but(pinned=pairs_of(np.array([1]), np.array([1]))),
        instance.but(nudged=pairs_of(np.array([1]), np.array([1])), nudge=np.array([0.5])),
        instance.but(families=()),
        instance.but(families=(replace(family, most=2),)),
        instance.but(families=(replace(family, spared=np.arange(16) == 1),)),
        instance.but(needs=(replace(need, member=~need.member),)),
    ]
    assert len({problem_digest(each) for each in (instance, *others)}) == len(others) + 1


def test_labels_of_a_rule_may_have_any_numbers():
    instance = ruled(1)
    family = instance.families[0]
    assert problem_digest(instance) == problem_digest(instance.but(families=(replace(family, label=9 - family.label),)))


@pytest.mark.parametrize(
    ("what", "expected"), [("seed", ("seal", "draw")), ("pairs", ("draw",)), ("problem", ("problem", "chances"))]
)
def test_what_does_not_hold_is_named(what, expected):
    instance = ruled(1)
    lottery = prepare(instance, TERMS)
    seal, pairs, seed = lottery.seal("a secret"), lottery.draw("a secret"), "a secret"
    if what == "seed":
        seed = "another"
    if what == "pairs":
        pairs = lottery.draw("another")
    if what == "problem":
        instance = instance.but(wanted=instance.wanted - 1)
    assert faults(instance, lottery, seed, seal, pairs, terms=TERMS) == expected


def test_chances_above_the_cap_are_found():
    instance = ruled(1)
    lottery = prepare(instance, TERMS)
    assert broken_limits(instance, lottery.marginals, TERMS) == {}
    found = broken_limits(instance, lottery.marginals, Terms(cap=0.25))
    assert found["pairs"] > 0


def test_two_judges_of_one_name_are_refused():
    with pytest.raises(ValueError, match="different names"):
        prepare(ruled(1), TERMS, columns=["J"] * 15)
