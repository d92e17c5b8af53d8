"""For every entry the sum that gives its score, from the judges' marks to the published figure, to redo by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from scoring.aggregate import aggregate_median, aggregate_trimmed, mean_by_judge, sd_by_judge
from scoring.arrays import FloatArray
from scoring.errors import ScoringError
from scoring.evaluation import EntryResult, Evaluation, Method
from scoring.rounding import half_up
from scoring.sentences import Sentence, shown
from scoring.table import ScoreTable

FEWEST_DIGITS = 4
MOST_DIGITS = 15
SCALED = (Method.STANDARD, Method.MAPPED)


@dataclass(frozen=True, slots=True)
class Term:
    """What one judge adds to an entry's score.

    Attributes
    ----------
    judge : str
    marks : tuple of (criterion, mark, weight)
        What the total is the sum of; empty where totals were given.
    total : Decimal
        As given.
    converted : Decimal
        The total after calibration; `total` itself without.
    adjustment : Decimal
        Under ``severity`` and ``full``: ``converted = total + adjustment``.
    weight : Decimal
        How much it counts: 0 or 1, or a share under ``full``.
    mean, sd : Decimal
        Under ``standard`` and ``mapped``: the judge's own mean and standard deviation.
    """

    judge: str
    marks: tuple[tuple[str, Decimal, Decimal], ...]
    total: Decimal
    converted: Decimal
    adjustment: Decimal
    weight: Decimal
    mean: Decimal = Decimal(0)
    sd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sum behind one published score.

    Attributes
    ----------
    entry : str
    method : Method
    terms : tuple of Term
        In order of judges.
    center, spread : Decimal
        Under ``standard`` and ``mapped``: the scale onto which totals are brought.
    sum : Decimal
        Sum of weight x converted.
    divisor : Decimal
        Sum of the weights.
    decimals : int
        Of the published score.
    score : Decimal
        The published score, which is the sum over the divisor, half up.
    rank : int
    """

    entry: str
    method: Method
    terms: tuple[Term, ...]
    center: Decimal
    spread: Decimal
    sum: Decimal
    divisor: Decimal
    decimals: int
    score: Decimal
    rank: int

    @property
    def quotient(self) -> Decimal:
        """The score before rounding, with nine decimals."""
        return _rounded(Fraction(self.sum) / Fraction(self.divisor), 9)


def explain(table: ScoreTable, result: Evaluation, entries: Sequence[str] | None = None) -> Iterator[Explanation]:
    """Explain entries' scores.

    Parameters
    ----------
    table : ScoreTable
        The one that was evaluated.
    result : Evaluation
    entries : sequence of str, optional
        Ids; all, in order of standing, when not given.

    Yields
    ------
    Explanation
        Redone from its own figures, it gives the published score; where judges' means and standard deviations are no
        short decimals, as many digits are given as that takes.

    Raises
    ------
    ScoringError
        ``unknown_entry``.
    """
    known = {one.entry: one for one in result.entries}
    sums = _Sums.of(table, result)
    for entry in known if entries is None else entries:
        if entry not in known:
            raise ScoringError(
                "unknown_entry",
                Sentence(f"There is no entry {shown(entry)}.", f"没有编号为 {shown(entry)} 的成果。"),
                entry=entry,
            )
        yield sums.explain(known[entry])


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What the sums of all entries share."""

    table: ScoreTable
    result: Evaluation
    weights: FloatArray
    means: FloatArray
    sds: FloatArray
    start: dict[str, tuple[int, int]]
    adjustments: dict[str, Decimal]

    @classmethod
    def of(cls, table: ScoreTable, result: Evaluation) -> "_Sums":
        ends = np.cumsum(table.judges_per_entry)
        spans = zip(table.entries, (ends - table.judges_per_entry).tolist(), ends.tolist(), strict=True)
        return cls(
            table,
            result,
            _weights(table, result),
            mean_by_judge(table),
            sd_by_judge(table, ddof=0 if result.method is Method.MAPPED else 1),
            {entry: (first, last) for entry, first, last in spans},
            {judge.judge: judge.adjustment for judge in result.judges},
        )

    def explain(self, one: EntryResult) -> Explanation:
        if self.result.method not in SCALED:
            return self._made(one, FEWEST_DIGITS)
        for digits in range(FEWEST_DIGITS, MOST_DIGITS):
            made = self._made(one, digits)
            if half_up(made.quotient, made.decimals) == one.score:
                return made
        return self._made(one, MOST_DIGITS)

    def _made(self, one: EntryResult, digits: int) -> Explanation:
        center, spread = self._scale(digits)
        terms = tuple(self._term(place, center, spread, digits) for place in range(*self.start[one.entry]))
        return Explanation(
            entry=one.entry,
            method=self.result.method,
            terms=terms,
            center=center,
            spread=spread,
            sum=sum((term.weight * term.converted for term in terms), Decimal(0)),
            divisor=sum((term.weight for term in terms), Decimal(0)),
            decimals=-int(one.score.as_tuple().exponent),
            score=one.score,
            rank=one.rank,
        )

    def _scale(self, digits: int) -> tuple[Decimal, Decimal]:
        if self.result.method is Method.MAPPED:
            total = self.table.total
            return half_up(float(total.mean()), digits), half_up(float(total.std()), digits)
        return Decimal(50), Decimal(10)

    def _term(self, place: int, center: Decimal, spread: Decimal, digits: int) -> Term:
        table, method = self.table, self.result.method
        judge = int(table.judge[place])
        marks = self._marks(place)
        total = self._total(place)
        name = table.judges[judge]
        mean = sd = adjustment = Decimal(0)
        weight = _plain(float(self.weights[place]))
        converted = total
        if method is Method.FULL:
            ballot = self.result.ballots[place]
            adjustment, weight = -ballot.adjustment, ballot.weight
            converted = total + adjustment
        elif method is Method.SEVERITY:
            adjustment = self.adjustments[name]
            converted = total + adjustment
        elif method in SCALED:
            mean, sd = half_up(float(self.means[judge]), digits), half_up(float(self.sds[judge]), digits)
            apart = Fraction(total - mean) / Fraction(sd) if sd else Fraction(0)
            converted = _rounded(Fraction(center) + Fraction(spread) * apart, digits)
        return Term(name, marks, total, converted, adjustment, weight, mean, sd)

    def _total(self, place: int) -> Decimal:
        table = self.table
        if table.units is None:
            return Decimal(repr(float(table.total[place])))
        return Decimal(int(table.units[place])).scaleb(-table.decimals)

    def _marks(self, place: int) -> tuple[tuple[str, Decimal, Decimal], ...]:
        table = self.table
        if table.marks is None:
            return ()
        row = zip(table.criteria, table.marks[place].tolist(), table.weights, strict=True)
        return tuple((name, _plain(mark), _plain(weight)) for name, mark, weight in row)


def _weights(table: ScoreTable, result: Evaluation) -> FloatArray:
    """How much every total counts, where that is all or nothing."""
    params = result.params
    if result.method is Method.TRIMMED:
        drop, drop_from = int(str(params["drop"])), int(str(params["drop_from"]))
        return aggregate_trimmed(table, drop=drop, drop_from=drop_from).kept.astype(float)
    if result.method is Method.MEDIAN:
        return aggregate_median(table).kept.astype(float)
    return np.ones(table.ballots)


def _plain(value: float) -> Decimal:
    """The shortest decimal that names a float."""
    number = Decimal(repr(value))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _rounded(value: Fraction, digits: int) -> Decimal:
    """A fraction rounded half away from zero to so many decimals, exactly."""
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)
