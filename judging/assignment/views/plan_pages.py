"""A plan looked at from all sides, then applied, or taken back."""

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import looking, queries, rules, service, words
from judging.assignment.forms import ApplyForm, LinkForm, ReasonForm
from judging.assignment.link_words import link_sentences
from judging.assignment.models import Plan
from judging.assignment.service import linking
from judging.assignment.service.ground import terms_of
from judging.assignment.service.versions import version_of
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.foundation.errors import DomainError
from judging.foundation.storage import storage
from judging.web.errors import answer
from judging.web.forms import ActForm
from judging.web.pagination import Page

ROWS = 40


def _plan(plan_id: UUID) -> tuple[Plan, Place]:
    plan = queries.plan_of(db.session(), this_edition(), plan_id)
    return plan, place_of(plan.round_id)


def _page(template: str, plan: Plan, place: Place, active: str, **values: Any) -> str:
    """Return a page of a plan with the links to its other pages."""
    pages = [("show_plan", _("Overview"))]
    if plan.pairs:
        pages += [("plan_pairs", _("By candidate")), ("plan_judges", _("By judge"))]
        pages += [] if plan.summary["on_site"] else [("plan_matrix", _("Matrix")), ("plan_links", _("Links of judges"))]
        pages += [("plan_proof", _("Proof"))] if plan.certificate or plan.commitment else []
    return render_template(
        template,
        plan=plan,
        summary=plan.summary,
        sides=[(label, url_for(f".{name}", plan_id=plan.id), name == active) for name, label in pages],
        seen=version_of(db.session(), place.round.id),
        bends=bool(plan.ask) and terms_of(plan.ask).bends,
        **values,
        **frame(place, "plans"),
    )


@blueprint.get("/plans/<uuid:plan_id>")
@requires(Permission.ASSIGNMENT_VIEW)
def show_plan(plan_id: UUID) -> ResponseReturnValue:
    """Show a plan: its figures, who is served worst, what it changes; or why there is none and what would help."""
    plan, place = _plan(plan_id)
    summary = plan.summary
    loads = [{"label": name, "value": load} for _code, name, load in summary["loads"]]
    ways = service.ways_of(db.session(), plan, place.round)
    return _page(
        "assignment/plan.html",
        plan,
        place,
        "show_plan",
        clash=words.diagnosis_sentence(summary["diagnosis"]),
        ways=[words.way_sentences(way.lines, way.terms.as_json()) for way in ways],
        figures={"items": loads, "horizontal": True},
        span=(min((load["value"] for load in loads), default=0), max((load["value"] for load in loads), default=0)),
        sayings=words.plan_sentences(summary),
        thin=plan.mode in linking.LINKABLE and words.is_thin(summary.get("figures")),
        linked=link_sentences(summary),
        bent=words.bend_sentences(plan.ask),
        names={code: name for code, name, _load in summary["loads"]},
        told=words.told_parts,
        share=words.share,
    )


@blueprint.get("/plans/<uuid:plan_id>/candidates")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_pairs(plan_id: UUID) -> ResponseReturnValue:
    """Show candidates with their judges and why each fits, the worst served first."""
    plan, place = _plan(plan_id)
    rows = looking.candidates_of_plan(db.session(), plan, request.args.get("q", "").strip())
    page = _paged(rows)
    reasons = looking.reasons_of(db.session(), place.edition, place.round, page.items)
    return _page("assignment/plan_pairs.html", plan, place, "plan_pairs", page=page, reasons=reasons)


def _paged(rows: list[Any]) -> Page[Any]:
    text = request.args.get("page", "1")
    pages = max(1, -(-len(rows) // ROWS))
    number = min(max(1, int(text) if text.isdecimal() and len(text) < 7 else 1), pages)
    args = {key: value for key, value in request.args.to_dict().items() if key != "page"}
    return Page(rows[(number - 1) * ROWS : number * ROWS], len(rows), number, ROWS, args)


@blueprint.get("/plans/<uuid:plan_id>/judges")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_judges(plan_id: UUID) -> ResponseReturnValue:
    """Show what each judge would get, by code and title."""
    plan, place = _plan(plan_id)
    page = _paged(looking.judges_of_plan(db.session(), plan))
    return _page("assignment/plan_judges.html", plan, place, "plan_judges", page=page)


@blueprint.get("/plans/<uuid:plan_id>/matrix")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_matrix(plan_id: UUID) -> ResponseReturnValue:
    """Show every pair of candidate and judge as a field of colour."""
    plan, place = _plan(plan_id)
    seen = looking.matrix_of(db.session(), plan)
    return _page("assignment/plan_matrix.html", plan, place, "plan_matrix", matrix=seen)


@blueprint.get("/plans/<uuid:plan_id>/cells")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_cells(plan_id: UUID) -> Response:
    """Give some rows of the matrix, one byte a pair: fit in hundredths of the best, 127 barred, 128 more when given."""
    plan, _place = _plan(plan_id)
    first, many = (request.args.get(name, "") for name in ("from", "rows"))
    start = int(first) if first.isdecimal() and len(first) < 7 else 0
    count = int(many) if many.isdecimal() and len(many) < 5 else 128
    made = make_response(looking.cells_of(plan, start, min(count, 512)))
    made.mimetype = "application/octet-stream"
    made.headers["Cache-Control"] = "private, max-age=600"
    return made


@blueprint.get("/plans/<uuid:plan_id>/links")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_links(plan_id: UUID) -> ResponseReturnValue:
    """Show which judges have candidates in common: what comparability rests on."""
    plan, place = _plan(plan_id)
    return _links_page(plan, place)


def _links_page(plan: Plan, place: Place, refusal: str = "") -> str:
    links, bonds = looking.links_of_plan(plan), linking.bonds_of(db.session(), plan)
    if bonds is not None:  # the graph shows the groups that can be linked
        links["nodes"] = [node | {"part": own + 1} for node, own in zip(links["nodes"], bonds.label, strict=True)]
    return _page(
        "assignment/plan_links.html",
        plan,
        place,
        "plan_links",
        links=links,
        bonds=bonds,
        joined=links["parts"] == 1,
        linkable=plan.mode in linking.LINKABLE,
        thin=words.is_thin(plan.summary.get("figures")),
        enough=linking.ENOUGH,
        refusal=refusal,
    )


@blueprint.post("/plans/<uuid:plan_id>/link")
@requires(Permission.ASSIGNMENT_MANAGE)
def link_groups(plan_id: UUID) -> ResponseReturnValue:
    """Compute the plan in which two groups of judges have more in common and show it; nothing is changed yet."""
    edition, form = this_edition(), LinkForm()
    plan, place = _plan(plan_id)
    if not form.validate_on_submit():
        return _links_page(plan, place, form.first_error), 422
    one, other, least = form.one.data or 0, form.other.data or 0, form.least.data or 0
    try:
        with db.transaction() as session:
            plan = queries.plan_of(session, edition, plan_id)
            by, at = me().actor, clock.now()
            made = linking.link_groups(session, edition, place.round, plan, one, other, least, by=by, at=at)
            made_id = made.id
    except DomainError as refusal:
        return _links_page(*_plan(plan_id), str(refusal)), int(refusal.status)
    return redirect(url_for(".show_plan", plan_id=made_id))


@blueprint.get("/plans/<uuid:plan_id>/proof")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_proof(plan_id: UUID) -> ResponseReturnValue:
    """Check the proof of a plan now, from what was stored with it; of a draw, draw it again."""
    plan, place = _plan(plan_id)
    draws = queries.draws_of(db.session(), plan.round_id) if plan.commitment else []
    return _page(
        "assignment/plan_proof.html",
        plan,
        place,
        "plan_proof",
        checked=looking.check_proof(plan) if "check" in request.args else None,
        faults=_faults(plan) if "check" in request.args else None,
        turn=next((n for n, draw in enumerate(draws, start=1) if draw.id == plan.id), 0),
        draws=len(draws),
    )


def _faults(plan: Plan) -> list[str] | None:
    found = looking.draw_again(plan) if plan.commitment and plan.applied_at else None
    return None if found is None else words.fault_sentences(found)


@blueprint.get("/plans/<uuid:plan_id>/problem")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_problem(plan_id: UUID) -> Response:
    """Give the problem of a plan as a NumPy file, so that anybody can check the proof or draw again."""
    plan, _place = _plan(plan_id)
    made = make_response(storage().get(looking.key_of(plan)))
    made.mimetype = "application/octet-stream"
    made.headers["Content-Disposition"] = f'attachment; filename="problem-{plan.digest[:12]}.npz"'
    return made


@blueprint.get("/plans/<uuid:plan_id>/chances")
@requires(Permission.ASSIGNMENT_VIEW)
def plan_chances(plan_id: UUID) -> ResponseReturnValue:
    """Give the plans that a draw was mixed of as a NumPy file, once the draw has been applied; before, its proof."""
    plan, _place = _plan(plan_id)
    content = looking.chances_of(plan) if plan.applied_at else b""
    if not content:
        return redirect(url_for(".plan_proof", plan_id=plan_id))
    made = make_response(content)
    made.mimetype = "application/octet-stream"
    made.headers["Content-Disposition"] = f'attachment; filename="chances-{plan.digest[:12]}.npz"'
    return made


@blueprint.post("/plans/<uuid:plan_id>/apply")
@requires(Permission.ASSIGNMENT_MANAGE)
def apply_plan(plan_id: UUID) -> ResponseReturnValue:
    """Make a plan real."""
    edition, form = this_edition(), ApplyForm()
    plan = queries.plan_of(db.session(), edition, plan_id)
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    place = place_of(plan.round_id)
    try:
        with db.transaction() as session:
            plan = queries.plan_of(session, edition, plan_id)
            by, reason = me().actor, form.reason.data or ""
            made = service.apply_plan(
                session, edition, place.round, plan, by=by, at=clock.now(), seen=form.seen.data, reason=reason
            )
    except (rules.PlanApplied, rules.PlanOutdated, rules.PlanImpossible, rules.Overtaken) as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for(".show_plan", plan_id=plan_id))
    flash(_("The plan has been applied: %(count)s assignments.", count=len(made)), "success")
    return redirect(url_for(".show", round_id=place.round.id))


@blueprint.post("/plans/<uuid:plan_id>/undo")
@requires(Permission.ASSIGNMENT_MANAGE)
def undo_plan(plan_id: UUID) -> ResponseReturnValue:
    """Let what stood before a plan stand again."""
    edition, form = this_edition(), ReasonForm()
    queries.plan_of(db.session(), edition, plan_id)
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    with db.transaction() as session:
        plan = queries.plan_of(session, edition, plan_id)
        _track, round_ = queries.round_of(edition, plan.round_id)
        by, reason = me().actor, form.reason.data or ""
        made = service.undo_plan(session, edition, round_, plan, by=by, at=clock.now(), reason=reason)
    flash(
        _("The plan has been taken back: the %(count)s assignments before it stand again.", count=len(made)), "success"
    )
    return redirect(url_for(".show_plan", plan_id=plan_id))


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


@blueprint.post("/plans/<uuid:plan_id>/mend/<int:position>")
@requires(Permission.ASSIGNMENT_MANAGE)
def mend_plan(plan_id: UUID, position: int) -> ResponseReturnValue:
    """Compute the plan of one way out of a clash and show it; nothing is changed yet."""
    edition = this_edition()
    plan, place = _plan(plan_id)
    if not ActForm().validate_on_submit():
        return redirect(url_for(".show_plan", plan_id=plan_id))
    with db.transaction() as session:
        plan = queries.plan_of(session, edition, plan_id)
        made = service.mend(session, edition, place.round, plan, position, by=me().actor, at=clock.now())
        made_id = made.id
    return redirect(url_for(".show_plan", plan_id=made_id))
