"""Plans: asked for, computed, compared."""

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, running, service, words
from judging.assignment.figures import figures_of
from judging.assignment.forms import LoadsForm, PlanForm
from judging.assignment.models import Plan, PlanMode
from judging.assignment.service.ground import Terms
from judging.assignment.service.loads import advised_loads
from judging.assignment.service.loads import set_loads as keep_loads
from judging.assignment.service.plans import FOUR, keep
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.editions.addresses import this_edition
from judging.foundation import chance, clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.jobs import Job
from judging.web.forms import ActForm

SIDE_BY_SIDE = 4


@blueprint.get("/<uuid:round_id>/plan")
@requires(Permission.ASSIGNMENT_VIEW)
def plans(round_id: UUID) -> ResponseReturnValue:
    """Show what a plan can be asked for, and the plans made so far."""
    place = place_of(round_id)
    return _plans_page(place, _usual(place))


def _usual(place: Place) -> PlanForm:
    form = PlanForm(formdata=None, seed=_new_seed(), give=0.5, cap=50, seniors=0)
    form.least.data, form.most.data = place.round.min_load, place.round.max_load
    form.wanted.data = place.round.judges_per_entry
    return form


@blueprint.post("/<uuid:round_id>/loads")
@requires(Permission.ASSIGNMENT_MANAGE)
def set_loads(round_id: UUID) -> ResponseReturnValue:
    """Let the round have tighter bounds for the loads of judges."""
    place, form = place_of(round_id), LoadsForm()
    if not form.validate_on_submit():
        return _plans_page(place, _usual(place), loads=form), 422
    low, high = form.low.data or 0, form.high.data or 0
    with db.transaction() as session:
        place = place_of(round_id)
        keep_loads(session, place.edition, place.round, low, high, by=me().actor, at=clock.now())
    flash(_("Every judge of this round gets %(low)s to %(high)s candidates.", low=low, high=high), "success")
    return redirect(url_for(".plans", round_id=round_id))


def _new_seed() -> int:
    return secrets.randbelow(900_000) + 100_000


def _plans_page(place: Place, form: PlanForm, refusal: str = "", loads: LoadsForm | None = None) -> str:
    session = db.session()
    advice = None if place.on_site or not place.clearable else advised_loads(session, place.edition, place.round)
    if advice is not None and loads is None:
        loads = LoadsForm(formdata=None, low=advice.low, high=advice.high)
    found = queries.plans_of(session, place.round.id, limit=20)
    beside = Counter(plan.proposal_id for plan in found if plan.proposal_id is not None)
    return render_template(
        "assignment/plans.html",
        plans=found,
        together=next((proposal_id for proposal_id, number in beside.items() if number > 1), None),
        form=form,
        refusal=refusal,
        advice=advice,
        loads=loads,
        opened=bool(refusal or form.errors),
        **frame(place, "plans"),
    )


def _terms(place: Place, form: PlanForm) -> Terms:
    """Return what was asked; what is as the round has it is not asked."""
    round_ = place.round
    wanted = form.wanted.data if form.wanted.data != round_.judges_per_entry else None
    give, cap = form.give.share, form.cap.share
    return Terms(
        seed=form.seed.data if form.seed.data is not None else _new_seed(),
        mode=PlanMode(form.mode.data or PlanMode.OPTIMAL),
        least=form.least.data,
        most=form.most.data,
        wanted=wanted,
        seniors=form.seniors.data or 0,
        give=0.005 if give is None else give,
        cap=0.5 if cap is None else cap,
    )


@blueprint.post("/<uuid:round_id>/plan")
@requires(Permission.ASSIGNMENT_MANAGE)
def make_plan(round_id: UUID) -> ResponseReturnValue:
    """Compute a plan on somebody's own terms and show it; nothing is assigned yet."""
    place, form = place_of(round_id), PlanForm()
    if not form.validate_on_submit():
        return _plans_page(place, form), 422
    try:
        return _made(place, _terms(place, form), four=False)
    except DomainError as refusal:
        return _plans_page(place, form, str(refusal)), 422


@blueprint.post("/<uuid:round_id>/plan/four")
@requires(Permission.ASSIGNMENT_MANAGE)
def make_four(round_id: UUID) -> ResponseReturnValue:
    """Compute the four proposals and show them side by side; nothing is assigned yet."""
    place = place_of(round_id)
    if not ActForm().validate_on_submit():
        return redirect(url_for(".plans", round_id=round_id))
    try:
        return _made(place, Terms(seed=_new_seed()), four=not place.on_site)
    except DomainError as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for(".plans", round_id=round_id))


def _made(place: Place, terms: Terms, *, four: bool) -> ResponseReturnValue:
    modes = FOUR if four else (terms.mode,)
    pairs = place_size(place)
    if not place.on_site and running.takes_long(pairs, modes):
        with db.transaction() as session:
            url = url_for(".compare", round_id=place.round.id, proposal="PROPOSAL")
            run = running.begin(session, place.edition, place.round, terms, four=four, by=me().actor, result_url=url)
            run_id = run.id
        return redirect(url_for(".plan_run", run_id=run_id))
    found = running.compute(db.session(), place.edition, place.round, terms, four=four)
    proposal_id = chance.new_id()
    with db.transaction() as session:
        kept = [
            keep(session, place.edition, one, by=me().actor, at=clock.now(), proposal_id=proposal_id).id
            for one in found
        ]
    if len(kept) == 1:
        return redirect(url_for(".show_plan", plan_id=kept[0]))
    return redirect(url_for(".compare", round_id=place.round.id, proposal=proposal_id))


def place_size(place: Place) -> int:
    """Return how many pairs of candidate and judge a round has."""
    coverage = queries.coverage(db.session(), place.round)
    return coverage.candidates * coverage.judges


@blueprint.get("/<uuid:round_id>/plan/compare")
@requires(Permission.ASSIGNMENT_VIEW)
def compare(round_id: UUID) -> ResponseReturnValue:
    """Show up to four plans side by side: what each buys and what it costs."""
    place, session = place_of(round_id), db.session()
    found = _chosen(session, round_id)
    if len(found) == 1:
        return redirect(url_for(".show_plan", plan_id=found[0].id))
    possible = [plan for plan in found if plan.pairs and plan.summary.get("figures")]
    best = max(possible, key=lambda plan: plan.summary["total"], default=None)
    return render_template(
        "assignment/compare.html",
        plans=found,
        best=best,
        columns=[_column(plan, best) for plan in found],
        advised=_advised(possible, best),
        **frame(place, "plans"),
    )


def _chosen(session: Any, round_id: UUID) -> Sequence[Plan]:
    if proposal := _uuid(request.args.get("proposal", "")):
        found = queries.plans_together(session, round_id, proposal)
    else:
        ids = [known for text in request.args.getlist("ids") if (known := _uuid(text))]
        named = {plan.id: plan for plan in queries.plans_named(session, round_id, ids)}
        found = [named[plan_id] for plan_id in ids if plan_id in named]
    order = list(PlanMode)
    return sorted(found, key=lambda plan: order.index(plan.mode))[:SIDE_BY_SIDE]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _column(plan: Plan, best: Plan | None) -> dict[str, Any]:
    """Return what the comparison says of one plan."""
    summary, figures = plan.summary, plan.summary.get("figures")
    if best is None or figures is None:
        return {"plan": plan, "clash": words.diagnosis_sentence(summary.get("diagnosis")), "figures": None}
    theirs = {tuple(pair) for pair in best.pairs}
    return {
        "plan": plan,
        "clash": "",
        "figures": figures,
        "share": words.share(summary["total"], max(summary["bound"], best.summary["total"])),
        "changed": sum(tuple(pair) not in theirs for pair in plan.pairs),
        "says": words.trade_sentences(summary, best.summary, plan.mode.value, plan.ask.get("cap", 0.5)),
        "error": words.number(words.MARK_NOISE * figures["error"]) if figures["error"] else "",
    }


def _advised(possible: Sequence[Plan], best: Plan | None) -> Plan | None:
    """Return the plan to look at first: the fair one where it costs little, else the best."""
    fair = next((plan for plan in possible if plan.mode is PlanMode.CALIBRATION), None)
    if fair is not None and best is not None and fair.summary["total"] >= 0.99 * best.summary["total"]:
        return fair
    return best


@blueprint.get("/<uuid:round_id>/plan/what-if")
@requires(Permission.ASSIGNMENT_MANAGE)
def what_if(round_id: UUID) -> ResponseReturnValue:
    """Say what a plan would be like with these bounds; nothing is kept."""
    place, form = place_of(round_id), PlanForm(request.args, meta={"csrf": False})
    if place.on_site or not form.validate():
        return jsonify(ok=False, message=form.first_error)
    terms = _terms(place, form).but(quick=True)
    if terms.mode not in (PlanMode.OPTIMAL, PlanMode.FAIR):
        terms = terms.but(mode=PlanMode.OPTIMAL)
    try:
        made = service.propose(db.session(), place.edition, place.round, terms)
    except DomainError as refusal:
        return jsonify(ok=False, message=str(refusal))
    planned = made.planned
    if planned.diagnosis is not None:
        told = service.told_diagnosis(planned.diagnosis)
        return jsonify(ok=False, message=words.diagnosis_sentence(told))
    figures = figures_of(made.ground.problem, planned)
    message = _(
        "Possible. Total fit %(total)s, worst served candidate %(floor)s, loads %(low)s–%(high)s.",
        total=words.number(planned.total),
        floor=words.number(figures.floor),
        low=figures.low,
        high=figures.high,
    )
    return jsonify(ok=True, message=message, ways=words.error_sentences(figures.error))


@blueprint.get("/plan-runs/<uuid:run_id>")
@requires(Permission.ASSIGNMENT_MANAGE)
def plan_run(run_id: UUID) -> ResponseReturnValue:
    """Show how far a computation is, and let it be stopped."""
    run = queries.run_of(db.session(), this_edition(), run_id)
    return render_template("assignment/run.html", run=run, **frame(place_of(run.round_id), "plans"))


@blueprint.get("/plan-runs/<uuid:run_id>/state")
@requires(Permission.ASSIGNMENT_MANAGE)
def plan_run_state(run_id: UUID) -> ResponseReturnValue:
    """Say how far a computation is, for the progress bar."""
    session = db.session()
    run = queries.run_of(session, this_edition(), run_id)
    job = session.get(Job, run.job_id)
    if job is None:
        raise NotFound
    message = job.message or words.phase_sentence(run.phase, run.gap, stopping=run.cancelled_at is not None)
    return jsonify(state=job.state, done=job.done, total=job.total, message=message, url=job.result_url)


@blueprint.post("/plan-runs/<uuid:run_id>/stop")
@requires(Permission.ASSIGNMENT_MANAGE)
def stop_run(run_id: UUID) -> ResponseReturnValue:
    """End a computation with the best it has."""
    edition = this_edition()
    queries.run_of(db.session(), edition, run_id)
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            running.stop(session, edition, queries.run_of(session, edition, run_id), by=me().actor)
    return redirect(url_for(".plan_run", run_id=run_id))
