"""A workbook of assignments read back in: what it would change, what stands against it row by row, all or nothing.

A candidate that stands in the workbook gets exactly the judges of its rows; one row without a judge means nobody. A
candidate that does not stand there keeps its judges.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, AssignmentSource, Seat
from judging.assignment.rules import AssignmentAct
from judging.assignment.service.changes import begun_among, record
from judging.assignment.service.versions import advance
from judging.assignment.sheets import COLUMNS
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.errors import DomainError
from judging.foundation.spreadsheets import SheetRow
from judging.web.imports import Checker, Plan, PlannedRow, RowState, rows_of


class ExchangeAct(audit.Act):
    """What is recorded of workbooks."""

    IMPORTED = "assignment.imported", _l("Assignments imported from Excel")


class ReasonWanted(DomainError):
    """A change by hand says why."""

    message = _l("Please state a reason for these changes.")


@dataclass(slots=True)
class Known:
    """The round as it stands, read once for a whole workbook."""

    round: Round
    stage: Stage
    candidates: dict[str, Candidate]
    seats: dict[str, Seat]
    named: dict[str, list[Seat]]
    present: dict[UUID, dict[UUID, Assignment]]  # by candidate and seat
    begun: set[UUID]
    barred: set[tuple[UUID, UUID]]
    single: dict[UUID, int]  # judges of single candidates

    @classmethod
    def load(cls, session: Session, edition: Edition, round_: Round) -> "Known":
        """Read candidates, seats, assignments and conflicts, in as many statements as for one row."""
        seats, given = queries.seats_of(session, round_.id), queries.assignments_of_round(session, round_.id)
        named: dict[str, list[Seat]] = {}
        for seat in seats:
            named.setdefault(seat.judge.name, []).append(seat)
        present: dict[UUID, dict[UUID, Assignment]] = {}
        for assignment in given:
            present.setdefault(assignment.candidate_id, {})[assignment.seat_id] = assignment
        return cls(
            round_,
            edition.stage,
            {candidate.code.upper(): candidate for candidate in candidates_of(session, round_.id)},
            {seat.judge.code.upper(): seat for seat in seats},
            named,
            present,
            set(begun_among(session, [assignment.id for assignment in given])),
            barred_pairs(session, edition.id, round_.id),
            queries.demands_of(session, round_.id),
        )

    def wanted(self, candidate: Candidate) -> int:
        """Return how many judges a candidate shall have."""
        return self.single.get(candidate.id, self.round.judges_per_entry)

    def held(self, candidate: Candidate) -> dict[UUID, Assignment]:
        """Return who judges a candidate now, by seat."""
        return self.present.get(candidate.id, {})


@dataclass(slots=True)
class Wanted:
    """What the workbook says of one candidate."""

    candidate: Candidate
    row: Checker
    seats: dict[UUID, tuple[Seat, Checker]] = field(default_factory=dict)


def plan_import(session: Session, edition: Edition, round_: Round, content: bytes) -> Plan:
    """Return what importing this workbook would do, one row per candidate."""
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    rows, skipped = rows_of(content, COLUMNS)
    known, checkers, plan = Known.load(session, edition, round_), list[Checker](), Plan([], [], skipped)
    wanted: dict[UUID, Wanted] = {}
    for row in rows:
        checkers.append(_read(row, known, wanted))
    for one in wanted.values():
        _check_panel(one, known)
    _check_loads(wanted.values(), known)
    plan.errors = [error for checker in checkers for error in checker.errors]
    wrong = {error.row for error in plan.errors}
    plan.rows = [_planned(one, known, wrong) for one in wanted.values()]
    lost = [checker for checker in checkers if checker.errors and not _belongs(checker, wanted.values())]
    plan.rows += [PlannedRow(c.row.number, c.get("code"), RowState.WRONG) for c in lost]
    return plan


def _belongs(checker: Checker, wanted: Iterable[Wanted]) -> bool:
    code = checker.get("code").upper()
    return any(one.candidate.code.upper() == code for one in wanted)


def _read(row: SheetRow, known: Known, wanted: dict[UUID, Wanted]) -> Checker:
    checker = Checker(row, COLUMNS)
    code = checker.get("code").upper()
    candidate = known.candidates.get(code)
    if candidate is None:
        sentence = gettext("is empty, but required") if not code else rules_sentence("candidate", code)
        checker.wrong("code", sentence)
        return checker
    one = wanted.setdefault(candidate.id, Wanted(candidate, checker))
    seat = _seat(checker, known)
    if seat is None:
        return checker
    if seat.id in one.seats:
        first = one.seats[seat.id][1].row.number
        checker.wrong("judge_code", gettext("stands already in row %(row)s", row=first))
    else:
        one.seats[seat.id] = (seat, checker)
    return checker


def rules_sentence(what: str, code: str) -> str:
    """Say that a code names nothing here."""
    if what == "candidate":
        return str(gettext("“%(code)s” is no cleared candidate of this round", code=code[:40]))
    return str(gettext("“%(code)s” has no seat in this round", code=code[:40]))


def _seat(checker: Checker, known: Known) -> Seat | None:
    """Find the judge by number, else by a name that only one has; a row without either stands for nobody."""
    code, name = checker.get("judge_code").upper(), checker.get("judge")
    if code:
        if code not in known.seats:
            checker.wrong("judge_code", rules_sentence("judge", code))
        return known.seats.get(code)
    if not name:
        return None
    found = known.named.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        checker.wrong("judge", gettext("several judges are called “%(name)s”; please give the bank number", name=name))
    else:
        checker.wrong("judge", rules_sentence("judge", name))
    return None


def _check_panel(one: Wanted, known: Known) -> None:
    """Check what a candidate would have by the rules of a change by hand; what stands already is not questioned."""
    held, candidate = known.held(one.candidate), one.candidate
    for seat_id, assignment in held.items():
        if seat_id not in one.seats and assignment.id in known.begun:
            sentence = rules.SheetStarted(name=assignment.seat.judge.name, code=candidate.code)
            one.row.wrong("judge_code", sentence)
    for seat_id, (seat, checker) in one.seats.items():
        if seat_id not in held:
            _check_new(one, seat, checker, known)
    added = len(one.seats) - len(held)
    if known.stage is Stage.BLINDING and added > 0 and len(one.seats) > known.wanted(one.candidate):
        last = max((checker for _seat_, checker in one.seats.values()), key=lambda checker: checker.row.number)
        sentence = gettext(
            "the candidate would have %(count)s judges; the round wants %(wanted)s",
            count=len(one.seats),
            wanted=known.wanted(one.candidate),
        )
        last.wrong("judge_code", sentence)


def _check_new(one: Wanted, seat: Seat, checker: Checker, known: Known) -> None:
    name, code = seat.judge.name, one.candidate.code
    if (seat.judge_id, one.candidate.id) in known.barred:
        checker.wrong("judge_code", rules.Barred(name=name, code=code))
    own = set(rules.groups_of(seat.judge, known.round))
    for other, _checker in one.seats.values():
        for group in sorted(own & set(rules.groups_of(other.judge, known.round))) if other.id != seat.id else ():
            refusal = rules.SameUnit if group.startswith("unit:") else rules.SameRegion
            checker.wrong("judge_code", refusal(name=name, other=other.judge.name, code=code))


def _check_loads(wanted: Iterable[Wanted], known: Known) -> None:
    """Check the highest loads after all changes together, of judges who get more than they have."""
    before = Counter(seat_id for held in known.present.values() for seat_id in held)
    after, rows = Counter(before), dict[UUID, tuple[Seat, Checker]]()
    for one in wanted:
        held = known.held(one.candidate)
        after.subtract(set(held) - set(one.seats))
        after.update(set(one.seats) - set(held))
        rows |= {seat_id: place for seat_id, place in one.seats.items() if seat_id not in held}
    for seat_id, (seat, checker) in rows.items():
        _low, high = rules.bounds_of(seat.min_load, seat.max_load, known.round)
        if after[seat_id] > max(high, before[seat_id]):
            sentence = gettext(
                "%(name)s would have %(load)s candidates; the highest load is %(most)s",
                name=seat.judge.name,
                load=after[seat_id],
                most=high,
            )
            checker.wrong("judge_code", sentence)


def _planned(one: Wanted, known: Known, wrong: set[int]) -> PlannedRow:
    held = known.held(one.candidate)
    before = [held[seat_id].seat.judge.name for seat_id in held]
    after = [seat.judge.name for seat, _checker in one.seats.values()]
    row = PlannedRow(one.row.row.number, f"{one.candidate.code} {one.candidate.title}", RowState.SAME)
    row.target = one.candidate.id
    row.values = {"add": [s for s in one.seats if s not in held], "remove": [s for s in held if s not in one.seats]}
    if row.values["add"] or row.values["remove"]:
        row.state = RowState.CHANGED
        row.changes = [(gettext("Judges"), "、".join(sorted(before)), "、".join(sorted(after)))]
    if wrong & {checker.row.number for _seat_, checker in one.seats.values()} or one.row.row.number in wrong:
        row.state = RowState.WRONG
    return row


def apply_import(
    session: Session,
    edition: Edition,
    round_: Round,
    plan: Plan,
    *,
    seen: int | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Write what the plan says, all or nothing; return how many candidates changed.

    `seen` is the version of the round's assignments that the person looked at: who comes second is told so.
    """
    plan.require_sound()
    if len(reason.strip()) < 2:
        raise ReasonWanted
    changed = plan.in_state(RowState.CHANGED)
    if not changed:
        return 0
    advance(session, round_.id, seen)
    given = {(a.candidate_id, a.seat_id): a for a in queries.assignments_of_round(session, round_.id)}
    seats = {seat.id: seat for seat in queries.seats_of(session, round_.id)}
    codes = {candidate.id: candidate.code for candidate in candidates_of(session, round_.id)}
    order = _last_orders(session, round_)
    for row in changed:
        assert row.target is not None
        for seat_id in row.values["remove"]:
            session.delete(given[row.target, seat_id])
        for seat_id in row.values["add"]:
            order[seat_id] += 1
            session.add(_made(row.target, seat_id, reason, order[seat_id], at))
        for act, key in ((AssignmentAct.REMOVED, "remove"), (AssignmentAct.ADDED, "add")):
            for seat_id in row.values[key]:
                subject = f"{codes[row.target]} {seats[seat_id].judge.name}"
                record(session, edition, act, row.target, subject, by=by, at=at, reason=reason)
    detail = {name: sum(len(row.values[name]) for row in changed) for name in ("add", "remove")}
    detail["candidates"] = len(changed)
    _record(session, edition, round_, by=by, at=at, reason=reason, detail=detail)
    session.flush()
    return len(changed)


def _last_orders(session: Session, round_: Round) -> Counter[UUID]:
    query = sa.select(Assignment.seat_id, sa.func.max(Assignment.order)).join(Assignment.candidate)
    rows = session.execute(query.where(Candidate.round_id == round_.id).group_by(Assignment.seat_id))
    return Counter({row[0]: row[1] or 0 for row in rows})


def _made(candidate_id: UUID, seat_id: UUID, reason: str, order: int, at: datetime) -> Assignment:
    values = {"source": AssignmentSource.MANUAL, "reason": reason.strip(), "order": order, "created_at": at}
    return Assignment(candidate_id=candidate_id, seat_id=seat_id, **values)


def _record(
    session: Session, edition: Edition, round_: Round, *, by: Actor, at: datetime, reason: str, detail: dict[str, int]
) -> None:
    track = next((track.name for track in edition.tracks if track.id == round_.track_id), "")
    audit.record(
        session,
        ExchangeAct.IMPORTED,
        by=by,
        at=at,
        subject_id=round_.id,
        subject=track,
        scope_id=edition.id,
        reason=reason.strip(),
        detail=detail,
    )
