"""Who judges what: by candidate, by judge."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, rules
from judging.assignment.views.base import blueprint, frame, place_of
from judging.blinding.models import Candidate
from judging.editions.addresses import this_edition
from judging.foundation import db
from judging.web.pagination import contains, paginate


@blueprint.get("/")
@requires(Permission.ASSIGNMENT_VIEW)
def index() -> ResponseReturnValue:
    """Go to the first round that runs now."""
    rounds = queries.running_rounds(this_edition())
    if not rounds:
        return render_template("assignment/none.html")
    return redirect(url_for(".show", round_id=rounds[0][1].id))


@blueprint.get("/<uuid:round_id>")
@requires(Permission.ASSIGNMENT_VIEW)
def show(round_id: UUID) -> ResponseReturnValue:
    """Show the candidates of a round with their judges."""
    session, place = db.session(), place_of(round_id)
    query, judges, wanted = queries.candidates_query(place.round)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Candidate.code, Candidate.title))
    if request.args.get("state") == "short":
        query = query.where(judges < wanted)
    sorts = {"code": Candidate.code, "judges": (judges, Candidate.code)}
    page = paginate(session, query, sorts=sorts, default="code")
    return render_template(
        "assignment/show.html",
        page=page,
        demands=queries.demands_of(session, round_id),
        given=queries.assignments_of_candidates(session, [candidate.id for candidate in page.items]),
        filters=[{"name": "state", "label": _("State"), "choices": [("short", _("Too few judges"))]}],
        **frame(place, "show"),
    )


@blueprint.get("/<uuid:round_id>/judges")
@requires(Permission.ASSIGNMENT_VIEW)
def by_judge(round_id: UUID) -> ResponseReturnValue:
    """Show the judges of a round with their candidates."""
    session, place = db.session(), place_of(round_id)
    given: dict[UUID, list[str]] = {}
    for assignment in queries.assignments_of_round(session, round_id):
        given.setdefault(assignment.seat_id, []).append(assignment.candidate.code)
    seats = queries.seats_of(session, round_id)
    loads = [{"label": seat.judge.name, "value": len(given.get(seat.id, []))} for seat in seats]
    bounds = {seat.id: rules.bounds_of(seat.min_load, seat.max_load, place.round) for seat in seats}
    return render_template(
        "assignment/by_judge.html",
        seats=seats,
        given=given,
        bounds=bounds,
        figures={"items": loads, "horizontal": True},
        **frame(place, "by_judge"),
    )
