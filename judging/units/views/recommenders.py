"""The organizer's pages of recommending units."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.models import Role
from judging.accounts.permissions import Permission
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError, StaleVersion
from judging.units import forms, pages, queries, rules, service
from judging.units.forms import RecommendingUnitForm
from judging.units.models import RecommenderKind, RecommendingUnit
from judging.units.views import inviting
from judging.units.views.organizer import blueprint, lay_on_field, names, status_of
from judging.web.errors import answer
from judging.web.forms import ReasonForm

ON_FIELD = {rules.RecommenderNameTaken: "name", rules.RecommenderCodeTaken: "code"}


@blueprint.get("/recommending")
@requires(Permission.UNIT_VIEW)
def recommenders() -> ResponseReturnValue:
    """Show the recommending units with how many units each gathers."""
    session = db.session()
    found = queries.recommending_units(session)
    counts, accounts = queries.unit_counts(session), queries.recommender_account_counts(session)
    return render_template("units/recommenders.html", recommenders=found, counts=counts, accounts=accounts, **names())


@blueprint.route("/recommending/new", methods=["GET", "POST"])
@requires(Permission.UNIT_MANAGE)
def new_recommender() -> ResponseReturnValue:
    """Add a recommending unit."""
    form = forms.recommending_unit_form()
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        with db.transaction() as session:
            made = service.register_recommending_unit(session, _values(form), by=me().actor, at=clock.now())
            made_id = made.id
    except DomainError as refusal:
        return _form_page(lay_on_field(form, refusal, ON_FIELD), None)
    flash(gettext("The recommending unit has been registered."), "success")
    return redirect(url_for(".show_recommender", recommending_unit_id=made_id))


@blueprint.get("/recommending/<uuid:recommending_unit_id>")
@requires(Permission.UNIT_VIEW)
def show_recommender(recommending_unit_id: UUID) -> ResponseReturnValue:
    """Show a recommending unit: how many units, its contacts, its story."""
    return _page(recommending_unit_id, forms.InviteForm())


def _page(recommending_unit_id: UUID, form: forms.InviteForm) -> str:
    session = db.session()
    found = queries.recommending_unit_of(session, recommending_unit_id)
    return render_template(
        "units/show_recommender.html",
        unit=found,
        number=queries.unit_counts(session).get(found.id, 0),
        contacts=queries.contacts_of_recommending_unit(session, found.id),
        invitations=queries.open_invitations(session, found.id, (Role.RECOMMENDER,)),
        link=inviting.link_for(found.id),
        form=form,
        story=pages.story(audit.lines_of(session, found.id), pages.labels(RecommendingUnitForm())),
        **names(),
    )


@blueprint.route("/recommending/<uuid:recommending_unit_id>/edit", methods=["GET", "POST"])
@requires(Permission.UNIT_MANAGE)
def edit_recommender(recommending_unit_id: UUID) -> ResponseReturnValue:
    """Change a recommending unit."""
    found = queries.recommending_unit_of(db.session(), recommending_unit_id)
    form = forms.recommending_unit_form(found)
    if not form.validate_on_submit():
        return _form_page(form, found)
    try:
        with db.transaction() as session:
            found = queries.recommending_unit_of(session, recommending_unit_id)
            found.require_version(form.seen_version)
            service.update_recommending_unit(session, found, _values(form, found), by=me().actor, at=clock.now())
    except StaleVersion as refusal:
        found = queries.recommending_unit_of(db.session(), recommending_unit_id)
        form.version.data = found.version
        return _form_page(form, found, stale=str(refusal))
    except DomainError as refusal:
        found = queries.recommending_unit_of(db.session(), recommending_unit_id)
        return _form_page(lay_on_field(form, refusal, ON_FIELD), found)
    flash(gettext("The recommending unit has been saved."), "success")
    return redirect(url_for(".show_recommender", recommending_unit_id=recommending_unit_id))


def _form_page(form: RecommendingUnitForm, found: RecommendingUnit | None, stale: str = "") -> ResponseReturnValue:
    changed = pages.differences(form, found) if found is not None and stale else []
    page = render_template("units/edit_recommender.html", form=form, unit=found, stale=stale, changed=changed)
    return page, HTTPStatus.CONFLICT if stale else status_of(form)


def _values(form: RecommendingUnitForm, found: RecommendingUnit | None = None) -> dict[str, Any]:
    values = {name: form[name].data or "" for name in service.RECOMMENDER_FIELDS}
    values["code"] = values["code"] or (found.code if found else "")
    return values | {"kind": RecommenderKind.of(values["kind"])}


@blueprint.post("/recommending/<uuid:recommending_unit_id>/invite")
@requires(Permission.UNIT_MANAGE)
def invite_recommender(recommending_unit_id: UUID) -> ResponseReturnValue:
    """Make a link with which a contact of the recommending unit opens an account."""
    form = forms.InviteForm()
    if not form.validate_on_submit():
        return _page(recommending_unit_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as session:
        found = queries.recommending_unit_of(session, recommending_unit_id)
        inviting.invite(session, form, Role.RECOMMENDER, found)
    flash(gettext("The invitation is ready. Please pass the link on."), "success")
    return _back(recommending_unit_id)


@blueprint.post("/recommending/<uuid:recommending_unit_id>/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.UNIT_MANAGE)
def withdraw_recommender_invitation(recommending_unit_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation of the recommending unit worthless."""
    with db.transaction() as session:
        inviting.withdraw(session, recommending_unit_id, invitation_id)
    flash(gettext("The invitation has been withdrawn."), "success")
    return _back(recommending_unit_id)


@blueprint.post("/recommending/<uuid:recommending_unit_id>/contacts/<uuid:membership_id>/remove")
@requires(Permission.UNIT_MANAGE)
def remove_recommender_contact(recommending_unit_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """End an account's speaking for the recommending unit."""
    form, session = ReasonForm(), db.session()
    queries.membership_of(session, queries.recommending_unit_of(session, recommending_unit_id), membership_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        found = queries.recommending_unit_of(session, recommending_unit_id)
        service.remove_contact(session, found, membership_id, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The account no longer speaks for this unit."), "success")
    return _back(recommending_unit_id)


def _back(recommending_unit_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show_recommender", recommending_unit_id=recommending_unit_id, _anchor="contacts"))
