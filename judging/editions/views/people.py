"""Who has which role in the edition: invite, grant, take back, close, help with a lost password.

These pages stand here and not in accounts because their addresses lie inside an edition.
"""

from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts import letters, queries, rules, service, sessions
from judging.accounts.guards import grants, may, me, requires
from judging.accounts.models import Invitation, Role, RoleGrant, User
from judging.accounts.permissions import Permission, clash, roles_with
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.forms import INVITABLE, GrantForm, InvitePersonForm, role_choices
from judging.foundation import audit, clock, db
from judging.foundation.errors import NotFound
from judging.web.forms import ActForm, ReasonForm
from judging.web.pagination import contains, paginate

blueprint = edition_blueprint("people", __name__, "/people")
_BY_RANK = sa.case({role.value: place for place, role in enumerate(Role)}, value=sa.cast(RoleGrant.role, sa.String))
SORTS = {"name": (User.name, User.id), "role": (_BY_RANK, User.name, User.id), "since": RoleGrant.granted_at}
INVITATION_SORTS = {"name": Invitation.name, "role": Invitation.role, "made": Invitation.created_at}


@blueprint.get("/")
@requires(Permission.ACCOUNT_VIEW)
def index() -> ResponseReturnValue:
    """List who has which role here."""
    query = queries.grants_in(this_edition().id)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, User.name, User.username, User.phone, User.email))
    if role := Role.of(request.args.get("role")):
        query = query.where(RoleGrant.role == role)
    if (state := request.args.get("state")) in ("open", "closed"):
        query = query.where(User.active == (state == "open"))
    page = paginate(db.session(), query, sorts=SORTS, default="role", scalars=False)
    filters = [
        {"name": "role", "label": gettext("Role"), "choices": role_choices(Role)},
        {
            "name": "state",
            "label": gettext("Account"),
            "choices": [("open", gettext("in use")), ("closed", gettext("account closed"))],
        },
    ]
    return render_template("editions/people.html", page=page, filters=filters)


@blueprint.get("/invitations")
@requires(Permission.ACCOUNT_VIEW)
def invitations() -> ResponseReturnValue:
    """List the invitations to this edition, the newest first."""
    at, query = clock.now(), queries.invitations_in(this_edition().id)
    query = query.where(queries.in_state(request.args.get("state", ""), at))
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Invitation.name, Invitation.email, Invitation.phone))
    if role := Role.of(request.args.get("role")):
        query = query.where(Invitation.role == role)
    page = paginate(db.session(), query, sorts=INVITATION_SORTS, default="-made")
    filters = [
        {"name": "role", "label": gettext("Role"), "choices": role_choices(Role)},
        {
            "name": "state",
            "label": gettext("State"),
            "choices": [
                ("open", gettext("not used yet")),
                ("accepted", gettext("accepted")),
                ("withdrawn", gettext("withdrawn")),
                ("expired", gettext("expired")),
            ],
        },
    ]
    return render_template(
        "editions/invitations.html", page=page, filters=filters, state_of=lambda one: queries.state_of(one, at)
    )


@blueprint.get("/invite")
@requires(Permission.ACCOUNT_MANAGE)
def invite() -> ResponseReturnValue:
    """Ask whom to invite."""
    return render_template("editions/invite.html", form=InvitePersonForm())


@blueprint.post("/invite")
@requires(Permission.ACCOUNT_MANAGE)
def send_invitation() -> ResponseReturnValue:
    """Make an invitation and show its link."""
    form = InvitePersonForm()
    if not form.validate_on_submit():
        return render_template("editions/invite.html", form=form), 422
    with db.transaction() as session:
        edition, at = this_edition(), clock.now()
        invited = service.invite(
            session,
            role=form.role.data,
            scope_id=edition.id,
            subject_id=None,
            name=form.name.data,
            email=form.email.data,
            phone=form.phone.data,
            by=me().actor,
            at=at,
        )
        letters.invitation_letter(session, invited, at=at, event=edition.name)
        target = letters.remember(invited, url_for(".invitations"))
    flash(gettext("The invitation has been made."), "success")
    return redirect(target)


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.ACCOUNT_MANAGE)
def withdraw_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation link worthless."""
    _require_sound_act()
    with db.transaction() as session:
        found = queries.invitation_in(session, invitation_id, this_edition().id)
        service.withdraw_invitation(session, found, by=me().actor, at=clock.now())
    flash(gettext("The invitation has been withdrawn; its link no longer works."), "success")
    return redirect(url_for(".invitations"))


@blueprint.get("/<uuid:user_id>")
@requires(Permission.ACCOUNT_VIEW)
def show(user_id: UUID) -> ResponseReturnValue:
    """Show a person's account: roles here, sessions, and what was done with it."""
    return _page(user_id, GrantForm())


def _page(user_id: UUID, form: GrantForm) -> str:
    session, edition = db.session(), this_edition()
    user = queries.user_in(session, user_id, edition.id)
    held = queries.grants_of(session, user)
    here = [grant for grant in held if grant.scope_id in (None, edition.id)]
    free = [role for role in INVITABLE if role not in {grant.role for grant in here}]
    clashing = [grant.role for grant in here if any(clash(grant.role, role) for role in free)]
    form.role.choices = role_choices(free)
    lines = [line for line in audit.lines_of(session, user.id) if line.scope_id in (None, edition.id)]
    return render_template(
        "editions/person.html",
        person=user,
        held=here,
        elsewhere=len(held) - len(here),
        form=form,
        can_grant=bool(free) and not clashing,
        clashing=clashing,
        can_act=may(Permission.ACCOUNT_MANAGE) and _runs(held),
        own=user.id == me().id,
        open_sessions=sessions.of_user(session, user),
        history=[
            {"at": line.at, "who": line.by, "what": audit.label_of(line.act), "why": line.reason}
            for line in reversed(lines[-40:])
        ],
    )


def _my_scopes() -> set[UUID | None]:
    roles = roles_with(Permission.ACCOUNT_MANAGE)
    return {grant.scope_id for grant in grants() if grant.role in roles}


def _runs(held: list[RoleGrant]) -> bool:
    try:
        rules.require_runs(_my_scopes(), [grant.scope_id for grant in held])
    except rules.BeyondYourEditions:
        return False
    return True


@blueprint.post("/<uuid:user_id>/roles")
@requires(Permission.ACCOUNT_MANAGE)
def grant(user_id: UUID) -> ResponseReturnValue:
    """Give a further role to somebody who is known here."""
    form = GrantForm()
    if not form.validate_on_submit():
        return _page(user_id, form), 422
    with db.transaction() as session:
        edition = this_edition()
        user = queries.user_in(session, user_id, edition.id)
        service.grant(session, user, form.role.data, edition.id, by=me().actor, at=clock.now(), reason=form.reason.data)
    flash(gettext("The role has been granted."), "success")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/roles/<uuid:grant_id>/take-back")
@requires(Permission.ACCOUNT_MANAGE)
def take_back(user_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Take a role in this edition back."""
    _held(db.session(), user_id, grant_id)
    reason = _reason()
    with db.transaction() as session:
        edition = this_edition()
        user, held = _held(session, user_id, grant_id)
        service.take_back(session, held, user, by=me().actor, at=clock.now(), reason=reason)
        left = queries.grants_of(session, user)
    flash(gettext("The role has been taken back."), "success")
    here = any(g.scope_id in (None, edition.id) for g in left)
    return redirect(url_for(".show", user_id=user_id) if here else url_for(".index"))


def _held(session: Session, user_id: UUID, grant_id: UUID) -> tuple[User, RoleGrant]:
    edition = this_edition()
    user = queries.user_in(session, user_id, edition.id)
    held = next((g for g in queries.grants_of(session, user) if g.id == grant_id and g.scope_id == edition.id), None)
    if held is None:
        raise NotFound
    return user, held


@blueprint.post("/<uuid:user_id>/close")
@requires(Permission.ACCOUNT_MANAGE)
def close(user_id: UUID) -> ResponseReturnValue:
    """Keep a person out."""
    queries.user_in(db.session(), user_id, this_edition().id)
    reason = _reason()
    with db.transaction() as session:
        service.close_account(session, _mine_to_act_on(user_id), by=me().actor, at=clock.now(), reason=reason)
    flash(gettext("The account has been closed and signed out everywhere."), "success")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/reopen")
@requires(Permission.ACCOUNT_MANAGE)
def reopen(user_id: UUID) -> ResponseReturnValue:
    """Let a person in again."""
    queries.user_in(db.session(), user_id, this_edition().id)
    reason = _reason()
    with db.transaction() as session:
        service.reopen_account(session, _mine_to_act_on(user_id), by=me().actor, at=clock.now(), reason=reason)
    flash(gettext("The account is open again."), "success")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/end-sessions")
@requires(Permission.ACCOUNT_MANAGE)
def end_sessions(user_id: UUID) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    _require_sound_act()
    with db.transaction() as session:
        service.end_sessions(session, _mine_to_act_on(user_id), by=me().actor, at=clock.now())
    flash(gettext("This person is signed out everywhere."), "success")
    return redirect(url_for(".show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/password-link")
@requires(Permission.ACCOUNT_MANAGE)
def password_link(user_id: UUID) -> ResponseReturnValue:
    """Make a link for a new password and show it, this once."""
    _require_sound_act()
    with db.transaction() as session:
        user = _mine_to_act_on(user_id)
        token = service.password_link(session, user, by=me().actor, at=clock.now())
    link = letters.full_address("accounts.new_password", token=token)
    return render_template(
        "editions/password_link.html",
        person=user,
        link=link,
        qr=letters.qr_image(link),
        hours=rules.PASSWORD_LINK_HOURS,
    )


def _mine_to_act_on(user_id: UUID) -> User:
    session = db.session()
    user = queries.user_in(session, user_id, this_edition().id)
    rules.require_runs(_my_scopes(), [grant.scope_id for grant in queries.grants_of(session, user)])
    return user


def _require_sound_act() -> None:
    if not ActForm().validate_on_submit():
        raise NotFound


def _reason() -> str:
    form = ReasonForm()
    if not form.validate_on_submit():
        raise rules.ReasonNeeded
    reason: str = form.reason.data
    return reason
