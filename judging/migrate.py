"""Migrations without a configuration file: upgrade, check, write a new one."""

from io import StringIO
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask

from judging import paths
from judging.app import load_models
from judging.foundation import db


def config(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    made = Config(stdout=StringIO())
    made.set_main_option("script_location", str(paths.folder("migrations")))
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring a database down to a revision."""
    command.downgrade(config(url), revision)


def write_revision(url: str, message: str) -> Path:
    """Write a migration from the difference between a database at head and the models."""
    script = command.revision(config(url), message=message, autogenerate=True)
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def differences(app: Flask) -> list[str]:
    """Return how the database of the application differs from the models."""
    load_models()
    with app.app_context(), db.extension.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, db.Model.metadata)]
