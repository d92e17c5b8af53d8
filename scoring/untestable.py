"""Why a design cannot test a kind of flag: a stable code with its figures, told in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXTS: Mapping[str, tuple[str, str]] = {
    "too_small": (
        "there are too few totals for entries and judges to tell chance from fault",
        "相对于成果和评委的个数，分数太少，分不清偶然与过失",
    ),
    "few_judges": (
        "there are fewer than {judges} judges with {totals} totals to compare with",
        "打过 {totals} 个以上分数、可供比较的评委不到 {judges} 位",
    ),
    "parts": ("the design falls into parts that share no judge", "评审分成互不相通的几部分，没有共同的评委"),
    "no_common_pairs": (
        "no pair of judges has {entries} entries in common; panels or planned overlaps are needed",
        "没有两位评委共同打过 {entries} 件以上成果；需要固定小组，或有计划地安排重叠",
    ),
    "few_common_pairs": (
        "only {pairs} pairs of judges have {entries} entries in common; panels or planned overlaps are needed",
        "只有 {pairs} 对评委共同打过 {entries} 件以上成果；需要固定小组，或有计划地安排重叠",
    ),
    "no_own_unit": ("nobody is known to have judged the own unit", "没有已知的评委评过本单位的成果"),
    "no_own_region": ("nobody is known to have judged the own region", "没有已知的评委评过本地区的成果"),
    "few_own": (
        "fewer than {judges} judges have {own} own and {others} other entries",
        "既评过 {own} 件以上自己一方的成果、又评过 {others} 件以上其他成果的评委不到 {judges} 位",
    ),
    "few_own_overall": ("too few judges are known to have judged their own unit", "已知评过本单位成果的评委太少"),
    "no_order": ("it is not known in which order totals were given", "不知道打分的先后次序"),
    "few_ordered": (
        "fewer than {judges} judges have {totals} totals with a known order",
        "有 {totals} 个以上已知先后次序的分数的评委不到 {judges} 位",
    ),
    "few_criteria": ("there are fewer than {criteria} criteria", "评分项不到 {criteria} 个"),
    "few_sheets": (
        "there are fewer than {judges} judges with {sheets} sheets",
        "填过 {sheets} 张以上评分表的评委不到 {judges} 位",
    ),
    "flat_criteria": ("marks differ in fewer than {criteria} criteria", "分数有差别的评分项不到 {criteria} 个"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be tested; `str()` says it in English.

    Attributes
    ----------
    code : str
        Stable name.
    params : mapping of str to int
        The figures in it.
    """

    code: str
    params: Mapping[str, int] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The reason in Chinese (``zh``) or English."""
        return TEXTS[self.code][language == "zh"].format(**self.params)

    def __str__(self) -> str:
        return self.in_language("en")
