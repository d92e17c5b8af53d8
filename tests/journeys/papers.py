"""Small real PDFs with embedded Chinese type, as entrants upload them."""

from functools import lru_cache

from judging.demo.pdf_font import face
from judging.demo.pdf_pages import BODY, Font, Page, write_pdf
from judging.foundation.fonts import font_file


@lru_cache
def report(title: str) -> bytes:
    """Return a report of one page without names."""
    sans = face(font_file("NotoSansSC-Regular.ttf"))
    page = Page(sans)
    page.heading(title, 18)
    page.paragraph("小组运用排列图和因果图找出要因，逐项实施对策，效果达到目标并纳入作业标准。", 14)
    body = Font.of(sans, (word for word in page.words if word.font == BODY))
    return write_pdf([page], body, None)
