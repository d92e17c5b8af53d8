"""What the selection's pages share: the blueprint, the filters, the overview, and the next round."""

from http import HTTPStatus
from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Stage
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.results import queries as results
from judging.selection import queries, service, words
from judging.web.errors import answer
from judging.web.forms import ActForm, ReasonForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
blueprint = edition_blueprint("selection", __name__, "/selection")
blueprint.add_app_template_filter(words.decision_reason, "decision_reason")
blueprint.add_app_template_filter(words.recommendation_reason, "recommendation_reason")
blueprint.add_app_template_filter(words.topic_label, "topic_label")


def require_act() -> None:
    """Refuse a post without a sound token."""
    if not ActForm().validate_on_submit():
        raise NotFound


def xlsx(data: bytes, name: str) -> ResponseReturnValue:
    """Answer with a workbook."""
    return send_file(BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/")
@requires(Permission.SELECTION_VIEW)
def index() -> ResponseReturnValue:
    """Show the tracks with their levels and award lists, the channels, and the way to the next round."""
    edition, session = this_edition(), db.session()
    rounds = [(track, round_) for track in edition.tracks for round_ in track.rounds]
    lists = {(one.track_id, one.round_number): one for one in queries.lists_of_edition(session, edition)}
    ids = [one.id for one in lists.values()]
    channels = queries.channels_of(session, edition)
    selecting = edition.stage is Stage.SELECTION
    return render_template(
        "selection/index.html",
        rounds=rounds,
        tiers=queries.tiers_of_edition(session, edition),
        lists=lists,
        counts=queries.granted_counts(session, ids),
        waiting=queries.waiting_moves(session, ids),
        confirmed=results.confirmed_rounds(session, [round_.id for _, round_ in rounds]),
        channels=channels,
        outcomes=queries.outcome_counts(session, [channel.id for channel in channels]),
        advancing=service.advancing(session, edition) if selecting else {},
        undecided=queries.undecided_tracks(session, edition) if selecting else [],
        selecting=selecting,
    )


@blueprint.post("/next-round")
@requires(Permission.SELECTION_MANAGE)
def next_round() -> ResponseReturnValue:
    """Open the next round with the shortlisted entries."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        edition = this_edition()
        admitted = service.open_next_round(session, edition, by=me().actor, at=clock.now(), reason=form.reason.data)
    count = sum(len(candidates) for candidates in admitted.values())
    flash(gettext("The next round is open; %(count)s entries have new codes.", count=count), "success")
    return redirect(url_for(".index"))
