"""Registering and changing units, and tying accounts to them."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role
from judging.editions.models import Stage
from judging.foundation.audit import SYSTEM, lines_of
from judging.units import queries, rules, service
from judging.units.models import RecommenderKind
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.units import make_recommending_unit, make_unit

VALUES = {"name": "示例（集团）有限公司", "region": "420100", "industry": "C", "credit_code": "91110000600037341l"}


def test_a_registered_unit_keeps_its_code_in_one_form(session: Session, at: datetime) -> None:
    unit = service.register_unit(session, VALUES, by=SYSTEM, at=at)
    assert unit.credit_code == "91110000600037341L"
    assert [line.act for line in lines_of(session, unit.id)] == ["unit.registered"]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": "示例 (集团) 有限公司", "credit_code": ""}, rules.NameTaken),
        ({"name": "另一有限公司"}, rules.CreditCodeTaken),
        ({"name": "另一有限公司", "credit_code": "123"}, rules.CreditCodeLength),
    ],
)
def test_a_unit_is_not_registered_twice(
    session: Session, at: datetime, values: dict[str, str], refusal: type[Exception]
) -> None:
    service.register_unit(session, VALUES, by=SYSTEM, at=at)
    with pytest.raises(refusal):
        service.register_unit(session, VALUES | values, by=SYSTEM, at=at)
    with pytest.raises(refusal):
        service.register_units(session, [VALUES | values], by=SYSTEM, at=at)


def test_a_change_is_told_from_what_to_what(session: Session, at: datetime) -> None:
    recommender = make_recommending_unit(session, name="江城质量协会")
    unit = make_unit(session, name="旧名有限公司")
    service.update_unit(
        session, unit, {"name": "新名有限公司", "recommending_unit_id": recommender.id}, by=SYSTEM, at=at
    )
    (line,) = lines_of(session, unit.id)
    assert line.detail == {"name": ["旧名有限公司", "新名有限公司"], "recommending_unit": ["", "江城质量协会"]}


def test_saving_what_is_there_already_leaves_no_line(session: Session, at: datetime) -> None:
    unit = make_unit(session)
    service.update_unit(session, unit, {"name": unit.name, "region": unit.region}, by=SYSTEM, at=at)
    assert lines_of(session, unit.id) == []


def test_a_contact_changes_the_contact_but_not_the_name(session: Session, at: datetime) -> None:
    unit = make_unit(session, credit_code="91110000600037341L")
    service.update_own_unit(session, unit, {"contact_phone": "13900000000"}, by=SYSTEM, at=at)
    assert unit.contact_phone == "13900000000"
    for values in (
        {"name": "另一名有限公司"},
        {"credit_code": None},
        {"member_number": "M-1"},
        {"parent_group": "集团"},
    ):
        with pytest.raises(rules.OnlyBySecretariat):
            service.update_own_unit(session, unit, values, by=SYSTEM, at=at)


def test_a_contact_may_add_a_missing_credit_code(session: Session, at: datetime) -> None:
    unit = make_unit(session)
    service.update_own_unit(session, unit, {"credit_code": "91110000600037341L"}, by=SYSTEM, at=at)
    assert unit.credit_code == "91110000600037341L"


def test_recommending_units_get_the_next_free_code(session: Session, at: datetime) -> None:
    made = [
        service.register_recommending_unit(
            session, {"name": f"协会{number}", "kind": RecommenderKind.CITY}, by=SYSTEM, at=at
        )
        for number in (1, 2)
    ]
    assert [unit.code for unit in made] == ["R01", "R02"]
    with pytest.raises(rules.RecommenderNameTaken):
        service.register_recommending_unit(session, {"name": "协会 1", "kind": RecommenderKind.CITY}, by=SYSTEM, at=at)
    with pytest.raises(rules.RecommenderCodeTaken):
        service.update_recommending_unit(session, made[1], {"code": "R01"}, by=SYSTEM, at=at)


def test_an_accepted_invitation_ties_the_account_to_its_unit(session: Session, at: datetime) -> None:
    edition, unit, recommender = (
        make_edition(session, stage=Stage.INTAKE),
        make_unit(session),
        make_recommending_unit(session),
    )
    user = make_user(session)
    for role, subject in ((Role.ENTRANT, unit.id), (Role.RECOMMENDER, recommender.id), (Role.ENTRANT, unit.id)):
        made = accounts.invite(session, role=role, scope_id=edition.id, subject_id=subject, by=SYSTEM, at=at)
        accounts.accept(session, made.invitation, user, at=at)
    assert queries.unit_ids_of_user(session, user.id) == [unit.id]
    assert queries.recommender_of_user(session, user.id) is recommender


def test_a_removed_contact_no_longer_speaks_for_the_unit(session: Session, at: datetime) -> None:
    user = make_user(session)
    unit = make_unit(session, contact=user)
    ((membership, _user),) = queries.contacts_of_unit(session, unit.id)
    service.remove_contact(session, unit, membership.id, reason="已离职", by=SYSTEM, at=at)
    assert queries.units_of_user(session, user.id) == []
