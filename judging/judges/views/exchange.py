"""The bank in Excel, both ways: template, preview of an import, applying it, export."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.judges import sheets
from judging.judges.views.bank import SORTS, blueprint, filtered
from judging.web import imports
from judging.web.forms import ActForm
from judging.web.imports import Ticket, sent_workbook, sorted_rows, xlsx

KIND = "judges"


@blueprint.get("/judges.xlsx")
@requires(Permission.JUDGE_MANAGE)
def export() -> ResponseReturnValue:
    """Return the judges of the list, as filtered and sorted, as a workbook (with their phones, so not for all)."""
    key = request.args.get("sort", "code")
    columns = SORTS.get(key.lstrip("-"), SORTS["code"])
    order = [c.desc() if key.startswith("-") else c for c in (columns if isinstance(columns, tuple) else (columns,))]
    judges = list(db.session().scalars(filtered().order_by(*order)))
    return xlsx(sheets.judge_workbook(judges), "judges")


@blueprint.get("/template.xlsx")
@requires(Permission.JUDGE_MANAGE)
def judge_template() -> ResponseReturnValue:
    """Return the empty workbook to fill."""
    return xlsx(sheets.judge_template(), "judges-template")


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.JUDGE_MANAGE)
def upload() -> ResponseReturnValue:
    """Take a workbook and show what importing it would do."""
    form = ActForm()
    if not form.validate_on_submit():
        return render_template("judges/import.html", form=form, refusal="")
    try:
        name, content = sent_workbook()
        sheets.plan_judges(db.session(), content)
        token = imports.keep(KIND, this_edition().id, me().id, name, content, {})
    except DomainError as refusal:
        return render_template("judges/import.html", form=form, refusal=str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".preview", token=token))


@blueprint.get("/import/<token>")
@requires(Permission.JUDGE_MANAGE)
def preview(token: str) -> ResponseReturnValue:
    """Show row by row what importing would do."""
    ticket = _ticket(token)
    plan = sheets.plan_judges(db.session(), ticket.content())
    return render_template("judges/preview.html", plan=plan, rows=sorted_rows(plan), ticket=ticket, token=token)


@blueprint.post("/import/<token>")
@requires(Permission.JUDGE_MANAGE)
def apply(token: str) -> ResponseReturnValue:
    """Import the workbook, all or nothing."""
    ticket = _ticket(token)
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        plan = sheets.plan_judges(session, ticket.content())
        written = sheets.apply_judges(session, plan, by=me().actor, at=clock.now())
    flash(imports.done_sentence(written), "success")
    return redirect(url_for(".index"))


def _ticket(token: str) -> Ticket:
    return imports.redeem(token, KIND, this_edition().id, me().id)
