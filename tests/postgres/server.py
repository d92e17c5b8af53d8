"""A real PostgreSQL for tests: the installed binaries, in a folder of their own, as a user they accept."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa


class NoPostgres(RuntimeError):
    """The binaries are not installed."""

    def __init__(self) -> None:
        super().__init__("These tests start a PostgreSQL of their own: install it (make database does).")


@dataclass
class Postgres:
    """A running server; every test may have a new database."""

    folder: str
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://test@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"d{next(self._numbers)}"
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


def _binaries() -> Path:
    """Return where the newest PostgreSQL lies; Debian keeps it outside of PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgres
    return Path(on_path).parent


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server and end it; as root it runs as the user postgres, for it refuses to run as root."""
    folder = tempfile.mkdtemp(prefix="judging-pg-", dir="/tmp")
    options: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    binaries, data = _binaries(), f"{folder}/data"
    made = ["-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([f"{binaries}/initdb", "-D", data, *made], check=True, **options)
    settings = ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    flags = [flag for setting in settings for flag in ("-c", setting)]
    server = subprocess.Popen([f"{binaries}/postgres", "-D", data, "-k", folder, *flags], **options)
    try:
        _wait_for(server, folder)
        yield Postgres(folder)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: "subprocess.Popen[bytes]", folder: str) -> None:
    deadline = time.monotonic() + 30
    engine = sa.create_engine(Postgres(folder).url("postgres"))
    while True:
        try:
            with engine.connect():
                break
        except sa.exc.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that runs as long as the tests; its tests share one worker (xdist_group)."""
    with running() as server:
        yield server
