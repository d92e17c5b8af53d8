"""Letters wait in the outbox until their transaction has committed; then they are sent, or written to files."""

import logging
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from judging.foundation.db import Model

MAX_ATTEMPTS = 8
logger = logging.getLogger(__name__)


class Message(Model):
    """A letter that waits, has been sent, or has been given up with the error that stopped it."""

    __tablename__ = "outbox_message"

    to: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    scope_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(sa.Text, default="")


def lay(session: Session, *, to: str, subject: str, body: str, at: datetime, scope_id: UUID | None = None) -> None:
    """Lay a letter in the outbox; without an address there is nothing to send and nothing is laid."""
    if not to:
        return
    one_line = " ".join(subject.split())[:200]
    session.add(Message(to=to, subject=one_line, body=body, scope_id=scope_id, created_at=at, due_at=at))


def due(session: Session, at: datetime, limit: int = 50) -> list[Message]:
    """Return the letters that should go now."""
    waiting = sa.and_(Message.sent_at.is_(None), Message.due_at <= at, Message.attempts < MAX_ATTEMPTS)
    query = sa.select(Message).where(waiting).order_by(Message.due_at).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def send_due(session: Session, at: datetime, *, mail_url: str, folder: Path) -> int:
    """Send what is due and return how many went; a letter that fails is tried again later, ever more rarely."""
    sent = 0
    for message in due(session, at):
        message.attempts += 1
        try:
            _send(message, mail_url, folder)
        except (OSError, smtplib.SMTPException) as error:
            message.error = str(error)
            message.due_at = at + timedelta(minutes=2**message.attempts)
            logger.warning("letter %s could not be sent: %s", message.id, error)
        else:
            message.sent_at, message.error = at, ""
            sent += 1
    session.flush()
    return sent


def _send(message: Message, mail_url: str, folder: Path) -> None:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = message.to, message.subject
    letter.set_content(message.body)
    if not mail_url:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{message.id}.eml").write_bytes(bytes(letter))
        return
    parts = urlsplit(mail_url)  # smtp://user:password@host:587/?from=address
    letter["From"] = dict(p.split("=", 1) for p in parts.query.split("&") if "=" in p).get("from", parts.username or "")
    with smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=20) as server:
        if parts.username:
            server.starttls()
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
