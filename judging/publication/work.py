"""The long work of this stage: setting certificates, a few per transaction, so that nobody waits for the database."""

from typing import Any
from uuid import UUID

from flask_babel import gettext

from judging.editions.models import Edition
from judging.foundation import clock, db
from judging.foundation.audit import Actor
from judging.foundation.jobs import Progress, handler
from judging.publication import service

CERTIFICATES = "publication.certificates"
AT_ONCE = 20


@handler(CERTIFICATES)
def issue_certificates(payload: dict[str, Any], progress: Progress) -> str:
    """Number what is due, then set what has no PDF yet; may be run again at any point."""
    by = Actor(UUID(payload["by"]), payload["name"])
    with db.transaction() as session:
        edition = session.get_one(Edition, UUID(payload["edition"]))
        made = len(service.number_all(session, edition, by=by, at=clock.now()))
        total = len(service.unset_certificates(session, edition, limit=100_000))
    done = 0
    while True:
        with db.transaction() as session:
            edition = session.get_one(Edition, UUID(payload["edition"]))
            set_now = service.set_certificates(session, edition, service.unset_certificates(session, edition, AT_ONCE))
        if not set_now:
            return str(gettext("%(count)s certificates have been issued.", count=made))
        done += set_now
        progress(done, total)
