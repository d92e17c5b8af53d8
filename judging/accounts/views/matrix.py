"""The whole permission matrix, as a page."""

from flask import render_template
from flask.typing import ResponseReturnValue

from judging.accounts.guards import grants, signed_in
from judging.accounts.models import Role
from judging.accounts.permissions import MATRIX, Permission
from judging.accounts.views.own import blueprint


@blueprint.get("/permissions")
@signed_in
def permissions() -> ResponseReturnValue:
    """Show what each role may do."""
    held = {grant.role for grant in grants()}
    mine = [role for role in Role if role in held]
    return render_template(
        "accounts/permissions.html", matrix=MATRIX, roles=list(Role), permissions=list(Permission), mine=mine
    )
