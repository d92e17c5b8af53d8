"""Flags about a judge as a whole: severity, inconsistency, a narrow range, marks that do not follow the work."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.design import Design
from scoring.evaluation import FlagKind
from scoring.flags.base import Base
from scoring.flags.bulk import against_bulk, either, two_sided, upper
from scoring.flags.outcome import JUDGE_Q, Tested, Untestable
from scoring.untestable import Reason

FEWEST_JUDGES = 5
FEWEST_TOTALS = 5
NOT_RISING = 0.05


def severity(base: Base) -> Tested | Untestable:
    """Judges whose severity lies outside the bulk's: (b - centre) / sqrt(true variance + error variance).

    The effect is the severity in points: positive is severe, negative lenient.
    """
    kind = FlagKind.SEVERITY
    if too_few := _too_few(base, 1):
        return Untestable(kind, too_few)
    if Design.of(base.table).parts > 1:
        return Untestable(kind, Reason("parts"))
    weight = base.even_weight
    points = base.mean_by_judge(base.quality - base.total, weight)
    statistic, apart, degrees = against_bulk(points, 1 / np.sqrt(base.by_judge(weight)))

    def sentence(at: int) -> str:
        word = "more severe" if apart[at] > 0 else "more lenient"
        return (
            f"Judge {base.table.judges[at]} is {abs(apart[at]):.1f} points {word} than the middle judge on equal work."
        )

    return _tested(base, kind, np.arange(len(points)), statistic, two_sided(statistic, degrees), apart, sentence)


def inconsistency(base: Base) -> Tested | Untestable:
    """Judges whose totals stray further from what the work made likely: log mean square of residuals against the bulk.

    The effect is the excess of the judge's spread over the middle judge's, in points.
    """
    kind = FlagKind.INCONSISTENCY
    if too_few := _too_few(base, FEWEST_TOTALS):
        return Untestable(kind, too_few)
    judges = _judges(base)
    square = _own_lines(base).square[judges]
    statistic, _, degrees = against_bulk(np.log(square), np.sqrt(2 / (base.load[judges] - 2)))
    spread = base.common_noise * np.sqrt(square)
    effect = spread - float(np.median(spread))

    def sentence(at: int) -> str:
        return (
            f"Judge {base.table.judges[judges[at]]} strays {spread[at]:.1f} points from what the work makes likely,"
            f" {effect[at]:.1f} more than the middle judge."
        )

    return _tested(base, kind, judges, statistic, upper(statistic, degrees), effect, sentence)


def narrow_range(base: Base) -> tuple[Tested | Untestable, Tested | Untestable]:
    """Judges who use little of the scale, and among them those whose marks do not follow the work at all.

    A judge's slope on the entries' quality, and the spread of the judge's totals over what these entries make likely, are
    each held against the bulk. The effect is the slope: 1 means that differences are told as others tell them.
    """
    kinds = FlagKind.RANGE, FlagKind.RANDOM
    if too_few := _too_few(base, FEWEST_TOTALS):
        return Untestable(kinds[0], too_few), Untestable(kinds[1], too_few)
    judges = _judges(base)
    line = _own_lines(base)
    slope, error = line.slope[judges], line.error[judges]
    low, _, degrees = against_bulk(slope, error)
    narrow, _, _ = against_bulk(np.log(line.spread[judges]), np.sqrt(2 / (base.load[judges] - 1)))
    by_slope, by_spread = upper(-low, degrees), upper(-narrow, degrees)
    own_error = np.sqrt(np.maximum(line.square[judges], 1e-6)) * error
    rising = upper(slope / own_error, base.load[judges] - 2) < NOT_RISING

    def of_range(at: int) -> str:
        return (
            f"Judge {base.table.judges[judges[at]]} tells differences at {100 * max(slope[at], 0):.0f} % of the size that others"
            f" do; the totals spread {np.sqrt(line.spread[judges[at]]):.2f} times as far as this work makes likely."
        )

    def of_random(at: int) -> str:
        return f"The totals of judge {base.table.judges[judges[at]]} do not rise with the quality of the work that others see."

    return (
        _tested(base, kinds[0], judges, np.minimum(low, narrow), either(by_slope, by_spread), slope, of_range),
        _tested(base, kinds[1], judges, low, by_slope, slope, of_random, ~rising),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Every judge's own line of totals against quality: slope and error, mean square about it, and spread over what is likely."""

    slope: FloatArray
    error: FloatArray
    square: FloatArray
    spread: FloatArray


def _own_lines(base: Base) -> _Lines:
    weight = base.even_weight
    apart, total = base.centred(base.quality, weight), base.centred(base.total, weight)
    lean = np.maximum(base.by_judge(weight * apart**2), 1e-9)
    slope = base.by_judge(weight * apart * total) / lean
    rest = weight * (total - slope[base.judge] * apart) ** 2
    # Without every judge's largest: a single wild total is a flag of its own.
    largest = np.zeros(len(base.load))
    np.maximum.at(largest, base.judge, rest)
    square = np.maximum((base.by_judge(rest) - largest) / np.maximum(base.load - 3, 1), 1e-6)
    likely = base.by_judge(apart**2 + base.variance) + (base.load - 1) * base.common_noise**2
    spread = np.maximum(base.by_judge(total**2) / np.maximum(likely, 1e-12), 1e-6)
    return _Lines(slope, 1 / np.sqrt(lean), square, spread)


def _judges(base: Base) -> IntArray:
    return np.flatnonzero(base.load >= FEWEST_TOTALS).astype(np.int64)


def _too_few(base: Base, totals: int) -> Reason | None:
    enough = int((base.load >= totals).sum())
    if enough >= FEWEST_JUDGES:
        return None
    return Reason("few_judges", {"judges": FEWEST_JUDGES, "totals": totals})


def _tested(
    base: Base,
    kind: FlagKind,
    judges: IntArray,
    statistic: FloatArray,
    p: FloatArray,
    effect: FloatArray,
    sentence: Callable[[int], str],
    allowed: BoolArray | None = None,
) -> Tested:
    return Tested(
        kind=kind,
        table=base.table,
        judge=judges.astype(np.int64),
        statistic=statistic,
        p=p,
        effect=effect,
        level=JUDGE_Q,
        sentence=sentence,
        rows=lambda at: base.seats[int(judges[at])],
        allowed=allowed,
    )
