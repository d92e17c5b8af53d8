"""Halls and running orders of on-site rounds."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import hearing, queries, service
from judging.assignment.forms import ApportionForm, SittingForm
from judging.assignment.models import Panel, Sitting
from judging.assignment.strength import known_strengths
from judging.assignment.views.base import Place, blueprint, frame, place_of, uuid_or_missing
from judging.blinding.kinship import kinship
from judging.blinding.review_copy import topic_label
from judging.foundation import clock, db
from judging.foundation.errors import DomainError
from judging.web.filters import zone
from judging.web.forms import ActForm


@blueprint.get("/<uuid:round_id>/halls")
@requires(Permission.ASSIGNMENT_VIEW)
def halls(round_id: UUID) -> ResponseReturnValue:
    """Show the halls with their panels, candidates and orders."""
    return _halls_page(place_of(round_id), SittingForm(formdata=None))


def _halls_page(place: Place, form: SittingForm, refusal: str = "") -> str:
    session = db.session()
    panels = queries.panels_of(session, place.round.id)
    form.panel.choices = [(str(panel.id), panel.name) for panel in panels]
    sittings = queries.sittings_of(session, place.round.id)
    found = hearing.hearings(session, place.edition.id, place.round.id, sittings)
    return render_template(
        "assignment/halls.html",
        sittings=sittings,
        hearings=found,
        told_rest=hearing.told_rest,
        split=(*hearing.told_split(found, sittings), *filter(None, [hearing.told_strengths(sittings)])),
        strength=hearing.mean_strength,
        signals=known_strengths(session, place.edition, place.round) if place.clearable else [],
        panels={panel.id: panel for panel in panels},
        form=form,
        refusal=refusal,
        topic_label=topic_label,
        **frame(place, "halls"),
    )


@blueprint.post("/<uuid:round_id>/halls")
@requires(Permission.ASSIGNMENT_MANAGE)
def add_sitting(round_id: UUID) -> ResponseReturnValue:
    """Add a hall."""
    place, form = place_of(round_id), SittingForm()
    if not form.validate_on_submit():
        return _halls_page(place, form), 422

    def act(session: Session) -> None:
        panel: Panel = queries.panel_of(session, round_id, uuid_or_missing(form.panel.data))
        starts_at = _aware(form.starts_at.data)
        service.add_sitting(
            session,
            place.edition,
            place.round,
            hall=form.hall.data,
            panel=panel,
            starts_at=starts_at,
            by=me().actor,
            at=clock.now(),
        )

    return _acted(place, act, _("The hall has been added."), form)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=zone()) if moment else None


@blueprint.post("/<uuid:round_id>/halls/apportion")
@requires(Permission.ASSIGNMENT_MANAGE)
def apportion(round_id: UUID) -> ResponseReturnValue:
    """Spread the candidates evenly over the halls."""
    place, form = place_of(round_id), ApportionForm()
    seed = secrets.randbelow(900_000) + 100_000

    def act(session: Session) -> None:
        chosen = form.seed.data if form.validate_on_submit() and form.seed.data is not None else seed
        signal = form.signal.data or ""
        service.apportion_candidates(
            session, place.edition, place.round, seed=chosen, signal=signal, by=me().actor, at=clock.now()
        )

    return _acted(place, act, _("The candidates have been apportioned; please draw the running orders."))


@blueprint.post("/<uuid:round_id>/halls/<uuid:sitting_id>/draw")
@requires(Permission.ASSIGNMENT_MANAGE)
def draw(round_id: UUID, sitting_id: UUID) -> ResponseReturnValue:
    """Draw the running order of a hall by lot."""
    place, reason = place_of(round_id), request.form.get("reason", "")[:1000]

    def act(session: Session) -> None:
        sitting: Sitting = queries.sitting_of(session, round_id, sitting_id)
        service.draw_running_order(
            session, place.edition, place.round, sitting, by=me().actor, at=clock.now(), reason=reason
        )

    return _acted(place, act, _("The running order has been drawn."))


@blueprint.post("/<uuid:round_id>/halls/<uuid:sitting_id>/remove")
@requires(Permission.ASSIGNMENT_MANAGE)
def remove_sitting(round_id: UUID, sitting_id: UUID) -> ResponseReturnValue:
    """Remove a hall."""
    place = place_of(round_id)

    def act(session: Session) -> None:
        sitting = queries.sitting_of(session, round_id, sitting_id)
        service.remove_sitting(session, place.edition, place.round, sitting, by=me().actor, at=clock.now())

    return _acted(place, act, _("The hall has been removed."))


def _acted(
    place: Place, act: Callable[[Session], None], done: str, form: SittingForm | None = None
) -> ResponseReturnValue:
    """Carry out an act in one unit of work; a refusal is said on the page."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".halls", round_id=place.round.id))
    try:
        with db.transaction() as session:
            act(session)
    except DomainError as refusal:
        return _halls_page(place, form or SittingForm(formdata=None), str(refusal)), int(refusal.status)
    flash(done, "success")
    return redirect(url_for(".halls", round_id=place.round.id))


@blueprint.get("/<uuid:round_id>/halls/<uuid:sitting_id>/order")
@requires(Permission.ASSIGNMENT_VIEW)
def running_order(round_id: UUID, sitting_id: UUID) -> ResponseReturnValue:
    """Show a running order for printing and posting."""
    place, session = place_of(round_id), db.session()
    sitting = queries.sitting_of(session, round_id, sitting_id)
    return render_template(
        "assignment/running_order.html",
        place=place,
        sitting=sitting,
        rest=hearing.told_rest(hearing.shortest_rest(sitting, kinship(session, round_id, ()).candidates)),
        panel=queries.panel_of(session, round_id, sitting.panel_id),
        topic_label=topic_label,
    )
