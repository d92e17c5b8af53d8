"""The files of an entry: its report, the masked copy for blind review, the slides."""

from collections.abc import Sequence
from dataclasses import dataclass

from judging.demo.corpus_facts import EntryFacts, PaperFacts, QcFacts, StoryFacts
from judging.demo.pdf_font import Face, face
from judging.demo.pdf_pages import ACCENT, BODY, GREY, NAMES, PALE, Font, Info, Page, write_pdf
from judging.demo.pdf_reports import KINDS, draw_report
from judging.editions.models import TrackKind
from judging.entries.models import TopicType
from judging.foundation.fonts import font_file

# Masked copies that still say who made them, as happens every year; the blinding desk shall find each one.
LEAKS = {
    (TrackKind.QC, 17): "group",
    (TrackKind.QC, 96): "unit",
    (TrackKind.QC, 171): "metadata",
    (TrackKind.PAPER, 9): "unit",
}


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file as an entrant would name and upload it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class EntryFiles:
    """What an entrant uploads; slides are wanted on site only, and some send them early."""

    report: DemoFile
    masked: DemoFile
    slides: DemoFile | None


def make_files(entry: EntryFacts, leaks: bool = True) -> EntryFiles:
    """All files of an entry; with `leaks` those listed above are masked badly."""
    sans = face(font_file("NotoSansSC-Regular.ttf"))
    report, masked = draw_report(sans, entry, named=True), draw_report(sans, entry, named=False)
    leak = LEAKS.get((entry.track, entry.number)) if leaks else None
    if leak in ("group", "unit"):
        _let_slip(masked[-1], entry.unit.name if leak == "unit" or isinstance(entry, PaperFacts) else entry.group)
    slides = [] if isinstance(entry, PaperFacts) or len(entry.title) % 3 else draw_slides(sans, entry)
    body = Font.of(sans, (word for page in (*report, *masked, *slides) for word in page.words if word.font == BODY))
    info = Info(entry.title, entry.members[0], entry.unit.name)
    stem = f"{entry.unit.short_name}-{entry.title}"
    return EntryFiles(
        DemoFile(f"{stem}.pdf", write_pdf(report, body, info)),
        DemoFile(f"盲审稿-{entry.title}.pdf", write_pdf(masked, body, info if leak == "metadata" else None)),
        DemoFile(f"{stem}-发布稿.pdf", write_pdf(slides, body, info)) if slides else None,
    )


def make_evidence(title: str, lines: Sequence[str]) -> bytes:
    """One page of proof for an objection."""
    sans = face(font_file("NotoSansSC-Regular.ttf"))
    page = Page(sans)
    page.centre(title, 18, bold=True)
    for line in lines:
        page.paragraph(line)
    body = Font.of(sans, (word for word in page.words if word.font == BODY))
    return write_pdf([page], body, None)


def draw_slides(face: Face, entry: QcFacts | StoryFacts) -> list[Page]:
    """Four landscape pages."""
    pages = [Page(face, width=842, height=474, margin=70) for _ in range(4)]
    for page in pages[1:]:
        page.box(0, 0, page.width, 58, PALE)
        page.put(page.margin, 37, entry.title, 15, True, ACCENT)
        page.y = 64
    cover = pages[0]
    cover.box(0, 0, 16, cover.height, ACCENT)
    cover.y = 120
    cover.centre(entry.title, 27, bold=True)
    cover.y += 20
    for line in (entry.unit.name, entry.group, f"发布人：{entry.presenter}"):
        cover.centre(line, 16, font=NAMES)
    if isinstance(entry, QcFacts):
        _draw_qc_slides(pages, entry)
    else:
        _draw_story_slides(pages, entry)
    return pages


def _draw_qc_slides(pages: list[Page], entry: QcFacts) -> None:
    _, why, how, effect = pages
    why.heading("课题背景", 18)
    why.paragraph(f"课题类型：{KINDS[entry.topic_type]}", 14, indent=0)
    why.paragraph(
        f"{entry.metric}：现状{entry.baseline}{entry.measure}，目标{entry.target}{entry.measure}", 14, indent=0
    )
    if entry.topic_type is not TopicType.INNOVATIVE:
        why.paragraph(f"主要症结：{entry.symptom}，占{entry.share}%", 14, indent=0)
    how.heading("方案与对策" if entry.topic_type is TopicType.INNOVATIVE else "要因与对策", 18)
    for cause, remedy in zip(entry.causes, entry.remedies, strict=True):
        how.paragraph(f"{cause} → {remedy}", 14, indent=0)
    effect.heading("效果检查", 18)
    figures = (entry.baseline, entry.target, entry.reached)
    effect.bars(
        ("活动前", "目标值", "活动后"), [float(f) for f in figures], [f"{f}{entry.measure}" for f in figures], 170
    )
    effect.paragraph(f"经济效益{entry.benefit}万元，措施纳入{entry.standard}。", 13, indent=0)


def _draw_story_slides(pages: list[Page], entry: StoryFacts) -> None:
    sentences = [f"{part}。" for part in entry.abstract.split("。") if part]
    for title, sentence, page in zip(("缘起", "寻找", "改变"), sentences, pages[1:], strict=False):
        page.heading(title, 18)
        page.paragraph(sentence, 16)


def _let_slip(page: Page, name: str) -> None:
    page.put(page.margin, page.height - 58, f"资料来源：{name}", 8, colour=GREY, font=NAMES)
