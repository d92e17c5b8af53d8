"""The unit of work: exact numbers, moments with a zone, versions, and no lost update."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from judging.foundation import db
from judging.foundation.audit import AuditLine
from judging.foundation.errors import StaleVersion
from judging.units.models import Unit
from tests.factories.units import make_unit

SQLITE: Any = sa.create_engine("sqlite://").dialect
COUNT = """
import sys
from flask import Flask
import sqlalchemy as sa
from judging.foundation import db
app = Flask("count")
db.init_app(app, sys.argv[1])
with app.app_context():
    for _ in range(100):
        with db.transaction() as session:
            seen = session.scalar(sa.text("SELECT n FROM counter"))
            session.execute(sa.text("UPDATE counter SET n = :n"), {"n": seen + 1})
"""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Flask]:
    """An application of nothing but a database file with one counter."""
    app = Flask("small")
    db_url = f"sqlite:///{tmp_path / 'counter.sqlite3'}"
    app.config["URL"] = db_url
    db.init_app(app, db_url)
    with app.app_context():
        with db.transaction() as session:
            session.execute(sa.text("CREATE TABLE counter (n INTEGER NOT NULL)"))
            session.execute(sa.text("INSERT INTO counter VALUES (0)"))
        yield app
        db.extension.engine.dispose()


def counted() -> int:
    db.session().rollback()
    return int(db.session().scalar(sa.text("SELECT n FROM counter")) or 0)


@pytest.mark.usefixtures("small")
def test_a_unit_of_work_is_kept_whole_or_not_at_all() -> None:
    with db.transaction() as session:
        session.execute(sa.text("UPDATE counter SET n = 5"))
    assert counted() == 5

    def fail() -> None:
        with db.transaction() as session:
            session.execute(sa.text("UPDATE counter SET n = 6"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counted() == 5


def test_four_processes_that_read_and_write_lose_no_update(small: Flask) -> None:
    command = [sys.executable, "-c", COUNT, small.config["URL"]]
    runs = [subprocess.Popen(command) for _ in range(4)]
    assert [run.wait(60) for run in runs] == [0] * 4
    assert counted() == 400


@pytest.mark.usefixtures("small")
def test_a_row_that_another_took_away_is_a_stale_version() -> None:
    def collide() -> None:
        with db.transaction():
            raise StaleDataError("0 rows matched")

    with pytest.raises(StaleVersion):
        collide()


@pytest.mark.usefixtures("small")
def test_sqlite_keeps_what_it_acknowledged_and_checks_foreign_keys() -> None:
    pragmas = {name: db.session().scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert db.session().scalar(sa.text("PRAGMA foreign_keys")) == 1


def test_each_change_of_a_row_raises_its_version_by_one(session: Session) -> None:
    unit = make_unit(session)
    seen = [unit.version]
    unit.address = "新址"
    session.flush()
    seen.append(unit.version)
    unit.address = "新址"  # nothing changes
    session.flush()
    assert [*seen, unit.version] == [1, 2, 2]


@pytest.mark.parametrize("seen", [None, 0, 2])
def test_who_saw_another_version_is_refused(session: Session, seen: int | None) -> None:
    with pytest.raises(StaleVersion):
        make_unit(session).require_version(seen)


def test_ids_are_random(session: Session) -> None:
    made = [make_unit(session).id for _ in range(20)]
    assert {id_.version for id_ in made} == {4}
    assert made != sorted(made)


@given(st.decimals(min_value=-1_000_000, max_value=1_000_000, places=6))
def test_points_are_exact_to_six_decimals(value: Decimal) -> None:
    points = db.Points()
    assert points.process_result_value(points.process_bind_param(value, SQLITE), SQLITE) == value


def test_points_add_up_exactly_in_the_database(session: Session) -> None:
    tenths = sa.union_all(*[sa.select(sa.literal(Decimal("0.1"), db.Points()).label("p"))] * 3).subquery()
    assert session.scalar(sa.select(sa.func.sum(tenths.c.p))) == Decimal("0.3")


def test_a_moment_comes_back_in_utc(session: Session) -> None:
    noon = datetime(2022, 6, 30, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    line = AuditLine(at=noon, act="test", subject_id=uuid4())
    session.add(line)
    session.commit()
    session.expire_all()
    assert (line.at, line.at.tzinfo) == (datetime(2022, 6, 30, 4, 0, tzinfo=UTC), UTC)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        db.UTCDateTime().process_bind_param(datetime(2022, 6, 30), SQLITE)  # noqa: DTZ001  # the point of the test


def test_every_constraint_of_every_table_has_a_name() -> None:
    nameless = [
        f"{table.name}: {constraint!r}"
        for table in db.Model.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]
    assert nameless == []


def test_a_text_that_looks_like_a_query_is_only_a_text(session: Session) -> None:
    unit = make_unit(session, name="'; DROP TABLE unit; --")
    assert session.scalar(sa.select(Unit.name).where(Unit.id == unit.id)) == "'; DROP TABLE unit; --"
