"""Acts on certificates: number and set them, issue one again, revoke one. A number is given once and never again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.rules import certificate_number, require_stage
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.foundation.storage import storage
from judging.publication import documents, queries, rules, texts
from judging.publication.models import Certificate, NoticeKind
from judging.publication.rules import PublicationAct
from judging.publication.service.objections import random_code
from judging.selection import queries as selection
from judging.selection.queries import GrantedRow


def issue_all(session: Session, edition: Edition, *, by: Actor, at: datetime) -> list[Certificate]:
    """Issue a certificate for every grant that has none yet, and set those not yet set; return the new ones."""
    made = number_all(session, edition, by=by, at=at)
    while set_certificates(session, edition, unset_certificates(session, edition)):
        pass
    return made


def number_all(session: Session, edition: Edition, *, by: Actor, at: datetime) -> list[Certificate]:
    """Give numbers to every grant that has none yet; the PDFs are set afterwards."""
    require_issuable(session, edition, at)
    granted = selection.granted(session, edition)
    has_one = set(session.scalars(sa.select(Certificate.entry_id).where(Certificate.edition_id == edition.id)))
    numbers = _Numbers(session, edition)
    made = []
    for row in granted:
        if row.entry.id not in has_one:
            made.append(_certificate(edition, row, numbers.next_for(row), by=by, at=at))
    session.add_all(made)
    session.flush()
    for certificate in made:
        _record(session, PublicationAct.ISSUED, edition, certificate, by=by, at=at)
    session.flush()
    return made


def require_issuable(session: Session, edition: Edition, at: datetime) -> None:
    """Refuse before the result is final: announced, or its notice over without open objections."""
    require_stage(edition, Stage.NOTICE, Stage.CLOSED)
    if queries.standing_notice(session, edition, NoticeKind.ANNOUNCEMENT) is not None:
        return
    notice = queries.standing_notice(session, edition)
    if notice is None or notice.closes_on is None or rules.local_day(edition, at) <= notice.closes_on:
        raise rules.NotFinal
    if queries.open_objections(session, edition):
        raise rules.NotFinal


class _Numbers:
    """Counts on within each track and round; a number that exists anywhere is passed over."""

    def __init__(self, session: Session, edition: Edition) -> None:
        self._edition = edition
        self._taken = set(session.scalars(sa.select(Certificate.number)))
        self._last: dict[tuple[UUID, int], int] = {}

    def next_for(self, row: GrantedRow) -> str:
        key = (row.track.id, row.decision.award_list.round_number)
        while True:
            self._last[key] = self._last.get(key, 0) + 1
            number = certificate_number(
                self._edition.certificate_pattern,
                year=self._edition.year,
                track=row.track.code,
                round_number=key[1],
                number=self._last[key],
            )
            if number not in self._taken:
                self._taken.add(number)
                return number


def _certificate(edition: Edition, row: GrantedRow, number: str, *, by: Actor, at: datetime) -> Certificate:
    return Certificate(
        edition_id=edition.id,
        entry_id=row.entry.id,
        number=number,
        check_code=random_code(12),
        content=content_of(edition, row, at),
        issued_at=at,
        issued_by_id=by.id,
    )


def content_of(edition: Edition, row: GrantedRow, at: datetime) -> dict[str, Any]:
    """Return what stands on the certificate, exactly as entered."""
    return {
        "edition": edition.name,
        "organiser": edition.organiser,
        "co_organisers": list(edition.co_organisers),
        "kind": row.track.kind.value,
        "track": row.track.name,
        "unit": row.entry.unit.name,
        "group": row.entry.group_name,
        "title": row.entry.title,
        "members": [member.name for member in row.entry.members],
        "tier": row.tier.name,
        "verb": texts.conferred(edition),
        "date": texts.day(rules.local_day(edition, at)),
    }


def unset_certificates(session: Session, edition: Edition, limit: int = 50) -> list[Certificate]:
    """Return certificates that have a number but no PDF yet."""
    query = sa.select(Certificate).where(Certificate.edition_id == edition.id, Certificate.storage_key == "")
    return list(session.scalars(query.order_by(Certificate.number).limit(limit)))


def set_certificates(session: Session, edition: Edition, certificates: Sequence[Certificate]) -> int:
    """Set the PDFs of these certificates and keep them; return how many."""
    for certificate in certificates:
        certificate.storage_key = storage().put(documents.certificate_pdf(certificate)).key
    session.flush()
    return len(certificates)


def reissue(
    session: Session, edition: Edition, certificate: Certificate, *, reason: str, by: Actor, at: datetime
) -> None:
    """Issue a certificate again with what is true now; the number stays, the issue counts up."""
    words = rules.require_reason(reason)
    if certificate.revoked_at is not None:
        raise rules.CertificateRevoked
    granted = next((r for r in selection.granted(session, edition) if r.entry.id == certificate.entry_id), None)
    if granted is None:
        raise rules.NotAwarded
    after = content_of(edition, granted, at) | {"date": certificate.content["date"]}
    changed = audit.changes(certificate.content, after)
    certificate.content, certificate.issue = after, certificate.issue + 1
    certificate.storage_key = storage().put(documents.certificate_pdf(certificate)).key
    session.flush()
    _record(session, PublicationAct.REISSUED, edition, certificate, by=by, at=at, reason=words, detail=changed)


def revoke(
    session: Session, edition: Edition, certificate: Certificate, *, reason: str, by: Actor, at: datetime
) -> None:
    """Revoke a certificate; number and reason stay in the public list of revocations."""
    words = rules.require_reason(reason)
    if certificate.revoked_at is not None:
        raise rules.CertificateRevoked
    certificate.revoked_at, certificate.revoked_by_id, certificate.revoke_reason = at, by.id, words
    session.flush()
    _record(session, PublicationAct.REVOKED, edition, certificate, by=by, at=at, reason=words)


def _record(
    session: Session,
    act: PublicationAct,
    edition: Edition,
    certificate: Certificate,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    ids = {"subject_id": certificate.id, "scope_id": edition.id}
    audit.record(session, act, by=by, at=at, subject=certificate.number, reason=reason, detail=detail, **ids)
