"""How long the play of the demo takes, against writing as many bare rows: `python -m bench.bench_demo`.

The limit is what the same number of rows costs as plain inserts in one transaction: what is above it is rules, audit,
PDFs, blinding, planning and scoring.
"""

import tempfile
import time
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import sqlalchemy as sa

from judging import migrate
from judging.app import create_app
from judging.config import Settings
from judging.demo.play import play
from judging.foundation import db


def main() -> None:
    """Play, count the rows, insert as many bare ones, print the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings.in_folder(folder)
        migrate.upgrade(settings.database_url)
        app = create_app(settings)
        began, used = time.perf_counter(), time.process_time()
        play(app, folder / "export", quiet=True)
        wall, cpu = time.perf_counter() - began, time.process_time() - used
        with app.app_context():
            session = db.session()
            tables = db.Model.metadata.sorted_tables
            rows = sum(session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables)
            db.extension.engine.dispose()
        bare = _bare(folder / "bare.sqlite3", rows)
    print(f"play: {wall:.1f} s wall, {cpu:.1f} s CPU of the main process, {rows} rows")
    print(f"bare inserts of {rows} rows: {bare:.2f} s; play / bare = {wall / bare:.0f}")


def _bare(path: Path, rows: int) -> float:
    connection = sqlite.connect(str(path))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER)")
    began = time.perf_counter()
    connection.executemany(
        "INSERT INTO bare (a, b, c) VALUES (?, ?, ?)", (("a" * 40, "b" * 80, n) for n in range(rows))
    )
    connection.commit()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
