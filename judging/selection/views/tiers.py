"""The page on which the levels of a track and round are set."""

from decimal import Decimal
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import may, me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.editions.models import Round, Track
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.selection import queries, rules, service
from judging.selection.combine import combination_of
from judging.selection.forms import TiersForm, number_of
from judging.selection.views.base import blueprint, require_act


@blueprint.get("/levels/<uuid:track_id>/<int:round_number>")
@requires(Permission.SELECTION_VIEW)
def tiers(track_id: UUID, round_number: int) -> ResponseReturnValue:
    """Show the levels of a track and round."""
    track, round_ = _found(track_id, round_number)
    present = queries.tiers_of(db.session(), track.id, round_number)
    form = TiersForm()
    form.fill(present, round_)
    form.seen.data = rules.fingerprint(present)
    return _page(track, round_, form)


@blueprint.post("/levels/<uuid:track_id>/<int:round_number>")
@requires(Permission.SELECTION_MANAGE)
def set_tiers(track_id: UUID, round_number: int) -> ResponseReturnValue:
    """Set the levels."""
    track, round_ = _found(track_id, round_number)
    form = TiersForm()
    if not form.validate_on_submit():
        return _page(track, round_, form), 422
    try:
        _set(track_id, round_number, form)
    except DomainError as refusal:
        flash(str(refusal), "danger")
        return _page(*_found(track_id, round_number), form), int(refusal.status)
    flash(gettext("The levels have been saved."), "success")
    return redirect(url_for(".index"))


def _set(track_id: UUID, round_number: int, form: TiersForm) -> None:
    with db.transaction() as session:
        track, round_ = _found(track_id, round_number)
        edition, by, at = this_edition(), me().actor, clock.now()
        service.set_tiers(session, edition, track, round_number, form.specs(), by=by, at=at, seen=form.seen.data)
        if round_number > 1:
            weight, floor = number_of(form.weight.data), number_of(form.floor.data)
            service.set_combination(
                session,
                edition,
                track,
                round_,
                mode=form.combine.data,
                weight=(weight if weight is not None else Decimal(50)) / 100,
                floor=floor or Decimal(0),
                by=by,
                at=at,
            )


@blueprint.post("/levels/usual")
@requires(Permission.SELECTION_MANAGE)
def usual_tiers() -> ResponseReturnValue:
    """Give every round without levels the usual ones."""
    require_act()
    with db.transaction() as session:
        made = service.set_default_tiers(session, this_edition(), by=me().actor, at=clock.now())
    flash(gettext("Usual levels were set for %(count)s rounds. Please check them.", count=made), "success")
    return redirect(url_for(".index"))


def _found(track_id: UUID, round_number: int) -> tuple[Track, Round]:
    track = queries.track_of(this_edition(), track_id)
    round_ = track.round(round_number)
    if round_ is None:
        raise NotFound
    return track, round_


def _page(track: Track, round_: Round, form: TiersForm) -> str:
    edition = this_edition()
    locked = edition.frozen_at is not None or not may(Permission.SELECTION_MANAGE)
    present = queries.tiers_of(db.session(), track.id, round_.number)
    chosen = combination_of(round_.settings, round_.decimals).mode
    combination = next(label for mode, label in form.combine.choices if mode == chosen)
    return render_template(
        "selection/tiers.html",
        track=track,
        round=round_,
        form=form,
        locked=locked,
        tiers=present,
        combination=combination,
    )
