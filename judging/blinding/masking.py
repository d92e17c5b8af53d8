"""Makes the review copy of one entry as a value: files without identity, texts with names blocked out, and what was found."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from judging.blinding import pdfs, texts
from judging.blinding.models import FindingPlace, FindingWhat
from judging.blinding.terms import Term, find, redact, terms_of
from judging.entries.models import Attachment, AttachmentKind, Entry

MAX_FINDINGS = 200
_ORDINARY = {"Producer", "Creator", "XMP"}  # every file names its program: told only when it gives somebody away


@dataclass(frozen=True, slots=True)
class Found:
    """A trace of identity; `removed` when the review copy no longer holds it."""

    place: FindingPlace
    what: FindingWhat
    page: int | None = None
    excerpt: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class MaskedFile:
    """A file for judges."""

    label: AttachmentKind
    data: bytes
    pages: int


@dataclass(slots=True)
class Masked:
    """What judges will see, and what a person should know before."""

    title: str
    abstract: str
    keywords: str
    files: list[MaskedFile] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)


def words(entry: Entry, *, blind: bool) -> Masked:
    """Return title, abstract and keywords as judges read them; in a blind round names are blocked out."""
    if not blind:
        return Masked(entry.title, entry.abstract, entry.keywords)
    terms, found = terms_of(entry), list[Found]()
    shown = {}
    for place in (FindingPlace.TITLE, FindingPlace.ABSTRACT, FindingPlace.KEYWORDS):
        shown[place.value], hits = redact(getattr(entry, place.value), terms)
        found += [Found(place, hit.what, None, hit.excerpt, removed=True) for hit in hits]
    return Masked(shown["title"][:120], shown["abstract"], shown["keywords"][:200], found=found)


def files_to_show(entry: Entry, *, blind: bool) -> list[Attachment]:
    """Return which files judges get: the masked copy in a blind round, else the report and the slides."""
    present = {file.kind: file for file in entry.attachments if file.replaced_at is None}
    if blind:
        kinds = [AttachmentKind.MASKED]
    else:
        report = AttachmentKind.REPORT if _is_pdf(present.get(AttachmentKind.REPORT)) else AttachmentKind.MASKED
        kinds = [report if report in present else AttachmentKind.REPORT]
        kinds += [AttachmentKind.SLIDES] if _is_pdf(present.get(AttachmentKind.SLIDES)) else []
    return [present[kind] for kind in kinds if kind in present]


def _is_pdf(file: Attachment | None) -> bool:
    return file is not None and file.media_type == "application/pdf"


def mask(entry: Entry, contents: list[tuple[Attachment, bytes]], *, blind: bool) -> Masked:
    """Return the review copy of an entry from the files chosen by `files_to_show`."""
    masked = words(entry, blind=blind)
    if not contents:
        masked.found.append(Found(FindingPlace.FILE, FindingWhat.NO_FILE))
    terms = terms_of(entry) if blind else []
    for attachment, data in contents:
        _mask_file(masked, attachment, data, terms, blind)
    del masked.found[MAX_FINDINGS:]
    return masked


def _mask_file(masked: Masked, attachment: Attachment, data: bytes, terms: list[Term], blind: bool) -> None:
    if not _is_pdf(attachment):
        masked.found.append(Found(FindingPlace.FILE, FindingWhat.NOT_PDF, excerpt=attachment.file_name[:200]))
        return
    try:
        bare = pdfs.neutralise(data)
    except pdfs.UnreadablePdf:
        masked.found.append(Found(FindingPlace.FILE, FindingWhat.UNREADABLE, excerpt=attachment.file_name[:200]))
        return
    label = AttachmentKind.SLIDES if attachment.kind is AttachmentKind.SLIDES else AttachmentKind.REPORT
    masked.files.append(MaskedFile(label, bare.data, bare.pages))
    if blind:
        masked.found += _in_name(attachment.file_name, terms)
        masked.found += _in_remarks(bare.remarks, terms)
        masked.found += _in_pages(texts.page_texts(bare.data), terms)


def _in_name(name: str, terms: list[Term]) -> Iterator[Found]:
    for hit in find(name, terms)[:1]:
        yield Found(FindingPlace.METADATA, hit.what, None, name[:200], removed=True)


def _in_remarks(remarks: tuple[pdfs.Remark, ...], terms: list[Term]) -> Iterator[Found]:
    """Tell each remark once: by what it gives away, else as what it is."""
    told = set[tuple[str, FindingWhat]]()
    for remark in remarks:
        hits = find(remark.text, terms)
        if not hits and remark.label in _ORDINARY:
            continue
        what = hits[0].what if hits else FindingWhat.EMBEDDED if remark.embedded else FindingWhat.ORIGIN
        excerpt = f"{remark.label}: {hits[0].excerpt if hits else remark.text}"[:200]
        if (remark.label, what) not in told:
            told.add((remark.label, what))
            yield Found(FindingPlace.METADATA, what, None, excerpt, removed=True)


def _in_pages(pages: list[texts.PageText], terms: list[Term]) -> Iterator[Found]:
    for page in pages:
        told = set[tuple[FindingWhat, str]]()
        for hit in find(page.text, terms):
            word = page.text[hit.start : hit.end]
            if (hit.what, word) not in told:
                told.add((hit.what, word))
                yield Found(FindingPlace.TEXT, hit.what, page.number, hit.excerpt)
    pictures = [page.number for page in pages if page.is_picture_only]
    if pictures:
        yield Found(FindingPlace.TEXT, FindingWhat.NO_TEXT, pictures[0], _numbers(pictures))


def _numbers(pages: list[int]) -> str:
    shown = ", ".join(str(number) for number in pages[:30])
    return f"{shown} …" if len(pages) > 30 else shown
