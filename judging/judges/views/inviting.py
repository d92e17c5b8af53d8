"""Invitations: for a judge of the bank, or for a person who then fills in the own profile."""

from http import HTTPStatus
from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from judging.accounts import letters
from judging.accounts.guards import me, requires
from judging.accounts.models import Role
from judging.accounts.permissions import Permission
from judging.accounts.service import Invited
from judging.accounts.service import invite as make_invitation
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.judges import queries, rules
from judging.judges.forms import InviteForm
from judging.judges.views.bank import blueprint, page_of


@blueprint.route("/invite", methods=["GET", "POST"])
@requires(Permission.JUDGE_MANAGE)
def invite_person() -> ResponseReturnValue:
    """Invite somebody to register as a judge; approving comes later."""
    form = InviteForm()
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return render_template("judges/invite.html", form=form), status
    with db.transaction() as session:
        address = letters.remember(_invite(session, form, None))
    return redirect(address)


@blueprint.post("/<uuid:judge_id>/invite")
@requires(Permission.JUDGE_MANAGE)
def invite(judge_id: UUID) -> ResponseReturnValue:
    """Make the link with which a judge of the bank opens an account."""
    form = InviteForm()
    if not form.validate_on_submit():
        return page_of(judge_id, invite=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as session:
        judge = queries.judge_by_id(session, judge_id)
        if judge.user_id is not None:
            raise rules.AccountTaken
        address = letters.remember(_invite(session, form, judge.id))
    return redirect(address)


def _invite(session: Session, form: InviteForm, judge_id: UUID | None) -> Invited:
    at, edition = clock.now(), this_edition()
    invited = make_invitation(
        session,
        role=Role.JUDGE,
        scope_id=edition.id,
        subject_id=judge_id,
        name=form.name.data,
        email=form.email.data or "",
        phone=form.phone.data or "",
        by=me().actor,
        at=at,
    )
    letters.invitation_letter(session, invited, at=at, event=edition.name)
    return invited
