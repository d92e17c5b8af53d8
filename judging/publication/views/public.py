"""Notices as the public reads them, objections to them, and how an objection stands."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from judging.editions.models import Edition
from judging.entries.files import FileRefused
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.storage import storage
from judging.publication import pages, queries, rules, service
from judging.publication.forms import ObjectionForm, ReceiptForm
from judging.publication.models import Notice, NoticeStatus
from judging.web.access import public
from judging.web.pagination import paginate

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
SORTS = {"day": (Notice.published_at, Notice.id)}
FIELD_OF: dict[type[DomainError], str] = {
    rules.AnonymousObjection: "name",
    rules.NoContact: "contact",
    rules.NoGrounds: "grounds",
    rules.NoEvidence: "evidence",
    rules.NoSuchRow: "number",
}


@blueprint.get("/")
@public
def public_index() -> ResponseReturnValue:
    """List what is published, newest first."""
    page = paginate(db.session(), queries.published(), sorts=SORTS, default="-day", per_page=20)
    return render_template("publication/public_index.html", page=page)


@blueprint.get("/<uuid:notice_id>")
@public
def public_show(notice_id: UUID) -> ResponseReturnValue:
    """Show a notice as a document; a replaced one only says what has replaced it."""
    notice, edition = _notice(notice_id)
    if notice.status is NoticeStatus.SUPERSEDED:
        successor = queries.successor_of(db.session(), notice)
        return render_template("publication/superseded.html", notice=notice, successor=successor)
    document = pages.document(edition, notice, clock.now())
    return render_template("publication/public_show.html", document=document)


@blueprint.get("/<uuid:notice_id>/notice.pdf")
@public
def public_pdf(notice_id: UUID) -> ResponseReturnValue:
    """Hand out the document as it was published."""
    notice, _edition = _notice(notice_id)
    if notice.status is NoticeStatus.SUPERSEDED or not notice.pdf_key:
        raise NotFound
    data = BytesIO(storage().get(notice.pdf_key))
    return send_file(data, mimetype="application/pdf", download_name=f"{notice.title}.pdf", etag=False)


@blueprint.get("/<uuid:notice_id>/object")
@public
def objection(notice_id: UUID) -> ResponseReturnValue:
    """Ask for an objection, saying what counts as one."""
    notice, edition = _notice(notice_id)
    return _objection_page(notice, edition, ObjectionForm(number=request.args.get("number", type=int)))


@blueprint.post("/<uuid:notice_id>/object")
@public
def object_now(notice_id: UUID) -> ResponseReturnValue:
    """Receive an objection."""
    notice, edition = _notice(notice_id)
    form = ObjectionForm()
    if not form.validate_on_submit():
        return _objection_page(notice, edition, form), 422
    try:
        receipt = _file(notice, edition, form)
    except rules.TooManyObjections as refusal:
        form.form_errors = [str(refusal)]
        return _objection_page(notice, edition, form), int(refusal.status)
    except DomainError as refusal:
        field = "evidence" if isinstance(refusal, FileRefused) else FIELD_OF.get(type(refusal))
        if field is None:
            raise
        form[field].errors = [str(refusal)]
        return _objection_page(notice, edition, form), 422
    return redirect(url_for(".receipt", code=receipt))


def _file(notice: Notice, edition: Edition, form: ObjectionForm) -> str:
    with db.transaction() as session:
        service.count_attempt(session, notice, request.remote_addr or "", clock.now())
    upload = form.evidence.data
    given = upload is not None and bool(upload.filename)
    evidence = service.store_evidence(upload.read(), upload.filename) if given else None
    with db.transaction() as session:
        made = service.file_objection(
            session,
            edition,
            notice,
            name=form.name.data,
            unit_name=form.unit_name.data or "",
            contact=form.contact.data,
            grounds=form.grounds.data,
            number=form.number.data,
            about_level_only=form.about_level_only.data,
            evidence=evidence,
            at=clock.now(),
        )
        return made.receipt


def _objection_page(notice: Notice, edition: Edition, form: ObjectionForm) -> str:
    document = pages.document(edition, notice, clock.now(), rows=[])
    return render_template("publication/object.html", document=document, form=form, accept=service.EVIDENCE.suffixes)


@blueprint.get("/receipts")
@public
def ask() -> ResponseReturnValue:
    """Ask for a receipt code."""
    form = ReceiptForm(request.args)
    if form.code.data and form.validate():
        return redirect(url_for(".receipt", code=form.code.data.upper()))
    return render_template("publication/ask.html", form=form)


@blueprint.get("/receipts/<code>")
@public
def receipt(code: str) -> ResponseReturnValue:
    """Say how an objection stands, without a word on who made it."""
    try:
        found = queries.objection_by_receipt(db.session(), code)
    except NotFound:
        form = ReceiptForm(code=code)
        return render_template("publication/ask.html", form=form, unknown=True), 404
    g.edition = db.session().get_one(Edition, found.edition_id)
    return render_template("publication/receipt.html", objection=found)


def _notice(notice_id: UUID) -> tuple[Notice, Edition]:
    notice, edition = queries.public_notice(db.session(), notice_id)
    g.edition = edition
    return notice, edition
