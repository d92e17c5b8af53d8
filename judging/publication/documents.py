"""Notices and certificates as PDF, set by typst in the faces of the front end. The .typ files hold the layout."""

import io
import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst
from flask import current_app, url_for

from judging.editions.models import Edition
from judging.foundation.fonts import font_dirs
from judging.publication import texts
from judging.publication.models import Certificate, Notice, NoticeKind
from judging.publication.rules import NoticeField, local_day

FOLDER = Path(__file__).resolve().parent / "typst"
HEADERS: dict[str, str] = {
    NoticeField.UNIT: "单位名称",
    NoticeField.TITLE: "成果名称",
    NoticeField.GROUP: "小组名称",
    NoticeField.RECOMMENDER: "推荐单位",
    NoticeField.CHANNEL: "推荐上报",
    NoticeField.RANK: "名次",
}
_one_at_a_time = Lock()  # a compiler keeps its world between calls


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_dirs())


@cache
def _compiler(name: str) -> typst.Compiler:
    return typst.Compiler(FOLDER / name, root=FOLDER, font_paths=_fonts())


def _set(name: str, data: dict[str, Any]) -> bytes:
    with _one_at_a_time:
        made = _compiler(name).compile(format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    assert isinstance(made, bytes)
    return made


def check_url(code: str) -> str:
    """Return the address behind the QR code; without a request it begins with the installation's own address."""
    base = current_app.config["BASE_URL"].rstrip("/")
    return f"{base}{url_for('certificates.check_code', code=code, _external=False)}"


def qr_svg(text: str) -> str:
    """Return a QR code as SVG."""
    out = io.BytesIO()
    # Any mask can be read; choosing the best one would take longer than setting the certificate.
    segno.make(text, error="m", micro=False, mask=2).save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode()


def certificate_pdf(certificate: Certificate) -> bytes:
    """Set a certificate from the content it was issued with."""
    content = certificate.content
    data = {
        "number": certificate.number,
        "code": certificate.check_code,
        "qr": qr_svg(check_url(certificate.check_code)),
        "url": check_url(certificate.check_code),
        **{key: content.get(key, "") for key in ("edition", "unit", "group", "title", "tier", "verb", "date", "kind")},
        "members": content.get("members", []),
        "organisers": [content.get("organiser", ""), *content.get("co_organisers", [])],
    }
    return _set("certificate.typ", data)


def notice_pdf(edition: Edition, notice: Notice) -> bytes:
    """Set a notice or an announcement with the rows it shows."""
    headings = {"paragraphs": paragraphs(notice.preamble), "basis": notice.basis, "issuer": notice.issuer}
    published = texts.day(local_day(edition, notice.published_at)) if notice.published_at else ""
    window = ""
    if notice.kind is NoticeKind.NOTICE and notice.opens_on and notice.closes_on:
        window = texts.window(notice.opens_on, notice.closes_on, notice.days, notice.day_kind)
    data = headings | {
        "title": notice.title,
        "window": window,
        "how": paragraphs(notice.how_to_object) if notice.kind is NoticeKind.NOTICE else [],
        "note": notice.change_note if notice.number > 1 else "",
        "date": published,
        "unordered": "" if NoticeField.RANK in notice.fields else texts.UNORDERED,
        "columns": [{"key": key, "label": HEADERS[key]} for key in notice.fields],
        "sections": sections(notice.rows),
    }
    return _set("notice.typ", data)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sections(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group rows by track and level, numbered through from 1: what page and PDF show."""
    found: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        if not found or (found[-1]["track"], found[-1]["tier"]) != (row["track"], row["tier"]):
            found.append({"track": row["track"], "tier": row["tier"], "rows": []})
        found[-1]["rows"].append({"number": number, "row": row})
    return found
