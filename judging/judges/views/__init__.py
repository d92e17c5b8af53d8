"""Pages about judges: the bank, its Excel sheets, invitations, and the judge's own profile."""

from judging.judges.views import exchange, inviting, profile
from judging.judges.views.bank import blueprint

__all__ = ["blueprint", "blueprints", "exchange", "inviting", "profile"]
blueprints = (blueprint,)
