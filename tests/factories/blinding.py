"""Candidates for tests."""

import itertools
from typing import Any

from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Round
from judging.entries.models import Entry

_numbers = itertools.count(1)


def make_candidate(session: Session, round_: Round, *, entry: Entry | None = None, **values: Any) -> Candidate:
    """Return a cleared candidate of a round; with `entry`, the candidate of that entry."""
    number = next(_numbers)
    preset = {"code": f"K{number:04d}", "title": f"候选成果{number}", "topic_type": "self_set", "industry": "C"}
    preset |= {"status": CandidateStatus.CLEARED}
    candidate = Candidate(**preset | {"round_id": round_.id, "files": [], "findings": []} | values)
    session.add(candidate)
    session.flush()
    if entry is not None:
        session.add(Identity(candidate_id=candidate.id, round_id=round_.id, entry_id=entry.id))
        session.flush()
    return candidate
