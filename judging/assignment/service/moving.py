"""Moving a seat by hand: who else could take a place, by fit, with the rules checked at once and the price shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, AssignmentSource, Seat
from judging.assignment.problem import Place
from judging.assignment.rules import AssignmentAct, Seated
from judging.assignment.service.changes import begun_among, record, require_open
from judging.assignment.service.fits import Fits, fits_of
from judging.assignment.service.versions import advance
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round
from judging.foundation.audit import Actor
from judging.foundation.errors import DomainError

MOST_SWAPS = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """A judge who could take the place: what it costs, or which rule stands against it."""

    seat: Seat
    load: int
    fit: float
    told: object  # summands of the fit
    cost: float  # fit lost by the change; negative: won
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """Another assignment: the two judges would change places."""

    other: Assignment
    cost: float


@dataclass(frozen=True, slots=True)
class Board:
    """All that can be done about one place."""

    offers: Sequence[Offer]
    swaps: Sequence[Swap]
    fit: float  # of the judge who has the place now
    total: float  # of all assignments as they stand


def board_of(
    session: Session, edition: Edition, round_: Round, candidate: Candidate, leaving: Assignment | None
) -> Board:
    """Return who could take a place of a candidate: the place of a judge who leaves, or one more."""
    candidates, seats = candidates_of(session, round_.id), queries.seats_of(session, round_.id)
    if candidate.id not in {row.id for row in candidates}:
        candidates = [*candidates, candidate]
    fits = fits_of(session, edition, round_, candidates, seats)
    present = queries.assignments_of_round(session, round_.id)
    barred = barred_pairs(session, edition.id, round_.id)
    loads = queries.loads_of(session, round_.id)
    stands = [(a.candidate.code, a.seat.judge.code) for a in present]
    worth = sum(fits.of(*pair) for pair in stands if pair[0] in fits.rows and pair[1] in fits.columns)
    now = fits.of(candidate.code, leaving.seat.judge.code) if leaving else 0.0
    stay = [a for a in present if a.candidate_id == candidate.id and (leaving is None or a.id != leaving.id)]
    offers = []
    for seat in seats:
        if any(a.seat_id == seat.id for a in stay) or (leaving and seat.id == leaving.seat_id):
            continue
        refusal = _refusal(round_, candidate, seat, stay, loads.get(seat.id, 0), barred)
        fit = fits.of(candidate.code, seat.judge.code)
        told = fits.explain(candidate.code, seat.judge.code)
        offers.append(Offer(seat, loads.get(seat.id, 0), fit, told, round(now - fit, 4), refusal))
    offers.sort(key=lambda offer: (bool(offer.refusal), offer.cost, offer.load, offer.seat.judge.code))
    swaps = _swaps(session, round_, candidate, leaving, stay, present, fits, barred) if leaving else []
    return Board(offers, swaps, now, worth)


def _refusal(
    round_: Round,
    candidate: Candidate,
    seat: Seat,
    stay: Sequence[Assignment],
    load: int,
    barred: set[tuple[UUID, UUID]],
) -> str:
    """Return the sentence of the rule that a judge would break, if any."""
    try:
        _require(round_, candidate, seat, stay, load, barred)
    except DomainError as refusal:
        return str(refusal)
    return ""


def _require(
    round_: Round,
    candidate: Candidate,
    seat: Seat,
    stay: Sequence[Assignment],
    load: int,
    barred: set[tuple[UUID, UUID]],
) -> None:
    judge = seat.judge
    low, high = rules.bounds_of(seat.min_load, seat.max_load, round_)
    rules.require_fits(
        candidate.code,
        Place(judge.code, low, high, rules.groups_of(judge, round_)),
        judge.name,
        judge.id,
        [Seated(a.seat.judge_id, a.seat.judge.name, rules.groups_of(a.seat.judge, round_)) for a in stay],
        load,
        barred=(judge.id, candidate.id) in barred,
    )


def _swaps(
    session: Session,
    round_: Round,
    candidate: Candidate,
    leaving: Assignment,
    stay: Sequence[Assignment],
    present: Sequence[Assignment],
    fits: Fits,
    barred: set[tuple[UUID, UUID]],
) -> list[Swap]:
    """Return the cheapest exchanges that keep every rule: loads stay as they are."""
    mine, here = leaving.seat.judge.code, candidate.code
    known = fits.rows
    begun = begun_among(session, [assignment.id for assignment in present])
    by_candidate: dict[UUID, list[Assignment]] = {}
    for assignment in present:
        by_candidate.setdefault(assignment.candidate_id, []).append(assignment)
    priced = [
        (round(_cost(fits, here, mine, a.candidate.code, a.seat.judge.code), 4), a.candidate.code, a.seat.judge.code, a)
        for a in present
        if a.candidate_id != candidate.id
        and a.seat_id != leaving.seat_id
        and a.id not in begun
        and a.candidate.code in known
    ]
    priced.sort(key=lambda line: line[:3])
    found: list[Swap] = []
    for cost, _code, _judge, other in priced:
        rest = [a for a in by_candidate[other.candidate_id] if a.id != other.id]
        if not _refusal(round_, candidate, other.seat, stay, 0, barred) and not _refusal(
            round_, other.candidate, leaving.seat, rest, 0, barred
        ):
            found.append(Swap(other, cost))
        if len(found) == MOST_SWAPS:
            break
    return found


def _cost(fits: Fits, here: str, mine: str, there: str, theirs: str) -> float:
    return fits.of(here, mine) + fits.of(there, theirs) - fits.of(here, theirs) - fits.of(there, mine)


def swap_assignments(
    session: Session,
    edition: Edition,
    round_: Round,
    first: Assignment,
    second: Assignment,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """Let the judges of two candidates change places; loads stay, and every rule is checked for both."""
    require_open(edition, round_, reason)
    first = queries.assignment_in(session, round_.id, first.id)
    second = queries.assignment_in(session, round_.id, second.id)
    if first.candidate_id == second.candidate_id or first.seat_id == second.seat_id:
        raise rules.SamePlace
    begun = begun_among(session, [first.id, second.id])
    for given in (first, second):
        if given.id in begun:
            raise rules.SheetStarted(name=given.seat.judge.name, code=given.candidate.code)
    beside = queries.assignments_of_candidates(session, [first.candidate_id, second.candidate_id])
    barred = barred_pairs(session, edition.id, round_.id)
    for given, other in ((first, second), (second, first)):
        stay = [a for a in beside[given.candidate_id] if a.id != given.id]
        _require(round_, given.candidate, other.seat, stay, 0, barred)
    advance(session, round_.id)
    _exchange(session, first, second, reason=reason)
    codes = f"{first.candidate.code} {first.seat.judge.name} ⇄ {second.candidate.code} {second.seat.judge.name}"
    for given in (first, second):
        record(session, edition, AssignmentAct.SWAPPED, given.candidate_id, codes, by=by, at=at, reason=reason)


def _exchange(session: Session, first: Assignment, second: Assignment, *, reason: str) -> None:
    """Delete both and make them anew: an assignment never changes its judge."""
    made = [_made(first, second, reason), _made(second, first, reason)]
    session.delete(first)
    session.delete(second)
    session.flush()
    session.add_all(made)
    session.flush()


def _made(given: Assignment, other: Assignment, reason: str) -> Assignment:
    return Assignment(
        candidate_id=given.candidate_id,
        seat_id=other.seat_id,
        source=AssignmentSource.MANUAL,
        reason=reason.strip(),
        order=other.order,
        created_at=given.created_at,
    )
