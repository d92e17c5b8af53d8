"""A contact's own unit: what the competition knows about it, and how to be reached."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound, StaleVersion
from judging.units import pages, queries, rules, service
from judging.units.forms import ContactForm, OwnUnitForm
from judging.units.models import RecommendingUnit, Unit
from judging.units.views.organizer import blueprint, lay_on_field, names, status_of


@blueprint.get("/own")
@requires(Permission.UNIT_OWN)
def own() -> ResponseReturnValue:
    """Show the units this account speaks for; a single one at once with its form."""
    session = db.session()
    units = queries.units_of_user(session, me().id)
    recommending_unit = queries.recommender_of_user(session, me().id)
    if len(units) == 1 and recommending_unit is None:
        return _page(units[0], OwnUnitForm(obj=units[0]))
    if not units and recommending_unit is not None:
        return _recommender_page(recommending_unit, ContactForm(obj=recommending_unit))
    return render_template("units/own_list.html", units=units, recommending_unit=recommending_unit, **names())


@blueprint.route("/own/<uuid:unit_id>", methods=["GET", "POST"])
@requires(Permission.UNIT_OWN)
def own_unit(unit_id: UUID) -> ResponseReturnValue:
    """Change how the own unit can be reached."""
    unit = queries.own_unit(db.session(), unit_id, me().id)
    form = OwnUnitForm(obj=unit)
    if not form.validate_on_submit():
        return _page(unit, form), status_of(form)
    values = {name: form[name].data or "" for name in ("contact_name", "contact_phone", "contact_email", "address")}
    if not unit.credit_code:
        values["credit_code"] = form.credit_code.data or None
    try:
        with db.transaction() as session:
            unit = queries.own_unit(session, unit_id, me().id)
            unit.require_version(form.seen_version)
            service.update_own_unit(session, unit, values, by=me().actor, at=clock.now())
    except StaleVersion as refusal:
        unit = queries.own_unit(db.session(), unit_id, me().id)
        form.version.data = unit.version
        return _page(unit, form, stale=str(refusal)), HTTPStatus.CONFLICT
    except DomainError as refusal:
        form = lay_on_field(form, refusal, {rules.CreditCodeTaken: "credit_code"})
        return _page(queries.own_unit(db.session(), unit_id, me().id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("The data of your unit have been saved."), "success")
    return redirect(url_for(".own"))


def _page(unit: Unit, form: OwnUnitForm, stale: str = "") -> str:
    changed = pages.differences(form, unit) if stale else []
    return render_template("units/own.html", unit=unit, form=form, stale=stale, changed=changed, **names())


@blueprint.post("/own/recommending")
@requires(Permission.UNIT_OWN)
def own_recommender() -> ResponseReturnValue:
    """Change how the own recommending unit can be reached."""
    recommending_unit = _mine()
    form = ContactForm()
    if not form.validate_on_submit():
        return _recommender_page(recommending_unit, form), HTTPStatus.UNPROCESSABLE_ENTITY
    values = {name: form[name].data or "" for name in ("contact_name", "contact_phone", "contact_email")}
    try:
        with db.transaction() as session:
            mine = _mine()
            mine.require_version(form.seen_version)
            service.update_recommending_unit(session, mine, values, by=me().actor, at=clock.now())
    except StaleVersion as refusal:
        mine = _mine()
        form.version.data = mine.version
        return _recommender_page(mine, form, stale=str(refusal)), HTTPStatus.CONFLICT
    flash(gettext("The data of your unit have been saved."), "success")
    return redirect(url_for(".own"))


def _mine() -> RecommendingUnit:
    found = queries.recommender_of_user(db.session(), me().id)
    if found is None:
        raise NotFound
    return found


def _recommender_page(recommending_unit: RecommendingUnit, form: ContactForm, stale: str = "") -> str:
    changed = pages.differences(form, recommending_unit) if stale else []
    number = queries.unit_counts(db.session()).get(recommending_unit.id, 0)
    return render_template(
        "units/own_recommender.html",
        recommending_unit=recommending_unit,
        form=form,
        stale=stale,
        changed=changed,
        number=number,
        **names(),
    )
