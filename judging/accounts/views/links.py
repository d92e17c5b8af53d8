"""Links that are handed on: the page of an invitation's link, and the page where a new password is set."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts import letters, queries, rules, service
from judging.accounts.forms import NewPasswordForm
from judging.accounts.guards import may, me, public, signed_in
from judging.accounts.models import Invitation
from judging.accounts.permissions import Permission
from judging.accounts.views.own import blueprint
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.web.forms import ActForm
from judging.web.links import safe_target


@blueprint.get("/invitations/<uuid:invitation_id>")
@signed_in
def invitation_link(invitation_id: UUID) -> ResponseReturnValue:
    """Show the link of an invitation to whoever made it, to copy or to scan."""
    invitation = _own_invitation(invitation_id)
    link = letters.remembered(invitation)
    state = queries.state_of(invitation, clock.now())
    return render_template(
        "accounts/invitation_link.html",
        invitation=invitation,
        link=link if state == "open" else None,
        qr=letters.qr_image(link) if link else None,
        state=state,
        back=safe_target(request.args.get("next")),
    )


@blueprint.post("/invitations/<uuid:invitation_id>/renew")
@signed_in
def renew_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Make a new link for an open invitation; the old one ends."""
    if not ActForm().validate_on_submit():
        raise NotFound
    _own_invitation(invitation_id)
    with db.transaction() as session:
        at = clock.now()
        invited = service.renew_invitation(session, _own_invitation(invitation_id), by=me().actor, at=at)
        letters.invitation_letter(session, invited, at=at)
        target = letters.remember(invited, safe_target(request.args.get("next")))
    flash(gettext("A new link has been made; the earlier one no longer works."), "success")
    return redirect(target)


def _own_invitation(invitation_id: UUID) -> Invitation:
    found = db.session().get(Invitation, invitation_id)
    if found is None or not (found.created_by_id == me().id or _manages(found)):
        raise NotFound
    return found


def _manages(invitation: Invitation) -> bool:
    return invitation.scope_id is not None and may(Permission.ACCOUNT_MANAGE, scope_id=invitation.scope_id)


@blueprint.get("/new-password/<token>")
@public
def new_password(token: str) -> ResponseReturnValue:
    """Show where a new password is set, to whoever holds the link."""
    user = service.user_of_link(db.session(), token)
    return render_template("accounts/new_password.html", form=NewPasswordForm(), user=user)


@blueprint.post("/new-password/<token>")
@public
def set_new_password(token: str) -> ResponseReturnValue:
    """Set the new password; the link is used up."""
    form, user = NewPasswordForm(), service.user_of_link(db.session(), token)
    if not form.validate_on_submit():
        return render_template("accounts/new_password.html", form=form, user=user), 422
    try:
        with db.transaction() as session:
            service.new_password(session, token, form.password.data, at=clock.now())
    except rules.WeakPassword as refusal:
        form.password.errors = [str(refusal)]
        user = service.user_of_link(db.session(), token)
        return render_template("accounts/new_password.html", form=form, user=user), 422
    flash(gettext("Your new password is set. Please sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"))
