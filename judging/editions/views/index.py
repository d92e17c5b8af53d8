"""The editions a person may see, and the beginning of a new one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import grants, may, me, requires
from judging.accounts.permissions import Permission, roles_with
from judging.editions import queries, rules, service
from judging.editions.forms import NewEditionForm, OrganiserForm
from judging.editions.models import Edition
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.web.pagination import contains, paginate

blueprint = Blueprint("editions", __name__, url_prefix="/editions")
SORTS = {"name": Edition.name, "year": (Edition.year, Edition.created_at), "stage": Edition.stage}


@blueprint.get("/")
@requires(Permission.EDITION_VIEW)
def index() -> ResponseReturnValue:
    """List the editions whose set-up I may see, the newest first."""
    seeing = [grant for grant in grants() if grant.role in roles_with(Permission.EDITION_VIEW)]
    query = queries.visible(seeing)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Edition.name, Edition.organiser, Edition.slug))
    page = paginate(db.session(), query, sorts=SORTS, default="-year")
    return render_template("editions/index.html", page=page)


@blueprint.get("/new")
@requires(Permission.EDITION_CREATE)
def new() -> ResponseReturnValue:
    """Ask for what an edition needs to begin with."""
    form = OrganiserForm(year=clock.now().year, organiser=_last_organiser())
    return render_template("editions/new.html", form=form, source=None)


def _last_organiser() -> str:
    known = queries.visible_editions(db.session(), grants())
    return known[0].organiser if known else ""


@blueprint.post("/new")
@requires(Permission.EDITION_CREATE)
def create() -> ResponseReturnValue:
    """Begin an edition; I become its organizer."""
    form = OrganiserForm()
    if form.validate_on_submit():
        try:
            with db.transaction() as session:
                edition = service.create_edition(
                    session,
                    name=form.name.data,
                    slug=form.slug.data,
                    year=form.year.data,
                    organiser=form.organiser.data,
                    by=me().actor,
                    at=clock.now(),
                )
                slug = edition.slug
            flash(
                gettext("The edition has been created. Please complete its settings, tracks and calendar."), "success"
            )
            return redirect(url_for("edition.edit", edition=slug))
        except rules.SlugTaken as refusal:
            form.slug.errors = [str(refusal)]
    return render_template("editions/new.html", form=form, source=None), 422


@blueprint.get("/<uuid:edition_id>/copy")
@requires(Permission.EDITION_CREATE)
def copy(edition_id: UUID) -> ResponseReturnValue:
    """Ask for the name of an edition that begins as a copy."""
    source = _source(edition_id)
    return render_template("editions/new.html", form=NewEditionForm(year=source.year + 1), source=source)


@blueprint.post("/<uuid:edition_id>/copy")
@requires(Permission.EDITION_CREATE)
def create_copy(edition_id: UUID) -> ResponseReturnValue:
    """Begin an edition with the rules of an earlier one."""
    form = NewEditionForm()
    if form.validate_on_submit():
        try:
            with db.transaction() as session:
                made = service.copy_edition(
                    session,
                    _source(edition_id),
                    name=form.name.data,
                    slug=form.slug.data,
                    year=form.year.data,
                    by=me().actor,
                    at=clock.now(),
                )
                slug = made.slug
            flash(
                gettext("The edition has been copied, without its dates. Please look through its settings."), "success"
            )
            return redirect(url_for("edition.edit", edition=slug))
        except rules.SlugTaken as refusal:
            form.slug.errors = [str(refusal)]
    return render_template("editions/new.html", form=form, source=_source(edition_id)), 422


def _source(edition_id: UUID) -> Edition:
    found = db.session().get(Edition, edition_id)
    if found is None or not may(Permission.EDITION_VIEW, scope_id=found.id):
        raise NotFound
    return found
