"""Everything an edition hands out, as files: the result workbook, the notice, the certificates, the way-up lists."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.editions.models import Edition
from judging.foundation.spreadsheets import Column, workbook
from judging.foundation.storage import storage
from judging.publication import documents, queries
from judging.publication.models import Certificate, NoticeKind
from judging.selection import queries as selection
from judging.selection.models import Decision
from judging.selection.sheets import CHANNEL, channel_rows, channel_workbook
from judging.selection.words import decision_reason
from judging.web.filters import format_date, format_points

DECISIONS = (
    Column("track", _l("Track"), 18),
    Column("round", _l("Round"), 8),
    Column("rank", _l("Place"), 8),
    Column("tier", _l("Level"), 18),
    Column("code", _l("Receipt number"), 16),
    Column("unit", _l("Unit"), 36),
    Column("group", _l("Group"), 24),
    Column("title", _l("Title"), 44),
    Column("members", _l("Members"), 40),
    Column("recommender", _l("Recommending unit"), 24),
    Column("score", _l("Score"), 10),
    Column("channel", _l("Recommended to"), 30),
    Column("reason", _l("Reason"), 48),
)
REGISTER = (
    Column("number", _l("Certificate number"), 28),
    Column("issue", _l("Issue"), 8),
    Column("state", _l("State"), 12),
    Column("track", _l("Track"), 18),
    Column("tier", _l("Level"), 18),
    Column("unit", _l("Unit"), 36),
    Column("group", _l("Group"), 24),
    Column("title", _l("Title"), 44),
    Column("members", _l("Members"), 40),
    Column("issued", _l("Issued on"), 16),
    Column("revoked", _l("Revoked on"), 16),
    Column("why", _l("Reason"), 30),
)
UNSAFE = re.compile(r"[^\w〔〕()（）·.\-]+")


def result_workbook(session: Session, edition: Edition) -> bytes:
    """Return the workbook of an edition: every decision with its reason, and the register of certificates."""
    channels = queries.channel_names(session, edition)
    decisions = selection.last_decisions(session, [track.id for track in edition.tracks])
    names = {track.id: track.name for track in edition.tracks}
    certificates = queries.certificates_of(session, edition)
    sheets: dict[str, tuple[Sequence[Column], Iterable[Mapping[str, Any]]]] = {
        _("Decisions"): (DECISIONS, (_decision(one, names, channels) for one in decisions)),
        _("Issued certificates"): (REGISTER, (_certificate(one) for one in certificates)),
    }
    for number, channel in enumerate(selection.channels_of(session, edition), start=1):
        # A number, because names longer than a sheet's title may be alike up to its end.
        sheets[f"{number} {channel.name}"] = (CHANNEL, channel_rows(session, channel))
    return workbook(sheets)


def _decision(decision: Decision, tracks: dict[Any, str], channels: dict[Any, str]) -> dict[str, Any]:
    entry = decision.entry
    return {
        "track": tracks.get(decision.award_list.track_id, ""),
        "round": decision.award_list.round_number,
        "rank": decision.rank,
        "tier": decision.tier.name if decision.tier else "",
        "code": entry.code,
        "unit": entry.unit.name,
        "group": entry.group_name,
        "title": entry.title,
        "members": "、".join(member.name for member in entry.members),
        "recommender": entry.recommending_unit.name if entry.recommending_unit else "",
        "score": format_points(decision.score),
        "channel": channels.get(entry.id, ""),
        "reason": decision_reason(decision.reason),
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    content = certificate.content
    return {
        "number": certificate.number,
        "issue": certificate.issue,
        "state": _("Revoked") if certificate.revoked_at else _("Valid"),
        **{key: content.get(key, "") for key in ("track", "tier", "unit", "group", "title")},
        "members": "、".join(content.get("members", [])),
        "issued": format_date(certificate.issued_at),
        "revoked": format_date(certificate.revoked_at),
        "why": certificate.revoke_reason,
    }


def certificates_zip(session: Session, edition: Edition) -> bytes:
    """Return all valid certificates in one archive; the names in it are made from the numbers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for certificate in queries.certificates_of(session, edition, valid=True):
            archive.writestr(f"{file_name(certificate.number)}.pdf", pdf_of(certificate))
    return out.getvalue()


def pdf_of(certificate: Certificate) -> bytes:
    """Return the PDF of a certificate, set now if that has not been done."""
    if certificate.storage_key:
        return storage().get(certificate.storage_key)
    return documents.certificate_pdf(certificate)


def file_name(text: str) -> str:
    """Return a text as a file name that every system takes."""
    return UNSAFE.sub("-", text).strip("-.")[:100] or "file"


def documents_of(session: Session, edition: Edition) -> Iterable[tuple[str, bytes]]:
    """Return name and content of every file of the bundle."""
    yield f"{_('Results')}.xlsx", result_workbook(session, edition)
    for kind in NoticeKind:
        notice = queries.standing_notice(session, edition, kind)
        if notice is not None and notice.pdf_key:
            yield f"{kind.label}.pdf", storage().get(notice.pdf_key)
    for channel in selection.channels_of(session, edition):
        if channel.decided_at is not None:
            yield f"{channel.name}.xlsx", channel_workbook(session, channel)
    if queries.certificates_of(session, edition, valid=True):
        yield f"{_('Issued certificates')}.zip", certificates_zip(session, edition)


def write_all(session: Session, edition: Edition, folder: Path) -> list[Path]:
    """Write every file of the bundle into a folder and return where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in documents_of(session, edition):
        path = folder / file_name(name)
        path.write_bytes(content)
        written.append(path)
    return written


def bundle_zip(session: Session, edition: Edition) -> bytes:
    """Return the bundle as one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in documents_of(session, edition):
            archive.writestr(file_name(name), content)
    return out.getvalue()
