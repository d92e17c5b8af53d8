"""How far judging is, for the secretariat: progress, reminders, single sheets."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment.queries import round_of, running_rounds
from judging.ballots import queries, rules, service
from judging.ballots.forms import RemindForm
from judging.ballots.models import Ballot
from judging.ballots.progress import Progress, progress_of
from judging.ballots.sheet import Sheet, make_sheet
from judging.ballots.totals import without_valid_ballot
from judging.ballots.views.base import blueprint, closes_at
from judging.blinding.review_copy import review_copy
from judging.editions import rules as editions
from judging.editions.addresses import this_edition
from judging.editions.models import Round, Stage, Track
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.web.filters import format_weekday_datetime
from judging.web.forms import ReasonForm


@blueprint.get("/progress")
@requires(Permission.BALLOT_VIEW)
def progress() -> ResponseReturnValue:
    """Show how far each judge is, who is late, and who has recused."""
    session, edition = db.session(), this_edition()
    rounds = running_rounds(edition)
    chosen = _chosen(rounds)
    found = progress_of(session, chosen[1].id) if chosen else Progress(())
    return render_template(
        "ballots/progress.html",
        rounds=rounds,
        chosen=chosen,
        progress=found,
        late=_late(found),
        recused=queries.recused_of(session, [chosen[1].id]) if chosen else [],
        short=queries.short_by_recusal(session, chosen[1]) if chosen else set(),
        unjudged=without_valid_ballot(session, chosen[1].id) if chosen else [],
        figures={"items": [{"label": j.name, "done": j.done, "total": j.total - j.recused} for j in found.judges]},
        open=edition.stage is Stage.JUDGING,
        due=closes_at(),
        due_label=_("Judging closes"),
    )


def _chosen(rounds: list[tuple[Track, Round]]) -> tuple[Track, Round] | None:
    """Return the track that the address asks for, else the first."""
    wanted = request.args.get("track", "")
    return next((pair for pair in rounds if pair[0].code == wanted), rounds[0] if rounds else None)


def _late(found: Progress) -> set[UUID]:
    dates = editions.date_of(this_edition(), Stage.JUDGING)
    opens, closes = (dates.opens_at, dates.closes_at) if dates else (None, None)
    now = clock.now()
    return {
        judge.id for judge in found.judges if rules.is_late(judge.done, judge.total - judge.recused, opens, closes, now)
    }


@blueprint.post("/progress/<uuid:round_id>/remind")
@requires(Permission.BALLOT_MANAGE)
def remind(round_id: UUID) -> ResponseReturnValue:
    """Write to the ticked judges; without ticks to all who are late."""
    edition, form = this_edition(), RemindForm()
    track, round_ = round_of(edition, round_id)
    back = url_for(".progress", track=track.code)
    if not form.validate_on_submit():
        flash(form.first_error, "warning")
        return redirect(back)
    closes = closes_at()
    with db.transaction() as session:
        found = progress_of(session, round_.id)
        wanted = set(form.ids.data or []) or {str(judge_id) for judge_id in _late(found)}
        judges = [judge for judge in found.judges if str(judge.id) in wanted]
        until = format_weekday_datetime(closes) if closes else ""
        link = current_app.config["BASE_URL"].rstrip("/") + url_for(".desk")
        count = service.remind(session, edition, judges, until=until, link=link, by=me().actor, at=clock.now())
    if count:
        flash(_("%(count)s reminders have been laid in the outbox.", count=count), "success")
    else:
        flash(_("Nobody was reminded: these judges are done or have no e-mail address."), "info")
    return redirect(back)


@blueprint.get("/progress/<uuid:round_id>/judges/<uuid:judge_id>")
@requires(Permission.BALLOT_VIEW)
def of_judge(round_id: UUID, judge_id: UUID) -> ResponseReturnValue:
    """Show the sheets of one judge by code."""
    session, edition = db.session(), this_edition()
    track, round_ = round_of(edition, round_id)
    judge = session.get(Judge, judge_id)
    rows = queries.sheets_of_judge(session, round_.id, judge_id)
    if judge is None or not rows:
        raise NotFound
    return render_template(
        "ballots/of_judge.html", track=track, round=round_, judge=judge, rows=rows, open=edition.stage is Stage.JUDGING
    )


@blueprint.post("/sheets/<uuid:ballot_id>/reopen")
@requires(Permission.BALLOT_MANAGE)
def reopen(ballot_id: UUID) -> ResponseReturnValue:
    """Give a sheet back to its judge."""
    edition, form = this_edition(), ReasonForm()
    queries.ballot_in(db.session(), edition, ballot_id)
    if not form.validate_on_submit():
        raise rules.ReasonMissing
    with db.transaction() as session:
        ballot = queries.ballot_in(session, edition, ballot_id)
        service.reopen_ballot(session, edition, ballot, by=me().actor, reason=form.reason.data, at=clock.now())
        round_id, judge_id = ballot.candidate.round_id, ballot.judge_id
    flash(_("The score sheet has been given back; the judge can change and submit it again."), "success")
    return redirect(url_for(".of_judge", round_id=round_id, judge_id=judge_id))


@blueprint.get("/sheets/<uuid:ballot_id>/print")
@requires(Permission.BALLOT_VIEW)
def opinion(ballot_id: UUID) -> ResponseReturnValue:
    """Show an opinion sheet on paper, for the files."""
    session, edition = db.session(), this_edition()
    ballot = queries.ballot_in(session, edition, ballot_id)
    back = url_for(".of_judge", round_id=ballot.candidate.round_id, judge_id=ballot.judge_id)
    return render_template(
        "ballots/opinion.html", sheet=_paper(session, ballot), judge=ballot.judge, comments=rules.COMMENTS, back=back
    )


def _paper(session: Session, ballot: Ballot) -> Sheet:
    copy = review_copy(session, ballot.candidate_id, cleared_only=False)
    return make_sheet(ballot.assignment_id, copy, ballot.rubric, ballot, [], open_=False)
