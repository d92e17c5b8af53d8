"""How many marks are kept per second: `python -m bench.bench_saves [--judges 500] [--seconds 3]`.

The limit is a bare loop of SQLite commits in the same folder with the same safety (WAL, synchronous FULL): a mark is
acknowledged after its commit, so no mark can be cheaper than one. Every figure is a ratio of the same run.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
from flask import Flask

from judging.app import create_app
from judging.assignment.models import Assignment
from judging.ballots import service
from judging.config import Settings
from judging.editions.models import Edition, Stage
from judging.foundation import db
from judging.foundation.audit import SYSTEM
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition, set_deadline
from tests.factories.judges import make_judge
from tests.factories.rubrics import make_rubric, use_rubric

AT = datetime(2022, 6, 10, 9, 0, tzinfo=UTC)


def main() -> None:
    """Print the rates and their ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--judges", type=int, default=500)
    options.add_argument("--seconds", type=float, default=3.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        limit, bare = bare_commits(Path(folder) / "bare.sqlite3", chosen.seconds)
        app = create_app(Settings.in_folder(Path(folder) / "instance", secret_key="bench", testing=True))
        edition_id, sheets = prepare(app, chosen.judges)
        saved, cost = saves(app, edition_id, sheets, chosen.seconds)
    need = chosen.judges / 10
    print(f"limit: {limit:.0f} bare commits/s (WAL, synchronous FULL), {bare:.2f} CPU ms each")
    print(f"saves: {saved:.0f}/s, each committed: {saved / limit:.2f} of the limit; {cost:.1f} CPU ms each")
    print(f"       {chosen.judges} judges giving a mark every 10 s need {need:.0f}/s: {saved / need:.1f} x that")


def rate(work: Callable[[], None], seconds: float) -> tuple[float, float]:
    """Return how often `work` runs per second of the clock, and how many milliseconds of CPU it takes once."""
    done, started, busy = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - started < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - started), 1000 * (time.process_time() - busy) / done


def bare_commits(path: Path, seconds: float) -> tuple[float, float]:
    """Return the rate of the cheapest commit that survives a power cut."""
    connection: Any = sqlite.connect(str(path))
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, value INTEGER)")
    numbers = count()

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO mark (value) VALUES (?)", (next(numbers),))
        connection.execute("COMMIT")

    found = rate(commit, seconds)
    connection.close()
    return found


def prepare(app: Flask, judges: int) -> tuple[UUID, list[tuple[UUID, UUID]]]:
    """Make a judging stage with one sheet per judge; return the edition, and assignment and criterion of each sheet."""
    with app.test_request_context():
        db.Model.metadata.create_all(db.extension.engine)
        with db.transaction() as session:
            edition = make_edition(session, stage=Stage.JUDGING)
            set_deadline(session, edition, Stage.JUDGING, AT + timedelta(days=3))
            round_, rubric = edition.tracks[0].rounds[0], make_rubric(session, maxima=(15, 30, 20, 20, 5, 10))
            use_rubric(session, round_, rubric)
            bank = [make_judge(session) for _ in range(judges)]
            seats = make_panel(session, round_, *bank).seats
            make_user(session)
            sheets = [make_assignment(session, make_candidate(session, round_), seat).id for seat in seats]
            criteria = cycle([criterion.id for criterion in rubric.criteria])
            return edition.id, [(sheet, next(criteria)) for sheet in sheets]


def saves(app: Flask, edition_id: UUID, sheets: list[tuple[UUID, UUID]], seconds: float) -> tuple[float, float]:
    """Return the rate of marks kept by the service, one transaction each."""
    turns, sequences = cycle(sheets), count(1)

    def save() -> None:
        sheet, criterion = next(turns)
        number = next(sequences)
        with app.test_request_context(), db.transaction() as session:
            edition, assignment = session.get_one(Edition, edition_id), session.get_one(Assignment, sheet)
            mark = str(number % 10 / 2)
            service.save_mark(session, edition, assignment, criterion, mark, sequence=number, by=SYSTEM, at=AT)

    for _ in sheets:  # the first save of a sheet begins it; the steady state is what counts
        save()
    return rate(save, seconds)


if __name__ == "__main__":
    main()
