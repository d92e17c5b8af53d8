"""Reading notices, objections and certificates."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.publication.models import Notice, NoticeStatus


def published_notices(session: Session, limit: int = 20) -> list[Notice]:
    """Return what the public may read, newest first."""
    query = sa.select(Notice).where(Notice.status == NoticeStatus.PUBLISHED)
    return list(session.scalars(query.order_by(Notice.published_at.desc()).limit(limit)))
