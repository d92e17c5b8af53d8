"""What every total would be expected to be without itself, so that no judge hides behind the own influence."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from scoring.arrays import FloatArray, sums_by
from scoring.flags.bulk import moderated_variances
from scoring.flags.outcome import Seats
from scoring.models.ballots import Ballots
from scoring.models.curves import Curved, fit_curved
from scoring.table import ScoreTable

FEWEST_JUDGES, FEWEST_ENTRIES, FEWEST_FREE = 3, 4, 3
SCALE_VARIANCE = 0.02


@dataclass(frozen=True, eq=False)
class Base:
    """A robust fit, read so that every total is held against the other judges' word for the same entry.

    Attributes
    ----------
    table : ScoreTable
    quality, variance : array of float
        Per ballot: the entry's quality as the other judges show it (drawn to the level of its track), and its variance.
    total : array of float
        Per ballot, from the mean of all, without the bend of the judge's curve (`scoring.models.curves`).
    lenience, scale, noise : array of float
        Per judge: points above the level, how far differences are stretched, and standard deviation of the noise.
    common_noise : float
        Standard deviation of a middling judge's noise.
    noise_degrees : float
        How many totals a judge's noise is worth knowing from the other judges' alone.
    weight : array of float
        Per ballot: the precision with which it speaks of its entry; small where it is likely aberrant.
    information, heard : array of float
        Per ballot: what it adds to its entry's precision, and to the precision times the quality.
    """

    table: ScoreTable
    quality: FloatArray
    variance: FloatArray
    total: FloatArray
    lenience: FloatArray
    scale: FloatArray
    noise: FloatArray
    common_noise: float
    noise_degrees: float
    weight: FloatArray
    information: FloatArray
    heard: FloatArray

    @classmethod
    def of(cls, table: ScoreTable) -> Self | None:
        """Fit a table; None when the design leaves nothing to compare.

        Parameters
        ----------
        table : ScoreTable

        Returns
        -------
        Base or None

        Notes
        -----
        The fit is that of `scoring.models.variational` without the own-unit term: favour must show in what is left over.
        """
        ballots = Ballots.of_table(table)
        free = ballots.size - ballots.entries - ballots.judges
        if ballots.judges < FEWEST_JUDGES or ballots.entries < FEWEST_ENTRIES or free < FEWEST_FREE:
            return None
        if float(np.ptp(ballots.total)) == 0:
            return None
        blind = Ballots.of(table.entry, table.judge, table.total, track=ballots.track)
        return cls._of_fit(table, fit_curved(blind))

    @classmethod
    def _of_fit(cls, table: ScoreTable, curved: Curved) -> Self:
        ballots, fit = curved.ballots, curved.fit
        judge, entry = ballots.judge, ballots.entry
        weight = fit.weight
        gain = weight * (fit.scale**2)[judge]
        heard = weight * fit.scale[judge] * (fit.total - fit.severity[judge])
        before = 1 / fit.hyper.entry
        information = ballots.by_entry(gain)[entry] + before
        said = ballots.by_entry(heard)[entry] + before * fit.track[ballots.track][entry]
        quality = (said - heard) / (information - gain)
        return cls(
            table=table,
            quality=quality,
            variance=1 / (information - gain),
            total=fit.total + curved.bend - curved.bend_at(quality),
            lenience=fit.severity,
            scale=fit.scale,
            noise=1 / np.sqrt(fit.precision),
            common_noise=float(np.sqrt(fit.hyper.noise)),
            noise_degrees=float(fit.hyper.shape),
            weight=weight,
            information=gain,
            heard=heard,
        )

    @property
    def judge(self) -> np.typing.NDArray[np.int64]:
        """Judge of every ballot."""
        return self.table.judge

    @cached_property
    def load(self) -> FloatArray:
        """How many totals every judge gave."""
        return self.table.entries_per_judge.astype(float)

    @cached_property
    def seats(self) -> Seats:
        """Places of every judge's ballots."""
        return Seats(self.judge)

    @cached_property
    def residual(self) -> FloatArray:
        """Given minus expected, the entry's quality taken from the other judges."""
        return self.total - self.lenience[self.judge] - self.scale[self.judge] * self.quality

    @cached_property
    def even_weight(self) -> FloatArray:
        """Precision of every residual if all judges' noise were alike: what judges are compared by."""
        return np.asarray(1 / (self.common_noise**2 + self.variance * self.scale[self.judge] ** 2), float)

    def by_judge(self, values: FloatArray) -> FloatArray:
        """Sum over each judge's ballots."""
        return sums_by(self.judge, values, len(self.table.judges))

    def mean_by_judge(self, values: FloatArray, weight: FloatArray) -> FloatArray:
        """Weighted mean over each judge's ballots; 0 where there is no weight."""
        return np.asarray(self.by_judge(values * weight) / np.maximum(self.by_judge(weight), 1e-300), float)

    def centred(self, values: FloatArray, weight: FloatArray) -> FloatArray:
        """Values less the weighted mean of their judge."""
        return np.asarray(values - self.mean_by_judge(values, weight)[self.judge], float)

    def studentized(self) -> tuple[FloatArray, FloatArray]:
        """Residuals as if the ballot had no part in its judge's severity and scale either; over their spread, and in points."""
        heard = self.variance * self.scale[self.judge] ** 2
        weight = self.weight / (1 + self.weight * heard)
        apart = self.centred(self.quality, weight)
        whole = self.by_judge(weight)
        lean = self.by_judge(weight * apart**2) + 1 / SCALE_VARIANCE
        unsure = 1 / whole[self.judge] + apart**2 / lean[self.judge]
        points = self.residual / np.maximum(1 - weight * unsure, 1e-6)
        return np.asarray(points / np.sqrt(self.noise[self.judge] ** 2 + heard + unsure), float), points

    def moderated(self, residual: FloatArray, weight: FloatArray, lost: float) -> tuple[FloatArray, FloatArray]:
        """Residual variance of every judge, drawn to that of the others; and its degrees of freedom.

        Parameters
        ----------
        residual, weight : array of float
        lost : float
            Degrees of freedom that the residuals of a judge lack.

        Notes
        -----
        Smyth (2004): a scaled F, its prior degrees from the spread of the logarithms over judges (here that of the bulk).
        """
        return moderated_variances(self.by_judge(weight * residual**2), np.maximum(self.load - lost, 1.0))
