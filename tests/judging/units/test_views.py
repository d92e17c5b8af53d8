"""Pages of units: lists, forms, invitations, Excel, the own unit."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition
from judging.foundation.outbox import Message
from judging.foundation.spreadsheets import read_rows
from judging.units import queries as unit_queries
from judging.units import sheets
from judging.units.models import Unit
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit
from tests.factories.workbooks import make_credit_code, make_workbook

TYPED = {
    "recommending_unit_id": "",
    "name": "新登记有限公司",
    "region": "420100",
    "industry": "C",
    "credit_code": "91110000600037341L",
}


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session)


@pytest.fixture
def organizer(session: Session, client: Client, edition: Edition) -> Client:
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def _address(edition: Edition, path: str = "") -> str:
    return f"/e/{edition.slug}/units/{path}"


def test_the_list_asks_as_much_for_one_unit_as_for_many(
    session: Session, organizer: Client, edition: Edition, queries: list[str]
) -> None:
    counted, address = [], _address(edition)
    for _round in range(2):
        for _ in range(3):
            make_unit(session, recommending_unit_id=make_recommending_unit(session).id)
        queries.clear()
        assert organizer.get(address).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_filters_narrow_the_list(session: Session, organizer: Client, edition: Edition) -> None:
    make_unit(session, name="江汉机床有限公司", region="420100")
    make_unit(session, name="荆楚钢铁有限公司", region="421000")
    page = organizer.get(_address(edition, "?region=421000&lacks=code")).text
    assert "荆楚钢铁有限公司" in page
    assert "江汉机床有限公司" not in page


def test_a_registered_unit_is_shown(session: Session, organizer: Client, edition: Edition) -> None:
    answer = organizer.post(_address(edition, "new"), data=TYPED)
    assert "新登记有限公司" in organizer.get(answer.location).text


def test_a_wrong_form_keeps_what_was_typed(organizer: Client, edition: Edition) -> None:
    answer = organizer.post(_address(edition, "new"), data=TYPED | {"credit_code": "91110000600037341X"})
    assert answer.status_code == 422
    assert 'value="新登记有限公司"' in answer.text


def test_a_taken_name_is_told_at_its_field(session: Session, organizer: Client, edition: Edition) -> None:
    make_unit(session, name="新登记有限公司")
    answer = organizer.post(_address(edition, "new"), data=TYPED)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text


def test_who_saves_second_is_told(session: Session, organizer: Client, edition: Edition) -> None:
    unit = make_unit(session, name="先存有限公司")
    answer = organizer.post(_address(edition, f"{unit.id}/edit"), data=TYPED | {"version": "7"})
    assert answer.status_code == 409
    assert "<del>先存有限公司</del>" in answer.text
    again = organizer.post(_address(edition, f"{unit.id}/edit"), data=TYPED | {"version": str(unit.version)})
    assert again.status_code == 302


def test_the_page_of_a_unit_shows_its_entries(session: Session, organizer: Client, edition: Edition) -> None:
    unit = make_unit(session)
    make_entry(session, edition, unit=unit, title="降低停机率")
    assert "降低停机率" in organizer.get(_address(edition, str(unit.id))).text


@pytest.mark.parametrize("kind", ["", "recommending/"])
def test_an_invited_contact_gets_a_link(session: Session, organizer: Client, edition: Edition, kind: str) -> None:
    subject = make_recommending_unit(session) if kind else make_unit(session)
    answer = organizer.post(_address(edition, f"{kind}{subject.id}/invite"), data={"name": "周敏"})
    page = organizer.get(answer.location).text
    assert "/account/invitation/" in page
    role = Role.RECOMMENDER if kind else Role.ENTRANT
    (invitation,) = unit_queries.open_invitations(session, subject.id, [role])
    withdrawn = organizer.post(_address(edition, f"{kind}{subject.id}/invitations/{invitation.id}/withdraw"))
    assert "/account/invitation/" not in organizer.get(withdrawn.location).text


def test_an_invitation_with_an_address_is_sent_there(session: Session, organizer: Client, edition: Edition) -> None:
    unit = make_unit(session)
    organizer.post(_address(edition, f"{unit.id}/invite"), data={"name": "周敏", "email": "Zhou@x.cn"})
    letter = session.scalars(sa.select(Message)).one()
    assert (letter.to, "/account/invitation/" in letter.body) == ("zhou@x.cn", True)


def test_an_invitation_of_another_unit_is_not_found(session: Session, organizer: Client, edition: Edition) -> None:
    unit, other = make_unit(session), make_unit(session)
    organizer.post(_address(edition, f"{unit.id}/invite"), data={"name": "周敏"})
    (invitation,) = unit_queries.open_invitations(session, unit.id, [Role.ENTRANT])
    answer = organizer.post(_address(edition, f"{other.id}/invitations/{invitation.id}/withdraw"))
    assert answer.status_code == 404


def test_recommending_units_are_registered_and_changed(session: Session, organizer: Client, edition: Edition) -> None:
    typed = {"name": "江城质量协会", "kind": "city", "region": "420100"}
    shown = organizer.post(_address(edition, "recommending/new"), data=typed)
    assert "R01" in organizer.get(shown.location).text
    changed = organizer.post(f"{shown.location}/edit", data=typed | {"version": "1", "contact_name": "周敏"})
    assert "周敏" in organizer.get(changed.location).text
    assert "江城质量协会" in organizer.get(_address(edition, "recommending")).text


@pytest.mark.parametrize("path", ["", "new", "recommending", "import", "units.xlsx", "template.xlsx"])
def test_entrants_do_not_enter_the_organizers_pages(
    session: Session, client: Client, edition: Edition, path: str
) -> None:
    client.sign_in(make_user(session, Role.ENTRANT, scope=edition.id))
    assert client.get(_address(edition, path)).status_code == 403


def test_a_supervisor_sees_and_changes_nothing(session: Session, client: Client, edition: Edition) -> None:
    unit = make_unit(session)
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert client.get(_address(edition, str(unit.id))).status_code == 200
    assert client.post(_address(edition, f"{unit.id}/edit"), data=TYPED).status_code == 403


def test_a_contact_changes_the_own_unit(session: Session, client: Client, edition: Edition) -> None:
    user = make_user(session, Role.ENTRANT, scope=edition.id)
    unit = make_unit(session, contact=user, name="自家有限公司")
    client.sign_in(user)
    assert "自家有限公司" in client.get(_address(edition, "own")).text
    typed = {"version": "1", "contact_name": "周敏", "contact_phone": "139 0000 0000", "name": "别名有限公司"}
    assert client.post(_address(edition, f"own/{unit.id}"), data=typed).status_code == 302
    assert (unit.name, unit.contact_phone) == ("自家有限公司", "13900000000")


def test_a_foreign_unit_is_not_found(session: Session, client: Client, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.ENTRANT, scope=edition.id))
    assert client.get(_address(edition, f"own/{make_unit(session).id}")).status_code == 404


def test_a_recommending_units_contact_changes_its_data(session: Session, client: Client, edition: Edition) -> None:
    user = make_user(session, Role.RECOMMENDER, scope=edition.id)
    unit = make_recommending_unit(session, contact=user)
    client.sign_in(user)
    assert unit.name in client.get(_address(edition, "own")).text
    assert (
        client.post(_address(edition, "own/recommending"), data={"version": "1", "contact_name": "周敏"}).status_code
        == 302
    )
    assert unit.contact_name == "周敏"


def test_an_account_without_a_unit_is_told_what_to_do(session: Session, client: Client, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.ENTRANT, scope=edition.id))
    assert client.get(_address(edition, "own")).status_code == 200


def _units(count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"导入单位{number}有限公司",
            "credit_code": make_credit_code(number),
            "region": "武汉市",
            "industry": "制造业",
            "contact_phone": 13800000000,
        }
        for number in range(1, count + 1)
    ]


def _send(client: Client, edition: Edition, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), "units.xlsx")}
    return client.post(_address(edition, "import"), data=data, content_type="multipart/form-data")


def test_an_import_is_shown_before_it_is_applied(session: Session, organizer: Client, edition: Edition) -> None:
    preview = _send(organizer, edition, make_workbook(_units(3), title="单位名录"))
    assert "导入单位3有限公司" in organizer.get(preview.location).text
    assert session.query(Unit).count() == 0
    organizer.post(preview.location)
    assert session.query(Unit).count() == 3
    organizer.post(preview.location)
    assert session.query(Unit).count() == 3


def test_an_import_with_errors_is_not_applied(session: Session, organizer: Client, edition: Edition) -> None:
    rows = _units(2)
    rows[1]["credit_code"] = 914201000600037341
    preview = _send(organizer, edition, make_workbook(rows))
    assert organizer.get(preview.location).status_code == 200
    assert organizer.post(preview.location).status_code == 409
    assert session.query(Unit).count() == 0


def test_a_file_that_is_no_workbook_is_refused(organizer: Client, edition: Edition) -> None:
    assert _send(organizer, edition, b"nothing").status_code == 422
    assert organizer.post(_address(edition, "import"), data={}).status_code == 422


def test_a_ticket_of_somebody_else_is_not_found(session: Session, organizer: Client, edition: Edition) -> None:
    preview = _send(organizer, edition, make_workbook(_units(1)))
    organizer.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert organizer.get(preview.location).status_code == 404
    assert organizer.get(_address(edition, "import/forged")).status_code == 404


def test_the_export_comes_in_unchanged(session: Session, organizer: Client, edition: Edition) -> None:
    recommender = make_recommending_unit(session)
    make_unit(session, name="=1+1有限公司", recommending_unit_id=recommender.id, contact_phone="13800000000")
    content = organizer.get(_address(edition, "units.xlsx")).data
    assert [row.values["name"] for row in read_rows(content, sheets.COLUMNS)] == ["=1+1有限公司"]
    plan = sheets.plan_units(session, content)
    assert (plan.errors, plan.writes) == ([], 0)


def test_the_template_reads_as_its_own_import(session: Session, organizer: Client, edition: Edition) -> None:
    plan = sheets.plan_units(session, organizer.get(_address(edition, "template.xlsx")).data)
    assert (plan.rows, plan.errors, len(plan.skipped)) == ([], [], 1)
