"""The entrant's files: upload with a checked content, replace, remove, download."""

from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.entries import files, pages, queries, rules
from judging.entries.models import Attachment, AttachmentKind
from judging.entries.rules import Step
from judging.entries.service import drafting
from judging.entries.views.entrant import blueprint, own
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.storage import storage
from judging.web.errors import wants_json
from judging.web.forms import ActForm


@blueprint.post("/<uuid:entry_id>/files/<kind>")
@requires(Permission.ENTRY_OWN)
def upload(entry_id: UUID, kind: str) -> ResponseReturnValue:
    """Take a file for its place; the answer says why when it is refused."""
    place = _kind(kind)
    at = clock.now()  # a large file may arrive before the deadline and be checked after it
    try:
        rules.require_uploadable(own(db.session(), entry_id), this_edition(), place, at)
        received = drafting.receive(place, *_sent(place))
        with db.transaction() as session:
            drafting.attach_received(session, own(session, entry_id), place, received, by=me().actor, at=at)
    except NotFound:
        raise
    except DomainError as refusal:
        return _refused(entry_id, refusal)
    return _done(entry_id, place, gettext("The file has been checked and stored."))


def _sent(kind: AttachmentKind) -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise files.NoFile
    sent.stream.seek(0, 2)
    files.require_size(sent.stream.tell(), files.accepted_for(kind))  # before it is read into memory
    sent.stream.seek(0)
    return sent.filename, sent.stream.read()


def _kind(kind: str) -> AttachmentKind:
    found = AttachmentKind.of(kind)
    if found is None:
        raise NotFound
    return found


def _refused(entry_id: UUID, refusal: DomainError) -> ResponseReturnValue:
    if wants_json():
        return jsonify(ok=False, message=str(refusal)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(str(refusal), "danger")
    return redirect(_back(entry_id))


def _done(entry_id: UUID, kind: AttachmentKind, sentence: str) -> ResponseReturnValue:
    if not wants_json():
        flash(sentence, "success")
        return redirect(_back(entry_id))
    entry = own(db.session(), entry_id)
    place = pages.file_place(entry, this_edition(), kind, clock.now())
    html = render_template("entries/_place.html", entry=entry, place=place)
    return jsonify(ok=True, message=sentence, html=html)


def _back(entry_id: UUID) -> str:
    if request.args.get("from") in ("receipt", "show"):
        return url_for(f".{request.args['from']}", entry_id=entry_id)
    return url_for(".step", entry_id=entry_id, step=Step.FILES)


@blueprint.post("/<uuid:entry_id>/files/<uuid:attachment_id>/remove")
@requires(Permission.ENTRY_OWN)
def remove(entry_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Take a file out of the entry."""
    if not ActForm().validate_on_submit():
        raise NotFound
    try:
        with db.transaction() as session:
            entry = own(session, entry_id)
            attachment = queries.attachment_of(entry, attachment_id)
            drafting.remove_attachment(session, entry, attachment, by=me().actor, at=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return _refused(entry_id, refusal)
    flash(gettext("The file has been removed from the entry."), "success")
    return redirect(_back(entry_id))


@blueprint.get("/<uuid:entry_id>/files/<uuid:attachment_id>")
@requires(Permission.ENTRY_OWN)
def download(entry_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Give the entrant a file back, as it was sent."""
    return send(queries.attachment_of(own(db.session(), entry_id), attachment_id))


def send(attachment: Attachment, *, inline: bool = False) -> Response:
    """Return a stored file: for saving, or (PDFs and pictures only) to be looked at inside a page of ours."""
    inline = inline and attachment.media_type in ("application/pdf", "image/jpeg", "image/png")
    response = Response(storage().stream(attachment.storage_key), mimetype=attachment.media_type)
    response.headers["Content-Disposition"] = disposition(attachment.file_name, inline=inline)
    response.headers["Content-Length"] = str(attachment.size)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def disposition(file_name: str, *, inline: bool = False) -> str:
    """Return the header of RFC 6266: a plain name for old programs, the real one in the encoding of RFC 5987."""
    suffix = file_name.rpartition(".")[2]
    plain = file_name if file_name.isascii() and '"' not in file_name and "\\" not in file_name else f"file.{suffix}"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
