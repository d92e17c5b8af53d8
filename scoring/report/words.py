"""What the report says in Chinese: methods, flags, notes."""

from collections.abc import Callable, Mapping

from scoring.errors import Note
from scoring.evaluation import Flag, Method

METHOD_WORDS: Mapping[Method, tuple[str, str]] = {
    Method.MEAN: ("平均分", "各位评委总分的算术平均。"),
    Method.TRIMMED: ("去掉最高最低分的平均", "每件成果去掉若干个最高分和最低分，其余求平均。"),
    Method.MEDIAN: ("中位数", "各位评委总分从小到大排在中间的一个（偶数个时取中间两个的平均）。"),
    Method.STANDARD: (
        "标准分",
        "每位评委的分数先换算成 50 + 10 ×（分数 − 该评委平均分）÷ 该评委标准差，再对每件成果求平均。",
    ),
    Method.MAPPED: ("统一尺度分", "每位评委的分数先按其平均分和标准差换算到全体分数的尺度上，再对每件成果求平均。"),
    Method.SEVERITY: (
        "宽严校准",
        "先由同一件成果的不同打分估计每位评委偏严或偏松多少分，给每个分数加上该评委的校准值，再求平均。",
    ),
    Method.FULL: (
        "全面校准",
        "同时估计每位评委的宽严、拉开差距的程度、稳定程度、异常分数、本单位加分和赛道差别；得分是（分数 + 校准值）× 权重之和。",
    ),
}
FLAG_NAMES: Mapping[str, str] = {
    "score": "个别分数异常",
    "deviation": "偏离中位数",
    "severity": "评委偏严或偏松",
    "inconsistency": "评委打分不稳定",
    "favouritism": "偏向本单位",
    "favouritism_overall": "整体偏向本单位",
    "region": "偏向本地区",
    "range": "打分拉不开",
    "random": "打分与质量无关",
    "drift": "前后尺度变化",
    "copying": "分数雷同",
    "halo": "各项打分雷同",
}


def flag_name(kind: str) -> str:
    """A kind of flag for people; its own name where there is none."""
    return FLAG_NAMES.get(kind, kind)


def flag_sentence(flag: Flag) -> str:
    """What a flag says, in Chinese; in English where it is of a kind unknown here."""
    points = f"{abs(flag.effect):.1f}"
    more = "高" if flag.effect > 0 else "低"
    sentences: dict[str, Callable[[], str]] = {
        "score": lambda: f"评委 {flag.judge} 给 {flag.entry} 的分数比其他评委的分数所能预期的{more} {points} 分。",
        "deviation": lambda: f"评委 {flag.judge} 给 {flag.entry} 的分数比中位数{more} {points} 分。",
        "severity": lambda: (
            f"评委 {flag.judge} 对同样的成果比中间的评委{'严' if flag.effect > 0 else '松'} {points} 分。"
        ),
        "inconsistency": lambda: f"评委 {flag.judge} 打分的起伏比中间的评委大 {points} 分。",
        "favouritism": lambda: f"评委 {flag.judge} 给本单位成果的分数比给其他成果的高 {points} 分。",
        "favouritism_overall": lambda: f"全体评委合起来看，本单位成果得到的分数高 {points} 分。",
        "region": lambda: f"评委 {flag.judge} 给本地区成果的分数比给其他成果的高 {points} 分。",
        "range": lambda: f"评委 {flag.judge} 的分数比其他评委拉不开差距。",
        "random": lambda: f"评委 {flag.judge} 的分数不随其他评委所见的质量升高。",
        "drift": lambda: (
            f"评委 {flag.judge} 的尺度从第一件到最后一件{'升高' if flag.effect > 0 else '降低'} {points} 分。"
        ),
        "copying": lambda: f"评委 {flag.judge} 与评委 {flag.other} 在共同打过的成果上分数异常接近。",
        "halo": lambda: f"评委 {flag.judge} 各评分项的分数过于一致，像是先有总印象再分到各项。",
    }
    made = sentences.get(str(flag.kind))
    return made() if made else flag.text


NOTES: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "too_few_to_trim": lambda p: f"{p['entries']} 件成果的分数少于 {p['from']} 个，没有去掉最高分和最低分。",
    "small_panel_trimmed": lambda p: f"{p['entries']} 件成果的分数少于 {p['from']} 个，去掉最高分和最低分后所剩无几。",
    "no_spread": lambda p: f"这些评委只打了一个分数或分数都相同，分不出高低：{_listed(p['judges'])}。",
    "few_totals": lambda p: f"{_count(p['judges'])} 位评委打的分数少于 {p['from']} 个，这样算出的标准分不可靠。",
    "disconnected": lambda p: f"评审分成互不相通的 {_count(p['parts'])} 部分，各部分之间不可比，名次分别排列。",
    "no_overlap": lambda p: f"这些评委与别的评委没有共同打过的成果：{_listed(p['judges'])}。",
    "not_converged": lambda p: f"模拟没有收敛（R-hat {float(str(p['rhat'])):.2f}），区间改用近似公式。",
    "full_not_possible": lambda _: "数据不足以作全面校准，改用宽严校准。",
    "no_uncertainty": lambda _: "每件成果只有一个分数，无法估计误差。",
}


def note_sentence(note: Note) -> str:
    """What a note says, in Chinese; in English where it is unknown here."""
    made = NOTES.get(note.code)
    try:
        return made(note.params) if made else note.text
    except KeyError:
        return note.text


def _count(value: object) -> object:
    return len(value) if isinstance(value, list | tuple) else value


def _listed(value: object) -> str:
    return "、".join(map(str, value[:20])) if isinstance(value, list | tuple) else str(value)
