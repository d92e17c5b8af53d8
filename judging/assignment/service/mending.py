"""When something has broken after planning: what it is, and the smallest change that makes the plan whole again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from judging.assignment import queries, rules
from judging.assignment.models import Assignment, Plan, PlanMode, Seat
from judging.assignment.problem import Cause, Repair, RepairKind
from judging.assignment.service.changes import begun_among
from judging.assignment.service.ground import Bounds, Terms, demands_by_code, terms_of
from judging.assignment.service.plans import keep, propose
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Edition, Round
from judging.foundation.audit import Actor
from judging.judges.models import JudgeStatus


@dataclass(frozen=True, slots=True)
class Damage:
    """What no longer holds in a round's assignments."""

    fallen: Sequence[Seat]  # judges no longer in the bank, with candidates
    barred: Sequence[Assignment]  # against a conflict that became known later
    withdrawn: Sequence[Assignment]  # of candidates that are no longer in the round
    short: Sequence[tuple[str, int]]  # codes of candidates, and how many judges they lack
    begun: int  # sheets that stay

    @property
    def any(self) -> bool:
        """Say whether there is something to repair."""
        return bool(self.fallen or self.barred or self.withdrawn or self.short)


def damage_of(session: Session, edition: Edition, round_: Round) -> Damage:
    """Look for what has broken since the assignments were made."""
    present = queries.assignments_of_round(session, round_.id)
    barred = barred_pairs(session, edition.id, round_.id)
    begun = begun_among(session, [assignment.id for assignment in present])
    counts = queries.counts_of(session, round_.id)
    fallen = [s for s in queries.seats_of(session, round_.id) if s.judge.status is not JudgeStatus.ACTIVE]
    named = sa.select(Candidate.id, Candidate.code).where(Candidate.round_id == round_.id)
    codes = {row[0]: row[1] for row in session.execute(named)}
    lost = dict.fromkeys(counts, 0)
    open_clashes = [a for a in present if (a.seat.judge_id, a.candidate_id) in barred]
    gone = {seat.id for seat in fallen}
    open_gone = [a for a in present if a.seat_id in gone and not begun.get(a.id, False)]
    for assignment in {a.id: a for a in (*open_clashes, *open_gone)}.values():
        if assignment.candidate_id in lost:
            lost[assignment.candidate_id] += 1
    own = queries.demands_of(session, round_.id)
    missing = {c: own.get(c, round_.judges_per_entry) - counts[c] + lost[c] for c in counts}
    return Damage(
        fallen=[seat for seat in fallen if any(a.seat_id == seat.id for a in open_gone)],
        barred=[a for a in open_clashes if a.id not in begun],
        withdrawn=_withdrawn(session, round_, begun),
        short=sorted((codes[c], by) for c, by in missing.items() if by > 0),
        begun=len(begun),
    )


def _withdrawn(session: Session, round_: Round, begun: dict[UUID, bool]) -> list[Assignment]:
    query = (
        sa.select(Assignment)
        .join(Assignment.candidate)
        .where(Candidate.round_id == round_.id, Candidate.status != CandidateStatus.CLEARED)
        .options(joinedload(Assignment.candidate), joinedload(Assignment.seat).joinedload(Seat.judge))
        .order_by(Candidate.code)
    )
    return [assignment for assignment in session.scalars(query) if assignment.id not in begun]


def repair_round(
    session: Session,
    edition: Edition,
    round_: Round,
    *,
    released: Sequence[Seat],
    seed: int,
    by: Actor,
    at: datetime,
) -> Plan:
    """Propose the smallest change after which every rule holds again; begun sheets stay."""
    if not released and not damage_of(session, edition, round_).any:
        raise rules.NothingToMend
    terms = Terms(seed=seed, mode=PlanMode.REPAIR, released=tuple(sorted(seat.judge.code for seat in released)))
    return keep(session, edition, propose(session, edition, round_, terms), by=by, at=at)


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a clash: what it changes, and the terms of the plan that shows it."""

    lines: tuple[Repair, ...]  # none: what the terms say themselves
    terms: Terms


def ways_of(session: Session, plan: Plan, round_: Round) -> list[Way]:
    """Return the ways out of a plan's clash that an organizer can take at once, the cheapest first."""
    diagnosis = plan.summary.get("diagnosis") or {}
    if not diagnosis:
        return []
    terms = terms_of(plan.ask) if plan.ask else Terms(plan.seed)
    own = {seat.judge.code: seat for seat in queries.seats_of(session, round_.id)}
    single = demands_by_code(session, round_.id)
    found = []
    for lines in diagnosis.get("ways", []):
        way = tuple(Repair(RepairKind(kind), code, by, rule) for kind, code, by, rule in lines)
        bent = _bent(terms, way, own, single, round_)
        if way and all(count > 0 for count in bent.entries.values()):  # a candidate without a judge is no way out
            found.append(Way(way, bent))
    vain = (Cause.MINIMUM, Cause.CAP, Cause.STOPPED)  # where a judge fewer does not help
    if round_.judges_per_entry > 1 and terms.wanted is None and diagnosis["cause"] not in vain:
        found.append(Way((), terms.but(wanted=round_.judges_per_entry - 1)))
    return found


def _bent(
    terms: Terms, lines: Sequence[Repair], own: dict[str, Seat], single: Mapping[str, int], round_: Round
) -> Terms:
    """Return the terms with these bounds changed, rules waived, and judges more or fewer for single candidates."""
    seats: dict[str, Bounds] = dict(terms.seats)
    entries = dict(terms.entries)
    spared = set(terms.spared)
    for line in lines:
        if line.kind is RepairKind.WAIVE:
            spared.add((line.rule, line.code))
        elif line.kind in (RepairKind.FEWER, RepairKind.FURTHER):
            usual = single.get(line.code, round_.judges_per_entry) if terms.wanted is None else terms.wanted
            by = line.by if line.kind is RepairKind.FURTHER else -line.by
            entries[line.code] = entries.get(line.code, usual) + by
        elif line.code in own:
            seat = own[line.code]
            low, high = seats.get(line.code, (seat.min_load, seat.max_load))
            least = round_.min_load if terms.least is None else terms.least
            most = round_.max_load if terms.most is None else terms.most
            if line.kind is RepairKind.MORE:
                seats[line.code] = (low, (most if high is None else high) + line.by)
            else:
                seats[line.code] = (max(0, (least if low is None else low) - line.by), high)
    return terms.but(seats=seats, spared=tuple(sorted(spared)), entries=dict(sorted(entries.items())))


def mend(
    session: Session, edition: Edition, round_: Round, plan: Plan, number: int, *, by: Actor, at: datetime
) -> Plan:
    """Propose the plan of one way out of a clash; applying it changes the bounds too."""
    ways = ways_of(session, plan, round_)
    if not 1 <= number <= len(ways):
        raise rules.PlanOutdated
    proposal = propose(session, edition, round_, ways[number - 1].terms)
    return keep(session, edition, proposal, by=by, at=at, origin_id=plan.id)
