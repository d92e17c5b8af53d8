"""Pages of assignment: by candidate, by judge, panels, invitations, plans, halls."""

from judging.assignment import readiness
from judging.assignment.views import answering, changes, halls, inviting, overview, panels, plans
from judging.assignment.views.base import blueprint

__all__ = ["answering", "blueprints", "changes", "halls", "inviting", "overview", "panels", "plans", "readiness"]

blueprints = (blueprint,)
