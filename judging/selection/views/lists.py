"""Pages of award lists: the list with its cut lines, what-if, moves, deciding."""

from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import may, me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.entries.models import Entry
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError
from judging.selection import charts, queries, service, sheets
from judging.selection.forms import MoveForm, number_of
from judging.selection.models import AwardList, Decision, MoveStatus, Tier
from judging.selection.views.base import blueprint, require_act, xlsx
from judging.selection.what_if import outcome_of
from judging.units.models import Unit
from judging.web.errors import answer
from judging.web.forms import ReasonForm
from judging.web.pagination import contains, paginate

SORTS = {
    "rank": (Decision.rank, Entry.code),
    "code": Entry.code,
    "title": (Entry.title, Entry.code),
    "unit": (Unit.name, Decision.rank),
    "score": (Decision.score, Entry.code),
    "tier": (Tier.position, Decision.rank),
}


@blueprint.post("/tracks/<uuid:track_id>/propose")
@requires(Permission.SELECTION_MANAGE)
def propose(track_id: UUID) -> ResponseReturnValue:
    """Propose the award list of a track from its confirmed sheet."""
    require_act()
    with db.transaction() as session:
        edition = this_edition()
        track = queries.track_of(edition, track_id)
        made = service.propose(session, edition, track, by=me().actor, at=clock.now())
    flash(gettext("The award list has been proposed. Every entry has its reason."), "success")
    return redirect(url_for(".show", list_id=made.id))


@blueprint.get("/lists/<uuid:list_id>")
@requires(Permission.SELECTION_VIEW)
def show(list_id: UUID) -> ResponseReturnValue:
    """Show an award list: places, cut lines, and for every entry its level and why."""
    session, award_list = db.session(), _list(list_id)
    tiers = queries.tiers_of(session, award_list.track_id, award_list.round_number)
    query = queries.decisions_query(award_list.id)
    if text := request.args.get("q", "").strip():
        query = query.where(contains(text, Entry.title, Entry.code, Entry.group_name, Unit.name))
    wanted = request.args.get("tier", "")
    chosen = next((tier for tier in tiers if str(tier.id) == wanted), None)
    if chosen is not None or wanted == "none":
        query = query.where(Decision.tier_id == chosen.id if chosen else Decision.tier_id.is_(None))
    page = paginate(session, query, sorts=SORTS, default="rank")
    standings = queries.standings_of(session, award_list, [one.entry_id for one in page.items])
    return render_template(
        "selection/show.html",
        **_frame(session, award_list, tiers),
        page=page,
        standings=standings,
        filters=[_tier_filter(tiers)],
        plot=charts.cut_plot(page.items, standings, award_list.summary, tiers),
        pending=queries.pending_moves(session, [one.id for one in page.items]),
    )


def _tier_filter(tiers: list[Tier]) -> dict[str, Any]:
    choices = [(str(tier.id), tier.name) for tier in tiers]
    return {"name": "tier", "label": gettext("Level"), "choices": [*choices, ("none", gettext("No award"))]}


@blueprint.get("/lists/<uuid:list_id>/what-if")
@requires(Permission.SELECTION_VIEW)
def what_if(list_id: UUID) -> ResponseReturnValue:
    """Try other numbers of places; nothing is written."""
    session, award_list = db.session(), _list(list_id)
    tiers = queries.tiers_of(session, award_list.track_id, award_list.round_number)
    amounts, wrong = _amounts(tiers)
    tried, refusal = None, ""
    try:
        given = service.material(session, this_edition(), award_list.track, award_list.round_number)
        tried = outcome_of(given, amounts)
    except DomainError as error:
        refusal = str(error)
    return render_template(
        "selection/what_if.html",
        **_frame(session, award_list, tiers),
        amounts={tier.id: request.args.get(f"t-{tier.id}", "") for tier in tiers},
        wrong=wrong,
        tried=tried,
        refusal=refusal,
    )


def _amounts(tiers: list[Tier]) -> tuple[Mapping[UUID, Decimal], set[UUID]]:
    """What was typed as other amounts, and where it is no number."""
    amounts, wrong = {}, set()
    for tier in tiers:
        text = request.args.get(f"t-{tier.id}", "").strip()
        value = number_of(text)
        if text and (value is None or value < 0):
            wrong.add(tier.id)
        elif text and value is not None:
            amounts[tier.id] = value
    return amounts, wrong


@blueprint.get("/lists/<uuid:list_id>/moves")
@requires(Permission.SELECTION_VIEW)
def moves(list_id: UUID) -> ResponseReturnValue:
    """Show the moves of a list with their signatures, and the list's story."""
    session, award_list = db.session(), _list(list_id)
    tiers = queries.tiers_of(session, award_list.track_id, award_list.round_number)
    rows = queries.moves_of(session, award_list.id)
    people = queries.names_of(session, [person for one in rows for person in (one.proposed_by_id, one.signed_by_id)])
    lines = audit.lines_of(session, award_list.id)
    return render_template(
        "selection/moves.html",
        **_frame(session, award_list, tiers),
        rows=rows,
        people=people,
        names={tier.id: tier.name for tier in tiers},
        Status=MoveStatus,
        me_id=me().id,
        history=[{"at": o.at, "who": o.by, "what": audit.label_of(o.act), "why": o.reason} for o in lines],
    )


@blueprint.get("/decisions/<uuid:decision_id>/move")
@requires(Permission.SELECTION_MANAGE)
def move(decision_id: UUID) -> ResponseReturnValue:
    """Show the form to move an entry to another level."""
    return _move_page(decision_id, MoveForm())


@blueprint.post("/decisions/<uuid:decision_id>/move")
@requires(Permission.SELECTION_MANAGE)
def propose_move(decision_id: UUID) -> ResponseReturnValue:
    """Propose to move an entry to another level."""
    form = MoveForm()
    decision = queries.decision_of(db.session(), this_edition(), decision_id)
    form.offer(_tiers_for(decision))
    if not form.validate_on_submit():
        return _move_page(decision_id, form), 422
    try:
        list_id = _propose_move(decision_id, form)
    except DomainError as refusal:
        form.reason.errors = [str(refusal)]
        return _move_page(decision_id, form), int(refusal.status)
    flash(gettext("The move waits for the signature of another person."), "success")
    return redirect(url_for(".moves", list_id=list_id))


def _propose_move(decision_id: UUID, form: MoveForm) -> UUID:
    with db.transaction() as session:
        decision = queries.decision_of(session, this_edition(), decision_id)
        tier = next((tier for tier in _tiers_for(decision) if str(tier.id) == form.tier.data), None)
        service.propose_move(session, decision, tier, reason=form.reason.data, by=me().actor, at=clock.now())
        return decision.award_list_id


def _tiers_for(decision: Decision) -> list[Tier]:
    award_list = decision.award_list
    return queries.tiers_of(db.session(), award_list.track_id, award_list.round_number)


def _move_page(decision_id: UUID, form: MoveForm) -> str:
    decision = queries.decision_of(db.session(), this_edition(), decision_id)
    form.offer(_tiers_for(decision))
    if request.method == "GET":
        form.tier.data = str(decision.tier_id or "")
    award_list = decision.award_list
    return render_template(
        "selection/move.html", decision=decision, form=form, award_list=award_list, track=award_list.track
    )


@blueprint.post("/moves/<uuid:move_id>/sign")
@requires(Permission.SELECTION_MANAGE)
def sign_move(move_id: UUID) -> ResponseReturnValue:
    """Sign a move as the second person."""
    require_act()
    with db.transaction() as session:
        found = queries.move_of(session, this_edition(), move_id)
        service.sign_move(session, found, by=me().actor, at=clock.now())
        list_id = found.decision.award_list_id
    flash(gettext("The move is in effect."), "success")
    return redirect(url_for(".moves", list_id=list_id))


@blueprint.post("/moves/<uuid:move_id>/refuse")
@requires(Permission.SELECTION_MANAGE)
def refuse_move(move_id: UUID) -> ResponseReturnValue:
    """Refuse a move with a reason."""
    form = ReasonForm()
    found = queries.move_of(db.session(), this_edition(), move_id)
    list_id = found.decision.award_list_id
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        found = queries.move_of(session, this_edition(), move_id)
        service.refuse_move(session, found, answer=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The move has been refused."), "success")
    return redirect(url_for(".moves", list_id=list_id))


@blueprint.post("/lists/<uuid:list_id>/decide")
@requires(Permission.SELECTION_MANAGE)
def decide(list_id: UUID) -> ResponseReturnValue:
    """Decide an award list."""
    require_act()
    with db.transaction() as session:
        service.decide(session, _list(list_id), by=me().actor, at=clock.now())
    flash(gettext("The award list has been decided."), "success")
    return redirect(url_for(".show", list_id=list_id))


@blueprint.post("/lists/<uuid:list_id>/reopen")
@requires(Permission.SELECTION_MANAGE)
def reopen(list_id: UUID) -> ResponseReturnValue:
    """Open a decided list again."""
    form = ReasonForm()
    _list(list_id)
    if not form.validate_on_submit():
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        service.reopen(session, _list(list_id), reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The award list is open again."), "success")
    return redirect(url_for(".show", list_id=list_id))


@blueprint.get("/lists/<uuid:list_id>/list.xlsx")
@requires(Permission.SELECTION_VIEW)
def export(list_id: UUID) -> ResponseReturnValue:
    """Return an award list as a workbook."""
    award_list = _list(list_id)
    data = sheets.decisions_workbook(db.session(), award_list, award_list.track)
    return xlsx(data, f"{this_edition().slug}-{award_list.track.code}-{award_list.round_number}")


def _list(list_id: UUID) -> AwardList:
    return queries.award_list(db.session(), this_edition(), list_id)


def _frame(session: Session, award_list: AwardList, tiers: list[Tier]) -> dict[str, Any]:
    """What every page of a list shows: its state, what is granted, what can be done."""
    edition = this_edition()
    running = award_list.round_number == edition.round_number
    selecting = edition.stage is Stage.SELECTION and running
    return {
        "award_list": award_list,
        "track": award_list.track,
        "tiers": tiers,
        "counts": queries.granted_counts(session, [award_list.id]).get(award_list.id, {}),
        "places": charts.places_by_tier(award_list.summary),
        "waiting": queries.waiting_moves(session, [award_list.id]).get(award_list.id, 0),
        "can_change": selecting and may(Permission.SELECTION_MANAGE),
        "can_move": may(Permission.SELECTION_MANAGE)
        and running
        and (
            (edition.stage is Stage.SELECTION and award_list.decided_at is None)
            or (edition.stage is Stage.NOTICE and award_list.decided_at is not None)
        ),
    }
