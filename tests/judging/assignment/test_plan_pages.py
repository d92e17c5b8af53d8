"""The pages of plans, as the secretariat and the supervisor see them."""

import io
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.app import create_app
from judging.assignment import queries, rules, running, service
from judging.assignment.models import Plan, PlanMode, PlanRun
from judging.assignment.service.ground import Terms
from judging.assignment.service.plans import keep, propose
from judging.config import Settings
from judging.editions.models import Edition, Round, RoundKind, Stage
from judging.foundation import db, jobs
from judging.foundation.audit import SYSTEM
from judging.foundation.storage import storage
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge

SIDES = ("", "/candidates", "/judges", "/matrix", "/links", "/proof", "/proof?check=1")


def make_round(session: Session, candidates: int = 8, judges: int = 6) -> Edition:
    """An edition at the blinding stage with candidates and a panel."""
    edition = make_edition(session, stage=Stage.BLINDING)
    round_ = edition.tracks[0].rounds[0]
    for number in range(candidates):
        make_candidate(session, round_, industry="CD"[number % 2], title=f"降低混凝土裂缝率{number}")
    make_panel(session, round_, *[make_judge(session, industries=("CD"[n % 2],)) for n in range(judges)])
    return edition


@pytest.fixture
def edition(session: Session) -> Edition:
    """Eight candidates before six judges."""
    return make_round(session)


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


def plan_page(edition: Edition, plan: Plan) -> str:
    """Where a plan is looked at."""
    return f"/e/{edition.slug}/assignment/plans/{plan.id}"


def make_plan(session: Session, edition: Edition, at: datetime, **values: object) -> Plan:
    """A plan on these terms."""
    terms = Terms(**{"seed": 5} | values)  # type: ignore[arg-type]
    return keep(session, edition, propose(session, edition, round_of(edition), terms), by=SYSTEM, at=at)


def test_four_proposals_are_made_by_one_act_and_stand_side_by_side(
    organizer: Client, session: Session, edition: Edition
) -> None:
    answer = organizer.post(home(edition) + "/plan/four")
    plans = queries.plans_of(session, round_of(edition).id)
    page = organizer.get(answer.location).text
    assert {plan.mode for plan in plans} == {
        PlanMode.OPTIMAL,
        PlanMode.FAIR,
        PlanMode.CALIBRATION,
        PlanMode.RANDOM,
    }
    assert len({plan.proposal_id for plan in plans}) == 1
    assert all(str(plan.id) in page for plan in plans)


def test_round_on_site_has_one_plan_by_its_halls(organizer: Client, session: Session, edition: Edition) -> None:
    round_of(edition).kind = RoundKind.ON_SITE
    panel = queries.panels_of(session, round_of(edition).id)[0]
    organizer.post(home(edition) + "/halls", data={"hall": "一号厅", "panel": str(panel.id), "starts_at": ""})
    organizer.post(home(edition) + "/halls/apportion")
    shown = organizer.post(home(edition) + "/plan/four").location
    assert organizer.get(shown).status_code == 200
    assert [plan.mode for plan in queries.plans_of(session, round_of(edition).id)] == [PlanMode.HALLS]
    assert organizer.post(shown + "/apply").status_code == 302


def test_ticked_plans_are_compared(organizer: Client, session: Session, edition: Edition, at: datetime) -> None:
    plans = [make_plan(session, edition, at, mode=mode) for mode in (PlanMode.OPTIMAL, PlanMode.FAIR)]
    page = organizer.get(f"{home(edition)}/plan/compare?ids={plans[0].id}&ids={plans[1].id}&ids=nonsense")
    assert page.status_code == 200
    assert all(str(plan.id) in page.text for plan in plans)


def test_comparison_of_nothing_leads_back(organizer: Client, edition: Edition) -> None:
    assert organizer.get(home(edition) + "/plan/compare").status_code == 200


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("mode", [PlanMode.OPTIMAL, PlanMode.CALIBRATION, PlanMode.RANDOM])
def test_every_side_of_a_plan_opens(
    organizer: Client, session: Session, edition: Edition, at: datetime, side: str, mode: PlanMode
) -> None:
    plan = make_plan(session, edition, at, mode=mode)
    service.apply_plan(session, edition, round_of(edition), plan, by=SYSTEM, at=at)
    assert organizer.get(plan_page(edition, plan) + side).status_code == 200


def test_plans_that_a_draw_was_mixed_of_are_given_once_it_is_applied(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at, mode=PlanMode.RANDOM)
    plan.certificate = plan.certificate | {"chances": storage().put(b"plans").sha256}
    assert organizer.get(plan_page(edition, plan) + "/chances").status_code == 302
    service.apply_plan(session, edition, round_of(edition), plan, by=SYSTEM, at=at)
    assert plan_page(edition, plan) + "/chances" in organizer.get(plan_page(edition, plan) + "/proof").text
    assert organizer.get(plan_page(edition, plan) + "/chances").data == b"plans"


@pytest.mark.parametrize("side", [*SIDES, "/cells", "/problem"])
def test_supervisor_looks_and_changes_nothing(
    client: Client, session: Session, edition: Edition, at: datetime, side: str
) -> None:
    plan = make_plan(session, edition, at)
    browser = client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert browser.get(plan_page(edition, plan) + side).status_code == 200
    assert browser.post(plan_page(edition, plan) + "/apply").status_code == 403


def test_matrix_gives_a_byte_for_each_pair(organizer: Client, session: Session, edition: Edition, at: datetime) -> None:
    plan = make_plan(session, edition, at)
    cells = np.frombuffer(organizer.get(plan_page(edition, plan) + "/cells").data, dtype=np.uint8).reshape(8, 6)
    assert (cells >= 128).sum() == len(plan.pairs)
    assert set(np.unique(cells & 127)) <= set(range(101))
    assert len(organizer.get(plan_page(edition, plan) + "/cells?from=6&rows=128").data) == 2 * 6


def test_problem_can_be_taken_away_and_read(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at)
    data = np.load(io.BytesIO(organizer.get(plan_page(edition, plan) + "/problem").data))
    assert (data["score"].shape, len(data["entries"]), list(data["wanted"])) == ((8, 6), 8, [3] * 8)


def test_sides_of_a_plan_take_the_same_queries_for_few_or_many(
    client: Client, session: Session, queries: list[str], at: datetime
) -> None:
    counts: dict[str, list[int]] = {}
    for size in (6, 18):
        edition = make_round(session, candidates=size)
        browser = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
        plan = make_plan(session, edition, at)
        pages = [plan_page(edition, plan) + side for side in SIDES] + [home(edition) + "/repair"]
        for name, page in zip([*SIDES, "repair"], pages, strict=True):
            queries.clear()
            browser.get(page)
            counts.setdefault(name, []).append(sum(query.startswith("SELECT") for query in queries))
    assert {name: few for name, (few, many) in counts.items() if few != many} == {}


@pytest.mark.parametrize(
    ("query", "ok"),
    [
        ("wanted=3&most=40&mode=optimal", True),
        ("wanted=2&most=40&mode=fair", True),
        ("wanted=3&most=2&mode=optimal", False),
        ("wanted=3&most=x", False),
        ("wanted=3&least=9&most=2", False),
    ],
)
def test_what_if_is_answered_without_keeping_anything(
    organizer: Client, session: Session, edition: Edition, query: str, ok: bool
) -> None:
    answer = organizer.get(f"{home(edition)}/plan/what-if?{query}").json
    assert (answer["ok"], bool(answer["message"])) == (ok, True)
    assert queries.plans_of(session, round_of(edition).id) == []


def test_impossible_plan_offers_ways_that_show_their_plans(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at, most=2)
    assert "/mend/1" in organizer.get(plan_page(edition, plan)).text
    shown = organizer.post(plan_page(edition, plan) + "/mend/1")
    page = organizer.get(shown.location).text
    assert 'name="reason"' in page
    refused = organizer.post(shown.location + "/apply", data={"seen": "0"})
    assert refused.status_code == 409
    assert organizer.post(shown.location + "/apply", data={"seen": "0", "reason": "评委同意"}).status_code == 302
    assert queries.coverage(session, round_of(edition)).short == 0


def test_way_that_does_not_exist_is_refused(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at, most=2)
    assert organizer.post(plan_page(edition, plan) + "/mend/99").status_code == 409


def test_plan_overtaken_in_another_browser_is_not_applied(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    first, second = (make_plan(session, edition, at, seed=seed) for seed in (1, 2))
    organizer.post(plan_page(edition, first) + "/apply", data={"seen": "0"})
    answer = organizer.post(plan_page(edition, second) + "/apply", data={"seen": "0"})
    assert answer.location.endswith(str(second.id))
    page = organizer.get(answer.location).text
    assert str(rules.Overtaken()) in page
    assert session.get_one(Plan, second.id).applied_at is None


def test_applied_plan_is_taken_back_with_a_reason(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at)
    organizer.post(plan_page(edition, plan) + "/apply", data={"seen": "0"})
    assert organizer.post(plan_page(edition, plan) + "/undo", data={"reason": ""}).status_code == 422
    assert organizer.post(plan_page(edition, plan) + "/undo", data={"reason": "名单有误"}).status_code == 302
    assert queries.coverage(session, round_of(edition)).pairs == 0


def test_all_planned_assignments_are_cleared_from_the_page_of_plans(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    service.apply_plan(session, edition, round_of(edition), make_plan(session, edition, at), by=SYSTEM, at=at)
    assert "/clear" in organizer.get(home(edition) + "/plan").text
    organizer.post(home(edition) + "/clear")
    assert queries.coverage(session, round_of(edition)).pairs == 0


def test_repair_page_leads_to_the_smallest_change(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    assert organizer.get(home(edition) + "/repair").status_code == 200
    service.apply_plan(session, edition, round_of(edition), make_plan(session, edition, at), by=SYSTEM, at=at)
    assert organizer.post(home(edition) + "/repair").status_code == 409
    seat = queries.seats_of(session, round_of(edition).id)[0]
    seat_id, name = seat.id, seat.judge.name
    shown = organizer.post(home(edition) + "/repair", data={"ids": [str(seat_id)]})
    assert name in organizer.get(shown.location).text
    organizer.post(shown.location + "/apply", data={"seen": "1", "reason": "评委出差"})
    assert queries.loads_of(session, round_of(edition).id).get(seat_id, 0) == 0
    assert queries.coverage(session, round_of(edition)).short == 0


def test_place_is_moved_and_judges_are_exchanged_from_one_page(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    made = service.apply_plan(session, edition, round_of(edition), make_plan(session, edition, at), by=SYSTEM, at=at)
    first = made[0]
    board = service.board_of(session, edition, round_of(edition), first.candidate, first)
    place, other = f"{home(edition)}/assignments/{first.id}", board.swaps[0].other
    theirs, mine = (other.candidate_id, first.seat_id), (first.candidate_id, other.seat_id)
    page = organizer.get(place + "/move")
    assert str(other.id) in page.text
    assert organizer.post(place + "/swap", data={"other": "x"}).status_code == 404
    assert organizer.post(place + "/swap", data={"other": str(other.id)}).status_code == 302
    stands = {(a.candidate_id, a.seat_id) for a in queries.assignments_of_round(session, round_of(edition).id)}
    assert {theirs, mine} <= stands


def test_long_computation_shows_how_far_it_is(
    organizer: Client, session: Session, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 0)
    shown = organizer.post(home(edition) + "/plan/four").location
    assert "/plan-runs/" in shown
    assert organizer.get(shown).status_code == 200
    assert organizer.get(shown + "/state").json["state"] == "queued"
    organizer.post(shown + "/stop")
    run = session.query(PlanRun).one()
    assert run.cancelled_at is not None
    running.make_plans(session.get_one(jobs.Job, run.job_id).payload, lambda _done, _total: None)
    assert len(queries.plans_of(session, round_of(edition).id)) == 1


def test_of_two_plans_applied_at_once_one_is_told(tmp_path: Path, at: datetime) -> None:
    app = create_app(Settings.in_folder(tmp_path, secret_key="two", testing=True))
    with app.app_context(), app.test_request_context():
        db.Model.metadata.create_all(db.extension.engine)
        with db.transaction() as session:
            edition = make_round(session)
            ids = [make_plan(session, edition, at, seed=seed).id for seed in (1, 2)]
            edition_id = edition.id
    refused = apply_at_once(app, edition_id, ids, at)
    assert [type(error) for error in refused] == [rules.Overtaken]
    with app.app_context():
        assert sum(plan.applied_at is not None for plan in db.session().query(Plan)) == 1
        db.extension.engine.dispose()


def apply_at_once(app: Flask, edition_id: object, plan_ids: list[object], at: datetime) -> list[BaseException]:
    """Let two organizers, who both look at the empty round, apply a plan each at the same moment."""
    start, failures = threading.Barrier(len(plan_ids)), list[BaseException]()

    def run(plan_id: object) -> None:
        with app.test_request_context():
            start.wait()
            try:
                with db.transaction() as session:
                    edition = session.get_one(Edition, edition_id)
                    plan = session.get_one(Plan, plan_id)
                    service.apply_plan(session, edition, round_of(edition), plan, by=SYSTEM, at=at, seen=0)
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=run, args=(plan_id,)) for plan_id in plan_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failures


def test_page_of_links_shows_the_plan_with_more_in_common_before_it_is_applied(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at)
    assert f"{plan_page(edition, plan)}/link" in organizer.get(plan_page(edition, plan) + "/links").text
    shown = organizer.post(plan_page(edition, plan) + "/link", data={"one": "0", "other": "1", "least": "6"})
    assert shown.status_code == 302
    assert plan_page(edition, plan) in organizer.get(shown.location).text
    assert not queries.assignments_of_round(session, round_of(edition).id)


def test_links_of_nobody_are_refused_on_the_page(
    organizer: Client, session: Session, edition: Edition, at: datetime
) -> None:
    plan = make_plan(session, edition, at)
    link = plan_page(edition, plan) + "/link"
    assert organizer.post(link, data={"one": "0", "other": "9", "least": "3"}).status_code == 409
    assert organizer.post(link, data={"one": "0", "other": "1", "least": ""}).status_code == 422
