"""Which entry a candidate is. assignment, ballots and results may not import this module (contract in setup.cfg)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from judging.blinding.models import Candidate
from judging.entries.models import Entry
from judging.foundation.db import Model


class Identity(Model):
    """The link between a candidate and its entry."""

    __tablename__ = "candidate_identity"
    __table_args__ = (sa.UniqueConstraint("round_id", "entry_id"),)

    candidate_id: Mapped[UUID] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"), unique=True)
    candidate: Mapped[Candidate] = relationship(lazy="raise")
    round_id: Mapped[UUID] = mapped_column(sa.ForeignKey("round.id"))
    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    entry: Mapped[Entry] = relationship(lazy="raise")
