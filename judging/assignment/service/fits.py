"""How well each judge of a round fits each candidate, by code: the matrix, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.assignment.affinity import Affinities, affinity_matrix
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
    affinities: Affinities

    def of(self, candidate: str, judge: str) -> float:
        """Return the fit of a pair."""
        return float(self.score[self.rows[candidate], self.columns[judge]])

    def explain(self, candidate: str, judge: str) -> tuple[Part, ...]:
        """Return the summands of a pair's fit."""
        return self.affinities.explain(self.rows[candidate], self.columns[judge])


def fits_of(
    session: Session, edition: Edition, round_: Round, candidates: Sequence[Candidate], seats: Sequence[Seat]
) -> Fits:
    """Return the fits of a round, by its weights."""
    made = affinity_matrix(session, edition, round_, candidates, seats)
    return Fits(
        np.asarray(np.round(made.score.astype(np.float64), 2), dtype=np.float64).reshape(len(candidates), len(seats)),
        {candidate.code: i for i, candidate in enumerate(candidates)},
        {seat.judge.code: j for j, seat in enumerate(seats)},
        made,
    )
