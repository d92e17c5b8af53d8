"""Pages about conflicts, by audience: the organizer's list, the judge's declaration, the entrant's request."""

from judging.conflicts import readiness
from judging.conflicts.views import coaching, entrant, judge, organizer, recording
from judging.conflicts.views.organizer import blueprint

__all__ = ["blueprint", "blueprints", "coaching", "entrant", "judge", "organizer", "readiness", "recording"]
blueprints = (blueprint,)
