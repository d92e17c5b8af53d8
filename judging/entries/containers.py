"""Looks into files before anything else does: zip guard, Office parts, PDF structure, sizes of pictures.

Nothing here trusts a length that a file states about itself, and nothing is unpacked whole.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from enum import Enum, auto

import pikepdf

MEMBERS_MAX = 5_000
UNPACKED_MAX = 600 * 1024 * 1024
XML_MAX = 48 * 1024 * 1024
RATIO_MAX = 200
RATIO_FROM = 4 * 1024 * 1024  # small members may compress as well as they like
PIXELS_MAX = 120_000_000  # the best phone cameras; nobody scans larger
CHUNK = 1 << 20
_PARTS = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "xl/workbook.xml": "xlsx"}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


class UnsafeFile(Exception):
    """A file we will not hand to any parser; `reason` tells which sentence helps."""

    class Reason(Enum):
        """Why."""

        DAMAGED = auto()
        LOCKED = auto()
        LOCKED_PDF = auto()
        ACTIVE_PDF = auto()
        MACROS = auto()
        BOMB = auto()
        FOREIGN = auto()

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


Reason = UnsafeFile.Reason


def require_sound(kind: str, content: bytes) -> None:
    """Refuse a file of this kind that is damaged, locked, armed, or a bomb."""
    _CHECKS[kind](content)


def office_kind(content: bytes) -> str | None:
    """Return docx, pptx or xlsx by the parts inside a zip, or None for any other archive."""
    with _opened(content) as archive:
        names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN as error:
        raise UnsafeFile(Reason.DAMAGED) from error


def _require_sound_office(content: bytes) -> None:
    with _opened(content) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS_MAX:
            raise UnsafeFile(Reason.BOMB)
        for member in members:
            _require_sound_member(member)
        total = 0
        for member in members:
            total += _unpacked(archive, member, UNPACKED_MAX - total)


def _require_sound_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if member.flag_bits & 1:
        raise UnsafeFile(Reason.LOCKED)
    outside = name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name
    if outside or (member.external_attr >> 16) & 0o170000 == 0o120000:
        raise UnsafeFile(Reason.DAMAGED)
    if name.rsplit("/", 1)[-1].lower() in ("vbaproject.bin", "vbadata.xml"):
        raise UnsafeFile(Reason.MACROS)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> int:
    """Return how much a member really holds, counted piece by piece; stop as soon as it is too much."""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    limit = min(room, XML_MAX if is_xml else room)
    counted, tail = 0, b""
    for piece in _pieces(archive, member):
        counted += len(piece)
        too_dense = counted > RATIO_FROM and counted > RATIO_MAX * max(1, member.compress_size)
        if counted > limit or too_dense:
            raise UnsafeFile(Reason.BOMB)
        if is_xml:
            tail = _require_no_doctype(tail + piece)
    return counted


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while piece := stream.read(CHUNK):
                yield piece
    except _BROKEN as error:
        raise UnsafeFile(Reason.DAMAGED) from error


def _require_no_doctype(text: bytes) -> bytes:
    """Office never writes a DOCTYPE: only entity tricks need one. Null bytes are skipped for UTF-16."""
    plain = text.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise UnsafeFile(Reason.FOREIGN)
    return text[-32:]


def _require_sound_pdf(content: bytes) -> None:
    # A cut-off file lacks its end; a repairing reader would show some of it and hide the loss.
    if b"startxref" not in content[-65536:]:
        raise UnsafeFile(Reason.DAMAGED)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as document:
            if document.is_encrypted:
                raise UnsafeFile(Reason.LOCKED_PDF)
            if len(document.pages) == 0:
                raise UnsafeFile(Reason.DAMAGED)
            if _is_armed(document):
                raise UnsafeFile(Reason.ACTIVE_PDF)
    except pikepdf.PasswordError as error:
        raise UnsafeFile(Reason.LOCKED_PDF) from error
    except (pikepdf.PdfError, ValueError, KeyError, RuntimeError, RecursionError) as error:
        raise UnsafeFile(Reason.DAMAGED) from error


def _is_armed(document: pikepdf.Pdf) -> bool:
    root = document.Root
    action = root.get("/OpenAction")
    if isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in ("/JavaScript", "/Launch"):
        return True
    names = root.get("/Names")
    return isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names


def _require_sound_png(content: bytes) -> None:
    place, seen = 8, b""
    while place + 12 <= len(content) and seen != b"IEND":
        size, seen = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 4 : place + 8 + size]
        stated = content[place + 8 + size : place + 12 + size]
        if len(stated) < 4 or struct.unpack(">I", stated)[0] != zlib.crc32(body):
            raise UnsafeFile(Reason.DAMAGED)
        if seen == b"IHDR":
            _require_sane_picture(*struct.unpack(">II", body[4:12]))
        place += 12 + size
    if seen != b"IEND":
        raise UnsafeFile(Reason.DAMAGED)


def _require_sound_jpeg(content: bytes) -> None:
    place, sized = 2, False
    while place + 4 <= len(content) and content[place] == 0xFF:
        mark = content[place + 1]
        if mark == 0xFF:
            place += 1
            continue
        if mark == 0xDA:  # the picture itself begins
            break
        length = struct.unpack(">H", content[place + 2 : place + 4])[0]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC) and place + 9 <= len(content):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            _require_sane_picture(width, height)
            sized = True
        place += 2 + length
    if not sized or b"\xff\xd9" not in content[-65536:]:
        raise UnsafeFile(Reason.DAMAGED)


def _require_sane_picture(width: int, height: int) -> None:
    if not width or not height:
        raise UnsafeFile(Reason.DAMAGED)
    if width * height > PIXELS_MAX:
        raise UnsafeFile(Reason.BOMB)


_CHECKS: dict[str, Callable[[bytes], None]] = {
    "pdf": _require_sound_pdf,
    "docx": _require_sound_office,
    "pptx": _require_sound_office,
    "xlsx": _require_sound_office,
    "png": _require_sound_png,
    "jpg": _require_sound_jpeg,
}
