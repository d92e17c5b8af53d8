"""Judges drawn by lot: the draw, the judges and reserves it called, and the log for whoever draws it again."""

from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import invitations, queries
from judging.assignment.forms import LotForm, ReserveForm
from judging.assignment.lots import told_stratum
from judging.assignment.models import DrawnBy, JudgeDraw, Panel
from judging.assignment.service import lots as service
from judging.assignment.sheets import draw_workbook
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.judges.models import Judge
from judging.web.forms import ActForm
from judging.web.imports import xlsx


@blueprint.get("/<uuid:round_id>/panels/<uuid:panel_id>/lot")
@requires(Permission.ASSIGNMENT_VIEW)
def lot(round_id: UUID, panel_id: UUID) -> ResponseReturnValue:
    """Show the draws of a panel, and draw for it."""
    return _page(place_of(round_id), panel_id, LotForm(formdata=None))


def _page(place: Place, panel_id: UUID, form: LotForm, refusal: str = "") -> str:
    session = db.session()
    panel = queries.panel_of(session, place.round.id, panel_id)
    draws = [draw for draw in queries.judge_draws_of(session, place.round.id) if draw.panel_id == panel_id]
    return render_template(
        "assignment/lot.html",
        panel=panel,
        draws=draws,
        stand=service.stand_of(session, draws[0]) if draws else None,
        told_stratum=told_stratum,
        form=form,
        refusal=refusal,
        **frame(place, "panels"),
    )


@blueprint.post("/<uuid:round_id>/panels/<uuid:panel_id>/lot")
@requires(Permission.ASSIGNMENT_MANAGE)
def draw_judges(round_id: UUID, panel_id: UUID) -> ResponseReturnValue:
    """Draw judges and reserves for a panel."""
    place, form = place_of(round_id), LotForm()
    queries.panel_of(db.session(), round_id, panel_id)
    if not form.validate_on_submit():
        return _page(place, panel_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    ask = service.Ask(form.seats.data or 0, form.reserves.data or 0, DrawnBy(form.by.data), form.seed.data)
    try:
        with db.transaction() as session:
            panel = queries.panel_of(session, round_id, panel_id)
            service.draw_judges(
                session,
                place.edition,
                place.round,
                panel,
                ask,
                reason=form.reason.data or "",
                by=me().actor,
                at=clock.now(),
            )
    except DomainError as refusal:
        return _page(place, panel_id, form, str(refusal)), int(refusal.status)
    flash(_("The judges have been drawn."), "success")
    return redirect(url_for(".lot", round_id=round_id, panel_id=panel_id))


@blueprint.post("/<uuid:round_id>/lots/<uuid:draw_id>/seat")
@requires(Permission.ASSIGNMENT_MANAGE)
def seat_drawn(round_id: UUID, draw_id: UUID) -> ResponseReturnValue:
    """Seat the drawn judges."""
    place, panel_id = _draw_in(round_id, draw_id)
    if not ActForm().validate_on_submit():
        return redirect(url_for(".lot", round_id=round_id, panel_id=panel_id))
    try:
        with db.transaction() as session:
            draw, panel = _both(round_id, draw_id)
            seated = service.seat_drawn(session, draw, panel, by=me().actor, at=clock.now())
            count, name = len(seated), panel.name
    except DomainError as refusal:
        return _page(place, panel_id, LotForm(formdata=None), str(refusal)), int(refusal.status)
    flash(_("%(count)s judges have a seat in %(panel)s.", count=count, panel=name), "success")
    return redirect(url_for(".lot", round_id=round_id, panel_id=panel_id))


@blueprint.post("/<uuid:round_id>/lots/<uuid:draw_id>/reserve")
@requires(Permission.ASSIGNMENT_MANAGE)
def seat_reserve(round_id: UUID, draw_id: UUID) -> ResponseReturnValue:
    """Seat the reserve whose turn it is."""
    (place, panel_id), form = _draw_in(round_id, draw_id), ReserveForm()
    if not form.validate_on_submit():
        return _page(place, panel_id, LotForm(formdata=None), form.first_error), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            draw, panel = _both(round_id, draw_id)
            judge: Judge = service.seat_reserve(
                session, place.edition, draw, panel, form.code.data, by=me().actor, at=clock.now()
            )
            name = judge.name
    except DomainError as refusal:
        return _page(place, panel_id, LotForm(formdata=None), str(refusal)), int(refusal.status)
    flash(_("%(name)s has the seat.", name=name), "success")
    return redirect(url_for(".lot", round_id=round_id, panel_id=panel_id))


@blueprint.post("/<uuid:round_id>/invitations/<uuid:seat_invitation_id>/reserve")
@requires(Permission.ASSIGNMENT_MANAGE)
def call_reserve(round_id: UUID, seat_invitation_id: UUID) -> ResponseReturnValue:
    """Give the seat of a judge who has declined to the next reserve, and invite that judge."""
    place, form = place_of(round_id), ReserveForm()
    declined = invitations.in_round(db.session(), place.edition, round_id, seat_invitation_id)
    found = service.successors_of(db.session(), place.round).get(declined.judge_id)
    if found is None or found.draw.panel_id is None:
        raise NotFound
    if not form.validate_on_submit():
        return redirect(url_for(".answers", round_id=round_id))
    try:
        with db.transaction() as session:
            draw, panel = _both(round_id, found.draw.id)
            judge = service.call_reserve(
                session,
                place.edition,
                place.round,
                draw,
                panel,
                form.code.data,
                answer_by=declined.answer_by,
                by=me().actor,
                at=clock.now(),
            )
            name = judge.name
    except DomainError as refusal:
        flash(str(refusal), "warning")
    else:
        flash(_("%(name)s has the seat and has been invited.", name=name), "success")
    return redirect(url_for(".answers", round_id=round_id))


@blueprint.get("/<uuid:round_id>/lots/<uuid:draw_id>/log")
@requires(Permission.ASSIGNMENT_VIEW)
def lot_log(round_id: UUID, draw_id: UUID) -> Response:
    """Give the log of a draw as a workbook, with all that is needed to draw it again."""
    place, session = place_of(round_id), db.session()
    draw = queries.judge_draw_of(session, round_id, draw_id)
    names = {judge.code: judge.name for judge in queries.judges_named(session, [row[0] for row in draw.bank])}
    return xlsx(draw_workbook(draw, names), f"judges-by-lot-{place.edition.slug}-{place.track.code}-{draw.seed}")


def _draw_in(round_id: UUID, draw_id: UUID) -> tuple[Place, UUID]:
    """Return the round of the address and the panel of its draw; a draw for a panel that is gone seats nobody."""
    place = place_of(round_id)
    panel_id = queries.judge_draw_of(db.session(), round_id, draw_id).panel_id
    if panel_id is None:
        raise NotFound
    return place, panel_id


def _both(round_id: UUID, draw_id: UUID) -> tuple[JudgeDraw, Panel]:
    session = db.session()
    draw = queries.judge_draw_of(session, round_id, draw_id)
    if draw.panel_id is None:
        raise NotFound
    return draw, queries.panel_of(session, round_id, draw.panel_id)
