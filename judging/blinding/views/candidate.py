"""One candidate: what judges will read, which entry it is, what was found, and what is decided about it."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.blinding import identity_queries, queries, rules, service
from judging.blinding.forms import MaskedCopyForm, WordsForm
from judging.blinding.models import Candidate, CandidateStatus
from judging.blinding.review_copy import file_name, review_copy, review_pdf
from judging.blinding.views.desk import blueprint
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.entries.files import FileRefused
from judging.foundation import audit, clock, db
from judging.foundation.errors import DomainError
from judging.web.errors import answer
from judging.web.forms import ReasonForm


@blueprint.get("/<uuid:candidate_id>")
@requires(Permission.BLINDING_VIEW)
def show(candidate_id: UUID) -> ResponseReturnValue:
    """Show a candidate as judges will see it, which entry it is, and what was found."""
    return _page(candidate_id, MaskedCopyForm())


def _page(candidate_id: UUID, form: MaskedCopyForm) -> str:
    session, edition = db.session(), this_edition()
    candidate = queries.candidate_by_id(session, edition, candidate_id)
    entry = identity_queries.entries_of(session, [candidate.id])[candidate.id]
    return render_template(
        "blinding/show.html",
        candidate=candidate,
        entry=entry,
        copy=review_copy(session, candidate.id, cleared_only=False),
        open=[finding for finding in candidate.findings if rules.is_open(finding)],
        dismissed=[finding for finding in candidate.findings if finding.dismissed_at],
        removed=[finding for finding in candidate.findings if finding.removed],
        lines=_story(session, candidate),
        following=queries.next_suspect(session, candidate),
        form=form,
        is_open=edition.stage is Stage.BLINDING,
        is_removable=edition.stage in (Stage.BLINDING, Stage.JUDGING),
        statuses=CandidateStatus,
    )


def _story(session: Session, candidate: Candidate) -> list[dict[str, object]]:
    lines = audit.lines_of(session, candidate.id)
    return [{"at": line.at, "who": line.by, "what": audit.label_of(line.act), "why": line.reason} for line in lines]


@blueprint.get("/<uuid:candidate_id>/files/<int:position>")
@requires(Permission.BLINDING_VIEW)
def file(candidate_id: UUID, position: int) -> ResponseReturnValue:
    """Send a review file as judges will get it."""
    session = db.session()
    candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
    data = review_pdf(session, candidate.id, position, cleared_only=False)
    headers = {
        "Content-Disposition": f'inline; filename="{file_name(candidate.code, position)}"',
        "Cache-Control": "private, no-store",
    }
    return Response(data, mimetype="application/pdf", headers=headers)


@blueprint.post("/<uuid:candidate_id>/dismiss")
@requires(Permission.BLINDING_MANAGE)
def dismiss(candidate_id: UUID) -> ResponseReturnValue:
    """Decide that findings give nobody away: one, or all that are open."""
    form = ReasonForm()
    queries.candidate_by_id(db.session(), this_edition(), candidate_id)
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    wanted = request.form.get("finding_id", "")
    with db.transaction() as session:
        candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
        for finding in [f for f in candidate.findings if rules.is_open(f) and wanted in ("", str(f.id))]:
            service.dismiss(
                session, this_edition(), candidate, finding, reason=form.reason.data, by=me().actor, at=clock.now()
            )
    flash(gettext("The finding has been dismissed."), "success")
    return redirect(url_for(".show", candidate_id=candidate_id))


@blueprint.post("/<uuid:candidate_id>/findings/<uuid:finding_id>/raise")
@requires(Permission.BLINDING_MANAGE)
def raise_again(candidate_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Take a dismissal back."""
    with db.transaction() as session:
        candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
        finding = queries.finding_by_id(session, candidate, finding_id)
        service.raise_again(session, this_edition(), candidate, finding, by=me().actor, at=clock.now())
    flash(gettext("The finding is to be decided again."), "success")
    return redirect(url_for(".show", candidate_id=candidate_id))


@blueprint.post("/<uuid:candidate_id>/clear")
@requires(Permission.BLINDING_MANAGE)
def clear(candidate_id: UUID) -> ResponseReturnValue:
    """Let judges read the candidate."""
    with db.transaction() as session:
        candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
        service.clear(session, this_edition(), candidate, by=me().actor, at=clock.now())
        following = queries.next_suspect(session, candidate)
    flash(gettext("The review copy %(code)s has been cleared.", code=candidate.code), "success")
    return redirect(url_for(".show", candidate_id=following.id) if following else url_for(".desk"))


@blueprint.post("/<uuid:candidate_id>/hold")
@requires(Permission.BLINDING_MANAGE)
def hold(candidate_id: UUID) -> ResponseReturnValue:
    """Take the clearance back."""
    return _with_reason(candidate_id, service.hold, gettext("The clearance has been taken back."))


@blueprint.post("/<uuid:candidate_id>/remove")
@requires(Permission.BLINDING_MANAGE)
def remove(candidate_id: UUID) -> ResponseReturnValue:
    """Take the candidate out of the round."""
    return _with_reason(candidate_id, service.remove, gettext("The candidate has been taken out of the round."))


@blueprint.post("/<uuid:candidate_id>/ask")
@requires(Permission.BLINDING_MANAGE)
def ask(candidate_id: UUID) -> ResponseReturnValue:
    """Write to the entrant for a new masked copy."""
    done = gettext("The letter is on its way. When the copy arrives, upload it on this page.")
    return _with_reason(candidate_id, service.ask_for_copy, done)


def _with_reason(candidate_id: UUID, act: Callable[..., object], done: str) -> ResponseReturnValue:
    form = ReasonForm()
    queries.candidate_by_id(db.session(), this_edition(), candidate_id)
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    with db.transaction() as session:
        candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
        act(session, this_edition(), candidate, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(done, "success")
    return redirect(url_for(".show", candidate_id=candidate_id))


@blueprint.post("/<uuid:candidate_id>/prepare")
@requires(Permission.BLINDING_MANAGE)
def prepare_one(candidate_id: UUID) -> ResponseReturnValue:
    """Make the review copy anew."""
    with db.transaction() as session:
        candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
        service.prepare_anew(session, this_edition(), candidate, by=me().actor, at=clock.now())
    flash(gettext("The review copy has been prepared anew."), "success")
    return redirect(url_for(".show", candidate_id=candidate_id))


@blueprint.post("/<uuid:candidate_id>/masked")
@requires(Permission.BLINDING_MANAGE)
def replace_masked(candidate_id: UUID) -> ResponseReturnValue:
    """Put another masked copy in place of the entrant's."""
    form = MaskedCopyForm()
    queries.candidate_by_id(db.session(), this_edition(), candidate_id)
    if not form.validate_on_submit():
        return answer(422, form.first_error)
    try:
        with db.transaction() as session:
            candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
            name, content = form.file.data.filename or "", form.file.data.read()
            service.replace_masked(
                session,
                this_edition(),
                candidate,
                name,
                content,
                reason=form.reason.data,
                by=me().actor,
                at=clock.now(),
            )
    except FileRefused as refusal:
        form.file.errors = [str(refusal)]
        return _page(candidate_id, form), 422
    flash(gettext("The masked copy has been replaced and prepared."), "success")
    return redirect(url_for(".show", candidate_id=candidate_id))


@blueprint.get("/<uuid:candidate_id>/words")
@requires(Permission.BLINDING_MANAGE)
def words(candidate_id: UUID) -> ResponseReturnValue:
    """Show the texts that judges read, to correct what was blocked out."""
    candidate = queries.candidate_by_id(db.session(), this_edition(), candidate_id)
    return _words_page(candidate, WordsForm(obj=candidate))


def _words_page(candidate: Candidate, form: WordsForm) -> str:
    entry = identity_queries.entries_of(db.session(), [candidate.id])[candidate.id]
    return render_template("blinding/words.html", candidate=candidate, entry=entry, form=form)


@blueprint.post("/<uuid:candidate_id>/words")
@requires(Permission.BLINDING_MANAGE)
def save_words(candidate_id: UUID) -> ResponseReturnValue:
    """Keep the corrected texts."""
    form = WordsForm()
    candidate = queries.candidate_by_id(db.session(), this_edition(), candidate_id)
    if not form.validate_on_submit():
        return _words_page(candidate, form), 422
    try:
        with db.transaction() as session:
            candidate = queries.candidate_by_id(session, this_edition(), candidate_id)
            candidate.require_version(form.seen_version)
            service.reword(
                session,
                this_edition(),
                candidate,
                title=form.title.data,
                abstract=form.abstract.data,
                keywords=form.keywords.data,
                by=me().actor,
                at=clock.now(),
            )
    except DomainError as refusal:
        form.title.errors = [str(refusal)]
        fresh = queries.candidate_by_id(db.session(), this_edition(), candidate_id)
        form.version.data = str(fresh.version)
        return _words_page(fresh, form), int(refusal.status)
    flash(gettext("Judges will read the texts as you wrote them."), "success")
    return redirect(url_for(".show", candidate_id=candidate_id))
