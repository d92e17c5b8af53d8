"""What other weights would do: how fits are spread before and after, and a few pairs with their reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.assignment.affinity import Affinities, affinity_matrix, told, weights_of
from judging.assignment.engine.affinity import Term
from judging.assignment.models import Seat
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round

MOST = 300  # candidates looked at: a preview answers at once
WIDTH = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """A pair with its fit before and after, and why."""

    code: str
    title: str
    judge: str
    before: float
    after: float
    why_before: str
    why_after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the page shows."""

    before: list[tuple[float, float, int]]  # from, to, number of pairs
    after: list[tuple[float, float, int]]
    examples: list[Example]
    pairs: int
    candidates: int
    without: tuple[int, int]  # candidates that no judge fits at all, before and after


def preview(
    session: Session,
    edition: Edition,
    round_: Round,
    candidates: Sequence[Candidate],
    seats: Sequence[Seat],
    weights: Mapping[Term, float],
) -> Preview:
    """Return what these weights would do to the fits of a round; of many candidates every so-and-so-many-th is looked at."""
    looked_at = list(candidates)[:: max(1, -(-len(candidates) // MOST))]
    old = affinity_matrix(session, edition, round_, looked_at, seats, weights_of(round_))
    new = affinity_matrix(session, edition, round_, looked_at, seats, weights)
    edges = _edges(old.score, new.score)
    return Preview(
        _bins(old.score, edges),
        _bins(new.score, edges),
        [_example(looked_at[i], seats[j], old, new, i, j) for i, j in _telling(old.score, new.score)],
        old.score.size,
        len(looked_at),
        (_without(old.score), _without(new.score)),
    )


def _edges(*scores: NDArray[np.float32]) -> NDArray[np.float64]:
    low = min((float(score.min(initial=0)) for score in scores), default=0.0)
    high = max((float(score.max(initial=0)) for score in scores), default=0.0)
    first, last = int(np.floor(low / WIDTH + 1e-6)), int(np.floor(high / WIDTH + 1e-6)) + 1
    return np.round(np.arange(first, last + 1) * WIDTH, 2)


def _bins(score: NDArray[np.float32], edges: NDArray[np.float64]) -> list[tuple[float, float, int]]:
    counts, _edges_again = np.histogram(score.astype(np.float64) + 1e-6, edges)  # 0.3 belongs to 0.3–0.4
    return [(float(a), float(b), int(n)) for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]


def _without(score: NDArray[np.float32]) -> int:
    return int((score.max(axis=1, initial=-np.inf) <= 0).sum()) if score.size else 0


def _telling(old: NDArray[np.float32], new: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return pairs worth looking at: the best before and after, the greatest rise and fall, one in the middle."""
    if not old.size:
        return []
    change = new.astype(np.float64) - old
    order = np.argsort(new, axis=None, kind="stable")
    fitting = order[new.ravel()[order] > 0]
    middle = [int(fitting[len(fitting) // 2])] if len(fitting) else []
    places = [int(new.argmax()), int(old.argmax()), int(change.argmax()), int(change.argmin()), *middle]
    return [(place // old.shape[1], place % old.shape[1]) for place in dict.fromkeys(places)]


def _example(candidate: Candidate, seat: Seat, old: Affinities, new: Affinities, i: int, j: int) -> Example:
    return Example(
        candidate.code,
        candidate.title,
        seat.judge.name,
        round(float(old.score[i, j]), 2),
        round(float(new.score[i, j]), 2),
        told(old.explain(i, j)),
        told(new.explain(i, j)),
    )
