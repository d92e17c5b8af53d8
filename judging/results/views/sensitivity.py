"""How much hangs on one judge, one method, one assumption: the page an organizer reads before confirming."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from judging.accounts.guards import may, me, requires
from judging.accounts.permissions import Permission
from judging.foundation import db
from judging.results import probing, queries
from judging.results.steadiness import next_reviews, seen_at
from judging.results.views.base import blueprint, frame, judge_names, require_act, this_sheet

BUDGETS = (10, 20, 50, 100)


@blueprint.get("/<uuid:sheet_id>/sensitivity")
@requires(Permission.RESULT_VIEW)
def sensitivity(sheet_id: UUID) -> ResponseReturnValue:
    """Show what would change at an award line."""
    session, sheet = db.session(), this_sheet(sheet_id)
    lines = sorted(int(line) for line in sheet.sensitivity.get("lines", {}))
    asked = request.args.get("line", "")
    line = int(asked) if asked.isdecimal() and int(asked) in lines else next(iter(lines), None)
    budget = next((one for one in BUDGETS if str(one) == request.args.get("reviews")), BUDGETS[0])
    standings = queries.standings(session, sheet.id) if line is not None else []
    codes = {str(one.candidate_id): one.candidate.code for one in standings}
    names = {str(judge_id): name for judge_id, name in judge_names(session, sheet).items()}
    return render_template(
        "results/sensitivity.html",
        **frame(session, sheet),
        asked=bool(sheet.sensitivity),
        lines=lines,
        line=line,
        seen=None if line is None else seen_at(sheet.sensitivity, line, codes, names),
        reviews=[] if line is None else next_reviews(standings, line, budget),
        budget=budget,
        budgets=BUDGETS,
        may_ask=may(Permission.RESULT_MANAGE),
    )


@blueprint.post("/<uuid:sheet_id>/sensitivity")
@requires(Permission.RESULT_MANAGE)
def probe(sheet_id: UUID) -> ResponseReturnValue:
    """Have it computed in the background."""
    require_act()
    this_sheet(sheet_id)
    with db.transaction() as session:
        url = url_for(".sensitivity", sheet_id=sheet_id)
        job_id = probing.ask(session, this_sheet(sheet_id), by=me().actor, result_url=url).id
    return redirect(url_for("accounts.job", job_id=job_id))
