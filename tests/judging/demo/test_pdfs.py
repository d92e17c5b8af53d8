"""The files of the demo: they open, they can be read, and masked ones name nobody unless meant to."""

from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from judging.demo.corpus import Corpus
from judging.demo.pdfs import LEAKS, make_files


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus.make()


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return "".join(pages).replace("\r\n", "").replace("\n", "")


def names_of(entry) -> list[str]:
    group = [entry.group] if hasattr(entry, "group") else []
    registration = [entry.registration] if hasattr(entry, "registration") else []
    unit = entry.unit
    return [unit.name, unit.short_name, unit.uscc, unit.contact.name, *group, *registration, *entry.members]


def author_of(content: bytes) -> str:
    with pikepdf.open(BytesIO(content)) as pdf:
        return str(pdf.docinfo.get("/Author", "")) + str(pdf.Root.get("/Metadata", ""))


def found_in(content: bytes, entry) -> list[str]:
    text = text_of(content)
    return [name for name in names_of(entry) if name in text]


def test_report_names_its_makers(corpus):
    for entry in (corpus.qc[0], corpus.stories[0], corpus.papers[0]):
        report = make_files(entry).report.content
        assert {entry.unit.name, entry.members[0], entry.title} <= {*found_in(report, entry), entry.title}
        assert entry.title in text_of(report)


def test_report_carries_author_and_unit_in_its_metadata(corpus):
    entry = corpus.qc[0]
    with pikepdf.open(BytesIO(make_files(entry).report.content)) as pdf:
        assert (str(pdf.docinfo["/Author"]), str(pdf.docinfo["/Company"])) == (entry.members[0], entry.unit.name)
        assert entry.unit.name in pdf.Root.Metadata.read_bytes().decode()


def test_only_the_listed_masked_copies_name_somebody(corpus):
    masked = {(entry.track, entry.number): (entry, make_files(entry).masked.content) for entry in corpus.entries}
    leaking = {key for key, (entry, content) in masked.items() if found_in(content, entry) or author_of(content)}
    assert leaking == set(LEAKS)


def test_masked_copy_without_leaks_names_nobody(corpus):
    for entry in corpus.entries:
        if (entry.track, entry.number) in LEAKS:
            content = make_files(entry, leaks=False).masked.content
            assert (found_in(content, entry), author_of(content)) == ([], "")


def test_masked_copy_keeps_names_out_of_its_file_name(corpus):
    entry = corpus.qc[0]
    assert [name for name in names_of(entry) if name in make_files(entry).masked.name] == []


def test_files_have_the_expected_pages(corpus):
    counts = []
    with_slides = [next(e for e in some if len(e.title) % 3 == 0) for some in (corpus.qc, corpus.stories)]
    for entry in (*with_slides, corpus.papers[0]):
        files = make_files(entry)
        contents = [file.content for file in (files.report, files.masked, files.slides) if file]
        counts.append([len(pypdfium2.PdfDocument(content)) for content in contents])
    assert counts == [[3, 3, 4], [2, 2, 4], [2, 2]]


def test_nothing_runs_off_a_page(corpus):
    for entry in corpus.entries[::7]:
        document = pypdfium2.PdfDocument(make_files(entry).report.content)
        for page in document:
            text = page.get_textpage()
            boxes = [text.get_rect(place) for place in range(text.count_rects())]
            assert min(box[1] for box in boxes) > 30
            assert max(box[2] for box in boxes) < page.get_width() - 40


def test_every_character_is_in_the_font(corpus):
    for entry in corpus.entries[::5]:
        text = text_of(make_files(entry).report.content)
        assert "\ufffd" not in text
        assert "\x00" not in text


def test_pages_show_ink(corpus):
    page = pypdfium2.PdfDocument(make_files(corpus.qc[0]).masked.content)[0]
    picture = page.render(scale=0.5).to_numpy()
    assert (picture < 128).sum() > 500


def test_same_entry_gives_the_same_bytes(corpus):
    assert make_files(corpus.qc[3]) == make_files(corpus.qc[3])


def test_pdf_is_sound(corpus):
    for entry in (corpus.qc[0], corpus.qc[16], corpus.papers[0]):
        with pikepdf.open(BytesIO(make_files(entry).report.content)) as pdf:
            assert pdf.check_pdf_syntax() == []
