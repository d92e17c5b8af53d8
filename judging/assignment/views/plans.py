"""Plans: proposed, shown with their proof, applied."""

import secrets
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, rules, service
from judging.assignment.forms import PlanForm
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.assignment.words import diagnosis_sentence, repair_sentences
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.foundation.errors import DomainError
from judging.web.forms import ActForm


@blueprint.get("/<uuid:round_id>/plan")
@requires(Permission.ASSIGNMENT_VIEW)
def plans(round_id: UUID) -> ResponseReturnValue:
    """Show the form of a plan and the plans made so far."""
    place = place_of(round_id)
    form = PlanForm(formdata=None, seed=secrets.randbelow(900_000) + 100_000)
    form.least.data, form.most.data = place.round.min_load, place.round.max_load
    return _plans_page(place, form)


def _plans_page(place: Place, form: PlanForm, refusal: str = "") -> str:
    return render_template(
        "assignment/plans.html",
        plans=queries.plans_of(db.session(), place.round.id),
        form=form,
        refusal=refusal,
        **frame(place, "plans"),
    )


@blueprint.post("/<uuid:round_id>/plan")
@requires(Permission.ASSIGNMENT_MANAGE)
def make_plan(round_id: UUID) -> ResponseReturnValue:
    """Compute a plan and show it; nothing is assigned yet."""
    place, form = place_of(round_id), PlanForm()
    if not form.validate_on_submit():
        return _plans_page(place, form), 422
    seed = form.seed.data if form.seed.data is not None else secrets.randbelow(900_000) + 100_000
    try:
        with db.transaction() as session:
            plan = service.plan_round(
                session,
                place.edition,
                place.round,
                seed=seed,
                by=me().actor,
                at=clock.now(),
                least=form.least.data,
                most=form.most.data,
            )
            plan_id = plan.id
    except DomainError as refusal:
        return _plans_page(place, form, str(refusal)), 422
    return redirect(url_for(".show_plan", plan_id=plan_id))


@blueprint.get("/plans/<uuid:plan_id>")
@requires(Permission.ASSIGNMENT_VIEW)
def show_plan(plan_id: UUID) -> ResponseReturnValue:
    """Show a plan: its proof, loads, matches, or why there is none."""
    plan = queries.plan_of(db.session(), this_edition(), plan_id)
    place, summary = place_of(plan.round_id), plan.summary
    loads = [{"label": name, "value": load} for _code, name, load in summary["loads"]]
    return render_template(
        "assignment/plan.html",
        plan=plan,
        summary=summary,
        clash=diagnosis_sentence(summary["diagnosis"]),
        repairs=repair_sentences(summary["diagnosis"]),
        figures={"items": loads, "horizontal": True},
        span=(min((load["value"] for load in loads), default=0), max((load["value"] for load in loads), default=0)),
        **frame(place, "plans"),
    )


@blueprint.post("/plans/<uuid:plan_id>/apply")
@requires(Permission.ASSIGNMENT_MANAGE)
def apply_plan(plan_id: UUID) -> ResponseReturnValue:
    """Make a plan real."""
    edition, form = this_edition(), ActForm()
    plan = queries.plan_of(db.session(), edition, plan_id)
    if not form.validate_on_submit():
        return redirect(url_for(".show_plan", plan_id=plan_id))
    place = place_of(plan.round_id)
    try:
        with db.transaction() as session:
            plan = queries.plan_of(session, edition, plan_id)
            made = service.apply_plan(session, edition, place.round, plan, by=me().actor, at=clock.now())
    except (rules.PlanApplied, rules.PlanOutdated, rules.PlanImpossible) as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for(".show_plan", plan_id=plan_id))
    flash(_("The plan has been applied: %(count)s assignments.", count=len(made)), "success")
    return redirect(url_for(".show", round_id=place.round.id))


@blueprint.post("/<uuid:round_id>/clear")
@requires(Permission.ASSIGNMENT_MANAGE)
def clear(round_id: UUID) -> ResponseReturnValue:
    """Take back all planned assignments before judging opens."""
    place, form = place_of(round_id), ActForm()
    if form.validate_on_submit():
        with db.transaction() as session:
            count = service.clear_plan(session, place.edition, place.round, by=me().actor, at=clock.now())
        flash(_("%(count)s planned assignments have been taken back.", count=count), "success")
    return redirect(url_for(".plans", round_id=round_id))
