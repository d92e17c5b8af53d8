"""Tracks and rounds, until judging opens."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions import queries, rules, service
from judging.editions.addresses import this_edition
from judging.editions.forms import RoundForm, TrackForm
from judging.editions.models import Round, Track, TrackKind
from judging.editions.views.settings import blueprint
from judging.foundation import clock, db
from judging.foundation.errors import NotFound, StaleVersion
from judging.web.forms import ActForm


@blueprint.get("/tracks")
@requires(Permission.EDITION_VIEW)
def tracks() -> ResponseReturnValue:
    """Show the tracks with their rounds."""
    edition = this_edition()
    free = [kind for kind in TrackKind if edition.track(kind) is None]
    return render_template("editions/tracks.html", frozen=edition.frozen_at, can_add=bool(free))


@blueprint.get("/tracks/new")
@requires(Permission.EDITION_MANAGE)
def new_track() -> ResponseReturnValue:
    """Ask for a new track."""
    rules.require_not_frozen(this_edition())
    form = TrackForm(via_recommending_unit=True)
    _only_free_kinds(form)
    return render_template("editions/track.html", form=form, track=None)


@blueprint.post("/tracks/new")
@requires(Permission.EDITION_MANAGE)
def add_track() -> ResponseReturnValue:
    """Add a track with its first round."""
    form = TrackForm()
    _only_free_kinds(form)
    if form.validate_on_submit():
        try:
            with db.transaction() as session:
                service.add_track(
                    session,
                    this_edition(),
                    kind=form.kind.data,
                    code=form.code.data,
                    name=form.name.data,
                    via_recommending_unit=form.via_recommending_unit.data,
                    by=me().actor,
                    at=clock.now(),
                )
            flash(
                gettext("The track has been added, with one round. Please look at the rules of the round."), "success"
            )
            return redirect(url_for(".tracks"))
        except rules.CodeTaken as refusal:
            form.code.errors = [str(refusal)]
    return render_template("editions/track.html", form=form, track=None), 422


def _only_free_kinds(form: TrackForm) -> None:
    taken = {track.kind for track in this_edition().tracks}
    form.kind.choices = [(kind.value, kind.label) for kind in TrackKind if kind not in taken]


@blueprint.get("/tracks/<uuid:track_id>")
@requires(Permission.EDITION_MANAGE)
def edit_track(track_id: UUID) -> ResponseReturnValue:
    """Show a track to change it."""
    track = queries.track_of(this_edition(), track_id)
    rules.require_not_frozen(this_edition())
    form = TrackForm(obj=track)
    form.kind.choices = [(track.kind.value, track.kind.label)]
    return render_template("editions/track.html", form=form, track=track)


@blueprint.post("/tracks/<uuid:track_id>")
@requires(Permission.EDITION_MANAGE)
def save_track(track_id: UUID) -> ResponseReturnValue:
    """Change a track."""
    form, track = TrackForm(), queries.track_of(this_edition(), track_id)
    form.kind.choices, form.kind.data = [(track.kind.value, track.kind.label)], track.kind
    if form.validate_on_submit():
        try:
            with db.transaction() as session:
                edition = this_edition()
                service.update_track(
                    session,
                    edition,
                    queries.track_of(edition, track_id),
                    name=form.name.data,
                    code=form.code.data,
                    via_recommending_unit=form.via_recommending_unit.data,
                    by=me().actor,
                    at=clock.now(),
                )
            flash(gettext("The track has been saved."), "success")
            return redirect(url_for(".tracks"))
        except (rules.CodeTaken, rules.WrongStage) as refusal:
            form.code.errors = [str(refusal)]
    return render_template("editions/track.html", form=form, track=queries.track_of(this_edition(), track_id)), 422


@blueprint.post("/tracks/<uuid:track_id>/remove")
@requires(Permission.EDITION_MANAGE)
def remove_track(track_id: UUID) -> ResponseReturnValue:
    """Take a track away while the edition is set up."""
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        edition = this_edition()
        track = queries.track_of(edition, track_id)
        service.remove_track(session, edition, track, by=me().actor, at=clock.now())
    flash(gettext("The track has been removed."), "success")
    return redirect(url_for(".tracks"))


@blueprint.post("/tracks/<uuid:track_id>/rounds")
@requires(Permission.EDITION_MANAGE)
def add_round(track_id: UUID) -> ResponseReturnValue:
    """Add the next round to a track, with the rules of the round before it."""
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        edition = this_edition()
        track = queries.track_of(edition, track_id)
        made = service.add_round(session, edition, track, by=me().actor, at=clock.now(), **service.same_rules(track))
        round_id = made.id
    flash(gettext("The round has been added. Please look through its rules."), "success")
    return redirect(url_for(".edit_round", round_id=round_id))


@blueprint.get("/rounds/<uuid:round_id>")
@requires(Permission.EDITION_VIEW)
def edit_round(round_id: UUID) -> ResponseReturnValue:
    """Show the rules of a round, as a form while they can be changed."""
    track, round_ = queries.round_of(this_edition(), round_id)
    return _round_page(RoundForm(obj=round_), track, round_)


def _round_page(form: RoundForm, track: Track, round_: Round, refusal: str = "") -> str:
    doubt = rules.doubt_of(round_.method, round_.judges_per_entry, round_.trim_from)
    return render_template("editions/round.html", form=form, track=track, round=round_, doubt=doubt, refusal=refusal)


@blueprint.post("/rounds/<uuid:round_id>")
@requires(Permission.EDITION_MANAGE)
def save_round(round_id: UUID) -> ResponseReturnValue:
    """Change the rules of a round before judging opens."""
    track, round_ = queries.round_of(this_edition(), round_id)
    form = RoundForm()
    if not form.validate_on_submit():
        return _round_page(form, track, round_), 422
    try:
        with db.transaction() as session:
            edition = this_edition()
            track, round_ = queries.round_of(edition, round_id)
            round_.require_version(form.seen_version)
            service.update_round(session, edition, track, round_, by=me().actor, at=clock.now(), **form.values())
    except StaleVersion as refusal:
        track, round_ = queries.round_of(this_edition(), round_id)
        form.version.data = round_.version
        return _round_page(form, track, round_, str(refusal)), 409
    flash(gettext("The rules of the round have been saved."), "success")
    return redirect(url_for(".tracks"))


@blueprint.post("/rounds/<uuid:round_id>/remove")
@requires(Permission.EDITION_MANAGE)
def remove_round(round_id: UUID) -> ResponseReturnValue:
    """Take the last round of a track away."""
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        edition = this_edition()
        track, round_ = queries.round_of(edition, round_id)
        service.remove_round(session, edition, track, round_, by=me().actor, at=clock.now())
    flash(gettext("The round has been removed."), "success")
    return redirect(url_for(".tracks"))
