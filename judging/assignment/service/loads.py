"""Bounds for the loads of a round: when they are so loose that the best fit may load judges very unevenly, tighter ones."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

import numpy as np
from sqlalchemy.orm import Session

from judging.assignment import planner, queries
from judging.assignment.affinity import Affinities
from judging.assignment.engine.diagnosis import has_answer
from judging.assignment.rules import WrongLoads
from judging.assignment.service.fits import Fits
from judging.assignment.service.ground import Ground, Terms, survey
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round
from judging.editions.service import update_round
from judging.foundation.audit import Actor

SHARES = (0.25, 1 / 3, 0.5)  # below and above the mean, the tightest first
LOOSE = 0.5  # bounds that lie further from the mean are asked about


@dataclass(frozen=True, slots=True)
class Advice:
    """Bounds that are proposed, and why.

    Attributes
    ----------
    mean
        Places over judges: the load if all had the same.
    low, high
        The proposed bounds; with them every candidate can have its judges.
    share
        How far they lie from the mean, in hundredths of it.
    """

    mean: float
    low: int
    high: int
    share: int


def bounds_at(mean: float, share: float) -> tuple[int, int]:
    """Return whole bounds that far below and above a mean, never narrower than the whole numbers beside it."""
    return floor(mean * (1 - share)), ceil(mean * (1 + share))


def advised_loads(session: Session, edition: Edition, round_: Round) -> Advice | None:
    """Return tighter bounds for a round whose bounds are loose; None when they are not, or no tighter ones can be kept."""
    wanted, judges = _wanted(session, round_), len(queries.seats_of(session, round_.id))
    if not wanted or not judges:
        return None
    mean = wanted / judges
    low, high = bounds_at(mean, LOOSE)
    if round_.min_load >= low and round_.max_load <= high:
        return None
    ground = _bare(session, edition, round_)
    for share in SHARES:
        low, high = bounds_at(mean, share)
        if _possible(ground, low, high):
            return Advice(round(mean, 1), low, high, round(100 * share))
    return None


def _wanted(session: Session, round_: Round) -> int:
    own = queries.demands_of(session, round_.id)
    return sum(own.get(one, round_.judges_per_entry) for one in queries.counts_of(session, round_.id))


def _bare(session: Session, edition: Edition, round_: Round) -> Ground:
    """Read the round without the fits: whether there is a plan does not hang on them."""
    candidates, seats = candidates_of(session, round_.id), queries.seats_of(session, round_.id)
    rows = {candidate.code: i for i, candidate in enumerate(candidates)}
    columns = {seat.judge.code: j for j, seat in enumerate(seats)}
    none = np.zeros((len(rows), len(columns)))
    return survey(
        session,
        edition,
        round_,
        Terms(seed=0),
        Fits(none, rows, columns, Affinities(none.astype(np.float32), lambda _i, _j: ())),
    )


def _possible(ground: Ground, low: int, high: int) -> bool:
    problem = ground.problem.in_order()
    own = {seat.judge.code: (seat.min_load, seat.max_load) for seat in ground.seats}
    most = [high if own[p.code][1] is None else own[p.code][1] for p in problem.places]
    least = [low if own[p.code][0] is None else own[p.code][0] for p in problem.places]
    instance = planner.instance_of(problem)
    upper = np.array(most, dtype=np.int64)
    return has_answer(instance.but(least=np.minimum(np.array(least, dtype=np.int64), upper), most=upper))


def set_loads(
    session: Session, edition: Edition, round_: Round, low: int, high: int, *, by: Actor, at: datetime
) -> None:
    """Let a round have these bounds; seats with bounds of their own keep them."""
    if low > high:
        raise WrongLoads
    track = next(track for track in edition.tracks if track.id == round_.track_id)
    update_round(session, edition, track, round_, by=by, at=at, min_load=low, max_load=high)
