"""The secretariat's page of quotas: a table of recommending units and tracks, also as a workbook."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.entries import lists, quotas
from judging.entries.quotas import OTHERS, Typed
from judging.entries.service.quotas import set_quotas
from judging.entries.views import check
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, StaleVersion
from judging.foundation.spreadsheets import RowError
from judging.units import queries as unit_queries
from judging.web.forms import ActForm
from judging.web.imports import sent_workbook, xlsx

OPEN = (Stage.SETUP, Stage.INTAKE)


@check.blueprint.get("/quotas")
@requires(Permission.ENTRY_VIEW)
def quotas_page() -> ResponseReturnValue:
    """Show how many entries each recommending unit may put forward, and how many stand on its list."""
    return _page(quotas.stored(this_edition(), unit_queries.recommending_units(db.session())))


def _page(table: Typed, *, refusal: str = "", rows: list[RowError] | None = None, is_new: bool = False) -> str:
    session, edition = db.session(), this_edition()
    tracks = quotas.tracks_of(edition)
    return render_template(
        "entries/check/quotas.html",
        form=ActForm(),
        units=unit_queries.recommending_units(session),
        tracks=tracks,
        versions={track.id: _version(track) for track in tracks},
        table=table,
        OTHERS=OTHERS,
        name_of=quotas.name_of,
        used=lists.count_by_recommender(session, edition),
        open_=edition.stage in OPEN,
        refusal=refusal,
        row_errors=rows or [],
        is_new=is_new,
    )


def _version(track: Any) -> int | None:
    first = track.round(1)
    return first.version if first is not None else None


@check.blueprint.post("/quotas")
@requires(Permission.EDITION_MANAGE)
def save_quotas() -> ResponseReturnValue:
    """Save the table."""
    table = quotas.typed(this_edition(), unit_queries.recommending_units(db.session()), request.form)
    if not ActForm().validate_on_submit() or table.errors:
        return _page(table, refusal=str(quotas.UnsoundQuotas.message)), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            units = unit_queries.recommending_units(session)
            edition, seen = this_edition(), _seen()
            changed = set_quotas(session, edition, units, table, seen=seen, by=me().actor, at=clock.now())
    except StaleVersion as refusal:
        return _page(table, refusal=str(refusal)), HTTPStatus.CONFLICT
    flash(gettext("The quotas have been saved.") if changed else gettext("Nothing has changed."), "success")
    return redirect(url_for(".quotas_page"))


def _seen() -> dict[UUID, int | None]:
    texts = {track.id: request.form.get(f"version-{track.id}", "") for track in quotas.tracks_of(this_edition())}
    return {track_id: int(text) if text.isdecimal() and len(text) < 10 else None for track_id, text in texts.items()}


@check.blueprint.get("/quotas.xlsx")
@requires(Permission.ENTRY_VIEW)
def export_quotas() -> ResponseReturnValue:
    """Return the table as a workbook, to fill and to send back."""
    units = unit_queries.recommending_units(db.session())
    return xlsx(quotas.quota_workbook(this_edition(), units), f"quotas-{this_edition().slug}")


@check.blueprint.post("/quotas/import")
@requires(Permission.EDITION_MANAGE)
def read_quotas() -> ResponseReturnValue:
    """Lay a workbook over the table, to look at and then to save; nothing is saved here."""
    session = db.session()
    units = unit_queries.recommending_units(session)
    try:
        _name, content = sent_workbook()
        table, errors = quotas.from_workbook(this_edition(), units, content)
    except DomainError as refusal:
        page = _page(quotas.stored(this_edition(), units), refusal=str(refusal))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(table, rows=errors, is_new=True), (
        HTTPStatus.UNPROCESSABLE_ENTITY if errors or table.errors else HTTPStatus.OK
    )
