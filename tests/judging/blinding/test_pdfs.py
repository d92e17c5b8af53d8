"""A neutral PDF holds its pages and nothing else."""

import pytest

from judging.blinding.pdfs import UnreadablePdf, neutralise
from judging.blinding.pictures import bare_jpeg, bare_jpeg2000
from judging.blinding.texts import page_texts
from tests.factories.pdfs import everything_in, make_pdf, make_picture_pdf, make_telling_pdf

MARKS = [f"zqmark{number:02d}x" for number in range(14)]


def _holds(data: bytes, mark: str) -> bool:
    everything = everything_in(data)
    return mark.encode() in everything or mark.encode("utf-16-be") in everything


def test_what_a_file_says_besides_its_pages_is_gone() -> None:
    original = make_telling_pdf("正文", MARKS)
    assert [mark for mark in MARKS if not _holds(original, mark)] == []
    assert [mark for mark in MARKS if _holds(neutralise(original).data, mark)] == []


def test_the_words_of_the_pages_stay() -> None:
    bare = neutralise(make_pdf("第一页 现状调查", "第二页"))
    assert [page.text for page in page_texts(bare.data)] == ["第一页 现状调查", "第二页"]


def test_equal_files_give_equal_copies() -> None:
    original = make_pdf("正文", author="张三")
    assert neutralise(original).data == neutralise(original).data


def test_a_picture_loses_its_remarks_and_counts_as_unreadable() -> None:
    original = make_picture_pdf(remark=b"zqcamera")
    bare = neutralise(original)
    assert (_holds(original, "zqcamera"), _holds(bare.data, "zqcamera")) == (True, False)
    assert [page.is_picture_only for page in page_texts(bare.data)] == [True]


def test_the_original_s_remarks_are_told() -> None:
    labels = {remark.label for remark in neutralise(make_telling_pdf("正文", MARKS)).remarks}
    assert {"Author", "Keywords", "XMP", "Attachment", "Bookmark", "Script", "Note"} <= labels


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"MZ" + bytes(500), make_pdf("正文")[:80]])
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadablePdf):
        neutralise(data)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no jpeg", b"\xff\xd8\xff\xe1\xff\xff"])
def test_a_broken_jpeg_does_no_harm(data: bytes) -> None:
    assert len(bare_jpeg(data)) <= len(data) + 2


def test_a_jpeg_2000_loses_its_boxes_of_remarks() -> None:
    head = (12).to_bytes(4, "big") + b"jP  " + b"\r\n\x87\n"
    remark = (16).to_bytes(4, "big") + b"xml " + b"zqremark"
    code = (12).to_bytes(4, "big") + b"jp2c" + b"\xff\x4f\xff\x51"
    assert bare_jpeg2000(head + remark + code) == head + code
