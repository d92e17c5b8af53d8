"""Pages of the results: rounds, a sheet with its standings, judges, flags and method, and how one score came about."""

from http import HTTPStatus
from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import may, me, requires
from judging.accounts.permissions import Permission
from judging.blinding.models import Candidate
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Round, Stage, Track
from judging.foundation import audit, clock, db
from judging.foundation.errors import NotFound
from judging.results import chances, charts, lights, queries, readiness, rules, service, sheets, strength, words
from judging.results.forms import ConfirmForm, FlagForm
from judging.results.models import FlagStatus, ResultSheet, Standing
from judging.web.errors import answer
from judging.web.forms import ActForm, ReasonForm
from judging.web.pagination import contains, paginate

blueprint = edition_blueprint("results", __name__, "/results")
blueprint.add_app_template_filter(words.note_sentence, "result_note")
blueprint.add_app_template_filter(words.flag_sentence, "flag_sentence")
blueprint.add_app_template_filter(words.evidence, "flag_evidence")
blueprint.add_app_template_filter(words.kind_label, "flag_kind")
blueprint.add_app_template_filter(chances.doubt, "doubt")
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


@blueprint.post("/rounds/<uuid:round_id>/compute")
@requires(Permission.RESULT_MANAGE)
def compute(round_id: UUID) -> ResponseReturnValue:
    """Compute the scores of a round."""
    _require_act()
    with db.transaction() as session:
        edition = this_edition()
        sheet = service.compute(session, edition, _round(round_id), by=me().actor, at=clock.now())
    flash(gettext("The scores have been computed."), "success")
    return redirect(url_for(".show", sheet_id=sheet.id))


@blueprint.get("/<uuid:sheet_id>")
@requires(Permission.RESULT_VIEW)
def show(sheet_id: UUID) -> ResponseReturnValue:
    """Show the standings of a sheet: raw beside adjusted, and every place that changes."""
    session, sheet = db.session(), _sheet(sheet_id)
    query = queries.standings_query(sheet.id)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Candidate.code))
    page = paginate(session, query, sorts=SORTS, default="rank")
    return render_template(
        "results/show.html",
        **_frame(session, sheet),
        page=page,
        open_places=queries.open_places(session, sheet.id),
        intervals=charts.intervals(page.items),
        histogram=charts.histogram(queries.raw_totals(session, sheet.id)),
    )


@blueprint.get("/<uuid:sheet_id>/judges")
@requires(Permission.RESULT_VIEW)
def judges(sheet_id: UUID) -> ResponseReturnValue:
    """Show how severe or lenient each judge was."""
    session, sheet = db.session(), _sheet(sheet_id)
    rows, names = queries.severities(session, sheet.id), _judge_names(session, sheet)
    flagged = [flag.judge_id for flag in queries.flags(session, sheet.id) if flag.candidate_id is None]
    strip = charts.severity_strip(rows, names, flagged)
    return render_template("results/judges.html", **_frame(session, sheet), rows=rows, names=names, strip=strip)


@blueprint.get("/<uuid:sheet_id>/flags")
@requires(Permission.RESULT_VIEW)
def flags(sheet_id: UUID) -> ResponseReturnValue:
    """Show what deserves a human look, with its evidence and its answer."""
    session, sheet = db.session(), _sheet(sheet_id)
    rows, names = queries.flags(session, sheet.id), _judge_names(session, sheet)
    return render_template(
        "results/flags.html",
        **_frame(session, sheet),
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
    return _method_page(_sheet(sheet_id), None)


@blueprint.get("/<uuid:sheet_id>/verify")
@requires(Permission.RESULT_VIEW)
def verify(sheet_id: UUID) -> ResponseReturnValue:
    """Compute the sheet again from the ballots, now, and say whether everything agrees."""
    sheet = _sheet(sheet_id)
    return _method_page(sheet, service.differences(db.session(), sheet))


def _method_page(sheet: ResultSheet, differences: list[str] | None) -> str:
    session = db.session()
    return render_template(
        "results/method.html",
        **_frame(session, sheet),
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
    session, sheet = db.session(), _sheet(sheet_id)
    standing = queries.standing_of(session, sheet.id, candidate_id)
    found = [flag for flag in queries.flags(session, sheet.id) if flag.candidate_id == candidate_id]
    names = {str(key): name for key, name in _judge_names(session, sheet).items()}
    return render_template(
        "results/candidate.html",
        **_frame(session, sheet),
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
    session, sheet = db.session(), _sheet(sheet_id)
    name = queries.name_of(session, sheet)
    standings, severities = queries.standings(session, sheet.id), queries.severities(session, sheet.id)
    data = sheets.sheet_workbook(sheet, standings, severities, _judge_names(session, sheet), name=name)
    return send_file(BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.post("/<uuid:sheet_id>/confirm")
@requires(Permission.RESULT_MANAGE)
def confirm(sheet_id: UUID) -> ResponseReturnValue:
    """Confirm a sheet."""
    form = ConfirmForm()
    _sheet(sheet_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        sheet, reason = _sheet(sheet_id), form.reason.data or ""
        service.confirm(session, this_edition(), sheet, by=me().actor, at=clock.now(), reason=reason)
    flash(gettext("The result sheet has been confirmed."), "success")
    return redirect(url_for(".show", sheet_id=sheet_id))


@blueprint.post("/<uuid:sheet_id>/reopen")
@requires(Permission.RESULT_MANAGE)
def reopen(sheet_id: UUID) -> ResponseReturnValue:
    """Take a confirmation back."""
    form = ReasonForm()
    _sheet(sheet_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        service.reopen(
            session, this_edition(), _sheet(sheet_id), reason=form.reason.data, by=me().actor, at=clock.now()
        )
    flash(gettext("The confirmation has been taken back."), "success")
    return redirect(url_for(".show", sheet_id=sheet_id))


@blueprint.post("/<uuid:sheet_id>/flags/<uuid:flag_id>")
@requires(Permission.RESULT_MANAGE)
def review_flag(sheet_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Answer a flag."""
    form = FlagForm()
    queries.flag_of(db.session(), _sheet(sheet_id).id, flag_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    status = next(one for one in FlagStatus if one.value == form.answer.data)
    with db.transaction() as session:
        flag = queries.flag_of(session, _sheet(sheet_id).id, flag_id)
        note, at = form.reason.data or "", clock.now()
        service.review_flag(session, this_edition(), flag, status, note=note, by=me().actor, at=at)
    return _answered(sheet_id)


@blueprint.post("/<uuid:sheet_id>/flags/<uuid:flag_id>/sign")
@requires(Permission.RESULT_MANAGE)
def sign_exclusion(sheet_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Sign a proposed exclusion as the second person."""
    _require_act()
    with db.transaction() as session:
        flag = queries.flag_of(session, _sheet(sheet_id).id, flag_id)
        service.second_exclusion(session, this_edition(), flag, by=me().actor, at=clock.now())
    flash(gettext("The score no longer counts. Please compute the scores again."), "warning")
    return redirect(url_for(".flags", sheet_id=sheet_id))


@blueprint.post("/<uuid:sheet_id>/flags/<uuid:flag_id>/refuse")
@requires(Permission.RESULT_MANAGE)
def refuse_exclusion(sheet_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Refuse a proposed exclusion."""
    form = ReasonForm()
    queries.flag_of(db.session(), _sheet(sheet_id).id, flag_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        flag = queries.flag_of(session, _sheet(sheet_id).id, flag_id)
        service.refuse_exclusion(session, this_edition(), flag, reason=form.reason.data, by=me().actor, at=clock.now())
    return _answered(sheet_id)


def _answered(sheet_id: UUID) -> ResponseReturnValue:
    flash(gettext("Your answer has been recorded."), "success")
    return redirect(url_for(".flags", sheet_id=sheet_id))


def _require_act() -> None:
    if not ActForm().validate_on_submit():
        raise NotFound


def _sheet(sheet_id: UUID) -> ResultSheet:
    return queries.sheet_of(db.session(), this_edition().id, sheet_id)


def _round(round_id: UUID) -> Round:
    found = next((r for t in this_edition().tracks for r in t.rounds if r.id == round_id), None)
    if found is None:
        raise NotFound
    return found


def _track(round_: Round) -> Track:
    return next(track for track in this_edition().tracks if track.id == round_.track_id)


def _frame(session: Session, sheet: ResultSheet) -> dict[str, object]:
    """What every page of a sheet shows: where it belongs, whether it stands, what can be done."""
    edition, latest = this_edition(), queries.latest_sheet(session, sheet.round_id)
    newest = latest is not None and latest.id == sheet.id
    running = edition.stage is Stage.RESULTS and sheet.round.number == edition.round_number
    return {
        "sheet": sheet,
        "track": _track(sheet.round),
        "open_flags": queries.open_flags(session, [sheet.id]).get(sheet.id, 0),
        "newest": newest,
        "can_change": may(Permission.RESULT_MANAGE) and running and newest,
    }


def _judge_names(session: Session, sheet: ResultSheet) -> dict[UUID, str]:
    """Judges by code and name for those who may know them, else by number."""
    labels = queries.judge_labels(session, sheet.id)
    if may(Permission.JUDGE_VIEW):
        return {judge_id: f"{label.code} {label.name}" for judge_id, label in labels.items()}
    return {judge_id: gettext("Judge %(number)s", number=n) for n, judge_id in enumerate(sorted(labels), start=1)}


blueprints: tuple[Blueprint, ...] = (blueprint,)
CHECKED = readiness  # imported so that its questions are asked
TOLD = strength  # imported so that halls can be made equally strong by it
