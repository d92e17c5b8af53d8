"""Makes a PDF that says nothing but its pages. Pages are copied into a new file; nothing else comes along.

So document information, XMP, bookmarks, attachments, scripts, actions, layers' names, tags with alternative texts, thumbnails and
programs' private data are not searched for and removed: they are never taken. Notes and form fields that are visible become
part of the page, where the scan for names sees them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from judging.blinding.pictures import bare_jpeg, bare_jpeg2000
from judging.foundation.errors import DomainError

MAX_PAGES = 500
_PAGE_KEYS = {"/Type", "/Parent", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group"}
_STREAM_KEYS = {"/Type", "/Subtype", "/Filter", "/DecodeParms", "/Length"}
_FORM_KEYS = _STREAM_KEYS | {"/FormType", "/BBox", "/Matrix", "/Resources", "/Group"}
_PICTURE_KEYS = _STREAM_KEYS | {
    "/Width",
    "/Height",
    "/ColorSpace",
    "/BitsPerComponent",
    "/Intent",
    "/ImageMask",
    "/Mask",
}
_PICTURE_KEYS |= {"/Decode", "/Interpolate", "/SMask", "/SMaskInData", "/Name", "/Matte"}
_REMARKS = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/OPI", "/Alternates", "/StructParent", "/StructParents")
_TAGGED = re.compile(rb">>\s*(?:BDC|DP)\b")
_TAGGED_PLAIN = re.compile(rb"<<[^<>()]*>>\s*(?:BDC|DP)\b")
_MARKS = {"BDC": "BMC", "DP": "MP"}


class UnreadablePdf(DomainError):
    """The file is no PDF that can be opened without a password."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a file says besides its pages: `label` names the place, `text` what stands there."""

    label: str
    text: str
    embedded: bool = False  # a file, script, form or note rather than a text about the file


@dataclass(frozen=True, slots=True)
class BarePdf:
    """A PDF without identity of its own, and what the original said besides its pages."""

    data: bytes
    pages: int
    remarks: tuple[Remark, ...]


def neutralise(data: bytes) -> BarePdf:
    """Return the pages of a PDF in a new file, equal for equal input.

    Raises
    ------
    UnreadablePdf
        When it is damaged, asks for a password, or has no or too many pages.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as original, pikepdf.new() as bare:
            if not 0 < len(original.pages) <= MAX_PAGES:
                raise UnreadablePdf
            remarks = tuple(_remarks(original))
            _draw_notes_into_pages(original)
            bare.pages.extend(original.pages)
            for page in bare.pages:
                _strip_page(bare, page)
            bare.remove_unreferenced_resources()
            for item in bare.objects:
                _strip_object(item)
            return BarePdf(_saved(bare), len(bare.pages), remarks)
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise UnreadablePdf from error


def _saved(pdf: Pdf) -> bytes:
    del pdf.docinfo
    out = io.BytesIO()
    # Re-compressing gives one spelling for equal content, and leaves nothing behind in a stream's spare bytes.
    pdf.save(out, linearize=True, deterministic_id=True, recompress_flate=False, fix_metadata_version=False)
    return out.getvalue()


def _draw_notes_into_pages(pdf: Pdf) -> None:
    if any("/Annots" in page for page in pdf.pages):
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("screen")


def _keep_keys(item: Object, kept: set[str]) -> None:
    for key in set(item.keys()) - kept:
        del item[key]


def _strip_page(pdf: Pdf, page: pikepdf.Page) -> None:
    _keep_keys(page.obj, _PAGE_KEYS)
    resources = page.obj.get("/Resources")
    if resources is not None and "/Properties" in resources:
        _blank_properties(resources)
    _strip_contents(pdf, page)


def _blank_properties(resources: Object) -> None:
    """Keep the names that pages refer to, without the layers' titles and alternative texts behind them."""
    properties: Any = resources["/Properties"]
    for key in list(properties.keys()):
        properties[key] = Dictionary()


def _strip_contents(pdf: Pdf, page: pikepdf.Page) -> None:
    content = page.obj.get("/Contents")
    if content is None:
        return
    streams = list(content) if isinstance(content, Array) else [content]
    raw = b"\n".join(part.read_bytes() for part in streams if isinstance(part, Stream))
    if _speaks(raw):
        page.obj["/Contents"] = pdf.make_stream(_without_tags(page))


def _speaks(raw: bytes) -> bool:
    """Say whether a content stream may hold comments, or tags with texts of their own."""
    return b"%" in raw or len(_TAGGED.findall(raw)) != len(_TAGGED_PLAIN.findall(raw))


def _without_tags(source: Any) -> bytes:
    instructions: list[Any] = []
    for instruction in pikepdf.parse_content_stream(source):
        operator = str(instruction.operator)
        if operator in _MARKS and len(instruction.operands) == 2 and isinstance(instruction.operands[1], Dictionary):
            plain = pikepdf.Operator(_MARKS[operator])
            instructions.append(pikepdf.ContentStreamInstruction([instruction.operands[0]], plain))
        else:
            instructions.append(instruction)
    return pikepdf.unparse_content_stream(instructions)


def _strip_object(item: Object) -> None:
    if not isinstance(item, Dictionary | Stream):
        return
    for key in _REMARKS:
        if key in item:
            del item[key]
    if isinstance(item, Stream):
        _strip_stream(item)


def _strip_stream(stream: Stream) -> None:
    subtype = stream.get("/Subtype")
    if subtype == Name.Image:
        _keep_keys(stream, _PICTURE_KEYS)
        _strip_picture(stream)
    elif subtype == Name.Form:
        _keep_keys(stream, _FORM_KEYS)
        resources = stream.get("/Resources")
        if resources is not None and "/Properties" in resources:
            _blank_properties(resources)
        if _speaks(stream.read_bytes()):
            stream.write(_without_tags(stream))


def _strip_picture(stream: Stream) -> None:
    strip: dict[Any, Any] = {Name.DCTDecode: bare_jpeg, Name.JPXDecode: bare_jpeg2000}
    kind = stream.get("/Filter")
    filters: list[Any] = list(kind) if isinstance(kind, Array) else [kind]
    if len(filters) == 1 and filters[0] in strip:
        raw = stream.read_raw_bytes()
        bare = strip[filters[0]](raw)
        if bare != raw:
            parms: Any = stream.get("/DecodeParms")
            stream.write(bare, filter=filters[0], decode_parms=parms)


def _remarks(pdf: Pdf) -> Iterator[Remark]:
    yield from _information(pdf)
    for name in pdf.attachments:
        yield Remark("Attachment", name, embedded=True)
    with pdf.open_outline() as outline:
        for item in outline.root[:50]:
            yield Remark("Bookmark", str(item.title))
    root = pdf.Root
    if any(key in root for key in ("/OpenAction", "/AA")) or ("/Names" in root and "/JavaScript" in root.Names):
        yield Remark("Script", "", embedded=True)
    if "/AcroForm" in root:
        yield Remark("Form", "", embedded=True)
    yield from _notes(pdf)


def _information(pdf: Pdf) -> Iterator[Remark]:
    for key, value in pdf.docinfo.items():
        text = _text(value)
        if text and not key.endswith("Date"):
            yield Remark(str(key).lstrip("/"), text)
    metadata = pdf.Root.get("/Metadata")
    if isinstance(metadata, Stream):
        words = re.sub(r"<[^>]*>", " ", metadata.read_bytes().decode("utf-8", "replace"))
        yield Remark("XMP", " ".join(words.split()))


def _notes(pdf: Pdf) -> Iterator[Remark]:
    for page in pdf.pages:
        notes: Any = page.obj.get("/Annots") or []
        for note in notes:
            if isinstance(note, Dictionary) and note.get("/Subtype") != Name.Link:
                words = [_text(note[key]) for key in ("/T", "/Contents") if key in note]
                yield Remark("Note", " ".join(word for word in words if word), embedded=True)


def _text(value: object) -> str:
    try:
        return str(value).strip()
    except (UnicodeDecodeError, ValueError):
        return ""
