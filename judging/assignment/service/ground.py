"""What a plan of a round stands on: its candidates, seats, conflicts, fits and what must stay, read at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, AssignmentSource, PlanMode, Seat
from judging.assignment.problem import Aim, Ask, Demand, Link, Pair, Place, Problem
from judging.assignment.service.changes import begun_among
from judging.assignment.service.fits import Fits, fits_of
from judging.assignment.service.versions import version_of
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, Stage
from judging.judges.models import JudgeStatus

Barred = set[tuple[UUID, UUID]]
Bounds = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody asks of a plan. What is left out is as the round has it."""

    seed: int
    mode: PlanMode = PlanMode.OPTIMAL
    least: int | None = None
    most: int | None = None
    wanted: int | None = None  # judges per candidate
    seniors: int = 0  # at least so many senior judges per candidate
    give: float = 0.005
    cap: float = 0.5
    secret: str = ""
    seats: Mapping[str, Bounds] = field(default_factory=dict)  # by judge code
    entries: Mapping[str, int] = field(default_factory=dict)  # judges of single candidates, by code
    waived: tuple[str, ...] = ()  # panel rules that do not hold: "unit", "region"
    released: tuple[str, ...] = ()  # judges who have fallen out, by code
    quick: bool = False  # a first look, not to be kept
    spared: tuple[tuple[str, str], ...] = ()  # panel rule and candidate: the rule does not hold for it
    links: tuple[Link, ...] = ()  # candidates that groups of judges shall have in common

    @property
    def bends(self) -> bool:
        """Say whether applying the plan changes more than assignments: bounds, rules, who takes part."""
        changed = self.seats or self.waived or self.released or self.spared or self.entries
        return bool(self.wanted is not None or changed)

    def but(self, **changes: Any) -> "Terms":
        """Return the same terms with some exchanged."""
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        """Return the terms as a plan keeps them; the secret of a draw has its own place."""
        kept = asdict(self)
        kept.pop("secret")
        kept["links"] = [list(astuple(link)) for link in self.links]
        return kept | {"mode": self.mode.value, "seats": {code: list(bounds) for code, bounds in self.seats.items()}}


def terms_of(kept: Mapping[str, Any], secret: str = "") -> Terms:
    """Return the terms that a plan has kept."""
    values = dict(kept)
    values["mode"] = PlanMode(values.get("mode", PlanMode.OPTIMAL))
    values["seats"] = {code: (low, high) for code, (low, high) in values.get("seats", {}).items()}
    values |= {name: tuple(values.get(name, ())) for name in ("waived", "released")}
    values["spared"] = tuple((rule, code) for rule, code in values.get("spared", ()))
    values["links"] = tuple(Link(a, tuple(own), b, tuple(other), n) for a, own, b, other, n in values.get("links", ()))
    known = {name for name in Terms.__dataclass_fields__ if name in values}
    return Terms(**{name: values[name] for name in known}, secret=secret)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A round as it stands, and the problem that its plan solves."""

    round: Round
    candidates: Sequence[Candidate]
    seats: Sequence[Seat]
    barred: Barred
    present: Sequence[Assignment]
    begun: Mapping[UUID, bool]  # assignments that stay; whether their sheet is finished
    fits: Fits
    problem: Problem
    terms: Terms
    version: int

    @property
    def wanted(self) -> int:
        """Return how many judges a candidate has in this plan."""
        return self.round.judges_per_entry if self.terms.wanted is None else self.terms.wanted

    @property
    def ask(self) -> Ask:
        """Return what the planner is asked."""
        alone = self.terms.mode in (PlanMode.HALLS, PlanMode.LINKED)
        aim = Aim.OPTIMAL if alone else Aim(self.terms.mode.value)
        return Ask(aim, self.terms.give, self.terms.cap, self.terms.secret, self.terms.quick)

    def explain(self, candidate: str, judge: str) -> list[list[Any]]:
        """Return the summands of a pair's fit as plain values: term, worth, shared words."""
        return [[part.term.value, part.value, list(part.words)] for part in self.fits.explain(candidate, judge)]


def survey(session: Session, edition: Edition, round_: Round, terms: Terms, fits: Fits | None = None) -> Ground:
    """Read what a plan stands on and lay out its problem; nothing is written."""
    candidates, seats = candidates_of(session, round_.id), queries.seats_of(session, round_.id)
    if not candidates:
        raise rules.NothingToAssign
    if not seats:
        raise rules.NoSeats
    barred = barred_pairs(session, edition.id, round_.id)
    present = queries.assignments_of_round(session, round_.id)
    begun = begun_among(session, [assignment.id for assignment in present])
    fits = fits or fits_of(session, edition, round_, candidates, seats)
    released = {seat.id for seat in seats if seat.judge.code in terms.released or _fell_out(seat, terms)}
    single = {} if terms.wanted is not None else queries.demands_of(session, round_.id)
    pinned, dead = _pinned(edition, terms, present, begun, barred, released)
    problem = Problem(
        demands=tuple(Demand(c.code, _wanted(c, round_, terms, single) + dead.get(c.code, 0)) for c in candidates),
        places=tuple(_place(seat, round_, terms, released) for seat in seats),
        score=fits.score,
        allowed=_allowed(candidates, seats, barred, released),
        pinned=pinned,
        seed=terms.seed,
        present=_kept(terms, present),
        needs=(("senior", terms.seniors),) if terms.seniors else (),
        spared=frozenset(terms.spared),
    )
    version = version_of(session, round_.id)
    return Ground(round_, candidates, seats, barred, present, begun, fits, problem, terms, version)


def _fell_out(seat: Seat, terms: Terms) -> bool:
    return terms.mode is PlanMode.REPAIR and seat.judge.status is not JudgeStatus.ACTIVE


def demands_by_code(session: Session, round_id: UUID) -> dict[str, int]:
    """Return how many judges single candidates shall have, by code, where that is not what the round asks of all."""
    own = queries.demands_of(session, round_id)
    return {one.code: own[one.id] for one in candidates_of(session, round_id) if one.id in own} if own else {}


def _wanted(candidate: Candidate, round_: Round, terms: Terms, single: Mapping[UUID, int]) -> int:
    usual = single.get(candidate.id, round_.judges_per_entry) if terms.wanted is None else terms.wanted
    return terms.entries.get(candidate.code, usual)


def _pinned(
    edition: Edition,
    terms: Terms,
    present: Sequence[Assignment],
    begun: Mapping[UUID, bool],
    barred: Barred,
    released: set[UUID],
) -> tuple[frozenset[Pair], dict[str, int]]:
    """Return the pairs that stay, and how many of each candidate's will bring no score.

    A plan keeps what was given by hand, and since judging opened everything. A repair keeps only what has been begun;
    of that, the unfinished sheet of a judge who fell out and the sheet of one who is barred count for nobody.
    """
    mends, opened = terms.mode is PlanMode.REPAIR, edition.stage is Stage.JUDGING
    pinned: set[Pair] = set()
    dead: dict[str, int] = {}
    for a in present:
        by_hand = a.source is AssignmentSource.MANUAL
        clashes = (a.seat.judge_id, a.candidate_id) in barred
        gone = a.seat_id in released
        if not (
            a.id in begun or (not mends and (opened or by_hand)) or (mends and by_hand and not clashes and not gone)
        ):
            continue
        pinned.add((a.candidate.code, a.seat.judge.code))
        if mends and (clashes or (gone and not begun.get(a.id, False))):
            dead[a.candidate.code] = dead.get(a.candidate.code, 0) + 1
    return frozenset(pinned), dead


def _kept(terms: Terms, present: Sequence[Assignment]) -> frozenset[Pair]:
    if terms.mode is not PlanMode.REPAIR:
        return frozenset()
    return frozenset((a.candidate.code, a.seat.judge.code) for a in present)


def _place(seat: Seat, round_: Round, terms: Terms, released: set[UUID]) -> Place:
    own = terms.seats.get(seat.judge.code)
    low, high = own if own is not None else (seat.min_load, seat.max_load)
    least = round_.min_load if terms.least is None else terms.least
    most = round_.max_load if terms.most is None else terms.most
    high = most if high is None else high
    low = min(least if low is None else low, high)
    groups = tuple(g for g in rules.groups_of(seat.judge, round_) if g.split(":")[0] not in terms.waived)
    kinds = ("senior",) if rules.is_senior(seat.judge) else ()
    return Place(seat.judge.code, *((0, 0) if seat.id in released else (low, high)), groups, kinds)


def _allowed(
    candidates: Sequence[Candidate], seats: Sequence[Seat], barred: Barred, released: set[UUID]
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    rows = {candidate.id: i for i, candidate in enumerate(candidates)}
    columns: dict[UUID, list[int]] = {}
    for j, seat in enumerate(seats):
        columns.setdefault(seat.judge_id, []).append(j)
    allowed = np.ones((len(candidates), len(seats)), dtype=bool)
    for judge, candidate in barred:
        if candidate in rows and judge in columns:
            allowed[rows[candidate], columns[judge]] = False
    allowed[:, [seat.id in released for seat in seats]] = False
    return allowed
