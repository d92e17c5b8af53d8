"""All conflicts of an edition: detect, decide requests, waive with a reason."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.conflicts import queries, rules, service
from judging.conflicts.between import Between, between
from judging.conflicts.forms import DecideForm
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.conflicts.sheets import conflict_workbook
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Stage
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.judges.queries import bank, judge_by_id
from judging.web.errors import answer
from judging.web.forms import ReasonForm
from judging.web.imports import xlsx
from judging.web.pagination import paginate

blueprint = edition_blueprint("conflicts", __name__, "/conflicts")
GATHERING = (Stage.INTAKE, Stage.BLINDING, Stage.JUDGING)
SORTS = {
    "judge": (Judge.name, Conflict.id),
    "kind": (Conflict.kind, Judge.name, Conflict.id),
    "basis": (Conflict.basis, Judge.name, Conflict.id),
    "status": (Conflict.status, Judge.name, Conflict.id),
    "at": (Conflict.created_at, Conflict.id),
}


@blueprint.get("/")
@requires(Permission.CONFLICT_VIEW)
def index() -> ResponseReturnValue:
    """List who must not judge what, and why."""
    session, edition = db.session(), this_edition()
    page = paginate(session, queries.listed(edition.id, _wanted()), sorts=SORTS, default="-at")
    judges = bank(session)
    asked, unknown = _asked()
    return render_template(
        "conflicts/index.html",
        page=page,
        counts=queries.counts(session, edition.id),
        kinds=_kinds(),
        deciders=queries.deciders_of(session, page.items),
        judges=judges,
        known=queries.names_taking_part(session, edition.id),
        asked=asked,
        unknown=unknown,
        statuses=ConflictStatus,
        filters=[
            {
                "name": "judge",
                "label": gettext("Judge"),
                "choices": [(str(judge.id), f"{judge.name} · {judge.code}") for judge in judges],
            },
            {"name": "basis", "label": gettext("Basis"), "choices": ConflictBasis.choices()},
            {"name": "status", "label": gettext("State"), "choices": ConflictStatus.choices()},
        ],
        is_gathering=edition.stage in GATHERING,
    )


def _kinds() -> list[tuple[Any, str, bool, int]]:
    """Return the kinds as links with how many bar."""
    counts = queries.counts_by_kind(db.session(), this_edition().id)
    chosen = ConflictKind.of(request.args.get("kind"))
    links = [(gettext("All kinds"), url_for(".index"), chosen is None, sum(counts.values()))]
    return links + [
        (kind.label, url_for(".index", kind=kind.value), chosen is kind, counts.get(kind, 0)) for kind in ConflictKind
    ]


def _asked() -> tuple[Between | None, str]:
    """Return what stands between the judge and the entry or unit of the address, or what could not be found."""
    judge_id, text = uuid_of(request.args.get("may")), request.args.get("what", "").strip()
    if judge_id is None or not text:
        return None, ""
    try:
        return between(db.session(), this_edition(), judge_by_id(db.session(), judge_id), text), ""
    except (rules.NobodyTakesPart, NotFound) as refusal:
        return None, str(refusal)


@blueprint.get("/conflicts.xlsx")
@requires(Permission.CONFLICT_VIEW)
def export() -> ResponseReturnValue:
    """Return the list, as filtered, as a workbook."""
    session = db.session()
    listed = queries.listed(this_edition().id, _wanted()).order_by(Conflict.created_at, Conflict.id)
    found = list(session.scalars(listed).unique())
    return xlsx(conflict_workbook(found, queries.deciders_of(session, found)), "conflicts")


def uuid_of(text: str | None) -> UUID | None:
    """Return the id that an address names, or nothing."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _wanted() -> queries.Wanted:
    return queries.Wanted(
        text=request.args.get("q", "").strip(),
        kind=ConflictKind.of(request.args.get("kind")),
        basis=ConflictBasis.of(request.args.get("basis")),
        status=ConflictStatus.of(request.args.get("status")),
        judge_id=uuid_of(request.args.get("judge")),
    )


@blueprint.post("/detect")
@requires(Permission.CONFLICT_MANAGE)
def detect() -> ResponseReturnValue:
    """Compare judges with entries again."""
    with db.transaction() as session:
        number = service.detect(session, this_edition(), by=me().actor, at=clock.now())
    if number:
        flash(gettext("%(n)s new conflicts have been found.", n=number), "success")
    else:
        flash(gettext("No new conflicts have been found."), "info")
    return redirect(url_for(".index"))


@blueprint.post("/<uuid:conflict_id>/waive")
@requires(Permission.CONFLICT_MANAGE)
def waive(conflict_id: UUID) -> ResponseReturnValue:
    """Let a conflict stand aside."""
    return _with_reason(conflict_id, service.waive, gettext("The conflict has been waived."))


@blueprint.post("/<uuid:conflict_id>/restore")
@requires(Permission.CONFLICT_MANAGE)
def restore(conflict_id: UUID) -> ResponseReturnValue:
    """Take a waiver back."""
    return _with_reason(conflict_id, service.restore, gettext("The waiver has been taken back."))


def _with_reason(conflict_id: UUID, act: Callable[..., None], done: str) -> ResponseReturnValue:
    form = ReasonForm()
    queries.conflict_by_id(db.session(), this_edition(), conflict_id)
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    with db.transaction() as session:
        conflict = queries.conflict_by_id(session, this_edition(), conflict_id)
        act(session, conflict, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(done, "success")
    return redirect(url_for(".index"))


@blueprint.get("/<uuid:conflict_id>/decide")
@requires(Permission.CONFLICT_MANAGE)
def decide(conflict_id: UUID) -> ResponseReturnValue:
    """Show an entrant's request, to answer it."""
    conflict = _pending(conflict_id)
    form = DecideForm(judge=str(conflict.judge_id or ""))
    return _decide_page(conflict, form)


def _pending(conflict_id: UUID) -> Conflict:
    conflict = queries.conflict_by_id(db.session(), this_edition(), conflict_id)
    rules.require_pending(conflict)
    return conflict


def _decide_page(conflict: Conflict, form: DecideForm) -> str:
    form.offer(bank(db.session()))
    return render_template("conflicts/decide.html", conflict=conflict, form=form)


@blueprint.post("/<uuid:conflict_id>/decide")
@requires(Permission.CONFLICT_MANAGE)
def save_decision(conflict_id: UUID) -> ResponseReturnValue:
    """Answer an entrant's request."""
    form = DecideForm()
    form.offer(bank(db.session()))
    if not form.validate_on_submit():
        return _decide_page(_pending(conflict_id), form), 422
    with db.transaction() as session:
        service.decide_request(
            session,
            this_edition(),
            queries.conflict_by_id(session, this_edition(), conflict_id),
            stands=form.decision.data == "stands",
            judge=judge_by_id(session, UUID(form.judge.data)) if form.judge.data else None,
            reason=form.reason.data,
            by=me().actor,
            at=clock.now(),
        )
    flash(gettext("The request has been decided; the entrant gets a letter."), "success")
    return redirect(url_for(".index", status="pending"))
