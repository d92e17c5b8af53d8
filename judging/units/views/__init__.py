"""Pages about units: the organizer's list, recommending units, Excel both ways, and a contact's own unit."""

from judging.units.views import exchange, own, recommenders
from judging.units.views.organizer import blueprint

blueprints = (blueprint,)
__all__ = ["blueprints", "exchange", "own", "recommenders"]
