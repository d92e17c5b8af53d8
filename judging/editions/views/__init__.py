"""Pages about editions: the list, the settings, the calendar, tracks, the stage, and the people."""

from judging.editions.views import calendar, stage, tracks
from judging.editions.views.index import blueprint as index
from judging.editions.views.people import blueprint as people
from judging.editions.views.settings import blueprint as edition

__all__ = ["blueprints", "calendar", "stage", "tracks"]

blueprints = (index, edition, people)
