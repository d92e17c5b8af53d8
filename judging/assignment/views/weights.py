"""What makes a judge fit: the weights of a round, with a preview of what others would do."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries
from judging.assignment.affinity import weights_of
from judging.assignment.engine.affinity import PRESET
from judging.assignment.preview import Preview, preview
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.assignment.weight_forms import WeightsForm
from judging.blinding.queries import candidates_of
from judging.editions import service as editions
from judging.foundation import clock, db
from judging.foundation.errors import StaleVersion

Bins = list[tuple[float, float, int]]


@blueprint.get("/<uuid:round_id>/fit")
@requires(Permission.ASSIGNMENT_VIEW)
def weights(round_id: UUID) -> ResponseReturnValue:
    """Show the weights of a round and how its fits are spread by them."""
    place = place_of(round_id)
    if request.args.get("preset"):
        form = WeightsForm.of(dict(PRESET), place.round.version)
    else:
        form = WeightsForm.of(weights_of(place.round), place.round.version)
    return _page(place, form)


def _page(place: Place, form: WeightsForm, refusal: str = "") -> str:
    session = db.session()
    candidates, seats = candidates_of(session, place.round.id), queries.seats_of(session, place.round.id)
    sound = not form.errors and bool(candidates) and bool(seats)
    shown = preview(session, place.edition, place.round, candidates, seats, form.weights) if sound else None
    return render_template(
        "assignment/weights.html",
        form=form,
        shown=shown,
        charts=_charts(shown) if shown else [],
        changed=not form.errors and form.weights != weights_of(place.round),
        has_preset=weights_of(place.round) == PRESET,
        refusal=refusal,
        **frame(place, "weights"),
    )


def _charts(shown: Preview) -> list[tuple[str, dict[str, object], Bins]]:
    pairs = [(_("Fits by the present weights"), shown.before), (_("Fits by these weights"), shown.after)]
    kept = pairs if shown.before != shown.after else pairs[:1]
    return [(title, {"bins": [{"from": a, "to": b, "n": n} for a, b, n in bins]}, bins) for title, bins in kept]


@blueprint.post("/<uuid:round_id>/fit")
@requires(Permission.ASSIGNMENT_MANAGE)
def try_weights(round_id: UUID) -> ResponseReturnValue:
    """Show what these weights would do, or save them."""
    place, form = place_of(round_id), WeightsForm()
    if not form.validate_on_submit():
        return _page(place, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if request.form.get("act") != "save":
        return _page(place, form)
    try:
        with db.transaction() as session:
            place = place_of(round_id)
            place.round.require_version(form.seen_version)
            kept = {term.value: weight for term, weight in form.weights.items()}
            editions.update_round(
                session, place.edition, place.track, place.round, affinity=kept, by=me().actor, at=clock.now()
            )
    except StaleVersion as refusal:
        place = place_of(round_id)
        form.version.data = place.round.version
        return _page(place, form, str(refusal)), HTTPStatus.CONFLICT
    flash(_("The weights have been saved. Plans made before keep what they were made with."), "success")
    return redirect(url_for(".weights", round_id=round_id))
