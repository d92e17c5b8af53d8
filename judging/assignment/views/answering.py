"""A judge answers an invitation: first conflicts on titles, then wishes, then yes or no. Nothing else is shown."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.assignment import invitation_rules as rules
from judging.assignment import invitations as queries
from judging.assignment import queries as rounds
from judging.assignment.invitation_forms import DeclineForm, TitleConflictForm, WishesForm, wishes_of
from judging.assignment.models import InvitationStatus, SeatInvitation, Wish
from judging.assignment.service import inviting
from judging.assignment.views.base import blueprint
from judging.blinding.recusing import declared_on
from judging.blinding.review_copy import topic_label
from judging.blinding.titles import Title, title_in, titles_of, topics_in
from judging.conflicts.rules import AlreadyDeclared
from judging.editions.addresses import this_edition
from judging.editions.models import Edition, Round, Stage, Track
from judging.editions.rules import date_of
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.judges.queries import judge_of_user
from judging.judges.words import code_words
from judging.web.forms import ActForm


@dataclass(frozen=True, slots=True)
class Asked:
    """A judge's own invitation with the round it is about."""

    edition: Edition
    track: Track
    round: Round
    invitation: SeatInvitation

    @property
    def open(self) -> bool:
        """Say whether an answer can still be given or changed."""
        stands = self.invitation.seat_id is not None and self.invitation.status is not InvitationStatus.DECLINED
        running = self.round.number == self.edition.round_number and self.edition.stage in rules.OPEN
        return stands and running


def _asked(seat_invitation_id: UUID) -> Asked:
    session, edition = db.session(), this_edition()
    judge = judge_of_user(session, me().id)
    if judge is None:
        raise NotFound
    invitation = queries.own(session, edition, seat_invitation_id, judge.id)
    return Asked(edition, *rounds.round_of(edition, invitation.round_id), invitation)


@blueprint.get("/invitations")
@requires(Permission.INVITATION_ANSWER)
def invitations() -> ResponseReturnValue:
    """List my invitations; with a single one go to it."""
    session, edition = db.session(), this_edition()
    judge = judge_of_user(session, me().id)
    mine = queries.of_judge(session, edition, judge.id) if judge else []
    if len(mine) == 1:
        return redirect(url_for(".invitation", seat_invitation_id=mine[0].id))
    lines = [Asked(edition, *rounds.round_of(edition, one.round_id), one) for one in mine]
    return render_template("assignment/invitations.html", lines=lines, has_profile=judge is not None)


@blueprint.get("/invitations/<uuid:seat_invitation_id>")
@requires(Permission.INVITATION_ANSWER)
def invitation(seat_invitation_id: UUID) -> ResponseReturnValue:
    """Show what I am asked: track, days, number of entries, fee; and the steps of an answer."""
    return _invitation_page(_asked(seat_invitation_id), DeclineForm())


def _invitation_page(asked: Asked, form: DeclineForm) -> str:
    session = db.session()
    return render_template(
        "assignment/invitation.html",
        asked=asked,
        form=form,
        dates=date_of(asked.edition, Stage.JUDGING, asked.round.number),
        entries=queries.entries_in(session, asked.round.id),
        titles=len(titles_of(session, asked.round.id)),
        declared=len(_declared(asked)),
        wishes=len(asked.invitation.preferences),
    )


def _declared(asked: Asked) -> dict[UUID, Any]:
    return declared_on(db.session(), asked.edition.id, asked.round.id, asked.invitation.judge_id)


@blueprint.get("/invitations/<uuid:seat_invitation_id>/titles")
@requires(Permission.INVITATION_ANSWER)
def invitation_titles(seat_invitation_id: UUID) -> ResponseReturnValue:
    """List the titles, to say of which I must keep away."""
    asked = _asked(seat_invitation_id)
    return render_template(
        "assignment/invitation_titles.html",
        asked=asked,
        titles=titles_of(db.session(), asked.round.id),
        declared=_declared(asked),
    )


@blueprint.post("/invitations/<uuid:seat_invitation_id>/titles")
@requires(Permission.INVITATION_ANSWER)
def confirm_titles(seat_invitation_id: UUID) -> ResponseReturnValue:
    """Keep that I have gone through all titles."""
    asked = _asked(seat_invitation_id)
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            asked = _asked(seat_invitation_id)
            inviting.confirm_titles(
                session, asked.edition, asked.round, asked.invitation, by=me().actor, at=clock.now()
            )
        flash(_("Thank you. Now please say what you would gladly judge."), "success")
        return redirect(url_for(".invitation_wishes", seat_invitation_id=seat_invitation_id))
    return redirect(url_for(".invitation_titles", seat_invitation_id=seat_invitation_id))


@blueprint.get("/invitations/<uuid:seat_invitation_id>/titles/<uuid:candidate_id>")
@requires(Permission.INVITATION_ANSWER)
def title_conflict(seat_invitation_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """Ask what connects me with one title."""
    asked = _asked(seat_invitation_id)
    return _conflict_page(asked, title_in(db.session(), asked.round.id, candidate_id), TitleConflictForm())


def _conflict_page(asked: Asked, title: Title, form: TitleConflictForm) -> str:
    return render_template("assignment/title_conflict.html", asked=asked, title=title, form=form)


@blueprint.post("/invitations/<uuid:seat_invitation_id>/titles/<uuid:candidate_id>")
@requires(Permission.INVITATION_ANSWER)
def declare_title(seat_invitation_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    """Keep what connects me with one title; it will not be given to me."""
    asked, form = _asked(seat_invitation_id), TitleConflictForm()
    title = title_in(db.session(), asked.round.id, candidate_id)
    if not form.validate_on_submit():
        return _conflict_page(asked, title, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as session:
            asked = _asked(seat_invitation_id)
            inviting.declare_conflict(
                session,
                asked.edition,
                asked.round,
                asked.invitation,
                candidate_id,
                basis=form.chosen,
                reason=form.reason.data,
                by=me().actor,
                at=clock.now(),
            )
    except AlreadyDeclared as refusal:
        form.basis.errors = [str(refusal)]
        return _conflict_page(_asked(seat_invitation_id), title, form), HTTPStatus.CONFLICT
    flash(_("It has been recorded. This entry will not be given to you."), "success")
    return redirect(url_for(".invitation_titles", seat_invitation_id=seat_invitation_id, _anchor=f"t-{candidate_id}"))


@blueprint.get("/invitations/<uuid:seat_invitation_id>/wishes")
@requires(Permission.INVITATION_ANSWER)
def invitation_wishes(seat_invitation_id: UUID) -> ResponseReturnValue:
    """Ask what I would gladly judge and what rather not, by topic and by title."""
    asked = _asked(seat_invitation_id)
    form = WishesForm(formdata=None, words=asked.invitation.wish_words)
    said: dict[UUID | str, Wish] = {p.candidate_id or p.topic: p.wish for p in asked.invitation.preferences}
    return _wishes_page(asked, form, said)


def _wishes_page(asked: Asked, form: WishesForm, said: dict[UUID | str, Wish]) -> str:
    titles, topics = _wishable(asked)
    return render_template(
        "assignment/invitation_wishes.html",
        asked=asked,
        form=form,
        said=said,
        titles=titles,
        topics=[(topic, topic_words(topic)) for topic in topics],
        choices=[Wish.WISH, Wish.NEUTRAL, Wish.RATHER_NOT],
    )


def _wishable(asked: Asked) -> tuple[list[Title], list[str]]:
    session, declared = db.session(), _declared(asked)
    titles = [title for title in titles_of(session, asked.round.id) if title.id not in declared]
    return titles, topics_in(session, asked.round.id)


def topic_words(topic: str) -> str:
    """Return what a topic of preferences is called."""
    kind, _colon, code = topic.partition(":")
    return code_words("industry", code) if kind == "industry" else topic_label(code)


@blueprint.post("/invitations/<uuid:seat_invitation_id>/wishes")
@requires(Permission.INVITATION_ANSWER)
def state_wishes(seat_invitation_id: UUID) -> ResponseReturnValue:
    """Keep my wishes."""
    asked, form = _asked(seat_invitation_id), WishesForm()
    titles, topics = _wishable(asked)
    said = wishes_of(request.form, [title.id for title in titles], topics)
    if not form.validate_on_submit():
        return _wishes_page(asked, form, said), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as session:
        asked = _asked(seat_invitation_id)
        inviting.state_wishes(
            session,
            asked.edition,
            asked.round,
            asked.invitation,
            said,
            words=form.words.data or "",
            by=me().actor,
            at=clock.now(),
        )
    flash(_("Your wishes have been saved."), "success")
    return redirect(url_for(".invitation", seat_invitation_id=seat_invitation_id))


@blueprint.post("/invitations/<uuid:seat_invitation_id>/accept")
@requires(Permission.INVITATION_ANSWER)
def accept_seat(seat_invitation_id: UUID) -> ResponseReturnValue:
    """Take the seat."""
    _asked(seat_invitation_id)
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            asked = _asked(seat_invitation_id)
            inviting.accept_seat(session, asked.edition, asked.round, asked.invitation, by=me().actor, at=clock.now())
        flash(_("Thank you for accepting. You will find your score sheets here when judging opens."), "success")
    return redirect(url_for(".invitation", seat_invitation_id=seat_invitation_id))


@blueprint.post("/invitations/<uuid:seat_invitation_id>/decline")
@requires(Permission.INVITATION_ANSWER)
def decline_seat(seat_invitation_id: UUID) -> ResponseReturnValue:
    """Give the seat up, with a reason."""
    asked, form = _asked(seat_invitation_id), DeclineForm()
    if not form.validate_on_submit():
        return _invitation_page(asked, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with db.transaction() as session:
        asked = _asked(seat_invitation_id)
        inviting.decline_seat(
            session,
            asked.edition,
            asked.round,
            asked.invitation,
            reason=form.reason.data,
            by=me().actor,
            at=clock.now(),
        )
    flash(_("Your answer has been recorded. Thank you for telling us early."), "success")
    return redirect(url_for(".invitation", seat_invitation_id=seat_invitation_id))
