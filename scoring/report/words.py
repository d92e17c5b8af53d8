"""What the report says in Chinese and English: methods, flags, notes, lights."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scoring.errors import Note
from scoring.evaluation import Flag, Method
from scoring.sentences import Sentence, listed

if TYPE_CHECKING:
    from scoring.guards.lights import Light

METHOD_WORDS: Mapping[Method, tuple[Sentence, Sentence]] = {
    Method.MEAN: (
        Sentence("mean", "平均分"),
        Sentence("the arithmetic mean of the judges' totals.", "各位评委总分的算术平均。"),
    ),
    Method.TRIMMED: (
        Sentence("trimmed mean", "去掉最高最低分的平均"),
        Sentence(
            "highest and lowest totals dropped, the rest averaged.", "每件成果去掉若干个最高分和最低分，其余求平均。"
        ),
    ),
    Method.MEDIAN: (
        Sentence("median", "中位数"),
        Sentence(
            "the middle one of the judges' totals (the mean of the two middle ones of an even number).",
            "各位评委总分从小到大排在中间的一个（偶数个时取中间两个的平均）。",
        ),
    ),
    Method.STANDARD: (
        Sentence("standard score", "标准分"),
        Sentence(
            "every total made 50 + 10 × (total − judge's mean) ÷ judge's standard deviation, then averaged.",
            "每位评委的分数先换算成 50 + 10 ×（分数 − 该评委平均分）÷ 该评委标准差，再对每件成果求平均。",
        ),
    ),
    Method.MAPPED: (
        Sentence("common scale", "统一尺度分"),
        Sentence(
            "totals put on the scale of all by the judge's mean and standard deviation, then averaged.",
            "每位评委的分数先按其平均分和标准差换算到全体分数的尺度上，再对每件成果求平均。",
        ),
    ),
    Method.SEVERITY: (
        Sentence("severity calibration", "宽严校准"),
        Sentence(
            "how severe every judge is follows from different totals for the same entry; totals are adjusted for it and averaged.",
            "先由同一件成果的不同打分估计每位评委偏严或偏松多少分，给每个分数加上该评委的校准值，再求平均。",
        ),
    ),
    Method.FULL: (
        Sentence("full calibration", "全面校准"),
        Sentence(
            "severity, scale, reliability, aberrant totals, favour to the own unit and tracks estimated together; "
            "a score is the sum of (total + adjustment) × weight.",
            "同时估计每位评委的宽严、拉开差距的程度、稳定程度、异常分数、本单位加分和赛道差别；得分是（分数 + 校准值）× 权重之和。",
        ),
    ),
}
FLAG_NAMES: Mapping[str, Sentence] = {
    "score": Sentence("aberrant total", "个别分数异常"),
    "deviation": Sentence("far from the median", "偏离中位数"),
    "severity": Sentence("severe or lenient", "评委偏严或偏松"),
    "inconsistency": Sentence("inconsistent", "评委打分不稳定"),
    "favouritism": Sentence("own unit favoured", "偏向本单位"),
    "favouritism_overall": Sentence("own units favoured by all", "整体偏向本单位"),
    "region": Sentence("own region favoured", "偏向本地区"),
    "range": Sentence("restricted range", "打分拉不开"),
    "random": Sentence("unrelated to quality", "打分与质量无关"),
    "drift": Sentence("drift", "前后尺度变化"),
    "copying": Sentence("copied totals", "分数雷同"),
    "halo": Sentence("halo", "各项打分雷同"),
}


def flag_name(kind: str) -> Sentence:
    """A kind of flag for people; its own name where there is none."""
    return FLAG_NAMES.get(kind, Sentence(kind, kind))


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
    "disconnected": lambda p: f"评审分成互不相通的 {_count(p['parts'])} 部分，各部分之间的得分不可比。",
    "no_overlap": lambda p: f"这些评委与别的评委没有共同打过的成果：{_listed(p['judges'])}。",
    "not_converged": lambda p: f"模拟没有收敛（R-hat {float(str(p['rhat'])):.2f}），区间改用近似公式。",
    "full_not_possible": lambda _: "数据不足以作全面校准，改用宽严校准。",
    "no_uncertainty": lambda _: "相对于成果和评委的个数，分数太少，看不出得分有多大误差。",
}


def note_sentence(note: Note) -> str:
    """What a note says, in Chinese; in English where it is unknown here."""
    if isinstance(note.text, Sentence):
        return note.text.zh
    made = NOTES.get(note.code)
    try:
        return made(note.params) if made else note.text
    except KeyError:
        return note.text


LIGHTS: Mapping[str, str] = {
    "complete": "所有成果都由同样的评委打分，评委偏严对谁都一样。",
    "not_mixed": "评委与成果没有随机搭配：平均分会把偏严的一组评委当成较差的成果，而且从平均分上看不出来。",
    "unknown_severity": "看不出评委之间宽严相差多少；不同的成果遇到的是不同的评委。",
    "equal_judges": "评委之间相差很小，遇到谁都差不多。",
    "severity_counts": "评委宽严的标准差为 {judge_sd:.1f} 分：遇到哪几位评委，使平均分的可靠程度降低 {loss:.0f} 个百分点。",
    "few_to_trim": "有的成果只有 {fewest:.0f} 个分数，去掉最高分和最低分后所剩太少。",
    "not_random": "成果没有随机分给评委：标准分会把好成果当成评委偏松。",
    "panels_alike": "评委分固定小组。从相互联系看，各组成果的水平相近；假如有一组的成果更好，标准分会当成这组评委偏松。",
    "random": "成果随机分派，每位评委都有足够的成果。",
    "no_overlap": "没有一件成果有两个分数，评委之间无法比较。",
    "linked": "所有评委都由共同打过的成果联系起来，宽严与质量可以分开。",
    "enough": "评委之间有联系，成果也够多，可以知道每位评委的宽严、拉开程度和稳定程度。",
    "unlinked": "评审分成 {parts:.0f} 部分，各部分之间没有共同的评委，只能分别排名。",
    "few_linking_seats": "只有 {share:.0f}% 的分数把各赛道联系起来（需要 15%）：是赛道强还是评委松，很难分清。",
    "thin_links": "有的评委之间联系太少，两人宽严之差的误差达到一个分数误差的 {times:.1f} 倍。",
    "linked_unmixed": "评委与成果没有随机搭配，但共同评过的成果足以把宽严与水平分开："
    "任何两位评委之差的误差不超过一个分数误差的 {times:.1f} 倍。",
    "undeclared_tracks": "评委与成果没有随机搭配，又没有申明赛道：一组好成果可能被当成评委偏松。请申明赛道，或各组分别排名。",
    "small_loads": "每位评委大约只有 {typical:.0f} 件成果：可以用，但很少能纠正各人拉开差距的程度。",
}
FEW: Mapping[Method, str] = {
    Method.STANDARD: "有的评委只有 {fewest:.0f} 件成果，平均分和标准差都靠不住。",
    Method.FULL: "每位评委大约只有 {typical:.0f} 件成果，不足以知道各人拉开差距的程度和稳定程度。",
}


def light_sentence(light: "Light") -> str:
    """What a traffic light says, in Chinese; in English where it is unknown here."""
    text = FEW.get(light.method) if light.code == "few_totals" else LIGHTS.get(light.code)
    return text.format(**light.params) if text else light.text


def _count(value: object) -> object:
    return len(value) if isinstance(value, list | tuple) else value


def _listed(value: object) -> str:
    return listed(value, "zh")
