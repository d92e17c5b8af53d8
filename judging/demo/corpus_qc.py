"""QC results: a topic of the vocabulary becomes an entry whose title, figures and abstract agree."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random

from judging.demo.corpus_facts import QcFacts, UnitFacts
from judging.demo.corpus_topics import Topic
from judging.demo.people import make_names
from judging.entries.models import TopicType

# A verb of a title, the state it complains of, and how its figure moves.
VERBS = {
    "降低": ("偏高", "降至"),
    "减少": ("偏多", "减至"),
    "缩短": ("偏长", "缩短至"),
    "提高": ("偏低", "提高到"),
    "延长": ("偏短", "延长至"),
}
SURVEY_METHODS = ("调查表", "分层法", "排列图", "折线图", "柱状图", "饼图", "直方图", "箱线图")
CAUSE_METHODS = ("因果图", "系统图", "关联图")
CHECK_METHODS = ("散布图", "假设检验", "控制图", "对比试验")
REMEDY_METHODS = ("5W1H", "对策评价表", "PDPC法", "正交试验", "网络图")
INVENTION_METHODS = ("亲和图", "系统图", "正交试验", "矩阵图", "价值工程", "对比试验", "PDPC法", "头脑风暴法", "折线图")
INTANGIBLE = (
    "组员的质量意识、改进意识和团队协作能力明显提高",
    "减轻了一线员工的劳动强度，改善了现场作业环境",
    "提升了顾客满意程度，树立了良好的服务形象",
    "形成了可复制的经验，已在同类班组推广应用",
    "降低了安全风险，为稳定运行提供了保障",
)


def make_qc(
    rng: Random, number: int, topic: Topic, unit: UnitFacts, year: int, groups: Iterator[str], asked: bool
) -> QcFacts:
    """One entry; `asked` says that the target came from above."""
    started = date(year - 1, rng.randint(1, 6), rng.choice((5, 8, 10, 12, 15)))
    ended = _months_later(started, rng.randint(7, 9))
    kind = TopicType.INNOVATIVE if topic.name else TopicType.DIRECTED if asked else TopicType.SELF_SET
    others = rng.sample(topic.pairs[1:], min(len(topic.pairs[1:]), rng.choice((1, 1, 2))))
    pairs = (*topic.pairs[:1], *others)
    members = make_names(rng, min(10, max(3, round(rng.gauss(7, 2)))))
    low, high = topic.trade.benefit
    facts = QcFacts(
        number=number,
        unit=unit,
        title=_title(rng, topic),
        topic_type=kind,
        keywords=_keywords(topic),
        abstract="",
        methods=_methods(rng, topic),
        metric=topic.metric,
        measure=topic.measure,
        baseline=topic.baseline,
        target=topic.target,
        reached=_reach(rng, topic),
        benefit=(Decimal(low) + Decimal(rng.random() ** 2 * (high - low))).quantize(Decimal("0.01")),
        intangible=rng.choice(INTANGIBLE),
        group=next(groups),
        registration=f"{unit.member_number}-{year - 1}-{number:03d}",
        members=members,
        presenter=rng.choice(members[:3]),
        started=started,
        ended=ended,
        symptom=topic.symptom or f"现有手段下{topic.metric}达不到要求",
        share=rng.randint(58, 83),
        causes=topic.parts or tuple(cause for cause, _ in pairs),
        remedies=tuple(f"{part}的选型与制作" for part in topic.parts) or tuple(remedy for _, remedy in pairs),
        standard=f"《{topic.name}使用维护规程》" if topic.name else topic.family.standard,
    )
    return _with_abstract(facts, _invention_abstract(rng, topic, facts) if topic.name else _abstract(rng, topic, facts))


def quantity(value: str, measure: str) -> str:
    """A figure with its unit as written in a report: 5.8%, 45分钟, 1.68."""
    return f"{value}{measure}"


def _with_abstract(facts: QcFacts, abstract: str) -> QcFacts:
    values = {name: getattr(facts, name) for name in QcFacts.__slots__}
    return QcFacts(**{**values, "abstract": abstract})


def _title(rng: Random, topic: Topic) -> str:
    if not topic.name:
        return topic.verb + topic.metric
    return f"研制{topic.name}" if rng.random() < 0.35 else f"{topic.name}的研制"


def _keywords(topic: Topic) -> tuple[str, ...]:
    return (topic.trade.label, "创新型课题", topic.parts[0]) if topic.name else topic.family.keywords


def _methods(rng: Random, topic: Topic) -> tuple[str, ...]:
    if topic.name:
        return tuple(rng.sample(INVENTION_METHODS, 5))
    return (
        *rng.sample(SURVEY_METHODS, 3),
        rng.choice(CAUSE_METHODS),
        rng.choice(CHECK_METHODS),
        rng.choice(REMEDY_METHODS),
    )


def _reach(rng: Random, topic: Topic) -> str:
    """What was reached: nearly always the target and a little more, now and then not quite."""
    baseline, target = Decimal(topic.baseline), Decimal(topic.target)
    more = rng.uniform(-0.2, -0.06) if rng.random() < 0.06 else rng.uniform(0.0, 0.16)
    value = target + (target - baseline) * Decimal(str(round(more, 3)))
    if topic.measure == "%":
        value = min(value, (100 + max(baseline, target)) / 2) if target > baseline else value
    return str(max(value, target / 2).quantize(target, rounding=ROUND_HALF_EVEN))


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 28)


def _survey(rng: Random, started: date) -> str:
    return f"{started.year - 1}年{rng.choice(('下半年', '四季度', '9月至12月', '全年'))}"


def _outcome(topic: Topic, facts: QcFacts) -> str:
    target, reached = Decimal(facts.target), Decimal(facts.reached)
    met = reached >= target if target > Decimal(topic.baseline) else reached <= target
    if met:
        return "课题目标实现"
    return "与目标值尚有差距，小组已查明原因并转入下一轮循环"


def _abstract(rng: Random, topic: Topic, facts: QcFacts) -> str:
    state, moves = VERBS[topic.verb]
    base, target, reached = (quantity(v, topic.measure) for v in (facts.baseline, facts.target, facts.reached))
    month = f"{facts.started.year}年{facts.started.month}月"
    survey = _survey(rng, facts.started)
    causes = "".join(f"“{cause}”" for cause in facts.causes)
    remedies = "；".join(facts.remedies)
    if facts.topic_type is TopicType.DIRECTED:
        opening = (
            f"上级部门要求将{topic.metric}由{base}{moves}{target}，小组于{month}承接课题并开展目标可行性论证。"
            f"对{survey}数据的分层分析表明，“{topic.symptom}”占问题总数的{facts.share}%，解决这一症结即可满足目标要求。"
        )
    else:
        opening = (
            f"针对{topic.metric}{state}的问题，小组于{month}开展活动。现状调查显示，{survey}{topic.metric}平均为{base}，"
            f"其中“{topic.symptom}”占问题总数的{facts.share}%，是主要症结，据此将目标设定为{target}。"
        )
    return (
        f"{opening}小组运用{facts.methods[3]}从{rng.choice(('五', '四', '六'))}个方面查找出{rng.randint(6, 11)}条末端原因，"
        f"经现场测量、调查和{facts.methods[4]}逐条确认，确定{causes}为主要原因。围绕主要原因实施对策：{remedies}。"
        f"对策实施后，{topic.metric}{moves}{reached}，{_outcome(topic, facts)}，"
        f"活动期内取得经济效益{facts.benefit}万元。有效措施已纳入{facts.standard}，巩固期数据保持稳定。"
    )


def _invention_abstract(rng: Random, topic: Topic, facts: QcFacts) -> str:
    falls = Decimal(facts.target) < Decimal(facts.baseline)
    moves = "降至" if falls else "提高到"
    base, target, reached = (quantity(v, topic.measure) for v in (facts.baseline, facts.target, facts.reached))
    month = f"{facts.started.year}年{facts.started.month}月"
    first, second, third = topic.parts
    return (
        f"现场调查表明，采用现有手段时{topic.metric}为{base}，不能满足生产和服务的需要。小组于{month}开展查新，借鉴{topic.borrowed}，"
        f"提出研制{topic.name}，并把课题目标设定为将{topic.metric}由{base}{moves}{target}。"
        f"小组提出{rng.choice(('两', '三'))}个相互独立的总体方案，经模拟试验和综合评价选定其一，再逐级分解为{first}、{second}和{third}，"
        f"通过对比试验与{rng.choice(('正交试验', '测量分析', '价值工程分析'))}确定最佳方案。样机经{rng.randint(2, 5)}轮调试后投入使用，"
        f"{topic.metric}{moves}{reached}，{_outcome(topic, facts)}，活动期内取得经济效益{facts.benefit}万元。"
        f"设计图纸和使用说明已归档，并编制作业指导书在同类岗位推广。"
    )
