"""Flags about two judges: totals more alike than two judges who do not know of each other give."""

import numpy as np
from scipy.sparse import csr_array

from scoring.arrays import FloatArray, IntArray
from scoring.evaluation import FlagKind
from scoring.flags.base import Base
from scoring.flags.bulk import MAD_NORMAL, against_bulk, either, upper
from scoring.flags.outcome import JUDGE_Q, Tested, Untestable
from scoring.untestable import Reason

FEWEST_COMMON = 20
FEWEST_PAIRS = 5
MOST_PAIRS = 20_000
COARSE = 0.2  # Steps of totals above this part of the noise hide how near two judges are.
WITHIN_STEP = (np.arange(8) + 0.5) / 8 - 0.5
MAD_DEGREES = 0.74  # Twice the MAD's efficiency: the variance of its logarithm is 1 / (that times n).


def copying(base: Base) -> Tested | Untestable:
    """Pairs of judges who leave the same over on the same entries, both told from all others.

    Two tests in one: the correlation of residuals (Fisher's z) and the middle size of the difference between the two totals,
    each held against the bulk of all pairs. The effect is by how much smaller that difference is than the pair's own
    noise makes likely, in points.
    """
    kind = FlagKind.COPYING
    first, second = pairs_in_common(base, FEWEST_COMMON)
    if len(first) < FEWEST_PAIRS:
        code = "few_common_pairs" if len(first) else "no_common_pairs"
        return Untestable(kind, Reason(code, {"pairs": len(first), "entries": FEWEST_COMMON}))
    rows = [_common(base, int(one), int(other)) for one, other in zip(first, second, strict=True)]
    step = _step(base)
    figures = np.array([_alike(base, *both, step) for both in rows])
    z, width, likely, count = figures.T
    high, _, degrees = against_bulk(z, 1 / np.sqrt(count - 3))
    close, _, _ = against_bulk(-np.log(width / likely), 1 / np.sqrt(MAD_DEGREES * count))
    names = base.table.judges

    def sentence(at: int) -> str:
        return (
            f"Judges {names[first[at]]} and {names[second[at]]} differ by {width[at]:.1f} points on {count[at]:.0f} common entries,"
            f" where two independent judges would differ by {likely[at]:.1f}."
        )

    return Tested(
        kind=kind,
        table=base.table,
        judge=first,
        other=second,
        statistic=np.maximum(high, close),
        p=either(upper(high, degrees), upper(close, degrees)),
        effect=likely - width,
        level=JUDGE_Q,
        sentence=sentence,
        rows=lambda at: np.sort(np.concatenate(rows[at])),
    )


def pairs_in_common(base: Base, fewest: int) -> tuple[IntArray, IntArray]:
    """Pairs of judges with at least so many entries in common; those with most, when there are very many."""
    table = base.table
    shape = (len(table.entries), len(table.judges))
    incidence = csr_array((np.ones(table.ballots), (table.entry, table.judge)), shape=shape)
    common = (incidence.T @ incidence).tocoo()
    chosen = np.flatnonzero((common.coords[0] < common.coords[1]) & (common.data >= fewest))
    chosen = chosen[np.argsort(-common.data[chosen], kind="stable")[:MOST_PAIRS]]
    first, second = (axis[chosen].astype(np.int64) for axis in common.coords)
    order = np.lexsort((second, first))
    return first[order], second[order]


def _common(base: Base, one: int, other: int) -> tuple[IntArray, IntArray]:
    """Places of the ballots of both judges on their common entries, in the same order."""
    table = base.table
    mine, theirs = (base.seats[judge] for judge in (one, other))
    _, here, there = np.intersect1d(table.entry[mine], table.entry[theirs], return_indices=True)
    return mine[here].astype(np.int64), theirs[there].astype(np.int64)


def _step(base: Base) -> float:
    """The step in which totals are given; 0 where it is too fine to matter."""
    gaps = np.diff(np.unique(np.round(base.table.total, 9)))
    step = float(gaps.min()) if len(gaps) else 0.0
    return step if step > COARSE * base.common_noise else 0.0


def _middle(difference: FloatArray, step: float) -> float:
    """Middle size of differences, as a standard deviation.

    Differences in coarse steps are spread over their step, as for the median of grouped data: of two instruments that agree
    to the step on most entries the middle difference is not nought, but less than the step.
    """
    if step:
        difference = (difference[:, None] + step * WITHIN_STEP).ravel()
    return MAD_NORMAL * float(np.median(np.abs(difference - np.median(difference))))


def _alike(base: Base, mine: IntArray, theirs: IntArray, step: float) -> tuple[float, float, float, float]:
    """Fisher's z, middle difference, the one made likely, and how many entries in common."""
    rest = [_without_both(base, mine, theirs), _without_both(base, theirs, mine)]
    correlation = float(np.corrcoef(rest[0], rest[1])[0, 1]) if min(np.ptp(rest[0]), np.ptp(rest[1])) > 0 else 0.0
    difference = base.total[mine] - base.total[theirs]
    middle = _middle(difference, step)
    one, other = base.judge[mine[0]], base.judge[theirs[0]]
    apart = base.scale[one] - base.scale[other]
    likely = float(np.sqrt(2 * base.common_noise**2 + (apart * base.quality[mine]).var()))
    z = float(np.arctanh(np.clip(correlation, -0.9999, 0.9999)))
    return z, max(middle, 1e-3 * likely), likely, float(len(mine))


def _without_both(base: Base, mine: IntArray, theirs: IntArray) -> FloatArray:
    """Residuals of one judge of a pair, the entries' quality taken from the judges besides both."""
    gain = base.information[mine] + base.information[theirs]
    heard = base.heard[mine] + base.heard[theirs]
    whole = 1 / base.variance[mine] + base.information[mine]
    said = base.quality[mine] / base.variance[mine] + base.heard[mine]
    quality = (said - heard) / np.maximum(whole - gain, 1e-12)
    judge = base.judge[mine]
    return np.asarray(base.total[mine] - base.lenience[judge] - base.scale[judge] * quality, float)
