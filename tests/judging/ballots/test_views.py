"""Pages of judging: what a judge sees and saves, and what nobody else does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.assignment.models import Assignment
from judging.ballots import queries as ballot_queries
from judging.ballots.models import BallotStatus
from judging.editions.models import Edition, Stage
from judging.foundation.outbox import Message
from judging.judges.models import Judge
from judging.rubrics.models import Rubric
from judging.units.models import Membership, Unit
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.ballots import make_ballot
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.rubrics import make_rubric, use_rubric
from tests.factories.units import make_unit


@dataclass
class World:
    """One judge with three candidates, one of them of a unit with a telling name."""

    edition: Edition
    rubric: Rubric
    judge: Judge
    user: User
    assignments: list[Assignment]
    codes: list[str]

    def page(self, number: int = 0, tail: str = "") -> str:
        """Address of a sheet."""
        return f"/e/{self.edition.slug}/ballots/{self.assignments[number].id}{tail}"

    @property
    def desk(self) -> str:
        """Address of the desk."""
        return f"/e/{self.edition.slug}/ballots/"

    def field(self, number: int) -> str:
        """Name of the field of a criterion."""
        return f"mark-{self.rubric.criteria[number - 1].id}"


@pytest.fixture
def world(session: Session) -> World:
    """A judging stage."""
    edition = make_edition(session, stage=Stage.JUDGING)
    round_ = edition.tracks[0].rounds[0]
    rubric = make_rubric(session, maxima=(60, 40))
    use_rubric(session, round_, rubric)
    judge = make_judge(session, account=True, scope=edition.id)
    panel = make_panel(session, round_, judge, chair=judge)
    unit = make_unit(session, name="长江航道隐名船厂有限公司")
    assignments, codes = [], []
    for number in range(3):
        entry = make_entry(session, edition, unit=unit, members=("欧阳隐名",), group_name="灯塔隐名小组")
        candidate = make_candidate(session, round_, entry=entry, title=f"缩短靠泊时间{number}")
        assignments.append(make_assignment(session, candidate, panel.seats[0], order=number))
        codes.append(candidate.code)
    user = session.get_one(User, judge.user_id)
    return World(edition, rubric, judge, user, assignments, codes)


@pytest.fixture
def judge(client: Client, world: World) -> Client:
    """The judge's browser."""
    return client.sign_in(world.user)


def save(browser: Client, world: World, field: str, value: Any, sequence: Any = 1, number: int = 0) -> Any:
    """Send one change as the script does."""
    body = {"field": field, "value": value, "version": 1, "sequence": sequence, "key": "k"}
    return browser.post(world.page(number, "/save"), json=body, headers={"X-Requested-With": "fetch"})


def test_desk_says_how_much_is_left(judge: Client, world: World) -> None:
    page = judge.get(world.desk)
    assert page.status_code == 200
    assert "3" in re.search(r"<h1>(.*?)<", page.text, re.S).group(1)  # type: ignore[union-attr]


def test_saved_mark_is_acknowledged_with_the_total(judge: Client, world: World) -> None:
    answer = save(judge, world, world.field(1), "４５．５")
    assert answer.status_code == 200
    assert (answer.json["total"], answer.json["missing"], answer.json["errors"]) == ("45.5", [world.field(2)], {})
    assert {"saved_at", "version"} <= answer.json.keys()


def test_saved_mark_stands_on_the_sheet(judge: Client, world: World) -> None:
    save(judge, world, world.field(1), "45.5")
    assert 'value="45.5"' in judge.get(world.page()).text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e309", "-3", "60.5", "12.34567891", "十", "１２abc"])
def test_refused_mark_names_its_criterion(judge: Client, world: World, value: str) -> None:
    answer = save(judge, world, world.field(1), value)
    assert answer.status_code == 422
    assert world.rubric.criteria[0].name in answer.json["errors"][world.field(1)]


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {"field": "strengths"}, {"field": 1, "value": "2", "sequence": 1},
     {"field": "strengths", "value": "a", "sequence": True},
     {"field": "strengths", "value": "a", "sequence": "1"}, {"field": "strengths", "value": "好" * 30_000, "sequence": 1}],
)  # fmt: skip
def test_malformed_save_is_refused(judge: Client, world: World, body: Any) -> None:
    assert judge.post(world.page(0, "/save"), json=body).status_code == 400


@pytest.mark.parametrize(
    "field", ["mark-", "mark-xyz", "total", "status", "mark-00000000-0000-0000-0000-000000000000", ""]
)
def test_unknown_field_is_refused(judge: Client, world: World, field: str) -> None:
    assert save(judge, world, field, "1").status_code == 422


def test_sheet_of_another_judge_does_not_exist(client: Client, session: Session, world: World) -> None:
    other = make_judge(session, account=True, scope=world.edition.id)
    browser = client.sign_in(session.get_one(User, other.user_id))
    answers = [
        browser.get(world.page()),
        browser.get(world.page(0, "/files/1")),
        save(browser, world, world.field(1), "1"),
    ]
    answers += [browser.post(world.page(0, tail), data={"reason": "无关"}) for tail in ("/submit", "/recuse")]
    assert [answer.status_code for answer in answers] == [404] * 5


def test_no_answer_to_a_judge_names_anybody(judge: Client, world: World) -> None:
    save(judge, world, world.field(1), "45.5", number=1)
    pages = [judge.get(path).text for path in (world.desk, world.page(), world.page(1), world.page(1, "/print"))]
    assert not [page for page in pages if "隐名" in page]


def test_open_round_shows_the_unit(judge: Client, world: World) -> None:
    world.edition.tracks[0].rounds[0].blind = False
    assert "长江航道隐名船厂有限公司" in judge.get(world.page()).text


def test_submitting_leads_to_the_next_sheet(judge: Client, world: World, session: Session) -> None:
    answer = judge.post(
        world.page(0, "/submit"), data={world.field(1): "50", world.field(2): "30", "strengths": "数据充分"}
    )
    ballot = ballot_queries.ballot_on(session, world.assignments[0].id)
    assert ballot is not None
    assert (ballot.status, ballot.total, ballot.strengths) == (BallotStatus.SUBMITTED, Decimal(80), "数据充分")
    assert str(world.assignments[1].id) in answer.location


def test_incomplete_sheet_comes_back_with_all_that_was_typed(judge: Client, world: World) -> None:
    answer = judge.post(
        world.page(0, "/submit"), data={world.field(1): "50", world.field(2): "99", "strengths": "数据充分"}
    )
    assert answer.status_code == 422
    assert 'value="50"' in answer.text
    assert 'value="99"' in answer.text
    assert "数据充分" in answer.text


def test_submitted_sheet_is_shown_locked(judge: Client, world: World, session: Session) -> None:
    make_ballot(session, world.assignments[0], world.judge, world.rubric, marks=(50, 30))
    assert "data-ballot=" not in judge.get(world.page()).text


def test_recused_candidate_needs_no_more_marks(judge: Client, world: World, session: Session) -> None:
    judge.post(world.page(0, "/recuse"), data={"reason": "曾为该小组授课"})
    ballot = ballot_queries.ballot_on(session, world.assignments[0].id)
    assert ballot is not None
    assert ballot.status is BallotStatus.RECUSED
    assert "曾为该小组授课" in judge.get(world.page()).text


@pytest.mark.parametrize("stage", [Stage.SETUP, Stage.INTAKE, Stage.BLINDING])
def test_nothing_is_shown_before_judging_opens(judge: Client, world: World, stage: Stage) -> None:
    world.edition.stage = stage
    assert world.codes[0] not in judge.get(world.desk).text
    assert judge.get(world.page()).status_code == 404


@pytest.mark.parametrize("stage", [Stage.RESULTS, Stage.SELECTION, Stage.NOTICE, Stage.CLOSED])
def test_sheets_are_read_only_after_judging(judge: Client, world: World, stage: Stage) -> None:
    world.edition.stage = stage
    assert "data-ballot=" not in judge.get(world.page()).text
    assert save(judge, world, world.field(1), "1").status_code == 422


def test_own_other_marks_stand_beside_the_criterion(judge: Client, world: World, session: Session) -> None:
    for number, mark in ((1, 41), (2, 53)):
        make_ballot(session, world.assignments[number], world.judge, world.rubric, marks=(mark, 30))
    page = judge.get(world.page()).text
    assert re.search(r"mark-previous\">[^<]*41[^<]*53[^<]*47", page)


def test_review_file_comes_under_the_code(judge: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def stored(*_args: Any, **_kwargs: Any) -> bytes:
        return b"%PDF-1.7"

    monkeypatch.setattr("judging.ballots.views.files.review_pdf", stored)
    answer = judge.get(world.page(0, "/files/1"))
    assert answer.data == b"%PDF-1.7"
    assert world.codes[0] in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_chair_gives_a_sheet_back(judge: Client, world: World, session: Session) -> None:
    ballot = make_ballot(session, world.assignments[0], world.judge, world.rubric, marks=(50, 30))
    assert world.codes[0] in judge.get(world.desk + "panel").text
    judge.post(f"{world.desk}panel/{ballot.id}/reopen", data={"reason": "误填一项"})
    assert ballot.status is BallotStatus.OPEN


def test_a_chair_learns_nothing_of_a_candidate_to_keep_away_from(judge: Client, world: World, session: Session) -> None:
    ballot = make_ballot(session, world.assignments[0], world.judge, world.rubric, marks=(50, 30))
    unit = session.scalars(sa.select(Unit).where(Unit.name.contains("隐名"))).one()
    session.add(Membership(user_id=world.user.id, unit_id=unit.id, since=ballot.saved_at))
    assert world.codes[0] not in judge.get(world.desk + "panel").text
    assert judge.post(f"{world.desk}panel/{ballot.id}/reopen", data={"reason": "误填一项"}).status_code == 404


def test_sheet_of_another_panel_is_unknown_to_a_chair(judge: Client, world: World, session: Session) -> None:
    round_ = world.edition.tracks[0].rounds[0]
    other = make_judge(session)
    seat = make_panel(session, round_, other).seats[0]
    ballot = make_ballot(
        session, make_assignment(session, make_candidate(session, round_), seat), other, world.rubric, marks=(1, 1)
    )
    assert judge.post(f"{world.desk}panel/{ballot.id}/reopen", data={"reason": "误填一项"}).status_code == 404


@pytest.fixture
def organizer(client: Client, session: Session, world: World) -> Client:
    """A browser of the secretariat."""
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=world.edition.id))


def test_progress_shows_every_judge(organizer: Client, world: World, session: Session) -> None:
    make_ballot(session, world.assignments[0], world.judge, world.rubric, marks=(50, 30))
    page = organizer.get(world.desk + "progress")
    assert page.status_code == 200
    assert "1 / 3" in page.text


def test_reminder_waits_in_the_outbox_once(organizer: Client, world: World, session: Session) -> None:
    world.judge.email = "judge@example.org"
    round_ = world.edition.tracks[0].rounds[0]
    organizer.post(f"{world.desk}progress/{round_.id}/remind", data={"ids": [str(world.judge.id)]})
    assert [message.to for message in session.query(Message)] == ["judge@example.org"]


def test_secretariat_reads_and_prints_a_judges_sheets(organizer: Client, world: World, session: Session) -> None:
    ballot = make_ballot(session, world.assignments[0], world.judge, world.rubric, marks=(50, 30))
    round_ = world.edition.tracks[0].rounds[0]
    pages = [f"{world.desk}progress/{round_.id}/judges/{world.judge.id}", f"{world.desk}sheets/{ballot.id}/print"]
    assert [organizer.get(page).status_code for page in pages] == [200, 200]


def test_reopening_without_a_reason_is_refused(organizer: Client, world: World, session: Session) -> None:
    ballot = make_ballot(session, world.assignments[0], world.judge, world.rubric, marks=(50, 30))
    assert organizer.post(f"{world.desk}sheets/{ballot.id}/reopen", data={"reason": ""}).status_code == 409
    assert ballot.status is BallotStatus.SUBMITTED


@pytest.mark.parametrize("address", [lambda w: w.desk, lambda w: w.page(2), lambda w: w.desk + "panel"])
def test_judges_page_takes_the_same_queries_for_one_or_three(
    judge: Client, world: World, session: Session, queries: list[str], address: Callable[[World], str]
) -> None:
    counts = []
    for number in (0, 1):
        make_ballot(session, world.assignments[number], world.judge, world.rubric, marks=(50, 30))
        page = address(world)
        queries.clear()
        judge.get(page)
        counts.append(sum(query.startswith("SELECT") for query in queries))
    assert counts[0] == counts[1]


def test_saving_is_possible_until_the_deadline_only(
    judge: Client, world: World, session: Session, at: datetime
) -> None:
    from tests.factories.editions import set_deadline

    set_deadline(session, world.edition, Stage.JUDGING, at)
    assert save(judge, world, world.field(1), "1").status_code == 422
