"""How long the organizer's list takes with 1,000 entries, against the same page with 40: `python -m bench.bench_pages`.

A list that does one query per row, or sorts in Python, grows with its length; this one should not (ratio near 1).
"""

import re
import statistics
import tempfile
import time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from judging import migrate
from judging.accounts.models import Role
from judging.app import create_app
from judging.config import Settings
from judging.editions.models import Edition
from judging.entries.models import EntryStatus
from judging.foundation import db
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_unit

RUNS = 15


def main() -> None:
    """Time both pages in one run and print medians and their ratio."""
    few, many = _median(40), _median(1000)
    print(f"list of 40 entries: {few * 1000:.0f} ms; of 1,000 entries: {many * 1000:.0f} ms; ratio {many / few:.2f}")


def _median(entries: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        app, edition = _filled(Path(name), entries)
        client = _organizer(app)
        page = f"/e/{edition.slug}/check/"
        answer = client.get(page)
        assert answer.status_code == 200, answer.status
        assert len(re.findall(r"<tr>", answer.text)) >= 40
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            client.get(page)
            times.append(time.perf_counter() - began)
        with app.app_context():
            db.extension.engine.dispose()
    return statistics.median(times)


def _filled(folder: Path, entries: int) -> tuple[Flask, Edition]:
    settings = Settings.in_folder(folder, secret_key="bench")
    migrate.upgrade(settings.database_url)
    app = create_app(settings)
    with app.app_context(), db.transaction() as session:
        edition = make_edition(session)
        units = [make_unit(session) for _ in range(max(1, entries // 3))]
        for number in range(entries):
            make_entry(session, edition, unit=units[number % len(units)], status=EntryStatus.SUBMITTED)
        session.flush()
        session.expunge(edition)
    return app, edition


def _organizer(app: Flask) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        session = db.session()
        app.extensions["test_session"] = session
        sign_in_as(client, make_user(session, Role.ORGANIZER))
        session.commit()
        app.extensions.pop("test_session")
    return client


if __name__ == "__main__":
    main()
