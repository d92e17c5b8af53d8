"""The application on PostgreSQL, with real transactions: nothing is rolled back, each module has its own database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from judging import migrate
from judging.app import create_app
from judging.config import Settings
from judging.foundation import db
from tests.conftest import Client
from tests.postgres.server import Postgres


@pytest.fixture(scope="module")
def pg_app(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose database is a PostgreSQL that the migrations have made."""
    url, folder = postgres.new_database(), tmp_path_factory.mktemp("instance")
    migrate.upgrade(url)
    quick = {"argon2_time": 1, "argon2_memory_kib": 64, "testing": True}
    app = create_app(Settings.in_folder(folder, database_url=url, secret_key="test", **quick))
    app.config.update(WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    yield app
    with app.app_context():
        db.extension.engine.dispose()


@pytest.fixture
def pg_session(pg_app: Flask) -> Iterator[Session]:
    """A session of the test's own, with the words of a request."""
    with pg_app.test_request_context():
        yield db.session()
        db.session().rollback()
