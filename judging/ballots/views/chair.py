"""The chair's page: the submitted sheets of the panel, to be given back with a reason."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.ballots import queries, rules, service
from judging.ballots.views.base import blueprint, closes_at, own_judge
from judging.blinding.barred import barred_pairs, is_barred
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.web.forms import ReasonForm


@blueprint.get("/panel")
@requires(Permission.BALLOT_CHAIR)
def panel() -> ResponseReturnValue:
    """Show the submitted sheets of the panels that the judge chairs, but none of what the chair must keep away from."""
    session, edition = db.session(), this_edition()
    judge = own_judge()
    panels = queries.chaired_panels(session, edition, judge.id)
    if not panels:
        raise NotFound
    sheets = queries.ballots_of_panels(session, [panel.id for panel in panels])
    barred = {pair for panel in panels for pair in barred_pairs(session, edition.id, panel.round_id)}
    return render_template(
        "ballots/panel.html",
        panels=panels,
        ballots=[sheet for sheet in sheets if (judge.id, sheet.candidate_id) not in barred],
        open=edition.stage is Stage.JUDGING,
        due=closes_at(),
        due_label=_("Judging closes"),
    )


@blueprint.post("/panel/<uuid:ballot_id>/reopen")
@requires(Permission.BALLOT_CHAIR)
def reopen_as_chair(ballot_id: UUID) -> ResponseReturnValue:
    """Give a sheet of the own panel back to its judge."""
    edition = this_edition()
    found = queries.ballot_in(db.session(), edition, ballot_id)
    if not queries.is_chair_of(db.session(), found, me().id):
        raise NotFound
    if is_barred(db.session(), edition.id, own_judge().id, found.candidate_id):
        raise NotFound
    form = ReasonForm()
    if not form.validate_on_submit():
        raise rules.ReasonMissing
    with db.transaction() as session:
        ballot = queries.ballot_in(session, edition, ballot_id)
        service.reopen_ballot(session, edition, ballot, by=me().actor, reason=form.reason.data, at=clock.now())
    flash(_("The score sheet has been given back; the judge can change and submit it again."), "success")
    return redirect(url_for(".panel"))
