"""How well each judge of a round fits each candidate, and why, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.assignment.affinity import affinity_matrix, part_words
from judging.assignment.engine.affinity import Part
from judging.assignment.models import Seat
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """The matrix of fits, by candidate and judge in the order they were given."""

    score: NDArray[np.float64]
    rows: dict[str, int]
    columns: dict[str, int]
    why: Callable[[int, int], tuple[Part, ...]]

    def of(self, candidate: str, judge: str) -> float:
        """Return the fit of a pair."""
        return float(self.score[self.rows[candidate], self.columns[judge]])

    def explain(self, candidate: str, judge: str) -> list[tuple[str, float]]:
        """Return the parts of a pair's fit with their names; they add up to it."""
        parts = self.why(self.rows[candidate], self.columns[judge])
        return [(part_words(part), part.value) for part in parts]


def fits_of(
    session: Session, edition: Edition, round_: Round, candidates: Sequence[Candidate], seats: Sequence[Seat]
) -> Fits:
    """Return the fits of a round."""
    score, why = affinity_matrix(session, edition, round_, candidates, seats)
    return Fits(
        np.asarray(np.round(score.astype(np.float64), 2), dtype=np.float64),
        {candidate.code: i for i, candidate in enumerate(candidates)},
        {seat.judge.code: j for j, seat in enumerate(seats)},
        why,
    )
