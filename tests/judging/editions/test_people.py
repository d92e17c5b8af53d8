"""Who has which role in an edition."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import service, sessions
from judging.accounts.models import Invitation, Role, RoleGrant, User
from judging.editions.models import Edition
from judging.foundation import clock
from judging.foundation.audit import SYSTEM
from judging.foundation.outbox import Message
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition."""
    return make_edition(session, slug="here")


@pytest.fixture
def organizer(session: Session, client: Client, edition: Edition) -> User:
    """The organizer of the edition, signed in."""
    user = make_user(session, Role.ORGANIZER, scope=edition.id, name="周秘书")
    client.sign_in(user)
    return user


def test_the_list_is_searched_and_filtered(session: Session, client: Client, edition: Edition, organizer: User) -> None:
    make_user(session, Role.JUDGE, scope=edition.id, name="甲评委")
    make_user(session, Role.JUDGE, scope=edition.id, name="乙评委", active=False)
    make_user(session, Role.JUDGE, scope=make_edition(session).id, name="丙评委")
    assert all(name in client.get("/e/here/people/").text for name in ("周秘书", "甲评委", "乙评委"))
    page = client.get("/e/here/people/?role=judge&state=open").text
    assert ("甲评委" in page, "乙评委" in page, "丙评委" in page) == (True, False, False)
    assert "甲评委" not in client.get("/e/here/people/?q=%25").text


def test_the_list_asks_as_often_for_one_person_as_for_sixty(
    session: Session, client: Client, edition: Edition, organizer: User, queries: list[str]
) -> None:
    counts = []
    for more in (1, 59):
        for _ in range(more):
            make_user(session, Role.ENTRANT, scope=edition.id)
        session.commit()
        queries.clear()
        assert client.get("/e/here/people/?sort=-name&page=1").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_invitation_shows_its_link_once_made_and_sends_a_letter(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    typed = {"role": "supervisor", "name": "王监督", "email": "Wang@X.cn"}
    answer = client.post("/e/here/people/invite", data=typed)
    page = client.get(answer.location)
    [letter] = session.scalars(sa.select(Message))
    assert letter.to == "wang@x.cn"
    link = next(word for word in letter.body.split() if "/account/invitation/" in word)
    assert link in page.text
    assert "data:image/svg+xml" in page.text
    client.post("/account/sign-out")
    assert client.get(urlsplit(link).path).status_code == 200


@pytest.mark.parametrize("role", ["admin", "judge", "", "king"])
def test_only_organizers_and_supervisors_are_invited_here(
    session: Session, client: Client, edition: Edition, organizer: User, role: str
) -> None:
    answer = client.post("/e/here/people/invite", data={"role": role, "name": "某某"})
    assert answer.status_code == 422
    assert "某某" in answer.text


def test_a_link_is_shown_to_nobody_else_and_can_be_made_anew(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    answer = client.post("/e/here/people/invite", data={"role": "supervisor", "name": "王监督"})
    invitation = session.scalars(sa.select(Invitation)).one()
    old = invitation.token_hash
    client.post("/account/sign-out")
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert "/account/invitation/" not in client.get(answer.location).text
    assert client.post(f"/account/invitations/{invitation.id}/renew").status_code == 302
    assert invitation.token_hash != old
    client.post("/account/sign-out")
    client.sign_in(make_user(session, Role.ORGANIZER, scope=make_edition(session).id))
    assert client.get(answer.location).status_code == 404
    assert client.post(f"/account/invitations/{invitation.id}/renew").status_code == 404


def test_invitations_are_listed_by_state_and_withdrawn(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    at = clock.now()
    for name, age in (("张开放", 0), ("李过期", 30)):
        service.invite(
            session,
            role=Role.JUDGE,
            scope_id=edition.id,
            subject_id=None,
            name=name,
            by=SYSTEM,
            at=at - timedelta(days=age),
        )
    page = client.get("/e/here/people/invitations?state=open").text
    assert ("张开放" in page, "李过期" in page) == (True, False)
    found = session.scalars(sa.select(Invitation).where(Invitation.name == "张开放")).one()
    assert client.post(f"/e/here/people/invitations/{found.id}/withdraw").status_code == 302
    assert "张开放" in client.get("/e/here/people/invitations?state=withdrawn").text


def test_a_role_is_granted_and_taken_back_with_a_reason(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    person = make_user(session, Role.SUPERVISOR, scope=edition.id)
    at = f"/e/here/people/{person.id}"
    assert client.post(f"{at}/roles", data={"role": "organizer"}).status_code == 422
    assert client.post(f"{at}/roles", data={"role": "organizer", "reason": "新任秘书"}).status_code == 302
    query = sa.select(RoleGrant).where(RoleGrant.user_id == person.id, RoleGrant.role == Role.ORGANIZER)
    held = session.scalars(query).one()
    assert client.post(f"{at}/roles/{held.id}/take-back").status_code == 409
    assert client.post(f"{at}/roles/{held.id}/take-back", data={"reason": "离任"}).status_code == 302
    assert session.scalars(query).all() == []
    page = client.get(at).text
    assert "新任秘书" in page
    assert "离任" in page


@pytest.mark.parametrize("role", ["organizer", "supervisor"])
def test_a_judge_does_not_become_one_who_sees_names(
    session: Session, client: Client, edition: Edition, organizer: User, role: str
) -> None:
    judge = make_user(session, Role.JUDGE, scope=edition.id, name="冯评委")
    at = f"/e/here/people/{judge.id}"
    answer = client.post(f"{at}/roles", data={"role": role, "reason": "人手不足"})
    assert answer.status_code == 409
    assert "冯评委" in answer.text
    assert f'action="{at}/roles"' not in client.get(at).text
    assert len(session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == judge.id)).all()) == 1


def test_the_last_organizer_keeps_the_role(session: Session, client: Client, edition: Edition, organizer: User) -> None:
    make_user(session, Role.ORGANIZER, scope=edition.id, active=False)
    held = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == organizer.id)).one()
    at = f"/e/here/people/{organizer.id}"
    assert client.post(f"{at}/roles/{held.id}/take-back", data={"reason": "退休"}).status_code == 409
    other = make_user(session, Role.ORGANIZER, scope=edition.id)
    assert client.post(f"{at}/roles/{held.id}/take-back", data={"reason": "退休"}).status_code == 302
    client.sign_in(make_user(session, Role.ADMIN))
    assert client.post(f"/e/here/people/{other.id}/close", data={"reason": "退休"}).status_code == 302


def test_a_closed_account_is_signed_out_and_kept_out(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    person = make_user(session, Role.JUDGE, scope=edition.id)
    browser = client.application.test_client()
    assert isinstance(browser, Client)
    browser.sign_in(person)
    assert browser.get("/account/").status_code == 200
    at = f"/e/here/people/{person.id}"
    assert client.post(f"{at}/close", data={"reason": "失联"}).status_code == 302
    assert browser.get("/account/").status_code == 302
    assert client.post(f"{at}/reopen", data={"reason": "已联系上"}).status_code == 302
    assert person.active


def test_nobody_closes_the_own_account(session: Session, client: Client, edition: Edition, organizer: User) -> None:
    make_user(session, Role.ORGANIZER, scope=edition.id)
    assert client.post(f"/e/here/people/{organizer.id}/close", data={"reason": "试试"}).status_code == 409


@pytest.mark.parametrize("act", ["close", "password-link", "end-sessions", "reopen"])
def test_an_account_with_roles_elsewhere_is_left_to_the_administrator(
    session: Session, client: Client, edition: Edition, organizer: User, act: str
) -> None:
    admin = make_user(session, Role.ADMIN)
    neighbour = make_user(session, Role.JUDGE, scope=edition.id)
    session.add(
        RoleGrant(
            user_id=neighbour.id, role=Role.JUDGE, scope_id=make_edition(session).id, granted_at=edition.created_at
        )
    )
    for person in (admin, neighbour):
        assert client.post(f"/e/here/people/{person.id}/{act}", data={"reason": "试试"}).status_code == 409
    client.sign_in(admin)
    assert client.post(f"/e/here/people/{neighbour.id}/{act}", data={"reason": "处理"}).status_code in (200, 302)


def test_people_of_other_editions_are_not_found(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    stranger = make_user(session, Role.JUDGE, scope=make_edition(session).id)
    assert client.get(f"/e/here/people/{stranger.id}").status_code == 404
    assert client.post(f"/e/here/people/{stranger.id}/password-link").status_code == 404


def test_a_password_link_sets_one_password(session: Session, client: Client, edition: Edition, organizer: User) -> None:
    person = make_user(session, Role.JUDGE, scope=edition.id, username="wang")
    page = client.post(f"/e/here/people/{person.id}/password-link").text
    path = page.split('data-copy="')[1].split('"')[0].split("/", 3)[3]
    client.post("/account/sign-out")
    assert client.get(f"/{path}").status_code == 200
    weak = {"password": "12345678", "again": "12345678"}
    assert client.post(f"/{path}", data=weak).status_code == 422
    typed = {"password": "correct horse 7", "again": "correct horse 7"}
    assert client.post(f"/{path}", data=typed).location == "/account/sign-in"
    assert client.get(f"/{path}").status_code == 409
    answer = client.post("/account/sign-in", data={"identity": "wang", "password": "correct horse 7"})
    assert answer.location == "/home"


def test_signing_out_everywhere_ends_all_sessions(
    session: Session, client: Client, edition: Edition, organizer: User
) -> None:
    person = make_user(session, Role.JUDGE, scope=edition.id)
    browser = client.application.test_client()
    assert isinstance(browser, Client)
    browser.sign_in(person)
    assert client.post(f"/e/here/people/{person.id}/end-sessions").status_code == 302
    assert sessions.of_user(session, person) == []
