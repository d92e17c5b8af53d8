"""The demo's doors: links that sign a visitor in. Only the demo command installs them; no setting can."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.guards import check_all_guarded
from judging.accounts.models import Role, RoleGrant, User
from judging.assignment.models import Assignment, InvitationStatus, Seat, SeatInvitation
from judging.ballots.models import Ballot, BallotStatus
from judging.blinding.models import Candidate
from judging.dashboard.views.front import DESKS
from judging.editions.models import Edition, Round, Track
from judging.entries.models import Entry
from judging.foundation import clock, db
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.units.models import Membership
from judging.web.access import public

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

ROLES: tuple[tuple[Role, str, LazyString], ...] = (
    (Role.ENTRANT, "file-text", lazy_gettext("fills the form, uploads files, follows its entries")),
    (Role.RECOMMENDER, "medal", lazy_gettext("checks, ranks and recommends its units' entries")),
    (Role.JUDGE, "scale", lazy_gettext("marks masked review copies, criterion by criterion")),
    (Role.ORGANIZER, "home", lazy_gettext("runs the edition from set-up to certificates")),
    (Role.SUPERVISOR, "eye", lazy_gettext("sees everything and changes nothing")),
)


@dataclass(frozen=True, slots=True)
class StepIn:
    """One door: whose desk, and what can be seen there."""

    role: Role
    label: str
    url: str
    icon: str
    note: str


def install(app: Flask) -> None:
    """Open the doors of a demo."""
    app.register_blueprint(blueprint)
    app.extensions["demo_steps"] = steps_in
    check_all_guarded(app)


def steps_in(session: Session) -> list[tuple[Edition, list[StepIn]]]:
    """Return the doors of every edition, the running one first."""
    editions = session.scalars(sa.select(Edition).order_by(Edition.year.desc(), Edition.slug))
    return [(edition, [_door(edition, *role) for role in ROLES]) for edition in editions]


def _door(edition: Edition, role: Role, icon: str, note: LazyString) -> StepIn:
    url = url_for("demo.enter", slug=edition.slug, role=role.value)
    return StepIn(role, gettext("Step in: %(role)s", role=str(role.label)), url, icon, str(note))


@blueprint.get("/enter/<slug>/<role>")
@public
def enter(slug: str, role: str) -> ResponseReturnValue:
    """Sign the visitor in and show the desk."""
    with db.transaction() as session:
        edition = session.scalar(sa.select(Edition).where(Edition.slug == slug))
        if edition is None or role not in {known.value for known, _icon, _note in ROLES}:
            raise NotFound
        user = session.get_one(User, _someone(session, edition, Role(role)))
        accounts.sign_in(session, user, clock.now())
        return redirect(url_for(DESKS[Role(role)], edition=edition.slug))


def _someone(session: Session, edition: Edition, role: Role) -> object:
    """Return the account with most to see in this role."""
    if role is Role.JUDGE:
        return session.scalars(_judges(edition)).first() or session.scalars(_invited(edition)).first()
    if role in (Role.ENTRANT, Role.RECOMMENDER):
        return session.scalars(_contacts(edition, role)).first()
    where = sa.or_(RoleGrant.scope_id.is_(None), RoleGrant.scope_id == edition.id)
    query = sa.select(User.id).join(RoleGrant, RoleGrant.user_id == User.id).where(RoleGrant.role == role, where)
    return session.scalars(query.order_by(RoleGrant.scope_id.is_not(None), User.username)).first()


def _judges(edition: Edition) -> sa.Select[Any]:
    """Judges in the middle of their work first: those with both finished and unfinished sheets."""
    done = sa.func.count(sa.case((Ballot.status == BallotStatus.SUBMITTED, 1)))
    left = sa.func.count(Assignment.id) - done
    return (
        sa.select(Judge.user_id)
        .join(Seat, Seat.judge_id == Judge.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .join(Candidate, Candidate.id == Assignment.candidate_id)
        .join(Round, Round.id == Candidate.round_id)
        .join(Track, Track.id == Round.track_id)
        .outerjoin(Ballot, Ballot.assignment_id == Assignment.id)
        .where(Track.edition_id == edition.id, Judge.user_id.is_not(None))
        .group_by(Judge.id, Judge.user_id, Judge.code)
        .order_by(sa.func.abs(left - done), Judge.code)
    )


def _invited(edition: Edition) -> sa.Select[Any]:
    """Judges who have been asked and have not answered yet."""
    return (
        sa.select(Judge.user_id)
        .join(SeatInvitation, SeatInvitation.judge_id == Judge.id)
        .join(Round, Round.id == SeatInvitation.round_id)
        .join(Track, Track.id == Round.track_id)
        .where(Track.edition_id == edition.id, SeatInvitation.status == InvitationStatus.INVITED)
        .order_by(Judge.code)
    )


def _contacts(edition: Edition, role: Role) -> sa.Select[Any]:
    column = Membership.unit_id if role is Role.ENTRANT else Membership.recommending_unit_id
    whose = Entry.unit_id if role is Role.ENTRANT else Entry.recommending_unit_id
    return (
        sa.select(Membership.user_id)
        .join(Entry, whose == column)
        .where(Entry.edition_id == edition.id)
        .group_by(Membership.user_id)
        .order_by(sa.func.count(Entry.id).desc(), Membership.user_id)
    )
