"""Pages of the results: rounds, a sheet with its standings, judges, flags and method, and how one score came about."""

from io import BytesIO
from uuid import UUID

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.blinding.models import Candidate
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.foundation import audit, db
from judging.results import chances, charts, lights, queries, rules, service, sheets, words
from judging.results.models import FlagStatus, ResultSheet, Standing
from judging.results.views.base import blueprint, frame, judge_names, this_sheet
from judging.web.pagination import contains, paginate

SORTS = {
    "rank": (Standing.component, Standing.rank, Candidate.code),
    "code": Candidate.code,
    "mean": (Standing.mean, Candidate.code),
    "trimmed": (Standing.trimmed, Candidate.code),
    "median": (Standing.median, Candidate.code),
    "standard": (Standing.standard, Candidate.code),
    "adjusted": (Standing.adjusted, Candidate.code),
    "score": (Standing.score, Candidate.code),
    "change": (Standing.mean_rank - Standing.rank, Candidate.code),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHECKS = ("digest", "version", "summary", "standings", "severities", "flags")


@blueprint.get("/")
@requires(Permission.RESULT_VIEW)
def index() -> ResponseReturnValue:
    """Show the rounds with their sheets."""
    edition, session = this_edition(), db.session()
    rounds = [(t, r) for t in edition.tracks for r in t.rounds if r.number <= edition.round_number]
    ids = [round_.id for _, round_ in rounds]
    by_round = queries.sheets_by_round(session, ids)
    newest = [found[0].id for found in by_round.values()]
    return render_template(
        "results/index.html",
        rounds=rounds,
        sheets=by_round,
        flags=queries.open_flags(session, newest),
        ballots=queries.counted_ballots(session, ids),
        open=edition.stage is Stage.RESULTS,
    )


@blueprint.get("/<uuid:sheet_id>")
@requires(Permission.RESULT_VIEW)
def show(sheet_id: UUID) -> ResponseReturnValue:
    """Show the standings of a sheet: raw beside adjusted, and every place that changes."""
    session, sheet = db.session(), this_sheet(sheet_id)
    query = queries.standings_query(sheet.id)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Candidate.code))
    page = paginate(session, query, sorts=SORTS, default="rank")
    return render_template(
        "results/show.html",
        **frame(session, sheet),
        page=page,
        open_places=queries.open_places(session, sheet.id),
        intervals=charts.intervals(page.items),
        histogram=charts.histogram(queries.raw_totals(session, sheet.id)),
    )


@blueprint.get("/<uuid:sheet_id>/judges")
@requires(Permission.RESULT_VIEW)
def judges(sheet_id: UUID) -> ResponseReturnValue:
    """Show how severe or lenient each judge was."""
    session, sheet = db.session(), this_sheet(sheet_id)
    rows, names = queries.severities(session, sheet.id), judge_names(session, sheet)
    flagged = [flag.judge_id for flag in queries.flags(session, sheet.id) if flag.candidate_id is None]
    strip = charts.severity_strip(rows, names, flagged)
    return render_template("results/judges.html", **frame(session, sheet), rows=rows, names=names, strip=strip)


@blueprint.get("/<uuid:sheet_id>/flags")
@requires(Permission.RESULT_VIEW)
def flags(sheet_id: UUID) -> ResponseReturnValue:
    """Show what deserves a human look, with its evidence and its answer."""
    session, sheet = db.session(), this_sheet(sheet_id)
    rows, names = queries.flags(session, sheet.id), judge_names(session, sheet)
    return render_template(
        "results/flags.html",
        **frame(session, sheet),
        rows=rows,
        names=names,
        others={flag.id: names.get(UUID(flag.detail["other"]), "") for flag in rows if flag.detail.get("other")},
        untested=words.untested(sheet.summary),
        Status=FlagStatus,
        me_id=me().id,
    )


@blueprint.get("/<uuid:sheet_id>/method")
@requires(Permission.RESULT_VIEW)
def method(sheet_id: UUID) -> ResponseReturnValue:
    """Show method, parameters and digest."""
    return _method_page(this_sheet(sheet_id), None)


@blueprint.get("/<uuid:sheet_id>/verify")
@requires(Permission.RESULT_VIEW)
def verify(sheet_id: UUID) -> ResponseReturnValue:
    """Compute the sheet again from the ballots, now, and say whether everything agrees."""
    sheet = this_sheet(sheet_id)
    return _method_page(sheet, service.differences(db.session(), sheet))


def _method_page(sheet: ResultSheet, differences: list[str] | None) -> str:
    session = db.session()
    return render_template(
        "results/method.html",
        **frame(session, sheet),
        formula=words.FORMULAS[sheet.method],
        lights=lights.shown(sheet.summary.get("lights", [])),
        differences=differences,
        checks=CHECKS,
        history=_history(session, sheet),
    )


def _history(session: Session, sheet: ResultSheet) -> list[dict[str, object]]:
    lines = audit.lines_of(session, sheet.id)
    return [{"at": one.at, "who": one.by, "what": audit.label_of(one.act), "why": one.reason} for one in lines]


@blueprint.get("/<uuid:sheet_id>/candidates/<uuid:candidate_id>")
@requires(Permission.RESULT_VIEW)
def candidate(sheet_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """Show how one score came about, so that anybody can recompute it."""
    session, sheet = db.session(), this_sheet(sheet_id)
    standing = queries.standing_of(session, sheet.id, candidate_id)
    found = [flag for flag in queries.flags(session, sheet.id) if flag.candidate_id == candidate_id]
    names = {str(key): name for key, name in judge_names(session, sheet).items()}
    return render_template(
        "results/candidate.html",
        **frame(session, sheet),
        standing=standing,
        worked=rules.worked(sorted(standing.totals, key=lambda line: names.get(line["judge"], ""))),
        formula=words.FORMULAS[sheet.method],
        names=names,
        found=found,
        chances=chances.chances(standing.p_top),
    )


@blueprint.get("/<uuid:sheet_id>/sheet.xlsx")
@requires(Permission.RESULT_VIEW)
def export(sheet_id: UUID) -> ResponseReturnValue:
    """Return the sheet as a workbook."""
    session, sheet = db.session(), this_sheet(sheet_id)
    name = queries.name_of(session, sheet)
    standings, severities = queries.standings(session, sheet.id), queries.severities(session, sheet.id)
    data = sheets.sheet_workbook(sheet, standings, severities, judge_names(session, sheet), name=name)
    return send_file(BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
