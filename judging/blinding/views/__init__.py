"""Pages of blinding: the desk of a round, and the page of one candidate. For organizers only."""

from judging.blinding import readiness
from judging.blinding.views import candidate
from judging.blinding.views.desk import blueprint

__all__ = ["blueprint", "blueprints", "candidate", "readiness"]  # readiness registers its questions when imported
blueprints = (blueprint,)
