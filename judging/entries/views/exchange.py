"""Entries in Excel, both ways, for the secretariat and for recommending units (who bring only their own)."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.editions.models import Edition, Stage, Track
from judging.editions.queries import track_of
from judging.editions.rules import require_stage
from judging.entries import check_forms, import_plan, lists, sheets
from judging.entries.service import importing
from judging.entries.views import check, desk
from judging.foundation import clock, db, jobs
from judging.foundation.audit import Actor
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.jobs import Progress
from judging.units import queries as unit_queries
from judging.units.models import RecommendingUnit
from judging.web import imports
from judging.web.forms import ActForm
from judging.web.imports import Plan, Ticket, sent_workbook, sorted_rows, xlsx

KIND = "entries"


@check.blueprint.get("/entries.xlsx")
@requires(Permission.ENTRY_VIEW)
def export() -> ResponseReturnValue:
    """Return the entries of the list, as filtered and sorted, as a workbook."""
    sort = request.args.get("sort", "code")
    columns = lists.SORTS.get(sort.lstrip("-"), lists.SORTS["code"])
    order = [column.desc() if sort.startswith("-") else column.asc() for column in columns]
    entries = lists.exported(db.session(), check.filtered(), order)
    return xlsx(sheets.entry_workbook(entries), f"entries-{this_edition().slug}")


@desk.blueprint.get("/entries.xlsx")
@requires(Permission.ENTRY_RECOMMEND)
def own_export() -> ResponseReturnValue:
    """Return the entries of the own units as a workbook, drafts left out."""
    session = db.session()
    query = lists.check_queue(this_edition(), recommending_unit_id=desk.mine(session).id)
    order = [column.asc() for column in lists.SORTS["recommending_unit"]]
    return xlsx(sheets.entry_workbook(lists.exported(session, query, order)), f"entries-{this_edition().slug}")


@check.blueprint.get("/template/<uuid:track_id>.xlsx")
@requires(Permission.ENTRY_CHECK)
def template(track_id: UUID) -> ResponseReturnValue:
    """Return the empty workbook of a track."""
    return _template(track_id, None)


@desk.blueprint.get("/template/<uuid:track_id>.xlsx")
@requires(Permission.ENTRY_RECOMMEND)
def own_template(track_id: UUID) -> ResponseReturnValue:
    """Return the empty workbook of a track for an own list."""
    return _template(track_id, desk.mine(db.session()))


def _template(track_id: UUID, unit: RecommendingUnit | None) -> ResponseReturnValue:
    track = track_of(this_edition(), track_id)
    return xlsx(sheets.entry_template(db.session(), track, unit), f"entries-{track.code.lower()}-template")


@check.blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.ENTRY_CHECK)
def upload() -> ResponseReturnValue:
    """Take a workbook and show what importing it would do."""
    return _upload(None, this_edition().tracks)


@desk.blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.ENTRY_RECOMMEND)
def own_upload() -> ResponseReturnValue:
    """Take the own list and show what importing it would do."""
    return _upload(desk.mine(db.session()), desk.own_tracks())


def _upload(unit: RecommendingUnit | None, tracks: list[Track]) -> ResponseReturnValue:
    form = ActForm()
    if not form.validate_on_submit():
        return _upload_page(unit, tracks, form)
    chosen = check_forms.ids_of([request.form.get("track", "")])
    track = next((track for track in tracks if [track.id] == chosen), None)
    options = {"track": str(track.id) if track else "", "hand_in": "yes" if request.form.get("hand_in") else ""}
    try:
        if track is None:
            raise NotFound
        require_stage(this_edition(), Stage.INTAKE)
        name, content = sent_workbook()
        import_plan.plan_entries(db.session(), this_edition(), track, content, recommending_unit=unit)
    except NotFound:
        raise
    except DomainError as refusal:
        return _upload_page(unit, tracks, form, str(refusal), options), HTTPStatus.UNPROCESSABLE_ENTITY
    token = imports.keep(_kind(unit), this_edition().id, me().id, name, content, options)
    return redirect(_to(unit, "preview", token=token))


def _upload_page(
    unit: RecommendingUnit | None,
    tracks: list[Track],
    form: ActForm,
    refusal: str = "",
    options: dict[str, str] | None = None,
) -> str:
    return render_template(
        "entries/desk/import.html",
        form=form,
        unit=unit,
        tracks=tracks,
        refusal=refusal,
        chosen=options or {"track": request.args.get("track", ""), "hand_in": ""},
        open_=this_edition().stage is Stage.INTAKE,
        **_addresses(unit),
    )


def _to(unit: RecommendingUnit | None, page: str, **values: Any) -> str:
    return url_for(_addresses(unit)[f"to_{page}"], **values)


def _addresses(unit: RecommendingUnit | None) -> dict[str, str]:
    pages = ("upload", "preview", "apply", "template")
    if unit is None:
        return {"to_home": "check.queue"} | {f"to_{page}": f"check.{page}" for page in pages}
    return {"to_home": "recommend.desk"} | {f"to_{page}": f"recommend.own_{page}" for page in pages}


@check.blueprint.get("/import/<token>")
@requires(Permission.ENTRY_CHECK)
def preview(token: str) -> ResponseReturnValue:
    """Show what applying the workbook would do, row by row."""
    return _preview(token, None)


@desk.blueprint.get("/import/<token>")
@requires(Permission.ENTRY_RECOMMEND)
def own_preview(token: str) -> ResponseReturnValue:
    """Show what applying the own list would do, row by row."""
    return _preview(token, desk.mine(db.session()))


def _preview(token: str, unit: RecommendingUnit | None) -> ResponseReturnValue:
    ticket = _ticket(token, unit)
    track, plan = _planned(db.session(), this_edition(), ticket, unit)
    return render_template(
        "entries/desk/preview.html",
        plan=plan,
        rows=sorted_rows(plan),
        ticket=ticket,
        token=token,
        track=track,
        hand_in=bool(ticket.options.get("hand_in")),
        new_units=new_unit_names(plan),
        **_addresses(unit),
    )


def new_unit_names(plan: Plan) -> list[str]:
    """Return the names of the units that applying would register."""
    names = [row.values["unit"]["name"] for row in plan.rows if row.values["unit"] and not row.values["unit_id"]]
    return list(dict.fromkeys(names))


def _ticket(token: str, unit: RecommendingUnit | None) -> Ticket:
    return imports.redeem(token, _kind(unit), this_edition().id, me().id)


def _kind(unit: RecommendingUnit | None) -> str:
    return KIND if unit is None else f"{KIND}/{unit.id}"


def _planned(session: Session, edition: Edition, ticket: Ticket, unit: RecommendingUnit | None) -> tuple[Track, Plan]:
    track = track_of(edition, UUID(ticket.options["track"]))
    hand_in = bool(ticket.options.get("hand_in"))
    plan = import_plan.plan_entries(session, edition, track, ticket.content(), recommending_unit=unit, hand_in=hand_in)
    return track, plan


@check.blueprint.post("/import/<token>")
@requires(Permission.ENTRY_CHECK)
def apply(token: str) -> ResponseReturnValue:
    """Apply the workbook, all or nothing; a long one as a job."""
    return _apply(token, None)


@desk.blueprint.post("/import/<token>")
@requires(Permission.ENTRY_RECOMMEND)
def own_apply(token: str) -> ResponseReturnValue:
    """Apply the own list, all or nothing; a long one as a job."""
    return _apply(token, desk.mine(db.session()))


def _apply(token: str, unit: RecommendingUnit | None) -> ResponseReturnValue:
    ticket = _ticket(token, unit)
    if not ActForm().validate_on_submit():
        raise NotFound
    _track, plan = _planned(db.session(), this_edition(), ticket, unit)
    plan.require_sound()
    if len(plan.rows) > imports.JOB_FROM_ROWS:
        return redirect(url_for("accounts.job", job_id=_enqueue(ticket, unit)))
    with db.transaction() as session:
        written = _write(session, this_edition(), ticket, unit, me().actor)
    flash(imports.done_sentence(written), "success")
    return redirect(_to(unit, "home"))


def _write(session: Session, edition: Edition, ticket: Ticket, unit: RecommendingUnit | None, by: Actor) -> int:
    track, plan = _planned(session, edition, ticket, unit)
    hand_in = bool(ticket.options.get("hand_in"))
    return importing.apply_entries(session, edition, track, plan, hand_in=hand_in, by=by, at=clock.now())


def _enqueue(ticket: Ticket, unit: RecommendingUnit | None) -> UUID:
    payload = {
        "edition": ticket.scope,
        "unit": str(unit.id) if unit else "",
        "by": ticket.user,
        "name": me().name,
        "key": ticket.key,
        "options": ticket.options,
    }
    with db.transaction() as session:
        return jobs.enqueue(session, "entries.import", payload, by_id=me().id, result_url=_to(unit, "home")).id


@jobs.handler("entries.import")
def import_entries(payload: dict[str, Any], progress: Progress) -> str:
    """Plan and apply an uploaded workbook; running twice writes once."""
    ticket = Ticket(KIND, payload["edition"], payload["by"], payload["key"], "", payload["options"])
    with db.transaction() as session:
        edition = session.get_one(Edition, UUID(payload["edition"]))
        unit = unit_queries.recommending_unit_of(session, UUID(payload["unit"])) if payload["unit"] else None
        written = _write(session, edition, ticket, unit, Actor(UUID(payload["by"]), payload["name"]))
    progress(1, 1)
    return imports.done_sentence(written)


blueprints: tuple[Blueprint, ...] = (check.blueprint, desk.blueprint)
