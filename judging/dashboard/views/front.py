"""The public front page, and where each person goes after signing in."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from judging.accounts.guards import grants, public, signed_in
from judging.accounts.models import Role
from judging.dashboard import navigation, queries
from judging.foundation import db
from judging.publication.queries import published_notices

blueprint = Blueprint("dashboard", __name__)

DESKS = {
    Role.ADMIN: "desk.today",
    Role.ORGANIZER: "desk.today",
    Role.SUPERVISOR: "desk.today",
    Role.JUDGE: "ballots.desk",
    Role.RECOMMENDER: "recommend.desk",
    Role.ENTRANT: "entries.mine",
}


@blueprint.app_context_processor
def navigation_lines() -> dict[str, object]:
    """Give every page its navigation (built only when a layout asks for it)."""
    return {"nav": navigation.items() if current_user and current_user.is_authenticated else []}


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    """Show the public face: notices, certificate check, sign-in; in the demo also the way into each role."""
    steps_in = current_app.extensions.get("demo_steps")  # only the demo command puts it there
    steps = steps_in(db.session()) if steps_in else None
    return render_template("dashboard/front.html", notices=published_notices(db.session()), steps=steps)


@blueprint.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """Show the desks of the signed-in person, or go straight to the only one."""
    desks = queries.desks(db.session(), grants())
    links = [(desk, [(role, url_for(DESKS[role], edition=desk.edition.slug)) for role in desk.roles]) for desk in desks]
    targets = {url for _desk, pairs in links for _role, url in pairs}
    if len(targets) == 1:
        return redirect(targets.pop())
    return render_template("dashboard/home.html", desks=links)
