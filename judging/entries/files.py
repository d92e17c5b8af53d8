"""What may be uploaded: decided by the content, never by the name. Each refusal says why, and what to do."""

import re
import unicodedata
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath

import puremagic
from flask_babel import lazy_gettext as _l

from judging.entries import containers
from judging.entries.containers import UnsafeFile
from judging.entries.models import AttachmentKind
from judging.foundation.errors import DomainError
from judging.foundation.labels import LabelEnum
from judging.web.filters import format_filesize

MB = 1024 * 1024
NAME_MAX = 120
NAME_BYTES_MAX = 200
# Invisible characters that turn, join or hide parts of a name: controls, zero widths, bidi marks, tags.
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINER = "\u200d"  # joins emoji; kept between them only because a name is shown, never interpreted
_RESERVED = re.compile(r'[<>:"/\\|?*]')


class FileType(LabelEnum):
    """The kinds of files we take."""

    PDF = "pdf", _l("PDF")
    DOCX = "docx", _l("Word (.docx)")
    PPTX = "pptx", _l("PowerPoint (.pptx)")
    XLSX = "xlsx", _l("Excel (.xlsx)")
    JPEG = "jpg", _l("JPG")
    PNG = "png", _l("PNG")


MEDIA_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileType.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.JPEG: "image/jpeg",
    FileType.PNG: "image/png",
}
SUFFIXES = {kind: (kind.value,) for kind in FileType} | {FileType.JPEG: ("jpg", "jpeg", "jpe", "jfif")}


@dataclass(frozen=True, slots=True)
class Accepts:
    """What one place of the form takes."""

    types: tuple[FileType, ...]
    max_bytes: int

    @property
    def suffixes(self) -> str:
        """Return the value of an input's ``accept``."""
        return ",".join(f".{suffix}" for kind in self.types for suffix in SUFFIXES[kind])

    @property
    def words(self) -> str:
        """Return the kinds in words."""
        return str(_l(", ")).join(str(kind.label) for kind in self.types)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be stored, under a name that may be shown."""

    name: str
    kind: FileType
    media_type: str


ACCEPTS = {
    AttachmentKind.REPORT: Accepts((FileType.PDF, FileType.DOCX), 20 * MB),
    AttachmentKind.MASKED: Accepts((FileType.PDF,), 20 * MB),
    AttachmentKind.SLIDES: Accepts((FileType.PDF, FileType.PPTX), 100 * MB),
    AttachmentKind.SCAN: Accepts((FileType.PDF, FileType.JPEG, FileType.PNG), 20 * MB),
    AttachmentKind.PROOF: Accepts((FileType.PDF, FileType.JPEG, FileType.PNG, FileType.DOCX, FileType.XLSX), 20 * MB),
}


class FileRefused(DomainError):
    """Base of all refusals of a file."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NoFile(FileRefused):
    """The form came without a file."""

    message = _l("Please choose a file first.")


class EmptyFile(FileRefused):
    """The file has no content."""

    message = _l(
        "This file is empty (0 bytes). Please open it on your computer, save it again, and upload it once more."
    )


class TooLarge(FileRefused):
    """The file weighs more than this place takes."""

    message = _l(
        "The file is larger than %(limit)s (it has %(size)s). Please compress the pictures in it and upload it again; "
        "everything else is saved."
    )


class WpsFile(FileRefused):
    """A file in WPS's own format."""

    message = _l(
        "Judges cannot open WPS files (.wps, .dps, .et). Please open it in WPS, choose “Save as”, and save it as %(wanted)s."
    )


class LegacyOffice(FileRefused):
    """A binary Office file of before 2007."""

    message = _l(
        "This is an old Office format (.doc, .ppt, .xls). Please open it, choose “Save as”, and save it as %(wanted)s."
    )


class EncryptedOffice(FileRefused):
    """An Office file with a password."""

    message = _l(
        "This file is protected by a password, so nobody could open it. Please remove the password and upload it again."
    )


class ArchiveFile(FileRefused):
    """A packed archive."""

    message = _l(
        "Archives (.zip, .rar, .7z) are not accepted. Please unpack it and upload each file in its own place, as %(wanted)s."
    )


class ProgramFile(FileRefused):
    """A program, a script or a web page, whatever its name says."""

    message = _l(
        "By its content this is a program, a script or a web page, no document. Please upload the document itself, as %(wanted)s."
    )


class WrongType(FileRefused):
    """A sound file of a kind this place does not take."""

    message = _l(
        "This is a file of the kind “%(found)s”, but here we need %(wanted)s. Please save it as one of these and upload it again."
    )


class UnknownType(FileRefused):
    """Nothing we know."""

    message = _l(
        "The content of this file is of no kind we know, or it is damaged. Please save it as %(wanted)s and upload it again."
    )


class DamagedFile(FileRefused):
    """The file begins well and then breaks off or contradicts itself."""

    message = _l(
        "The file is damaged or incomplete. Please check that it opens on your computer, save it again, and upload it once more."
    )


class LockedPdf(FileRefused):
    """A PDF with a password or rights restrictions."""

    message = _l(
        "This PDF is encrypted or protected. Please export it again without password and restrictions, then upload it."
    )


class ActivePdf(FileRefused):
    """A PDF that starts scripts or programs."""

    message = _l(
        "This PDF contains a script or starts a program. Please print it to PDF again (“Print”, then “Save as PDF”) and upload the result."
    )


class MacroFile(FileRefused):
    """An Office file with macros."""

    message = _l("This file contains macros. Please save it as %(wanted)s without macros and upload it again.")


class BombFile(FileRefused):
    """A file that would unpack to far more than it weighs, or a picture of absurd size."""

    message = _l(
        "Unpacked, this file would be far too large. Please make its pictures and tables smaller, save it again, and upload it once more."
    )


class ForeignContent(FileRefused):
    """An Office file whose XML defines entities: a way to pull in or multiply content that no Office program uses."""

    message = _l(
        "This file contains instructions that no Office program writes (DOCTYPE). Please open it and save it again as %(wanted)s."
    )


_REASONS: dict[UnsafeFile.Reason, type[FileRefused]] = {
    UnsafeFile.Reason.DAMAGED: DamagedFile,
    UnsafeFile.Reason.LOCKED: EncryptedOffice,
    UnsafeFile.Reason.LOCKED_PDF: LockedPdf,
    UnsafeFile.Reason.ACTIVE_PDF: ActivePdf,
    UnsafeFile.Reason.MACROS: MacroFile,
    UnsafeFile.Reason.BOMB: BombFile,
    UnsafeFile.Reason.FOREIGN: ForeignContent,
}
_WPS_SUFFIXES = {"wps", "wpt", "dps", "dpt", "et", "ett"}
_ARCHIVES = {"zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "zst", "cab", "iso", "jar"}
_PROGRAMS = {
    "exe",
    "dll",
    "scr",
    "com",
    "elf",
    "sh",
    "php",
    "html",
    "htm",
    "js",
    "svg",
    "bat",
    "msi",
    "apk",
    "class",
    "ocx",
}
_PROGRAM_STARTS = (b"<?php", b"<script", b"<html", b"<!doctype html", b"#!", b"<svg", b"MZ", b"\x7fELF")


def accepted_for(kind: AttachmentKind) -> Accepts:
    """Return what a place of the form takes."""
    return ACCEPTS[kind]


def check(content: bytes, file_name: str, accepts: Accepts) -> Checked:
    """Return type and safe name of a file, or refuse with the sentence that helps."""
    wanted = accepts.words
    if not content:
        raise EmptyFile
    require_size(len(content), accepts)
    suffix = suffix_of(file_name)
    if suffix in _WPS_SUFFIXES:
        raise WpsFile(wanted=wanted)
    try:
        kind = _type_of(content, wanted)
        if kind not in accepts.types:
            raise WrongType(found=str(kind.label), wanted=wanted)
        containers.require_sound(kind.value, content)
    except UnsafeFile as found:
        reason = _REASONS[found.reason]
        raise (reason(wanted=wanted) if reason in (MacroFile, ForeignContent) else reason()) from found
    return Checked(safe_name(file_name, kind), kind, MEDIA_TYPES[kind])


def require_size(size: int, accepts: Accepts) -> None:
    """Refuse what is too large; asked before the content is read, too."""
    if size > accepts.max_bytes:
        raise TooLarge(limit=format_filesize(accepts.max_bytes), size=format_filesize(size))


def _type_of(content: bytes, wanted: str) -> FileType:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"%PDF-"):
        return FileType.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if content.startswith(b"PK"):
        return _office_type(content, wanted)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise EncryptedOffice() if locked else LegacyOffice(wanted=wanted)
    if start.startswith(tuple(mark.lower() for mark in _PROGRAM_STARTS)):
        raise ProgramFile(wanted=wanted)
    guess = _guess(content)
    if guess in _ARCHIVES:
        raise ArchiveFile(wanted=wanted)
    if guess in _PROGRAMS:
        raise ProgramFile(wanted=wanted)
    if guess:
        raise WrongType(found=guess.upper(), wanted=wanted)
    raise UnknownType(wanted=wanted)


def _office_type(content: bytes, wanted: str) -> FileType:
    kind = FileType.of(containers.office_kind(content))
    if kind is None:
        raise ArchiveFile(wanted=wanted)
    return kind


def _guess(content: bytes) -> str:
    """Return the suffix that the first bytes suggest, or nothing."""
    try:
        return puremagic.from_string(content[:4096]).lstrip(".").lower()
    except (puremagic.PureError, ValueError):
        return ""


def suffix_of(file_name: str) -> str:
    """Return what stands behind the last dot, in lower case."""
    return PurePosixPath(_visible(file_name)).suffix.lstrip(".").lower()


def safe_name(file_name: str, kind: FileType) -> str:
    """Return the name as it may be shown and downloaded: no path, nothing invisible, of sane length, right suffix."""
    name = _visible(file_name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = name.rpartition(".")
    if not dot or suffix.lower() not in SUFFIXES[kind]:
        stem, suffix = name, kind.value
    stem = _RESERVED.sub("_", stem).strip(" .")
    room = NAME_BYTES_MAX - len(suffix) - 1
    stem = stem[: NAME_MAX - len(suffix) - 1].encode()[:room].decode(errors="ignore").strip()
    return f"{stem or 'file'}.{suffix}"


def _visible(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    kept = [char for char in composed if char == _JOINER or unicodedata.category(char) not in _HIDDEN_CATEGORIES]
    # A joiner between letters hides two names behind one look; between emoji it makes one picture.
    text = "".join(kept)
    return re.sub(
        rf"(?<![\U0001F000-\U0001FAFF\uFE0F]){_JOINER}|{_JOINER}(?![\U0001F000-\U0001FAFF\u2600-\u27BF])", "", text
    )
