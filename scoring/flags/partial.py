"""Flags about a judge and some of the entries: favour towards the own unit or region, and drift over the session."""

import numpy as np
from scipy.special import stdtr

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.evaluation import FlagKind
from scoring.flags.base import Base
from scoring.flags.bulk import two_sided, upper
from scoring.flags.multiple import weights_of_errors
from scoring.flags.outcome import Tested, Untestable
from scoring.flags.permutation import stratified_p
from scoring.untestable import Reason

FEWEST_OWN, FEWEST_OTHERS = 1, 3
FEWEST_JUDGES = 2
FEWEST_ORDERED = 8
POOLED_LEVEL = 0.05
FEW_OWN = 10
OWN_Q = 0.115  # 37 of 40 judges are without fault, and p-values a little large: measured, 9 to 10 % are false.
DRIFT_Q = 0.10


def favouritism(base: Base, own: BoolArray | None, kind: FlagKind = FlagKind.FAVOURITISM) -> Tested | Untestable:
    """Judges who give entries of their own unit (or region) more than the other judges make likely: a one-sided t.

    Own minus other mean residual over its standard error, the variance moderated over judges. The effect is the
    difference in points. How much of the level a judge gets depends on how exactly the own entries tell it.
    """
    word = "region" if kind is FlagKind.REGION else "unit"
    if own is None or not own.any():
        return Untestable(kind, Reason(f"no_own_{word}"))
    weight = base.even_weight
    ours, others = base.by_judge(own * weight), base.by_judge(~own * weight)
    count = base.by_judge(own.astype(float))
    able = (count >= FEWEST_OWN) & (base.load - count >= FEWEST_OTHERS)
    judges = np.flatnonzero(able)
    if len(judges) < FEWEST_JUDGES:
        few = {"judges": FEWEST_JUDGES, "own": FEWEST_OWN, "others": FEWEST_OTHERS}
        return Untestable(kind, Reason("few_own", few))
    mean_ours = base.mean_by_judge(base.residual, own * weight)
    mean_others = base.mean_by_judge(base.residual, ~own * weight)
    rest = base.residual - np.where(own, mean_ours[base.judge], mean_others[base.judge])
    variance, degrees = base.moderated(rest, weight, 2.0)
    difference = (mean_ours - mean_others)[judges]
    # By the design alone, in units of a middling judge's noise.
    error = np.sqrt(1 / ours[judges] + 1 / others[judges])
    statistic = difference / (np.sqrt(variance[judges]) * error)

    def sentence(at: int) -> str:
        judge, few = int(judges[at]), int(count[judges[at]])
        text = (
            f"Judge {base.table.judges[judge]} gives the own {word} {difference[at]:.1f} points more than others,"
            f" over {few} own {'entry' if few == 1 else 'entries'}"
        )
        return f"{text} (permutation p = {permutation_p(base, own, judge):.2g})." if few < FEW_OWN else f"{text}."

    return Tested(
        kind=kind,
        table=base.table,
        judge=judges.astype(np.int64),
        statistic=statistic,
        p=upper(statistic, degrees[judges]),
        effect=difference,
        level=OWN_Q,
        sentence=sentence,
        rows=lambda at: _own_of(base, own, int(judges[at])),
        alone=True,
        weight=weights_of_errors(error, OWN_Q),
    )


def _own_of(base: Base, own: BoolArray, judge: int) -> IntArray:
    rows = base.seats[judge]
    return rows[own[rows]]


def permutation_p(base: Base, own: BoolArray, judge: int) -> float:
    """Chance that as many of the judge's entries, drawn within tracks, would have so high a mean residual."""
    rows = base.seats[judge]
    tracks = base.table.track_of_entry
    strata = np.zeros(len(rows), np.int64)
    if tracks is not None:
        _, strata = np.unique([tracks[entry] for entry in base.table.entry[rows]], return_inverse=True)
    return stratified_p(base.residual[rows], own[rows], strata.astype(np.int64))


def favouritism_overall(base: Base, own: BoolArray | None) -> Tested | Untestable:
    """All judges together: own minus other mean residual, one-sided. The effect is the difference in points."""
    kind = FlagKind.FAVOURITISM_OVERALL
    if own is None or own.sum() < FEWEST_OTHERS or (~own).sum() < FEWEST_OTHERS:
        return Untestable(kind, Reason("few_own_overall"))
    # Less the own severity over all other entries, so that severe judges of large units do not hide favour.
    weight = base.even_weight
    apart = base.residual - base.mean_by_judge(base.residual, ~own * weight)[base.judge]
    ours = apart[own]
    spread = float(ours.std(ddof=1))
    error = spread * float(np.sqrt(1 / len(ours) + 1 / int((~own).sum())))
    statistic = float(ours.mean()) / error if error > 0 else 0.0
    text = f"Over all judges, entries of a judge's own unit get {ours.mean():.1f} points more than others."
    return Tested(
        kind=kind,
        table=base.table,
        judge=np.array([-1]),
        statistic=np.array([statistic]),
        p=np.array([float(stdtr(len(ours) - 1, -statistic))]),
        effect=np.array([float(ours.mean())]),
        level=POOLED_LEVEL,
        sentence=lambda _: text,
        rows=lambda _: np.flatnonzero(own).astype(np.int64),
    )


def drift(base: Base) -> Tested | Untestable:
    """Judges whose totals rise or fall over the session: slope of residuals on the order in which they were given.

    Two-sided t, the variance moderated over judges. The effect is the change from the judge's first total to the last, in
    points.
    """
    kind = FlagKind.DRIFT
    order = base.table.order
    if order is None:
        return Untestable(kind, Reason("no_order"))
    known = np.isfinite(order)
    weight = np.where(known, base.even_weight, 0.0)
    when = np.where(known, order, 0.0)
    apart, residual = base.centred(when, weight), base.centred(base.residual, weight)
    lean = base.by_judge(weight * apart**2)
    judges = np.flatnonzero((base.by_judge(known.astype(float)) >= FEWEST_ORDERED) & (lean > 1e-12))
    if len(judges) < FEWEST_JUDGES:
        return Untestable(kind, Reason("few_ordered", {"judges": FEWEST_JUDGES, "totals": FEWEST_ORDERED}))
    slope = base.by_judge(weight * apart * residual) / np.maximum(lean, 1e-300)
    variance, degrees = base.moderated(residual - slope[base.judge] * apart, weight, 2.0)
    statistic = (slope * np.sqrt(lean / variance))[judges]
    change = (slope * _width(base, when, known))[judges]

    def sentence(at: int) -> str:
        word = "rise" if change[at] > 0 else "fall"
        return (
            f"The totals of judge {base.table.judges[judges[at]]} {word} by {abs(change[at]):.1f} points from the first entry to"
            " the last, on equal work."
        )

    return Tested(
        kind=kind,
        table=base.table,
        judge=judges.astype(np.int64),
        statistic=statistic,
        p=two_sided(statistic, degrees[judges]),
        effect=change,
        level=DRIFT_Q,
        sentence=sentence,
        rows=lambda at: _in_order(base, when, int(judges[at])),
        alone=True,
    )


def _width(base: Base, when: FloatArray, known: BoolArray) -> FloatArray:
    first, last = np.full(len(base.load), np.inf), np.full(len(base.load), -np.inf)
    np.minimum.at(first, base.judge[known], when[known])
    np.maximum.at(last, base.judge[known], when[known])
    return np.where(np.isfinite(first), last - first, 0.0)


def _in_order(base: Base, when: FloatArray, judge: int) -> IntArray:
    rows = base.seats[judge]
    return rows[np.argsort(when[rows], kind="stable")]
