"""An entrant asks that a person should not judge an entry. Whether the person is a judge is never answered."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.conflicts import queries, rules, service
from judging.conflicts.forms import RequestForm
from judging.conflicts.views.organizer import blueprint
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.entries.models import Entry
from judging.foundation import clock, db
from judging.units.queries import unit_ids_of_user


def _entry(entry_id: UUID) -> Entry:
    session = db.session()
    return queries.own_entry(session, this_edition(), entry_id, unit_ids_of_user(session, me().id))


@blueprint.get("/request/<uuid:entry_id>")
@requires(Permission.CONFLICT_REQUEST)
def request(entry_id: UUID) -> ResponseReturnValue:
    """Show the form, and what was asked for before."""
    return _page(entry_id, RequestForm())


def _page(entry_id: UUID, form: RequestForm) -> str:
    entry = _entry(entry_id)
    return render_template(
        "conflicts/request.html",
        entry=entry,
        form=form,
        earlier=queries.of_entry(db.session(), entry.id),
        is_open=this_edition().stage in (Stage.INTAKE, Stage.BLINDING),
    )


@blueprint.post("/request/<uuid:entry_id>")
@requires(Permission.CONFLICT_REQUEST)
def save_request(entry_id: UUID) -> ResponseReturnValue:
    """Record the wish."""
    form = RequestForm()
    if not form.validate_on_submit():
        return _page(entry_id, form), 422
    try:
        with db.transaction() as session:
            service.request(
                session,
                this_edition(),
                _entry(entry_id),
                judge_name=form.judge_name.data,
                judge_unit=form.judge_unit.data,
                basis=form.chosen,
                reason=form.reason.data,
                by=me().actor,
                at=clock.now(),
            )
    except (rules.AlreadyDeclared, rules.TooManyRequests) as refusal:
        form.judge_name.errors = [str(refusal)]
        return _page(entry_id, form), 409
    flash(
        gettext("Your request has been recorded. The secretariat will answer it by letter and on this page."), "success"
    )
    return redirect(url_for(".request", entry_id=entry_id))
