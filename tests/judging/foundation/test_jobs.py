"""Long work: one row, one runner, and another try when the runner dies."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.foundation import clock, db, jobs
from judging.foundation.errors import StaleVersion
from judging.foundation.jobs import LEASE, Job, JobState, Progress, Worker, enqueue, handler, run_due


@pytest.fixture
def ran() -> Iterator[list[dict[str, Any]]]:
    """A kind of job that notes its payloads."""
    noted: list[dict[str, Any]] = []

    @handler("test.note")
    def note(payload: dict[str, Any], progress: Progress) -> str:
        noted.append(payload)
        progress(1, 2)
        return "2 rows were read."

    yield noted
    for kind in [kind for kind in jobs._handlers if kind.startswith("test.")]:
        del jobs._handlers[kind]


def asked(session: Session, kind: str = "test.note", **values: Any) -> UUID:
    job = enqueue(session, kind, {"rows": 2}, by_id=None)
    for name, value in values.items():
        setattr(job, name, value)
    session.commit()
    return job.id


def state(session: Session, job_id: UUID) -> Job:
    session.expire_all()
    return session.get_one(Job, job_id)


def test_a_job_runs_once_and_leaves_its_words_and_progress(
    app: Flask, session: Session, ran: list[dict[str, Any]]
) -> None:
    job_id = asked(session)
    assert [run_due(app), run_due(app)] == [1, 0]
    job = state(session, job_id)
    assert ran == [{"rows": 2}]
    assert (job.state, job.message, job.done, job.total) == (JobState.DONE, "2 rows were read.", 1, 2)
    assert (job.attempts, job.lease) == (1, None)


def test_a_job_starts_only_when_the_act_that_asked_for_it_is_kept(
    app: Flask, session: Session, ran: list[dict[str, Any]]
) -> None:
    with session.begin_nested() as act:
        enqueue(session, "test.note", {}, by_id=None)
        act.rollback()
    session.commit()
    assert run_due(app) == 0


def test_jobs_run_in_the_order_in_which_they_were_asked_for(
    app: Flask, session: Session, ran: list[dict[str, Any]]
) -> None:
    now = clock.now()
    for minutes, name in ((3, "late"), (9, "early"), (6, "between")):
        asked(session, created_at=now - timedelta(minutes=minutes), payload={"name": name})
    run_due(app)
    assert [payload["name"] for payload in ran] == ["early", "between", "late"]


def test_a_refusal_is_told_in_its_own_sentence(app: Flask, session: Session, ran: list[dict[str, Any]]) -> None:
    @handler("test.refused")
    def refused(_payload: dict[str, Any], _progress: Progress) -> str:
        raise StaleVersion

    job_id = asked(session, "test.refused")
    run_due(app)
    job = state(session, job_id)
    assert (job.state, job.message) == (JobState.FAILED, str(StaleVersion()))


@pytest.mark.parametrize("kind", ["test.broken", "test.unknown"])
def test_a_failure_is_logged_and_told_without_its_trace(
    app: Flask, session: Session, ran: list[dict[str, Any]], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    @handler("test.broken")
    def broken(_payload: dict[str, Any], _progress: Progress) -> str:
        raise ZeroDivisionError("secret")

    job_id = asked(session, kind)
    with caplog.at_level(logging.ERROR):
        run_due(app)
    job = state(session, job_id)
    assert (job.state, job.message) == (JobState.FAILED, "")
    assert kind in caplog.text


def test_a_job_whose_worker_died_runs_again_when_its_lease_has_passed(
    app: Flask, session: Session, ran: list[dict[str, Any]]
) -> None:
    held = {"state": JobState.RUNNING, "owner": uuid4(), "attempts": 1}
    alive = asked(session, **held, lease=clock.now() + LEASE)
    dead = asked(session, **held, lease=clock.now() - timedelta(seconds=1))
    assert run_due(app) == 1
    assert (state(session, dead).state, state(session, dead).attempts) == (JobState.DONE, 2)
    assert state(session, alive).state is JobState.RUNNING


def test_a_worker_that_lost_its_lease_changes_nothing_any_more(
    app: Flask, session: Session, ran: list[dict[str, Any]]
) -> None:
    other = uuid4()

    @handler("test.slow")
    def slow(_payload: dict[str, Any], progress: Progress) -> str:
        with app.app_context(), db.transaction() as inner:  # meanwhile another worker has taken the job over
            inner.execute(sa.update(Job).values(owner=other, done=7))
        progress(1, 2)
        return "too late"

    job_id = asked(session, "test.slow")
    run_due(app)
    job = state(session, job_id)
    assert (job.state, job.owner, job.done, job.message) == (JobState.RUNNING, other, 7, "")


def test_progress_prolongs_the_lease(app: Flask, session: Session, ran: list[dict[str, Any]]) -> None:
    leases: list[datetime | None] = []

    @handler("test.long")
    def long(payload: dict[str, Any], progress: Progress) -> str:
        with app.app_context(), db.transaction() as inner:
            inner.execute(sa.update(Job).values(lease=datetime(2022, 1, 1, tzinfo=UTC)))
        progress(5, 10)
        with app.app_context():
            leases.append(db.session().scalar(sa.select(Job.lease)))
        return ""

    asked(session, "test.long")
    run_due(app)
    assert leases[0] is not None
    assert leases[0] > clock.now()


def test_a_worker_goes_on_after_a_stumble_and_ends_when_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def tick() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise ZeroDivisionError
        worker.stop()

    monkeypatch.setattr(jobs, "run_due", lambda _app: 0)
    worker = Worker(app, tick=tick, pause=0.001)
    worker.start()
    worker.join(5)
    assert not worker.is_alive()
    assert len(rounds) == 2
