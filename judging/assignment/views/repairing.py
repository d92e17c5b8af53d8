"""When something has broken after planning: what it is, and the smallest change that mends it."""

import secrets
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, service
from judging.assignment.forms import RepairForm
from judging.assignment.views.base import blueprint, frame, place_of
from judging.foundation import clock, db
from judging.web.errors import answer


@blueprint.get("/<uuid:round_id>/repair")
@requires(Permission.ASSIGNMENT_VIEW)
def repair(round_id: UUID) -> ResponseReturnValue:
    """Show what no longer holds, and who could be said to have fallen out."""
    place, session = place_of(round_id), db.session()
    return render_template(
        "assignment/repair.html",
        damage=service.damage_of(session, place.edition, place.round),
        seats=queries.seats_of(session, round_id),
        loads=queries.loads_of(session, round_id),
        **frame(place, "repair"),
    )


@blueprint.post("/<uuid:round_id>/repair")
@requires(Permission.ASSIGNMENT_MANAGE)
def make_repair(round_id: UUID) -> ResponseReturnValue:
    """Compute the smallest change and show exactly what it changes; nothing is changed yet."""
    place, form = place_of(round_id), RepairForm()
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    with db.transaction() as session:
        ticked = set(form.ids.data or ())
        released = [seat for seat in queries.seats_of(session, round_id) if str(seat.id) in ticked]
        seed = secrets.randbelow(900_000) + 100_000
        plan = service.repair_round(
            session, place.edition, place.round, released=released, seed=seed, by=me().actor, at=clock.now()
        )
        plan_id = plan.id
    return redirect(url_for(".show_plan", plan_id=plan_id))
