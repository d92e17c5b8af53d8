"""The rubrics of the installation: list, show, print, draft, edit, publish, supersede."""

import secrets
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.models import TrackKind
from judging.foundation import audit, clock, db
from judging.foundation.errors import NotFound, StaleVersion
from judging.rubrics import queries, rules, service
from judging.rubrics.forms import CriterionForm, RubricForm, empty_row, posted_rows, stored_rows
from judging.rubrics.models import Rubric, RubricOrigin, RubricStatus
from judging.web.forms import ActForm
from judging.web.pagination import contains, paginate

blueprint = Blueprint("rubrics", __name__, url_prefix="/rubrics")
SORTS = {
    "name": (Rubric.name, Rubric.number),
    "kind": (Rubric.track_kind, Rubric.on_site, Rubric.name),
    "origin": (Rubric.origin, Rubric.name),
}


@blueprint.get("/")
@requires(Permission.RUBRIC_VIEW)
def index() -> ResponseReturnValue:
    """List the rubrics, without superseded versions unless asked for."""
    status = RubricStatus.of(request.args.get("status"))
    query = queries.listed(status)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Rubric.name, Rubric.standard, Rubric.source_note))
    if kind := TrackKind.of(request.args.get("kind")):
        query = query.where(Rubric.track_kind == kind)
    page = paginate(db.session(), query, sorts=SORTS, default="kind")
    filters = [
        {"name": "kind", "label": gettext("Made for"), "choices": TrackKind.choices()},
        {"name": "status", "label": gettext("State"), "choices": RubricStatus.choices()},
    ]
    return render_template("rubrics/index.html", page=page, filters=filters)


@blueprint.post("/install")
@requires(Permission.RUBRIC_MANAGE)
def install() -> ResponseReturnValue:
    """Add the built-in rubrics that are not there yet."""
    _require_sound_act()
    with db.transaction() as session:
        added = len(service.install_library(session, me().actor, clock.now()))
    flash(gettext("%(number)s rubrics of the library have been added.", number=added), "success")
    return redirect(url_for(".index"))


@blueprint.get("/<uuid:rubric_id>")
@requires(Permission.RUBRIC_VIEW)
def show(rubric_id: UUID) -> ResponseReturnValue:
    """Show a rubric with its criteria, versions and history."""
    session = db.session()
    rubric = queries.rubric(session, rubric_id)
    lines = audit.lines_of(session, rubric.id)
    return render_template(
        "rubrics/show.html",
        rubric=rubric,
        versions=queries.versions(session, rubric.code),
        gaps=rules.gaps(rubric) if rubric.status is RubricStatus.DRAFT else [],
        history=[
            {"at": li.at, "who": li.by, "what": audit.label_of(li.act), "why": li.reason} for li in reversed(lines)
        ],
    )


@blueprint.get("/<uuid:rubric_id>/print")
@requires(Permission.RUBRIC_VIEW)
def print_page(rubric_id: UUID) -> ResponseReturnValue:
    """Show a rubric as a sheet of paper."""
    return render_template("rubrics/print.html", rubric=queries.rubric(db.session(), rubric_id))


@blueprint.get("/new")
@requires(Permission.RUBRIC_MANAGE)
def new() -> ResponseReturnValue:
    """Show an empty editor."""
    form = RubricForm(track_kind=TrackKind.QC, origin=RubricOrigin.PRACTICE)
    return _editor(form, [CriterionForm(prefix="c0-", formdata=None)], None)


@blueprint.post("/new")
@requires(Permission.RUBRIC_MANAGE)
def create() -> ResponseReturnValue:
    """Begin a rubric of one's own."""
    form, rows = RubricForm(), posted_rows()
    if not _sound(form, rows):
        return _editor(form, rows, None), 422
    with db.transaction() as session:
        made = service.draft_rubric(
            session,
            code=f"own-{secrets.token_hex(5)}",
            lines=[row.line() for row in rows],
            by=me().actor,
            at=clock.now(),
            **form.values(),
        )
        rubric_id = made.id
    flash(gettext("The draft has been saved. Publish it when it is complete."), "success")
    return redirect(url_for(".show", rubric_id=rubric_id))


@blueprint.get("/<uuid:rubric_id>/edit")
@requires(Permission.RUBRIC_MANAGE)
def edit(rubric_id: UUID) -> ResponseReturnValue:
    """Show a draft in the editor."""
    rubric = queries.rubric(db.session(), rubric_id)
    rules.require_draft(rubric)
    form = RubricForm(obj=rubric)
    form.track_kind.data = rubric.track_kind or ""
    return _editor(form, stored_rows(rubric.criteria), rubric)


@blueprint.post("/<uuid:rubric_id>/edit")
@requires(Permission.RUBRIC_MANAGE)
def save(rubric_id: UUID) -> ResponseReturnValue:
    """Save a draft, unless somebody else did in between."""
    form, rows = RubricForm(), posted_rows()
    rubric = queries.rubric(db.session(), rubric_id)
    if not _sound(form, rows):
        return _editor(form, rows, rubric), 422
    try:
        with db.transaction() as session:
            rubric, actor, at = queries.rubric(session, rubric_id), me().actor, clock.now()
            rubric.require_version(form.seen_version)
            service.update_rubric(session, rubric, by=actor, at=at, **form.values())
            service.set_criteria(session, rubric, [row.line() for row in rows], by=actor, at=at)
    except StaleVersion as refusal:
        rubric = queries.rubric(db.session(), rubric_id)
        form.version.data = rubric.version
        return _editor(form, rows, rubric, str(refusal)), 409
    flash(gettext("The draft has been saved. Publish it when it is complete."), "success")
    return redirect(url_for(".show", rubric_id=rubric_id))


def _sound(form: RubricForm, rows: list[CriterionForm]) -> bool:
    checked = [row.validate() for row in rows]
    return form.validate_on_submit() and all(checked)


def _editor(form: RubricForm, rows: list[CriterionForm], rubric: Rubric | None, refusal: str = "") -> str:
    return render_template(
        "rubrics/edit.html", form=form, rows=rows, template_row=empty_row(), rubric=rubric, refusal=refusal
    )


@blueprint.post("/<uuid:rubric_id>/publish")
@requires(Permission.RUBRIC_MANAGE)
def publish(rubric_id: UUID) -> ResponseReturnValue:
    """Publish a draft."""
    _require_sound_act()
    with db.transaction() as session:
        service.publish_rubric(session, queries.rubric(session, rubric_id), by=me().actor, at=clock.now())
    flash(gettext("The rubric has been published and can be chosen for rounds."), "success")
    return redirect(url_for(".show", rubric_id=rubric_id))


@blueprint.post("/<uuid:rubric_id>/new-version")
@requires(Permission.RUBRIC_MANAGE)
def new_version(rubric_id: UUID) -> ResponseReturnValue:
    """Begin the next version as a draft."""
    _require_sound_act()
    with db.transaction() as session:
        draft = service.new_version(session, queries.rubric(session, rubric_id), by=me().actor, at=clock.now())
        draft_id = draft.id
    flash(
        gettext("A draft of the next version has been made. The published version stays in use until then."), "success"
    )
    return redirect(url_for(".edit", rubric_id=draft_id))


@blueprint.post("/<uuid:rubric_id>/copy")
@requires(Permission.RUBRIC_MANAGE)
def copy(rubric_id: UUID) -> ResponseReturnValue:
    """Begin a rubric of one's own with the criteria of this one."""
    _require_sound_act()
    with db.transaction() as session:
        source = queries.rubric(session, rubric_id)
        name = gettext("%(name)s (copy)", name=source.name[:110])
        made = service.copy_rubric(
            session, source, code=f"own-{secrets.token_hex(5)}", name=name, by=me().actor, at=clock.now()
        )
        made_id = made.id
    flash(gettext("A draft with the same criteria has been made. Please give it a name of its own."), "success")
    return redirect(url_for(".edit", rubric_id=made_id))


@blueprint.post("/<uuid:rubric_id>/discard")
@requires(Permission.RUBRIC_MANAGE)
def discard(rubric_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    _require_sound_act()
    with db.transaction() as session:
        service.discard_draft(session, queries.rubric(session, rubric_id), by=me().actor, at=clock.now())
    flash(gettext("The draft has been thrown away."), "success")
    return redirect(url_for(".index"))


def _require_sound_act() -> None:
    if not ActForm().validate_on_submit():
        raise NotFound
