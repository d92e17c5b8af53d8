"""The front page, and where each person goes after signing in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from judging.accounts.guards import public, signed_in

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    """Show the public face: editions, notices, certificate check, sign-in."""
    return render_template("dashboard/front.html")


@blueprint.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """Show the desks of the signed-in person, or go straight to the only one."""
    return render_template("dashboard/home.html")


blueprints = (blueprint,)
