"""Marks that are planted wherever an entry or a judge could be recognised, and the eyes that look for them."""

import html
import io
import json
import zipfile
from collections.abc import Iterable
from urllib.parse import unquote

import pypdfium2
from werkzeug.wrappers import Response

from tests.factories.pdfs import everything_in

UNIT = {
    "name": "武汉秘甲重工股份有限公司",
    "credit_code": "91420100MASECRET1X",
    "address": "武汉市秘址路8848号",
    "member_number": "SECRETMEMBER77",
    "contact_name": "秘联系甲",
    "contact_phone": "13900007001",
    "contact_email": "unit@secret-unit.example",
}
RECOMMENDING_UNIT = {
    "code": "SECRETREC",
    "name": "秘推市质量协会",
    "contact_name": "秘联系乙",
    "contact_phone": "13900007002",
    "contact_email": "rec@secret-rec.example",
}
ENTRY = {
    "code": "QC-SECRET-0001",
    "group_name": "秘星火小组",
    "group_number": "SECRETGROUP66",
    "presenter": "秘发布人",
    "contact_name": "秘联系丙",
    "contact_phone": "13900007003",
    "contact_email": "entry@secret-entry.example",
}
MEMBERS = ("秘成员甲", "秘成员乙", "秘成员丙")
ENTRANT = {
    "username": "secretentrant",
    "name": "秘账户甲",
    "phone": "13900007004",
    "email": "account@secret-account.example",
}
FILES = ("秘件报告.pdf", "秘件脱敏稿.pdf")
REPORT_TEXT = "秘报告正文"  # stands in the unmasked report only
SHORT_FORMS = ("秘甲重工", "秘星火", "秘推市")
IN_THE_PDF = tuple(f"SECRETPDF{number:02d}" for number in range(14))  # see make_telling_pdf
JUDGE = {
    "code": "J-HIDDEN-01",
    "name": "匿评委甲",
    "unit_name": "匿评委单位甲",
    "post": "匿职务",
    "phone": "13700008001",
    "email": "judge@hidden-judge.example",
    "recommender": "匿荐单位",
    "certificates": "匿证书",
}
JUDGE_ACCOUNT = {
    "username": "hiddenjudge",
    "name": "匿账户评委",
    "phone": "13700008002",
    "email": "account@hidden-judge.example",
}


def masked_phones(values: Iterable[str]) -> set[str]:
    """Return the phones among the values as pages shorten them: in part they tell as well."""
    return {f"{value[:3]}****{value[-4:]}" for value in values if len(value) == 11 and value.isdigit()}


def entry_marks(*ids: object) -> set[str]:
    """Return everything that gives the marked entry away, its ids included."""
    values = [*UNIT.values(), *RECOMMENDING_UNIT.values(), *ENTRY.values(), *ENTRANT.values(), *MEMBERS, *FILES]
    found = {*values, *SHORT_FORMS, *IN_THE_PDF, REPORT_TEXT, *(str(one) for one in ids)}
    return found | masked_phones(values) | {str(one).replace("-", "") for one in ids}


def judge_marks(*ids: object) -> set[str]:
    """Return everything that gives the marked judge away, the ids included."""
    values = [*JUDGE.values(), *JUDGE_ACCOUNT.values()]
    return {*values, *(str(one) for one in ids)} | masked_phones(values)


def words_of(response: Response) -> str:
    """Return all that an answer says: status, headers, body; as sent, and as a program would read it."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers)
    said = f"{response.status}\n{headers}\n{_readable(response)}"
    parts = [said, unquote(said), html.unescape(said)]
    if response.is_json:
        parts.append(json.dumps(response.json, ensure_ascii=False))
    return "\n".join(parts)


def _readable(response: Response) -> str:
    if response.mimetype == "application/pdf":
        return pdf_words(response.data)
    if response.data.startswith(b"PK"):
        return packed_words(response.data)
    return response.data.decode("utf-8", "replace")


def pdf_words(data: bytes) -> str:
    """Return everything in a PDF: streams unpacked, strings in every encoding they may have, and the text of its pages."""
    raw = everything_in(data)
    document = pypdfium2.PdfDocument(data)
    try:
        pages = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    decoded = (raw.decode(encoding, "ignore") for encoding in ("utf-8", "utf-16-be", "latin-1"))
    return "\n".join([*decoded, raw[1:].decode("utf-16-be", "ignore"), pages])


def packed_words(data: bytes) -> str:
    """Return every part of a workbook or archive as text, with the names of the parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    return "\n".join(f"{name}\n{_part_words(part)}" for name, part in parts)


def _part_words(part: bytes) -> str:
    if part.startswith(b"%PDF"):
        return pdf_words(part)
    return packed_words(part) if part.startswith(b"PK") else part.decode("utf-8", "replace")


def found_in(text: str, marks: Iterable[str]) -> list[str]:
    """Return the marks that the text holds, whatever spaces and lines break them."""
    squeezed = "".join(text.split())
    return sorted(mark for mark in marks if mark in text or "".join(mark.split()) in squeezed)
