"""What organizers do with result sheets: compute, confirm, answer flags."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.results import queries, service
from judging.results.forms import ConfirmForm, FlagForm
from judging.results.models import FlagStatus
from judging.results.views.base import blueprint, require_act, this_round, this_sheet
from judging.web.errors import answer
from judging.web.forms import ReasonForm


@blueprint.post("/rounds/<uuid:round_id>/compute")
@requires(Permission.RESULT_MANAGE)
def compute(round_id: UUID) -> ResponseReturnValue:
    """Compute the scores of a round."""
    require_act()
    with db.transaction() as session:
        edition = this_edition()
        sheet = service.compute(session, edition, this_round(round_id), by=me().actor, at=clock.now())
    flash(gettext("The scores have been computed."), "success")
    return redirect(url_for(".show", sheet_id=sheet.id))


@blueprint.post("/<uuid:sheet_id>/confirm")
@requires(Permission.RESULT_MANAGE)
def confirm(sheet_id: UUID) -> ResponseReturnValue:
    """Confirm a sheet."""
    form = ConfirmForm()
    this_sheet(sheet_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        sheet, reason = this_sheet(sheet_id), form.reason.data or ""
        service.confirm(session, this_edition(), sheet, by=me().actor, at=clock.now(), reason=reason)
    flash(gettext("The result sheet has been confirmed."), "success")
    return redirect(url_for(".show", sheet_id=sheet_id))


@blueprint.post("/<uuid:sheet_id>/reopen")
@requires(Permission.RESULT_MANAGE)
def reopen(sheet_id: UUID) -> ResponseReturnValue:
    """Take a confirmation back."""
    form = ReasonForm()
    this_sheet(sheet_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        service.reopen(
            session, this_edition(), this_sheet(sheet_id), reason=form.reason.data, by=me().actor, at=clock.now()
        )
    flash(gettext("The confirmation has been taken back."), "success")
    return redirect(url_for(".show", sheet_id=sheet_id))


@blueprint.post("/<uuid:sheet_id>/flags/<uuid:flag_id>")
@requires(Permission.RESULT_MANAGE)
def review_flag(sheet_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Answer a flag."""
    form = FlagForm()
    queries.flag_of(db.session(), this_sheet(sheet_id).id, flag_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    status = next(one for one in FlagStatus if one.value == form.answer.data)
    with db.transaction() as session:
        flag = queries.flag_of(session, this_sheet(sheet_id).id, flag_id)
        note, at = form.reason.data or "", clock.now()
        service.review_flag(session, this_edition(), flag, status, note=note, by=me().actor, at=at)
    return _answered(sheet_id)


@blueprint.post("/<uuid:sheet_id>/flags/<uuid:flag_id>/sign")
@requires(Permission.RESULT_MANAGE)
def sign_exclusion(sheet_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Sign a proposed exclusion as the second person."""
    require_act()
    with db.transaction() as session:
        flag = queries.flag_of(session, this_sheet(sheet_id).id, flag_id)
        service.second_exclusion(session, this_edition(), flag, by=me().actor, at=clock.now())
    flash(gettext("The score no longer counts. Please compute the scores again."), "warning")
    return redirect(url_for(".flags", sheet_id=sheet_id))


@blueprint.post("/<uuid:sheet_id>/flags/<uuid:flag_id>/refuse")
@requires(Permission.RESULT_MANAGE)
def refuse_exclusion(sheet_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Refuse a proposed exclusion."""
    form = ReasonForm()
    queries.flag_of(db.session(), this_sheet(sheet_id).id, flag_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        flag = queries.flag_of(session, this_sheet(sheet_id).id, flag_id)
        service.refuse_exclusion(session, this_edition(), flag, reason=form.reason.data, by=me().actor, at=clock.now())
    return _answered(sheet_id)


def _answered(sheet_id: UUID) -> ResponseReturnValue:
    flash(gettext("Your answer has been recorded."), "success")
    return redirect(url_for(".flags", sheet_id=sheet_id))
