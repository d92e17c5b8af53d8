"""Judges whose scale bends: who tells good work apart and poor work not, or the other way round.

The full model lets a judge stretch all differences alike. Where the totals show more than that, a judge's line gets a shrunk
curve: expected total = severity + scale x quality + curve x h(quality), with h(x) = (x^2 - k) / sqrt(k) up to two spreads
sqrt(k) of the qualities on either side and straight beyond, so that no judge's curve turns back. Curves sum to 0 over judges: a
bend common to all could as well be one of quality itself. Whether there is any curve at all is tested first (in nine
kinds of simulated rounds without one it is never found); then the curves' part is taken off the totals and the
straight model is fitted to what is left, in turns.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.state import Variational
from scoring.models.variational import fit_variational

SURE = 1e-5
TURNS = 3
STRAIGHT_BEYOND = 2.0
STEEPEST = 0.2  # Of the judge's scale: two spreads away a judge still tells a fifth of what is told in the middle.
STEPS = 50
FLAT = 1e-3  # Of the totals: with less spread among entries there is nothing that could bend.


@dataclass(frozen=True, slots=True, eq=False)
class Curved:
    """A fit of totals whose curves were taken off.

    Attributes
    ----------
    ballots : Ballots
        With straight totals.
    fit : Variational
        Of these.
    curve : array of float
        Per judge: half of what one spread of quality adds to the scale; 0 where no curves were found.
    bend : array of float
        Per ballot, the points that the curve makes: given total less straight total.
    spread : float
        One spread of quality, in points.
    """

    ballots: Ballots
    fit: Variational
    curve: FloatArray
    bend: FloatArray
    spread: float

    def bend_at(self, quality: FloatArray) -> FloatArray:
        """What the curves of the ballots' judges make of qualities, per ballot."""
        return np.asarray(self.curve[self.ballots.judge] * bowed(quality, self.spread), float)


def bowed(quality: FloatArray, spread: float) -> FloatArray:
    """The shape of a curve of size 1: a parabola, straight beyond two spreads."""
    away = np.abs(quality)
    near = np.minimum(away, STRAIGHT_BEYOND * spread)
    return np.asarray((near * (2 * away - near) - spread**2) / spread, float)


def fit_curved(ballots: Ballots) -> Curved:
    """Fit the full model; with judges' curves where the totals show them beyond doubt.

    Parameters
    ----------
    ballots : Ballots

    Returns
    -------
    Curved
    """
    fit = fit_variational(ballots)
    spread = float(np.sqrt((fit.quality**2 + fit.quality_variance).mean()))
    curved = Curved(ballots, fit, np.zeros(ballots.judges), np.zeros(ballots.size), spread)
    if spread < FLAT * float(np.std(ballots.total)):
        return curved
    found, heard = _told(curved)
    if not _beyond_chance(found, heard):
        return curved
    for _ in range(TURNS):
        curve = _shrunk(*_told(curved), scale=curved.fit.scale)
        curved = replace(curved, curve=curve)
        bend = curved.bend_at(curved.fit.quality[ballots.entry])
        bend[ballots.capped] = 0.0
        straight = replace(ballots, total=ballots.total - bend)
        curved = replace(curved, ballots=straight, fit=fit_variational(straight, start=curved.fit), bend=bend)
    return curved


def _told(at: Curved) -> tuple[FloatArray, FloatArray]:
    """Every judge's curve as the judge's own totals show it, and the precision of that.

    Qualities are those that the other judges show: with the own total in them a judge's noise would look like a bend.
    """
    ballots, fit = at.ballots, at.fit
    judge, entry, scale = ballots.judge, ballots.entry, fit.scale[ballots.judge]
    gain = fit.weight * scale**2
    variance = 1 / np.maximum(1 / fit.quality_variance[entry] - gain, 1 / fit.hyper.entry)
    straight = fit.total - fit.severity[judge]
    if len(ballots.own):
        straight[ballots.own] -= fit.favour[judge[ballots.own]]
    quality = fit.quality[entry] - (straight - scale * fit.quality[entry]) * fit.weight * scale * variance
    rest = straight - scale * quality + at.bend
    weight = 1 / (1 / fit.weight + scale**2 * variance)
    weight[ballots.capped] = 0.0
    apart, bow = _centred(ballots, quality, weight), _centred(ballots, bowed(quality, at.spread), weight)
    lean = np.maximum(ballots.by_judge(weight * apart**2), 1e-300)
    bow = bow - apart * (ballots.by_judge(weight * apart * bow) / lean)[judge]
    precision = ballots.by_judge(weight * bow**2)
    return ballots.by_judge(weight * bow * rest) / np.maximum(precision, 1e-300), precision


def _centred(ballots: Ballots, values: FloatArray, weight: FloatArray) -> FloatArray:
    """Values less their judge's weighted mean."""
    mean = ballots.by_judge(weight * values) / np.maximum(ballots.by_judge(weight), 1e-300)
    return np.asarray(values - mean[ballots.judge], float)


def _beyond_chance(found: FloatArray, precision: FloatArray) -> bool:
    """Whether judges' curves differ by more than chance: Cochran's test that all are alike."""
    mean = float(precision @ found) / max(float(precision.sum()), 1e-300)
    return bool(chdtrc(max(len(found) - 1, 1), float(precision @ (found - mean) ** 2)) < SURE)


def _shrunk(found: FloatArray, precision: FloatArray, scale: FloatArray) -> FloatArray:
    """Curves drawn to their mean by what their own spread justifies; centred, and never so steep that a line turns."""
    variance, mean, error = float(found.var()), 0.0, 1 / np.maximum(precision, 1e-12)
    for _ in range(STEPS):
        weight = 1 / (variance + error)
        mean = float(weight @ found) / float(weight.sum())
        variance = max(float(weight**2 @ ((found - mean) ** 2 - error)) / float(weight @ weight), 0.0)
    drawn = (found - mean) * variance / (variance + error)
    most = STEEPEST * np.maximum(scale, 0.0)
    return np.asarray(np.clip(drawn - drawn.mean(), -most, most), float)
