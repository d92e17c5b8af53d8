"""On-site rounds: halls, which candidate is heard where, and the drawn running order."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.engine.halls import Halls, meetings, split_entries
from judging.assignment.engine.running import fair_rest, running_order
from judging.assignment.hearing import labels, mean_strength, shortest_rest
from judging.assignment.models import Assignment, CandidateStrength, Panel, RunningPlace, Seat, Sitting
from judging.assignment.problem import Plan as Planned
from judging.assignment.rules import AssignmentAct
from judging.assignment.strength import known_strengths
from judging.blinding.barred import barred_pairs
from judging.blinding.kinship import kinship
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor

OPEN = (Stage.SETUP, Stage.INTAKE, Stage.BLINDING, Stage.JUDGING)


def add_sitting(
    session: Session,
    edition: Edition,
    round_: Round,
    *,
    hall: str,
    panel: Panel,
    starts_at: datetime | None,
    by: Actor,
    at: datetime,
) -> Sitting:
    """Add a block of presentations in a hall, before a panel."""
    require_round(edition, round_, *OPEN)
    sitting = Sitting(round_id=round_.id, panel_id=panel.id, hall=hall.strip(), starts_at=starts_at, places=[])
    session.add(sitting)
    session.flush()
    _record(session, edition, AssignmentAct.SITTING_MADE, sitting, by=by, at=at)
    return sitting


def remove_sitting(
    session: Session, edition: Edition, round_: Round, sitting: Sitting, *, by: Actor, at: datetime
) -> None:
    """Remove a sitting; its candidates wait to be apportioned again."""
    require_round(edition, round_, Stage.SETUP, Stage.INTAKE, Stage.BLINDING)
    _record(session, edition, AssignmentAct.SITTING_REMOVED, sitting, by=by, at=at)
    session.delete(sitting)
    session.flush()


def apportion_candidates(
    session: Session, edition: Edition, round_: Round, *, seed: int, signal: str = "", by: Actor, at: datetime
) -> list[Sitting]:
    """Spread the round's candidates evenly over its sittings, type by type, away from judges who are barred.

    Types and totals differ by one at most; with that kept, as few candidates as possible meet a judge of their hall who
    must keep away; with that kept, the halls are equally strong by what `signal` names (none: strengths do not count).
    """
    require_round(edition, round_, Stage.BLINDING)
    sittings = queries.sittings_of(session, round_.id)
    if not sittings:
        raise rules.NoSittings
    candidates = {candidate.code: candidate for candidate in candidates_of(session, round_.id)}
    if not candidates:
        raise rules.NothingToAssign
    strengths = {known.key: known.values for known in known_strengths(session, edition, round_)}
    if signal and signal not in strengths:
        raise rules.NothingKnown
    strength = strengths.get(signal, {})
    hall_of, clashes, bound = _split(session, edition, round_, sittings, candidates, strength, seed)
    for sitting in sittings:
        sitting.places.clear()
        sitting.seed = sitting.drawn_at = None
        sitting.signal = signal
    session.flush()
    for sitting in sittings:
        codes = [code for code, hall in hall_of.items() if hall == sitting.id]
        sitting.places = [
            RunningPlace(candidate=candidates[code], position=n, strength=strength.get(candidates[code].id))
            for n, code in enumerate(codes, start=1)
        ]
        _record(
            session,
            edition,
            AssignmentAct.APPORTIONED,
            sitting,
            by=by,
            at=at,
            detail={"candidates": len(codes), "seed": seed, "clashes": clashes[sitting.id], "fewest": bound}
            | ({"signal": signal, "strength": mean_strength(sitting)} if signal else {}),
        )
    session.flush()
    return sittings


def _split(
    session: Session,
    edition: Edition,
    round_: Round,
    sittings: Sequence[Sitting],
    candidates: Mapping[str, Candidate],
    strength: Mapping[UUID, float],
    seed: int,
) -> tuple[dict[str, UUID], dict[UUID, int], int]:
    """Return the sitting of each code, the clashes of each sitting, and how few clashes there could be."""
    seats = queries.seats_of(session, round_.id)
    codes, judges = sorted(candidates), [seat.judge_id for seat in seats]
    kinds = {kind: n for n, kind in enumerate(sorted({candidate.topic_type for candidate in candidates.values()}))}
    barred = barred_pairs(session, edition.id, round_.id)
    allowed = [[(judge, candidates[code].id) not in barred for judge in judges] for code in codes]
    panel = np.array([[seat.panel_id == s.panel_id for s in sittings] for seat in seats], dtype=bool)
    panel = panel.reshape(len(seats), len(sittings))
    nobody = np.zeros(len(seats), dtype=bool)
    problem = Halls(
        kind=np.array([kinds[candidates[code].topic_type] for code in codes], dtype=np.int64),
        strength=np.array([strength.get(candidates[code].id, np.nan) for code in codes], dtype=np.float64),
        allowed=np.array(allowed, dtype=bool).reshape(len(codes), len(seats)),
        unit=np.full(len(seats), -1, dtype=np.int64),
        severity=np.full(len(seats), np.nan),
        speciality=np.zeros((len(seats), 0), dtype=bool),
        senior=nobody,
        chair=nobody,
        size=panel.sum(axis=0).astype(np.int64),
    )
    split = split_entries(problem, panel, seed)
    away = meetings(problem, panel)
    met = {s.id: int(away[split.hall == n, n].sum()) for n, s in enumerate(sittings)}
    return {code: sittings[hall].id for code, hall in zip(codes, split.hall, strict=True)}, met, split.bound


def set_strengths(
    session: Session,
    edition: Edition,
    round_: Round,
    strengths: Mapping[UUID, float | None],
    *,
    by: Actor,
    at: datetime,
) -> int:
    """Keep the secretariat's own list of strengths in place of what it said of these candidates before; return how many."""
    require_round(edition, round_, Stage.SETUP, Stage.INTAKE, Stage.BLINDING)
    session.execute(sa.delete(CandidateStrength).where(CandidateStrength.candidate_id.in_(strengths)))
    known = {one: value for one, value in strengths.items() if value is not None}
    session.add_all(CandidateStrength(candidate_id=one, value=value) for one, value in known.items())
    session.flush()
    audit.record(
        session,
        AssignmentAct.STRENGTHS,
        by=by,
        at=at,
        subject_id=round_.id,
        scope_id=edition.id,
        detail={"candidates": len(known)},
    )
    return len(known)


def draw_running_order(
    session: Session,
    edition: Edition,
    round_: Round,
    sitting: Sitting,
    *,
    by: Actor,
    at: datetime,
    seed: int | None = None,
    reason: str = "",
) -> Sitting:
    """Draw the order of a sitting by lot, with rest between candidates of one unit; a redraw needs a reason.

    The seed is kept so that anybody can draw it again.
    """
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    if not sitting.places:
        raise rules.NoSittings
    if sitting.drawn_at is not None and len(reason.strip()) < 2:
        raise rules.RunningOrderDrawn
    before = sitting.seed
    sitting.seed = secrets.randbelow(900_000) + 100_000 if seed is None else seed
    sitting.drawn_at = at
    places = {place.candidate.code: place for place in sitting.places}
    units = kinship(session, round_.id, ()).candidates
    unit_of = {code: units.get(place.candidate_id) for code, place in places.items()}
    for number, code in enumerate(drawn_order(unit_of, sitting.seed), start=1):
        places[code].position = number
    sitting.places.sort(key=lambda place: place.position)
    session.flush()
    ordered_by_hall(session, round_, queries.assignments_of_round(session, round_.id))
    detail = {"seed": [before, sitting.seed], "rest": shortest_rest(sitting, units)}
    _record(session, edition, AssignmentAct.DRAWN, sitting, by=by, at=at, reason=reason.strip(), detail=detail)
    session.flush()
    return sitting


def drawn_order(unit_of: Mapping[str, str | None], seed: int) -> list[str]:
    """Return the codes in the order that a seed draws, with rest between those of one unit.

    Parameters
    ----------
    unit_of
        A key for the unit of each code, None where it is unknown. Only which keys are equal matters.
    seed
        The same codes, units and seed give the same order, whatever order the codes came in.
    """
    codes = sorted(unit_of)
    units = labels([unit_of[code] for code in codes])
    return [codes[entry] for entry in running_order(units, seed, enough=fair_rest(units))]


def pairs_of_halls(session: Session, round_: Round, seats: Sequence[Seat], barred: set[tuple[UUID, UUID]]) -> Planned:
    """Return the plan of an on-site round: every judge of a panel judges all that is heard in its hall, unless barred."""
    sittings = queries.sittings_of(session, round_.id)
    if not any(sitting.places for sitting in sittings):
        raise rules.NoSittings
    pairs = [
        (place.candidate.code, seat.judge.code)
        for sitting in sittings
        for place in sitting.places
        for seat in seats
        if seat.panel_id == sitting.panel_id and (seat.judge_id, place.candidate_id) not in barred
    ]
    loads: dict[str, int] = {seat.judge.code: 0 for seat in seats}
    for _code, judge in pairs:
        loads[judge] += 1
    total = float(len(pairs))
    return Planned(pairs=tuple(sorted(pairs)), total=total, bound=total, loads=loads, parts=len(sittings))


def ordered_by_hall(session: Session, round_: Round, assignments: Sequence[Assignment]) -> None:
    """Let each judge see the candidates in the order in which they are heard."""
    sittings = sorted(
        queries.sittings_of(session, round_.id), key=lambda s: (s.starts_at is None, s.starts_at or 0, s.hall)
    )
    place_of = {
        place.candidate_id: 1000 * number + place.position
        for number, sitting in enumerate(sittings)
        for place in sitting.places
    }
    for assignment in assignments:
        assignment.order = place_of.get(assignment.candidate_id, assignment.order)


def _record(
    session: Session,
    edition: Edition,
    act: AssignmentAct,
    sitting: Sitting,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=sitting.id,
        subject=sitting.hall,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
