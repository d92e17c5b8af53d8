"""Links that are handed on, and the permission matrix."""

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.accounts.permissions import MATRIX, Permission
from tests.conftest import Client
from tests.factories.accounts import make_user


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "W10.x.y"])
def test_an_invented_password_link_is_refused(session: Session, client: Client, token: str) -> None:
    assert client.get(f"/account/new-password/{token}").status_code == 409


def test_the_matrix_page_names_every_permission_and_role(session: Session, client: Client) -> None:
    page = client.sign_in(make_user(session, Role.JUDGE)).get("/account/permissions").text
    assert all(str(permission.label) in page for permission in Permission)
    assert all(str(role.label) in page for role in Role)


def test_every_permission_is_held_by_some_role() -> None:
    assert frozenset(Permission) == frozenset().union(*MATRIX.values())
