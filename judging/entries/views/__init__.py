"""Pages of intake, by audience: entrants, recommending units, the secretariat."""

from judging.entries.views import files
from judging.entries.views.entrant import blueprint

blueprints = (blueprint,)
__all__ = ["blueprints", "files"]
