"""Engine, session and unit of work. A transaction begins and ends in views, commands and jobs, nowhere else."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from inspect import iscoroutinefunction
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from judging.foundation import chance
from judging.foundation.errors import StaleVersion

extension = SQLAlchemy()

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets time zones, so this puts them back. Naive times are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


class Points(sa.TypeDecorator[Decimal]):
    """A mark or score with up to six decimals, kept as a whole number of millionths: exact on every database."""

    impl = sa.BigInteger
    cache_ok = True
    SCALE: ClassVar[Decimal] = Decimal(1_000_000)

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else int((Decimal(value) * self.SCALE).to_integral_value())

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / self.SCALE


class Model(DeclarativeBase):
    """Base of all tables: random ids (they say nothing about order or time), named constraints, enums by value."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime(),
        uuid.UUID: sa.Uuid(),
        Decimal: Points(),
        StrEnum: sa.Enum(
            Enum, native_enum=False, length=40, create_constraint=False, values_callable=lambda e: [m.value for m in e]
        ),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
        list[dict[str, Any]]: sa.JSON(),
    }

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=chance.new_id)


class Versioned:
    """For rows that people edit: whoever saves second is told so instead of overwriting."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")

    def require_version(self, seen: int | None) -> None:
        """Refuse when the person's page showed another version than the one stored now."""
        if seen != self.version:
            raise StaleVersion


def _bump_versions(session: Session, _context: object, _instances: object) -> None:
    for row in session.dirty:
        if isinstance(row, Versioned) and session.is_modified(row):
            row.version += 1


def engine_options(url: str) -> dict[str, Any]:
    """Return what `create_engine` needs for a database address."""
    if url.startswith("sqlite"):
        return {"module": sqlite_module(), "connect_args": {"timeout": 10, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 16, "max_overflow": 8}


def listen(engine: sa.Engine) -> None:
    """Set up every connection of an engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)


def init_app(app: Flask, url: str) -> None:
    """Bind the engine of `url` to the application."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": {"url": url} | engine_options(url)}
    extension.init_app(app)
    # We have no asynchronous sessions; closing them would start an event loop at the end of every request.
    app.teardown_appcontext_funcs = [f for f in app.teardown_appcontext_funcs if not iscoroutinefunction(f)]
    with app.app_context():
        listen(extension.engine)
        event.listen(extension.sessionmaker, "before_flush", _bump_versions)


def sqlite_module() -> Any:
    """Return a SQLite of our own version: Debian 12's has the WAL-reset bug (docs/dependencies.md)."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:  # no wheel for this platform
        import sqlite3 as dbapi2
    return dbapi2


def _sqlite_connect(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None  # the driver's own transaction handling loses updates; we send BEGIN ourselves
    # FULL: in WAL mode only FULL keeps an acknowledged commit through a power cut, and a judge's mark is acknowledged.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        dbapi.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def session() -> Session:
    """Return the session of this request, for reading."""
    return extension.session


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commits when the block ends well, rolls everything back when it does not."""
    current = extension.session
    current.rollback()  # what was read before may be stale, and a read transaction cannot become a writing one
    current.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    try:
        yield current
        current.commit()
    except StaleDataError as error:
        current.rollback()
        raise StaleVersion from error
    except BaseException:
        current.rollback()
        raise
