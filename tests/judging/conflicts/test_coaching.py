"""Units that judges have coached: from a workbook or by hand, they bar all entries of the unit."""

import io

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.conflicts.coaching import COLUMNS
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind
from judging.conflicts.queries import barred
from judging.editions.models import Edition
from judging.foundation.spreadsheets import workbook
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_unit


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition that takes entries in."""
    return make_edition(session)


@pytest.fixture
def desk(client: Client, session: Session, edition: Edition) -> Client:
    """A browser of the secretariat."""
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    return client


def url(edition: Edition, tail: str = "") -> str:
    """The pages of coached units."""
    return f"/e/{edition.slug}/conflicts/coached{tail}"


def sent(*rows: dict[str, object]) -> dict[str, object]:
    """A workbook with these rows."""
    return {"file": (io.BytesIO(workbook({"辅导": (COLUMNS, rows)})), "辅导.xlsx")}


def conflicts(session: Session) -> list[Conflict]:
    """All that is recorded."""
    return list(session.scalars(sa.select(Conflict)))


def test_a_workbook_keeps_a_judge_from_every_entry_of_the_units(
    desk: Client, session: Session, edition: Edition
) -> None:
    one, other, judge = make_unit(session), make_unit(session), make_judge(session)
    first = make_entry(session, edition, unit=one)
    preview = desk.post(
        url(edition, "/import"), data=sent({"code": judge.code, "units": f"{one.name}；{other.name}、某某未登记单位"})
    )
    assert "某某未登记单位" in desk.get(preview.location).text
    assert not conflicts(session)
    assert desk.post(preview.location).status_code == 302
    second = make_entry(session, edition, unit=other)
    assert {(judge.id, first.id), (judge.id, second.id)} <= barred(session, edition.id)
    assert {(one.kind, one.basis) for one in conflicts(session)} == {(ConflictKind.RECORDED, ConflictBasis.COACHED)}


def test_reading_a_workbook_twice_records_it_once(desk: Client, session: Session, edition: Edition) -> None:
    unit, judge = make_unit(session), make_judge(session, name="欧阳独一")
    for _ in range(2):
        preview = desk.post(url(edition, "/import"), data=sent({"name": judge.name, "units": unit.name}))
        desk.post(preview.location)
    assert len(conflicts(session)) == 1


def test_a_judge_who_cannot_be_told_stops_the_import(desk: Client, session: Session, edition: Edition) -> None:
    unit = make_unit(session)
    for _ in range(2):
        make_judge(session, name="王伟")
    preview = desk.post(
        url(edition, "/import"), data=sent({"name": "王伟", "units": unit.name}, {"code": "无此人", "units": unit.name})
    )
    page = desk.get(preview.location).text
    assert "“王伟”" in page
    assert desk.post(preview.location).status_code == 409
    assert not conflicts(session)


def test_units_typed_by_hand_are_recorded_with_the_reason(desk: Client, session: Session, edition: Edition) -> None:
    one, other, judge = make_unit(session), make_unit(session), make_judge(session)
    typed = {"judge": str(judge.id), "units": f"{one.name}\n{other.name}", "reason": "2021年5月授课"}
    assert desk.post(url(edition), data=typed | {"units": "没有这家"}).status_code == 422
    assert desk.post(url(edition), data=typed).status_code == 302
    assert [conflict.reason for conflict in conflicts(session)] == ["2021年5月授课"] * 2


def test_no_judge_comes_to_the_page_and_the_template_can_be_had(
    desk: Client, session: Session, edition: Edition
) -> None:
    assert desk.get(url(edition)).status_code == 200
    assert desk.get(url(edition, "/template.xlsx")).status_code == 200
    desk.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert desk.get(url(edition)).status_code == 403
