"""What every test stands on: one application per process, one rolled-back transaction per test."""

import contextvars
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from xdist.scheduler import LoadScopeScheduling

from judging.accounts.models import User
from judging.app import create_app
from judging.config import Settings
from judging.foundation import db
from tests.chromium import browser
from tests.factories.accounts import sign_in_as
from tests.postgres.server import postgres

__all__ = ["browser", "postgres"]  # fixtures that live beside what they start

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
# Passwords need not be hard to guess here, and templates are compiled once for all applications of a run.
QUICK: dict[str, Any] = {
    "argon2_time": 1,
    "argon2_memory_kib": 64,
    "template_cache": Path(__file__).resolve().parents[1] / ".cache" / "templates",
}
# A group stays with one worker. The long ones go first, so that neither worker sits idle at the end.
LONG = ("edition", "desks", "scripts", "phone", "access", "walks", "leaks", "play", "postgres")

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long groups first (setup.cfg keeps xdist from putting the groups with most tests first)."""
    items.sort(key=_turn)


class ByGroup(LoadScopeScheduling):
    """Hands a module that names a group to one worker whole, every other test by itself.

    xdist's own `loadgroup` does the same by renaming tests, which pytest 9 no longer lets it.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _groups().get(nodeid.split("::")[0], nodeid)


@cache
def _groups() -> dict[str, str]:
    """Return the group that each test module names."""
    root = Path(__file__).resolve().parents[1]
    texts = {path: path.read_text(encoding="utf-8") for path in (root / "tests").rglob("test_*.py")}
    found = {path: re.search(r"xdist_group\(\"(\w+)\"\)", text) for path, text in texts.items()}
    return {path.relative_to(root).as_posix(): mark[1] for path, mark in found.items() if mark}


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let groups stay together."""
    return ByGroup(config, log)


def _turn(item: pytest.Item) -> int:
    mark = item.get_closest_marker("xdist_group")
    return LONG.index(mark.args[0]) if mark and mark.args[0] in LONG else len(LONG)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on its own empty SQLite database."""
    folder = tmp_path_factory.mktemp("instance")
    settings = Settings.in_folder(folder, secret_key="test", testing=True, **QUICK)
    made = create_app(settings)
    made.config.update(WTF_CSRF_ENABLED=False)
    made.test_client_class = Client
    with made.app_context():
        db.Model.metadata.create_all(db.extension.engine)
    yield made
    with made.app_context():
        db.extension.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session whose work, commits included, is gone after the test; requests of `client` share its connection."""
    with rolled_back(app) as session:
        yield session


@contextmanager
def rolled_back(app: Flask) -> Iterator[Session]:
    """A session whose work, commits included, is gone after the block."""
    with app.app_context():
        maker, engine = db.extension.sessionmaker, db.extension.engine
    with engine.connect() as connection, connection.begin() as everything:
        kept = dict(maker.kw)
        maker.configure(bind=connection, binds={}, join_transaction_mode="create_savepoint")
        try:
            with app.test_request_context():  # labels and sentences need a locale; db.session() is the test's own
                yield db.session()
        finally:
            maker.kw.clear()
            maker.kw.update(kept)
            everything.rollback()


class Client(FlaskClient):
    """A browser without a screen: shares the test's transaction, and can sign in."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Make what the test prepared visible, ask, and forget what the session remembered."""
        test_session = self.application.extensions["test_session"]
        test_session.commit()
        # An empty context: the request must not inherit the test's `g` (nonce, grants, edition).
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        test_session.expire_all()
        return answer

    def sign_in(self, user: User) -> "Client":
        """Sign in without the password page."""
        sign_in_as(self, user)
        return self


@pytest.fixture
def client(app: Flask, session: Session) -> Iterator[Client]:
    """A browser that nobody has signed in."""
    app.extensions["test_session"] = session
    browser = app.test_client()
    assert isinstance(browser, Client)
    yield browser
    app.extensions.pop("test_session")


@pytest.fixture
def queries(app: Flask, session: Session) -> Iterator[list[str]]:
    """The statements sent to the database, to count them."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")):
            sent.append(statement)

    engine = db.extension.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def at() -> datetime:
    """The moment at which tests act."""
    return AT


@pytest.fixture
def data() -> Path:
    """The folder of test data."""
    return Path(__file__).parent / "data"
