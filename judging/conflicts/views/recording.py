"""The secretariat records a conflict by hand: what it learnt by telephone, or saw on a list."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.conflicts import queries, rules, service
from judging.conflicts.forms import RecordForm
from judging.conflicts.views.organizer import GATHERING, blueprint
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.judges.queries import bank, judge_by_id


@blueprint.get("/record")
@requires(Permission.CONFLICT_MANAGE)
def record() -> ResponseReturnValue:
    """Ask which judge must keep away from what, and why."""
    return _page(RecordForm(judge=request.args.get("judge", "")))


def _page(form: RecordForm) -> str:
    session, edition = db.session(), this_edition()
    form.offer(bank(session))
    return render_template(
        "conflicts/record.html",
        form=form,
        known=queries.names_taking_part(session, edition.id),
        is_open=edition.stage in GATHERING,
    )


@blueprint.post("/record")
@requires(Permission.CONFLICT_MANAGE)
def save_record() -> ResponseReturnValue:
    """Record the conflict; it bars at once."""
    form = RecordForm()
    form.offer(bank(db.session()))
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with db.transaction() as session:
            _record(session, form)
    except rules.NobodyTakesPart as refusal:
        form.target.errors = [str(refusal)]
        return _page(form), 422
    except rules.AlreadyDeclared as refusal:
        form.target.errors = [str(refusal)]
        return _page(form), 409
    flash(gettext("The conflict has been recorded. Sheets already given to this judge are not changed."), "success")
    return redirect(url_for(".index"))


def _record(session: Session, form: RecordForm) -> None:
    unit, entry = queries.named_in_edition(session, this_edition().id, form.target.data)
    service.record(
        session,
        this_edition(),
        judge_by_id(session, UUID(form.judge.data)),
        unit=unit,
        entry=entry,
        basis=form.chosen,
        reason=form.reason.data,
        by=me().actor,
        at=clock.now(),
    )
