"""Whose work it is that a judge scores, told in keys that name nobody: what results may know of units and regions.

A key says no more than "these belong together": it is made from the round and the unit (or region), means nothing elsewhere, and is
the same whenever it is asked for.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding.identity import Identity
from judging.conflicts.rules import same_unit
from judging.entries.models import Entry
from judging.judges.models import Judge
from judging.units.models import Unit


@dataclass(frozen=True, slots=True)
class Kinship:
    """A key for the unit (or region) of every candidate, and for that of those judges who belong to one of them."""

    candidates: Mapping[UUID, str]
    judges: Mapping[UUID, str]

    def is_own(self, judge_id: UUID, candidate_id: UUID) -> bool:
        """Say whether a judge belongs to the unit whose work a candidate is."""
        return judge_id in self.judges and self.judges[judge_id] == self.candidates.get(candidate_id)

    def among(self, pairs: Iterable[tuple[UUID, UUID]]) -> dict[str, str]:
        """Return the keys of the judges and candidates that meet their own in these pairs; of all others, nothing."""
        met = [(judge_id, candidate_id) for judge_id, candidate_id in pairs if self.is_own(judge_id, candidate_id)]
        return {str(one): self.judges[judge_id] for judge_id, candidate_id in met for one in (judge_id, candidate_id)}


def kinship(session: Session, round_id: UUID, judge_ids: Collection[UUID]) -> Kinship:
    """Return the keys of a round; companies that a judge belongs to together (with their branches) share one."""
    rows = session.execute(
        sa.select(Identity.candidate_id, Unit.id, Unit.name)
        .join(Entry, Entry.id == Identity.entry_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .where(Identity.round_id == round_id)
    ).all()
    judges = list(session.scalars(sa.select(Judge).where(Judge.id.in_(judge_ids)).order_by(Judge.code)))
    names = {unit_id: name for _candidate_id, unit_id, name in rows}
    belongs = {judge.id: found for judge in judges if (found := _units_of(judge, names))}
    roots = _together(names, belongs.values())
    return Kinship(
        candidates={candidate_id: _key(round_id, roots[unit_id]) for candidate_id, unit_id, _name in rows},
        judges={judge_id: _key(round_id, roots[units[0]]) for judge_id, units in belongs.items()},
    )


def neighbours(session: Session, round_id: UUID, judge_ids: Collection[UUID]) -> Kinship:
    """Return the keys of a round's regions: of the units whose work the candidates are, and of judges from there.

    There are few regions, so a key made from a region's own code could be guessed: one of its identities stands for it.
    """
    rows = session.execute(
        sa.select(Identity.candidate_id, Identity.id, Unit.region)
        .join(Entry, Entry.id == Identity.entry_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .where(Identity.round_id == round_id, Unit.region != "")
        .order_by(Identity.id.desc())
    ).all()
    keys = {region: _key(round_id, identity_id) for _candidate_id, identity_id, region in rows}  # the smallest id stays
    judges = session.execute(sa.select(Judge.id, Judge.region).where(Judge.id.in_(judge_ids)))
    return Kinship(
        candidates={candidate_id: keys[region] for candidate_id, _identity_id, region in rows},
        judges={judge_id: keys[region] for judge_id, region in judges if region in keys},
    )


def _units_of(judge: Judge, names: Mapping[UUID, str]) -> list[UUID]:
    same = [unit_id for unit_id, name in names.items() if judge.unit_id == unit_id or same_unit(judge.unit_name, name)]
    return sorted(same)


def _together(unit_ids: Iterable[UUID], groups: Iterable[list[UUID]]) -> dict[UUID, UUID]:
    """Return one unit to stand for each of those that some judge belongs to at once."""
    root = {unit_id: unit_id for unit_id in unit_ids}
    for group in groups:
        heads = {root[unit_id] for unit_id in group}
        head = min(heads)
        root = {unit_id: head if old in heads else old for unit_id, old in root.items()}
    return root


def _key(round_id: UUID, what: UUID) -> str:
    return hashlib.sha256(f"{round_id}:{what}".encode()).hexdigest()[:12]
