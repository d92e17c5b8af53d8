"""The secretariat's overview of invitations: who has answered what, who must be reminded, which seats are free again."""

from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import invitation_rules as rules
from judging.assignment import invitations as queries
from judging.assignment import queries as rounds
from judging.assignment.invitation_forms import InviteForm, OnBehalfForm
from judging.assignment.lots import Turn
from judging.assignment.models import InvitationStatus
from judging.assignment.service import inviting, lots
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.foundation import clock, db
from judging.web.errors import answer
from judging.web.forms import ActForm


@blueprint.get("/<uuid:round_id>/invitations")
@requires(Permission.ASSIGNMENT_VIEW)
def answers(round_id: UUID) -> ResponseReturnValue:
    """Show who has been asked and what was answered."""
    return _answers_page(place_of(round_id), InviteForm(formdata=None))


def _answers_page(place: Place, form: InviteForm) -> str:
    session = db.session()
    lines = queries.answers(session, place.edition, place.round.id)
    successors, turns = lots.successors_of(session, place.round), list(Turn)
    freed = [line for line in lines if line.invitation.status is InvitationStatus.DECLINED]
    freed.sort(key=lambda line: turns.index(one.turn) if (one := successors.get(line.invitation.judge_id)) else -1)
    return render_template(
        "assignment/answers.html",
        lines=lines,
        counts=queries.counts(lines),
        statuses=InvitationStatus,
        freed=freed,
        uninvited=queries.uninvited(session, place.round.id),
        successors=successors,
        panels={panel.name: panel.id for panel in rounds.panels_of(session, place.round.id)},
        form=form,
        **frame(place, "answers"),
    )


@blueprint.post("/<uuid:round_id>/invitations")
@requires(Permission.ASSIGNMENT_MANAGE)
def invite_judges(round_id: UUID) -> ResponseReturnValue:
    """Invite every seated judge who has not been invited."""
    place, form = place_of(round_id), InviteForm()
    if not form.validate_on_submit():
        return _answers_page(place, form), HTTPStatus.UNPROCESSABLE_ENTITY
    until = form.answer_by.data
    until = until.replace(tzinfo=ZoneInfo(place.edition.timezone)) if until else None
    try:
        with db.transaction() as session:
            made = inviting.invite_judges(
                session, place.edition, place.round, answer_by=until, by=me().actor, at=clock.now()
            )
            count = len(made)
    except rules.NobodyToInvite as refusal:
        flash(str(refusal), "info")
    else:
        flash(_("%(count)s judges have been invited.", count=count), "success")
    return redirect(url_for(".answers", round_id=round_id))


@blueprint.post("/<uuid:round_id>/invitations/remind")
@requires(Permission.ASSIGNMENT_MANAGE)
def remind_judges(round_id: UUID) -> ResponseReturnValue:
    """Write again to all who have not answered."""
    place = place_of(round_id)
    if ActForm().validate_on_submit():
        try:
            with db.transaction() as session:
                count = inviting.remind_judges(session, place.edition, place.round, by=me().actor, at=clock.now())
        except rules.NobodyToRemind as refusal:
            flash(str(refusal), "info")
        else:
            flash(_("%(count)s judges have been reminded.", count=count), "success")
    return redirect(url_for(".answers", round_id=round_id))


@blueprint.post("/<uuid:round_id>/invitations/<uuid:seat_invitation_id>")
@requires(Permission.ASSIGNMENT_MANAGE)
def answer_for(round_id: UUID, seat_invitation_id: UUID) -> ResponseReturnValue:
    """Keep what a judge answered by telephone."""
    place, form = place_of(round_id), OnBehalfForm()
    queries.in_round(db.session(), place.edition, round_id, seat_invitation_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        found = queries.in_round(session, place.edition, round_id, seat_invitation_id)
        if form.said.data == InvitationStatus.ACCEPTED.value:
            inviting.accept_seat(session, place.edition, place.round, found, by=me().actor, at=clock.now())
        else:
            reason = form.reason.data or ""
            inviting.decline_seat(
                session, place.edition, place.round, found, reason=reason, by=me().actor, at=clock.now()
            )
    flash(_("The answer has been recorded."), "success")
    return redirect(url_for(".answers", round_id=round_id))
