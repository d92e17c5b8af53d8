"""Pages of notices, objections and certificates, for the public and for the secretariat."""

from judging.publication import doubts, readiness, work
from judging.publication.views.certificates import blueprint as certificates
from judging.publication.views.desk import blueprint as desk
from judging.publication.views.objections import blueprint as objections
from judging.publication.views.public import blueprint as public

__all__ = ["blueprints", "doubts", "readiness", "work"]

blueprints = (public, desk, objections, certificates)
