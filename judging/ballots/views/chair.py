"""The chair's page: the submitted sheets of the panel, to be given back with a reason."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.ballots import queries, rules, service
from judging.ballots.views.base import blueprint, closes_at, own_judge
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.web.forms import ReasonForm


@blueprint.get("/panel")
@requires(Permission.BALLOT_CHAIR)
def panel() -> ResponseReturnValue:
    """Show the submitted sheets of the panels that the judge chairs."""
    session, edition = db.session(), this_edition()
    panels = queries.chaired_panels(session, edition, own_judge().id)
    if not panels:
        raise NotFound
    return render_template(
        "ballots/panel.html",
        panels=panels,
        ballots=queries.ballots_of_panels(session, [panel.id for panel in panels]),
        open=edition.stage is Stage.JUDGING,
        due=closes_at(),
        due_label=_("Judging closes"),
    )


@blueprint.post("/panel/<uuid:ballot_id>/reopen")
@requires(Permission.BALLOT_CHAIR)
def reopen_as_chair(ballot_id: UUID) -> ResponseReturnValue:
    """Give a sheet of the own panel back to its judge."""
    edition = this_edition()
    if not queries.is_chair_of(db.session(), queries.ballot_in(db.session(), edition, ballot_id), me().id):
        raise NotFound
    form = ReasonForm()
    if not form.validate_on_submit():
        raise rules.ReasonMissing
    with db.transaction() as session:
        ballot = queries.ballot_in(session, edition, ballot_id)
        service.reopen_ballot(session, edition, ballot, by=me().actor, reason=form.reason.data, at=clock.now())
    flash(_("The score sheet has been given back; the judge can change and submit it again."), "success")
    return redirect(url_for(".panel"))
