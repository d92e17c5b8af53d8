"""Roles and invitations: grant, take back, invite, accept, withdraw."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts import queries, rules, sessions
from judging.accounts.models import Invitation, Role, RoleGrant, User
from judging.accounts.rules import AccountAct
from judging.foundation import audit
from judging.foundation.audit import Actor

Binder = Callable[[Session, User, UUID, datetime], None]
_binders: dict[Role, Binder] = {}


def binds(role: Role) -> Callable[[Binder], Binder]:
    """Register what ties an accepting account to the unit or judge of its invitation; stages above do so."""

    def register(function: Binder) -> Binder:
        _binders[role] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with its token, which is told once and not stored."""

    invitation: Invitation
    token: str


def grant(
    session: Session, user: User, role: Role, scope_id: UUID | None, *, by: Actor, at: datetime, reason: str = ""
) -> RoleGrant:
    """Give a role; having it already is no error."""
    same = sa.and_(RoleGrant.user_id == user.id, RoleGrant.role == role)
    where = RoleGrant.scope_id == scope_id if scope_id else RoleGrant.scope_id.is_(None)
    found = session.scalar(sa.select(RoleGrant).where(same, where))
    if found is not None:
        return found
    require_no_clash(session, user, role, scope_id)
    made = RoleGrant(user_id=user.id, role=role, scope_id=scope_id, granted_at=at, granted_by_id=by.id)
    session.add(made)
    detail = {"role": role.value}
    audit.record(
        session,
        AccountAct.GRANTED,
        by=by,
        at=at,
        subject_id=user.id,
        subject=user.name,
        scope_id=scope_id,
        reason=reason,
        detail=detail,
    )
    session.flush()
    return made


def require_no_clash(
    session: Session,
    user: User,
    role: Role,
    scope_id: UUID | None,
    refusal: type[rules.SeesNames] = rules.SeesNames,
) -> None:
    """Refuse a role beside one that tells which entry is whose, or such a role beside that of a judge."""
    session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())  # two grants at once wait here
    held = queries.clashing_grant(session, user.id, role, scope_id)
    if held is not None:
        raise refusal(name=user.name, held=held.role.label, role=role.label)


def take_back(session: Session, held: RoleGrant, user: User, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Take a role back; the last organizer of an edition cannot be taken away."""
    if held.role in (Role.ORGANIZER, Role.ADMIN):
        running = [u for role in (Role.ORGANIZER, Role.ADMIN) for u in queries.users_with(session, role, held.scope_id)]
        if not {u.id for u in running if u.active} - {user.id}:
            raise rules.LastOrganizer
    session.delete(held)
    detail = {"role": held.role.value}
    audit.record(
        session,
        AccountAct.REVOKED,
        by=by,
        at=at,
        subject_id=user.id,
        subject=user.name,
        scope_id=held.scope_id,
        reason=reason,
        detail=detail,
    )
    session.flush()


def invite(
    session: Session,
    *,
    role: Role,
    scope_id: UUID | None,
    subject_id: UUID | None,
    by: Actor,
    at: datetime,
    name: str = "",
    email: str = "",
    phone: str = "",
) -> Invited:
    """Make an invitation link for a role, and for the unit or judge whom the account will speak for."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        token_hash=sessions.hashed(token),
        role=role,
        scope_id=scope_id,
        subject_id=subject_id,
        name=name,
        email=email,
        phone=phone,
        created_at=at,
        created_by_id=by.id,
        expires_at=at + timedelta(days=rules.INVITATION_DAYS),
    )
    session.add(invitation)
    session.flush()
    detail = {"role": role.value}
    audit.record(
        session,
        AccountAct.INVITED,
        by=by,
        at=at,
        subject_id=invitation.id,
        subject=name or email,
        scope_id=scope_id,
        detail=detail,
    )
    return Invited(invitation, token)


def accept(session: Session, invitation: Invitation, user: User, *, at: datetime) -> None:
    """Use an invitation for an account: the role is granted and the unit or judge bound."""
    require_no_clash(session, user, invitation.role, invitation.scope_id, rules.YouSeeNames)
    invitation.accepted_at, invitation.accepted_by_id = at, user.id
    grant(session, user, invitation.role, invitation.scope_id, by=user.actor, at=at)
    if invitation.subject_id is not None and invitation.role in _binders:
        _binders[invitation.role](session, user, invitation.subject_id, at)
    audit.record(
        session,
        AccountAct.ACCEPTED,
        by=user.actor,
        at=at,
        subject_id=invitation.id,
        subject=user.name,
        scope_id=invitation.scope_id,
    )
    session.flush()


def withdraw_invitation(session: Session, invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Make an invitation link worthless."""
    if invitation.accepted_at is not None:
        raise rules.InvitationInvalid
    invitation.revoked_at = at
    audit.record(
        session,
        AccountAct.INVITATION_REVOKED,
        by=by,
        at=at,
        subject_id=invitation.id,
        subject=invitation.name,
        scope_id=invitation.scope_id,
    )
    session.flush()


def renew_invitation(session: Session, invitation: Invitation, *, by: Actor, at: datetime) -> Invited:
    """Make a new link for an open invitation, when the first was lost or has expired; the old link ends."""
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise rules.InvitationInvalid
    token = secrets.token_urlsafe(24)
    invitation.token_hash = sessions.hashed(token)
    invitation.expires_at = at + timedelta(days=rules.INVITATION_DAYS)
    invitation.created_by_id = by.id
    audit.record(
        session,
        AccountAct.INVITED,
        by=by,
        at=at,
        subject_id=invitation.id,
        subject=invitation.name or invitation.email,
        scope_id=invitation.scope_id,
        detail={"role": invitation.role.value},
    )
    session.flush()
    return Invited(invitation, token)
