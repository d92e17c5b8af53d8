"""Long work: a row in the business transaction is the truth, a worker runs it, a page shows how far it is.

A job that dies with its worker runs again when its lease has passed, so handlers must be idempotent.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped, Session, mapped_column

from judging.foundation import clock, db
from judging.foundation.errors import DomainError

LEASE = timedelta(minutes=2)
logger = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(db.Model):
    """A piece of long work, asked for by somebody."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[dict[str, Any]]
    by_id: Mapped[UUID | None]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(sa.Text, default="")  # the refusal or the result, in words
    result_url: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[datetime]
    lease: Mapped[datetime | None]
    owner: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0)


Progress = Callable[[int, int], None]
Handler = Callable[[dict[str, Any], Progress], str]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function that does the work of `kind`; it opens its own transactions and returns a sentence."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def enqueue(session: Session, kind: str, payload: dict[str, Any], *, by_id: UUID | None, result_url: str = "") -> Job:
    """Ask for work in the caller's transaction: it starts only if that commits."""
    job = Job(kind=kind, payload=payload, by_id=by_id, result_url=result_url, created_at=clock.now())
    session.add(job)
    session.flush()
    return job


def run_due(app: Flask) -> int:
    """Run what waits, in this thread; return how many jobs ran."""
    ran = 0
    while (job_id := _claim(app)) is not None:
        _run(app, *job_id)
        ran += 1
    return ran


def _claim(app: Flask) -> tuple[UUID, UUID] | None:
    owner, now = uuid4(), clock.now()
    free = sa.or_(Job.state == JobState.QUEUED, sa.and_(Job.state == JobState.RUNNING, Job.lease < now))
    query = sa.select(Job).where(free).order_by(Job.created_at).limit(1).with_for_update(skip_locked=True)
    with app.app_context():
        if db.session().scalar(sa.select(Job.id).where(free).limit(1)) is None:
            return None
        with db.transaction() as session:
            job = session.scalar(query)
            if job is None:
                return None
            job.state, job.owner, job.lease, job.attempts = JobState.RUNNING, owner, now + LEASE, job.attempts + 1
            return job.id, owner


def _run(app: Flask, job_id: UUID, owner: UUID) -> None:
    def progress(done: int, total: int) -> None:
        with app.app_context(), db.transaction() as session:
            session.execute(
                sa.update(Job)
                .where(Job.id == job_id, Job.owner == owner)
                .values(done=done, total=total, lease=clock.now() + LEASE)
            )

    with app.app_context():  # ends before the work begins: long work must not hold a read transaction open
        job = db.session().get_one(Job, job_id)
        kind, payload = job.kind, dict(job.payload)
    with app.test_request_context():  # labels and sentences need a locale
        try:
            message, state = _handlers[kind](payload, progress), JobState.DONE
        except DomainError as refusal:
            message, state = str(refusal), JobState.FAILED
        except Exception:
            logger.exception("job %s (%s) failed", job_id, kind)
            message, state = "", JobState.FAILED
    with app.app_context(), db.transaction() as session:
        mine = sa.and_(Job.id == job_id, Job.owner == owner)
        session.execute(sa.update(Job).where(mine).values(state=state, message=message, lease=None))


class Worker(threading.Thread):
    """The worker inside the web process: enough for one machine."""

    def __init__(self, app: Flask, tick: Callable[[], object] | None = None, pause: float = 0.5) -> None:
        super().__init__(name="worker", daemon=True)
        self._app, self._tick, self._pause, self._stop_asked = app, tick, pause, threading.Event()

    def run(self) -> None:
        """Work until asked to stop; a failure is logged and does not end the worker."""
        while not self._stop_asked.is_set():
            try:
                run_due(self._app)
                if self._tick:
                    self._tick()
            except Exception:
                logger.exception("the worker stumbled and goes on")
            self._stop_asked.wait(self._pause)

    def stop(self) -> None:
        """Finish the job at hand, then end."""
        self._stop_asked.set()
