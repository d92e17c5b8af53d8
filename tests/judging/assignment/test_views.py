"""The pages of assignment, as the secretariat and others see them."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import queries, service
from judging.assignment.models import Panel, Seat
from judging.editions.models import Edition, Round, RoundKind, Stage
from judging.foundation.audit import SYSTEM
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition at the blinding stage with six candidates and four judges."""
    edition = make_edition(session, stage=Stage.BLINDING)
    round_ = edition.tracks[0].rounds[0]
    for _ in range(6):
        make_candidate(session, round_)
    make_panel(session, round_, *[make_judge(session) for _ in range(4)])
    return edition


@pytest.fixture
def organizer(client: Client, session: Session, edition: Edition) -> Client:
    """A browser of the secretariat."""
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def round_of(edition: Edition) -> Round:
    """The round of the only track."""
    return edition.tracks[0].rounds[0]


def home(edition: Edition) -> str:
    """Where the pages of the round begin."""
    return f"/e/{edition.slug}/assignment/{round_of(edition).id}"


@pytest.mark.parametrize("page", ["", "/judges", "/panels", "/plan", "/halls"])
@pytest.mark.parametrize("stage", [Stage.INTAKE, Stage.BLINDING, Stage.JUDGING, Stage.CLOSED])
def test_page_opens_in_every_stage(organizer: Client, edition: Edition, page: str, stage: Stage) -> None:
    edition.stage = stage
    assert organizer.get(home(edition) + page).status_code == 200


def test_plan_travels_from_form_to_assignments(organizer: Client, session: Session, edition: Edition) -> None:
    shown = organizer.post(home(edition) + "/plan", data={"seed": "７", "least": "", "most": "20"})
    assert shown.status_code == 302
    assert organizer.get(shown.location).status_code == 200
    organizer.post(shown.location + "/apply")
    assert queries.coverage(session, round_of(edition)).short == 0


@pytest.mark.parametrize(
    "data", [{"seed": "x"}, {"seed": "-1"}, {"seed": "9" * 40}, {"seed": "1", "least": "9", "most": "3"}]
)
def test_plan_form_that_does_not_hold_is_shown_again(organizer: Client, edition: Edition, data: dict[str, str]) -> None:
    answer = organizer.post(home(edition) + "/plan", data=data)
    assert answer.status_code == 422
    assert f'value="{data["seed"]}"' in answer.text


def test_impossible_plan_says_why(organizer: Client, edition: Edition) -> None:
    shown = organizer.post(home(edition) + "/plan", data={"seed": "1", "most": "2"})
    page = organizer.get(shown.location).text
    assert "18" in page
    assert "8" in page


def test_panel_is_formed_and_filled(organizer: Client, session: Session, edition: Edition) -> None:
    judge = make_judge(session)
    bank = organizer.post(home(edition) + "/panels", data={"name": "现场一组"}).location
    assert organizer.get(bank).status_code == 200
    organizer.post(bank.replace("/bank", "/seats"), data={"ids": [str(judge.id)]})
    panel = next(p for p in queries.panels_of(session, round_of(edition).id) if p.name == "现场一组")
    assert [seat.judge_id for seat in panel.seats] == [judge.id]


def test_second_panel_of_a_name_is_refused_on_its_field(organizer: Client, session: Session, edition: Edition) -> None:
    name = session.query(Panel).first().name  # type: ignore[union-attr]
    answer = organizer.post(home(edition) + "/panels", data={"name": name})
    assert answer.status_code == 422
    assert name in answer.text


@pytest.mark.parametrize("data", [{"least": "5", "most": "2"}, {"least": "abc"}, {"most": "99999"}])
def test_seat_with_impossible_loads_is_refused(
    organizer: Client, session: Session, edition: Edition, data: dict[str, str]
) -> None:
    seat = queries.seats_of(session, round_of(edition).id)[0]
    assert organizer.post(f"{home(edition)}/seats/{seat.id}", data=data).status_code == 422


def test_judge_is_added_replaced_and_taken_away(organizer: Client, session: Session, edition: Edition) -> None:
    round_id = round_of(edition).id
    candidate = make_candidate(session, round_of(edition))
    first, second, *_ = queries.seats_of(session, round_id)
    page = f"{home(edition)}/candidates/{candidate.id}"
    organizer.post(page + "/add", data={"seat": str(first.id)})
    given = queries.assignments_of_candidates(session, [candidate.id])[candidate.id]
    assert organizer.get(page).status_code == 200
    organizer.post(f"{home(edition)}/assignments/{given[0].id}/replace", data={"seat": str(second.id)})
    given = queries.assignments_of_candidates(session, [candidate.id])[candidate.id]
    assert [a.seat_id for a in given] == [second.id]
    organizer.post(f"{home(edition)}/assignments/{given[0].id}/remove", data={"reason": ""})
    assert queries.assignments_of_candidates(session, [candidate.id])[candidate.id] == []


@pytest.mark.parametrize("seat", ["", "nonsense"])
def test_change_without_a_judge_is_no_failure(organizer: Client, session: Session, edition: Edition, seat: str) -> None:
    candidate = make_candidate(session, round_of(edition))
    answer = organizer.post(f"{home(edition)}/candidates/{candidate.id}/add", data={"seat": seat, "reason": "留在页上"})
    assert answer.status_code in (404, 422)


def test_workbook_lists_every_assignment(organizer: Client, session: Session, edition: Edition) -> None:
    seat = queries.seats_of(session, round_of(edition).id)[0]
    make_assignment(session, make_candidate(session, round_of(edition)), seat)
    assert organizer.get(home(edition) + "/export").data[:2] == b"PK"


def test_round_of_another_edition_does_not_exist(organizer: Client, session: Session, edition: Edition) -> None:
    other = make_edition(session, stage=Stage.BLINDING)
    assert organizer.get(f"/e/{edition.slug}/assignment/{round_of(other).id}").status_code == 404


def test_plan_of_another_edition_does_not_exist(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    other = make_edition(session, stage=Stage.BLINDING)
    make_candidate(session, round_of(other))
    make_panel(session, round_of(other), *[make_judge(session) for _ in range(3)])
    plan = service.plan_round(session, other, round_of(other), seed=1, by=SYSTEM, at=at)
    assert organizer.get(f"/e/{edition.slug}/assignment/plans/{plan.id}").status_code == 404


def test_supervisor_changes_nothing(client: Client, session: Session, edition: Edition) -> None:
    browser = client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert browser.get(home(edition)).status_code == 200
    assert browser.post(home(edition) + "/plan", data={"seed": "1"}).status_code == 403


def test_list_takes_the_same_queries_for_few_or_many(
    organizer: Client, session: Session, edition: Edition, queries: list[str]
) -> None:
    counts = []
    for _ in range(2):
        candidate, page = make_candidate(session, round_of(edition)), home(edition)
        for seat in session.query(Seat).all():
            make_assignment(session, candidate, seat)
        queries.clear()
        organizer.get(page)
        counts.append(sum(query.startswith("SELECT") for query in queries))
    assert counts[0] == counts[1]


def test_hall_is_added_filled_and_drawn(organizer: Client, session: Session, edition: Edition) -> None:
    round_of(edition).kind = RoundKind.ON_SITE
    panel = queries.panels_of(session, round_of(edition).id)[0]
    page = home(edition) + "/halls"
    organizer.post(page, data={"hall": "一号厅", "panel": str(panel.id), "starts_at": "2022-06-30T09:00"})
    organizer.post(page + "/apportion")
    sitting = queries.sittings_of(session, round_of(edition).id)[0]
    assert organizer.post(f"{page}/{sitting.id}/draw").status_code == 302
    assert organizer.post(f"{page}/{sitting.id}/draw").status_code == 409
    assert [len(drawn.places) for drawn in queries.sittings_of(session, round_of(edition).id)] == [6]
    assert organizer.get(page).status_code == 200
    assert organizer.get(f"{page}/{sitting.id}/order").status_code == 200
