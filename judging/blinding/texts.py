"""Reads the text of a PDF's pages as a reader would copy it. The library is not made for threads: one lock for all."""

import threading
from dataclasses import dataclass

import pypdfium2

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class PageText:
    """The words of one page, and whether it shows pictures (which may hold words that nobody can search)."""

    number: int
    text: str
    has_picture: bool

    @property
    def is_picture_only(self) -> bool:
        """Say whether only eyes can read this page."""
        return self.has_picture and not self.text.strip()


def page_texts(data: bytes) -> list[PageText]:
    """Return the text of every page; a page that cannot be read counts as a picture."""
    with _LOCK, pypdfium2.PdfDocument(data) as document:
        return [_page_text(document, index) for index in range(len(document))]


def _page_text(document: pypdfium2.PdfDocument, index: int) -> PageText:
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return PageText(index + 1, "", has_picture=True)
    words = page.get_textpage()
    text = str(words.get_text_range())
    pictures = not text.strip() and _shows_something(page)
    words.close()
    page.close()
    return PageText(index + 1, text, pictures)


def _shows_something(page: pypdfium2.PdfPage) -> bool:
    return next(iter(page.get_objects(max_depth=3)), None) is not None
