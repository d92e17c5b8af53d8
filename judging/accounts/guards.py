"""Every route declares who may enter: @requires(permission), @signed_in, or @public. None may stay silent."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, abort, g, redirect, request, url_for
from flask_security import current_user

from judging.accounts.models import RoleGrant, User
from judging.accounts.permissions import Permission, roles_with
from judging.foundation import db
from judging.foundation.errors import Forbidden
from judging.web.access import DECLARED, public
from judging.web.again import came_from

__all__ = ["check_all_guarded", "grants", "may", "me", "public", "requires", "scope", "signed_in"]

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in who holds `permission` in the edition of the address (anywhere, for addresses outside an edition)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return _sign_in_first()
            if not may(permission):
                raise Forbidden
            return view(*args, **kwargs)

        setattr(guarded, DECLARED, permission)
        return guarded  # type: ignore[return-value]

    return decorate


def signed_in(view: View) -> View:
    """Let in everybody with an account."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if current_user.is_authenticated else _sign_in_first()

    setattr(guarded, DECLARED, "signed in")
    return guarded  # type: ignore[return-value]


def _sign_in_first() -> Any:
    if request.is_json or request.headers.get("X-Requested-With") == "fetch":
        abort(401)
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    # A form was sent after the session had ended: back to its page afterwards, where the script puts the words back.
    return redirect(url_for("accounts.sign_in", next=came_from() or None, lost=1))


def me() -> User:
    """Return the signed-in account."""
    user: User = current_user._get_current_object()
    return user


def grants() -> list[RoleGrant]:
    """Return the role grants of the signed-in account, read once per request."""
    if not current_user.is_authenticated:
        return []
    if "grants" not in g:
        g.grants = list(db.session().scalars(sa.select(RoleGrant).where(RoleGrant.user_id == me().id)))
        for grant in g.grants:
            db.session().expunge(grant)
    found: list[RoleGrant] = g.grants
    return found


def scope() -> UUID | None:
    """Return the edition of the address, when it names one."""
    found: UUID | None = g.get("scope_id")
    return found


def may(permission: Permission, *, scope_id: UUID | None = None) -> bool:
    """Say whether the signed-in account holds `permission` in an edition (by default that of the address)."""
    where = scope_id or scope()
    roles = roles_with(permission)
    return any(grant.role in roles and (where is None or grant.scope_id in (None, where)) for grant in grants())


def check_all_guarded(app: Flask, *, exempt: Iterable[str] = ("static",)) -> None:
    """Stop the start when a route has not declared who may enter."""
    silent = [e for e, view in app.view_functions.items() if e not in exempt and not hasattr(view, DECLARED)]
    if silent:
        raise RuntimeError(f"routes without a declared permission: {', '.join(sorted(silent))}")
