"""Pages of the rubric library and its editor."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.foundation.audit import SYSTEM
from judging.rubrics import service
from judging.rubrics.models import Rubric, RubricOrigin, RubricStatus
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.rubrics import make_rubric

ABOUT = {"name": "自定评分表", "track_kind": "qc", "topic_type": "", "origin": "practice"}


def _row(place: int, name: str, maximum: str, **values: str) -> dict[str, str]:
    row = {"name": name, "maximum": maximum, "minimum": "0", "step": "0.5", "weight": "1", "text": "", "code": ""}
    return {f"c{place}-{key}": value for key, value in (row | values).items()}


def test_the_library_is_installed_from_the_page(session: Session, client: Client) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER))
    assert client.post("/rubrics/install").status_code == 302
    assert client.post("/rubrics/install").status_code == 302
    assert session.scalar(sa.select(sa.func.count()).select_from(Rubric)) == 10


def test_a_sample_says_so_on_its_page(session: Session, client: Client) -> None:
    rubric = make_rubric(session, origin=RubricOrigin.SAMPLE)
    client.sign_in(make_user(session, Role.SUPERVISOR))
    for page in ("", "/print"):
        assert str(RubricOrigin.SAMPLE.label) in client.get(f"/rubrics/{rubric.id}{page}").text


def test_a_rubric_is_written_in_the_order_of_the_page(session: Session, client: Client) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER))
    typed = ABOUT | _row(7, "效果", "４０") | _row(2, "选题", "8.5", weight="2")
    answer = client.post("/rubrics/new", data=typed)
    assert answer.status_code == 302
    rubric = session.scalars(sa.select(Rubric)).one()
    assert [(c.name, c.maximum) for c in rubric.criteria] == [("效果", 40), ("选题", 8.5)]
    assert (rubric.maximum, rubric.status) == (57, RubricStatus.DRAFT)
    assert client.post(f"/rubrics/{rubric.id}/publish").status_code == 302
    assert rubric.status is RubricStatus.PUBLISHED


@pytest.mark.parametrize(
    "wrong",
    [
        {"maximum": "NaN"},
        {"maximum": "1e9"},
        {"maximum": "-3"},
        {"maximum": ""},
        {"minimum": "40"},
        {"step": "0"},
        {"step": "0.3"},
        {"weight": "0"},
        {"weight": "0.00001"},
        {"name": " "},
    ],
)
def test_a_criterion_that_cannot_be_marked_is_told_and_kept(
    session: Session, client: Client, wrong: dict[str, str]
) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER))
    typed = ABOUT | _row(0, "选题", "40", text="有数据") | {f"c0-{key}": value for key, value in wrong.items()}
    answer = client.post("/rubrics/new", data=typed)
    assert answer.status_code == 422
    assert "有数据" in answer.text


def test_the_second_to_save_a_draft_is_told(session: Session, client: Client) -> None:
    draft = service.new_version(session, make_rubric(session), by=SYSTEM, at=AT)
    client.sign_in(make_user(session, Role.ORGANIZER))
    typed = ABOUT | _row(0, "选题", "100", code="c1") | {"version": str(draft.version)}
    assert client.get(f"/rubrics/{draft.id}/edit").status_code == 200
    assert client.post(f"/rubrics/{draft.id}/edit", data=typed).status_code == 302
    answer = client.post(f"/rubrics/{draft.id}/edit", data=typed | {"name": "另一人的名称"})
    assert answer.status_code == 409
    assert "另一人的名称" in answer.text


def test_a_published_rubric_has_no_editor(session: Session, client: Client) -> None:
    rubric = make_rubric(session)
    client.sign_in(make_user(session, Role.ORGANIZER))
    assert client.get(f"/rubrics/{rubric.id}/edit").status_code == 409
    typed = ABOUT | _row(0, "选题", "100") | {"version": str(rubric.version)}
    assert client.post(f"/rubrics/{rubric.id}/edit", data=typed).status_code == 409


def test_a_new_version_and_a_copy_begin_as_drafts(session: Session, client: Client) -> None:
    rubric = make_rubric(session)
    client.sign_in(make_user(session, Role.ORGANIZER))
    for act in ("new-version", "copy"):
        assert client.post(f"/rubrics/{rubric.id}/{act}").status_code == 302
    drafts = session.scalars(sa.select(Rubric).where(Rubric.status == RubricStatus.DRAFT)).all()
    assert {(draft.code == rubric.code, draft.number) for draft in drafts} == {(True, 2), (False, 1)}
    assert client.post(f"/rubrics/{drafts[0].id}/discard").status_code == 302


def test_the_list_asks_as_often_for_one_rubric_as_for_thirty(
    session: Session, client: Client, queries: list[str]
) -> None:
    client.sign_in(make_user(session, Role.SUPERVISOR))
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_rubric(session)
        session.commit()
        session.expunge_all()
        queries.clear()
        assert client.get("/rubrics/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("role", "seen", "changed"), [(Role.SUPERVISOR, 200, 403), (Role.JUDGE, 403, 403), (Role.ORGANIZER, 200, 302)]
)
def test_who_may_read_and_who_may_write(session: Session, client: Client, role: Role, seen: int, changed: int) -> None:
    client.sign_in(make_user(session, role))
    assert client.get("/rubrics/").status_code == seen
    assert client.post("/rubrics/install").status_code == changed
