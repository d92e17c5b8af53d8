"""The judge's desk and sheets."""

import time
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import invitations
from judging.assignment.models import Assignment
from judging.ballots import queries, rules, service
from judging.ballots.forms import saved_change, typed_fields
from judging.ballots.models import Ballot, BallotStatus
from judging.ballots.sheet import Sheet, make_sheet
from judging.ballots.views.base import blueprint, closes_at, own_assignment, own_judge
from judging.blinding.review_copy import review_copy
from judging.editions.addresses import this_edition
from judging.editions.models import Stage
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.judges.queries import judge_of_user
from judging.rubrics.queries import rubric_for
from judging.web.forms import ActForm, ReasonForm


@blueprint.get("/")
@requires(Permission.BALLOT_MARK)
def desk() -> ResponseReturnValue:
    """Show what the judge has before them, and the next sheet as the one thing to do."""
    judge = judge_of_user(db.session(), me().id)
    edition = this_edition()
    shown = judge is not None and edition.stage not in (Stage.SETUP, Stage.INTAKE, Stage.BLINDING)
    rows = queries.desk_of(db.session(), edition, judge.id) if judge is not None and shown else []
    chaired = queries.chaired_panels(db.session(), edition, judge.id) if judge is not None else []
    open_ = edition.stage is Stage.JUDGING
    left = [row for row in rows if not row.finished] if open_ else []
    return render_template(
        "ballots/desk.html",
        rows=rows,
        left=left,
        done=sum(row.status is BallotStatus.SUBMITTED for row in rows),
        next_row=_next(left),
        chaired=chaired,
        unanswered=invitations.unanswered(db.session(), edition, judge.id) if judge is not None else 0,
        open=open_,
        due=closes_at(),
        due_label=_("Judging closes"),
    )


def _next(left: list[queries.DeskRow]) -> queries.DeskRow | None:
    """Return the sheet to go on with: one that is begun, else the first in the drawn order."""
    begun = [row for row in left if row.given]
    return next(iter(begun or left), None)


@blueprint.get("/<uuid:assignment_id>")
@requires(Permission.BALLOT_MARK)
def sheet(assignment_id: UUID) -> ResponseReturnValue:
    """Show the review copy and the rubric side by side."""
    return _sheet_page(own_assignment(assignment_id))


def _sheet_page(
    assignment: Assignment, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    session, judge = db.session(), own_judge()
    found = _sheet(session, assignment, judge.id, typed, errors)
    rows = queries.desk_of(session, this_edition(), judge.id)
    place = next((n for n, row in enumerate(rows) if row.assignment_id == assignment.id), 0)
    return render_template(
        "ballots/sheet.html",
        sheet=found,
        comments=rules.COMMENTS,
        place=place + 1,
        count=len(rows),
        before=rows[place - 1] if place > 0 else None,
        after=rows[place + 1] if place + 1 < len(rows) else None,
        due=closes_at(),
        due_label=_("Judging closes"),
        act=ActForm(),
    )


def _sheet(
    session: Session,
    assignment: Assignment,
    judge_id: UUID,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Sheet:
    edition, candidate = this_edition(), assignment.candidate
    if edition.stage in (Stage.SETUP, Stage.INTAKE, Stage.BLINDING) and candidate.round.number == edition.round_number:
        raise NotFound  # assignments may still change: nothing is shown before judging opens
    ballot = queries.ballot_on(session, assignment.id)
    rubric = ballot.rubric if ballot else rubric_for(session, candidate.round_id, candidate.topic_type)
    return make_sheet(
        assignment.id,
        review_copy(session, candidate.id),
        rubric,
        ballot,
        queries.own_others(session, candidate.round_id, judge_id, assignment.id),
        open_=_is_open(assignment, ballot),
        typed=typed,
        errors=errors,
    )


def _is_open(assignment: Assignment, ballot: Ballot | None) -> bool:
    try:
        rules.require_open(this_edition(), assignment.candidate.round, ballot, clock.now())
    except DomainError:
        return False
    return True


@blueprint.post("/<uuid:assignment_id>/save")
@requires(Permission.BALLOT_MARK)
def save(assignment_id: UUID) -> ResponseReturnValue:
    """Keep one field, as the page's script sends it; the answer leaves after the commit."""
    change = saved_change(request.get_json(silent=True))
    if change is None:
        own_assignment(assignment_id)
        return jsonify(message=str(rules.BadSequence.message)), 400
    field, value, sequence = change
    try:
        with db.transaction() as session:
            assignment = own_assignment(assignment_id)
            saved = _keep(session, assignment, field, value, sequence=sequence, at=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return jsonify(message=str(refusal), errors={field: str(refusal)}), 422
    return jsonify(
        saved_at=saved.saved_at.isoformat(),
        version=saved.version,
        sequence=saved.sequence,
        total=None if saved.total is None else rules.plain_number(saved.total),
        missing=[f"mark-{criterion_id}" for criterion_id in saved.missing],
        errors={},
    )


def _keep(
    session: Session, assignment: Assignment, field: str, value: str, *, sequence: int, at: datetime
) -> rules.Saved:
    edition, by = this_edition(), me().actor
    if not field.startswith("mark-"):
        return service.save_comment(session, edition, assignment, field, value, sequence=sequence, by=by, at=at)
    try:
        criterion_id = UUID(field.removeprefix("mark-"))
    except ValueError as error:
        raise rules.UnknownField from error
    return service.save_mark(session, edition, assignment, criterion_id, value, sequence=sequence, by=by, at=at)


@blueprint.post("/<uuid:assignment_id>/submit")
@requires(Permission.BALLOT_MARK)
def submit(assignment_id: UUID) -> ResponseReturnValue:
    """Keep what the form carries (a browser without scripts saves here), then hand the sheet in."""
    typed, at, form = typed_fields(), clock.now(), ActForm()
    assignment = own_assignment(assignment_id)
    if not form.validate_on_submit():
        return _sheet_page(assignment, typed, {"": form.first_error}), 422
    errors = _keep_all(assignment_id, typed, at)
    if not errors:
        try:
            with db.transaction() as session:
                ballot = service.submit_ballot(
                    session, this_edition(), own_assignment(assignment_id), by=me().actor, at=at
                )
                total = rules.plain_number(ballot.total) if ballot.total is not None else ""
        except (rules.Incomplete, rules.ConflictStands) as refusal:
            errors = {"": str(refusal)}
    assignment = own_assignment(assignment_id)
    if errors:
        return _sheet_page(assignment, typed, errors), 422
    flash(
        _("Score sheet %(code)s has been submitted: %(total)s points.", code=assignment.candidate.code, total=total),
        "success",
    )
    return redirect(_after(own_judge().id))


def _keep_all(assignment_id: UUID, typed: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Keep every field that differs from what is stored; return the refusals by field, keeping the others."""
    errors: dict[str, str] = {}
    with db.transaction() as session:
        assignment = own_assignment(assignment_id)
        ballot = queries.ballot_on(session, assignment_id)
        if ballot is not None and ballot.status is BallotStatus.SUBMITTED:
            return {}
        stored = _stored(ballot)
        sequence = max(int(time.time() * 1000), (ballot.sequence if ballot else 0) + 1)
        for field, value in typed.items():
            if value.replace("\r\n", "\n").strip() == stored.get(field, ""):
                continue
            try:
                _keep(session, assignment, field, value, sequence=sequence, at=at)
            except (rules.BadMark, rules.CommentTooLong) as refusal:
                errors[field] = str(refusal)
            except DomainError as refusal:  # the stage or the deadline: said once, above the sheet
                errors[""] = str(refusal)
    return errors


def _stored(ballot: Ballot | None) -> dict[str, str]:
    if ballot is None:
        return {}
    marks = {f"mark-{mark.criterion_id}": rules.plain_number(mark.value) for mark in ballot.marks}
    return marks | {name: getattr(ballot, name) for name in rules.COMMENTS}


def _after(judge_id: UUID) -> str:
    """Return where a judge goes on: the next open sheet, or the desk when none is left."""
    rows = queries.desk_of(db.session(), this_edition(), judge_id)
    following = _next([row for row in rows if not row.finished])
    return url_for(".sheet", assignment_id=following.assignment_id) if following else url_for(".desk")


@blueprint.post("/<uuid:assignment_id>/recuse")
@requires(Permission.BALLOT_MARK)
def recuse(assignment_id: UUID) -> ResponseReturnValue:
    """Declare that the judge must keep away from this candidate."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _sheet_page(own_assignment(assignment_id), errors={"": str(rules.ReasonMissing.message)}), 422
    with db.transaction() as session:
        assignment = own_assignment(assignment_id)
        service.recuse(session, this_edition(), assignment, reason=form.reason.data, by=me().actor, at=clock.now())
        code = assignment.candidate.code
    flash(
        _(
            "You have recused from candidate %(code)s. The secretariat will find another judge.",
            code=code,
        ),
        "success",
    )
    return redirect(url_for(".desk"))


@blueprint.get("/<uuid:assignment_id>/print")
@requires(Permission.BALLOT_MARK)
def print_own(assignment_id: UUID) -> ResponseReturnValue:
    """Show the own opinion sheet on paper, with a line for the signature."""
    judge = own_judge()
    found = _sheet(db.session(), own_assignment(assignment_id), judge.id)
    back = url_for(".sheet", assignment_id=assignment_id)
    return render_template("ballots/opinion.html", sheet=found, judge=judge, comments=rules.COMMENTS, back=back)
