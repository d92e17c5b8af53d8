"""Severity, scale, noise, aberrant totals, favour, cap and tracks together, by variational expectation maximization.

total = severity of the judge + scale of the judge x quality of the entry + favour towards the own unit + noise, where

- quality ~ N(track, variance of entries), track ~ N(level, variance of tracks),
- severity ~ N(0, .), scale ~ N(1, .), favour ~ N(common favour, .), precision of the judge ~ gamma,
- noise ~ N(0, 1 / precision), or with a small chance N(0, 25 / precision): an aberrant total,
- a total at the cap says only that it would have been this or more.

Quality is measured from the mean of all totals, and a judge's scale stretches it from there. The posterior is taken as a
product over entries, judges, precisions and marks of aberration; every factor has a closed form. One pass looks at every ballot
once: it finds the entries' qualities given the judges, and on the way gathers the sums that tell the judges anew.
Between passes the level and the scale common to all move freely between judges and entries, or they would creep.

Sources: Gelman & Hill (2007) for crossed effects; Aitkin & Wilson (1980) for the contaminated normal; Blei, Kucukelbir
& McAuliffe (2017) for the variational method; Tobin (1958) for totals at a cap; Liu, Rubin & Wu (1998) for the moves.
"""

import numpy as np
from scipy.special import digamma, expit, log_ndtr

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.hyper import ABERRANT_PRIOR, EASED, INFLATION, gamma_shape
from scoring.models.state import HELD_ABERRANT, Sums, Variational, start_at
from scoring.models.threads import one_thread

MOST_PASSES = 300
TOLERANCE = 3e-4
STEADY = 0.02
HELD_PASSES = 8
LEAST_SCALE = 1e-6
FEWEST_OWN = 5


def fit_variational(
    ballots: Ballots,
    *,
    start: Variational | None = None,
    most_passes: int = MOST_PASSES,
    tolerance: float = TOLERANCE,
) -> Variational:
    """Estimate everything at once; the cost of a pass grows with the number of ballots only.

    Parameters
    ----------
    ballots : Ballots
        With at least two entries and two judges, and totals that differ.
    start : Variational, optional
        Where to go on from: a fit of nearly the same totals, which is changed.
    most_passes : int
    tolerance : float
        Passes end when qualities move by no more than this share of the spread of entries (root mean square).

    Returns
    -------
    Variational

    Notes
    -----
    During the first passes the noise of judges is held alike and aberrations are held possible: otherwise a judge with
    an aberrant total can be taken for a noisy one, which is another, lower maximum.
    """
    with one_thread(0):
        if start is None:
            return _fit(ballots, start_at(ballots), HELD_PASSES, most_passes, tolerance)
        start.total = ballots.total - start.center
        return _fit(ballots, start, 0, most_passes, tolerance)


def _fit(ballots: Ballots, at: Variational, held_passes: int, most_passes: int, tolerance: float) -> Variational:
    for number in range(1, most_passes + 1):
        before, share = at.quality, at.hyper.aberrant
        held = number <= held_passes
        _judges(at)
        _shift_level(at)
        _stretch_scale(at)
        _complete_capped(ballots, at)
        _favours(ballots, at)
        _look_at_ballots(ballots, at)
        _tracks(ballots, at)
        _noise(ballots, at, held)
        at.passes = number
        moved = float(np.sqrt(((at.quality - before) ** 2).mean()))
        steady = abs(np.log(at.hyper.aberrant / share)) <= STEADY
        if not held and steady and moved <= tolerance * np.sqrt(at.hyper.entry):
            at.settled = True
            break
    at.weight = at.precision[ballots.judge] * at.kept
    return at


def _judges(at: Variational) -> None:
    """Severity and scale of every judge, jointly."""
    hyper, sums, precision = at.hyper, at.sums, at.precision
    n = precision * sums.n + 1 / hyper.judge
    x = precision * sums.x
    xx = precision * sums.xx + 1 / hyper.scale
    y = precision * sums.y
    xy = precision * sums.xy + 1 / hyper.scale
    determinant = n * np.maximum(xx - x * x / n, 1 / hyper.scale)
    at.severity_variance, at.scale_variance, at.both = xx / determinant, n / determinant, -x / determinant
    at.severity, at.scale = (xx * y - x * xy) / determinant, (n * xy - x * y) / determinant
    hyper.scale = max(float(((at.scale - 1) ** 2 + at.scale_variance).mean()), LEAST_SCALE)


def _shift_level(at: Variational) -> None:
    """Move the level from severities to entries and tracks: no expected total changes, and severities get smaller."""
    shift = float(at.scale @ at.severity) / float(at.scale @ at.scale)
    at.severity = at.severity - shift * at.scale
    at.quality, at.track = at.quality + shift, at.track + shift
    at.hyper.level += shift
    at.hyper.judge = float((at.severity**2 + at.severity_variance).mean())


def _stretch_scale(at: Variational) -> None:
    """Move the common scale from judges to entries, as far as the bound on the likelihood rises."""
    hyper, judges = at.hyper, len(at.scale)
    first = float(at.scale.sum())
    second = float((at.scale**2 + at.scale_variance).sum())
    loose = judges * hyper.scale
    stretch = 2 * second / (first + float(np.sqrt(first**2 + 4 * loose * second))) if first > 0 else 1.0
    at.scale, at.both, at.scale_variance = at.scale / stretch, at.both / stretch, at.scale_variance / stretch**2
    at.quality, at.track = at.quality * stretch, at.track * stretch
    hyper.level *= stretch
    hyper.entry, hyper.track = hyper.entry * stretch**2, hyper.track * stretch**2


def _complete_capped(ballots: Ballots, at: Variational) -> None:
    """What totals at the cap would have been: the upper tail of what is expected of them."""
    chosen = ballots.capped
    if not len(chosen):
        return
    judge = ballots.judge[chosen]
    expected = at.severity[judge] + at.scale[judge] * at.quality[ballots.entry[chosen]]
    sd = 1 / np.sqrt(at.precision[judge] * at.kept[chosen])
    depth = (ballots.total[chosen] - at.center - expected) / sd
    ratio = np.exp(-0.5 * depth**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(-depth))
    at.total = ballots.total - at.center
    at.total[chosen] = expected + sd * ratio
    at.total_variance = np.zeros(ballots.size)
    at.total_variance[chosen] = np.maximum(sd**2 * (1 + depth * ratio - ratio**2), 0.0)


def _favours(ballots: Ballots, at: Variational) -> None:
    """Favour of every judge towards the own unit, drawn to what is common to all."""
    own, hyper = ballots.own, at.hyper
    if len(own) < FEWEST_OWN:
        return
    judge = ballots.judge[own]
    weight = at.precision[judge] * at.kept[own]
    rest = at.total[own] - at.severity[judge] - at.scale[judge] * at.quality[ballots.entry[own]]
    precision = np.bincount(judge, weight, ballots.judges) + 1 / hyper.own
    at.favour_variance = 1 / precision
    at.favour = (np.bincount(judge, weight * rest, ballots.judges) + hyper.favour / hyper.own) / precision
    concerned = np.unique(judge)
    # The common favour is believed to be none until the totals say otherwise.
    hyper.favour = float(at.favour[concerned].sum()) / (len(concerned) + hyper.own / hyper.noise)
    squares = (at.favour[concerned] - hyper.favour) ** 2 + at.favour_variance[concerned]
    hyper.own = max(float(squares.mean()), 1e-4 * hyper.noise)


def _look_at_ballots(ballots: Ballots, at: Variational) -> None:
    """Quality of every entry, chance of aberration of every ballot, and what they tell of the judges."""
    total, unsure = _less_favour(ballots, at)
    gain = at.scale**2 + at.scale_variance
    offset = at.scale * at.severity + at.both
    prior = 1 / at.hyper.entry
    odds = np.log(at.hyper.aberrant / (1 - at.hyper.aberrant)) - 0.5 * np.log(INFLATION)
    steep = 0.5 * EASED
    quality, variance = np.empty(ballots.entries), np.empty(ballots.entries)
    kept = np.empty(ballots.size)
    gathered = np.zeros((6, ballots.judges))
    for entries, some in ballots.blocks:
        judge, given = ballots.judge[some], total[some]
        loads = ballots.load_of_entry[entries].astype(np.int64)
        starts = ballots.starts[entries] - some.start
        precision, spread = at.precision[judge], gain[judge]
        weight, said = precision * at.kept[some], at.scale[judge] * given - offset[judge]
        v = 1 / (np.add.reduceat(weight * spread, starts) + prior)
        x = v * (np.add.reduceat(weight * said, starts) + prior * at.track[ballots.track[entries]])
        quality[entries], variance[entries] = x, v
        x, v = np.repeat(x, loads), np.repeat(v, loads)
        # (total - severity - scale x quality)^2 multiplied out, so that less has to be looked up per ballot.
        squares = (given - at.severity[judge]) ** 2 + at.severity_variance[judge]
        squares += (x * x + v) * spread - 2 * x * said
        if unsure is not None:
            squares += unsure[some]
        left = 1 - EASED * expit(odds + steep * precision * squares)
        kept[some] = left
        heard = left * x
        columns = (left, heard, heard * x + left * v, left * given, heard * given, left * squares)
        for row, column in enumerate(columns):
            gathered[row] += np.bincount(judge, column, ballots.judges)
    at.quality, at.quality_variance, at.kept, at.sums = quality, variance, kept, Sums(*gathered)


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
    """Share of aberrations, precision of every judge, and how precisions are spread."""
    hyper = at.hyper
    aberrant = (ballots.size - float(at.sums.n.sum())) / EASED
    share = (max(aberrant, 0.0) + ABERRANT_PRIOR[0]) / (ballots.size + sum(ABERRANT_PRIOR))
    hyper.aberrant = max(share, HELD_ABERRANT) if held else share
    shape = (hyper.shape + ballots.load_of_judge) / 2
    rate = (hyper.shape * hyper.noise + at.sums.squares) / 2
    at.precision = shape / rate
    mean = float(at.precision.mean())
    hyper.noise = 1 / mean
    if not held:
        logs = float((digamma(shape) - np.log(rate)).mean())
        hyper.shape = gamma_shape(hyper.shape, max(np.log(mean) - logs, 1e-9))


def _less_favour(ballots: Ballots, at: Variational) -> tuple[FloatArray, FloatArray | None]:
    """Totals without the favour towards the own unit, and what is not known of them."""
    if len(ballots.own) < FEWEST_OWN:
        return at.total, at.total_variance
    own, judge = ballots.own, ballots.judge[ballots.own]
    total = at.total.copy()
    total[own] -= at.favour[judge]
    unsure = np.zeros(ballots.size) if at.total_variance is None else at.total_variance.copy()
    unsure[own] += at.favour_variance[judge]
    return total, unsure
