"""Signing in, throttling, sessions."""

from sqlalchemy.orm import Session

from judging.accounts import service
from judging.accounts.models import Role
from judging.foundation.audit import SYSTEM
from tests.conftest import AT, Client

PASSWORD = "correct horse 7"


def _account(session: Session) -> None:
    service.create_user(
        session, username="liu", name="刘", password=PASSWORD, phone="13800001234", email="L@x.cn", by=SYSTEM, at=AT
    )


def test_each_of_the_three_names_signs_in(session: Session, client: Client) -> None:
    _account(session)
    for identity in ("LIU", "138 0000 1234", "l@X.cn"):
        answer = client.post("/account/sign-in", data={"identity": identity, "password": PASSWORD})
        assert (answer.status_code, answer.location) == (302, "/home")
        client.post("/account/sign-out")


def test_a_wrong_password_keeps_what_was_typed(session: Session, client: Client) -> None:
    _account(session)
    answer = client.post("/account/sign-in", data={"identity": "liu", "password": "nonsense"})
    assert answer.status_code == 422
    assert 'value="liu"' in answer.text


def test_the_sixth_guess_is_refused_even_when_right(session: Session, client: Client) -> None:
    _account(session)
    for _ in range(5):
        client.post("/account/sign-in", data={"identity": "liu", "password": "nonsense"})
    assert client.post("/account/sign-in", data={"identity": "liu", "password": PASSWORD}).status_code == 422


def test_an_ended_session_signs_the_browser_out(session: Session, client: Client) -> None:
    _account(session)
    client.post("/account/sign-in", data={"identity": "liu", "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    from judging.accounts import queries, sessions

    user = queries.user_by_identity(session, "liu")
    assert user is not None
    sessions.end_all(session, user, AT)
    assert client.get("/account/").location.startswith("/account/sign-in")


def test_an_invitation_makes_an_account_with_its_role(session: Session, client: Client) -> None:
    invited = service.invite(session, role=Role.JUDGE, scope_id=None, subject_id=None, by=SYSTEM, at=AT)
    invited.invitation.expires_at = AT.replace(year=2099)
    typed = {"username": "王老师", "name": "王", "password": PASSWORD, "again": PASSWORD}
    assert client.get(f"/account/invitation/{invited.token}").status_code == 200
    assert client.post(f"/account/invitation/{invited.token}", data=typed).location == "/home"
    assert client.get(f"/account/invitation/{invited.token}").status_code == 409
