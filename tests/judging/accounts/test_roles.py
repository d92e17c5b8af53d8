"""Which roles one account may hold together: who sees whose entry is whose does not judge."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import rules, service
from judging.accounts.models import Role, RoleGrant
from judging.accounts.permissions import Permission, clash, roles_with
from judging.foundation.audit import SYSTEM
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition

SEES = (Role.ADMIN, Role.ORGANIZER, Role.SUPERVISOR)


def test_only_judges_and_those_who_see_all_names_exclude_each_other() -> None:
    pairs = {frozenset((one, other)) for one in Role for other in Role if clash(one, other)}
    assert pairs == {frozenset((Role.JUDGE, role)) for role in SEES}
    assert roles_with(Permission.BLINDING_VIEW) == set(SEES)


@pytest.mark.parametrize("role", SEES)
@pytest.mark.parametrize("judge_first", [True, False])
def test_the_second_role_is_refused_whichever_came_first(session: Session, role: Role, judge_first: bool) -> None:
    edition = make_edition(session)
    first, second = (Role.JUDGE, role) if judge_first else (role, Role.JUDGE)
    user = make_user(session, first, scope=edition.id)
    with pytest.raises(rules.SeesNames):
        service.grant(session, user, second, edition.id, by=SYSTEM, at=AT)
    assert [grant.role for grant in session.scalars(sa.select(RoleGrant))] == [first]


@pytest.mark.parametrize(("first", "second"), [(Role.ADMIN, Role.JUDGE), (Role.JUDGE, Role.ADMIN)])
def test_a_role_in_all_editions_counts_in_each(session: Session, first: Role, second: Role) -> None:
    edition = make_edition(session)
    scopes = {Role.ADMIN: None, Role.JUDGE: edition.id}
    user = make_user(session, first, scope=scopes[first])
    with pytest.raises(rules.SeesNames):
        service.grant(session, user, second, scopes[second], by=SYSTEM, at=AT)


def test_another_edition_is_another_matter(session: Session) -> None:
    user = make_user(session, Role.ORGANIZER, scope=make_edition(session).id)
    service.grant(session, user, Role.JUDGE, make_edition(session).id, by=SYSTEM, at=AT)
    assert len(session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id)).all()) == 2


@pytest.mark.parametrize("role", [Role.ENTRANT, Role.RECOMMENDER])
def test_who_sees_only_their_own_may_judge(session: Session, role: Role) -> None:
    edition = make_edition(session)
    user = make_user(session, role, scope=edition.id)
    service.grant(session, user, Role.JUDGE, edition.id, by=SYSTEM, at=AT)
    assert len(session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id)).all()) == 2


def test_an_organizer_is_told_before_and_after_accepting_a_judges_invitation(session: Session, client: Client) -> None:
    edition = make_edition(session)
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    invited = service.invite(session, role=Role.JUDGE, scope_id=edition.id, subject_id=None, by=SYSTEM, at=AT)
    invited.invitation.expires_at = AT.replace(year=2099)
    at = f"/account/invitation/{invited.token}"
    page = client.get(at)
    assert "秘书处" in page.text or "组织" in page.text or "Organizer" in page.text
    assert 'action="/account/sign-out"' in page.text
    assert client.post(at).status_code == 409
    assert invited.invitation.accepted_at is None
    client.post("/account/sign-out")
    typed = {"username": "wanglaoshi", "name": "王", "password": "correct horse 7", "again": "correct horse 7"}
    assert client.post(at, data=typed).location == "/home"
