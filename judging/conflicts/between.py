"""One question of the desk: may this judge judge this entry, and if not, why not."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from judging.conflicts import queries
from judging.conflicts.models import Conflict
from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.judges.models import Judge
from judging.units.models import Unit


@dataclass(frozen=True, slots=True)
class Between:
    """What is known between a judge and an entry, or all entries of a unit."""

    judge: Judge
    unit: Unit | None
    entry: Entry | None
    conflicts: list[Conflict]
    own_account: bool

    @property
    def bars(self) -> bool:
        """Say whether they must not meet."""
        return self.own_account or any(one.status in queries.BARRING for one in self.conflicts)

    @property
    def named(self) -> str:
        """Return what is asked about, in words."""
        return f"{self.entry.code} {self.entry.title}" if self.entry else self.unit.name if self.unit else ""


def between(session: Session, edition: Edition, judge: Judge, text: str) -> Between:
    """Return what is known between a judge and the entry of a code or the unit of a name, whatever became of it."""
    unit, entry = queries.named_in_edition(session, edition.id, text)
    targets = [Conflict.unit_id == (entry.unit_id if entry else unit.id if unit else None)]
    if entry is not None:
        targets.append(Conflict.entry_id == entry.id)
    known = sa.and_(Conflict.edition_id == edition.id, Conflict.judge_id == judge.id, sa.or_(*targets))
    query = sa.select(Conflict).where(known).options(joinedload(Conflict.judge), joinedload(Conflict.unit))
    query = query.options(joinedload(Conflict.entry).joinedload(Entry.unit))
    found = list(session.scalars(query.order_by(Conflict.created_at, Conflict.id)))
    return Between(judge, unit, entry, found, _speaks_for(session, judge.id, unit, entry))


def _speaks_for(session: Session, judge_id: UUID, unit: Unit | None, entry: Entry | None) -> bool:
    sides = {unit.id} if unit else set()
    if entry is not None:
        sides = {entry.unit_id} | ({entry.recommending_unit_id} if entry.recommending_unit_id else set())
    return any((judge_id, side) in queries.spoken_for(session) for side in sides)
