"""What may be uploaded, decided by the content; each refusal says what to do."""

import pytest
from sqlalchemy.orm import Session

from judging.entries import files
from judging.entries.files import Accepts, FileType
from judging.entries.models import AttachmentKind
from tests.hostile import uploads

ANYTHING = Accepts(tuple(FileType), files.MB)
BIG = Accepts(tuple(FileType), 300 * files.MB)
DOCTYPE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'


@pytest.mark.parametrize(
    ("content", "name", "kind", "shown"),
    [
        (uploads.pdf(), "报告（终稿）.PDF", FileType.PDF, "报告（终稿）.PDF"),
        (uploads.office("docx"), "𠮷野家·㛃.docx", FileType.DOCX, "𠮷野家·㛃.docx"),
        (uploads.office("pptx"), "路演 v2.pptx", FileType.PPTX, "路演 v2.pptx"),
        (uploads.office("xlsx"), "数据 表.xlsx", FileType.XLSX, "数据 表.xlsx"),
        (uploads.png(), "封面.png", FileType.PNG, "封面.png"),
        (uploads.jpeg(), "照片.JPEG", FileType.JPEG, "照片.JPEG"),
        (uploads.pdf(), "没有后缀", FileType.PDF, "没有后缀.pdf"),
        (uploads.png(extra=b"trailing bytes of an editor"), "a.png", FileType.PNG, "a.png"),
    ],
)
def test_an_ordinary_file_is_taken_under_its_name(
    session: Session, content: bytes, name: str, kind: FileType, shown: str
) -> None:
    assert files.check(content, name, ANYTHING) == files.Checked(shown, kind, files.MEDIA_TYPES[kind])


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"", "空.pdf", files.EmptyFile),
        (uploads.pdf()[:200], "半截.pdf", files.DamagedFile),
        (uploads.pdf(pages=0), "无页.pdf", files.DamagedFile),
        (uploads.office("docx", "x" * 9000)[:-100], "半截.docx", files.DamagedFile),
        (uploads.png()[:40], "半截.png", files.DamagedFile),
        (uploads.png().replace(b"IDAT", b"IDAX"), "坏.png", files.DamagedFile),
        (uploads.jpeg()[:-2], "半截.jpg", files.DamagedFile),
        (uploads.png(60_000, 60_000), "大图.png", files.BombFile),
        (uploads.jpeg(60_000, 60_000), "大图.jpg", files.BombFile),
        (uploads.PROGRAM, "方案.pdf", files.ProgramFile),
        (b"<!DOCTYPE html><script>alert(1)</script>", "方案.docx", files.ProgramFile),
        (b"<html><!--" + uploads.pdf(), "双面.pdf", files.ProgramFile),
        (b"<?php echo 1;", "shell.php", files.ProgramFile),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "标志.svg", files.ProgramFile),
        (uploads.archive(("a.txt", "a")), "封面.png", files.ArchiveFile),
        (uploads.archive(("../../x", "a")), "资料.zip", files.ArchiveFile),
        (uploads.RAR, "资料.rar", files.ArchiveFile),
        (uploads.SEVEN_ZIP, "资料.7z", files.ArchiveFile),
        (uploads.OLD_OFFICE, "报告.doc", files.LegacyOffice),
        (uploads.OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "报告.docx", files.EncryptedOffice),
        (uploads.OLD_OFFICE, "报告.wps", files.WpsFile),
        (uploads.office("docx"), "报告.wps", files.WpsFile),
        (uploads.OLD_OFFICE, "表.ET", files.WpsFile),
        (uploads.office("docx", "<w/>", ("word/vbaProject.bin", b"x")), "宏.docm", files.MacroFile),
        (uploads.office("docx", DOCTYPE), "外部.docx", files.ForeignContent),
        (uploads.office("docx", "<w/>", ("../../evil.xml", b"x")), "路径.docx", files.DamagedFile),
        (uploads.office("docx", "<w/>" + " " * (30 * files.MB)), "炸弹.docx", files.BombFile),
        (uploads.office("docx", "<w/>", *[(f"m/{n}", b"") for n in range(5001)]), "很多.docx", files.BombFile),
        (uploads.pdf(catalog="/OpenAction << /S /JavaScript /JS (x) >>"), "动作.pdf", files.ActivePdf),
        (uploads.pdf(catalog="/OpenAction << /S /Launch /F (x) >>"), "动作.pdf", files.ActivePdf),
        ("姓名,单位\n=1+1,@x\n".encode(), "名单.csv", files.UnknownType),
        (b"GIF89a" + bytes(40), "动图.gif", files.WrongType),
    ],
)
def test_a_file_that_would_fail_later_is_refused_now(
    session: Session, content: bytes, name: str, refusal: type[files.FileRefused]
) -> None:
    with pytest.raises(refusal) as caught:
        files.check(content, name, BIG)
    assert "%(" not in str(caught.value)


def test_a_locked_pdf_is_refused(session: Session) -> None:
    import io

    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(uploads.pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(files.LockedPdf):
        files.check(out.getvalue(), "加密.pdf", ANYTHING)


def test_a_large_file_is_refused_with_both_sizes(session: Session) -> None:
    with pytest.raises(files.TooLarge) as caught:
        files.check(bytes(34 * files.MB), "大.pdf", files.accepted_for(AttachmentKind.REPORT))
    assert caught.value.params == {"limit": "20.0 MB", "size": "34.0 MB"}


def test_each_place_takes_its_own_kinds(session: Session) -> None:
    with pytest.raises(files.WrongType):
        files.check(uploads.office("docx"), "报告.docx", files.accepted_for(AttachmentKind.MASKED))
    with pytest.raises(files.WrongType):
        files.check(uploads.png(), "a.png", files.accepted_for(AttachmentKind.REPORT))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../etc/cron.d/zq", "zq.png"),
        ("..\\..\\web.config.png", "web.config.png"),
        ("a\u202egnp.exe", "agnp.exe.png"),
        ("a\u200b\u2060b.png", "ab.png"),
        ("  .png", "file.png"),
        ('x"; filename="y.html', "x_; filename=_y.html.png"),
        ("<img src=x>.png", "_img src=x_.png"),
        ("e\u0301.png", "é.png"),
        ("x\r\nSet-Cookie: a=b.png", "xSet-Cookie_ a=b.png"),
        ("👩\u200d👩\u200d👧.png", "👩\u200d👩\u200d👧.png"),
    ],
)
def test_a_name_is_shown_without_tricks(sent: str, shown: str) -> None:
    assert files.safe_name(sent, FileType.PNG) == shown


def test_a_very_long_name_keeps_its_suffix(session: Session) -> None:
    name = files.safe_name("名" * 300 + ".png", FileType.PNG)
    assert name.endswith("名.png")
    assert len(name.encode()) <= files.NAME_BYTES_MAX
