"""What a judge may see of a candidate: a value, not a row, so that nothing else can reach a judge's page."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from judging.blinding.identity_queries import entries_of
from judging.blinding.models import Candidate, CandidateStatus, ReviewFile
from judging.entries.models import AttachmentKind, TopicType
from judging.foundation.errors import NotFound
from judging.foundation.storage import storage


@dataclass(frozen=True, slots=True)
class ReviewFileView:
    """A file that a judge may open, under a name made of the code."""

    position: int
    label: str
    name: str
    pages: int
    size: int


@dataclass(frozen=True, slots=True)
class ReviewCopy:
    """A candidate as its judges see it. The last three are told in open rounds only."""

    code: str
    title: str
    abstract: str
    keywords: str
    topic_label: str
    files: tuple[ReviewFileView, ...]
    unit_name: str | None = None
    group_name: str | None = None
    presenter: str | None = None


def review_copy(session: Session, candidate_id: UUID, *, cleared_only: bool = True) -> ReviewCopy:
    """Return what judges see of a candidate; what is not cleared does not exist for them."""
    candidate = _candidate(session, candidate_id, cleared_only)
    shown = {
        "code": candidate.code,
        "title": candidate.title,
        "abstract": candidate.abstract,
        "keywords": candidate.keywords,
        "topic_label": topic_label(candidate.topic_type),
    }
    names = {} if candidate.round.blind else _names(session, candidate)
    return ReviewCopy(**shown, **names, files=tuple(_view(candidate, file) for file in candidate.files))


def review_pdf(session: Session, candidate_id: UUID, position: int, *, cleared_only: bool = True) -> bytes:
    """Return the bytes of a review file."""
    candidate = _candidate(session, candidate_id, cleared_only)
    found = next((file for file in candidate.files if file.position == position), None)
    if found is None:
        raise NotFound
    return storage().get(found.storage_key)


def file_name(code: str, position: int) -> str:
    """Return the name under which judges get a review file."""
    return f"{code}-{position}.pdf"


def topic_label(topic_type: str) -> str:
    """Return the words for a kind of topic."""
    known = TopicType.of(topic_type)
    return str(known.label) if known else topic_type


def _candidate(session: Session, candidate_id: UUID, cleared_only: bool) -> Candidate:
    query = (
        sa.select(Candidate)
        .where(Candidate.id == candidate_id)
        .options(joinedload(Candidate.round), selectinload(Candidate.files))
    )
    found = session.scalar(query)
    if found is None or (cleared_only and found.status is not CandidateStatus.CLEARED):
        raise NotFound
    return found


def _view(candidate: Candidate, file: ReviewFile) -> ReviewFileView:
    kind = AttachmentKind.of(file.label)
    return ReviewFileView(
        file.position,
        str(kind.label) if kind else file.label,
        file_name(candidate.code, file.position),
        file.pages,
        file.size,
    )


def _names(session: Session, candidate: Candidate) -> dict[str, str]:
    entry = entries_of(session, [candidate.id]).get(candidate.id)
    if entry is None:
        return {}
    return {"unit_name": entry.unit.name, "group_name": entry.group_name, "presenter": entry.presenter}
