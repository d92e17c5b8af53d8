"""Severity, scale, noise, aberrant totals, favour, cap and tracks together, by variational expectation maximization.

total = severity of the judge + scale of the judge x quality of the entry + favour towards the own unit + noise, where

- quality ~ N(track, variance of entries), track ~ N(level, variance of tracks),
- severity ~ N(0, .), scale ~ N(1, .), favour ~ N(common favour, .), precision of the judge ~ gamma,
- noise ~ N(0, 1 / precision), or with a small chance N(0, 25 / precision): an aberrant total,
- a total at the cap says only that it would have been this or more.

Quality is measured from the mean of all totals, and a judge's scale stretches it from there. The posterior is taken as a
product over entries, judges, precisions and marks of aberration; every factor has a closed form, and one pass over all
of them costs a fixed number of sums over the ballots.

Sources: Gelman & Hill (2007) for crossed effects; Aitkin & Wilson (1980) for the contaminated normal; Blei, Kucukelbir
& McAuliffe (2017) for the variational method; Tobin (1958) for totals at a cap.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, log_ndtr

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.hyper import ABERRANT_PRIOR, INFLATION, Hyper, gamma_shape

EASED = 1 - 1 / INFLATION
MOST_PASSES = 300
TOLERANCE = 1e-3
HELD_PASSES = 8
HELD_SHAPE, HELD_ABERRANT = 40.0, 0.03
LEAST_SCALE = 1e-6
FEWEST_OWN = 5


@dataclass(slots=True, eq=False)
class Variational:
    """The approximate posterior; totals are taken from their mean, `center`.

    Attributes
    ----------
    center : float
    quality, quality_variance : array of float
        Per entry.
    severity, scale : array of float
        Per judge; severity is positive for the lenient.
    severity_variance, scale_variance, both : array of float
        Their variances and covariance.
    precision : array of float
        Mean of the judge's precision.
    favour, favour_variance : array of float
        Per judge, towards the own unit.
    aberrant : array of float
        Per ballot, the chance to be aberrant.
    weight : array of float
        Per ballot, the precision it enters with.
    total, total_variance : array of float
        Per ballot; of those at the cap, what they would have been.
    track, track_variance : array of float
        Per track.
    hyper : Hyper
    passes : int
        How many it took.
    settled : bool
        Whether the qualities came to rest.
    """

    center: float
    quality: FloatArray
    quality_variance: FloatArray
    severity: FloatArray
    scale: FloatArray
    severity_variance: FloatArray
    scale_variance: FloatArray
    both: FloatArray
    precision: FloatArray
    favour: FloatArray
    favour_variance: FloatArray
    aberrant: FloatArray
    weight: FloatArray
    total: FloatArray
    total_variance: FloatArray | None
    track: FloatArray
    track_variance: FloatArray
    hyper: Hyper
    passes: int = 0
    settled: bool = False


def fit_variational(ballots: Ballots, *, most_passes: int = MOST_PASSES, tolerance: float = TOLERANCE) -> Variational:
    """Estimate everything at once; the cost of a pass grows with the number of ballots only.

    Parameters
    ----------
    ballots : Ballots
        With at least two entries and two judges, and totals that differ.
    most_passes : int
    tolerance : float
        Passes end when no quality moves by more than this share of the spread of entries.

    Returns
    -------
    Variational

    Notes
    -----
    During the first passes the noise of judges is held alike and aberrations are held possible: otherwise a judge with
    an aberrant total can be taken for a noisy one, which is another, lower maximum.
    """
    at = _start(ballots)
    for number in range(1, most_passes + 1):
        before = at.quality
        held = number <= HELD_PASSES
        _complete_capped(ballots, at)
        _judges(ballots, at)
        _favours(ballots, at)
        _entries(ballots, at)
        _tracks(ballots, at)
        _noise(ballots, at, held)
        at.passes = number
        moved = float(np.abs(at.quality - before).max())
        if not held and moved <= tolerance * np.sqrt(at.hyper.entry):
            at.settled = True
            break
    return at


def _start(ballots: Ballots) -> Variational:
    """Means of entries and judges, twice taken in turn."""
    center = float(ballots.total.mean())
    total = ballots.total - center
    severity = np.zeros(ballots.judges)
    for _ in range(2):
        quality = ballots.by_entry(total - severity[ballots.judge]) / ballots.load_of_entry
        severity = ballots.by_judge(total - quality[ballots.entry]) / ballots.load_of_judge
    rest = total - quality[ballots.entry] - severity[ballots.judge]
    degrees = max(ballots.size - ballots.entries - ballots.judges + 1, 1)
    noise = max(float(rest @ rest) / degrees, 1e-6 * float(total @ total) / ballots.size)
    track = ballots.by_track(quality) / ballots.load_of_track
    entry = max(
        float(np.var(quality - track[ballots.track])) - noise / float(ballots.load_of_entry.mean()), 0.1 * noise
    )
    ones, judges = np.ones(ballots.judges), ballots.judges
    return Variational(
        center=center,
        quality=quality,
        quality_variance=1 / (1 / entry + ballots.load_of_entry / noise),
        severity=severity,
        scale=ones,
        severity_variance=noise / ballots.load_of_judge,
        scale_variance=0.02 * ones,
        both=np.zeros(judges),
        precision=ones / noise,
        favour=np.zeros(judges),
        favour_variance=np.zeros(judges),
        aberrant=np.full(ballots.size, HELD_ABERRANT),
        weight=np.full(ballots.size, (1 - HELD_ABERRANT * EASED) / noise),
        total=total,
        total_variance=None,
        track=track,
        track_variance=np.zeros(ballots.tracks),
        hyper=Hyper(
            entry=entry,
            judge=max(float(np.var(severity)), 0.05 * noise),
            scale=0.04,
            track=max(float(np.var(track)), 0.01 * entry),
            own=noise,
            favour=0.0,
            noise=noise,
            shape=HELD_SHAPE,
            aberrant=HELD_ABERRANT,
            level=float(track.mean()),
        ),
    )


def _complete_capped(ballots: Ballots, at: Variational) -> None:
    """What totals at the cap would have been: the upper tail of what is expected of them."""
    chosen = ballots.capped
    if not len(chosen):
        return
    judge = ballots.judge[chosen]
    expected = at.severity[judge] + at.scale[judge] * at.quality[ballots.entry[chosen]]
    sd = 1 / np.sqrt(at.weight[chosen])
    depth = (ballots.total[chosen] - at.center - expected) / sd
    ratio = np.exp(-0.5 * depth**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(-depth))
    at.total = ballots.total - at.center
    at.total[chosen] = expected + sd * ratio
    at.total_variance = np.zeros(ballots.size)
    at.total_variance[chosen] = np.maximum(sd**2 * (1 + depth * ratio - ratio**2), 0.0)


def _judges(ballots: Ballots, at: Variational) -> None:
    """Severity and scale of every judge, jointly; then the level moves from severities to entries."""
    hyper, weight = at.hyper, at.weight
    quality = at.quality[ballots.entry]
    spread = weight * quality
    total = _less_favour(ballots, at)
    n = ballots.by_judge(weight) + 1 / hyper.judge
    x = ballots.by_judge(spread)
    xx = ballots.by_judge(spread * quality + weight * at.quality_variance[ballots.entry]) + 1 / hyper.scale
    y = ballots.by_judge(weight * total)
    xy = ballots.by_judge(spread * total) + 1 / hyper.scale
    determinant = n * xx - x * x
    at.severity_variance, at.scale_variance, at.both = xx / determinant, n / determinant, -x / determinant
    at.severity, at.scale = (xx * y - x * xy) / determinant, (n * xy - x * y) / determinant
    hyper.scale = max(float(((at.scale - 1) ** 2 + at.scale_variance).mean()), LEAST_SCALE)
    shift = float(at.scale @ at.severity) / float(at.scale @ at.scale)
    at.severity = at.severity - shift * at.scale
    at.track = at.track + shift
    hyper.level += shift
    hyper.judge = float((at.severity**2 + at.severity_variance).mean())


def _favours(ballots: Ballots, at: Variational) -> None:
    """Favour of every judge towards the own unit, drawn to what is common to all."""
    own, hyper = ballots.own, at.hyper
    if len(own) < FEWEST_OWN:
        return
    judge, weight = ballots.judge[own], at.weight[own]
    rest = at.total[own] - at.severity[judge] - at.scale[judge] * at.quality[ballots.entry[own]]
    precision = np.bincount(judge, weight, ballots.judges) + 1 / hyper.own
    at.favour_variance = 1 / precision
    at.favour = (np.bincount(judge, weight * rest, ballots.judges) + hyper.favour / hyper.own) / precision
    concerned = np.unique(judge)
    # The common favour is believed to be none until the totals say otherwise.
    hyper.favour = float(at.favour[concerned].sum()) / (len(concerned) + hyper.own / hyper.noise)
    squares = (at.favour[concerned] - hyper.favour) ** 2 + at.favour_variance[concerned]
    hyper.own = max(float(squares.mean()), 1e-4 * hyper.noise)


def _entries(ballots: Ballots, at: Variational) -> None:
    """Quality of every entry."""
    judge = ballots.judge
    gain = at.scale**2 + at.scale_variance
    offset = at.scale * at.severity + at.both
    prior = 1 / at.hyper.entry
    information = ballots.by_entry(at.weight * gain[judge])
    heard = ballots.by_entry(at.weight * (at.scale[judge] * _less_favour(ballots, at) - offset[judge]))
    at.quality_variance = 1 / (information + prior)
    at.quality = at.quality_variance * (heard + prior * at.track[ballots.track])


def _tracks(ballots: Ballots, at: Variational) -> None:
    """Level of every track, and the spread of entries within tracks."""
    hyper = at.hyper
    if ballots.tracks == 1:
        at.track = np.array([at.quality.mean()])
        squares = (at.quality - at.track[0]) ** 2 + at.quality_variance
        hyper.entry, hyper.level = float(squares.sum()) / max(ballots.entries - 1, 1), float(at.track[0])
        return
    at.track_variance = 1 / (ballots.load_of_track / hyper.entry + 1 / hyper.track)
    at.track = at.track_variance * (ballots.by_track(at.quality) / hyper.entry + hyper.level / hyper.track)
    hyper.level = float(at.track.mean())
    hyper.track = float(((at.track - hyper.level) ** 2 + at.track_variance).sum()) / max(ballots.tracks - 1, 1)
    within = (at.quality - at.track[ballots.track]) ** 2 + at.quality_variance + at.track_variance[ballots.track]
    hyper.entry = float(within.mean())


def _noise(ballots: Ballots, at: Variational, held: bool) -> None:
    """Chances of aberration, precision of every judge, and how both are spread."""
    hyper, judge = at.hyper, ballots.judge
    squares = expected_squares(ballots, at)
    odds = np.log(hyper.aberrant / (1 - hyper.aberrant)) - 0.5 * np.log(INFLATION)
    at.aberrant = expit(odds + (0.5 * EASED * at.precision)[judge] * squares)
    share = (float(at.aberrant.sum()) + ABERRANT_PRIOR[0]) / (ballots.size + sum(ABERRANT_PRIOR))
    hyper.aberrant = max(share, HELD_ABERRANT) if held else share
    kept = 1 - EASED * at.aberrant
    shape = (hyper.shape + ballots.load_of_judge) / 2
    rate = (hyper.shape * hyper.noise + ballots.by_judge(squares * kept)) / 2
    at.precision = shape / rate
    mean = float(at.precision.mean())
    hyper.noise = 1 / mean
    if not held:
        logs = float((digamma(shape) - np.log(rate)).mean())
        hyper.shape = gamma_shape(hyper.shape, max(np.log(mean) - logs, 1e-9))
    at.weight = at.precision[judge] * kept


def expected_squares(ballots: Ballots, at: Variational) -> FloatArray:
    """Expected square of each ballot's residual, over everything that is uncertain."""
    judge, quality = ballots.judge, at.quality[ballots.entry]
    gain = at.scale**2 + at.scale_variance
    residual = _less_favour(ballots, at) - at.severity[judge] - at.scale[judge] * quality
    squares = residual**2 + at.quality_variance[ballots.entry] * gain[judge]
    squares += at.severity_variance[judge] + quality * (2 * at.both[judge] + quality * at.scale_variance[judge])
    if at.total_variance is not None:
        squares += at.total_variance
    if len(ballots.own) >= FEWEST_OWN:
        squares[ballots.own] += at.favour_variance[judge[ballots.own]]
    return np.asarray(squares, float)


def _less_favour(ballots: Ballots, at: Variational) -> FloatArray:
    """Totals without the favour towards the own unit."""
    if len(ballots.own) < FEWEST_OWN:
        return at.total
    total = at.total.copy()
    total[ballots.own] -= at.favour[ballots.judge[ballots.own]]
    return total
