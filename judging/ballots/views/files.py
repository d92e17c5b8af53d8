"""The review files of a judge's own candidates."""

import hashlib
from uuid import UUID

from flask import Response, make_response, request

from judging.accounts.guards import requires
from judging.accounts.permissions import Permission
from judging.ballots.views.base import blueprint, own_assignment
from judging.blinding.review_copy import file_name, review_pdf
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.foundation import db
from judging.foundation.errors import NotFound


@blueprint.get("/<uuid:assignment_id>/files/<int:position>")
@requires(Permission.BALLOT_MARK)
def review_file(assignment_id: UUID, position: int) -> Response:
    """Give a review file to the judge it was assigned to, under a name made of the code."""
    assignment = own_assignment(assignment_id)
    if this_edition().stage in (Stage.SETUP, Stage.INTAKE, Stage.BLINDING):
        raise NotFound
    content = review_pdf(db.session(), assignment.candidate_id, position)
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    name = file_name(assignment.candidate.code, position)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
    answer.make_conditional(request)
    return answer
