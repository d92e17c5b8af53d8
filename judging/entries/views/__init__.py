"""Pages of intake, by audience: entrants, recommending units, the secretariat."""

from judging.entries import readiness
from judging.entries.views import check, desk, exchange, files, onbehalf, quotas
from judging.entries.views.entrant import blueprint

blueprints = (blueprint, *exchange.blueprints)
__all__ = ["blueprints", "check", "desk", "exchange", "files", "onbehalf", "quotas", "readiness"]
