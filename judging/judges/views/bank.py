"""The expert bank for organizers: list, add, change, move, recusal units. All editions share it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint
from judging.editions.models import TrackKind
from judging.foundation import audit, clock, db
from judging.foundation.errors import NotFound, StaleVersion
from judging.judges import queries, rules, service, words
from judging.judges.forms import InviteForm, JudgeForm, RecusalForm, StatusForm, judge_form
from judging.judges.models import ExpertiseKind, Judge, JudgeStatus, RecusalUnit
from judging.units.codes import INDUSTRIES
from judging.units.queries import unit_by_name
from judging.web.errors import answer
from judging.web.filters import zone
from judging.web.forms import ActForm
from judging.web.pagination import paginate

blueprint = edition_blueprint("judges", __name__, "/judges")
SORTS = {
    "code": Judge.code,
    "name": (Judge.name, Judge.code),
    "unit": (Judge.unit_name, Judge.name),
    "region": (Judge.region, Judge.name),
    "term": (Judge.term_until, Judge.name),
    "status": (Judge.status, Judge.name),
}


@blueprint.get("/")
@requires(Permission.JUDGE_VIEW)
def index() -> ResponseReturnValue:
    """Show the bank, with search and filters."""
    session = db.session()
    page = paginate(session, filtered(), sorts=SORTS, default="code")
    return render_template(
        "judges/index.html",
        page=page,
        filters=_filters(),
        counts=queries.counts(session),
        statuses=JudgeStatus,
        **_words(),
    )


def filtered() -> sa.Select[Any]:
    """Return the query that the filters of the address describe."""
    args = request.args
    return queries.listed(
        queries.Wanted(
            on=clock.now().astimezone(zone()).date(),
            text=args.get("q", "").strip(),
            field=args.get("track", ""),
            industry=args.get("industry", ""),
            region=args.get("region", ""),
            status=JudgeStatus.of(args.get("status")),
            term=args.get("term", "") if args.get("term") in ("running", "expired") else "",
        )
    )


def _filters() -> list[dict[str, Any]]:
    regions = [(code, words.code_words("region", code)) for code in queries.regions_in_use(db.session())]
    return [
        {"name": "status", "label": gettext("State"), "choices": JudgeStatus.choices()},
        {"name": "track", "label": gettext("Track"), "choices": TrackKind.choices()},
        {"name": "industry", "label": gettext("Industry"), "choices": list(INDUSTRIES.items())},
        {"name": "region", "label": gettext("Region"), "choices": regions},
        {
            "name": "term",
            "label": gettext("Term"),
            "choices": [("running", gettext("running")), ("expired", gettext("not running"))],
        },
    ]


def _words() -> dict[str, Any]:
    today = clock.now().astimezone(zone()).date()
    return {
        "skill_words": words.skill_words,
        "code_words": words.code_words,
        "kinds": ExpertiseKind,
        "is_expired": lambda judge: rules.is_expired(judge, today),
    }


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.JUDGE_MANAGE)
def new() -> ResponseReturnValue:
    """Add a person to the bank."""
    form = judge_form()
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        with db.transaction() as session:
            judge = service.register_judge(session, form.values, skills=form.skills, by=me().actor, at=clock.now())
            judge_id = judge.id
    except rules.CodeTaken as refusal:
        form.code.errors = [str(refusal)]
        return _form_page(form, None)
    flash(gettext("The judge has been registered. Approving brings the person into the bank."), "success")
    return redirect(url_for(".show", judge_id=judge_id))


@blueprint.route("/<uuid:judge_id>/edit", methods=["GET", "POST"])
@requires(Permission.JUDGE_MANAGE)
def edit(judge_id: UUID) -> ResponseReturnValue:
    """Change what is known of a judge."""
    judge = queries.judge_by_id(db.session(), judge_id)
    form = judge_form(judge)
    if not form.validate_on_submit():
        return _form_page(form, judge)
    try:
        with db.transaction() as session:
            judge = queries.judge_by_id(session, judge_id)
            judge.require_version(form.seen_version)
            service.update_judge(session, judge, form.values, skills=form.skills, by=me().actor, at=clock.now())
    except StaleVersion as refusal:
        judge = queries.judge_by_id(db.session(), judge_id)
        form.version.data = judge.version
        return _form_page(form, judge, stale=str(refusal))
    except rules.CodeTaken as refusal:
        form.code.errors = [str(refusal)]
        return _form_page(form, queries.judge_by_id(db.session(), judge_id))
    flash(gettext("The judge has been saved."), "success")
    return redirect(url_for(".show", judge_id=judge_id))


def _form_page(form: JudgeForm, judge: Judge | None, stale: str = "") -> ResponseReturnValue:
    changed = words.differences(judge, form.values, form.skills) if judge is not None and stale else []
    page = render_template("judges/edit.html", form=form, judge=judge, stale=stale, changed=changed)
    return page, HTTPStatus.CONFLICT if stale else _status(form)


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.get("/<uuid:judge_id>")
@requires(Permission.JUDGE_VIEW)
def show(judge_id: UUID) -> ResponseReturnValue:
    """Show a judge: fields, term, recusal units, account, story."""
    return page_of(judge_id)


def page_of(judge_id: UUID, *, recusal: RecusalForm | None = None, invite: InviteForm | None = None) -> str:
    """Return the page of a judge, with forms as they were typed."""
    session = db.session()
    judge = queries.judge_by_id(session, judge_id)
    return render_template(
        "judges/show.html",
        judge=judge,
        account=queries.account_of(session, judge),
        invitations=queries.open_invitations(session, judge.id, clock.now()),
        recusals=queries.recusal_units(session, judge.id),
        unit_names=queries.unit_names(session),
        recusal_form=recusal or RecusalForm(),
        invite_form=invite or InviteForm(name=judge.name, phone=judge.phone, email=judge.email),
        steps=_steps(judge),
        story=words.story(audit.lines_of(session, judge.id)),
        **_words(),
    )


def _steps(judge: Judge) -> list[tuple[JudgeStatus, str, str]]:
    """Return where the judge can go, the verb for it, and what it means."""
    active = gettext("Approve") if judge.status is JudgeStatus.CANDIDATE else gettext("Reinstate")
    told = {
        JudgeStatus.ACTIVE: (active, gettext("The judge can be given a seat in a panel.")),
        JudgeStatus.SUSPENDED: (gettext("Suspend"), gettext("The judge is given no new seat until reinstated.")),
        JudgeStatus.RETIRED: (gettext("Retire"), gettext("The judge leaves the bank. What was judged stays as it is.")),
    }
    return [(status, *told[status]) for status in rules.NEXT[judge.status]]


@blueprint.post("/<uuid:judge_id>/status")
@requires(Permission.JUDGE_MANAGE)
def set_status(judge_id: UUID) -> ResponseReturnValue:
    """Approve, suspend, retire or reinstate."""
    form = StatusForm()
    status = JudgeStatus.of(form.status.data)
    queries.judge_by_id(db.session(), judge_id)
    if not form.validate_on_submit() or status is None:
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, form.first_error)
    with db.transaction() as session:
        judge = queries.judge_by_id(session, judge_id)
        service.set_status(session, judge, status, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The judge is now: %(status)s.", status=status.label), "success")
    return redirect(url_for(".show", judge_id=judge_id))


@blueprint.post("/<uuid:judge_id>/recusals")
@requires(Permission.JUDGE_MANAGE)
def add_recusal(judge_id: UUID) -> ResponseReturnValue:
    """Note a unit that the judge keeps away from."""
    form = RecusalForm()
    if not save_recusal(judge_id, form):
        return page_of(judge_id, recusal=form), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".show", judge_id=judge_id, _anchor="recusals"))


def save_recusal(judge_id: UUID, form: RecusalForm) -> bool:
    """Note the unit that was typed, or say on the form what is wrong."""
    if not form.validate_on_submit():
        return False
    with db.transaction() as session:
        unit = unit_by_name(session, form.unit.data)
        if unit is not None:
            judge = queries.judge_by_id(session, judge_id)
            service.add_recusal_unit(session, judge, unit, reason=form.reason.data or "", by=me().actor, at=clock.now())
    if unit is None:
        sentence = gettext("No unit of this name is registered. Only units that put entries forward matter here.")
        form.unit.errors = [sentence]
        return False
    flash(gettext("The unit has been noted. The next detection of conflicts observes it."), "success")
    return True


@blueprint.post("/<uuid:judge_id>/recusals/<uuid:recusal_id>/remove")
@requires(Permission.JUDGE_MANAGE)
def remove_recusal(judge_id: UUID, recusal_id: UUID) -> ResponseReturnValue:
    """Take a unit off the judge's list."""
    drop_recusal(judge_id, recusal_id)
    return redirect(url_for(".show", judge_id=judge_id, _anchor="recusals"))


def drop_recusal(judge_id: UUID, recusal_id: UUID) -> None:
    """Take a unit off a judge's list; another judge's line is not found."""
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        recusal = session.get(RecusalUnit, recusal_id)
        if recusal is None or recusal.judge_id != judge_id:
            raise NotFound
        judge = queries.judge_by_id(session, judge_id)
        service.remove_recusal_unit(session, judge, recusal, by=me().actor, at=clock.now())
    flash(gettext("The unit has been taken off the list."), "success")
