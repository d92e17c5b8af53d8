"""Pages of assignment: by candidate, by judge, panels, invitations, plans, halls."""

from judging.assignment import readiness
from judging.assignment.views import (
    answering,
    changes,
    exchange,
    halls,
    inviting,
    lots,
    overview,
    panels,
    plan_pages,
    plans,
    repairing,
    strengths,
    weights,
)
from judging.assignment.views.base import blueprint

__all__ = [
    "answering",
    "blueprints",
    "changes",
    "exchange",
    "halls",
    "inviting",
    "lots",
    "overview",
    "panels",
    "plan_pages",
    "plans",
    "readiness",
    "repairing",
    "strengths",
    "weights",
]

blueprints = (blueprint,)
