"""Assignments in Excel, both ways: what stands, what a plan proposes, and a changed workbook read back in."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, rules
from judging.assignment.affinity import affinity_matrix
from judging.assignment.models import Seat
from judging.assignment.service import importing
from judging.assignment.service.versions import version_of
from judging.assignment.sheets import Line, assignment_lines, lines_workbook
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.blinding.models import Candidate
from judging.blinding.queries import candidates_of
from judging.editions.addresses import this_edition
from judging.foundation import clock, db
from judging.foundation.errors import DomainError
from judging.web import imports
from judging.web.forms import ActForm, ReasonForm
from judging.web.imports import Ticket, sorted_rows, xlsx

KIND = "assignment"
MOST_FITS = 300_000  # pairs


@blueprint.get("/<uuid:round_id>/export")
@requires(Permission.ASSIGNMENT_VIEW)
def export(round_id: UUID) -> Response:
    """Give the assignments as a workbook that can be changed and read back in."""
    session, place = db.session(), place_of(round_id)
    rows, candidates = queries.assignments_of_round(session, round_id), candidates_of(session, round_id)
    served = {row.candidate_id for row in rows}
    lines = assignment_lines(rows, _fits(place, candidates, queries.seats_of(session, round_id)))
    lines += [Line(candidate) for candidate in candidates if candidate.id not in served]
    return xlsx(lines_workbook(lines), _file_name(place, "assignment"))


def _fits(place: Place, candidates: Sequence[Candidate], seats: Sequence[Seat]) -> dict[tuple[UUID, UUID], float]:
    """Return the fit of every pair, as long as that takes no time worth speaking of."""
    if not 0 < len(candidates) * len(seats) <= MOST_FITS:
        return {}
    score = affinity_matrix(db.session(), place.edition, place.round, candidates, seats).score
    return {
        (candidate.id, seat.id): round(float(score[i, j]), 2)
        for i, candidate in enumerate(candidates)
        for j, seat in enumerate(seats)
    }


def _file_name(place: Place, what: str) -> str:
    return f"{what}-{place.edition.slug}-{place.track.code}-{place.round.number}"


@blueprint.get("/plans/<uuid:plan_id>/export")
@requires(Permission.ASSIGNMENT_VIEW)
def export_plan(plan_id: UUID) -> Response:
    """Give the pairs of a plan as the same workbook: changed and read in, they become assignments by hand."""
    session = db.session()
    plan = queries.plan_of(session, this_edition(), plan_id)
    place = place_of(plan.round_id)
    candidates = {candidate.id: candidate for candidate in candidates_of(session, plan.round_id)}
    seats = {seat.id: seat for seat in queries.seats_of(session, plan.round_id)}
    fits = _fits(place, list(candidates.values()), list(seats.values()))
    pairs = [(UUID(one), UUID(seat)) for one, seat in plan.pairs]
    known = [(one, seat) for one, seat in pairs if one in candidates and seat in seats]
    lines = [Line(candidates[one], seats[seat], fits.get((one, seat)), _("Proposed")) for one, seat in known]
    served = {one for one, _seat in known}
    lines += [Line(candidate) for one, candidate in candidates.items() if one not in served]
    return xlsx(lines_workbook(lines), _file_name(place, "plan"))


@blueprint.route("/<uuid:round_id>/import", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_MANAGE)
def upload(round_id: UUID) -> ResponseReturnValue:
    """Take a workbook and show what importing it would change."""
    place, form = place_of(round_id), ActForm()
    if not form.validate_on_submit():
        return _upload_page(place, form)
    try:
        name, content = imports.sent_workbook()
        importing.plan_import(db.session(), place.edition, place.round, content)
        token = imports.keep(KIND, round_id, me().id, name, content, {})
    except DomainError as refusal:
        return _upload_page(place, form, str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".preview_import", round_id=round_id, token=token))


def _upload_page(place: Place, form: ActForm, refusal: str = "") -> str:
    return render_template("assignment/import.html", form=form, refusal=refusal, **frame(place, "show"))


@blueprint.get("/<uuid:round_id>/import/<token>")
@requires(Permission.ASSIGNMENT_MANAGE)
def preview_import(round_id: UUID, token: str) -> ResponseReturnValue:
    """Show candidate by candidate what importing would change."""
    return _preview_page(place_of(round_id), token)


def _preview_page(place: Place, token: str, refusal: str = "") -> str:
    session, ticket = db.session(), _ticket(place.round.id, token)
    plan = importing.plan_import(session, place.edition, place.round, ticket.content())
    return render_template(
        "assignment/import_preview.html",
        plan=plan,
        rows=sorted_rows(plan),
        ticket=ticket,
        token=token,
        refusal=refusal,
        seen=version_of(session, place.round.id),
        added=sum(len(row.values["add"]) for row in plan.in_state(imports.RowState.CHANGED)),
        removed=sum(len(row.values["remove"]) for row in plan.in_state(imports.RowState.CHANGED)),
        **frame(place, "show"),
    )


@blueprint.post("/<uuid:round_id>/import/<token>")
@requires(Permission.ASSIGNMENT_MANAGE)
def apply_import(round_id: UUID, token: str) -> ResponseReturnValue:
    """Import the workbook, all or nothing, with the reason."""
    place, form = place_of(round_id), ReasonForm()
    ticket = _ticket(round_id, token)
    if not form.validate_on_submit():
        return _preview_page(place, token, form.first_error), HTTPStatus.UNPROCESSABLE_ENTITY
    text = request.form.get("seen", "")
    try:
        with db.transaction() as session:
            place = place_of(round_id)
            plan = importing.plan_import(session, place.edition, place.round, ticket.content())
            count = importing.apply_import(
                session,
                place.edition,
                place.round,
                plan,
                seen=int(text) if text.isdecimal() and len(text) < 10 else None,
                reason=form.reason.data,
                by=me().actor,
                at=clock.now(),
            )
    except (rules.Overtaken, imports.ImportHasErrors) as refusal:
        return _preview_page(place_of(round_id), token, str(refusal)), HTTPStatus.CONFLICT
    if count:
        flash(_("The judges of %(count)s candidates have been changed.", count=count), "success")
    else:
        flash(imports.done_sentence(0), "info")
    return redirect(url_for(".show", round_id=round_id))


def _ticket(round_id: UUID, token: str) -> Ticket:
    return imports.redeem(token, KIND, round_id, me().id)
