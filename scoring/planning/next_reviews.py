"""Where the next reviews help most: entries of which it is least sure on which side of the line they stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.errors import ScoringError
from scoring.evaluation import Evaluation
from scoring.sentences import Sentence
from scoring.table import ScoreTable

MOST_EACH = 3


@dataclass(frozen=True, slots=True)
class NextReview:
    """How many more judges an entry should get.

    Attributes
    ----------
    entry : str
    reviews : int
    p_top : float
        Chance to be truly among the best `cut`, as things stand.
    doubt : float
        p (1 - p): largest, a quarter, at the line.
    """

    entry: str
    reviews: int
    p_top: float
    doubt: float


def next_judges(evaluation: Evaluation, budget: int, cut: int, *, most_each: int = MOST_EACH) -> tuple[NextReview, ...]:
    """Spend the next reviews where it is least sure which side of the line an entry stands on.

    Parameters
    ----------
    evaluation : Evaluation
        With `cut` among its ``top``.
    budget : int
        How many reviews are to be had.
    cut : int
        The line lies below the best `cut`.
    most_each : int
        No entry gets more. Three each found most in our simulations; aiming anew after half of the budget added nothing.

    Returns
    -------
    tuple of NextReview
        Those who get any, the most doubtful first.

    Raises
    ------
    ScoringError
        ``bad_parameter`` when the evaluation knows no chances for this cut, or for a negative budget.
    """
    if any(cut not in one.p_top for one in evaluation.entries):
        text = Sentence(
            f"The evaluation says nothing of the best {cut}; compute it with top=[{cut}].",
            f"计算结果里没有进入前 {cut} 名的把握；请以 top=[{cut}] 重新计算。",
        )
        raise ScoringError("bad_parameter", text, name="cut", value=cut)
    chances = np.array([one.p_top[cut] for one in evaluation.entries])
    given = spend(chances, budget, most_each)
    order = _by_doubt(chances)
    return tuple(
        NextReview(
            evaluation.entries[at].entry, int(given[at]), float(chances[at]), float(chances[at] * (1 - chances[at]))
        )
        for at in order.tolist()
        if given[at]
    )


def spend(chances: FloatArray, budget: int, most_each: int) -> IntArray:
    """Reviews per entry: `most_each` to each in order of p (1 - p), until the budget is spent."""
    if budget < 0 or most_each < 1:
        raise ScoringError(
            "bad_parameter",
            Sentence("A budget cannot be negative.", "加评的份数不能是负数。"),
            name="budget",
            value=budget,
        )
    given = np.zeros(len(chances), np.int64)
    order = _by_doubt(chances)[: -(-budget // most_each)]
    given[order] = most_each
    if len(order) * most_each > budget:
        given[order[-1]] -= len(order) * most_each - budget
    return given


def _by_doubt(chances: FloatArray) -> IntArray:
    return np.argsort(-np.round(chances * (1 - chances), 12), kind="stable").astype(np.int64)


def reviewers_for(
    table: ScoreTable,
    reviews: Sequence[NextReview],
    *,
    noise: Mapping[str, float] | None = None,
    barred: Collection[tuple[str, str]] = (),
) -> dict[str, tuple[str, ...]]:
    """Judges for the next reviews: not those who scored the entry, not of its unit, the surest and least loaded first.

    Parameters
    ----------
    table : ScoreTable
    reviews : sequence of NextReview
    noise : mapping of str to float, optional
        Standard deviation of each judge's noise, from an evaluation by ``full``.
    barred : collection of (entry, judge)
        Pairs with a conflict.

    Returns
    -------
    dict of str to tuple of str
        Judges by entry; fewer than wanted where nobody is left.
    """
    load = dict(zip(table.judges, table.entries_per_judge.tolist(), strict=True))
    unit_of_judge = dict(zip(table.judges, table.unit_of_judge or [""] * len(table.judges), strict=True))
    unit_of_entry = dict(zip(table.entries, table.unit_of_entry or [""] * len(table.entries), strict=True))
    seated = {
        (table.entries[e], table.judges[j]) for e, j in zip(table.entry.tolist(), table.judge.tolist(), strict=True)
    }
    closed = seated | set(barred)
    typical = float(np.median(list((noise or {"": 1.0}).values())))
    chosen: dict[str, tuple[str, ...]] = {}
    for review in reviews:
        unit = unit_of_entry.get(review.entry, "")
        free = [
            judge
            for judge in table.judges
            if (review.entry, judge) not in closed and not (unit and unit_of_judge[judge] == unit)
        ]
        free.sort(key=lambda judge: (load[judge] * ((noise or {}).get(judge, typical) / typical) ** 2, judge))
        chosen[review.entry] = tuple(free[: review.reviews])
        for judge in chosen[review.entry]:
            load[judge] += 1
    return chosen
