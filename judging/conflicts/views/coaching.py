"""Units that judges have coached: a workbook or a form, recorded as conflicts at once."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.conflicts import coaching
from judging.conflicts.forms import CoachedForm
from judging.conflicts.views.organizer import GATHERING, blueprint
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.judges.queries import bank, judge_by_id
from judging.web import imports
from judging.web.forms import ActForm
from judging.web.imports import Ticket, sent_workbook, sorted_rows, xlsx

KIND = "coached"


@blueprint.get("/coached")
@requires(Permission.CONFLICT_MANAGE)
def coached() -> ResponseReturnValue:
    """Ask which judge coached which units, by a workbook or by hand."""
    return _page(CoachedForm(formdata=None))


def _page(form: CoachedForm, refusal: str = "") -> str:
    form.offer(bank(db.session()))
    is_open = this_edition().stage in GATHERING
    return render_template("conflicts/coached.html", form=form, refusal=refusal, is_open=is_open)


@blueprint.post("/coached")
@requires(Permission.CONFLICT_MANAGE)
def save_coached() -> ResponseReturnValue:
    """Record what was typed of one judge."""
    form = CoachedForm()
    form.offer(bank(db.session()))
    if not form.validate_on_submit():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            judge = judge_by_id(session, UUID(form.judge.data))
            reason, by, at = form.reason.data or "", me().actor, clock.now()
            count = coaching.record_coached(
                session, this_edition(), judge, form.units.data, reason=reason, by=by, at=at
            )
    except coaching.UnknownUnits as refusal:
        form.units.errors = [str(refusal)]
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_told(count), "success" if count else "info")
    return redirect(url_for(".index", basis="coached"))


def _told(count: int) -> str:
    if not count:
        return str(gettext("All of this was recorded already."))
    return str(gettext("%(count)s conflicts have been recorded. Sheets already given are not changed.", count=count))


@blueprint.get("/coached/template.xlsx")
@requires(Permission.CONFLICT_MANAGE)
def coached_template() -> ResponseReturnValue:
    """Return the empty workbook to fill."""
    return xlsx(coaching.coached_template(), "coached-template")


@blueprint.post("/coached/import")
@requires(Permission.CONFLICT_MANAGE)
def upload_coached() -> ResponseReturnValue:
    """Take a workbook and show what importing it would record."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".coached"))
    try:
        name, content = sent_workbook()
        coaching.plan_coached(db.session(), this_edition(), content)
        token = imports.keep(KIND, this_edition().id, me().id, name, content, {})
    except DomainError as refusal:
        return _page(CoachedForm(formdata=None), str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".preview_coached", token=token))


@blueprint.get("/coached/import/<token>")
@requires(Permission.CONFLICT_MANAGE)
def preview_coached(token: str) -> ResponseReturnValue:
    """Show pair by pair what importing would record."""
    ticket = _ticket(token)
    plan = coaching.plan_coached(db.session(), this_edition(), ticket.content())
    return render_template(
        "conflicts/coached_preview.html", plan=plan, rows=sorted_rows(plan), ticket=ticket, token=token
    )


@blueprint.post("/coached/import/<token>")
@requires(Permission.CONFLICT_MANAGE)
def apply_coached(token: str) -> ResponseReturnValue:
    """Record the workbook, all or nothing."""
    ticket = _ticket(token)
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        plan = coaching.plan_coached(session, this_edition(), ticket.content())
        count = coaching.apply_coached(session, this_edition(), plan, by=me().actor, at=clock.now())
    flash(_told(count), "success" if count else "info")
    return redirect(url_for(".index", basis="coached"))


def _ticket(token: str) -> Ticket:
    return imports.redeem(token, KIND, this_edition().id, me().id)
