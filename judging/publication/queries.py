"""Reading notices, objections and certificates: one function per question."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.foundation.errors import NotFound
from judging.publication import rules
from judging.publication.models import (
    Certificate,
    Holiday,
    Notice,
    NoticeKind,
    NoticeStatus,
    Objection,
    ObjectionStatus,
)
from judging.selection import queries as selection
from judging.selection.models import AwardList, Channel, Decision, Move, MoveStatus, Outcome, Recommendation
from judging.units.models import Unit
from judging.web.pagination import contains


def published_notices(session: Session, limit: int = 20) -> list[Notice]:
    """Return what the public may read, newest first."""
    query = sa.select(Notice).where(Notice.status == NoticeStatus.PUBLISHED)
    return list(session.scalars(query.order_by(Notice.published_at.desc()).limit(limit)))


def published() -> sa.Select[Notice]:
    """Return the query of what the public may read, to be paged; the long lists themselves stay in the database."""
    return sa.select(Notice).where(Notice.status == NoticeStatus.PUBLISHED).options(sa.orm.defer(Notice.rows))


def public_notice(session: Session, notice_id: UUID) -> tuple[Notice, Edition]:
    """Return a notice that is or was public, with its edition; a draft is not found."""
    query = sa.select(Notice, Edition).join(Edition, Notice.edition_id == Edition.id)
    found = session.execute(query.where(Notice.id == notice_id, Notice.status != NoticeStatus.DRAFT)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


def notices_of(session: Session, edition: Edition) -> list[Notice]:
    """Return the notices of an edition, newest first."""
    query = sa.select(Notice).where(Notice.edition_id == edition.id)
    return list(session.scalars(query.order_by(Notice.kind, Notice.number.desc())))


def notice_of(session: Session, edition: Edition, notice_id: UUID) -> Notice:
    """Return a notice of this edition, or refuse as missing."""
    found = session.scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.edition_id == edition.id))
    if found is None:
        raise NotFound
    return found


def draft_of(session: Session, edition: Edition) -> Notice | None:
    """Return the draft of this edition, if there is one."""
    return session.scalar(_notices(edition, NoticeStatus.DRAFT).limit(1))


def standing_notice(session: Session, edition: Edition, kind: NoticeKind = NoticeKind.NOTICE) -> Notice | None:
    """Return the published notice (or announcement) of an edition that stands now."""
    return session.scalar(_notices(edition, NoticeStatus.PUBLISHED).where(Notice.kind == kind).limit(1))


def successor_of(session: Session, notice: Notice) -> Notice | None:
    """Return the version that stands in place of a superseded one."""
    query = sa.select(Notice).where(Notice.edition_id == notice.edition_id, Notice.kind == notice.kind)
    return session.scalar(query.where(Notice.status == NoticeStatus.PUBLISHED).limit(1))


def last_number(session: Session, edition: Edition, kind: NoticeKind) -> int:
    """Return the highest version of a kind so far."""
    query = sa.select(sa.func.max(Notice.number)).where(Notice.edition_id == edition.id, Notice.kind == kind)
    return session.scalar(query) or 0


def _notices(edition: Edition, status: NoticeStatus) -> sa.Select[Notice]:
    query = sa.select(Notice).where(Notice.edition_id == edition.id, Notice.status == status)
    return query.order_by(Notice.number.desc())


def holidays(session: Session, first: date | None = None) -> dict[date, bool]:
    """Return the days that differ from the week, True where people work."""
    query = sa.select(Holiday.day, Holiday.is_working)
    if first is not None:
        query = query.where(Holiday.day >= first)
    return {row[0]: row[1] for row in session.execute(query)}


def holidays_of_year(session: Session, year: int) -> list[Holiday]:
    """Return the days of a year that differ from the week, in order."""
    query = sa.select(Holiday).where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
    return list(session.scalars(query.order_by(Holiday.day)))


def channel_names(session: Session, edition: Edition) -> dict[UUID, str]:
    """Return for every recommended entry the channels of decided lists through which it goes up."""
    query = (
        sa.select(Recommendation.entry_id, Channel.name)
        .join(Channel, Recommendation.channel_id == Channel.id)
        .where(Channel.edition_id == edition.id, Channel.decided_at.is_not(None))
        .where(Recommendation.outcome == Outcome.IN)
        .order_by(Channel.position, Channel.code)
    )
    found: dict[UUID, str] = {}
    for entry_id, name in session.execute(query):
        found[entry_id] = f"{found[entry_id]}、{name}" if entry_id in found else name
    return found


def waiting_moves(session: Session, edition: Edition) -> int:
    """Return how many changes of levels wait for a second signature."""
    lists = [award_list.id for award_list in selection.lists_of_edition(session, edition)]
    return sum(selection.waiting_moves(session, lists).values())


def list_values(session: Session, edition: Edition) -> list[dict[str, str]]:
    """Return everything a notice may choose from: one dict per granted entry, by track and level."""
    channels = channel_names(session, edition)
    return [
        {
            "track": row.track.name,
            "tier": row.tier.name,
            "entry": str(row.entry.id),
            "unit": row.entry.unit.name,
            "title": row.entry.title,
            "group": row.entry.group_name,
            "recommender": row.entry.recommending_unit.name if row.entry.recommending_unit else "",
            "channel": channels.get(row.entry.id, ""),
            "rank": str(row.decision.rank),
            "code": row.entry.code,
        }
        for row in selection.granted(session, edition)
    ]


# Objections


def objections_query(edition: Edition) -> sa.Select[Objection]:
    """Return the objections of an edition with the entries they name, to be filtered and paged."""
    query = sa.select(Objection).outerjoin(Objection.entry).outerjoin(Entry.unit)
    loaded = contains_eager(Objection.entry).contains_eager(Entry.unit)
    return query.where(Objection.edition_id == edition.id).options(loaded)


def objection_of(session: Session, edition: Edition, objection_id: UUID) -> Objection:
    """Return an objection of this edition with its notice, entry and change, or refuse as missing."""
    more = (joinedload(Objection.notice), joinedload(Objection.move))
    found = session.scalar(objections_query(edition).where(Objection.id == objection_id).options(*more))
    if found is None:
        raise NotFound
    return found


def objection_by_receipt(session: Session, receipt: str) -> Objection:
    """Return the objection of a receipt code, with the notice it concerns."""
    loaded = (joinedload(Objection.notice), joinedload(Objection.entry).joinedload(Entry.unit))
    found = session.scalar(sa.select(Objection).where(Objection.receipt == receipt).options(*loaded))
    if found is None:
        raise NotFound
    return found


def open_objections(session: Session, edition: Edition) -> int:
    """Return how many objections wait for a ruling."""
    waiting = sa.and_(Objection.edition_id == edition.id, Objection.status.in_(rules.OPEN))
    return session.scalar(sa.select(sa.func.count()).select_from(Objection).where(waiting)) or 0


def unanswered_inquiries(session: Session, edition: Edition) -> int:
    """Return how many inquiries wait for an answer; they hold nothing up."""
    waiting = (Objection.status == ObjectionStatus.INQUIRY, Objection.ruling == "")
    query = sa.select(sa.func.count()).select_from(Objection).where(Objection.edition_id == edition.id, *waiting)
    return session.scalar(query) or 0


def decision_on(session: Session, edition: Edition, entry_id: UUID) -> Decision | None:
    """Return the decided grant of an entry: what an upheld objection changes."""
    tracks = [track.id for track in edition.tracks]
    query = (
        sa.select(Decision)
        .join(Decision.award_list)
        .where(Decision.entry_id == entry_id, AwardList.track_id.in_(tracks), AwardList.decided_at.is_not(None))
        .options(contains_eager(Decision.award_list), joinedload(Decision.tier))
        .order_by(AwardList.round_number.desc())
    )
    return session.scalars(query).first()


def unsigned_move(session: Session, objection: Objection) -> Move:
    """Return the change that an upheld objection waits for, or refuse."""
    move = session.get(Move, objection.move_id) if objection.move_id else None
    if move is None or move.status is not MoveStatus.PROPOSED:
        raise rules.NothingToSign
    return move


# Certificates


@dataclass(frozen=True, slots=True)
class CertificateCounts:
    """How far certificates are."""

    granted: int
    issued: int
    revoked: int


def certificates_query(edition: Edition) -> sa.Select[Certificate]:
    """Return the register of an edition, to be searched, sorted and paged."""
    query = sa.select(Certificate).join(Certificate.entry).join(Entry.unit)
    return query.where(Certificate.edition_id == edition.id).options(
        contains_eager(Certificate.entry).contains_eager(Entry.unit)
    )


def certificates_of(session: Session, edition: Edition, *, valid: bool = False) -> list[Certificate]:
    """Return the register of an edition by number; with `valid` without the revoked ones."""
    query = certificates_query(edition).order_by(Certificate.number)
    return list(session.scalars(query.where(Certificate.revoked_at.is_(None)) if valid else query))


def certificate_of(session: Session, edition: Edition, certificate_id: UUID) -> Certificate:
    """Return a certificate of this edition, or refuse as missing."""
    found = session.scalar(certificates_query(edition).where(Certificate.id == certificate_id))
    if found is None:
        raise NotFound
    return found


def certificates_of_units(session: Session, edition: Edition, unit_ids: Collection[UUID]) -> list[Certificate]:
    """Return the certificates of units in this edition, by number."""
    query = certificates_query(edition).where(Entry.unit_id.in_(unit_ids)).order_by(Certificate.number)
    return list(session.scalars(query))


def own_certificate(
    session: Session, edition: Edition, certificate_id: UUID, unit_ids: Collection[UUID]
) -> Certificate:
    """Return a certificate of one's own unit; any other, and a revoked one, is simply not found."""
    query = certificates_query(edition).where(Entry.unit_id.in_(unit_ids), Certificate.revoked_at.is_(None))
    found = session.scalar(query.where(Certificate.id == certificate_id))
    if found is None:
        raise NotFound
    return found


def certificate_counts(session: Session, edition: Edition) -> CertificateCounts:
    """Return how many certificates are due, issued and revoked."""
    revoked = sa.func.count().filter(Certificate.revoked_at.is_not(None))
    query = sa.select(sa.func.count(), revoked).where(Certificate.edition_id == edition.id)
    issued, gone = session.execute(query.select_from(Certificate)).one()
    return CertificateCounts(len(selection.granted(session, edition)), issued, gone)


def contents_of(session: Session, edition: Edition) -> list[dict[str, Any]]:
    """Return what is printed on the valid certificates of an edition."""
    query = sa.select(Certificate.content).where(Certificate.edition_id == edition.id)
    return list(session.scalars(query.where(Certificate.revoked_at.is_(None))))


def certificate_by_code(session: Session, code: str) -> Certificate | None:
    """Return the certificate of a check code (it stands on the certificate itself only)."""
    return session.scalar(sa.select(Certificate).where(Certificate.check_code == code))


def certificate_by_number(session: Session, number: str) -> Certificate | None:
    """Return the certificate of a number."""
    return session.scalar(sa.select(Certificate).where(Certificate.number == number))


def revoked() -> sa.Select[Certificate]:
    """Return the query of all revoked certificates, to be paged."""
    return sa.select(Certificate).where(Certificate.revoked_at.is_not(None))


def searched(query: sa.Select[Certificate], text: str) -> sa.Select[Certificate]:
    """Narrow a register to numbers, units and titles that contain a text."""
    return query.where(contains(text, Certificate.number, Unit.name, Entry.title, Entry.group_name))
