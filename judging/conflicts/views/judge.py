"""A judge declares a conflict. The page tells which units take part and nothing about their entries."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.conflicts import queries, rules, service
from judging.conflicts.forms import DeclareForm
from judging.conflicts.models import ConflictKind
from judging.conflicts.views.organizer import GATHERING, blueprint
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.judges.queries import judge_of_user

SHOWN = 30


@blueprint.get("/declare")
@requires(Permission.CONFLICT_DECLARE)
def declare() -> ResponseReturnValue:
    """List the units taking part, and what I have declared."""
    session, edition = db.session(), this_edition()
    judge = judge_of_user(session, me().id)
    if judge is None:
        flash(gettext("Please fill in your profile first."), "info")
        return redirect(url_for("judges.profile"))
    text = request.args.get("q", "").strip()
    units = queries.units_taking_part(session, edition.id, text, SHOWN + 1)
    declared = queries.of_judge(session, edition.id, judge.id, ConflictKind.DECLARED)
    return render_template(
        "conflicts/declare.html",
        units=units[:SHOWN],
        has_more=len(units) > SHOWN,
        text=text,
        declared=declared,
        declared_units={conflict.unit_id for conflict in declared},
        is_open=edition.stage in GATHERING,
    )


@blueprint.get("/declare/<uuid:unit_id>")
@requires(Permission.CONFLICT_DECLARE)
def declare_unit(unit_id: UUID) -> ResponseReturnValue:
    """Ask what connects me with a unit."""
    return _unit_page(unit_id, DeclareForm())


def _unit_page(unit_id: UUID, form: DeclareForm) -> str:
    _judge()
    unit = queries.unit_taking_part(db.session(), this_edition().id, unit_id)
    return render_template("conflicts/declare_unit.html", unit=unit, form=form)


def _judge() -> Judge:
    judge = judge_of_user(db.session(), me().id)
    if judge is None:
        raise NotFound
    return judge


@blueprint.post("/declare/<uuid:unit_id>")
@requires(Permission.CONFLICT_DECLARE)
def save_declaration(unit_id: UUID) -> ResponseReturnValue:
    """Record what connects me with a unit; its entries will not be given to me."""
    form = DeclareForm()
    if not form.validate_on_submit():
        return _unit_page(unit_id, form), 422
    try:
        with db.transaction() as session:
            service.declare(
                session,
                this_edition(),
                _judge(),
                unit=queries.unit_taking_part(session, this_edition().id, unit_id),
                basis=form.chosen,
                reason=form.reason.data,
                by=me().actor,
                at=clock.now(),
            )
    except rules.AlreadyDeclared as refusal:
        form.basis.errors = [str(refusal)]
        return _unit_page(unit_id, form), 409
    flash(gettext("Your declaration has been recorded. You will not be given entries of this unit."), "success")
    return redirect(url_for(".declare"))
