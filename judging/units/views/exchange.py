"""Units in Excel, both ways: template, preview of an import, applying it, export."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.foundation import clock, db, jobs
from judging.foundation.audit import Actor
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.jobs import Progress
from judging.units import sheets
from judging.units.models import Unit
from judging.units.views.organizer import SORTS, blueprint, filtered
from judging.web import imports
from judging.web.forms import ActForm
from judging.web.imports import Ticket, sent_workbook, xlsx

KIND = "units"


@blueprint.get("/units.xlsx")
@requires(Permission.UNIT_VIEW)
def export() -> ResponseReturnValue:
    """Return the units of the list, as filtered and sorted, as a workbook."""
    key = request.args.get("sort", "name").lstrip("-")
    columns = SORTS.get(key, SORTS["name"])
    order = [column.desc() if request.args.get("sort", "").startswith("-") else column for column in columns]
    units: list[Unit] = list(db.session().scalars(filtered().order_by(*order)))
    return xlsx(sheets.unit_workbook(units), f"units-{this_edition().slug}")


@blueprint.get("/template.xlsx")
@requires(Permission.UNIT_MANAGE)
def unit_template() -> ResponseReturnValue:
    """Return the empty workbook to fill."""
    return xlsx(sheets.unit_template(db.session()), "units-template")


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.UNIT_MANAGE)
def upload() -> ResponseReturnValue:
    """Take a workbook and show what importing it would do."""
    form = ActForm()
    if not form.validate_on_submit():
        return render_template("units/import.html", form=form, refusal="")
    try:
        name, content = sent_workbook()
        sheets.plan_units(db.session(), content)
        token = imports.keep(KIND, this_edition().id, me().id, name, content, {})
    except DomainError as refusal:
        return render_template("units/import.html", form=form, refusal=str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".preview", token=token))


@blueprint.get("/import/<token>")
@requires(Permission.UNIT_MANAGE)
def preview(token: str) -> ResponseReturnValue:
    """Show what applying the workbook would do, row by row."""
    ticket = _ticket(token)
    plan = sheets.plan_units(db.session(), ticket.content())
    return render_template("units/preview.html", plan=plan, rows=imports.sorted_rows(plan), ticket=ticket, token=token)


@blueprint.post("/import/<token>")
@requires(Permission.UNIT_MANAGE)
def apply(token: str) -> ResponseReturnValue:
    """Apply the workbook, all or nothing; a long one as a job."""
    ticket = _ticket(token)
    if not ActForm().validate_on_submit():
        raise NotFound
    if len(sheets.plan_units(db.session(), ticket.content()).rows) > imports.JOB_FROM_ROWS:
        return redirect(url_for("accounts.job", job_id=_enqueue(ticket)))
    with db.transaction() as session:
        plan = sheets.plan_units(session, ticket.content())
        written = sheets.apply_units(session, plan, by=me().actor, at=clock.now())
    flash(imports.done_sentence(written), "success")
    return redirect(url_for(".index"))


def _ticket(token: str) -> Ticket:
    return imports.redeem(token, KIND, this_edition().id, me().id)


def _enqueue(ticket: Ticket) -> UUID:
    with db.transaction() as session:
        payload = {"key": ticket.key, "by": str(me().id), "name": me().name}
        return jobs.enqueue(session, "units.import", payload, by_id=me().id, result_url=url_for(".index")).id


@jobs.handler("units.import")
def import_units(payload: dict[str, Any], progress: Progress) -> str:
    """Plan and apply an uploaded workbook; running twice writes once."""
    ticket = Ticket(KIND, "", payload["by"], payload["key"], "")
    with db.transaction() as session:
        plan = sheets.plan_units(session, ticket.content())
        by = Actor(UUID(payload["by"]), payload["name"])
        written = sheets.apply_units(session, plan, by=by, at=clock.now())
    progress(len(plan.rows), len(plan.rows))
    return imports.done_sentence(written)
