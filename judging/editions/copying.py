"""An edition starts as a copy of last year's: each stage above copies its own part.

@copies
def copy_tiers(session: Session, copied: Copied) -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Round, Track
from judging.foundation.audit import Actor


@dataclass(frozen=True, slots=True)
class Copied:
    """Two editions, and which new track or round stands for which old one (by the old one's id)."""

    source: Edition
    made: Edition
    by: Actor
    at: datetime
    tracks: dict[UUID, Track] = field(default_factory=dict)
    rounds: dict[UUID, Round] = field(default_factory=dict)


Copier = Callable[[Session, Copied], None]
_copiers: list[Copier] = []


def copies(function: Copier) -> Copier:
    """Register a function that copies what a later stage keeps about an edition."""
    if function not in _copiers:
        _copiers.append(function)
    return function


def copy_the_rest(session: Session, copied: Copied) -> None:
    """Let every stage copy its part."""
    for copier in _copiers:
        copier(session, copied)
