"""The organizer's and the supervisor's desk: today, the audit trail, the letters."""

from datetime import datetime, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import requires
from judging.accounts.permissions import Permission
from judging.dashboard import queries, tasks
from judging.dashboard.details import in_words
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.rules import date_of
from judging.foundation import audit, clock, db
from judging.foundation.audit import SYSTEM, AuditLine
from judging.foundation.outbox import Message
from judging.foundation.spreadsheets import Column, workbook
from judging.web.filters import format_datetime, zone
from judging.web.pagination import paginate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
blueprint = edition_blueprint("desk", __name__)


@blueprint.get("/")
@requires(Permission.EDITION_VIEW)
def today() -> ResponseReturnValue:
    """Show what waits, where the edition stands, and what changed since yesterday."""
    session, edition = db.session(), this_edition()
    found = queries.counts(session, edition)
    dates = date_of(edition, edition.stage)
    return render_template(
        "dashboard/today.html",
        tasks=tasks.waiting(found),
        counts=found,
        pipeline=tasks.pipeline(edition, found),
        progress=queries.judging_by_track(session, edition),
        lines=story(queries.recent(session, edition.id, clock.now() - timedelta(days=1))),
        due=dates.closes_at if dates else None,
        due_label=edition.stage.label,
    )


def story(lines: list[AuditLine]) -> list[dict[str, object]]:
    """Return lines of the trail as the timeline draws them."""
    return [
        {"at": line.at, "who": _who(line), "what": _what(line), "why": line.reason, "detail": in_words(line.detail)}
        for line in lines
    ]


def _who(line: AuditLine) -> str:
    return gettext("the program") if line.by_id is None and line.by == SYSTEM.name else line.by


def _what(line: AuditLine) -> str:
    words = audit.label_of(line.act)
    return f"{words} · {line.subject}" if line.subject and line.subject != line.by else words


def _day(name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(request.args.get(name, "")).replace(tzinfo=zone())
    except ValueError:
        return None


def _trail_query() -> object:
    until = _day("to")
    return queries.trail(
        this_edition().id,
        text=request.args.get("q", "").strip(),
        act=request.args.get("act", ""),
        day_from=_day("from"),
        day_to=until + timedelta(days=1) if until else None,
    )


@blueprint.get("/trail")
@requires(Permission.AUDIT_VIEW)
def trail() -> ResponseReturnValue:
    """Show who did what, when and why."""
    sorts = {"at": (AuditLine.at, AuditLine.id), "by": AuditLine.by, "act": AuditLine.act}
    page = paginate(db.session(), _trail_query(), sorts=sorts, default="-at")  # type: ignore[arg-type]
    acts = sorted(audit.all_acts(), key=lambda pair: pair[0])
    return render_template("dashboard/trail.html", page=page, lines=story(list(page.items)), acts=acts)


TRAIL_LIMIT = 100_000


@blueprint.get("/trail.xlsx")
@requires(Permission.AUDIT_VIEW)
def trail_workbook() -> ResponseReturnValue:
    """Return the filtered trail as a workbook."""
    query = _trail_query().order_by(AuditLine.at.desc()).limit(TRAIL_LIMIT)  # type: ignore[attr-defined]
    columns = (
        Column("at", gettext("Time"), 20),
        Column("by", gettext("Who"), 16),
        Column("act", gettext("Act"), 20),
        Column("subject", gettext("About"), 40),
        Column("reason", gettext("Reason"), 40),
        Column("detail", gettext("Details"), 60),
    )
    rows = (
        {
            "at": format_datetime(line.at),
            "by": _who(line),
            "act": audit.label_of(line.act),
            "subject": line.subject,
            "reason": line.reason,
            "detail": in_words(line.detail),
        }
        for line in db.session().scalars(query)
    )
    name = f"audit-{this_edition().slug}.xlsx"
    content = workbook({gettext("Audit trail"): (columns, rows)})
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.get("/letters")
@requires(Permission.ACCOUNT_VIEW)
def letters() -> ResponseReturnValue:
    """Show which letters wait, went, or failed (not what they say: some carry personal links)."""
    sorts = {"at": (Message.created_at, Message.id), "to": Message.to}
    page = paginate(db.session(), queries.letters(this_edition().id), sorts=sorts, default="-at")
    return render_template("dashboard/letters.html", page=page)
