"""Planning a round and keeping the plan with its proof; nothing is assigned by it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from judging.assignment import planner, rules
from judging.assignment.figures import figures_of
from judging.assignment.models import Plan, PlanMode
from judging.assignment.problem import Diagnosis
from judging.assignment.problem import Plan as Planned
from judging.assignment.rules import AssignmentAct
from judging.assignment.service.fits import Fits
from judging.assignment.service.ground import Ground, Terms, survey
from judging.assignment.service.halls import pairs_of_halls
from judging.editions.models import Edition, Round, RoundKind, Stage
from judging.editions.rules import require_round
from judging.foundation import audit, chance
from judging.foundation.audit import Actor
from judging.foundation.storage import storage

FOUR = (PlanMode.OPTIMAL, PlanMode.FAIR, PlanMode.CALIBRATION, PlanMode.RANDOM)


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A plan that has been computed and not kept yet."""

    ground: Ground
    planned: Planned


def plan_round(
    session: Session,
    edition: Edition,
    round_: Round,
    *,
    seed: int,
    by: Actor,
    at: datetime,
    least: int | None = None,
    most: int | None = None,
    mode: PlanMode = PlanMode.OPTIMAL,
) -> Plan:
    """Propose who judges what and keep the proposal with its proof; only applying it changes assignments.

    `least` and `most` stand in for the round's loads. Where no plan exists, the proposal holds no pairs but the
    reason: which candidates and judges clash, and the cheapest repair.
    """
    terms = Terms(seed=seed, mode=mode, least=least, most=most)
    return keep(session, edition, propose(session, edition, round_, terms), by=by, at=at)


def propose(
    session: Session, edition: Edition, round_: Round, terms: Terms, *, tick: planner.Tick = planner.go_on
) -> Proposal:
    """Compute a plan from the round as it stands; nothing is written."""
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    return solve(session, ready(session, edition, round_, terms), tick=tick)


def ready(session: Session, edition: Edition, round_: Round, terms: Terms, fits: Fits | None = None) -> Ground:
    """Return what the plan stands on; on site the halls decide who judges what, and a draw gets its secret."""
    if round_.kind is RoundKind.ON_SITE:
        terms = terms.but(mode=PlanMode.HALLS)
    if terms.mode is PlanMode.RANDOM and not terms.secret:
        terms = terms.but(secret=f"{chance.source().getrandbits(256):064x}")
    return survey(session, edition, round_, terms, fits)


def solve(
    session: Session, ground: Ground, *, tick: planner.Tick = planner.go_on, seconds: float = float("inf")
) -> Proposal:
    """Find the plan."""
    if ground.terms.mode is PlanMode.HALLS:
        return Proposal(ground, pairs_of_halls(session, ground.round, ground.seats, ground.barred))
    return Proposal(ground, planner.plan(ground.problem, ground.ask, tick=tick, seconds=seconds))


def keep(
    session: Session,
    edition: Edition,
    proposal: Proposal,
    *,
    by: Actor,
    at: datetime,
    proposal_id: UUID | None = None,
    origin_id: UUID | None = None,
) -> Plan:
    """Keep a computed plan with its problem, its proof and, of a draw, the hash of its secret."""
    ground, planned = proposal.ground, proposal.planned
    require_round(edition, ground.round, Stage.BLINDING, Stage.JUDGING)
    stored = storage().put(ground.problem.packed())
    plan = Plan(
        round_id=ground.round.id,
        seed=ground.terms.seed,
        created_at=at,
        created_by_id=by.id,
        pairs=_with_ids(planned, ground),
        summary=_summary(ground, planned),
        mode=ground.terms.mode,
        proposal_id=proposal_id,
        origin_id=origin_id,
        ask=ground.terms.as_json(),
        certificate=_certificate(planned),
        commitment=planned.seal,
        secret=ground.terms.secret,
        digest=stored.sha256,
        base_version=ground.version,
    )
    session.add(plan)
    session.flush()
    record(session, edition, AssignmentAct.PLANNED, plan, by=by, at=at, count=len(plan.pairs))
    if plan.commitment:
        detail = {"commitment": plan.commitment, "problem": plan.digest}
        record(session, edition, AssignmentAct.COMMITTED, plan, by=by, at=at, count=len(plan.pairs), detail=detail)
    return plan


def _certificate(planned: Planned) -> dict[str, Any]:
    """Return what the plan is checked by; the plans that a draw is mixed of are kept as a file, under its hash."""
    proof = asdict(planned.proof) if planned.proof else {}
    return proof | ({"chances": storage().put(planned.chances).sha256} if planned.chances else {})


def _with_ids(planned: Planned, ground: Ground) -> list[list[str]]:
    candidate_ids = {candidate.code: str(candidate.id) for candidate in ground.candidates}
    seat_ids = {seat.judge.code: str(seat.id) for seat in ground.seats}
    return [[candidate_ids[code], seat_ids[judge]] for code, judge in planned.pairs if code in candidate_ids]


def _summary(ground: Ground, planned: Planned) -> dict[str, Any]:
    """Return all that the plan's page says, as plain values."""
    given: dict[str, int] = {candidate.code: 0 for candidate in ground.candidates}
    for code, _judge in planned.pairs:
        given[code] = given.get(code, 0) + 1
    ids, members = {candidate.id for candidate in ground.candidates}, {seat.judge_id for seat in ground.seats}
    wanted = {demand.code: demand.wanted for demand in ground.problem.demands}
    diagnosis = planned.diagnosis
    return {
        "total": planned.total,
        "bound": planned.bound,
        "optimal": planned.optimal,
        "best": planned.best,
        "conceded": planned.conceded,
        "parts": planned.parts,
        "matches": _matches(ground, planned),
        "barred": sum(judge in members and candidate in ids for judge, candidate in ground.barred),
        "wanted": ground.wanted,
        "candidates": len(ground.candidates),
        "loads": [[s.judge.code, s.judge.name, planned.loads.get(s.judge.code, 0)] for s in ground.seats],
        "short": sorted(code for code, count in given.items() if count < wanted.get(code, ground.wanted)),
        "least": ground.terms.least,
        "most": ground.terms.most,
        "on_site": ground.terms.mode is PlanMode.HALLS,
        "expected": planned.expected,
        "mixed": planned.mixed,
        "limit": planned.limit,
        "figures": _figures(ground, planned),
        "worst": _worst(ground, planned),
        "changes": _changes(ground, planned),
        "diagnosis": diagnosis and told_diagnosis(diagnosis),
    }


def told_diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as plain values."""
    return {
        "cause": diagnosis.cause.value,
        "candidates": list(diagnosis.candidates),
        "judges": list(diagnosis.judges),
        "wanted": diagnosis.wanted,
        "room": diagnosis.room,
        "rules": list(diagnosis.rules),
        "ways": [[[r.kind.value, r.code, r.by, r.rule] for r in way] for way in diagnosis.ways],
    }


def _matches(ground: Ground, planned: Planned) -> int:
    industries = {candidate.code: candidate.industry for candidate in ground.candidates}
    judges = {seat.judge.code: seat.judge for seat in ground.seats}
    return sum(rules.fit(judges[j], "", industries[c]) >= 1 for c, j in planned.pairs if c in industries)


def _figures(ground: Ground, planned: Planned) -> dict[str, Any] | None:
    return asdict(figures_of(ground.problem, planned)) if planned.pairs and not planned.diagnosis else None


def _worst(ground: Ground, planned: Planned) -> list[dict[str, Any]]:
    """Return the worst served candidates with the reasons of their pairs."""
    if not planned.pairs or ground.terms.mode is PlanMode.HALLS:
        return []
    titles = {candidate.code: candidate.title for candidate in ground.candidates}
    names = {seat.judge.code: seat.judge.name for seat in ground.seats}
    judges: dict[str, list[str]] = {}
    for code, judge in planned.pairs:
        judges.setdefault(code, []).append(judge)
    return [
        {
            "code": code,
            "title": titles.get(code, ""),
            "sum": total,
            "judges": [[j, names[j], round(ground.fits.of(code, j), 4), ground.explain(code, j)] for j in judges[code]],
        }
        for code, total in figures_of(ground.problem, planned).worst
    ]


def _changes(ground: Ground, planned: Planned) -> dict[str, Any]:
    """Return what applying the plan would change: how many pairs come and go, and for a repair exactly which."""
    present = {(a.candidate.code, a.seat.judge.code) for a in ground.present}
    proposed = set(planned.pairs)
    come, go = sorted(proposed - present), sorted(present - proposed)
    kept: dict[str, Any] = {"come": len(come), "go": len(go)}
    return kept | ({"gives": come, "takes": go} if ground.terms.mode is PlanMode.REPAIR else {})


def record(
    session: Session,
    edition: Edition,
    act: AssignmentAct,
    plan: Plan,
    *,
    by: Actor,
    at: datetime,
    count: int,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Note an act on a plan."""
    summary = plan.summary
    usual = {"pairs": count, "seed": plan.seed, "mode": plan.mode.value}
    usual |= {"total": summary.get("total"), "bound": summary.get("bound")}
    track = next((track.name for track in edition.tracks for r in track.rounds if r.id == plan.round_id), "")
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=plan.id,
        subject=track,
        scope_id=edition.id,
        reason=reason.strip(),
        detail=usual | (detail or {}),
    )
