"""When each stage opens and closes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions import rules, service
from judging.editions.addresses import this_edition
from judging.editions.forms import CalendarForm, calendar_form
from judging.editions.views.settings import blueprint
from judging.foundation import clock, db
from judging.foundation.errors import StaleVersion


@blueprint.get("/calendar")
@requires(Permission.EDITION_VIEW)
def calendar() -> ResponseReturnValue:
    """Show the calendar in the edition's time zone."""
    return render_template("editions/calendar.html", form=calendar_form(this_edition()))


@blueprint.post("/calendar")
@requires(Permission.EDITION_MANAGE)
def save_calendar() -> ResponseReturnValue:
    """Save all times at once; a deadline that people know moves for a reason only."""
    form = calendar_form(this_edition())
    if not form.validate_on_submit():
        return render_template("editions/calendar.html", form=form), 422
    try:
        _save(form)
    except rules.ReasonNeeded as refusal:
        form.reason.errors = [str(refusal)]
        return render_template("editions/calendar.html", form=form), 422
    except StaleVersion as refusal:
        form.version.data = this_edition().version
        return render_template("editions/calendar.html", form=form, refusal=str(refusal)), 409
    flash(gettext("The calendar has been saved."), "success")
    return redirect(url_for(".calendar"))


def _save(form: CalendarForm) -> None:
    with db.transaction() as session:
        edition = this_edition()
        edition.require_version(form.seen_version)
        zone, at = ZoneInfo(edition.timezone), clock.now()
        for row in form.rows():
            service.set_dates(
                session,
                edition,
                row.stage,
                round_number=row.number,
                opens_at=_moment(row.opens.data, zone),
                closes_at=_moment(row.closes.data, zone),
                by=me().actor,
                at=at,
                reason=form.reason.data or "",
            )


def _moment(typed: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if typed is None else typed.replace(tzinfo=zone)
