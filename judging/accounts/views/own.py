"""Signing in and out, the own account, accepting an invitation."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_security import current_user
from sqlalchemy.orm import Session

from judging.accounts import queries, rules, service, sessions
from judging.accounts.forms import AcceptForm, ChangePasswordForm, SignInForm
from judging.accounts.guards import me, public, signed_in
from judging.accounts.models import Invitation, UserSession
from judging.accounts.rules import AccountAct
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.jobs import Job
from judging.web.forms import ActForm
from judging.web.links import safe_target

blueprint = Blueprint("accounts", __name__, url_prefix="/account")


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in page, or go on when already signed in."""
    if current_user.is_authenticated:
        return redirect(_after_sign_in(request.args.get("next")))
    return render_template("accounts/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in")
@public
def sign_in_now() -> ResponseReturnValue:
    """Check name and password, slowly for guessers."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            _attempt(form)
            return redirect(_after_sign_in(form.next.data))
        except DomainError as refusal:
            form.identity.errors = [str(refusal)]
    return render_template("accounts/sign_in.html", form=form), 422


def _attempt(form: SignInForm) -> None:
    identity, at = form.identity.data, clock.now()
    with db.transaction() as session:
        keys = service.require_attempt(session, identity, request.remote_addr or "", at)
        user = queries.user_by_identity(session, identity)
        right = service.check_password(user, form.password.data)
        if right and user is not None:
            service.sign_in(session, user, at)
        else:
            service.record_failure(session, keys, at)
    if not right:
        raise rules.WrongCredentials


def _after_sign_in(target: str | None) -> str:
    return safe_target(target) or url_for("dashboard.home")


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    actor, at = me().actor, clock.now()
    with db.transaction() as session:
        audit.record(session, AccountAct.SIGNED_OUT, by=actor, at=at, subject_id=actor.id, subject=actor.name)
        sessions.end_current(session, at)
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """Show the own account: names, password, signed-in browsers."""
    return _account_page(ChangePasswordForm())


def _account_page(form: ChangePasswordForm) -> str:
    rows = sessions.of_user(db.session(), me())
    return render_template(
        "accounts/show.html", form=form, sessions=rows, is_current=sessions.is_current, act=ActForm()
    )


@blueprint.post("/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the own password."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _account_page(form), 422
    if not service.check_password(me(), form.present.data):
        form.present.errors = [gettext("This is not your present password.")]
        return _account_page(form), 422
    try:
        with db.transaction() as session:
            service.set_password(session, me(), form.password.data, by=me().actor, at=clock.now())
    except rules.WeakPassword as refusal:
        form.password.errors = [str(refusal)]
        return _account_page(form), 422
    flash(gettext("Your password has been changed; other browsers are signed out."), "success")
    return redirect(url_for(".show"))


@blueprint.post("/sessions/<uuid:session_id>/end")
@signed_in
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End another browser's session."""
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        row = session.get(UserSession, session_id)
        if row is None or row.user_id != me().id:
            raise NotFound
        row.revoked_at = clock.now()
        audit.record(
            session, AccountAct.SESSIONS_ENDED, by=me().actor, at=clock.now(), subject_id=me().id, subject=me().name
        )
    flash(gettext("That browser is signed out."), "success")
    return redirect(url_for(".show"))


@blueprint.get("/invitation/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """Show an invitation: make an account, or use the one that is signed in."""
    found = queries.invitation_of(db.session(), token, clock.now())
    form = AcceptForm(name=found.name, phone=found.phone, email=found.email, username=found.phone or found.email)
    return render_template(
        "accounts/invitation.html", form=form, invitation=found, token=token, act=ActForm(), clash=_clash(found)
    )


def _clash(found: Invitation) -> str:
    """Return why the present account cannot take the role, or nothing."""
    if not current_user.is_authenticated:
        return ""
    held = queries.clashing_grant(db.session(), me().id, found.role, found.scope_id)
    return str(rules.YouSeeNames(held=held.role.label, role=found.role.label)) if held else ""


@blueprint.post("/invitation/<token>")
@public
def accept_invitation(token: str) -> ResponseReturnValue:
    """Accept an invitation."""
    if current_user.is_authenticated:
        return _accept_with_present_account(token)
    form = AcceptForm()
    if not form.validate_on_submit():
        return _invitation_again(token, form)
    try:
        with db.transaction() as session:
            _accept_with_new_account(session, token, form)
    except (rules.IdentityTaken, rules.WeakPassword) as refusal:
        field = form.username if isinstance(refusal, rules.IdentityTaken) else form.password
        field.errors = [str(refusal)]
        return _invitation_again(token, form)
    return _welcome()


def _accept_with_new_account(session: Session, token: str, form: AcceptForm) -> None:
    at = clock.now()
    found = queries.invitation_of(session, token, at)
    user = service.create_user(
        session,
        username=form.username.data,
        name=form.name.data,
        password=form.password.data,
        phone=form.phone.data,
        email=form.email.data,
        by=audit.Actor(None, form.name.data),
        at=at,
    )
    service.accept(session, found, user, at=at)
    service.sign_in(session, user, at)


def _accept_with_present_account(token: str) -> ResponseReturnValue:
    if not ActForm().validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        at = clock.now()
        service.accept(session, queries.invitation_of(session, token, at), me(), at=at)
    return _welcome()


def _welcome() -> ResponseReturnValue:
    flash(gettext("Welcome. Your account is ready."), "success")
    return redirect(url_for("dashboard.home"))


def _invitation_again(token: str, form: AcceptForm) -> ResponseReturnValue:
    found = queries.invitation_of(db.session(), token, clock.now())
    page = render_template("accounts/invitation.html", form=form, invitation=found, token=token, act=ActForm())
    return page, 422


@blueprint.get("/jobs/<uuid:job_id>")
@signed_in
def job(job_id: UUID) -> ResponseReturnValue:
    """Show how far a long piece of work is; only to the person who asked for it."""
    return render_template("accounts/job.html", job=_own_job(job_id))


@blueprint.get("/jobs/<uuid:job_id>/state")
@signed_in
def job_state(job_id: UUID) -> ResponseReturnValue:
    """Say how far a job is, for the progress bar."""
    row = _own_job(job_id)
    message = row.message or (
        gettext("This work failed. Please try again or ask the administrator.") if row.state == "failed" else ""
    )
    return jsonify(state=row.state, done=row.done, total=row.total, message=message, url=row.result_url)


def _own_job(job_id: UUID) -> Job:
    row = db.session().get(Job, job_id)
    if row is None or row.by_id != me().id:
        raise NotFound
    return row
