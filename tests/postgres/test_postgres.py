"""What SQLite cannot show: the same program on PostgreSQL, and two people at once."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.assignment.models import Assignment
from judging.assignment.rules import Overtaken
from judging.ballots import queries as ballots
from judging.ballots import service as ballot_service
from judging.ballots.models import Ballot, Mark
from judging.editions.models import Edition, Stage, TrackKind
from judging.foundation import db, jobs
from judging.foundation.audit import SYSTEM, AuditLine
from judging.foundation.errors import StaleVersion
from judging.foundation.jobs import Job, JobState, Progress, enqueue, handler, run_due
from judging.units.models import Unit
from tests.architecture.walk import Door, Walker, table
from tests.architecture.world import World, make_world
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge
from tests.factories.rubrics import make_rubric, use_rubric
from tests.factories.units import make_unit
from tests.judging.assignment.test_plan_pages import apply_at_once, make_plan, make_round

pytestmark = pytest.mark.xdist_group("postgres")
AT = datetime(2022, 6, 10, 9, 0, tzinfo=UTC)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[BaseException]:
    """Let each act run in a thread of its own, all beginning together; return what was refused."""
    start, failures = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            with app.test_request_context():
                act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failures


def test_numbers_and_moments_come_back_as_they_went_in(pg_session: Session) -> None:
    ballot_points = Decimal("87.654321")
    noon = datetime(2022, 6, 30, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    edition = make_edition(pg_session)
    rubric = make_rubric(pg_session)
    rubric.criteria[0].maximum = ballot_points
    edition.created_at = noon
    pg_session.commit()
    pg_session.expire_all()
    assert rubric.criteria[0].maximum == ballot_points
    assert (edition.created_at, edition.created_at.tzinfo) == (datetime(2022, 6, 30, 4, 0, tzinfo=UTC), UTC)
    assert (edition.tracks[0].kind, edition.stage) == (TrackKind.QC, Stage.INTAKE)


def test_what_is_unique_is_refused_twice(pg_session: Session) -> None:
    make_unit(pg_session, name="甲厂")
    with pytest.raises(sa.exc.IntegrityError, match="uq_unit_name"):
        make_unit(pg_session, name="甲厂")


def test_of_two_plans_applied_at_once_one_is_told(pg_app: Flask, pg_session: Session) -> None:
    edition = make_round(pg_session)
    edition_id, ids = edition.id, [make_plan(pg_session, edition, AT, seed=seed).id for seed in (1, 2)]
    pg_session.commit()
    assert [type(error) for error in apply_at_once(pg_app, edition_id, ids, AT)] == [Overtaken]


class Desk:
    """A judge's sheet that two browsers have open."""

    def __init__(self, session: Session) -> None:
        edition = make_edition(session, stage=Stage.JUDGING)
        round_ = edition.tracks[0].rounds[0]
        rubric = make_rubric(session, maxima=(60, 40))
        use_rubric(session, round_, rubric)
        judge = make_judge(session, account=True, scope=edition.id)
        panel = make_panel(session, round_, judge)
        assignment = make_assignment(session, make_candidate(session, round_), panel.seats[0])
        self.criteria = [criterion.id for criterion in rubric.criteria]
        self.edition_id, self.assignment_id, self.judge_id = edition.id, assignment.id, judge.id
        session.commit()

    def save(self, number: int, value: str, sequence: int) -> Callable[[], object]:
        """Return the act of saving a mark."""

        def act() -> object:
            with db.transaction() as session:
                edition = session.get_one(Edition, self.edition_id)
                assignment = session.get_one(Assignment, self.assignment_id)
                criterion: UUID = self.criteria[number]
                return ballot_service.save_mark(
                    session, edition, assignment, criterion, value, sequence=sequence, by=SYSTEM, at=AT
                )

        return act

    def marks(self, session: Session) -> dict[UUID, Decimal]:
        """Return what is stored."""
        session.rollback()
        query = sa.select(Mark).join(Ballot, Ballot.id == Mark.ballot_id)
        found = session.scalars(query.where(Ballot.assignment_id == self.assignment_id))
        return {mark.criterion_id: mark.value for mark in found}


def test_two_first_saves_of_one_sheet_are_both_kept(pg_app: Flask, pg_session: Session) -> None:
    for _ in range(5):
        desk = Desk(pg_session)
        assert at_once(pg_app, desk.save(0, "50", 1), desk.save(1, "30", 2)) == []
        assert list(desk.marks(pg_session).values()) != []
        assert desk.marks(pg_session) == {desk.criteria[0]: Decimal(50), desk.criteria[1]: Decimal(30)}


def test_of_saves_of_one_mark_at_once_the_latest_typed_wins(pg_app: Flask, pg_session: Session) -> None:
    desk = Desk(pg_session)
    saves = [desk.save(0, str(value), value) for value in (11, 14, 12, 13)]
    assert at_once(pg_app, *saves) == []
    assert desk.marks(pg_session) == {desk.criteria[0]: Decimal(14)}


def test_the_desk_of_a_judge_is_read_in_one_query(pg_app: Flask, pg_session: Session) -> None:
    desk = Desk(pg_session)
    desk.save(0, "50", 1)()
    rows = ballots.desk_of(pg_session, pg_session.get_one(Edition, desk.edition_id), desk.judge_id)
    assert [(row.given, row.sum) for row in rows] == [(1, Decimal(50))]


def test_two_who_edit_one_row_do_not_overwrite_each_other(pg_app: Flask, pg_session: Session) -> None:
    unit_id = make_unit(pg_session).id
    pg_session.commit()
    seen = 1

    def rename(name: str) -> Callable[[], object]:
        def act() -> None:
            with db.transaction() as session:
                unit = session.scalars(sa.select(Unit).where(Unit.id == unit_id).with_for_update()).one()
                unit.require_version(seen)
                unit.address = name

        return act

    refused = at_once(pg_app, rename("一号路"), rename("二号路"))
    assert [type(error) for error in refused] == [StaleVersion]


def test_workers_share_the_jobs_and_run_each_once(pg_app: Flask, pg_session: Session) -> None:
    ran: list[str] = []

    @handler("test.shared")
    def shared(payload: dict[str, Any], progress: Progress) -> str:
        ran.append(payload["n"])
        progress(1, 1)
        return "done"

    for n in range(12):
        enqueue(pg_session, "test.shared", {"n": n}, by_id=None)
    pg_session.commit()
    assert at_once(pg_app, *[lambda: run_due(pg_app)] * 3) == []
    del jobs._handlers["test.shared"]
    assert sorted(ran) == list(range(12))
    states = set(pg_session.execute(sa.select(Job.state, Job.attempts).where(Job.kind == "test.shared")))
    assert states == {(JobState.DONE, 1)}


@pytest.fixture(scope="module")
def pg_world(pg_app: Flask) -> Iterator[World]:
    """The world of the architecture tests: made by the acts of every stage, on PostgreSQL."""
    with pg_app.test_request_context():
        pg_app.extensions["test_session"] = db.session()
        yield make_world(db.session())
        pg_app.extensions.pop("test_session")


@pytest.mark.parametrize("name", ["admin", "entrant", "judge", "recommender"])
def test_every_page_opens_on_postgresql(pg_app: Flask, pg_world: World, name: str) -> None:
    walker = Walker(pg_app, pg_app.extensions["test_session"], pg_world, name, takes_back=False)
    visited = [(door, walker.visit(door, walker.own(door))) for door in walker.rooms("GET")]
    wrong = [(name, door, answer.status) for door, answer in visited if _fails(walker, door, answer.status_code)]
    assert wrong == [], table(wrong)


def _fails(walker: Walker, door: Door, status: int) -> bool:
    return status >= 500 or (status in (403, 404) and walker.owns_something(door))


def test_the_acts_of_the_stages_leave_their_lines(pg_session: Session, pg_world: World) -> None:
    acts = set(pg_session.scalars(sa.select(AuditLine.act).where(AuditLine.scope_id == pg_world.edition.id)))
    assert {"ballot.submitted", "result.computed"} - acts == set()
