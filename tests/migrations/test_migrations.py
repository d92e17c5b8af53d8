"""The migrations make the very tables of the models, on both databases, up and down and up again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from judging import migrate
from judging.app import create_app
from judging.config import Settings
from judging.editions.models import Edition, Stage
from judging.foundation import db
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.postgres.server import Postgres

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'judging.sqlite3'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def migrated(url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database that the migrations have made."""
    migrate.upgrade(url)
    app = create_app(Settings.in_folder(tmp_path, database_url=url, secret_key="test", testing=True))
    yield app
    with app.app_context():
        db.extension.engine.dispose()


def tables(url: str) -> set[str]:
    engine = sa.create_engine(url, **db.engine_options(url))
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_migrations_make_what_the_models_say(migrated: Flask) -> None:
    assert migrate.differences(migrated) == []


def test_the_migrations_go_down_and_up_again(url: str) -> None:
    migrate.upgrade(url)
    made = tables(url)
    migrate.downgrade(url, "base")
    assert tables(url) == {"alembic_version"}
    migrate.upgrade(url)
    assert tables(url) == made
    assert made - {"alembic_version"} == set(db.Model.metadata.tables)


def test_an_upgrade_leaves_what_is_there(migrated: Flask, url: str) -> None:
    with migrated.test_request_context(), db.transaction() as session:
        edition_id = make_edition(session, stage=Stage.JUDGING).id
        make_entry(session, session.get_one(Edition, edition_id))
    migrate.upgrade(url)
    with migrated.test_request_context():
        kept = db.session().get_one(Edition, edition_id)
        assert (kept.stage, len(kept.tracks), len(kept.tracks[0].rounds)) == (Stage.JUDGING, 1, 1)


def test_the_story_of_the_migrations_is_one_line() -> None:
    script = ScriptDirectory.from_config(migrate.config("sqlite://"))
    assert len(script.get_heads()) == 1
    told = [revision.revision for revision in script.walk_revisions() if not (revision.doc or "").strip()]
    assert told == []
