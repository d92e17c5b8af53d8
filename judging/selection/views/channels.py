"""Pages of the recommendation channels."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import may, me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.entries.models import Entry
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError
from judging.selection import library, queries, service, sheets
from judging.selection.doubts import in_doubt
from judging.selection.forms import ChannelForm
from judging.selection.models import Channel, Outcome, Recommendation
from judging.selection.views.base import blueprint, require_act, xlsx
from judging.units.models import Unit
from judging.web.errors import answer
from judging.web.forms import ReasonForm
from judging.web.pagination import contains, paginate

SORTS = {
    "position": (queries.ORDER_OF_OUTCOMES, Recommendation.position),
    "title": (Entry.title, Entry.code),
    "unit": (Unit.name, Entry.code),
}


@blueprint.get("/channels")
@requires(Permission.SELECTION_VIEW)
def channels() -> ResponseReturnValue:
    """Show the channels of the edition."""
    edition, session = this_edition(), db.session()
    rows = queries.channels_of(session, edition)
    return render_template(
        "selection/channels.html",
        rows=rows,
        outcomes=queries.outcome_counts(session, [row.id for row in rows]),
        Outcome=Outcome,
        presets=_free_presets(rows),
        outdated={one.channel.id for one in in_doubt(session, edition)},
        locked=edition.frozen_at is not None or not may(Permission.SELECTION_MANAGE),
    )


def _free_presets(rows: list[Channel]) -> list[library.ChannelPreset]:
    taken = {row.code for row in rows}
    return [one for one in library.CHANNELS if one.code not in taken and this_edition().track(one.kind) is not None]


@blueprint.post("/channels/usual")
@requires(Permission.SELECTION_MANAGE)
def usual_channels() -> ResponseReturnValue:
    """Add the usual channels."""
    require_act()
    with db.transaction() as session:
        made = service.add_usual_channels(session, this_edition(), by=me().actor, at=clock.now())
    flash(gettext("%(count)s channels were added. Please check quotas and caps.", count=len(made)), "success")
    return redirect(url_for(".channels"))


@blueprint.get("/channels/new")
@requires(Permission.SELECTION_MANAGE)
def new_channel() -> ResponseReturnValue:
    """Show an empty form, or that of a usual channel."""
    form = ChannelForm()
    preset = next((one for one in library.CHANNELS if one.code == request.args.get("preset")), None)
    if preset is not None:
        form.fill_preset(preset, this_edition())
    return _form_page(form, None)


@blueprint.post("/channels/new")
@requires(Permission.SELECTION_MANAGE)
def add_channel() -> ResponseReturnValue:
    """Add a channel."""
    return _save(ChannelForm(), None)


@blueprint.get("/channels/<uuid:channel_id>/edit")
@requires(Permission.SELECTION_MANAGE)
def edit_channel(channel_id: UUID) -> ResponseReturnValue:
    """Show the form of a channel."""
    form, channel = ChannelForm(), _channel(channel_id)
    form.fill(channel)
    return _form_page(form, channel)


@blueprint.post("/channels/<uuid:channel_id>/edit")
@requires(Permission.SELECTION_MANAGE)
def update_channel(channel_id: UUID) -> ResponseReturnValue:
    """Change a channel."""
    return _save(ChannelForm(), channel_id)


def _save(form: ChannelForm, channel_id: UUID | None) -> ResponseReturnValue:
    form.offer(this_edition())
    if not form.validate_on_submit():
        return _form_page(form, _channel(channel_id) if channel_id else None), 422
    try:
        _store(form, channel_id)
    except DomainError as refusal:
        form.code.errors = [str(refusal)]
        return _form_page(form, _channel(channel_id) if channel_id else None), int(refusal.status)
    flash(gettext("The channel has been saved."), "success")
    return redirect(url_for(".channels"))


def _store(form: ChannelForm, channel_id: UUID | None) -> None:
    with db.transaction() as session:
        edition, by, at = this_edition(), me().actor, clock.now()
        spec = form.spec(edition)
        if channel_id is None:
            service.add_channel(session, edition, spec, by=by, at=at)
            return
        channel = _channel(channel_id)
        channel.require_version(form.seen_version)
        service.update_channel(session, edition, channel, spec, by=by, at=at)


def _form_page(form: ChannelForm, channel: Channel | None) -> str:
    form.offer(this_edition())
    locked = this_edition().frozen_at is not None
    return render_template("selection/channel_form.html", form=form, channel=channel, locked=locked)


@blueprint.post("/channels/<uuid:channel_id>/remove")
@requires(Permission.SELECTION_MANAGE)
def remove_channel(channel_id: UUID) -> ResponseReturnValue:
    """Remove a channel."""
    require_act()
    with db.transaction() as session:
        service.remove_channel(session, this_edition(), _channel(channel_id), by=me().actor, at=clock.now())
    flash(gettext("The channel has been removed."), "success")
    return redirect(url_for(".channels"))


@blueprint.get("/channels/<uuid:channel_id>")
@requires(Permission.SELECTION_VIEW)
def channel(channel_id: UUID) -> ResponseReturnValue:
    """Show a channel's list: who goes up, the reserves, and why the others do not."""
    session, found = db.session(), _channel(channel_id)
    query = queries.recommendations_query(found.id)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Entry.title, Entry.code, Unit.name))
    wanted = next((one for one in Outcome if one.value == request.args.get("outcome")), None)
    if wanted is not None:
        query = query.where(Recommendation.outcome == wanted)
    lines = audit.lines_of(session, found.id)
    return render_template(
        "selection/channel.html",
        channel=found,
        page=paginate(session, query, sorts=SORTS, default="position"),
        filters=[{"name": "outcome", "label": gettext("Recommendation"), "choices": Outcome.choices()}],
        counts=queries.outcome_counts(session, [found.id]).get(found.id, {}),
        topics=queries.topic_counts(session, found.id),
        Outcome=Outcome,
        can_change=this_edition().stage in (Stage.SELECTION, Stage.NOTICE) and may(Permission.SELECTION_MANAGE),
        outdated=[one for one in in_doubt(session, this_edition()) if one.channel.id == found.id],
        history=[{"at": o.at, "who": o.by, "what": audit.label_of(o.act), "why": o.reason} for o in lines],
    )


@blueprint.post("/channels/<uuid:channel_id>/choose")
@requires(Permission.SELECTION_MANAGE)
def choose_channel(channel_id: UUID) -> ResponseReturnValue:
    """Choose the best list within all quotas and caps."""
    require_act()
    with db.transaction() as session:
        service.choose_channel(session, this_edition(), _channel(channel_id), by=me().actor, at=clock.now())
    flash(gettext("The list has been chosen; no other list within these quotas has a higher sum of scores."), "success")
    return redirect(url_for(".channel", channel_id=channel_id))


@blueprint.post("/channels/<uuid:channel_id>/decide")
@requires(Permission.SELECTION_MANAGE)
def decide_channel(channel_id: UUID) -> ResponseReturnValue:
    """Decide the recommendation list."""
    require_act()
    with db.transaction() as session:
        service.decide_channel(session, _channel(channel_id), by=me().actor, at=clock.now())
    flash(gettext("The recommendation list has been decided."), "success")
    return redirect(url_for(".channel", channel_id=channel_id))


@blueprint.post("/channels/<uuid:channel_id>/reopen")
@requires(Permission.SELECTION_MANAGE)
def reopen_channel(channel_id: UUID) -> ResponseReturnValue:
    """Open a decided recommendation list again."""
    form = ReasonForm()
    _channel(channel_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        service.reopen_channel(session, _channel(channel_id), reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The recommendation list is open again."), "success")
    return redirect(url_for(".channel", channel_id=channel_id))


@blueprint.get("/channels/<uuid:channel_id>/list.xlsx")
@requires(Permission.SELECTION_VIEW)
def export_channel(channel_id: UUID) -> ResponseReturnValue:
    """Return the recommendation list as a workbook."""
    found = _channel(channel_id)
    return xlsx(sheets.channel_workbook(db.session(), found), f"{this_edition().slug}-{found.code}")


def _channel(channel_id: UUID) -> Channel:
    return queries.channel_of(db.session(), this_edition(), channel_id)
