"""Pages about rubrics: the library and its editor, and the choice of an edition."""

from judging.rubrics import readiness
from judging.rubrics.views.choice import blueprint as choice
from judging.rubrics.views.library import blueprint as library

__all__ = ["blueprints", "readiness"]

blueprints = (library, choice)
