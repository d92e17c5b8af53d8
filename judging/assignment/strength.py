"""How strong candidates are thought to be before they are heard, so that halls can be made equally strong.

Assignment stands below results and knows no scores. Whoever knows something registers a source here; the pages say which
one was used. Values stay with the secretariat: no page of a judge shows them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.assignment.models import CandidateStrength
from judging.blinding import lineage
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.models import Edition, Round

Reader = Callable[[Session, Edition, Round], Mapping[UUID, float]]


@dataclass(frozen=True, slots=True)
class Source:
    """Something that tells how strong candidates are; the sources are offered in the order of their places."""

    key: str
    label: Any
    place: int
    read: Reader


@dataclass(frozen=True, slots=True)
class Known:
    """What a source knows of the candidates of a round."""

    key: str
    label: str
    values: Mapping[UUID, float]


_sources: dict[str, Source] = {}


def tells_strength(key: str, label: Any, place: int) -> Callable[[Reader], Reader]:
    """Register a source. Larger values are stronger; a candidate of which nothing is known is left out."""

    def register(read: Reader) -> Reader:
        _sources[key] = Source(key, label, place, read)
        return read

    return register


def label_of(key: str) -> str:
    """Return what a source is called."""
    return str(_sources[key].label) if key in _sources else key


def known_strengths(session: Session, edition: Edition, round_: Round) -> list[Known]:
    """Return the sources that know at least two candidates of a round apart, the one to be trusted most first."""
    ids = {candidate.id for candidate in candidates_of(session, round_.id)}
    found = []
    for source in sorted(_sources.values(), key=lambda source: source.place):
        values = {one: value for one, value in source.read(session, edition, round_).items() if one in ids}
        if len(set(values.values())) > 1:
            found.append(Known(source.key, str(source.label), values))
    return found


@tells_strength("list", _l("List of the secretariat"), 0)
def of_list(session: Session, _edition: Edition, round_: Round) -> Mapping[UUID, float]:
    """Return what the secretariat has read in from Excel."""
    query = sa.select(CandidateStrength.candidate_id, CandidateStrength.value).join(
        Candidate, Candidate.id == CandidateStrength.candidate_id
    )
    return {row[0]: row[1] for row in session.execute(query.where(Candidate.round_id == round_.id))}


@tells_strength("rank", _l("Order of the recommending units"), 30)
def of_recommendation(session: Session, _edition: Edition, round_: Round) -> Mapping[UUID, float]:
    """Return how high the recommending units ranked the candidates: 100 for the first of a long list, 0 for its last."""
    return lineage.recommended(session, round_.id)
