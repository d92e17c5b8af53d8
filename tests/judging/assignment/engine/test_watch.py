"""Who watches a solver hears of its gap and may call it off, and still gets a plan that keeps the rules."""

import numpy as np
import pytest

from judging.assignment.engine import middle
from judging.assignment.engine.certificate import bound_of
from judging.assignment.engine.instance import Family, Instance, Need, broken
from judging.assignment.engine.optimum import optimum
from judging.assignment.engine.watch import Progress, Watch


@pytest.fixture(autouse=True)
def no_way_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small problems be searched in rounds, as large ones are."""
    monkeypatch.setattr(middle, "PAIRS", 0)


def problem(seed: int = 0) -> Instance:
    """Return a problem that takes several rounds."""
    lot = np.random.default_rng(seed)
    where, judges = lot.random((160, 2)), lot.random((45, 2))
    return Instance(
        score=np.exp(-4 * np.linalg.norm(where[:, None] - judges[None], axis=2)),
        allowed=np.ones((160, 45), dtype=bool),
        wanted=np.full(160, 3),
        least=np.full(45, 9),
        most=np.full(45, 12),
    )


def crossing() -> Instance:
    """Return a problem with rules that cross."""
    lot = np.random.default_rng(1)
    return problem().but(
        least=np.full(45, 5),
        most=np.full(45, 16),
        families=(Family(lot.integers(0, 9, 45), 1, "city"),),
        needs=(Need(lot.random(45) < 0.5, 1, "senior"),),
    )


@pytest.mark.parametrize("instance", [problem(), crossing()])
def test_the_bound_falls_and_the_best_plan_grows_until_the_end(instance):
    heard: list[Progress] = []
    found = optimum(instance, watch=Watch(told=heard.append))
    assert len(heard) > 1
    assert [one.rounds for one in heard] == list(range(1, len(heard) + 1))
    assert all(one.worth <= found.worth + 1e-9 <= one.bound + 2e-9 for one in heard)
    assert heard[-1].bound == pytest.approx(found.bound)
    assert heard[-1].gap == pytest.approx(found.gap)


@pytest.mark.parametrize("instance", [problem(), crossing()])
@pytest.mark.parametrize("how", ["at once", "in the first round"])
def test_who_calls_a_search_off_gets_a_plan_with_an_honest_gap(instance, how):
    watch = Watch(seconds=0.0) if how == "at once" else Watch()
    watch.told = lambda _progress: watch.cancel()
    found = optimum(instance, watch=watch)
    assert broken(instance, found.pairs) == {}
    assert found.worth <= found.bound == pytest.approx(bound_of(instance, found.proof))


def test_a_gap_without_a_plan_is_endless():
    assert Progress(-np.inf, 5.0, 1).gap == np.inf
    assert Progress(5.0, 5.0, 1).gap == 0.0
