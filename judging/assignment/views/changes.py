"""Changes by hand on one candidate."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import queries, service, words
from judging.assignment.affinity import told
from judging.assignment.forms import ChangeForm, RemoveForm, SwapForm
from judging.assignment.service.moving import Offer
from judging.assignment.views.base import Place, blueprint, frame, place_of, uuid_or_missing
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.foundation import audit, clock, db
from judging.web.errors import answer


@blueprint.get("/<uuid:round_id>/candidates/<uuid:candidate_id>")
@requires(Permission.ASSIGNMENT_VIEW)
def candidate(round_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """Show the judges of a candidate, and who else could judge it."""
    session, place, form = db.session(), place_of(round_id), ChangeForm(formdata=None)
    found = queries.candidate_in(session, round_id, candidate_id)
    given = queries.assignments_of_candidates(session, [found.id])[found.id]
    barred = {judge for judge, other in barred_pairs(session, place.edition.id, round_id) if other == found.id}
    offers = service.board_of(session, place.edition, place.round, found, None).offers if place.plannable else ()
    form.seat.choices = [("", _("Please choose a judge.")), *((str(o.seat.id), _label(o)) for o in offers)]
    return render_template(
        "assignment/candidate.html",
        candidate=found,
        wanted=queries.demands_of(session, found.round_id).get(found.id, place.round.judges_per_entry),
        given=given,
        begun={assignment.id for assignment in given if service.is_begun(session, assignment)},
        form=form,
        barred=[seat.judge for seat in queries.seats_of(session, round_id) if seat.judge_id in barred],
        clashing=barred,
        lines=audit.lines_of(session, found.id),
        label_of=audit.label_of,
        **frame(place, "show"),
    )


def _label(offer: Offer) -> str:
    name, fit, load = offer.seat.judge.name, words.number(offer.fit), offer.load
    text = _("%(name)s, fit %(fit)s, %(load)s candidates so far", name=name, fit=fit, load=load)
    return f"{text}（{_('not possible')}）" if offer.refusal else str(text)


@blueprint.post("/<uuid:round_id>/candidates/<uuid:candidate_id>/add")
@requires(Permission.ASSIGNMENT_MANAGE)
def add(round_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """Give the candidate to one more judge."""
    place = place_of(round_id)
    queries.candidate_in(db.session(), round_id, candidate_id)
    return _change(place, candidate_id, None, _("The judge has been added."))


@blueprint.get("/<uuid:round_id>/assignments/<uuid:assignment_id>/move")
@requires(Permission.ASSIGNMENT_VIEW)
def move(round_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Show who could take a judge's place, by fit and with the rules checked, and which exchanges are possible."""
    session, place = db.session(), place_of(round_id)
    given = queries.assignment_in(session, round_id, assignment_id)
    applied = queries.applied_plan(session, round_id)
    return render_template(
        "assignment/move.html",
        given=given,
        begun=service.is_begun(session, given),
        board=service.board_of(session, place.edition, place.round, given.candidate, given),
        bound=applied.summary.get("bound") if applied else None,
        told=told,
        share=words.share,
        **frame(place, "show"),
    )


@blueprint.post("/<uuid:round_id>/assignments/<uuid:assignment_id>/swap")
@requires(Permission.ASSIGNMENT_MANAGE)
def swap(round_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Let the judges of two candidates change places."""
    place, form = place_of(round_id), SwapForm()
    candidate_id = queries.assignment_in(db.session(), round_id, assignment_id).candidate_id
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        first = queries.assignment_in(session, round_id, assignment_id)
        second = queries.assignment_in(session, round_id, uuid_or_missing(form.other.data))
        by, at, reason = me().actor, clock.now(), form.reason.data or ""
        service.swap_assignments(session, place.edition, place.round, first, second, by=by, at=at, reason=reason)
    flash(_("The two judges have changed places."), "success")
    return redirect(url_for(".candidate", round_id=round_id, candidate_id=candidate_id))


@blueprint.post("/<uuid:round_id>/assignments/<uuid:assignment_id>/replace")
@requires(Permission.ASSIGNMENT_MANAGE)
def replace(round_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Give the candidate to another judge instead."""
    place = place_of(round_id)
    given = queries.assignment_in(db.session(), round_id, assignment_id)
    return _change(place, given.candidate_id, assignment_id, _("The judge has been replaced."))


def _change(place: Place, candidate_id: UUID, assignment_id: UUID | None, done: str) -> ResponseReturnValue:
    form = ChangeForm()
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        seat = queries.seat_in(session, place.round.id, uuid_or_missing(form.seat.data))
        by, at, reason = me().actor, clock.now(), form.reason.data or ""
        if assignment_id is None:
            found: Candidate = queries.candidate_in(session, place.round.id, candidate_id)
            service.add_assignment(session, place.edition, place.round, found, seat, by=by, at=at, reason=reason)
        else:
            given = queries.assignment_in(session, place.round.id, assignment_id)
            service.replace_assignment(session, place.edition, place.round, given, seat, by=by, at=at, reason=reason)
    flash(done, "success")
    return redirect(url_for(".candidate", round_id=place.round.id, candidate_id=candidate_id))


@blueprint.post("/<uuid:round_id>/assignments/<uuid:assignment_id>/remove")
@requires(Permission.ASSIGNMENT_MANAGE)
def remove(round_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Take the candidate from a judge."""
    place, form = place_of(round_id), RemoveForm()
    candidate_id = queries.assignment_in(db.session(), round_id, assignment_id).candidate_id
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        given = queries.assignment_in(session, round_id, assignment_id)
        by, at, reason = me().actor, clock.now(), form.reason.data or ""
        service.remove_assignment(session, place.edition, place.round, given, by=by, at=at, reason=reason)
    flash(_("The judge has been taken from this candidate."), "success")
    return redirect(url_for(".candidate", round_id=round_id, candidate_id=candidate_id))
