"""Pages of the results: who sees what, what they show, what they refuse."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.editions.models import Edition, Round, Stage
from judging.results import queries
from judging.results.models import Flag, FlagStatus, ResultSheet
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.results import crossed, make_judged_round, make_sheet

SCORES = (92, 90, 87, 85, 83, 80, 78, 74)


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, stage=Stage.RESULTS)


@pytest.fixture
def round_(session: Session, edition: Edition) -> Round:
    return make_judged_round(session, crossed(SCORES, (2, 0, -2)), edition=edition)


@pytest.fixture
def organizer(session: Session, edition: Edition) -> User:
    return make_user(session, Role.ORGANIZER, scope=edition.id)


@pytest.fixture
def sheet(session: Session, edition: Edition, round_: Round) -> ResultSheet:
    return make_sheet(session, edition, round_, confirmed=False)


def address(sheet: ResultSheet, edition: Edition, page: str = "") -> str:
    return f"/e/{edition.slug}/results/{sheet.id}{page}"


def plant_flag(session: Session, sheet: ResultSheet) -> Flag:
    standing = queries.standings(session, sheet.id)[0]
    judge = queries.severities(session, sheet.id)[0].judge_id
    values: dict[str, Any] = {"kind": "score", "statistic": -5, "effect": -12, "detail": {"given": "60"}}
    flag = Flag(sheet_id=sheet.id, judge_id=judge, candidate_id=standing.candidate_id, **values)
    session.add(flag)
    session.flush()
    return flag


def test_organizer_computes_and_confirms(
    client: Any, session: Session, edition: Edition, round_: Round, organizer: User
) -> None:
    client.sign_in(organizer)
    answer = client.post(f"/e/{edition.slug}/results/rounds/{round_.id}/compute")
    assert answer.status_code == 302
    sheet = queries.latest_sheet(session, round_.id)
    assert sheet is not None
    session.execute(sa.update(Flag).values(status=FlagStatus.CONFIRMED))
    assert client.post(address(sheet, edition, "/confirm"), data={"reason": ""}).status_code == 302
    assert queries.confirmed_sheet(session, round_.id) is not None


@pytest.mark.parametrize("page", ["", "/judges", "/flags", "/method", "/verify", "/sheet.xlsx"])
def test_supervisor_reads_every_page_of_a_sheet(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, page: str
) -> None:
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert client.get(address(sheet, edition, page)).status_code == 200


@pytest.mark.parametrize("role", [Role.JUDGE, Role.ENTRANT, Role.RECOMMENDER])
def test_nobody_else_sees_results(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, role: Role
) -> None:
    client.sign_in(make_user(session, role, scope=edition.id))
    assert client.get(address(sheet, edition)).status_code == 403


@pytest.mark.parametrize("act", ["/confirm", "/reopen"])
def test_supervisor_changes_nothing(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, act: str
) -> None:
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert client.post(address(sheet, edition, act), data={"reason": "理由充分"}).status_code == 403


def test_sheet_of_another_edition_is_missing(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet
) -> None:
    other = make_edition(session, stage=Stage.RESULTS)
    client.sign_in(make_user(session, Role.ORGANIZER, scope=other.id))
    assert client.get(address(sheet, other)).status_code == 404


def test_sheet_shows_codes_and_no_unit(client: Any, edition: Edition, sheet: ResultSheet, organizer: User) -> None:
    page = client.sign_in(organizer).get(address(sheet, edition)).text
    assert "A01" in page
    assert "示例单位" not in page


def test_search_finds_a_code(client: Any, edition: Edition, sheet: ResultSheet, organizer: User) -> None:
    page = client.sign_in(organizer).get(address(sheet, edition, "?q=a03")).text
    assert (">A03<" in page, ">A01<" in page) == (True, False)


@pytest.mark.parametrize(
    "sort", ["rank", "-score", "code", "mean", "trimmed", "median", "standard", "-adjusted", "change", "nonsense"]
)
def test_standings_sort_by_every_column(
    client: Any, edition: Edition, sheet: ResultSheet, organizer: User, sort: str
) -> None:
    assert client.sign_in(organizer).get(address(sheet, edition, f"?sort={sort}")).status_code == 200


def test_score_is_explained_by_every_judges_total(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, organizer: User
) -> None:
    standing = queries.standings(session, sheet.id)[0]
    page = client.sign_in(organizer).get(address(sheet, edition, f"/candidates/{standing.candidate_id}")).text
    assert all(text in page for text in ("90", "92", "94", "+2.00", "−2.00", "276", "92.00"))


def test_verification_says_so(client: Any, edition: Edition, sheet: ResultSheet, organizer: User) -> None:
    page = client.sign_in(organizer).get(address(sheet, edition, "/verify")).text
    assert "notice-success" in page


def test_exclusion_takes_two_people(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, organizer: User
) -> None:
    flag = plant_flag(session, sheet)
    url = address(sheet, edition, f"/flags/{flag.id}")
    client.sign_in(organizer).post(url, data={"answer": "excluded", "reason": "评分笔误，已核实"})
    assert session.get_one(Flag, flag.id).status is FlagStatus.PROPOSED
    assert client.post(url + "/sign").status_code == 409
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id)).post(url + "/sign")
    assert session.get_one(Flag, flag.id).status is FlagStatus.EXCLUDED


def test_exclusion_is_refused_with_a_reason(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, organizer: User
) -> None:
    flag = plant_flag(session, sheet)
    url = address(sheet, edition, f"/flags/{flag.id}")
    client.sign_in(organizer).post(url, data={"answer": "excluded", "reason": "评分笔误，已核实"})
    client.post(url + "/refuse", data={"reason": ""})
    assert session.get_one(Flag, flag.id).status is FlagStatus.PROPOSED
    client.post(url + "/refuse", data={"reason": "评委已说明"})
    assert session.get_one(Flag, flag.id).status is FlagStatus.OPEN


@pytest.mark.parametrize("data", [{}, {"answer": "nonsense"}, {"answer": "asked", "reason": "x" * 5000}])
def test_bad_answer_to_a_flag_changes_nothing(
    client: Any, session: Session, edition: Edition, sheet: ResultSheet, organizer: User, data: dict[str, str]
) -> None:
    flag = plant_flag(session, sheet)
    client.sign_in(organizer).post(address(sheet, edition, f"/flags/{flag.id}"), data=data)
    assert session.get_one(Flag, flag.id).status is FlagStatus.OPEN


def test_workbook_holds_results_totals_severities_and_method(
    client: Any, edition: Edition, sheet: ResultSheet, organizer: User
) -> None:
    data = client.sign_in(organizer).get(address(sheet, edition, "/sheet.xlsx")).data
    book = load_workbook(io.BytesIO(data))
    assert [sheet.max_row for sheet in book.worksheets[:3]] == [9, 25, 4]
    assert any(sheet_row[1].value == sheet.digest for sheet_row in book.worksheets[3].iter_rows())


def test_overview_shows_rounds_before_and_after(
    client: Any, session: Session, edition: Edition, round_: Round, organizer: User
) -> None:
    client.sign_in(organizer)
    assert client.get(f"/e/{edition.slug}/results/").status_code == 200
    make_sheet(session, edition, round_)
    edition.stage = Stage.NOTICE
    assert client.get(f"/e/{edition.slug}/results/").status_code == 200


@pytest.mark.parametrize("page", ["", "/flags", "/judges"])
def test_pages_ask_the_same_questions_for_few_and_many(
    client: Any, session: Session, queries: list[str], page: str
) -> None:
    counts = []
    for size in (3, 30):
        edition = make_edition(session, stage=Stage.RESULTS)
        round_ = make_judged_round(session, crossed([90 - n for n in range(size)], (1, 0, -1)), edition=edition)
        sheet = make_sheet(session, edition, round_, confirmed=False)
        client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
        url = address(sheet, edition, page)
        client.get(url)
        queries.clear()
        assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
