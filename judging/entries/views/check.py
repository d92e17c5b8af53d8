"""The formal check: the queue, an entry with all its material, the verdict, many at once."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Stage
from judging.editions.rules import date_of
from judging.entries import check_forms, checks, lists, pages, queries, rules
from judging.entries.check_forms import BulkForm, VerdictForm
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus, Verdict
from judging.entries.service import checking
from judging.entries.views.files import send
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError, StaleVersion
from judging.units.codes import REGIONS
from judging.units.pages import Work, tells_work
from judging.web.errors import answer
from judging.web.filters import zone
from judging.web.forms import ReasonForm
from judging.web.pagination import Page, paginate

blueprint = edition_blueprint("check", __name__, "/check")
DAYS_TO_COMPLETE = 7


@tells_work
def work_of_unit(session: Session, edition_id: UUID, unit_id: UUID) -> list[Work]:
    """Tell the page of a unit what it has put forward."""
    return [
        Work(
            entry.code,
            entry.title,
            entry.track.name,
            entry.status.label,
            pages.TONES[entry.status],
            url_for("check.show", entry_id=entry.id),
        )
        for entry in lists.work_of_unit(session, edition_id, unit_id)
    ]


@blueprint.get("/")
@requires(Permission.ENTRY_VIEW)
def queue() -> ResponseReturnValue:
    """Show the entries of the edition, with search and filters."""
    session, edition = db.session(), this_edition()
    page: Page[Entry] = paginate(session, filtered(), sorts=lists.SORTS, default="code")
    dates = date_of(edition, Stage.INTAKE)
    return render_template(
        "entries/check/queue.html",
        page=page,
        filters=_filters(session),
        counts=queries.counts_by_status(session, edition.id),
        lacking={entry.id: lacking_files(entry) for entry in page.items},
        Status=EntryStatus,
        tones=pages.TONES,
        regions=REGIONS,
        tracks=edition.tracks,
        waits=checks.waits_for_recommendation,
        due=dates.closes_at if dates and edition.stage is Stage.INTAKE else None,
        due_label=gettext("Intake closes"),
    )


def filtered() -> sa.Select[Entry]:
    """Return the query that the filters of the address describe."""
    args = request.args
    return lists.check_queue(
        this_edition(),
        text=args.get("q", "").strip(),
        track_id=_uuid(args.get("track", "")),
        recommending_unit_id=_uuid(args.get("recommending_unit", "")),
        region=args.get("region", ""),
        status=EntryStatus.of(args.get("status", "")),
        lacks=args.get("lacks", ""),
        place=args.get("place", ""),
    )


def _uuid(text: str) -> UUID | None:
    found = check_forms.ids_of([text])
    return found[0] if found else None


def lacking_files(entry: Entry) -> list[str]:
    """Return the required files an entry lacks, in words."""
    needed = rules.required_files(entry.track)
    return [str(rules.file_label(entry.track, kind)) for kind in needed if rules.active_attachment(entry, kind) is None]


def _filters(session: Session) -> list[dict[str, Any]]:
    edition = this_edition()
    files = [
        (kind.value, str(kind.label)) for kind in (AttachmentKind.REPORT, AttachmentKind.MASKED, AttachmentKind.SCAN)
    ]
    places = [("secretariat", gettext("the secretariat")), ("recommender", gettext("the recommending unit"))]
    recommenders = [(str(unit.id), unit.name) for unit in lists.recommenders_of(session, edition)]
    regions = [(code, REGIONS.get(code, code)) for code in lists.regions_of(session, edition)]
    return [
        {"name": "status", "label": gettext("State"), "choices": EntryStatus.choices()},
        {"name": "track", "label": gettext("Track"), "choices": [(str(t.id), t.name) for t in edition.tracks]},
        {"name": "recommending_unit", "label": gettext("Recommending unit"), "choices": recommenders},
        {"name": "region", "label": gettext("Region"), "choices": regions},
        {"name": "place", "label": gettext("In review at"), "choices": places},
        {"name": "lacks", "label": gettext("Lacks"), "choices": [("files", gettext("any required file")), *files]},
    ]


@blueprint.get("/<uuid:entry_id>")
@requires(Permission.ENTRY_VIEW)
def show(entry_id: UUID) -> ResponseReturnValue:
    """Show everything about an entry, and ask for the verdict."""
    entry = queries.entry_full(db.session(), this_edition(), entry_id)
    return _page(entry, _fresh_form(entry))


def _fresh_form(entry: Entry) -> VerdictForm:
    local = clock.now().astimezone(zone()).date()
    return check_forms.verdict_form(version=entry.version, until=local + timedelta(days=DAYS_TO_COMPLETE))


def _page(entry: Entry, form: VerdictForm, stale: str = "") -> str:
    session, edition = db.session(), this_edition()
    decidable = edition.stage is Stage.INTAKE and entry.status in checks.AWAITING
    return render_template(
        "entries/check/show.html",
        entry=entry,
        form=form,
        stale=stale,
        following=lists.next_to_check(session, edition, entry),
        layable=any(checks.is_layable(entry, edition, kind) for kind in AttachmentKind),
        decidable=decidable and not (checks.waits_for_recommendation(entry) and not checks.comes_directly(entry)),
        withdrawable=edition.stage is Stage.INTAKE
        and entry.verdict is not None
        and entry.status is not EntryStatus.WITHDRAWN,
        **material(entry, "check"),
    )


def material(entry: Entry, desk: str) -> dict[str, Any]:
    """Return what both desks show of an entry: fields, files with addresses, the checklist, the story."""
    files = [file for file in entry.attachments if file.replaced_at is None]
    shown = next((file for file in files if str(file.id) == request.args.get("file")), None) or _first_pdf(files)
    labels = pages.field_labels(entry)
    return {
        "facts": pages.facts_of(entry),
        "Step": rules.Step,
        "team_label": rules.TEAM_LABELS[entry.track.kind],
        "files": files,
        "shown": shown,
        "file_url": f"{desk}.attachment",
        "items": checks.checklist(entry),
        "advice": rules.advice(entry),
        "Status": EntryStatus,
        "tone": pages.TONES[entry.status],
        "reasons": pages.verdict_reasons(entry),
        "story": pages.told(entry, audit.lines_of(db.session(), entry.id)),
        "diff_rows": pages.diff_rows,
        "labels": labels,
        "unit_region": pages.region_name(entry.unit),
        "unit_industry": pages.industry_name(entry.unit),
        "waits": checks.waits_for_recommendation(entry),
        "Verdict": Verdict,
    }


def _first_pdf(files: list[Attachment]) -> Attachment | None:
    order = [
        AttachmentKind.REPORT,
        AttachmentKind.MASKED,
        AttachmentKind.SCAN,
        AttachmentKind.PROOF,
        AttachmentKind.SLIDES,
    ]
    readable = [file for file in files if file.media_type == "application/pdf"]
    return min(readable, key=lambda file: order.index(file.kind), default=None)


@blueprint.get("/<uuid:entry_id>/files/<uuid:attachment_id>")
@requires(Permission.ENTRY_VIEW)
def attachment(entry_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Return a file of an entry, inside the page or for saving."""
    entry = queries.entry_full(db.session(), this_edition(), entry_id)
    return send(queries.attachment_of(entry, attachment_id), inline="inline" in request.args)


@blueprint.post("/<uuid:entry_id>/verdict")
@requires(Permission.ENTRY_CHECK)
def give(entry_id: UUID) -> ResponseReturnValue:
    """Give the verdict and go on to the next entry."""
    entry = queries.entry_full(db.session(), this_edition(), entry_id)
    form = check_forms.verdict_form()
    verdict = form.chosen
    if not form.validate_on_submit() or verdict is None:
        return _page(entry, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            entry = queries.entry_full(session, this_edition(), entry_id)
            entry.require_version(form.seen_version)
            _give(session, entry, verdict, form)
            following = lists.next_to_check(session, this_edition(), entry)
            code, next_id = entry.code, following.id if following else None
    except StaleVersion as refusal:
        entry = queries.entry_full(db.session(), this_edition(), entry_id)
        form.version.data = entry.version
        return _page(entry, form, stale=str(refusal)), HTTPStatus.CONFLICT
    except DomainError as refusal:
        lay(form, refusal)
        return _page(queries.entry_full(db.session(), this_edition(), entry_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("%(code)s: “%(verdict)s” has been recorded.", code=code, verdict=str(verdict.label)), "success")
    if next_id is None:
        return redirect(url_for(".queue"))
    return redirect(url_for(".show", entry_id=next_id))


def _give(session: Session, entry: Entry, verdict: Verdict, form: VerdictForm) -> None:
    checking.give_verdict(
        session,
        entry,
        verdict,
        reasons=form.chosen_reasons,
        note=form.note.data or "",
        until=check_forms.end_of_day(form.until.data) if verdict is Verdict.COMPLETE_FIRST else None,
        by=me().actor,
        at=clock.now(),
    )


def lay(form: VerdictForm, refusal: DomainError) -> None:
    """Lay a refusal on the field where it can be mended."""
    places = {
        checks.ReasonMissing: form.reasons,
        checks.OtherNeedsNote: form.note,
        checks.DirectNeedsNote: form.note,
        checks.IncompleteNeedsNote: form.note,
        checks.DeadlineMissing: form.until,
    }
    field = places.get(type(refusal))
    if field is not None:
        field.errors = [str(refusal)]
    else:
        form.form_errors = [str(refusal)]


@blueprint.post("/<uuid:entry_id>/verdict/withdraw")
@requires(Permission.ENTRY_CHECK)
def withdraw(entry_id: UUID) -> ResponseReturnValue:
    """Take a verdict back, with a reason."""
    form = ReasonForm()
    queries.entry_full(db.session(), this_edition(), entry_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        entry = queries.entry_full(session, this_edition(), entry_id)
        checking.withdraw_verdict(session, entry, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The verdict has been withdrawn; the entry is in review again."), "success")
    return redirect(url_for(".show", entry_id=entry_id))


@blueprint.post("/admit")
@requires(Permission.ENTRY_CHECK)
def admit() -> ResponseReturnValue:
    """Show what admitting the ticked entries would do, then do it once confirmed."""
    form, ids = BulkForm(), check_forms.ids_of(request.form.getlist("ids"))
    if not ids:
        flash(gettext("Please tick at least one entry first."), "warning")
        return redirect(url_for(".queue"))
    entries = lists.entries_by_id(db.session(), this_edition(), ids)
    if not form.validate_on_submit() or not form.confirmed.data:
        return _bulk_page(form, entries)
    note, at = form.note.data or "", clock.now()
    with db.transaction() as session:
        entries = lists.entries_by_id(session, this_edition(), ids)
        ready = [entry for entry in entries if not refusal_of(entry, note)]
        for entry in ready:
            checking.give_verdict(session, entry, Verdict.ADMIT, note=note, by=me().actor, at=at)
        admitted, left = len(ready), len(entries) - len(ready)
    flash(gettext("%(count)s entries have been admitted.", count=admitted), "success")
    if left:
        flash(gettext("%(count)s of the ticked entries were left as they are.", count=left), "warning")
    return redirect(url_for(".queue"))


def _bulk_page(form: BulkForm, entries: list[Entry]) -> ResponseReturnValue:
    note = form.note.data or ""
    plan = [(entry, refusal_of(entry, note)) for entry in entries]
    ready = [entry for entry, refusal in plan if not refusal]
    needs_note = [entry for entry in entries if refusal_of(entry, note) and not refusal_of(entry, "note")]
    return render_template(
        "entries/check/admit.html", form=form, plan=plan, ready=ready, needs_note=needs_note, entries=entries
    )


def refusal_of(entry: Entry, note: str) -> str:
    """Return why an entry cannot be admitted with this note, or nothing."""
    try:
        checks.require_verdict(entry, Verdict.ADMIT, reasons=(), note=note, until=None, at=clock.now())
    except DomainError as refusal:
        return str(refusal)
    return ""
