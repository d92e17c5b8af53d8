"""The judge's own profile. Who was invited without one fills it in here and applies for the bank."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.foundation import clock, db
from judging.foundation.errors import NotFound, StaleVersion
from judging.judges import queries, service, words
from judging.judges.forms import OwnProfileForm, RecusalForm, profile_form
from judging.judges.models import Judge
from judging.judges.views.bank import blueprint, drop_recusal, save_recusal


@blueprint.route("/profile", methods=["GET", "POST"])
@requires(Permission.JUDGE_SELF)
def profile() -> ResponseReturnValue:
    """Show and save the own profile."""
    judge = queries.judge_of_user(db.session(), me().id)
    form = profile_form(judge)
    if judge is None and not form.is_submitted():
        form.name.data, form.phone.data, form.email.data = me().name, me().phone, me().email
    if not form.validate_on_submit():
        return _page(form, judge)
    try:
        with db.transaction() as session:
            _save(session, form)
    except StaleVersion as refusal:
        judge = queries.judge_of_user(db.session(), me().id)
        form.version.data = judge.version if judge else None
        return _page(form, judge, stale=str(refusal))
    if judge is None:
        flash(gettext("Thank you. Your profile has been sent to the secretariat for approval."), "success")
    else:
        flash(gettext("Your profile has been saved."), "success")
    return redirect(url_for(".profile"))


def _save(session: Session, form: OwnProfileForm) -> None:
    judge, at = queries.judge_of_user(session, me().id), clock.now()
    if judge is None:
        judge = service.register_judge(session, form.values, skills=form.skills, user=me(), by=me().actor, at=at)
    else:
        judge.require_version(form.seen_version)
        service.update_judge(session, judge, form.values, skills=form.skills, by=me().actor, at=at)
    service.consent(session, judge, at=at)


def _page(
    form: OwnProfileForm, judge: Judge | None, *, stale: str = "", recusal: RecusalForm | None = None
) -> ResponseReturnValue:
    session = db.session()
    page = render_template(
        "judges/profile.html",
        form=form,
        judge=judge,
        stale=stale,
        changed=words.differences(judge, form.values, form.skills) if judge is not None and stale else [],
        recusals=queries.recusal_units(session, judge.id) if judge else [],
        unit_names=queries.unit_names(session) if judge else [],
        recusal_form=recusal or RecusalForm(),
    )
    sent = form.is_submitted() or recusal is not None
    return page, HTTPStatus.CONFLICT if stale else HTTPStatus.UNPROCESSABLE_ENTITY if sent else HTTPStatus.OK


def _own() -> Judge:
    judge = queries.judge_of_user(db.session(), me().id)
    if judge is None:
        raise NotFound
    return judge


@blueprint.post("/profile/recusals")
@requires(Permission.JUDGE_SELF)
def add_own_recusal() -> ResponseReturnValue:
    """Note a unit that I keep away from."""
    form, judge = RecusalForm(), _own()
    if not save_recusal(judge.id, form):
        judge = _own()
        profile = OwnProfileForm(formdata=None, obj=judge)
        profile.offer()
        profile.fill(judge)
        profile.consent.data = judge.consented_at is not None
        return _page(profile, judge, recusal=form)
    return redirect(url_for(".profile", _anchor="recusals"))


@blueprint.post("/profile/recusals/<uuid:recusal_id>/remove")
@requires(Permission.JUDGE_SELF)
def remove_own_recusal(recusal_id: UUID) -> ResponseReturnValue:
    """Take a unit off my list."""
    drop_recusal(_own().id, recusal_id)
    return redirect(url_for(".profile", _anchor="recusals"))
