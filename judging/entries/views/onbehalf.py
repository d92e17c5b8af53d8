"""The secretariat lays in a file for a unit."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.entries import checks, files, pages, queries
from judging.entries.check_forms import FileForUnitForm
from judging.entries.models import AttachmentKind, Entry
from judging.entries.service import drafting
from judging.entries.service.onbehalf import attach_for_unit
from judging.entries.views import check
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound


@check.blueprint.get("/<uuid:entry_id>/files")
@requires(Permission.ENTRY_CHECK)
def file_for_unit(entry_id: UUID) -> ResponseReturnValue:
    """Ask which file, and why the secretariat lays it in."""
    return _page(_entry(entry_id), FileForUnitForm(kind=request.args.get("kind", "")))


def _entry(entry_id: UUID) -> Entry:
    return queries.entry_full(db.session(), this_edition(), entry_id)


def _page(entry: Entry, form: FileForUnitForm) -> str:
    edition, at = this_edition(), clock.now()
    places = pages.file_places(entry, edition, at)
    layable = [place for place in places if checks.is_layable(entry, edition, place.kind)]
    form.kind.choices = [("", gettext("Please choose")), *[(place.kind.value, str(place.label)) for place in layable]]
    return render_template("entries/check/file.html", entry=entry, form=form, places=places, can_lay=bool(layable))


@check.blueprint.post("/<uuid:entry_id>/files")
@requires(Permission.ENTRY_CHECK)
def lay_file_for_unit(entry_id: UUID) -> ResponseReturnValue:
    """Take the file for its place, with the reason."""
    entry, form = _entry(entry_id), FileForUnitForm()
    kind = AttachmentKind.of(form.kind.data)
    if not form.validate_on_submit() or kind is None:
        return _page(entry, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        checks.require_layable(entry, this_edition(), kind)  # before a large file is looked at
        received = drafting.receive(kind, *_sent(form.file.data, kind))
        with db.transaction() as session:
            attach_for_unit(
                session, _entry(entry_id), kind, received, reason=form.reason.data, by=me().actor, at=clock.now()
            )
    except NotFound:
        raise
    except files.FileRefused as refusal:
        form.file.errors = [str(refusal)]
    except DomainError as refusal:
        form.kind.errors = [str(refusal)]
    else:
        flash(gettext("The file has been checked and laid in for the unit."), "success")
        return redirect(url_for(".show", entry_id=entry_id))
    return _page(_entry(entry_id), form), HTTPStatus.UNPROCESSABLE_ENTITY


def _sent(file: FileStorage, kind: AttachmentKind) -> tuple[str, bytes]:
    file.stream.seek(0, 2)
    files.require_size(file.stream.tell(), files.accepted_for(kind))
    file.stream.seek(0)
    return file.filename or "", file.stream.read()
