"""The desk of a recommending unit: its entries, return, order, one sealed batch."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Stage, Track
from judging.editions.queries import track_of
from judging.editions.rules import date_of
from judging.entries import check_forms, checks, lists, pages, queries, quotas
from judging.entries.check_forms import OpinionForm, ReturnForm
from judging.entries.models import Entry, EntryStatus
from judging.entries.service import recommending
from judging.entries.views.check import lacking_files, material
from judging.entries.views.files import send
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound, StaleVersion
from judging.units import queries as unit_queries
from judging.units.models import RecommendingUnit
from judging.web.errors import answer
from judging.web.filters import zone
from judging.web.forms import ActForm, ReasonForm

blueprint = edition_blueprint("recommend", __name__, "/recommend")
DAYS_TO_CORRECT = 5


def mine(session: Session) -> RecommendingUnit:
    """Return the recommending unit of this account; without one, its pages do not exist."""
    found = unit_queries.recommender_of_user(session, me().id)
    if found is None:
        raise NotFound
    return found


def own_tracks() -> list[Track]:
    """Return the tracks that go through recommending units."""
    return [track for track in this_edition().tracks if track.via_recommending_unit]


def _track() -> Track | None:
    tracks, wanted = own_tracks(), request.args.get("track", "")
    return next((track for track in tracks if str(track.id) == wanted), tracks[0] if tracks else None)


@blueprint.get("/")
@requires(Permission.ENTRY_RECOMMEND)
def desk() -> ResponseReturnValue:
    """Show the list of a track, what waits to be looked at, and the state of the batch."""
    return _desk(opinion=None)


def _desk(opinion: str | None, refusal: str = "") -> str:
    session, edition, track = db.session(), this_edition(), _track()
    unit = unit_queries.recommender_of_user(session, me().id)
    if unit is None or track is None:
        return render_template("entries/desk/nothing.html", unit=unit)
    batch = recommending.batch_of(session, edition, unit)
    entries = lists.recommended_by(session, edition, unit, track)
    in_review = [entry for entry in entries if entry.status is EntryStatus.SUBMITTED]
    dates = date_of(edition, Stage.INTAKE)
    return render_template(
        "entries/desk/desk.html",
        unit=unit,
        batch=batch,
        sealed=batch is not None and batch.sealed_at is not None,
        open_=edition.stage is Stage.INTAKE,
        opinion=opinion if opinion is not None else batch.opinion if batch else "",
        refusal=refusal,
        track=track,
        tracks=own_tracks(),
        listed=[entry for entry in entries if _stands_on_list(entry)],
        waiting=[entry for entry in in_review if entry.recommended_rank is None],
        others=[entry for entry in entries if entry not in in_review and not _stands_on_list(entry)],
        quota=quotas.quota_of(track, unit),
        on_lists=lists.count_on_lists(session, edition, unit),
        lacking={entry.id: _open_points(entry) for entry in in_review},
        tones=pages.TONES,
        Status=EntryStatus,
        due=dates.closes_at if dates and edition.stage is Stage.INTAKE else None,
        due_label=gettext("Intake closes"),
    )


def _stands_on_list(entry: Entry) -> bool:
    decided = entry.recommended_at is not None and entry.status is not EntryStatus.WITHDRAWN
    return decided or (entry.status is EntryStatus.SUBMITTED and entry.recommended_rank is not None)


def _open_points(entry: Entry) -> list[str]:
    return [item.lacking for item in checks.checklist(entry)[:-1] if item.needed and not item.holds]


@blueprint.post("/order/<uuid:track_id>")
@requires(Permission.ENTRY_RECOMMEND)
def order(track_id: UUID) -> ResponseReturnValue:
    """Save the order of a track; an entry may be put on the list or left out on the way."""
    track = track_of(this_edition(), track_id)
    if not ActForm().validate_on_submit():
        raise NotFound
    ids = check_forms.ids_of(request.form.getlist("order"))
    out, added = check_forms.ids_of([request.form.get("out", "")]), check_forms.ids_of(request.form.getlist("add"))
    try:
        with db.transaction() as session:
            unit = mine(session)
            if added:
                ids = [entry.id for entry in _listed(session, unit, track)]
            wanted = [entry_id for entry_id in ids if entry_id not in out]
            wanted += [entry_id for entry_id in added if entry_id not in wanted]
            recommending.rank_entries(session, this_edition(), unit, track, wanted, by=me().actor, at=clock.now())
    except (checks.NotYours, checks.BatchSealed) as refusal:
        flash(str(refusal), "danger")
    else:
        flash(gettext("The order has been saved."), "success")
    return redirect(url_for(".desk", track=track.id))


def _listed(session: Session, unit: RecommendingUnit, track: Track) -> list[Entry]:
    entries = lists.recommended_by(session, this_edition(), unit, track)
    return [entry for entry in entries if entry.status is EntryStatus.SUBMITTED and entry.recommended_rank is not None]


@blueprint.post("/seal")
@requires(Permission.ENTRY_RECOMMEND)
def seal() -> ResponseReturnValue:
    """Recommend the lists of all tracks as one batch."""
    form = OpinionForm()
    opinion = form.opinion.data or ""
    if not form.validate_on_submit():
        return _desk(opinion, form.first_error), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            unit, at = mine(session), clock.now()
            recommending.seal_batch(session, this_edition(), unit, opinion=opinion, by=me().actor, at=at)
    except NotFound:
        raise
    except DomainError as refusal:
        return _desk(opinion, str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("Your recommendations have been sealed and sent to the secretariat."), "success")
    return redirect(url_for(".desk"))


@blueprint.post("/recall")
@requires(Permission.ENTRY_RECOMMEND)
def recall() -> ResponseReturnValue:
    """Take the sealed batch back, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        batch = recommending.batch_of(session, this_edition(), mine(session))
        if batch is None:
            raise checks.BatchNotSealed
        recommending.recall_batch(session, batch, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The recommendations have been recalled; the order has been kept."), "success")
    return redirect(url_for(".desk"))


@blueprint.get("/entries/<uuid:entry_id>")
@requires(Permission.ENTRY_RECOMMEND)
def show(entry_id: UUID) -> ResponseReturnValue:
    """Show an entry: the checks beside the report."""
    entry = _own_entry(db.session(), entry_id)
    until = clock.now().astimezone(zone()).date() + timedelta(days=DAYS_TO_CORRECT)
    return _page(entry, ReturnForm(version=entry.version, until=until))


def _own_entry(session: Session, entry_id: UUID) -> Entry:
    return lists.recommender_entry(session, this_edition(), mine(session), entry_id)


def _page(entry: Entry, form: ReturnForm, stale: str = "") -> str:
    in_review = entry.status is EntryStatus.SUBMITTED and entry.recommended_at is None
    movable = this_edition().stage is Stage.INTAKE and in_review
    siblings = [
        e
        for e in lists.recommended_by(db.session(), this_edition(), mine(db.session()), entry.track)
        if e.status is EntryStatus.SUBMITTED
    ]
    later = [other for other in siblings if other.id != entry.id]
    return render_template(
        "entries/desk/show.html",
        entry=entry,
        form=form,
        stale=stale,
        movable=movable,
        following=next((other for other in later if other.code > entry.code), later[0] if later else None),
        lacking=lacking_files(entry),
        **material(entry, "recommend"),
    )


@blueprint.get("/entries/<uuid:entry_id>/files/<uuid:attachment_id>")
@requires(Permission.ENTRY_RECOMMEND)
def attachment(entry_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Return a file of an own entry, inside the page or for saving."""
    entry = _own_entry(db.session(), entry_id)
    return send(queries.attachment_of(entry, attachment_id), inline="inline" in request.args)


@blueprint.post("/entries/<uuid:entry_id>/return")
@requires(Permission.ENTRY_RECOMMEND)
def send_back(entry_id: UUID) -> ResponseReturnValue:
    """Return an entry to its unit for correction."""
    entry, form = _own_entry(db.session(), entry_id), ReturnForm()
    if not form.validate_on_submit():
        return _page(entry, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            entry = _own_entry(session, entry_id)
            entry.require_version(form.seen_version)
            _return(session, entry, form)
    except StaleVersion as refusal:
        entry = _own_entry(db.session(), entry_id)
        form.version.data = entry.version
        return _page(entry, form, stale=str(refusal)), HTTPStatus.CONFLICT
    except NotFound:
        raise
    except DomainError as refusal:
        field = form.until if isinstance(refusal, checks.DeadlineMissing) else form.reason
        field.errors = [str(refusal)]
        return _page(_own_entry(db.session(), entry_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("The entry has been returned; its contact gets a letter."), "success")
    return redirect(url_for(".desk", track=entry.track_id))


def _return(session: Session, entry: Entry, form: ReturnForm) -> None:
    recommending.return_entry(
        session,
        entry,
        reason=form.reason.data,
        until=check_forms.end_of_day(form.until.data),
        by=me().actor,
        at=clock.now(),
        who=mine(session).name,
    )
