"""Blinding, conflicts, assignment and ballots of an edition."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from judging.assignment.models import Assignment, Seat
from judging.assignment.service import applying, panels, plans
from judging.ballots import service as ballots
from judging.blinding import identity_queries
from judging.blinding import service as blinding
from judging.blinding.models import Candidate, CandidateStatus
from judging.conflicts import service as conflicts
from judging.conflicts.models import Conflict, ConflictBasis
from judging.demo import marks as simulated
from judging.demo import pdfs
from judging.demo.corpus_facts import EntryFacts
from judging.demo.marks import Truth
from judging.demo.scene import Scene, Times
from judging.editions import service as editions
from judging.editions.models import Edition, Round
from judging.entries import queries as entry_queries
from judging.entries.models import Entry
from judging.foundation.audit import Actor
from judging.judges import service as judges
from judging.judges.models import ExpertiseKind, Judge
from judging.rubrics import queries as rubrics
from judging.rubrics.models import Rubric

Tick = Callable[[], None]
AT_ONCE = 40  # review copies made together
REQUESTS = ("该专家与我单位有业务竞争关系，申请回避。", "该专家曾为我单位供应商提供咨询，申请回避。")
APPLICANTS = (("褚一帆", "江汉示范精密制造有限公司", "C"), ("尹知秋", "荆楚示范检测中心", "M"))


def blind(session: Session, scene: Scene, edition: Edition, times: Times, *, tick: Tick) -> None:
    """Admit the accepted entries to the first round, make their review copies, clear them."""
    by, at = scene.organizer.actor, times.blinding
    for track in edition.tracks:
        round_ = track.rounds[0]
        accepted = entry_queries.accepted(session, track.id)
        candidates = blinding.admit(session, edition, round_, accepted, by=by, at=at)
        for start in range(0, len(candidates), AT_ONCE):
            some = candidates[start : start + AT_ONCE]
            blinding.prepare_all(session, some, at=at)
            for _ in some:
                tick()
    blinding.clear_ready(
        session, edition, [track.rounds[0] for track in edition.tracks], by=by, at=at + timedelta(hours=2)
    )


def suspects(session: Session, edition: Edition) -> list[Candidate]:
    """Return the candidates whose copies still carry names."""
    rounds = [track.rounds[0].id for track in edition.tracks]
    which = sa.and_(Candidate.round_id.in_(rounds), Candidate.status == CandidateStatus.SUSPECT)
    query = sa.select(Candidate).where(which).options(selectinload(Candidate.findings)).order_by(Candidate.code)
    return list(session.scalars(query))


def keep_apart(session: Session, scene: Scene, edition: Edition, times: Times) -> None:
    """Detect conflicts; two judges declare one, one detected is waived with a reason."""
    by, at = scene.organizer.actor, times.blinding
    conflicts.detect(session, edition, by=by, at=at)
    for judge, unit_name in zip(scene.judges[3:5], sorted(scene.units)[5:7], strict=True):
        actor = scene.judge_users[judge.id].actor
        unit = scene.units[unit_name]
        reason = "两年内曾为该单位小组授课辅导"
        conflicts.declare(
            session,
            edition,
            judge,
            unit=unit,
            basis=ConflictBasis.COACHED,
            reason=reason,
            by=actor,
            at=at + timedelta(days=1),
        )
    recommending = Conflict.basis == ConflictBasis.RECOMMENDING_UNIT
    detected = session.scalar(sa.select(Conflict).where(Conflict.edition_id == edition.id, recommending).limit(1))
    if detected is not None:
        reason = "仅为推荐单位兼职专家，不参与推荐审核，经组委会研究同意豁免"
        conflicts.waive(session, detected, reason=reason, by=by, at=at + timedelta(days=1))


def assign(session: Session, scene: Scene, edition: Edition, times: Times) -> dict[UUID, dict[str, object]]:
    """Seat the judges of each field, plan, apply; return each round's plan in figures."""
    by, at = scene.organizer.actor, times.blinding + timedelta(days=2)
    shown = {}
    for track in edition.tracks:
        round_ = track.rounds[0]
        able = [judge for judge in scene.judges if track.kind.value in {e.code for e in judge.expertise}]
        panel = panels.make_panel(session, edition, round_, name=f"{track.name}评审组", by=by, at=at)
        seats = able[: _seats(session, round_)]
        panels.seat_judges(session, panel, seats, chair=able[0], by=by, at=at)
        low, high = _loads(session, round_, len(seats))
        editions.update_round(session, edition, track, round_, by=by, at=at, min_load=low, max_load=high)
        plan = plans.plan_round(session, edition, round_, seed=edition.year, by=by, at=at)
        applying.apply_plan(session, edition, round_, plan, by=by, at=at + timedelta(hours=1))
        shown[round_.id] = plan.summary
    return shown


def _seats(session: Session, round_: Round) -> int:
    """Return how many judges a round needs so that each marks about a dozen: fewer say too little of a severity."""
    return max(round_.judges_per_entry + 2, _wanted(session, round_) // 12)


def _loads(session: Session, round_: Round, seats: int) -> tuple[int, int]:
    """Return bounds of a judge's load, a third below and above the mean: the best fit alone would load some twice as much."""
    mean = _wanted(session, round_) / seats
    return int(mean * 2 / 3), ceil(mean * 4 / 3)


def _wanted(session: Session, round_: Round) -> int:
    candidates = session.scalar(sa.select(sa.func.count()).where(Candidate.round_id == round_.id)) or 0
    return candidates * round_.judges_per_entry


def mark_all(session: Session, scene: Scene, edition: Edition, truth: Truth, times: Times, *, tick: Tick) -> None:
    """Let every judge mark everything that was assigned."""
    for track in edition.tracks:
        _mark_round(session, scene, edition, track.rounds[0], truth, times, whole=True, tick=tick)


def mark_some(session: Session, scene: Scene, edition: Edition, truth: Truth, times: Times, *, tick: Tick) -> None:
    """Let every judge come as far as the middle of judging, with one sheet begun and not finished."""
    for track in edition.tracks:
        _mark_round(session, scene, edition, track.rounds[0], truth, times, whole=False, tick=tick)


def _mark_round(
    session: Session,
    scene: Scene,
    edition: Edition,
    round_: Round,
    truth: Truth,
    times: Times,
    *,
    whole: bool,
    tick: Tick,
) -> None:
    work = _work_of(session, round_)
    entries = identity_queries.entries_of(session, [a.candidate_id for judge in work.values() for a in judge])
    by_type = rubrics.rubrics_of_round(session, round_.id)
    for judge in scene.judges:
        assignments = work.get(judge.id, [])
        share = 1.0 if whole else truth.pace(judge.code)
        finished = round(len(assignments) * share)
        begun = assignments[: finished + (0 if whole else 1)]
        for place, assignment in enumerate(begun):
            entry = entries[assignment.candidate_id]
            rubric = by_type.get(entry.topic_type) or by_type[""]
            at = times.judging + truth.hour(entry.code, judge.code) + timedelta(days=int(10 * place / len(begun)))
            begun_only = place >= finished
            _fill(session, scene, edition, assignment, judge, entry, rubric, truth, at, begun_only=begun_only)
            tick()


def _work_of(session: Session, round_: Round) -> dict[UUID, list[Assignment]]:
    query = (
        sa.select(Assignment)
        .join(Assignment.candidate)
        .join(Assignment.seat)
        .where(Candidate.round_id == round_.id)
        .options(selectinload(Assignment.candidate), selectinload(Assignment.seat).selectinload(Seat.judge))
        .order_by(Assignment.order, Candidate.code)
    )
    work: dict[UUID, list[Assignment]] = {}
    for assignment in session.scalars(query):
        work.setdefault(assignment.seat.judge_id, []).append(assignment)
    return work


def _fill(
    session: Session,
    scene: Scene,
    edition: Edition,
    assignment: Assignment,
    judge: Judge,
    entry: Entry,
    rubric: Rubric,
    truth: Truth,
    at: datetime,
    *,
    begun_only: bool,
) -> None:
    by: Actor = scene.judge_users[judge.id].actor
    total = truth.total(entry.code, entry.unit.region, judge.code)
    given = truth.marks(total, rubric, entry.code, judge.code)
    wanted = given[: len(given) // 2] if begun_only else given
    marks = {criterion.id: value for criterion, value in zip(rubric.criteria, wanted, strict=False)}
    words = {} if begun_only or len(entry.title) % 4 else _words(entry, judge)
    ballots.save_sheet(
        session, edition, assignment, marks=marks, comments=words, sequence=1, by=by, at=at, submit=not begun_only
    )


def _words(entry: Entry, judge: Judge) -> dict[str, str]:
    texts = {
        "strengths": simulated.STRENGTHS,
        "weaknesses": simulated.WEAKNESSES,
        "suggestions": simulated.SUGGESTIONS,
    }
    start = len(entry.title) + len(judge.name)
    return {field: choice[(start + n) % len(choice)] for n, (field, choice) in enumerate(texts.items())}


def mend_leaks(session: Session, scene: Scene, edition: Edition, facts: Sequence[EntryFacts], times: Times) -> None:
    """Ask the units for clean masked copies where names were found, and clear those."""
    by, at = scene.organizer.actor, times.blinding + timedelta(days=1)
    found = suspects(session, edition)
    entries = identity_queries.entries_of(session, [candidate.id for candidate in found])
    by_title = {fact.title: fact for fact in facts}
    for candidate in found:
        entry = entries[candidate.id]
        clean = pdfs.make_files(by_title[entry.title], leaks=False).masked
        reason = "评审稿中发现身份信息，单位已重新提交脱敏稿"
        blinding.replace_masked(session, edition, candidate, clean.name, clean.content, reason=reason, by=by, at=at)
        blinding.clear(session, edition, candidate, by=by, at=at)


def fewer_judges(session: Session, edition: Edition, by: Actor, at: datetime) -> None:
    """Three judges an entry instead of last year's five: there are three times as many entries."""
    for track in edition.tracks:
        editions.update_round(session, edition, track, track.rounds[0], by=by, at=at, judges_per_entry=3)


def ask_recusal(session: Session, scene: Scene, edition: Edition, at: datetime) -> None:
    """Let two units ask that a judge keeps away from their entries; the organizer has not answered yet."""
    accepted = entry_queries.accepted(session, edition.tracks[0].id)
    for entry, judge, reason in zip(accepted[3:5], scene.judges[8:10], REQUESTS, strict=False):
        contact = scene.contacts[entry.unit_id].actor
        conflicts.request(
            session, edition, entry, judge_name=judge.name, judge_unit=judge.unit_name, reason=reason, by=contact, at=at
        )


def leave_waiting(session: Session, scene: Scene, edition: Edition, at: datetime) -> None:
    """Leave the organizer something to decide: two applications, one recusal on a sheet."""
    track = edition.tracks[0]
    for name, unit_name, field in APPLICANTS:
        values = {
            "name": name,
            "unit_name": unit_name,
            "title": "高级工程师",
            "region": "420500",
            "recommender": "省质量协会",
        }
        skills = {ExpertiseKind.TRACK: ("qc", "paper"), ExpertiseKind.INDUSTRY: (field,)}
        judges.register_judge(session, values, skills=skills, by=scene.organizer.actor, at=at)
    work = _work_of(session, track.rounds[0])
    judge = next(judge for judge in scene.judges if len(work.get(judge.id, [])) > 2)
    by = scene.judge_users[judge.id].actor
    reason = "认出该课题，曾参与其技术咨询"
    ballots.recuse(session, edition, work[judge.id][-1], reason=reason, by=by, at=at)
