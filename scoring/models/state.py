"""What the variational fit knows between passes, and what it begins with."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import FloatArray
from scoring.models.ballots import Ballots
from scoring.models.hyper import EASED, Hyper

HELD_SHAPE, HELD_ABERRANT = 40.0, 0.03


@dataclass(slots=True, eq=False)
class Sums:
    """Per judge, over its ballots weighted by how much each is kept (1 less the part that aberration takes).

    Attributes
    ----------
    n, x, xx, y, xy : array of float
        Of 1, quality, its expected square, total, quality x total.
    squares : array of float
        Of the expected squares of residuals.
    """

    n: FloatArray
    x: FloatArray
    xx: FloatArray
    y: FloatArray
    xy: FloatArray
    squares: FloatArray


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
    kept : array of float
        Per ballot, the share of its precision that possible aberration leaves it.
    total, total_variance : array of float, the latter or None
        Per ballot; of those at the cap, what they would have been.
    track, track_variance : array of float
        Per track.
    hyper : Hyper
    sums : Sums
    weight : array of float
        Per ballot, the precision it enters with.
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
    kept: FloatArray
    total: FloatArray
    total_variance: FloatArray | None
    track: FloatArray
    track_variance: FloatArray
    hyper: Hyper
    sums: Sums
    weight: FloatArray
    passes: int = 0
    settled: bool = False

    @property
    def aberrant(self) -> FloatArray:
        """Per ballot, the chance to be aberrant."""
        return (1 - self.kept) / EASED


def start_at(ballots: Ballots) -> Variational:
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
    ones = np.ones(ballots.judges)
    variance = 1 / (1 / entry + ballots.load_of_entry / noise)
    each, kept = quality[ballots.entry], 1 - HELD_ABERRANT * EASED
    sums = Sums(
        n=kept * ballots.load_of_judge,
        x=kept * ballots.by_judge(each),
        xx=kept * ballots.by_judge(each**2 + variance[ballots.entry]),
        y=kept * ballots.by_judge(total),
        xy=kept * ballots.by_judge(each * total),
        squares=kept * noise * ballots.load_of_judge,
    )
    return Variational(
        center=center,
        quality=quality,
        quality_variance=variance,
        severity=severity,
        scale=ones,
        severity_variance=noise / ballots.load_of_judge,
        scale_variance=0.02 * ones,
        both=0 * ones,
        precision=ones / noise,
        favour=0 * ones,
        favour_variance=0 * ones,
        kept=np.full(ballots.size, kept),
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
        sums=sums,
        weight=np.full(ballots.size, kept / noise),
    )
