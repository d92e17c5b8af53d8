"""The way to a second round: shortlisted entries become candidates again, with new codes."""

from datetime import datetime

from sqlalchemy.orm import Session

from judging.blinding import service as blinding
from judging.blinding.models import Candidate
from judging.editions import service as editions
from judging.editions.models import Edition, Stage, Track
from judging.editions.rules import require_stage
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.selection import queries, rules
from judging.selection.rules import SelectionAct


def advancing(session: Session, edition: Edition) -> dict[Track, int]:
    """Return how many entries of each track are shortlisted for the round after the running one."""
    following = [track for track in edition.tracks if track.round(edition.round_number + 1) is not None]
    counts = {track: len(queries.shortlisted(session, track.id, edition.round_number)) for track in following}
    return {track: count for track, count in counts.items() if count}


def open_next_round(
    session: Session, edition: Edition, *, by: Actor, at: datetime, reason: str = ""
) -> dict[Track, list[Candidate]]:
    """Open the next round with every shortlisted entry: the edition returns to blinding, the entries get new codes."""
    require_stage(edition, Stage.SELECTION)
    undecided = queries.undecided_tracks(session, edition)
    if undecided:
        raise rules.ListNotDecided(track=undecided[0].name)
    tracks = advancing(session, edition)
    if not tracks:
        raise rules.NobodyAdvances
    editions.open_next_round(session, edition, by=by, at=at, reason=reason)
    return {track: advance(session, edition, track, by=by, at=at) for track in tracks}


def advance(session: Session, edition: Edition, track: Track, *, by: Actor, at: datetime) -> list[Candidate]:
    """Admit a track's shortlist of the round before to the round that is now being prepared."""
    require_stage(edition, Stage.BLINDING)
    round_ = track.round(edition.round_number)
    if round_ is None:
        raise rules.NoSuchRound(track=track.name, number=edition.round_number)
    entries = queries.shortlisted(session, track.id, edition.round_number - 1)
    if not entries:
        raise rules.NobodyAdvances
    made = blinding.admit(session, edition, round_, entries, by=by, at=at)
    detail = {"round": round_.number, "entries": len(entries)}
    audit.record(
        session,
        SelectionAct.ADVANCED,
        by=by,
        at=at,
        subject_id=track.id,
        subject=track.name,
        scope_id=edition.id,
        detail=detail,
    )
    session.flush()
    return made
