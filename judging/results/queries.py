"""Reading result sheets: one function per question. Candidates by code; judges' names only where a page asks for them."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload, selectinload

from judging.ballots.models import Ballot, BallotStatus
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Round, Track
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.results.chances import doubt
from judging.results.models import Flag, ResultSheet, Severity, Standing
from judging.results.rules import OPEN
from judging.results.tables import Scale
from judging.rubrics.models import RoundRubric


@dataclass(frozen=True, slots=True)
class JudgeLabel:
    """A judge as organizers know them."""

    code: str
    name: str


def latest_sheet(session: Session, round_id: UUID) -> ResultSheet | None:
    """Return the newest sheet of a round."""
    query = sa.select(ResultSheet).where(ResultSheet.round_id == round_id).order_by(ResultSheet.number.desc())
    return session.scalar(query.limit(1))


def confirmed_sheet(session: Session, round_id: UUID) -> ResultSheet | None:
    """Return the newest confirmed sheet of a round."""
    confirmed = sa.and_(ResultSheet.round_id == round_id, ResultSheet.confirmed_at.is_not(None))
    return session.scalar(sa.select(ResultSheet).where(confirmed).order_by(ResultSheet.number.desc()).limit(1))


def confirmed_rounds(session: Session, round_ids: Collection[UUID]) -> set[UUID]:
    """Return the rounds that have a confirmed sheet."""
    confirmed = sa.and_(ResultSheet.round_id.in_(round_ids), ResultSheet.confirmed_at.is_not(None))
    return set(session.scalars(sa.select(ResultSheet.round_id).where(confirmed)))


def sheet_of(session: Session, edition_id: UUID, sheet_id: UUID) -> ResultSheet:
    """Return a sheet of this edition with its round, or refuse as missing."""
    query = (
        sa.select(ResultSheet)
        .join(Round, ResultSheet.round_id == Round.id)
        .join(Track, Round.track_id == Track.id)
        .where(ResultSheet.id == sheet_id, Track.edition_id == edition_id)
        .options(contains_eager(ResultSheet.round))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def sheets_by_round(session: Session, round_ids: Collection[UUID]) -> dict[UUID, list[ResultSheet]]:
    """Return the sheets of rounds, newest first."""
    query = sa.select(ResultSheet).where(ResultSheet.round_id.in_(round_ids)).order_by(ResultSheet.number.desc())
    found: dict[UUID, list[ResultSheet]] = {}
    for sheet in session.scalars(query):
        found.setdefault(sheet.round_id, []).append(sheet)
    return found


def open_flags(session: Session, sheet_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many flags wait for an answer, by sheet."""
    waiting = sa.and_(Flag.sheet_id.in_(sheet_ids), Flag.status.in_(OPEN))
    rows = session.execute(sa.select(Flag.sheet_id, sa.func.count()).where(waiting).group_by(Flag.sheet_id))
    return dict(rows.all())


def counted_ballots(session: Session, round_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return per round how many ballots count, and on how many candidates."""
    counts = sa.and_(Ballot.status == BallotStatus.SUBMITTED, Ballot.excluded_reason == "")
    query = (
        sa.select(Candidate.round_id, sa.func.count(Ballot.id), sa.func.count(Ballot.candidate_id.distinct()))
        .join(Ballot, Ballot.candidate_id == Candidate.id)
        .where(Candidate.round_id.in_(round_ids), counts)
        .group_by(Candidate.round_id)
    )
    return {round_id: (ballots, candidates) for round_id, ballots, candidates in session.execute(query)}


def candidate_count(session: Session, round_id: UUID) -> int:
    """Return how many candidates the round has."""
    taking_part = sa.and_(Candidate.round_id == round_id, Candidate.status != CandidateStatus.REMOVED)
    return session.scalar(sa.select(sa.func.count(Candidate.id)).where(taking_part)) or 0


def held_rounds(session: Session, round_ids: Collection[UUID]) -> set[UUID]:
    """Return the rounds that have candidates; a track without entries needs neither sheet nor list."""
    taking_part = sa.and_(Candidate.round_id.in_(round_ids), Candidate.status != CandidateStatus.REMOVED)
    return set(session.scalars(sa.select(Candidate.round_id).where(taking_part).distinct()))


def scales_of(session: Session, round_id: UUID) -> dict[str, Scale]:
    """Return the maxima of the round's rubrics by topic type."""
    rows = session.scalars(sa.select(RoundRubric).where(RoundRubric.round_id == round_id))
    return {
        row.topic_type: Scale(row.rubric.maximum, {one.code: one.maximum for one in row.rubric.criteria})
        for row in rows
    }


def standings_query(sheet_id: UUID) -> sa.Select[Standing]:
    """Return the list of a sheet, each with its candidate, to be searched, sorted and paged."""
    query = sa.select(Standing).join(Standing.candidate).where(Standing.sheet_id == sheet_id)
    return query.options(contains_eager(Standing.candidate))


def standings(session: Session, sheet_id: UUID) -> list[Standing]:
    """Return all standings of a sheet in order."""
    ordered = standings_query(sheet_id).order_by(Standing.component, Standing.rank, Candidate.code)
    return list(session.scalars(ordered))


def standing_of(session: Session, sheet_id: UUID, candidate_id: UUID) -> Standing:
    """Return one candidate's standing, or refuse as missing."""
    found = session.scalar(standings_query(sheet_id).where(Standing.candidate_id == candidate_id))
    if found is None:
        raise NotFound
    return found


def open_places(session: Session, sheet_id: UUID) -> int:
    """Return for how many entries it is open on which side of an award line they belong."""
    return sum(
        doubt(stored) is not None
        for stored in session.scalars(sa.select(Standing.p_top).where(Standing.sheet_id == sheet_id))
    )


def raw_totals(session: Session, sheet_id: UUID) -> list[Decimal]:
    """Return all totals on a sheet, on its common scale."""
    rows = session.scalars(sa.select(Standing.totals).where(Standing.sheet_id == sheet_id))
    return [Decimal(line["raw"]) for totals in rows for line in totals]


def severities(session: Session, sheet_id: UUID) -> list[Severity]:
    """Return the judges of a sheet, the most severe first."""
    query = (
        sa.select(Severity).where(Severity.sheet_id == sheet_id).order_by(Severity.severity.desc(), Severity.judge_id)
    )
    return list(session.scalars(query))


def judge_labels(session: Session, sheet_id: UUID) -> dict[UUID, JudgeLabel]:
    """Return code and name of the judges on a sheet, for those who may know them."""
    query = (
        sa.select(Judge.id, Judge.code, Judge.name)
        .join(Severity, Severity.judge_id == Judge.id)
        .where(Severity.sheet_id == sheet_id)
    )
    return {judge_id: JudgeLabel(code, name) for judge_id, code, name in session.execute(query)}


def flags(session: Session, sheet_id: UUID) -> list[Flag]:
    """Return the flags of a sheet with candidate, those that wait first, the strongest first."""
    query = sa.select(Flag).where(Flag.sheet_id == sheet_id).options(joinedload(Flag.candidate), lazyload(Flag.judge))
    found = session.scalars(query.order_by(Flag.kind, Flag.id))
    return sorted(found, key=lambda flag: (flag.status not in OPEN, flag.kind, -abs(flag.statistic)))


def flag_of(session: Session, sheet_id: UUID, flag_id: UUID) -> Flag:
    """Return a flag of this sheet, or refuse as missing."""
    query = sa.select(Flag).where(Flag.id == flag_id, Flag.sheet_id == sheet_id).options(joinedload(Flag.candidate))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def ballot_of(session: Session, candidate_id: UUID, judge_id: UUID) -> Ballot | None:
    """Return the ballot of a judge for a candidate."""
    return session.scalar(sa.select(Ballot).where(Ballot.candidate_id == candidate_id, Ballot.judge_id == judge_id))


def whole_sheet(session: Session, sheet_id: UUID) -> ResultSheet:
    """Return a sheet with all its rows, for exports and verification."""
    parts = (ResultSheet.standings, ResultSheet.severities, ResultSheet.flags)
    query = sa.select(ResultSheet).where(ResultSheet.id == sheet_id).options(*[selectinload(part) for part in parts])
    query = query.options(joinedload(ResultSheet.round))
    return session.scalars(query.execution_options(populate_existing=True)).one()


def counted_on(session: Session, candidate_id: UUID) -> int:
    """Return how many ballots of a candidate count."""
    counts = sa.and_(Ballot.status == BallotStatus.SUBMITTED, Ballot.excluded_reason == "")
    return session.scalar(sa.select(sa.func.count(Ballot.id)).where(Ballot.candidate_id == candidate_id, counts)) or 0


def name_of(session: Session, sheet: ResultSheet) -> str:
    """Return how people name a sheet: track, round, number."""
    query = sa.select(Track.name, Round.number).join(Round, Round.track_id == Track.id)
    track, number = session.execute(query.where(Round.id == sheet.round_id)).one()
    return f"{track} {number}-{sheet.number}"


def code_of(session: Session, candidate_id: UUID) -> str:
    """Return a candidate's code."""
    return session.scalar(sa.select(Candidate.code).where(Candidate.id == candidate_id)) or ""
