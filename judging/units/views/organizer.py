"""The organizer's pages of units: list, add, change, invite."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.models import Role
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError, StaleVersion
from judging.units import forms, pages, queries, rules, service
from judging.units.codes import INDUSTRIES
from judging.units.forms import UnitForm
from judging.units.models import RecommendingUnit, Unit
from judging.units.views import inviting
from judging.web.errors import answer
from judging.web.forms import ReasonForm
from judging.web.pagination import Page, paginate

blueprint = edition_blueprint("units", __name__, "/units")
ON_FIELD = {rules.NameTaken: "name", rules.CreditCodeTaken: "credit_code"}
SORTS = {
    "name": (Unit.name, Unit.id),
    "region": (Unit.region, Unit.name),
    "industry": (Unit.industry, Unit.name),
    "recommending_unit": (RecommendingUnit.code, Unit.name),
}


@blueprint.get("/")
@requires(Permission.UNIT_VIEW)
def index() -> ResponseReturnValue:
    """Show the units, with search and filters."""
    session = db.session()
    page: Page[Unit] = paginate(session, filtered(), sorts=SORTS, default="name")
    accounts = queries.contact_counts(session, [unit.id for unit in page.items])
    return render_template("units/index.html", page=page, accounts=accounts, filters=_filters(session), **names())


def filtered() -> sa.Select[Unit]:
    """Return the query that the filters of the address describe."""
    args = request.args
    return queries.unit_list(
        text=args.get("q", "").strip(),
        region=args.get("region", ""),
        industry=args.get("industry", ""),
        recommending_unit_id=_uuid(args.get("recommending_unit", "")),
        lacks=args.get("lacks", ""),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _filters(session: Session) -> list[dict[str, Any]]:
    regions = [(code, pages.region_name(code)) for code in queries.regions_in_use(session)]
    recommending = [(str(other.id), other.name) for other in queries.recommending_units(session)]
    lacks = [
        ("code", gettext("credit code")),
        ("contact", gettext("account")),
        ("recommending_unit", gettext("recommending unit")),
    ]
    return [
        {"name": "recommending_unit", "label": gettext("Recommending unit"), "choices": recommending},
        {"name": "region", "label": gettext("Region"), "choices": regions},
        {"name": "industry", "label": gettext("Industry"), "choices": list(INDUSTRIES.items())},
        {"name": "lacks", "label": gettext("Lacks"), "choices": lacks},
    ]


def names() -> dict[str, Any]:
    """Return what templates need to write codes as words."""
    return {"region_name": pages.region_name, "industry_name": pages.industry_name}


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.UNIT_MANAGE)
def new() -> ResponseReturnValue:
    """Add a unit."""
    form = forms.unit_form(queries.recommending_units(db.session()))
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        with db.transaction() as session:
            unit = service.register_unit(session, _values(form), by=me().actor, at=clock.now())
            unit_id = unit.id
    except DomainError as refusal:
        return _form_page(lay_on_field(form, refusal, ON_FIELD), None)
    flash(gettext("The unit has been registered."), "success")
    return redirect(url_for(".show", unit_id=unit_id))


@blueprint.get("/<uuid:unit_id>")
@requires(Permission.UNIT_VIEW)
def show(unit_id: UUID) -> ResponseReturnValue:
    """Show a unit: its entries in this edition, its contacts, its story."""
    return _page(unit_id, forms.InviteForm())


def _page(unit_id: UUID, form: forms.InviteForm) -> str:
    session = db.session()
    unit = queries.unit_of(session, unit_id)
    return render_template(
        "units/show.html",
        unit=unit,
        work=pages.work_of(session, this_edition().id, unit.id),
        contacts=queries.contacts_of_unit(session, unit.id),
        invitations=queries.open_invitations(session, unit.id, (Role.ENTRANT,)),
        link=inviting.link_for(unit.id),
        form=form,
        story=pages.story(audit.lines_of(session, unit.id), pages.labels(UnitForm())),
        **names(),
    )


@blueprint.route("/<uuid:unit_id>/edit", methods=["GET", "POST"])
@requires(Permission.UNIT_MANAGE)
def edit(unit_id: UUID) -> ResponseReturnValue:
    """Change a unit."""
    unit = queries.unit_of(db.session(), unit_id)
    form = forms.unit_form(queries.recommending_units(db.session()), unit)
    if not form.validate_on_submit():
        return _form_page(form, unit)
    try:
        with db.transaction() as session:
            unit = queries.unit_of(session, unit_id)
            unit.require_version(form.seen_version)
            service.update_unit(session, unit, _values(form), by=me().actor, at=clock.now())
    except StaleVersion as refusal:
        unit = queries.unit_of(db.session(), unit_id)
        form.version.data = unit.version
        return _form_page(form, unit, stale=str(refusal))
    except DomainError as refusal:
        return _form_page(lay_on_field(form, refusal, ON_FIELD), queries.unit_of(db.session(), unit_id))
    flash(gettext("The unit has been saved."), "success")
    return redirect(url_for(".show", unit_id=unit_id))


def _form_page(form: UnitForm, unit: Unit | None, stale: str = "") -> ResponseReturnValue:
    changed = pages.differences(form, unit) if unit is not None and stale else []
    page = render_template("units/edit.html", form=form, unit=unit, stale=stale, changed=changed)
    return page, HTTPStatus.CONFLICT if stale else status_of(form)


def status_of(form: Any) -> HTTPStatus:
    """Return 422 for a form that was sent and is shown again."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def lay_on_field(form: Any, refusal: DomainError, places: dict[Any, str]) -> Any:
    """Return the form with a refusal laid on the field it is about, or on the form."""
    name = places.get(type(refusal))
    if name is not None:
        form[name].errors = [str(refusal)]
    else:
        form.form_errors = [str(refusal)]
    return form


def _values(form: UnitForm) -> dict[str, Any]:
    values = {name: form[name].data or "" for name in service.UNIT_FIELDS}
    values["recommending_unit_id"] = _uuid(values["recommending_unit_id"])
    values["credit_code"] = values["credit_code"] or None
    return values


@blueprint.post("/<uuid:unit_id>/invite")
@requires(Permission.UNIT_MANAGE)
def invite(unit_id: UUID) -> ResponseReturnValue:
    """Make a link with which a contact of the unit opens an account."""
    form = forms.InviteForm()
    if not form.validate_on_submit():
        return _page(unit_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as session:
        inviting.invite(session, form, Role.ENTRANT, queries.unit_of(session, unit_id))
    flash(gettext("The invitation is ready. Please pass the link on."), "success")
    return redirect(url_for(".show", unit_id=unit_id, _anchor="contacts"))


@blueprint.post("/<uuid:unit_id>/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.UNIT_MANAGE)
def withdraw_invitation(unit_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation of the unit worthless."""
    with db.transaction() as session:
        inviting.withdraw(session, unit_id, invitation_id)
    flash(gettext("The invitation has been withdrawn."), "success")
    return redirect(url_for(".show", unit_id=unit_id, _anchor="contacts"))


@blueprint.post("/<uuid:unit_id>/contacts/<uuid:membership_id>/remove")
@requires(Permission.UNIT_MANAGE)
def remove_contact(unit_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """End an account's speaking for the unit."""
    form = ReasonForm()
    queries.membership_of(db.session(), queries.unit_of(db.session(), unit_id), membership_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        unit = queries.unit_of(session, unit_id)
        service.remove_contact(session, unit, membership_id, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The account no longer speaks for this unit."), "success")
    return redirect(url_for(".show", unit_id=unit_id, _anchor="contacts"))
