"""How much of a result hangs on one judge: computed in the background, kept with the sheet, shown by codes."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.ballots.models import Ballot
from judging.ballots.totals import valid_totals
from judging.editions.models import Edition, Round, Stage
from judging.foundation.jobs import Job, JobState, run_due
from judging.results import probing, queries
from judging.results.models import ResultSheet
from judging.results.rules import SheetOutdated
from judging.results.sensitivity import probe
from judging.results.tables import sheets_of, table_of
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.results import crossed, make_judged_round, make_sheet

SCORES = (92, 90, 87, 85, 83, 80, 78, 74)


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, stage=Stage.RESULTS)


@pytest.fixture
def round_(session: Session, edition: Edition) -> Round:
    marks = crossed(SCORES, (2, 0, -2))
    marks[3][2] = 99  # one judge alone lifts the fourth
    return make_judged_round(session, marks, edition=edition)


@pytest.fixture
def sheet(session: Session, edition: Edition, round_: Round) -> ResultSheet:
    return make_sheet(session, edition, round_, confirmed=False)


@pytest.fixture
def organizer(session: Session, edition: Edition) -> User:
    return make_user(session, Role.ORGANIZER, scope=edition.id)


def address(sheet: ResultSheet, edition: Edition, page: str = "/sensitivity") -> str:
    return f"/e/{edition.slug}/results/{sheet.id}{page}"


def found_of(session: Session, sheet: ResultSheet, **more: Any) -> dict[str, Any]:
    rows, scales = valid_totals(session, sheet.round_id), queries.scales_of(session, sheet.round_id)
    return probe(rows, scales, {**sheet.parameters, **more}, lambda _done, _total: None)


def test_page_says_that_nobody_has_asked(client: Any, edition: Edition, sheet: ResultSheet, organizer: User) -> None:
    client.sign_in(organizer)
    page = client.get(address(sheet, edition)).get_data(as_text=True)
    assert "还没有检验" in page


def test_organizer_has_it_tested_in_the_background(
    app: Flask, client: Any, session: Session, edition: Edition, sheet: ResultSheet, organizer: User
) -> None:
    client.sign_in(organizer)
    answer = client.post(address(sheet, edition))
    assert answer.status_code == 302
    run_due(app)
    job = session.scalars(sa.select(Job).where(Job.kind == probing.KIND)).one()
    session.refresh(sheet)
    assert job.state is JobState.DONE
    assert (job.done, job.total) == (job.total, 3 + 3)
    page = client.get(address(sheet, edition)).get_data(as_text=True)
    assert all(standing.candidate.code in page for standing in queries.standings(session, sheet.id))


def test_judge_who_lifts_an_entry_over_the_line_is_named(session: Session, sheet: ResultSheet) -> None:
    line = found_of(session, sheet, top=[3])["lines"]["3"]
    ballot = session.scalars(sa.select(Ballot).where(Ballot.total == 99)).one()
    lifted = next(one for one in line["steady"] if one["entry"] == str(ballot.candidate_id))
    assert lifted["rank"] < lifted["worst"]
    assert lifted["worst_without"] == str(ballot.judge_id)


def test_without_award_lines_the_middle_is_tested(session: Session, sheet: ResultSheet) -> None:
    assert list(found_of(session, sheet, top=[])["lines"]) == ["4"]


def test_unlinked_parts_have_no_line(session: Session, edition: Edition) -> None:
    apart = [{0: 80, 1: 82}, {0: 85, 1: 84}, {2: 70, 3: 74}, {2: 77, 3: 79}]
    sheet = make_sheet(session, edition, make_judged_round(session, apart, edition=edition), confirmed=False)
    assert found_of(session, sheet)["lines"] == {}


def test_sheet_that_no_longer_agrees_is_refused(session: Session, sheet: ResultSheet) -> None:
    session.execute(sa.update(Ballot).where(Ballot.total == 99).values(total=60))
    with pytest.raises(SheetOutdated):
        probing.answer_now(session, sheet)


def test_workbook_holds_what_was_found(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, organizer: User
) -> None:
    probing.answer_now(session, sheet)
    client.sign_in(organizer)
    book = load_workbook(io.BytesIO(client.get(address(sheet, edition, "/sheet.xlsx")).data))
    assert "稳健性" in book.sheetnames
    assert book["稳健性"].max_row == 1 + len(SCORES)


def test_judge_does_not_see_it(client: Any, session: Session, edition: Edition, sheet: ResultSheet) -> None:
    client.sign_in(make_user(session, Role.JUDGE, scope=edition.id))
    assert client.get(address(sheet, edition)).status_code == 403
    assert client.post(address(sheet, edition)).status_code == 403


def test_sheets_are_ordered_as_they_were_begun(session: Session, round_: Round) -> None:
    ballots = list(session.scalars(sa.select(Ballot).order_by(Ballot.candidate_id)))
    judge = ballots[0].judge_id
    own = [ballot for ballot in ballots if ballot.judge_id == judge]
    for place, ballot in enumerate(own):
        ballot.opened_at = datetime(2022, 5, 1, tzinfo=UTC) + timedelta(minutes=7 * max(1, place))
    session.flush()
    rows = valid_totals(session, round_.id)
    totals = {(str(row.candidate_id), str(row.judge_id)): row.total for row in rows}
    table = table_of(totals, rows, {"order": True})
    assert table.order is not None
    found = {
        table.entries[entry]: order
        for entry, who, order in zip(table.entry, table.judge, table.order, strict=True)
        if table.judges[who] == str(judge)
    }
    places = [found[str(ballot.candidate_id)] for ballot in own]
    assert all(place != place for place in places[:2])  # begun at one moment: typed in from paper
    assert places[2:] == [2, 3, 4, 5, 6, 7]
    assert table_of(totals, rows, {}).order is None


def test_marks_make_one_table_a_rubric(session: Session, round_: Round) -> None:
    rows, scales = valid_totals(session, round_.id), queries.scales_of(session, round_.id)
    (table,) = sheets_of(rows, scales)
    assert len(table.criteria) == len(next(iter(scales.values())).criteria)
