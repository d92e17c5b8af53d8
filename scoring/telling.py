"""Explanations in words, Chinese or English: every figure that is needed stands in the text."""

from decimal import Decimal

from scoring.evaluation import Method
from scoring.explanation import SCALED, Explanation, Term
from scoring.sentences import shown

NAMES = {
    Method.MEAN: ("mean", "平均分"),
    Method.TRIMMED: ("mean without the highest and the lowest", "去掉最高分和最低分的平均"),
    Method.MEDIAN: ("median", "中位数"),
    Method.STANDARD: ("standard score", "标准分"),
    Method.MAPPED: ("standard score on the common scale", "统一尺度分"),
    Method.SEVERITY: ("calibrated for severity", "宽严校准"),
    Method.FULL: ("fully calibrated", "全面校准"),
}


def name_of(method: Method, language: str) -> str:
    """A method's name for people."""
    return NAMES[method][language == "zh"]


def tell(one: Explanation, language: str = "en") -> str:
    """An explanation as lines of text.

    Parameters
    ----------
    one : Explanation
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    str
    """
    zh = language == "zh"
    method = name_of(one.method, language)
    head = (
        f"{shown(one.entry)}：{method}，{one.score} 分，第 {one.rank} 名"
        if zh
        else f"{shown(one.entry)}: {method}, {one.score}, rank {one.rank}"
    )
    return "\n".join([head, *(f"  {line}" for line in (*map(_line_of(one, zh), one.terms), *_closing(one, zh)))])


def figure(value: Decimal) -> str:
    """A decimal without an exponent, and a true minus before what is below 0."""
    return f"{value:f}"


def _line_of(one: Explanation, zh: bool):  # type: ignore[no-untyped-def]
    def line(term: Term) -> str:
        who = f"评委 {shown(term.judge)}" if zh else f"judge {shown(term.judge)}"
        return f"{who}: {_parts(term)}{_conversion(one, term, zh)}"

    return line


def _parts(term: Term) -> str:
    if not term.marks:
        return ""
    parts = " + ".join(
        f"{name} {figure(mark)}" if weight == 1 else f"{name} {figure(mark)} × {figure(weight)}"
        for name, mark, weight in term.marks
    )
    return f"{parts} = "


def _conversion(one: Explanation, term: Term, zh: bool) -> str:
    total, converted = figure(term.total), figure(term.converted)
    if one.method is Method.FULL:
        return f"{total} {_signed(term.adjustment)} = {converted}; × {figure(term.weight)} = {figure(term.weight * term.converted)}"
    if one.method is Method.SEVERITY:
        return f"{total} {_signed(term.adjustment)} = {converted}"
    if one.method in SCALED and term.sd:
        scale = f"{figure(one.center)} + {figure(one.spread)} × ({total} - {_bracketed(term.mean)}) / {figure(term.sd)}"
        return f"{total}; {scale} = {converted}"
    if one.method in SCALED:
        alike = "该评委的分数都相同" if zh else "all totals of this judge are equal"
        return f"{total}; {alike} = {converted}"
    if not term.weight:
        return f"{total} ({'不计' if zh else 'left out'})"
    return total


def _closing(one: Explanation, zh: bool) -> list[str]:
    counted = [term for term in one.terms if term.weight]
    if one.method is Method.FULL:
        parts = " + ".join(_bracketed(term.weight * term.converted) for term in counted)
        return [f"{parts} = {figure(one.sum)}", _rounding(figure(one.sum), one, zh)]
    parts = " + ".join(_bracketed(term.converted) for term in counted)
    quotient = f"({parts}) / {figure(one.divisor)} = {figure(one.sum)} / {figure(one.divisor)}"
    return [f"{quotient} = {figure(one.quotient)}", _rounding(figure(one.quotient), one, zh)]


def _rounding(value: str, one: Explanation, zh: bool) -> str:
    if zh:
        return f"{value} 四舍五入到 {one.decimals} 位小数：{one.score}"
    return f"{value} rounded half up to {one.decimals} decimals: {one.score}"


def _signed(value: Decimal) -> str:
    return f"- {figure(-value)}" if value < 0 else f"+ {figure(value)}"


def _bracketed(value: Decimal) -> str:
    return f"({figure(value)})" if value < 0 else figure(value)
