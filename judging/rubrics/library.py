"""The rubrics every installation starts with, as data.

Sources: the official ones follow T/CAQ 10201-2020, annex B; the practice ones are the sheets of a trade association's
system; the samples are templates to be checked against the year's notice, and say so on every screen.
"""

from dataclasses import dataclass
from decimal import Decimal

from judging.editions.models import TrackKind
from judging.rubrics.models import RubricOrigin

STANDARD = "T/CAQ 10201-2020 附录B"
PRACTICE = "某行业协会评审系统中使用的评分表，按该行业当年规则调整后使用。"
SAMPLE = "示例模板，请按当年通知核对。"


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion: its code, name, highest mark and what to look at."""

    code: str
    name: str
    maximum: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """One rubric of the library."""

    code: str
    name: str
    kind: TrackKind | None
    origin: RubricOrigin
    lines: tuple[Line, ...]
    topic_type: str = ""
    on_site: bool = False
    standard: str = ""
    source_note: str = ""
    step: Decimal = Decimal("0.5")

    @property
    def total(self) -> Decimal:
        """Return the highest possible total."""
        return sum((Decimal(line.maximum) for line in self.lines), Decimal(0))


TOPIC = (
    "选题与上级方针目标、顾客需求或亟待解决的问题相结合，选题理由明确、有数据；"
    "现状调查（自定目标）为目标提供依据，或目标可行性论证（指令性目标）充分；目标可测量。"
)
CAUSES = "原因分析到末端，逻辑关系清楚、紧密；每个末端原因依据其对问题的影响程度逐一确认，确认用测量、试验、调查的方法，有客观数据。"
MEASURES = "对策经多方案提出并以事实和数据比较选择；对策表按5W1H编制；按对策表逐条实施，实施后与每条对策目标对照，未达到时修改对策。"
EFFECT = (
    "与课题目标对照，目标达到；经济效益实事求是、有证明；有效措施纳入标准并保持巩固；小组成员得到提高，下一步打算明确。"
)
REPORT = "成果报告真实、有逻辑，以图表、数据为主，前后连贯，没有需要补充才能看懂的地方。"
FEATURES = "课题体现“小、实、活、新”；统计方法运用适宜、正确。"
NEW_TOPIC = (
    "选题来自内外部顾客的需求；针对需求广泛借鉴，并由借鉴得到启发；目标可测量，目标可行性分析以借鉴的数据为依据。"
)
NEW_SCHEMES = "总体方案具有创新性、相对独立、可比较；分级方案逐层分解到可实施；各级方案用试验、测量的数据比较后选定，形成最佳方案。"
NEW_MEASURES = (
    "对策表按5W1H编制，针对最佳方案的可实施内容；按对策表逐条实施并与每条对策目标对照，未达到时修改；必要时验证副作用。"
)
NEW_EFFECT = "课题目标达到，效果经确认；创新成果的推广价值得到评价，有推广价值的形成标准，专项成果资料归档；小组成员创新能力得到提高。"
NEW_FEATURES = "课题有创意、值得推广；统计方法运用适宜、正确。"
CERTIFIED = "小组成员按规定接受培训并持有相应证书的比例。"
VALUE = "成果在本行业解决问题的实际价值、效益与推广应用情况。"

_SITE = (
    Line(
        "organisation",
        "活动的组织",
        "10",
        "小组按有关规定注册登记，课题登记完整；成员参加活动的情况良好，活动有计划、有组织。",
    ),
    Line(
        "records",
        "活动情况与活动记录",
        "30",
        "活动按程序进行，原始记录真实、完整，与成果报告一致，能反映各步骤的过程。",
    ),
    Line("truth", "真实性与有效性", "30", "成果在现场得到验证：数据有出处，措施确已实施，效果经有关部门确认、有证明。"),
    Line("upkeep", "成果的维持与巩固", "20", "有效措施已纳入标准并在执行；效果在巩固期内得到保持，有记录为证。"),
    Line("education", "小组教育", "10", "成员熟悉程序和常用统计方法，了解本课题的内容，按计划接受教育培训。"),
)
_PRESENTATION = (
    Line("logic", "逻辑性", "6", "程序清楚，前后衔接，结论由事实和数据得出。"),
    Line("expertise", "专业性", "6", "专业内容准确，统计方法运用正确、讲解到位。"),
    Line("form", "发布形式", "4", "形式适合内容，图表清晰，便于听众理解。"),
    Line("expression", "表达", "4", "语言流畅、自然，重点突出，仪态大方。"),
    Line("answers", "回答问题", "4", "回答正面、准确、简练，体现成员对课题的了解。"),
    Line("team_time", "成员/时间", "4", "由小组成员发布，时间掌握在规定范围内。"),
)
_STORY = (
    Line("content", "主题内容", "40", "主题鲜明、真实感人，讲述质量活动中的人和事，体现质量意识与改进精神。"),
    Line("language", "语言表达", "20", "脱稿讲述，普通话标准，语言生动，有层次、有节奏。"),
    Line("bearing", "仪表风范", "10", "着装得体，举止大方，精神饱满。"),
    Line("appeal", "现场感染力", "10", "能引起听众共鸣，现场效果好。"),
    Line("timing", "时间掌握", "10", "在规定时间内完成讲述。"),
    Line("technique", "水平与技巧", "10", "讲述技巧与画面、音乐等辅助手段运用恰当，不喧宾夺主。"),
)
_PAPER = (
    Line("topic", "选题与创新性", "25", "选题针对质量管理的理论或实际问题，有新意。"),
    Line("method", "理论/方法正确与规范", "25", "理论依据充分，方法选择恰当，使用正确、规范。"),
    Line("practice", "实践应用与效益", "25", "已在实践中应用或具备应用条件，效益有依据。"),
    Line("argument", "论证与数据", "15", "论点明确，论证严密，数据真实、来源清楚。"),
    Line("writing", "写作规范", "10", "结构完整，文字通顺，图表、引文与参考文献合乎规范。"),
)
_TEAM = (
    Line("profile", "概况与目标", "10", "班组概况清楚，质量目标与上级目标相衔接、可测量。"),
    Line("management", "日常管理", "20", "制度健全并执行，分工明确，基础工作扎实，记录完整。"),
    Line("quality", "质量管理与现场", "25", "质量控制点受控，现场整洁有序，产品或服务质量稳定，顾客信得过。"),
    Line("improvement", "改进与创新", "20", "经常开展改进活动，运用适宜的工具和方法，有成果。"),
    Line("culture", "团队与文化", "10", "团队和谐，学习氛围浓，成员技能得到提高。"),
    Line("performance", "绩效与荣誉", "15", "主要指标处于先进水平且持续提高，获得认可有证明。"),
)
_BENCHMARK = (
    Line("advanced", "先进性", "30", "做法在同行业中领先，有比较数据。"),
    Line("systematic", "系统性", "25", "做法成体系，与战略和过程相结合，展开充分。"),
    Line("effective", "有效性", "25", "经实践检验，关键指标持续改善，数据真实。"),
    Line("spreading", "推广性", "20", "经验可学、可复制，已有推广或具备推广条件。"),
)


def _solving(topic: str, features: str, *more: Line) -> tuple[Line, ...]:
    return (
        Line("topic", "选题", topic, TOPIC),
        Line("causes", "原因分析", "30", CAUSES),
        Line("measures", "对策与实施", "20", MEASURES),
        Line("effect", "效果", "20", EFFECT),
        Line("report", "成果报告", "5", REPORT),
        Line("features", "特点", features, FEATURES),
        *more,
    )


def _innovative(topic: str, features: str, *more: Line) -> tuple[Line, ...]:
    return (
        Line("topic", "选题", topic, NEW_TOPIC),
        Line("schemes", "提出方案并确定最佳方案", "30", NEW_SCHEMES),
        Line("measures", "对策与实施", "20", NEW_MEASURES),
        Line("effect", "效果", "15", NEW_EFFECT),
        Line("report", "成果报告", "5", REPORT),
        Line("features", "特点", features, NEW_FEATURES),
        *more,
    )


_TRADE = (Line("certified", "持证情况", "3.5", CERTIFIED), Line("value", "实际价值", "20", VALUE))
_CENT = Decimal("0.01")
_QC, _STORIES, _PAPERS = TrackKind.QC, TrackKind.STORY, TrackKind.PAPER
_OFFICIAL, _PRACTICED, _SAMPLED = RubricOrigin.OFFICIAL, RubricOrigin.PRACTICE, RubricOrigin.SAMPLE

LIBRARY: tuple[Template, ...] = (
    Template(
        "qc-problem-solving",
        "质量提升小组成果（问题解决型）材料评审",
        _QC,
        _OFFICIAL,
        _solving("15", "10"),
        standard=STANDARD,
    ),
    Template(
        "qc-innovative",
        "质量提升小组成果（创新型）材料评审",
        _QC,
        _OFFICIAL,
        _innovative("20", "10"),
        topic_type="innovative",
        standard=STANDARD,
    ),
    Template("qc-site", "质量提升小组现场评审", _QC, _OFFICIAL, _SITE, on_site=True, standard=STANDARD),
    Template(
        "trade-problem-solving",
        "行业协会材料评分表（问题解决型，120分）",
        _QC,
        _PRACTICED,
        _solving("13", "8.5", *_TRADE),
        source_note=PRACTICE,
        step=_CENT,
    ),
    Template(
        "trade-innovative",
        "行业协会材料评分表（创新型，120分）",
        _QC,
        _PRACTICED,
        _innovative("18", "8.5", *_TRADE),
        topic_type="innovative",
        source_note=PRACTICE,
        step=_CENT,
    ),
    Template(
        "trade-presentation",
        "行业协会现场发布评分表（28分）",
        _QC,
        _PRACTICED,
        _PRESENTATION,
        on_site=True,
        source_note=PRACTICE,
        step=_CENT,
    ),
    Template("story", "QC故事评分表", _STORIES, _SAMPLED, _STORY, on_site=True, source_note=SAMPLE),
    Template("paper", "质量管理论文评分表", _PAPERS, _SAMPLED, _PAPER, source_note=SAMPLE),
    Template("team", "质量信得过班组评分表", None, _SAMPLED, _TEAM, on_site=True, source_note=SAMPLE),
    Template("benchmark", "质量标杆评分表", None, _SAMPLED, _BENCHMARK, source_note=SAMPLE),
)
