"""The play on a small stage: it runs to its end, tells both editions, and repeats itself from its seed."""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from judging.app import create_app
from judging.assignment.models import InvitationStatus, JudgeDraw, Plan, SeatInvitation, Sitting
from judging.assignment.service.plans import FOUR
from judging.ballots.models import Ballot, BallotStatus
from judging.config import Settings
from judging.editions.models import Edition, Stage
from judging.entries.models import Entry
from judging.foundation import db
from judging.foundation.audit import AuditLine
from judging.publication.models import Certificate, Notice, Objection

pytestmark = [pytest.mark.xdist_group("play"), pytest.mark.timeout(400)]  # two plays in processes of their own


@dataclass(frozen=True)
class Ended:
    app: Flask
    table: str
    files: list[Path]


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """Two plays of one seed: each in a fresh process, as the command plays it, and both at once."""
    folders = [tmp_path_factory.mktemp("play") for _ in range(2)]
    running = [
        subprocess.Popen([sys.executable, "-m", "tests.judging.demo.small_play", folder], stdout=subprocess.PIPE)
        for folder in folders
    ]
    told = [json.loads(process.communicate()[0]) for process in running]
    apps = [create_app(Settings.in_folder(folder, secret_key="play")) for folder in folders]
    return [Ended(app, story["table"], list(map(Path, story["files"]))) for app, story in zip(apps, told, strict=True)]


@pytest.fixture
def played(stages: list[Ended]) -> Ended:
    return stages[0]


SECRETS = {"user_account.fs_uniquifier"}  # a key to sessions is never drawn from a seed


def fingerprint(app: Flask) -> dict[str, str]:
    with app.app_context():
        session = db.session()
        tables = db.Model.metadata.sorted_tables
        told = {t.name: [c for c in t.columns if f"{t.name}.{c.name}" not in SECRETS] for t in tables}
        rows = {name: sorted(map(repr, session.execute(sa.select(*columns)))) for name, columns in told.items()}
        db.extension.engine.dispose()
    return {name: hashlib.sha256("\n".join(lines).encode()).hexdigest() for name, lines in rows.items()}


@pytest.fixture
def session(played):
    with played.app.app_context():
        yield db.session()
        db.extension.engine.dispose()


def test_2021_is_closed_2022_is_being_judged_and_an_exchange_is_prepared(session):
    found = session.execute(sa.select(Edition.slug, Edition.stage).order_by(Edition.slug)).all()
    assert found == [("2021", Stage.CLOSED), ("2022", Stage.JUDGING), ("2022-exchange", Stage.BLINDING)]


def test_every_entry_of_both_years_is_there(session):
    counted = sa.select(Edition.slug, sa.func.count()).join_from(Entry, Edition, Entry.edition_id == Edition.id)
    found = dict(session.execute(counted.group_by(Edition.slug)).all())
    assert found == {"2021": 20, "2022": 22, "2022-exchange": 12}


def test_the_exchange_shows_answers_a_lot_halls_and_four_plans_that_are_not_applied(session):
    statuses = set(session.scalars(sa.select(SeatInvitation.status)))
    draw = session.scalars(sa.select(JudgeDraw)).one()
    sittings = list(session.scalars(sa.select(Sitting)))
    proposals = session.execute(sa.select(Plan.mode, Plan.applied_at).where(Plan.proposal_id.is_not(None))).all()
    assert statuses == set(InvitationStatus)
    assert len(draw.seated) == draw.seats + 1
    assert sorted(sitting.drawn_at is not None for sitting in sittings) == [False, True, True]
    assert {(mode, applied) for mode, applied in proposals} == {(mode, None) for mode in FOUR}


def test_2022_has_sheets_of_every_kind(session):
    assert {status for (status,) in session.execute(sa.select(Ballot.status).distinct())} == set(BallotStatus)


def test_2021_ends_with_notice_objection_and_certificates(session):
    counts = [session.scalar(sa.select(sa.func.count()).select_from(kind)) for kind in (Notice, Objection)]
    assert (counts[1], counts[0] > 0, session.scalar(sa.select(sa.func.count(Certificate.id))) > 0) == (1, True, True)


def test_the_trail_tells_of_both_years(session):
    scopes = set(session.scalars(sa.select(AuditLine.scope_id).distinct()))
    assert set(session.scalars(sa.select(Edition.id))) <= scopes


def test_the_table_compares_three_ways_of_scoring(played):
    assert [way for way in ("raw mean", "trimmed mean", "calibrated") if way not in played.table] == []


def test_every_exported_file_is_there_and_not_empty(played):
    assert [path.name for path in played.files if path.stat().st_size == 0] == []
    assert {path.suffix for path in played.files} == {".xlsx", ".pdf", ".zip"}


def test_the_same_seed_plays_the_same(stages):
    one, other = stages
    prints = fingerprint(one.app), fingerprint(other.app)
    assert one.table == other.table
    assert {name for name, print_ in prints[0].items() if print_ != prints[1][name]} == set()


def test_nothing_of_the_second_process_is_left_over(played):
    folder = Path(played.files[0]).parents[1]
    assert sorted(path.name for path in folder.glob("*.sqlite3")) == ["judging.sqlite3"]
