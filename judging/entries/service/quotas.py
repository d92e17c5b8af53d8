"""Set how many entries each recommending unit may put forward."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.rules import require_stage
from judging.entries import quotas
from judging.entries.quotas import OTHERS, SETTING, Typed
from judging.entries.rules import EntryAct
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.errors import StaleVersion
from judging.units.models import RecommendingUnit


def set_quotas(
    session: Session,
    edition: Edition,
    units: Sequence[RecommendingUnit],
    table: Typed,
    *,
    seen: Mapping[UUID, int | None],
    by: Actor,
    at: datetime,
) -> int:
    """Save the table; return in how many tracks something changed. `seen` holds the versions the page showed."""
    require_stage(edition, Stage.SETUP, Stage.INTAKE)
    if table.errors:
        raise quotas.UnsoundQuotas
    names = {str(unit.id): unit.name for unit in units} | {OTHERS: "*"}
    changed = 0
    for track in quotas.tracks_of(edition):
        first, numbers = track.round(1), table.numbers(track)
        before = quotas.stored(edition, units).numbers(track)
        if first is None or numbers == before:
            continue
        if seen.get(track.id) != first.version:
            raise StaleVersion
        first.settings = {**(first.settings or {}), SETTING: numbers}
        differing = sorted(key for key in before.keys() | numbers.keys() if before.get(key) != numbers.get(key))
        detail = {names.get(key, key): [before.get(key), numbers.get(key)] for key in differing}
        audit.record(
            session,
            EntryAct.QUOTAS,
            by=by,
            at=at,
            subject_id=edition.id,
            subject=track.name,
            scope_id=edition.id,
            detail=detail,
        )
        changed += 1
    session.flush()
    return changed
