"""The secretariat's own list of strengths, out and in as a workbook; halls are made equally strong by it."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment.service.halls import set_strengths
from judging.assignment.sheets import read_strengths, strengths_workbook
from judging.assignment.strength import known_strengths, of_list
from judging.assignment.views.base import Place, blueprint, frame, place_of
from judging.blinding.queries import candidates_of
from judging.foundation import clock, db
from judging.foundation.errors import DomainError
from judging.foundation.spreadsheets import RowError
from judging.web.forms import ActForm
from judging.web.imports import sent_workbook, xlsx


@blueprint.get("/<uuid:round_id>/halls/strengths")
@requires(Permission.ASSIGNMENT_MANAGE)
def strengths(round_id: UUID) -> ResponseReturnValue:
    """Show by what halls can be made equally strong, and take a list."""
    return _page(place_of(round_id))


def _page(place: Place, refusal: str = "", errors: Sequence[RowError] = ()) -> str:
    return render_template(
        "assignment/strengths.html",
        signals=known_strengths(db.session(), place.edition, place.round),
        refusal=refusal,
        errors=errors,
        **frame(place, "halls"),
    )


@blueprint.get("/<uuid:round_id>/halls/strengths.xlsx")
@requires(Permission.ASSIGNMENT_MANAGE)
def strengths_sheet(round_id: UUID) -> Response:
    """Give the candidates of the round with what the list says of them."""
    place, session = place_of(round_id), db.session()
    known = of_list(session, place.edition, place.round)
    name = f"strengths-{place.edition.slug}-{place.track.code}-{place.round.number}"
    return xlsx(strengths_workbook(candidates_of(session, round_id), known), name)


@blueprint.post("/<uuid:round_id>/halls/strengths")
@requires(Permission.ASSIGNMENT_MANAGE)
def read_in(round_id: UUID) -> ResponseReturnValue:
    """Read a list in, all or nothing."""
    place = place_of(round_id)
    if not ActForm().validate_on_submit():
        return redirect(url_for(".strengths", round_id=round_id))
    try:
        _name, content = sent_workbook()
        found, errors = read_strengths(content, candidates_of(db.session(), round_id))
        if errors:
            return _page(place, errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
        with db.transaction() as session:
            count = set_strengths(session, place.edition, place.round, found, by=me().actor, at=clock.now())
    except DomainError as refusal:
        return _page(place, str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The strengths of %(count)s candidates have been read in.", count=count), "success")
    return redirect(url_for(".halls", round_id=round_id))
