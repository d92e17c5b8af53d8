"""Pages of assignment: by candidate, by judge, panels, plans, halls."""

from judging.assignment import readiness
from judging.assignment.views import changes, halls, overview, panels, plans
from judging.assignment.views.base import blueprint

__all__ = ["blueprints", "changes", "halls", "overview", "panels", "plans", "readiness"]

blueprints = (blueprint,)
