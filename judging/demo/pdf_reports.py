"""The pages of a report, with the names of those who made it or without (盲审稿)."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate
from random import Random

from judging.demo.corpus_facts import EntryFacts, PaperFacts, QcFacts, StoryFacts
from judging.demo.pdf_font import Face
from judging.demo.pdf_pages import GREY, NAMES, Page
from judging.entries.models import TopicType

KINDS = {
    TopicType.SELF_SET: "问题解决型（自定目标）",
    TopicType.DIRECTED: "问题解决型（指令性目标）",
    TopicType.INNOVATIVE: "创新型",
}
OTHER_PROBLEMS = ("操作衔接不畅", "设备状态波动", "材料批次差异", "其他")
NOT_CAUSES = ("作业场所照明不足", "记录表格式不统一", "交接班时间偏短", "工具摆放位置不固定", "作业环境温度变化大")
CHECKS = ("现场测量", "现场试验", "调查分析")
STORY_BEATS = (
    ("引子", "由一个真实的现场瞬间引出问题", "1分钟", "现场照片"),
    ("问题", "讲清问题给顾客和员工带来的影响", "2分钟", "数据图表"),
    ("寻找", "用质量工具一步步找到原因", "2分钟", "原因分析图"),
    ("改变", "对策落地过程中的坚持与合作", "2分钟", "前后对比"),
    ("尾声", "成效、感悟和下一步", "1分钟", "团队合影（已作处理）"),
)


def draw_report(face: Face, entry: EntryFacts, named: bool) -> list[Page]:
    """The report of an entry of any track."""
    match entry:
        case QcFacts():
            return _draw_qc(face, entry, named)
        case StoryFacts():
            return _draw_story(face, entry, named)
        case PaperFacts():
            return _draw_paper(face, entry, named)


def pareto_of(entry: QcFacts) -> tuple[tuple[str, ...], list[int]]:
    """Kinds of problems and how often each was counted, the first of them the symptom of the abstract."""
    rng = Random(f"pareto {entry.title}")
    rest = 100 - entry.share
    shares = [entry.share, round(rest * 0.45), round(rest * 0.28), round(rest * 0.16)]
    total = rng.choice((100, 200, 300))
    counts = [share * total // 100 for share in shares]
    return (entry.symptom, *OTHER_PROBLEMS), [*counts, total - sum(counts)]


def _page(face: Face, entry: EntryFacts, named: bool, kind: str) -> Page:
    page = Page(face)
    page.put(page.margin, 48, kind, 9, colour=GREY)
    if named:
        page.put(page.width - page.margin - face.width(entry.unit.short_name) * 0.009, 48, entry.unit.short_name, 9,
                 colour=GREY, font=NAMES)  # fmt: skip
    page.rule(page.margin, 54, page.width - page.margin, 54)
    return page


def _draw_title(page: Page, entry: EntryFacts, named: bool, lines: Sequence[str]) -> None:
    page.centre(entry.title, 17, bold=True)
    if named:
        for line in lines:
            page.centre(line, 11, font=NAMES)
    else:
        page.centre("（盲审稿：单位、小组和人员信息已隐去）", 9.5, colour=GREY)


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _draw_qc(face: Face, entry: QcFacts, named: bool) -> list[Page]:
    pages = [_page(face, entry, named, "质量提升小组活动成果报告") for _ in range(3)]
    numbers = iter("一二三四五六七八九十")
    _draw_title(pages[0], entry, named, (entry.unit.name, entry.group))
    _draw_group(pages[0], entry, numbers, named)
    if entry.topic_type is TopicType.INNOVATIVE:
        _draw_idea(pages[0], entry, numbers)
        _draw_schemes(pages[1], entry, numbers)
    else:
        _draw_survey(pages[0], entry, numbers)
        _draw_causes(pages[1], entry, numbers)
    _draw_plan(pages[1], entry, numbers, named)
    _draw_effect(pages[2], entry, numbers)
    for place, page in enumerate(pages, 1):
        page.put(page.width / 2 - 10, page.height - 40, f"- {place} -", 9, colour=GREY)
    return pages


def _draw_group(page: Page, entry: QcFacts, numbers: Iterator[str], named: bool) -> None:
    page.heading(f"{next(numbers)}、小组概况")
    months = f"{_month(entry.started)}至{_month(entry.ended)}"
    size, methods = f"{len(entry.members)}人", "、".join(entry.methods[:4])
    rows = [("课题类型", KINDS[entry.topic_type], "活动时间", months), ("小组人数", size, "所用方法", methods)]
    page.table(rows, (1, 2.2, 1, 2.6), head=False)
    if named:
        team = ("小组成员", "、".join(entry.members), "发布人", entry.presenter)
        rows = [("小组名称", entry.group, "注册编号", entry.registration), team]
        page.table(rows, (1, 2.2, 1, 2.6), head=False, named=frozenset((1, 3)))


def _draw_survey(page: Page, entry: QcFacts, numbers: Iterator[str]) -> None:
    page.heading(f"{next(numbers)}、选择课题")
    asked = entry.topic_type is TopicType.DIRECTED
    reason = "该指标已列入上级年度考核要求，" if asked else "该指标与同行先进水平相比尚有差距，"
    page.paragraph(f"{entry.metric}现状为{entry.baseline}{entry.measure}。{reason}小组据此选定本课题“{entry.title}”。")
    page.heading(f"{next(numbers)}、{'目标可行性论证' if asked else '现状调查'}")
    page.paragraph("小组收集历史数据，按问题类别分层统计，结果见下表和下图。")
    kinds, counts = pareto_of(entry)
    total, sums = sum(counts), list(accumulate(counts))
    rows = [
        (str(place), kind, str(count), f"{count / total:.0%}", f"{summed / total:.0%}")
        for place, (kind, count, summed) in enumerate(zip(kinds, counts, sums, strict=True), 1)
    ]
    page.table([("序号", "问题类别", "频数", "占比", "累计占比"), *rows], (0.7, 3.4, 1, 1, 1.2))
    page.bars([f"类别{place}" for place in range(1, len(counts) + 1)], counts, [str(count) for count in counts], 90)
    page.paragraph(f"可见“{entry.symptom}”占{entry.share}%，是影响{entry.metric}的主要症结。")


def _draw_idea(page: Page, entry: QcFacts, numbers: Iterator[str]) -> None:
    page.heading(f"{next(numbers)}、选择课题与查新借鉴")
    page.paragraph(
        f"采用现有手段时，{entry.metric}为{entry.baseline}{entry.measure}，不能满足需要。小组检索了公开文献和同行做法，"
        f"未找到可直接应用的产品，通过借鉴相近领域的原理，提出本课题：{entry.title}。"
    )
    page.heading(f"{next(numbers)}、设定目标及可行性")
    page.paragraph(
        f"目标：将{entry.metric}由{entry.baseline}{entry.measure}改善到{entry.target}{entry.measure}。模拟试验的五次测量值均优于目标值，目标可行。"
    )
    _draw_goal(page, entry)


def _draw_goal(page: Page, entry: QcFacts) -> None:
    figures = (entry.baseline, entry.target)
    page.bars(("活动前", "目标值"), [float(f) for f in figures], [f"{f}{entry.measure}" for f in figures], 90)


def _draw_schemes(page: Page, entry: QcFacts, numbers: Iterator[str]) -> None:
    page.heading(f"{next(numbers)}、提出方案并确定最佳方案")
    page.paragraph(
        "小组提出相互独立的总体方案，从效果、成本、制作难度和可靠性四个方面用数据比较，选定总体方案后逐级分解如下。"
    )
    rng = Random(f"schemes {entry.title}")
    rows = []
    for place, part in enumerate(entry.causes, 1):
        best = rng.choice("AB")
        rows.append(
            (
                str(place),
                part,
                f"方案A {rng.randint(72, 88)}分，方案B {rng.randint(72, 88)}分",
                "对比试验",
                f"方案{best}",
            )
        )
    page.table([("序号", "分级方案", "试验评价", "方法", "结论"), *rows], (0.7, 2, 3, 1.2, 1.2))


def _draw_causes(page: Page, entry: QcFacts, numbers: Iterator[str]) -> None:
    page.heading(f"{next(numbers)}、设定目标")
    _draw_goal(page, entry)
    page.heading(f"{next(numbers)}、原因分析与要因确认")
    page.paragraph(f"小组运用{entry.methods[3]}分析到末端原因，逐条到现场确认其对症结的影响程度。")
    rng = Random(f"causes {entry.title}")
    found = [(cause, "影响大", "主要原因") for cause in entry.causes]
    found += [(cause, "影响小", "非主要原因") for cause in rng.sample(NOT_CAUSES, 3)]
    rng.shuffle(found)
    rows = [
        (str(place), cause, rng.choice(CHECKS), effect, what) for place, (cause, effect, what) in enumerate(found, 1)
    ]
    page.table([("序号", "末端原因", "确认方法", "影响程度", "结论"), *rows], (0.7, 3.2, 1.2, 1.2, 1.3))


def _draw_plan(page: Page, entry: QcFacts, numbers: Iterator[str], named: bool) -> None:
    page.heading(f"{next(numbers)}、制定对策")
    start = entry.started.month + 2
    rows = [
        (cause, remedy, f"{(start + place) % 12 + 1}月底前", entry.members[place % len(entry.members)] if named else f"组员{place + 1}")
        for place, (cause, remedy) in enumerate(zip(entry.causes, entry.remedies, strict=True))
    ]  # fmt: skip
    page.table(
        [("要因（方案）", "对策", "完成时间", "负责人"), *rows],
        (2.4, 2.8, 1, 0.9),
        named=frozenset({3} if named else ()),
    )
    page.heading(f"{next(numbers)}、对策实施")
    for place, remedy in enumerate(entry.remedies, 1):
        page.paragraph(f"实施{place}：{remedy}。小组按计划完成，并对照该对策的目标逐项检查，达到预期后转入下一步。")


def _draw_effect(page: Page, entry: QcFacts, numbers: Iterator[str]) -> None:
    page.heading(f"{next(numbers)}、效果检查")
    page.paragraph(
        f"对策实施后连续三个月统计，{entry.metric}为{entry.reached}{entry.measure}，与活动前和目标值的比较见下图。"
    )
    figures = (entry.baseline, entry.target, entry.reached)
    page.bars(
        ("活动前", "目标值", "活动后"), [float(f) for f in figures], [f"{f}{entry.measure}" for f in figures], 120
    )
    page.paragraph(f"经财务部门核算，扣除活动费用后取得经济效益{entry.benefit}万元。无形效益：{entry.intangible}。")
    page.heading(f"{next(numbers)}、制定巩固措施")
    page.paragraph(f"小组将有效措施纳入{entry.standard}，明确检查周期和责任岗位，巩固期数据保持稳定。")
    page.heading(f"{next(numbers)}、总结与下一步打算")
    page.paragraph(
        "专业技术方面，小组加深了对本专业的理解；管理方法方面，数据收集与统计工具运用更加熟练；综合素质方面，团队协作和解决问题的信心增强。"
    )
    page.paragraph(f"下一步，小组将围绕与{entry.metric}有关的其他问题继续开展活动。")


def _draw_story(face: Face, entry: StoryFacts, named: bool) -> list[Page]:
    pages = [_page(face, entry, named, "QC故事脚本") for _ in range(2)]
    _draw_title(pages[0], entry, named, (entry.unit.name, f"{entry.group}　讲述人：{'、'.join(entry.members)}"))
    pages[0].heading("一、故事梗概")
    pages[0].paragraph(entry.abstract, 11.5)
    pages[0].heading("二、关键词")
    pages[0].paragraph("；".join(entry.keywords))
    pages[1].heading("三、讲述提纲")
    pages[1].table([("段落", "内容", "时长", "画面"), *STORY_BEATS], (1, 3.6, 1, 1.8))
    pages[1].heading("四、所用质量工具")
    pages[1].paragraph("调查表用于收集现场数据，排列图用于找到主要问题，因果图用于分析原因，折线图用于展示前后变化。")
    return pages


def _draw_paper(face: Face, entry: PaperFacts, named: bool) -> list[Page]:
    pages = [_page(face, entry, named, "质量管理论文") for _ in range(2)]
    background, method, finding = entry.sentences
    _draw_title(pages[0], entry, named, ("　".join(entry.members), f"（{entry.unit.name}）"))
    pages[0].heading("摘要")
    pages[0].paragraph(entry.abstract)
    pages[0].paragraph(f"关键词：{'；'.join(entry.keywords)}", indent=0)
    pages[0].heading("1　引言")
    pages[0].paragraph(
        f"{background}，已成为质量管理工作中需要解决的问题。现有研究多从单一环节入手，对过程数据之间的联系讨论较少，应用时往往难以落到岗位。"
    )
    pages[0].paragraph("本文结合多年实践，尝试给出一套步骤清楚、可以核对的做法，并用现场数据加以检验。")
    pages[0].heading("2　方法")
    pages[0].paragraph(f"本文{method}。数据收集前统一了口径，缺失值不作填补，异常值逐条核对来源后保留。")
    pages[1].heading("3　结果与讨论")
    pages[1].paragraph(f"结果表明，{finding}。各阶段的样本情况见下表。")
    rng = Random(f"paper {entry.title}")
    rows = [
        (stage, str(rng.randint(60, 900)), f"{rng.uniform(93, 99.6):.1f}%") for stage in ("试点前", "试点期", "推广期")
    ]
    pages[1].table([("阶段", "样本量", "有效率"), *rows], (2, 1, 1))
    pages[1].bars([row[0] for row in rows], [float(row[1]) for row in rows], [row[1] for row in rows], 100)
    pages[1].paragraph("改善主要来自过程控制点的前移。样本来自少数组织，结论推广到其他行业时还需进一步检验。")
    pages[1].heading("4　结论")
    pages[1].paragraph(f"{finding}，说明所提做法有效。后续将扩大样本，并讨论长期保持的条件。")
    pages[1].heading("参考文献")
    pages[1].paragraph("[1] GB/T 19001—2016 质量管理体系 要求.", 9.5, indent=0)
    pages[1].paragraph("[2] T/CAQ 10201—2020 质量管理小组活动准则.", 9.5, indent=0)
    return pages
