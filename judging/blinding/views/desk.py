"""The desk of blinding: where every review copy of the running round stands, and what waits for a person."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.blinding import preparing, queries, rules, service
from judging.blinding.models import Candidate, CandidateStatus, FindingWhat
from judging.blinding.review_copy import topic_label
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Round, Stage
from judging.foundation import clock, db
from judging.web.pagination import paginate

blueprint = edition_blueprint("blinding", __name__, "/blinding")
SORTS = {
    "code": Candidate.code,
    "title": (Candidate.title, Candidate.code),
    "status": (Candidate.status, Candidate.code),
}


@blueprint.get("/")
@requires(Permission.BLINDING_VIEW)
def desk() -> ResponseReturnValue:
    """Show where every review copy stands, and what waits for a person."""
    session, edition = db.session(), this_edition()
    rounds = queries.rounds_of(edition)
    round_ids = [round_.id for round_ in rounds]
    counts = queries.counts(session, round_ids)
    page = paginate(session, queries.listed(round_ids, _wanted()), sorts=SORTS, default="code", scalars=False)
    return render_template(
        "blinding/desk.html",
        page=page,
        filters=_filters(rounds),
        names={round_.id: track.name for track in edition.tracks for round_ in track.rounds},
        totals={status: sum(count.get(status, 0) for count in counts.values()) for status in CandidateStatus},
        waiting=preparing.what_waits(session, edition),
        is_open=edition.stage is Stage.BLINDING,
        statuses=CandidateStatus,
        topic_label=topic_label,
    )


def _wanted() -> queries.Wanted:
    rounds = {str(round_.id): round_.id for round_ in queries.rounds_of(this_edition())}
    return queries.Wanted(
        text=request.args.get("q", "").strip(),
        round_id=rounds.get(request.args.get("round", "")),
        status=CandidateStatus.of(request.args.get("status")),
        what=FindingWhat.of(request.args.get("what")),
    )


def _filters(rounds: list[Round]) -> list[dict[str, object]]:
    names = {round_.id: track.name for track in this_edition().tracks for round_ in track.rounds}
    return [
        {"name": "round", "label": gettext("Track"), "choices": [(r.id, names[r.id]) for r in rounds]},
        {"name": "status", "label": gettext("State"), "choices": CandidateStatus.choices()},
        {"name": "what", "label": gettext("Finding"), "choices": FindingWhat.choices()},
    ]


@blueprint.post("/prepare")
@requires(Permission.BLINDING_MANAGE)
def prepare() -> ResponseReturnValue:
    """Admit what waits and make the review copies, in the background."""
    with db.transaction() as session:
        rules.require_blinding(this_edition())
        job = preparing.ask(session, this_edition(), by=me().actor, result_url=url_for(".desk"))
        job_id = job.id
    return redirect(url_for("accounts.job", job_id=job_id))


@blueprint.post("/clear")
@requires(Permission.BLINDING_MANAGE)
def clear_ready() -> ResponseReturnValue:
    """Clear all review copies on which nothing is open."""
    with db.transaction() as session:
        edition = this_edition()
        number = service.clear_ready(session, edition, queries.rounds_of(edition), by=me().actor, at=clock.now())
    flash(gettext("%(n)s review copies have been cleared.", n=number), "success")
    return redirect(url_for(".desk"))
