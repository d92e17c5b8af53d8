"""Pages about accounts: the own one, links to hand on, and the permission matrix."""

from judging.accounts.letters import mail_link
from judging.accounts.views import links, matrix
from judging.accounts.views.own import blueprint

__all__ = ["blueprint", "blueprints", "links", "mail_link", "matrix"]

blueprints = (blueprint,)
