"""The model of `scoring.models.variational`, simulated: several chains of Gibbs sampling, seeded, started apart.

Every conditional distribution is drawn from exactly but that of the precisions' noise and shape (Metropolis steps with
the precisions integrated out). Three things keep the chains from creeping: the level moves freely between severities and
entries, along which no expected total changes; and the spread of entries, severities and scales is drawn twice,
once given the effects and once given their shape only.

Sources: Geman & Geman (1984); Gelman (2006) for the priors on standard deviations; Liu & Sabatti (2000) for the move;
Yu & Meng (2011) for drawing twice.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln, log_ndtr, ndtri_exp

from scoring.arrays import BoolArray, FloatArray
from scoring.models.ballots import Ballots
from scoring.models.chains import Convergence, convergence_of
from scoring.models.hyper import ABERRANT_PRIOR, EASED, INFLATION, NOISE_LOG_SD_PRIOR, SCALE_SD_PRIOR
from scoring.models.state import Variational
from scoring.models.variational import FEWEST_OWN

CHAINS = 4
WARM_UP = 150
SWEEPS = 500
MOST_ROUNDS = 3
SMALL, SMALL_ROUNDS = 2000, 8
BOUND = 40.0
TINY = 1e-9
SHARPEST = 1e6  # Noise below a thousandth of the totals' spread is as good as none.


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """Draws from the posterior, after the chains forgot where they began.

    Attributes
    ----------
    draws : array of float
        Sweeps by chains by entries.
    mean : array of float
        Mean of each entry's quality: of its conditional means, which is less noisy than that of the draws.
    convergence : Convergence
    """

    draws: FloatArray
    mean: FloatArray
    convergence: Convergence


def simulate_posterior(
    ballots: Ballots, start: Variational, *, seed: int, chains: int = CHAINS, sweeps: int = SWEEPS
) -> Simulated:
    """Simulate until the chains agree, at most three rounds of `sweeps` (eight of few ballots).

    Parameters
    ----------
    ballots : Ballots
    start : Variational
        Chains start around it.
    seed : int
    chains, sweeps : int

    Returns
    -------
    Simulated
        Whether or not they agreed; see its `convergence`.
    """
    sampler = _Sampler(ballots, start, np.random.default_rng([seed, 0x61B5]), chains)
    for _ in range(WARM_UP):
        sampler.sweep()
    kept: list[FloatArray] = []
    others: list[FloatArray] = []
    mean = np.zeros(ballots.entries)
    for _ in range(SMALL_ROUNDS if ballots.size <= SMALL else MOST_ROUNDS):
        for _ in range(sweeps):
            mean += sampler.sweep().mean(axis=0)
            kept.append(sampler.quality.astype(np.float32))
            others.append(sampler.variances())
        draws = np.stack(kept).astype(float)
        convergence = convergence_of(draws, np.stack(others))
        if convergence.converged:
            break
    return Simulated(start.center + draws, start.center + mean / len(kept), convergence)


class _Sampler:
    """The state of all chains: a first axis of chains everywhere."""

    def __init__(self, ballots: Ballots, start: Variational, random: np.random.Generator, chains: int) -> None:
        self.ballots, self.random, self.chains = ballots, random, chains
        hyper = start.hyper
        self.has_own = len(ballots.own) >= FEWEST_OWN
        self.unit = float(np.std(ballots.total)) or 1.0
        shape = (chains, ballots.entries)
        self.quality = start.quality + np.sqrt(start.quality_variance) * random.standard_normal(shape)
        self.severity = np.tile(start.severity, (chains, 1))
        self.scale = np.tile(start.scale, (chains, 1))
        self.precision = start.precision * random.standard_gamma(20.0, (chains, ballots.judges)) / 20.0
        self.favour = np.tile(start.favour, (chains, 1))
        self.track = np.tile(start.track, (chains, 1))
        self.entry_v, self.judge_v, self.track_v = (self._each(v) for v in (hyper.entry, hyper.judge, hyper.track))
        self.scale_v, self.own_v = self._each(max(hyper.scale, 0.003)), self._each(hyper.own)
        self.common = self._each(hyper.favour)
        self.noise, self.shape = self._each(hyper.noise), self._each(min(hyper.shape, 60.0))
        self.share = self._each(max(hyper.aberrant, 0.003))
        self.total = np.tile(ballots.total - start.center, (chains, 1))
        self.cap = self.total[0, ballots.capped]
        self.eased = np.where(random.random((chains, ballots.size)) < start.aberrant, 1 / INFLATION, 1.0)
        self.weight = self.precision[:, ballots.judge] * self.eased

    def sweep(self) -> FloatArray:
        """Draw everything once, given everything else; give back the conditional means of the qualities."""
        self._complete_capped()
        self._draw_judges()
        mean = self._draw_entries()
        self._draw_tracks()
        self._draw_favours()
        self._draw_noise()
        return mean

    def variances(self) -> FloatArray:
        """Logarithms of the variances whose chains must agree, chains by variances."""
        noise = (1 / self.precision).mean(axis=1, keepdims=True)
        return np.asarray(np.log(np.concatenate([self.entry_v, self.judge_v, noise], axis=1)), float)

    def _each(self, value: float) -> FloatArray:
        return np.full((self.chains, 1), float(value))

    def _normal(self, size: int) -> FloatArray:
        return self.random.standard_normal((self.chains, size))

    def _accept(self, logs: FloatArray) -> BoolArray:
        return np.asarray(np.log(1 - self.random.random((self.chains, 1))) < logs, bool)

    def _variance(self, now: FloatArray, squares: FloatArray, degrees: float, prior: float) -> FloatArray:
        """Draw a variance given a sum of squares; its root has a half-normal prior of standard deviation `prior`."""
        drawn = squares.sum(axis=1, keepdims=True) / self.random.chisquare(max(degrees, 1.0), (self.chains, 1))
        accepted = self._accept((now - drawn) / (2 * prior**2))
        return np.asarray(np.where(accepted, np.maximum(drawn, TINY * prior**2), now), float)

    def _complete_capped(self) -> None:
        chosen = self.ballots.capped
        if not len(chosen):
            return
        judge, entry = self.ballots.judge[chosen], self.ballots.entry[chosen]
        expected = self.severity[:, judge] + self.scale[:, judge] * self.quality[:, entry]
        sd = 1 / np.sqrt(self.weight[:, chosen])
        chance = np.log(1 - self.random.random(expected.shape)) + log_ndtr((expected - self.cap) / sd)
        self.total[:, chosen] = np.maximum(expected - sd * ndtri_exp(chance), self.cap)

    def _draw_judges(self) -> None:
        """Severity and scale of every judge together, then their spread twice: given them, and given their shape."""
        ballots, weight = self.ballots, self.weight
        spread = weight * self.quality[:, ballots.entry]
        total = self._less_favour()
        n, x, y = ballots.by_judge(weight), ballots.by_judge(spread), ballots.by_judge(weight * total)
        xx, xy = ballots.by_judge(spread * self.quality[:, ballots.entry]), ballots.by_judge(spread * total)
        first, second = n + 1 / self.judge_v, xx + 1 / self.scale_v
        determinant = first * np.maximum(second - x * x / first, 1 / self.scale_v)
        noise = self.random.standard_normal((2, self.chains, ballots.judges))
        leaning = xy + 1 / self.scale_v
        self.scale = (first * leaning - x * y) / determinant + np.sqrt(first / determinant) * noise[0]
        self.severity = (y - x * self.scale) / first + noise[1] / np.sqrt(first)
        self.judge_v = self._variance(self.judge_v, self.severity**2, ballots.judges - 1, self.unit)
        self.severity = self._stretched(self.severity, self.judge_v, n, y - x * self.scale, self.unit)
        self.scale_v = self._variance(self.scale_v, (self.scale - 1) ** 2, ballots.judges - 1, SCALE_SD_PRIOR)
        heard = xy - x * self.severity - xx
        self.scale = 1 + self._stretched(self.scale - 1, self.scale_v, xx, heard, SCALE_SD_PRIOR)
        self._shift_level()

    def _stretched(
        self, effects: FloatArray, variance: FloatArray, information: FloatArray, heard: FloatArray, prior: float
    ) -> FloatArray:
        """Draw the spread of effects whose shape is given; changes `variance` in place and gives the effects anew."""
        shape = effects / np.sqrt(variance)
        precision = (shape**2 * information).sum(axis=1, keepdims=True) + 1 / prior**2
        mean = (shape * heard).sum(axis=1, keepdims=True) / precision
        drawn = mean + self._normal(1) / np.sqrt(precision)
        variance[:] = np.maximum(drawn**2, TINY * prior**2)
        return np.asarray(shape * drawn, float)

    def _shift_level(self) -> None:
        """Move the level between severities and entries, along which no expected total changes."""
        lean = (self.scale**2).sum(axis=1, keepdims=True)
        shift = (self.scale * self.severity).sum(axis=1, keepdims=True) / lean
        shift += np.sqrt(self.judge_v / lean) * self._normal(1)
        self.severity = self.severity - self.scale * shift
        self.quality, self.track = self.quality + shift, self.track + shift

    def _draw_entries(self) -> FloatArray:
        ballots = self.ballots
        scale = self.scale[:, ballots.judge]
        information = ballots.by_entry(self.weight * scale**2)
        heard = ballots.by_entry(self.weight * scale * (self._less_favour() - self.severity[:, ballots.judge]))
        level, precision = self.track[:, ballots.track], information + 1 / self.entry_v
        mean = (heard + level / self.entry_v) / precision
        apart = mean - level + self._normal(ballots.entries) / np.sqrt(precision)
        self.quality = level + self._stretched(
            apart, self.entry_v, information, heard - information * level, 2 * self.unit
        )
        return np.asarray(mean, float)

    def _draw_tracks(self) -> None:
        ballots = self.ballots
        if ballots.tracks == 1:
            self.track = self.quality.mean(axis=1, keepdims=True)
            self.track = self.track + np.sqrt(self.entry_v / ballots.entries) * self._normal(1)
        else:
            level = self.track.mean(axis=1, keepdims=True) + np.sqrt(self.track_v / ballots.tracks) * self._normal(1)
            precision = ballots.load_of_track / self.entry_v + 1 / self.track_v
            mean = (ballots.by_track(self.quality) / self.entry_v + level / self.track_v) / precision
            self.track = mean + self._normal(ballots.tracks) / np.sqrt(precision)
            self.track_v = self._variance(self.track_v, (self.track - level) ** 2, ballots.tracks - 1, 2 * self.unit)
        within = (self.quality - self.track[:, ballots.track]) ** 2
        self.entry_v = self._variance(self.entry_v, within, ballots.entries - 1, 2 * self.unit)

    def _draw_favours(self) -> None:
        if not self.has_own:
            return
        ballots, own = self.ballots, self.ballots.own
        judge = ballots.judge[own]
        concerned = np.unique(judge)
        rest = self.total[:, own] - self.severity[:, judge] - self.scale[:, judge] * self.quality[:, ballots.entry[own]]
        weights, heard = np.zeros_like(self.severity), np.zeros_like(self.severity)
        for chain in range(self.chains):
            weights[chain] = np.bincount(judge, self.weight[chain, own], ballots.judges)
            heard[chain] = np.bincount(judge, self.weight[chain, own] * rest[chain], ballots.judges)
        precision = weights + 1 / self.own_v
        self.favour = (heard + self.common / self.own_v) / precision + self._normal(ballots.judges) / np.sqrt(precision)
        favours = self.favour[:, concerned]
        precision = len(concerned) / self.own_v + 1 / self.noise
        mean = favours.sum(axis=1, keepdims=True) / self.own_v / precision
        self.common = mean + self._normal(1) / np.sqrt(precision)
        squares = (favours - self.common) ** 2
        self.own_v = self._variance(self.own_v, squares, len(concerned) - 1, float(np.sqrt(self.noise.mean())))

    def _draw_noise(self) -> None:
        ballots = self.ballots
        residual = self._less_favour() - self.severity[:, ballots.judge]
        residual -= self.scale[:, ballots.judge] * self.quality[:, ballots.entry]
        squares = residual**2
        odds = np.log(self.share / (1 - self.share)) - 0.5 * np.log(INFLATION)
        odds = odds + 0.5 * EASED * self.precision[:, ballots.judge] * squares
        wild = self.random.random(squares.shape) < expit(np.clip(odds, -BOUND, BOUND))
        count = wild.sum(axis=1, keepdims=True)
        self.share = self.random.beta(ABERRANT_PRIOR[0] + count, ABERRANT_PRIOR[1] + ballots.size - count)
        self.share = np.clip(self.share, TINY, 0.5)
        self.eased = np.where(wild, 1 / INFLATION, 1.0)
        self._draw_precisions(ballots.by_judge(squares * self.eased))
        self.weight = self.precision[:, ballots.judge] * self.eased

    def _draw_precisions(self, squares: FloatArray) -> None:
        """Common noise and shape with the precisions integrated out, then the precisions."""
        loads, judges = self.ballots.load_of_judge, self.ballots.judges
        now = self._of_spread(self.shape, self.noise, squares)
        for _ in range(2):
            tried = np.clip(self.shape * np.exp(0.8 * self._normal(1)), 1.5, 1000.0)
            then = self._of_spread(tried, self.noise, squares)
            taken = self._accept(then - now)
            self.shape, now = np.where(taken, tried, self.shape), np.where(taken, then, now)
            step = 2.4 * np.sqrt((2 / self.shape + 2 / loads.mean()) / judges)
            other = self.noise * np.exp(step * self._normal(1))
            then = self._of_spread(self.shape, other, squares)
            taken = self._accept(then - now)
            self.noise, now = np.where(taken, other, self.noise), np.where(taken, then, now)
        rate = (self.shape * self.noise + squares) / 2
        drawn = self.random.standard_gamma((self.shape + loads) / 2) / rate
        self.precision = np.clip(drawn, TINY / self.unit**2, SHARPEST / self.unit**2)

    def _of_spread(self, shape: FloatArray, noise: FloatArray, squares: FloatArray) -> FloatArray:
        """Log density of the logarithms of shape and noise; the sd of log noise is about 1 / sqrt(2 shape)."""
        half, loads = shape / 2, self.ballots.load_of_judge / 2
        each = gammaln(half + loads) - gammaln(half) + half * np.log(half * noise)
        each = each - (half + loads) * np.log(half * noise + squares / 2)
        prior = -1 / (4 * shape * NOISE_LOG_SD_PRIOR**2) - 0.5 * np.log(shape)
        return np.asarray(each.sum(axis=1, keepdims=True) + prior, float)

    def _less_favour(self) -> FloatArray:
        if not self.has_own:
            return self.total
        total, own = self.total.copy(), self.ballots.own
        total[:, own] -= self.favour[:, self.ballots.judge[own]]
        return total
