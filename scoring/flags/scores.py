"""Flags about a single total: given, and what entry and judge make likely without it."""

import numpy as np
from scipy.special import stdtrit

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.evaluation import Flag, FlagKind
from scoring.flags.base import Base
from scoring.flags.bulk import two_sided
from scoring.flags.multiple import benjamini_hochberg
from scoring.flags.outcome import SCORE_Q, Seats, Tested
from scoring.table import ScoreTable

MODIFIED_Z = 3.5
PRIOR_RESIDUALS = 4000
NORMAL_RATIO = 2.905847
MOST_DEGREES = 1000.0
TRIED_DEGREES = np.geomspace(3.0, MOST_DEGREES, 60)
NEIGHBOURS, FEWEST_NEIGHBOURS = 12, 6
BESIDE_P = 0.01


def single_scores(base: Base) -> Tested:
    """Totals that entry and judge, estimated without this very total, make unlikely.

    The effect is given minus expected, in points.

    Notes
    -----
    Leave-one-out residuals over their spread, read with a t whose degrees of freedom are those of the judge's noise (the
    own totals and what the other judges' noise tells of it), or fewer where all residuals together have heavier tails
    than the normal. A total that is like the judge's others for work of such quality is that judge's way, not a slip:
    it is not flagged, however far from the judge's line it lies.
    """
    table = base.table
    t, points = base.studentized()
    p = two_sided(t, np.minimum(base.load[base.judge] + base.noise_degrees, _tail_degrees(t)))
    candidates = np.flatnonzero(benjamini_hochberg(p) <= SCORE_Q)
    seats = Seats(table.entry)

    def sentence(at: int) -> str:
        judge, entry = table.judges[table.judge[at]], table.entries[table.entry[at]]
        word = "above" if points[at] > 0 else "below"
        return (
            f"Judge {judge} gave entry {entry} {table.total[at]:g},"
            f" {abs(points[at]):.1f} points {word} what the others make likely."
        )

    return Tested(
        kind=FlagKind.SCORE,
        table=table,
        judge=table.judge,
        entry=table.entry,
        statistic=t,
        p=p,
        effect=points,
        level=SCORE_Q,
        sentence=sentence,
        rows=lambda at: seats[int(table.entry[at])],
        allowed=_odd_beside_own(base, candidates.astype(np.int64)),
    )


def _odd_beside_own(base: Base, candidates: IntArray) -> BoolArray:
    """Per ballot, false for candidates that the judge's own totals for work of such quality do not make unlikely."""
    odd = np.ones(base.table.ballots, bool)
    for at in candidates.tolist():
        judge = int(base.judge[at])
        rows = base.seats[judge]
        rows = rows[rows != at]
        if len(rows) < FEWEST_NEIGHBOURS:
            continue
        near = rows[np.argsort(np.abs(base.quality[rows] - base.quality[at]), kind="stable")[:NEIGHBOURS]]
        beside = base.residual[near]
        beside = np.delete(beside, np.argmax(np.abs(beside - np.median(beside))))  # Another slip excuses none.
        known = base.noise[judge] ** 2 + base.variance[at] * base.scale[judge] ** 2
        # As much weight to these totals' own spread as to the noise that all of the judge's show.
        spread = (known + float(beside.var(ddof=1))) / 2
        apart = (base.residual[at] - float(beside.mean())) / np.sqrt(spread * (1 + 1 / len(beside)))
        odd[at] = float(two_sided(np.array([apart]), 2.0 * len(beside))[0]) < BESIDE_P
    return odd


def _tail_degrees(t: FloatArray) -> float:
    """Degrees of freedom whose t has the tails that the bulk shows: 95 % quantile over median, drawn to the normal's."""
    middle, end = np.quantile(np.abs(t), [0.5, 0.95])
    if middle <= 0:
        return MOST_DEGREES
    ratio = NORMAL_RATIO + (end / middle - NORMAL_RATIO) * len(t) / (len(t) + PRIOR_RESIDUALS)
    # Quantiles of t by their ratio: 95 % over median of the absolute value.
    ratios = stdtrit(TRIED_DEGREES, 0.975) / stdtrit(TRIED_DEGREES, 0.75)
    return float(np.interp(-ratio, -ratios, TRIED_DEGREES))


def modified_z(values: FloatArray) -> FloatArray:
    """0.6745 (x - median) / MAD; 0 for all when the MAD is 0.

    Notes
    -----
    Iglewicz & Hoaglin (1993), who call 3.5 and more an outlier.
    """
    middle = np.median(values)
    mad = float(np.median(np.abs(values - middle)))
    return 0.6745 * (values - middle) / mad if mad > 0 else np.zeros(len(values))


def flag_by_deviation(table: ScoreTable, *, threshold: float = MODIFIED_Z) -> tuple[Flag, ...]:
    """Flag totals far from the median of their entry, by the modified z-score.

    A rule people can check by hand, but blind to severity: `find_flags` finds far more.

    Parameters
    ----------
    table : ScoreTable
    threshold : float
        Absolute z from which a total is flagged.

    Returns
    -------
    tuple of Flag
        Strongest first; `p` and `q` are those of a normal deviate.
    """
    z, effect = np.zeros(table.ballots), np.zeros(table.ballots)
    ends = np.cumsum(table.judges_per_entry)
    for start, end in zip(ends - table.judges_per_entry, ends, strict=True):
        if end - start >= 3:
            z[start:end] = modified_z(table.total[start:end])
            effect[start:end] = table.total[start:end] - np.median(table.total[start:end])
    p = two_sided(z, np.inf)
    q = benjamini_hochberg(p)
    places = np.flatnonzero(np.abs(z) >= threshold)
    return tuple(
        _deviation(table, int(at), float(z[at]), float(p[at]), float(q[at]), float(effect[at]), threshold)
        for at in places[np.argsort(-np.abs(z[places]), kind="stable")]
    )


def _deviation(table: ScoreTable, at: int, z: float, p: float, q: float, effect: float, threshold: float) -> Flag:
    judge, entry = table.judges[table.judge[at]], table.entries[table.entry[at]]
    word = "above" if effect > 0 else "below"
    text = f"Judge {judge} gave entry {entry} {table.total[at]:g}, {abs(effect):.1f} points {word} the middle of the totals."
    return Flag(FlagKind.DEVIATION, judge, entry, z, p, q, effect, threshold, table.ballots, text)
