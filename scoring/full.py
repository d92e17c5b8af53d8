"""The full calibration (全面校准): severity, scale, noise, aberrant totals, own units, tracks and a cap, all at once."""

from dataclasses import dataclass, replace

import numpy as np

from scoring.additive import AdditiveCalibration, calibrate_additive
from scoring.arrays import FloatArray, IntArray
from scoring.bearing import why_not_full
from scoring.errors import Note
from scoring.models.ballots import Ballots
from scoring.models.canonical import Canonical, as_given, canonical
from scoring.models.chains import Convergence
from scoring.models.curves import fit_curved
from scoring.models.gaussian import Gaussian, Spread
from scoring.models.gibbs import Simulated, simulate_posterior
from scoring.models.hyper import Hyper
from scoring.models.state import Variational
from scoring.sentences import Sentence
from scoring.table import ScoreTable

SMALL_LOAD = 15
MOST_SIMULATED = 50_000
MOST_CELLS = 20_000_000
DRAWS = 2000
TAILS = (0.05, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class FullCalibration:
    """What the full model says of entries, judges and every single total.

    Attributes
    ----------
    scores : array of float
        Per entry: the expected quality given all totals. score = sum of weight x (total - adjustment).
    se, low90, high90 : array of float or None
        Its standard error and 90 % interval; None when nothing can be known of it.
    weights : array of float
        Per ballot, how much it counts among those of its entry; they sum to 1.
    adjustments : array of float
        Per ballot, what is taken off the total: the judge's severity and scale, favour, and the pull towards the mean.
    severity, severity_se : array of float
        Per judge: points below the others on middling work, and standard error.
    scale, noise : array of float
        Per judge: how far the judge stretches differences (1 as others do), and standard deviation of the totals' noise.
    curve : array of float
        Per judge: half of what the scale gains with every spread of quality above the middle, and loses below it; 0 for
        all where the totals do not show beyond doubt that judges' scales bend.
    favour : array of float
        Per judge: points added to entries of the own unit; 0 where there were none.
    aberrant : array of float
        Per ballot: the chance that it is aberrant.
    tracks : array of float
        Level per track (one, without tracks), in order of their names.
    hyper : Hyper or None
        What all judges and entries have in common; None when the additive calibration had to stand in.
    convergence : Convergence or None
        Of the simulation; None when there was none.
    draws : array of float or None
        Joint posterior draws, entries by draws.
    kind : array of int
        Per entry: equal for entries that are alike in everything.
    simulated_points : bool
        Whether `scores` are means of the simulation, because judges gave few totals each.
    fallback : str
        Empty, ``additive`` when the design bears no more, ``normal`` when the simulation did not converge.
    notes : tuple of Note
    """

    scores: FloatArray
    se: FloatArray | None
    low90: FloatArray | None
    high90: FloatArray | None
    weights: FloatArray
    adjustments: FloatArray
    severity: FloatArray
    severity_se: FloatArray | None
    scale: FloatArray
    curve: FloatArray
    noise: FloatArray
    favour: FloatArray
    aberrant: FloatArray
    tracks: FloatArray
    hyper: Hyper | None
    convergence: Convergence | None
    draws: FloatArray | None
    kind: IntArray
    simulated_points: bool
    fallback: str
    notes: tuple[Note, ...] = ()


def calibrate_full(
    table: ScoreTable,
    *,
    cap: float | None = None,
    seed: int = 0,
    intervals: bool = True,
    additive: AdditiveCalibration | None = None,
    simulate: bool = True,
) -> FullCalibration:
    """Calibrate severity, scale and noise of every judge, aberrant totals, own units, tracks and a cap together.

    Parameters
    ----------
    table : ScoreTable
        With tracks and units where they are known.
    cap : float, optional
        The largest total possible: totals there say "this or more".
    seed : int
        Of the simulation of intervals (and of scores, when judges gave fewer than 15 totals each).
    intervals : bool
        Whether uncertainty is wanted at all; without it no simulation is run.
    additive : AdditiveCalibration, optional
        Of the same table, if it is there already: what stands in when the design bears no more.
    simulate : bool
        Whether a simulation may be run; without it scores of small loads are the variational ones, found in a hundredth of
        the time: for hundreds of refits that are compared with one another.

    Returns
    -------
    FullCalibration
        Notes: ``full_not_possible`` (reason), ``not_converged`` (rhat, effective).

    Notes
    -----
    See `scoring.models.variational` and `scoring.models.gibbs` for the model; `docs/methods.md` for the whole.
    """
    ballots = Ballots.of_table(table, cap=cap)
    reason = why_not_full(ballots, additive)
    if reason:
        return _additive_instead(table, additive or calibrate_additive(table), ballots, reason)
    small = float(np.median(ballots.load_of_judge)) < SMALL_LOAD
    simulating = simulate and (intervals or small) and ballots.size <= MOST_SIMULATED
    order = canonical(ballots) if simulating else as_given(ballots)
    curved = fit_curved(order.ballots)
    order, fit = replace(order, ballots=curved.ballots), curved.fit
    simulated = None
    if simulating:
        simulated = simulate_posterior(order.ballots, fit, seed=seed)
    if simulated is None or not simulated.convergence.converged:
        found = _by_normal(ballots, order, fit, simulated, seed, intervals)
    else:
        found = _by_simulation(ballots, order, fit, simulated, small)
    curve = curved.curve[np.argsort(order.judge_of)]
    return replace(found, curve=curve, severity=found.severity + curve * curved.spread)


def _by_simulation(
    ballots: Ballots, order: Canonical, fit: Variational, simulated: Simulated, small: bool
) -> FullCalibration:
    flat = simulated.draws.reshape(-1, ballots.entries)
    ends = np.quantile(flat, TAILS, axis=0)
    thin = -(-len(flat) // DRAWS)
    draws = np.empty((ballots.entries, len(flat[::thin])))
    draws[order.entry_of] = flat[::thin].T
    points = order.averaged(simulated.mean) if small else fit.center + fit.quality
    return replace(
        _described(ballots, order, fit, points),
        se=order.back(flat.std(axis=0)),
        low90=order.back(ends[0]),
        high90=order.back(ends[1]),
        convergence=simulated.convergence,
        draws=draws,
        simulated_points=small,
    )


def _by_normal(
    ballots: Ballots, order: Canonical, fit: Variational, simulated: Simulated | None, seed: int, intervals: bool
) -> FullCalibration:
    """Take scales and weights as known: when there are many ballots, or the chains did not agree."""
    described = _described(ballots, order, fit, fit.center + fit.quality)
    if simulated is not None:
        told = replace(simulated.convergence, fallback="normal")
        text = (
            f"The simulation did not settle (R-hat {told.rhat:.2f}, {told.effective:.0f} independent draws);"
            " intervals are those of a normal approximation."
        )
        note = Note("not_converged", text, {"rhat": told.rhat, "effective": told.effective})
        described = replace(described, convergence=told, fallback="normal", notes=(note,))
    if not intervals:
        return described
    posterior = normal_posterior(order.ballots, fit)
    se = order.back(posterior.errors())
    count = int(np.clip(MOST_CELLS // ballots.entries, 200, DRAWS))
    drawn = posterior.draw(np.random.default_rng([seed, 0xD12A]), count)
    draws = np.empty_like(drawn)
    draws[order.entry_of] = drawn + (fit.center + fit.quality)[:, None]
    low, high = (described.scores + side * 1.6448536269514722 * se for side in (-1, 1))
    return replace(described, se=se, low90=low, high90=high, draws=draws)


def normal_posterior(ballots: Ballots, fit: Variational) -> Gaussian:
    """The joint normal posterior at the fitted scales and weights; what is not known of scales counts as noise."""
    unsure = fit.scale_variance[ballots.judge] * fit.quality[ballots.entry] ** 2
    weight = 1 / (1 / fit.weight + unsure)
    return Gaussian.of(ballots, weight, fit.scale, Spread(fit.hyper.entry, fit.hyper.judge, fit.hyper.track))


def _described(ballots: Ballots, order: Canonical, fit: Variational, points: FloatArray) -> FullCalibration:
    """Everything but uncertainty, in the order of the table."""
    mine = order.ballots
    weights, values = _decomposed(mine, fit, points)
    old = np.lexsort((order.judge_of[mine.judge], order.entry_of[mine.entry]))
    judges = np.argsort(order.judge_of)
    noise = np.sqrt(1 / fit.precision)
    names = np.argsort(_track_codes(order, ballots))
    return FullCalibration(
        scores=points[np.argsort(order.entry_of)],
        se=None,
        low90=None,
        high90=None,
        weights=weights[old],
        adjustments=ballots.total - values[old],
        severity=(0.0 - fit.severity)[judges],
        severity_se=np.sqrt(fit.severity_variance)[judges],
        scale=fit.scale[judges],
        curve=np.zeros(ballots.judges),
        noise=noise[judges],
        favour=fit.favour[judges],
        aberrant=fit.aberrant[old],
        tracks=(fit.center + fit.track)[names],
        hyper=fit.hyper,
        convergence=None,
        draws=None,
        kind=order.kind[np.argsort(order.entry_of)],
        simulated_points=False,
        fallback="",
    )


def _track_codes(order: Canonical, ballots: Ballots) -> IntArray:
    """Track of the table for every track of the new order."""
    codes = np.empty(ballots.tracks, np.int64)
    codes[order.ballots.track] = ballots.track[order.entry_of]
    return codes


def _decomposed(ballots: Ballots, fit: Variational, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weight of every ballot in its entry's score, and the value that weight is given to.

    The quality's expectation is a weighted mean of what every ballot says of it and of the track's level. The level's
    share is spread over the ballots' values, so that the sum over ballots is the whole.
    """
    judge, entry = ballots.judge, ballots.entry
    gain = (fit.scale**2 + fit.scale_variance)[judge]
    total = fit.total.copy()
    total[ballots.own] -= fit.favour[judge[ballots.own]]
    said = (fit.scale[judge] * (total - fit.severity[judge]) - fit.both[judge]) / gain
    weight = fit.weight * gain
    sums = ballots.by_entry(weight)
    kept = sums * fit.quality_variance
    level = fit.track[ballots.track]
    value = fit.center + level[entry] + kept[entry] * (said - level[entry])
    share = weight / sums[entry]
    rest = points - ballots.by_entry(share * value)
    return share, value + rest[entry]


def _additive_instead(
    table: ScoreTable, fit: AdditiveCalibration, ballots: Ballots, reason: Sentence
) -> FullCalibration:
    text = Sentence(f"The additive calibration stands in: {reason}.", f"改用宽严校准：{reason.zh}。")
    note = Note("full_not_possible", text, {"reason": str(reason)})
    se = fit.scores_se
    half = None if se is None else 1.6448536269514722 * se
    judges = len(table.judges)
    return FullCalibration(
        scores=fit.scores,
        se=se,
        low90=None if half is None else fit.scores - half,
        high90=None if half is None else fit.scores + half,
        weights=1 / ballots.load_of_entry[ballots.entry],
        adjustments=0.0 - fit.severity[ballots.judge],
        severity=fit.severity,
        severity_se=fit.severity_se,
        scale=np.ones(judges),
        curve=np.zeros(judges),
        noise=np.full(judges, fit.noise or 0.0),
        favour=np.zeros(judges),
        aberrant=np.zeros(ballots.size),
        tracks=ballots.by_track(fit.scores) / ballots.load_of_track,
        hyper=None,
        convergence=None,
        draws=None,
        kind=np.arange(ballots.entries),
        simulated_points=False,
        fallback="additive",
        notes=(note,),
    )
