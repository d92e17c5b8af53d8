"""The entrant's side: the list of one's entries, the form in five steps, the receipt, the story."""

from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions import rules as edition_rules
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Stage, Track
from judging.entries import forms, pages, queries, rules
from judging.entries.forms import StartForm, StepForm
from judging.entries.models import AttachmentKind, Entry, EntryStatus
from judging.entries.rules import Step
from judging.entries.service import drafting, submitting
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError, NotFound, StaleVersion
from judging.units import queries as unit_queries
from judging.units.models import Unit
from judging.web.errors import answer as refuse
from judging.web.forms import ActForm, ReasonForm

blueprint = edition_blueprint("entries", __name__, "/entries")
Row = TypeVar("Row", Track, Unit)
ADDRESS = "/<uuid:entry_id>/<any(achievement, team, content, files, review):step>"


def own(session: Session, entry_id: UUID) -> Entry:
    """Return the entry if it belongs to a unit of this account; else it does not exist."""
    return queries.own_entry(session, this_edition(), entry_id, unit_queries.unit_ids_of_user(session, me().id))


@blueprint.get("/")
@requires(Permission.ENTRY_OWN)
def mine() -> ResponseReturnValue:
    """Show the entries of one's units, each with its next step."""
    session, at = db.session(), clock.now()
    units = unit_queries.units_of_user(session, me().id)
    entries = queries.own_entries(session, this_edition(), [unit.id for unit in units])
    cards = pages.cards(entries, this_edition(), at)
    return render_template("entries/mine.html", cards=cards, units=units, intake=_intake(), **_due())


def _intake() -> str:
    """Return why no entry can be started now, or nothing."""
    try:
        edition_rules.require_open(this_edition(), Stage.INTAKE, clock.now())
    except DomainError as refusal:
        return str(refusal)
    return ""


def _due(entry: Entry | None = None) -> dict[str, Any]:
    """Return the deadline chip of the page."""
    edition = this_edition()
    if entry is not None:
        return {"due": rules.deadline_of(entry, edition), "due_label": gettext("Submit until")}
    dates = edition_rules.date_of(edition, Stage.INTAKE) if edition.stage is Stage.INTAKE else None
    return {"due": dates.closes_at if dates else None, "due_label": gettext("Intake closes")}


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.ENTRY_OWN)
def new() -> ResponseReturnValue:
    """Choose a track and begin an entry."""
    units = unit_queries.units_of_user(db.session(), me().id)
    form = _start_form(units)
    if not units or not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        page = render_template(
            "entries/new.html", form=form, units=units, edition_tracks=this_edition().tracks, intake=_intake(), **_due()
        )
        return page, status
    with db.transaction() as session:
        track = _chosen(this_edition().tracks, form.track.data)
        unit = _chosen(unit_queries.units_of_user(session, me().id), form.unit.data)
        entry = drafting.start_entry(
            session, this_edition(), track, unit, by=me().actor, created_by_id=me().id, at=clock.now()
        )
        entry_id = entry.id
    return redirect(url_for(".step", entry_id=entry_id, step=Step.ACHIEVEMENT))


def _start_form(units: list[Unit]) -> StartForm:
    form = StartForm()
    form.track.choices = [(str(track.id), track.name) for track in this_edition().tracks]
    form.unit.choices = [(str(unit.id), unit.name) for unit in units]
    if len(units) == 1 and not form.unit.data:
        form.unit.data = str(units[0].id)
    if len(form.track.choices) == 1 and not form.track.data:
        form.track.data = form.track.choices[0][0]
    return form


def _chosen(rows: list[Row], wanted: str) -> Row:
    found = next((row for row in rows if str(row.id) == wanted), None)
    if found is None:
        raise NotFound
    return found


@blueprint.get(ADDRESS)
@requires(Permission.ENTRY_OWN)
def step(entry_id: UUID, step: str) -> ResponseReturnValue:
    """Show one step of the form; what cannot be changed any more is shown to read."""
    entry = own(db.session(), entry_id)
    if not rules.is_editable(entry, this_edition(), clock.now()):
        return redirect(url_for(".show", entry_id=entry_id))
    return step_page(entry, _step(step))


def _step(value: str) -> Step:
    found = Step.of(value)
    if found is None:
        raise NotFound
    return found


def step_page(
    entry: Entry, step: Step, form: StepForm | None = None, *, refusal: str = "", team: Any = None, team_wrong: str = ""
) -> str:
    """Return a step's page: what is stored, or what was typed when it was refused."""
    at = clock.now()
    return render_template(
        f"entries/{step.value}.html",
        entry=entry,
        step=step,
        steps=pages.steps(entry, step),
        form=form or forms.step_form(entry, step),
        team=team if team is not None else [(member.name, member.role) for member in entry.members],
        team_wrong=team_wrong,
        team_label=rules.TEAM_LABELS[entry.track.kind],
        missing=rules.missing(entry),
        missing_names={item.field for item in rules.missing(entry)},
        advice=rules.advice(entry),
        places=pages.file_places(entry, this_edition(), at),
        facts=pages.facts_of(entry),
        back=pages.preceding(step),
        following=pages.following(step),
        refusal=refusal,
        submitting=request.endpoint == "entries.submit",
        Step=Step,
        **_due(entry),
    )


@blueprint.post(ADDRESS)
@requires(Permission.ENTRY_OWN)
def save(entry_id: UUID, step: str) -> ResponseReturnValue:
    """Save a whole step (browsers also save it field by field) and go on to the next."""
    present, wanted = _step(step), own(db.session(), entry_id)
    form = forms.step_form(wanted, present, request.form)
    typed = list(zip(request.form.getlist("member_name"), request.form.getlist("member_role"), strict=False))
    team, wrong = forms.read_members(typed)
    if not form.validate() or wrong:
        return step_page(wanted, present, form, team_wrong=wrong, team=typed), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            entry = own(session, entry_id)
            entry.require_version(form.seen_version)
            drafting.save_fields(session, entry, form.values(), by=me().actor, at=clock.now())
            if present is Step.TEAM:
                drafting.set_members(session, entry, team, by=me().actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return _refused(entry_id, present, refusal, typed)
    if request.form.get("stay") or present is Step.REVIEW:
        return redirect(url_for(".step", entry_id=entry_id, step=present))
    return redirect(url_for(".step", entry_id=entry_id, step=pages.following(present)))


def _refused(entry_id: UUID, step: Step, refusal: DomainError, typed: list[tuple[str, str]]) -> ResponseReturnValue:
    """Show the step again with everything that was typed and why it was not saved."""
    entry = own(db.session(), entry_id)
    form = forms.step_form(entry, step, request.form)
    if isinstance(refusal, StaleVersion):
        form.version.data = str(entry.version)  # saving again is then a choice, made in sight of the refusal
    return step_page(entry, step, form, refusal=str(refusal), team=typed if step is Step.TEAM else None), refusal.status


@blueprint.post("/<uuid:entry_id>/autosave")
@requires(Permission.ENTRY_OWN)
def autosave(entry_id: UUID) -> ResponseReturnValue:
    """Save one field as it is typed, and say what is still missing."""
    posted = request.get_json(silent=True)
    sent: dict[str, Any] = posted if isinstance(posted, dict) else {}
    field, value = sent.get("field"), sent.get("value")
    if not isinstance(field, str) or not isinstance(value, str | bool | list):
        own(db.session(), entry_id)
        return jsonify(message=gettext("This could not be read. Please reload the page.")), HTTPStatus.BAD_REQUEST
    at = clock.now()
    try:
        with db.transaction() as session:
            entry = own(session, entry_id)
            errors = _save_field(session, entry, field, value, sent.get("version"))
    except NotFound:
        raise
    except StaleVersion as refusal:
        entry = own(db.session(), entry_id)
        return jsonify(message=str(refusal), version=entry.version), HTTPStatus.CONFLICT
    except DomainError as refusal:
        return jsonify(message=str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    entry = own(db.session(), entry_id)
    missing = [item.field for item in rules.missing(entry)]
    answer = {"saved_at": at.isoformat(), "version": entry.version, "missing": missing, "errors": errors}
    return jsonify(answer), HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _save_field(session: Session, entry: Entry, field: str, value: Any, seen: object) -> dict[str, str]:
    if field == "members":
        return _save_team(session, entry, value, seen)
    step = forms.step_of_field(entry.track.kind, field)
    if step is None or isinstance(value, list):
        return {field: gettext("This field is not part of the form. Please reload the page.")}
    text = ("y" if value else "") if isinstance(value, bool) else value
    form = forms.step_form(entry, step, MultiDict({field: text} if text or isinstance(value, str) else {}), csrf=False)
    form.validate()
    if form[field].errors:
        return {field: " ".join(str(error) for error in form[field].errors)}
    typed = form.values()[field]
    # A repeated request whose answer was lost finds its own value stored: that is no conflict.
    if seen != entry.version and getattr(entry, field) != typed:
        raise StaleVersion
    drafting.save_fields(session, entry, {field: typed}, by=me().actor, at=clock.now())
    return {}


def _save_team(session: Session, entry: Entry, value: Any, seen: object) -> dict[str, str]:
    if not isinstance(value, list) or len(value) > 1000 or not all(isinstance(part, str) for part in value):
        return {"members": gettext("This could not be read. Please reload the page.")}
    team, wrong = forms.read_members(list(zip(value[::2], value[1::2], strict=False)))
    if wrong:
        return {"members": wrong}
    if seen != entry.version and [(member.name, member.role) for member in entry.members] != team:
        raise StaleVersion
    drafting.set_members(session, entry, team, by=me().actor, at=clock.now())
    return {}


@blueprint.post("/<uuid:entry_id>/submit")
@requires(Permission.ENTRY_OWN)
def submit(entry_id: UUID) -> ResponseReturnValue:
    """Hand the entry in; what is missing is listed on the last step."""
    if not ActForm().validate_on_submit():
        raise NotFound
    try:
        with db.transaction() as session:
            submitting.submit(session, own(session, entry_id), by=me().actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        entry = own(db.session(), entry_id)
        return step_page(entry, Step.REVIEW, refusal=str(refusal)), refusal.status
    return redirect(url_for(".receipt", entry_id=entry_id))


@blueprint.get("/<uuid:entry_id>/submit")
@requires(Permission.ENTRY_OWN)
def submit_again(entry_id: UUID) -> ResponseReturnValue:
    """Lead who reloads a refused submission back to the last step."""
    return redirect(url_for(".step", entry_id=own(db.session(), entry_id).id, step=Step.REVIEW))


@blueprint.get("/<uuid:entry_id>/receipt")
@requires(Permission.ENTRY_OWN)
def receipt(entry_id: UUID) -> ResponseReturnValue:
    """Show the receipt of what was submitted."""
    entry = own(db.session(), entry_id)
    if entry.submitted_at is None:
        return redirect(url_for(".show", entry_id=entry_id))
    scan = pages.file_place(entry, this_edition(), AttachmentKind.SCAN, clock.now())
    return render_template("entries/receipt.html", entry=entry, scan=scan)


@blueprint.get("/<uuid:entry_id>/")
@requires(Permission.ENTRY_OWN)
def show(entry_id: UUID) -> ResponseReturnValue:
    """Show an entry to read, and what can be done with it in its state."""
    entry, edition, at = own(db.session(), entry_id), this_edition(), clock.now()
    return render_template(
        "entries/show.html",
        entry=entry,
        card=pages.card(entry, edition, at),
        facts=pages.facts_of(entry),
        files=[place for place in pages.file_places(entry, edition, at) if place.current],
        scan=pages.file_place(entry, edition, AttachmentKind.SCAN, at),
        team_label=rules.TEAM_LABELS[entry.track.kind],
        editable=rules.is_editable(entry, edition, at),
        withdrawable=rules.is_withdrawable(entry, edition),
        Status=EntryStatus,
        reasons=pages.verdict_reasons(entry),
        Step=Step,
        **_due(entry),
    )


@blueprint.get("/<uuid:entry_id>/application-form")
@requires(Permission.ENTRY_OWN)
def application_form(entry_id: UUID) -> ResponseReturnValue:
    """Show the application form as it is printed and sealed."""
    entry = own(db.session(), entry_id)
    return render_template(
        "entries/application_form.html",
        entry=entry,
        facts=pages.facts_of(entry),
        team_label=rules.TEAM_LABELS[entry.track.kind],
        region=pages.region_name(entry.unit),
        industry=pages.industry_name(entry.unit),
        Step=Step,
    )


@blueprint.get("/<uuid:entry_id>/history")
@requires(Permission.ENTRY_OWN)
def history(entry_id: UUID) -> ResponseReturnValue:
    """Tell the story of the entry: every act, and every change from what to what."""
    entry = own(db.session(), entry_id)
    story = pages.told(entry, audit.lines_of(db.session(), entry.id))
    labels = pages.field_labels(entry)
    return render_template("entries/history.html", entry=entry, story=story, labels=labels, diff_rows=pages.diff_rows)


@blueprint.post("/<uuid:entry_id>/withdraw")
@requires(Permission.ENTRY_OWN)
def withdraw(entry_id: UUID) -> ResponseReturnValue:
    """Take the entry back, with a reason."""
    form = ReasonForm()
    own(db.session(), entry_id)
    if not form.validate_on_submit():
        return refuse(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        submitting.withdraw(session, own(session, entry_id), by=me().actor, at=clock.now(), reason=form.reason.data)
    flash(gettext("The entry has been withdrawn."), "success")
    return redirect(url_for(".mine"))
