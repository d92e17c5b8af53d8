"""Panels and seats."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, rules, service
from judging.assignment.forms import PanelForm, SeatForm, SeatJudgesForm
from judging.assignment.service import lots
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.foundation import clock, db
from judging.foundation.errors import DomainError
from judging.web.forms import ActForm


@blueprint.get("/<uuid:round_id>/panels")
@requires(Permission.ASSIGNMENT_VIEW)
def panels(round_id: UUID) -> ResponseReturnValue:
    """Show the panels of a round with their seats."""
    return _panels_page(place_of(round_id), PanelForm(formdata=None))


def _panels_page(place: Place, form: PanelForm, seat_errors: dict[UUID, str] | None = None) -> str:
    session = db.session()
    found = queries.panels_of(session, place.round.id)
    if not form.is_submitted():
        form.name.data = _("Panel %(number)s", number=len(found) + 1)
    return render_template(
        "assignment/panels.html",
        panels=found,
        loads=queries.loads_of(session, place.round.id),
        stands=lots.stands_of(session, place.round),
        void=[draw for draw in queries.judge_draws_of(session, place.round.id) if draw.panel_id is None],
        form=form,
        seat_errors=seat_errors or {},
        **frame(place, "panels"),
    )


@blueprint.post("/<uuid:round_id>/panels")
@requires(Permission.ASSIGNMENT_MANAGE)
def make_panel(round_id: UUID) -> ResponseReturnValue:
    """Form a panel, then choose its judges."""
    place, form = place_of(round_id), PanelForm()
    if not form.validate_on_submit():
        return _panels_page(place, form), 422
    try:
        with db.transaction() as session:
            made = service.make_panel(
                session, place.edition, place.round, name=form.name.data, by=me().actor, at=clock.now()
            )
            panel_id = made.id
    except rules.NameTaken as refusal:
        form.name.errors = [str(refusal)]
        return _panels_page(place, form), 422
    return redirect(url_for(".bank", round_id=round_id, panel_id=panel_id))


@blueprint.get("/<uuid:round_id>/panels/<uuid:panel_id>/bank")
@requires(Permission.ASSIGNMENT_MANAGE)
def bank(round_id: UUID, panel_id: UUID) -> ResponseReturnValue:
    """Show the judges of the bank who can be seated, filtered by field."""
    session, place = db.session(), place_of(round_id)
    field = request.args.get("field", place.track.kind.value)
    seated = {seat.judge_id: seat for seat in queries.seats_of(session, round_id)}
    judges = queries.bank(session, field if field != "any" else None, request.args.get("industry") or None)
    return render_template(
        "assignment/bank.html",
        panel=queries.panel_of(session, round_id, panel_id),
        judges=judges,
        seated=seated,
        filters=_bank_filters(place),
        **frame(place, "panels"),
    )


def _bank_filters(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "name": "field",
            "label": _("Field of expertise"),
            "choices": [(place.track.kind.value, place.track.name), ("any", _("All fields"))],
        },
        {"name": "industry", "label": _("Industry"), "choices": queries.industries_of(db.session(), place.round.id)},
    ]


@blueprint.post("/<uuid:round_id>/panels/<uuid:panel_id>/seats")
@requires(Permission.ASSIGNMENT_MANAGE)
def seat_judges(round_id: UUID, panel_id: UUID) -> ResponseReturnValue:
    """Seat the ticked judges."""
    place_of(round_id)
    queries.panel_of(db.session(), round_id, panel_id)
    form = SeatJudgesForm()
    if not form.validate_on_submit() or not form.ids.data:
        flash(_("Nobody is ticked. Please tick the judges first."), "warning")
        return redirect(url_for(".bank", round_id=round_id, panel_id=panel_id))
    with db.transaction() as session:
        panel = queries.panel_of(session, round_id, panel_id)
        judges = [judge for judge in queries.bank(session, None) if str(judge.id) in set(form.ids.data)]
        service.seat_judges(session, panel, judges, chair=None, by=me().actor, at=clock.now())
        name = panel.name
    flash(_("%(count)s judges have a seat in %(panel)s.", count=len(judges), panel=name), "success")
    return redirect(url_for(".panels", round_id=round_id))


@blueprint.post("/<uuid:round_id>/seats/<uuid:seat_id>")
@requires(Permission.ASSIGNMENT_MANAGE)
def set_seat(round_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    """Change the loads of a seat and who chairs."""
    place, form = place_of(round_id), SeatForm()
    queries.seat_in(db.session(), round_id, seat_id)
    if not form.validate_on_submit():
        return _panels_page(place, PanelForm(formdata=None), {seat_id: form.first_error}), 422
    try:
        with db.transaction() as session:
            seat = queries.seat_in(session, round_id, seat_id)
            service.set_seat(
                session,
                seat,
                chair=form.chair.data,
                least=form.least.data,
                most=form.most.data,
                by=me().actor,
                at=clock.now(),
            )
    except rules.WrongLoads as refusal:
        return _panels_page(place, PanelForm(formdata=None), {seat_id: str(refusal)}), 422
    flash(_("The seat has been changed."), "success")
    return redirect(url_for(".panels", round_id=round_id))


@blueprint.post("/<uuid:round_id>/seats/<uuid:seat_id>/remove")
@requires(Permission.ASSIGNMENT_MANAGE)
def remove_seat(round_id: UUID, seat_id: UUID) -> ResponseReturnValue:
    """Take a judge out of a panel."""
    place_of(round_id)
    queries.seat_in(db.session(), round_id, seat_id)
    return _act(round_id, lambda: _remove_seat(round_id, seat_id), _("The judge has left the panel."))


def _remove_seat(round_id: UUID, seat_id: UUID) -> None:
    with db.transaction() as session:
        seat = queries.seat_in(session, round_id, seat_id)
        service.remove_seat(session, seat, by=me().actor, at=clock.now())


@blueprint.post("/<uuid:round_id>/panels/<uuid:panel_id>/remove")
@requires(Permission.ASSIGNMENT_MANAGE)
def remove_panel(round_id: UUID, panel_id: UUID) -> ResponseReturnValue:
    """Dissolve a panel that nothing uses."""
    place = place_of(round_id)
    queries.panel_of(db.session(), round_id, panel_id)
    return _act(round_id, lambda: _remove_panel(place, panel_id), _("The panel has been dissolved."))


def _remove_panel(place: Place, panel_id: UUID) -> None:
    reason, by, at = request.form.get("reason", "")[:1000], me().actor, clock.now()
    with db.transaction() as session:
        panel = queries.panel_of(session, place.round.id, panel_id)
        lots.dissolve_panel(session, place.edition, place.round, panel, reason=reason, by=by, at=at)


def _act(round_id: UUID, act: Any, done: str) -> ResponseReturnValue:
    """Carry out an act without a form of its own; its refusal is said on the page it came from."""
    if ActForm().validate_on_submit():
        try:
            act()
            flash(done, "success")
        except DomainError as refusal:
            flash(str(refusal), "warning")
    return redirect(url_for(".panels", round_id=round_id))
