"""Two plays that began from one database, put together again: what one of them changed goes into the other."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from judging.foundation import db
from judging.foundation.audit import AuditLine


class PlaysClash(RuntimeError):
    """Both plays changed the same row, or one of them leans on what the other took away."""


def copy(source: Path, *targets: Path) -> None:
    """Copy a database that nobody is writing to."""
    with _opened(source) as connection:
        for target in targets:
            target.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(target),))


def merge(into: Path, *, changed: Path, since: Path) -> None:
    """Bring the rows that differ between `since` and `changed` into a third database that began as `since`.

    Raises
    ------
    PlaysClash
        When a row was changed on both sides, or a reference would lead nowhere.
    """
    with _opened(into) as connection:
        connection.execute("ATTACH ? AS changed", (str(changed),))
        connection.execute("ATTACH ? AS since", (str(since),))
        connection.execute("BEGIN IMMEDIATE")
        for table in db.Model.metadata.sorted_tables:
            _merge_table(connection, table)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise PlaysClash("a reference leads nowhere")
        connection.execute("COMMIT")


def _merge_table(connection: Any, table: sa.Table) -> None:
    columns = [f'"{column.name}"' for column in table.columns]
    listed, name = ", ".join(columns), f'"{table.name}"'
    if table.name == AuditLine.__tablename__:  # numbered in the order of writing: the other play's lines come after
        rest = ", ".join(column for column in columns if column != '"id"')
        last = f"(SELECT coalesce(max(id), 0) FROM since.{name})"
        fresh = f"SELECT {rest} FROM changed.{name} WHERE id > {last} ORDER BY id"
        connection.execute(f"INSERT INTO main.{name} ({rest}) {fresh}")
        return
    differs = f"SELECT {listed} FROM %s.{name} EXCEPT SELECT {listed} FROM since.{name}"
    both = f"SELECT 1 FROM ({differs % 'changed'}) c JOIN ({differs % 'main'}) m ON m.id = c.id"
    gone = f"SELECT id FROM since.{name} EXCEPT SELECT id FROM changed.{name}"
    if connection.execute(both).fetchone() is not None:
        raise PlaysClash(f"both plays changed a row of {table.name}")
    connection.execute(f"DELETE FROM main.{name} WHERE id IN ({gone})")
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns)
    fresh = f"SELECT {listed} FROM ({differs % 'changed'}) WHERE true"
    connection.execute(f"INSERT INTO main.{name} ({listed}) {fresh} ON CONFLICT (id) DO UPDATE SET {updates}")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with closing(db.sqlite_module().connect(str(path), isolation_level=None)) as connection:
        yield connection
