"""Pages of judging: the judge's desk and sheets, the chair's page, the organizer's progress."""

from judging.ballots import readiness
from judging.ballots.views import chair, files, organizer, sheets
from judging.ballots.views.base import blueprint

__all__ = ["blueprints", "chair", "files", "organizer", "readiness", "sheets"]

blueprints = (blueprint,)
