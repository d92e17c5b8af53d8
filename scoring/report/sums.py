"""The sheet in which every score is added up from the judges' totals, by formulas that Excel redoes."""

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.evaluation import Evaluation, Method
from scoring.explanation import SCALED, Explanation
from scoring.report.book import Book, Column, Formula
from scoring.sentences import Sentence

SHEET = Sentence("Sums", "算式")
JUDGE_MEAN = Sentence("Judge's mean", "该评委平均分")
JUDGE_SD = Sentence("Judge's standard deviation", "该评委标准差")


@dataclass(frozen=True, slots=True)
class Span:
    """The rows in which an entry's totals stand, numbered as Excel does."""

    first: int
    last: int

    def score(self, sheet: str, decimals: int) -> str:
        """The formula of the published score, made of totals in another sheet."""
        sums, weights = (f"SUM({sheet}!${column}${self.first}:${column}${self.last})" for column in "GF")
        return f"=ROUND({sums}/{weights},{decimals})"


def spans_of(told: Sequence[Explanation]) -> dict[str, Span]:
    """Where every entry's totals will stand."""
    spans, row = {}, 2
    for one in told:
        spans[one.entry] = Span(row, row + len(one.terms) - 1)
        row += len(one.terms)
    return spans


def sums_sheet(book: Book, told: Sequence[Explanation], result: Evaluation) -> None:
    """Write the sheet."""
    scaled = result.method in SCALED
    columns = [
        Column(Sentence("Entry", "编号")),
        Column(Sentence("Judge", "评委")),
        Column(Sentence("Total", "总分"), "0.00####", Sentence("as the judge gave it", "评委给出的总分")),
        Column(
            Sentence("Conversion", "换算参数") if scaled else Sentence("Adjustment", "校准值"),
            "+0.00##;-0.00##;0.00",
            _about(result.method),
        ),
        Column(Sentence("Converted", "换算后"), "0.00##", Sentence("calibrated or converted", "校准或换算之后的分数")),
        Column(
            Sentence("Weight", "权重"), "0.####", Sentence("in the score; 0: left out", "计入得分的权重；0 表示不计")
        ),
        Column(Sentence("Adds", "贡献"), "0.00####", Sentence("converted × weight", "换算后 × 权重")),
        *([Column(JUDGE_MEAN, "0.0000##"), Column(JUDGE_SD, "0.0000##")] if scaled else []),
    ]
    rows: list[list[object]] = []
    for one in told:
        for term in one.terms:
            number = len(rows) + 2
            converted = Formula(_conversion(one, number, flat=not term.sd), float(term.converted))
            product = Formula(f"=E{number}*F{number}", float(term.converted * term.weight))
            more = [term.mean, term.sd] if scaled else []
            shift = None if scaled else term.adjustment
            rows.append([one.entry, term.judge, term.total, shift, converted, term.weight, product, *more])
    book.table(SHEET, columns, rows)


def _conversion(one: Explanation, row: int, *, flat: bool) -> str:
    """The formula that makes a calibrated total of a total."""
    if one.method not in SCALED:
        return f"=C{row}+D{row}"
    digits = max(-int(term.converted.as_tuple().exponent) for term in one.terms)
    return (
        f"=ROUND({one.center},{digits})"
        if flat
        else f"=ROUND({one.center}+{one.spread}*(C{row}-H{row})/I{row},{digits})"
    )


def _about(method: Method) -> Sentence:
    if method in SCALED:
        return Sentence(
            "by the judge's mean and standard deviation, see the two columns on the right",
            "按该评委的平均分和标准差换算，见右边两列",
        )
    return Sentence(
        "added to the total; nothing for mean, trimmed mean and median",
        "加到总分上的数；平均分、去极值平均分、中位数没有校准",
    )
