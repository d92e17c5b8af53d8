"""Reading candidates, for everybody who may know codes only. Nothing in here says which entry a candidate is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.blinding.models import Candidate, CandidateStatus, Finding, FindingWhat, ReviewFile
from judging.editions.models import Edition, Round, Track
from judging.foundation.errors import NotFound
from judging.web.pagination import contains


def candidates_of(session: Session, round_id: UUID, cleared_only: bool = True) -> list[Candidate]:
    """Return the candidates of a round by code; with `cleared_only` those that judges may read."""
    query = sa.select(Candidate).where(Candidate.round_id == round_id)
    shown = Candidate.status == CandidateStatus.CLEARED if cleared_only else Candidate.status != CandidateStatus.REMOVED
    return list(session.scalars(query.where(shown).order_by(Candidate.code)))


def candidate_by_id(session: Session, edition: Edition, candidate_id: UUID) -> Candidate:
    """Return a candidate of this edition with its files, findings and round, or refuse."""
    query = (
        sa.select(Candidate)
        .join(Round, Round.id == Candidate.round_id)
        .join(Track, Track.id == Round.track_id)
        .where(Candidate.id == candidate_id, Track.edition_id == edition.id)
        .options(joinedload(Candidate.round), selectinload(Candidate.files), selectinload(Candidate.findings))
        .execution_options(populate_existing=True)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def findings_of(session: Session, candidate_id: UUID) -> list[Finding]:
    """Return what was found in what judges would see of a candidate."""
    query = sa.select(Finding).where(Finding.candidate_id == candidate_id).order_by(Finding.position)
    return list(session.scalars(query))


def finding_by_id(session: Session, candidate: Candidate, finding_id: UUID) -> Finding:
    """Return a finding of this candidate, or refuse."""
    found = session.get(Finding, finding_id)
    if found is None or found.candidate_id != candidate.id:
        raise NotFound
    return found


def files_of(session: Session, candidate_ids: Iterable[UUID]) -> dict[UUID, list[ReviewFile]]:
    """Return the review files of some candidates."""
    query = sa.select(ReviewFile).where(ReviewFile.candidate_id.in_(list(candidate_ids))).order_by(ReviewFile.position)
    files: dict[UUID, list[ReviewFile]] = {}
    for file in session.scalars(query):
        files.setdefault(file.candidate_id, []).append(file)
    return files


def unprepared(session: Session, round_ids: Iterable[UUID]) -> list[UUID]:
    """Return the candidates that have no review copy yet."""
    waiting = Candidate.status == CandidateStatus.PREPARING
    query = sa.select(Candidate.id).where(Candidate.round_id.in_(list(round_ids)), waiting).order_by(Candidate.code)
    return list(session.scalars(query))


def next_suspect(session: Session, candidate: Candidate) -> Candidate | None:
    """Return the next candidate of the round that somebody must look at."""
    waiting = sa.and_(Candidate.round_id == candidate.round_id, Candidate.status == CandidateStatus.SUSPECT)
    after = sa.select(Candidate).where(waiting, Candidate.id != candidate.id)
    return session.scalar(after.order_by(Candidate.code <= candidate.code, Candidate.code).limit(1))


def rounds_of(edition: Edition) -> list[Round]:
    """Return the running round of every track that has one."""
    return [round_ for track in edition.tracks if (round_ := track.round(edition.round_number)) is not None]


def codes_of(session: Session, edition_id: UUID) -> set[str]:
    """Return every code ever drawn in an edition: a new round must not repeat one."""
    query = sa.select(Candidate.code).join(Round).join(Track).where(Track.edition_id == edition_id)
    return set(session.scalars(query))


def counts(session: Session, round_ids: Iterable[UUID]) -> dict[UUID, dict[CandidateStatus, int]]:
    """Return how many candidates of each round stand where."""
    query = sa.select(Candidate.round_id, Candidate.status, sa.func.count()).group_by(
        Candidate.round_id, Candidate.status
    )
    found: dict[UUID, dict[CandidateStatus, int]] = {}
    for round_id, status, number in session.execute(query.where(Candidate.round_id.in_(list(round_ids)))):
        found.setdefault(round_id, {})[status] = number
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of candidates is filtered by."""

    text: str = ""
    round_id: UUID | None = None
    status: CandidateStatus | None = None
    what: FindingWhat | None = None


def listed(round_ids: Iterable[UUID], wanted: Wanted) -> sa.Select[Any]:
    """Return the query of the desk: candidates with how many findings are open, told, and files there are."""
    waiting = sa.and_(Finding.removed.is_(False), Finding.dismissed_at.is_(None))
    query = sa.select(
        Candidate,
        _count(Finding, waiting).label("open"),
        _count(Finding, Finding.removed.is_(True)).label("removed"),
        sa.select(sa.func.coalesce(sa.func.sum(ReviewFile.pages), 0))
        .where(ReviewFile.candidate_id == Candidate.id)
        .scalar_subquery()
        .label("pages"),
    ).where(Candidate.round_id.in_(list(round_ids)))
    if wanted.text:
        query = query.where(contains(wanted.text, Candidate.code, Candidate.title))
    if wanted.round_id:
        query = query.where(Candidate.round_id == wanted.round_id)
    if wanted.status:
        query = query.where(Candidate.status == wanted.status)
    if wanted.what:
        of_kind = sa.exists().where(Finding.candidate_id == Candidate.id, Finding.what == wanted.what, waiting)
        query = query.where(of_kind)
    return query


def _count(model: type[Finding], condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(model.candidate_id == Candidate.id, condition).scalar_subquery()
