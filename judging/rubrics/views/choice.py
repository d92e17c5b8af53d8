"""Which rubric each round of an edition uses, and what is asked at a tie."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import topic_types
from judging.editions.service import update_round
from judging.foundation import clock, db
from judging.foundation.errors import StaleVersion
from judging.rubrics import queries, service
from judging.rubrics.forms import ChoiceForm, choice_form

blueprint = edition_blueprint("round_rubrics", __name__, "/rubrics")


@blueprint.get("/")
@requires(Permission.EDITION_VIEW)
def choose() -> ResponseReturnValue:
    """Show the rubrics of every round."""
    return _page(_form())


@blueprint.post("/")
@requires(Permission.EDITION_MANAGE)
def save() -> ResponseReturnValue:
    """Save the choice of all rounds, until judging opens."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        _save(form)
    except StaleVersion as refusal:
        form.version.data = this_edition().version
        return _page(form, str(refusal)), 409
    flash(gettext("The rubrics and the order at ties have been saved."), "success")
    return redirect(url_for(".choose"))


def _form() -> ChoiceForm:
    edition, session = this_edition(), db.session()
    offers = {track.kind: queries.published_for(session, track.kind) for track in edition.tracks}
    chosen = queries.chosen_for(session, [round_.id for track in edition.tracks for round_ in track.rounds])
    return choice_form(edition, offers, chosen)


def _page(form: ChoiceForm, refusal: str = "") -> str:
    edition = this_edition()
    chosen = queries.chosen_for(db.session(), [round_.id for track in edition.tracks for round_ in track.rounds])
    return render_template(
        "rubrics/choose.html",
        form=form,
        chosen=chosen,
        topic_types=topic_types,
        refusal=refusal,
        frozen=edition.frozen_at,
    )


def _save(form: ChoiceForm) -> None:
    with db.transaction() as session:
        edition, actor, at = this_edition(), me().actor, clock.now()
        edition.require_version(form.seen_version)
        for track in edition.tracks:
            for round_ in track.rounds:
                for topic_type in topic_types(track.kind):
                    wanted = form.rubric(round_.id, topic_type).data
                    if wanted:
                        rubric = queries.rubric(session, UUID(wanted))
                        service.use_rubric(session, round_, topic_type, rubric, edition=edition, by=actor, at=at)
                chain = form.tie_chain(round_.id)
                update_round(session, edition, track, round_, by=actor, at=at, tie_chain=chain)
