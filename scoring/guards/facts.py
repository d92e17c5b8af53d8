"""What can be seen of a design and its totals before any method is believed."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from scoring.additive import calibrate_additive
from scoring.arrays import FloatArray, IntArray, counts_by
from scoring.design import Design
from scoring.flags.base import Base
from scoring.guards.links import MOST_JUDGES, contrast_errors
from scoring.table import ScoreTable

NOT_RANDOM = 0.01
PANELS = 2.0  # A lot gives about 1, judges who always sit together give 3 and more.


@dataclass(frozen=True, slots=True)
class Facts:
    """A design in figures.

    Attributes
    ----------
    entries, judges, ballots : int
    per_entry : tuple of int
        Fewest and most totals of an entry.
    load, typical_load : int
        Totals of the judge who gave fewest; median.
    complete : bool
        Whether every judge scored every entry.
    parts : int
        Parts that share no judge.
    linked : float
        Share of pairs of judges who have an entry in common.
    weakest : float or None
        The largest standard error of a difference between two judges' severities, in units of a total's noise; infinite
        across parts, None when there are too many judges to look at pairs.
    tracks : int
        Number of tracks; 1 without.
    linking_seats : float
        With tracks, the share of totals given outside the track in which the judge gave most; 1 without.
    panels : bool
        Whether judges sit together far more unevenly than by lot.
    quality_p : float or None
        Chance that judges would get work so unequal in quality by lot (the quality as the other judges see it).
    track_p : float or None
        Chance that judges would be so unevenly spread over tracks by lot.
    random : bool
        Whether nothing speaks against a lot: no p below .01 and no fixed panels.
    entry_sd, judge_sd, noise_sd : float or None
        By REML.
    """

    entries: int
    judges: int
    ballots: int
    per_entry: tuple[int, int]
    load: int
    typical_load: int
    complete: bool
    parts: int
    linked: float
    weakest: float | None
    tracks: int
    linking_seats: float
    panels: bool
    quality_p: float | None
    track_p: float | None
    random: bool
    entry_sd: float | None
    judge_sd: float | None
    noise_sd: float | None


def facts_of(table: ScoreTable) -> Facts:
    """Look at a design.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    Facts
    """
    entries, judges = len(table.entries), len(table.judges)
    complete = table.ballots == entries * judges
    design = Design.of(table)
    linked, dispersion = _common(design)
    track = _track_codes(table)
    quality_p = None if complete else _quality_p(table)
    track_p = None if complete or track is None else _track_p(table, track)
    pairs = judges * (judges - 1) / 2
    panels = not complete and dispersion > max(PANELS, 1 + 6 * float(np.sqrt(2 / max(pairs, 1))))
    fit = calibrate_additive(table)
    sds = (None, None, None) if fit.solution is None else fit.solution.sds
    weakest = float(contrast_errors(table).max()) if judges <= MOST_JUDGES else None
    return Facts(
        entries=entries,
        judges=judges,
        ballots=table.ballots,
        per_entry=(int(table.judges_per_entry.min()), int(table.judges_per_entry.max())),
        load=int(table.entries_per_judge.min()),
        typical_load=int(np.median(table.entries_per_judge)),
        complete=complete,
        parts=design.parts,
        linked=linked,
        weakest=weakest,
        tracks=1 if track is None else int(track.max()) + 1,
        linking_seats=1.0 if track is None else _linking_seats(table, track),
        panels=panels,
        quality_p=quality_p,
        track_p=track_p,
        random=not panels and all(p is None or p >= NOT_RANDOM for p in (quality_p, track_p)),
        entry_sd=sds[0],
        judge_sd=sds[1],
        noise_sd=sds[2],
    )


def _common(design: Design) -> tuple[float, float]:
    """Share of pairs with an entry in common; variance of the number in common over what a lot gives."""
    judges = len(design.load_of_judge)
    if judges < 2:
        return 1.0, 0.0
    common = (design.incidence.T @ design.incidence).tocoo()
    numbers = common.data[common.coords[0] < common.coords[1]]
    pairs = judges * (judges - 1) / 2
    mean = float(numbers.sum()) / pairs
    variance = float((numbers**2).sum()) / pairs - mean**2
    return len(numbers[numbers > 0]) / pairs, variance / max(mean, 1e-9)


def _quality_p(table: ScoreTable) -> float | None:
    """Analysis of variance of the entries' quality, as the others see it, over judges."""
    base = Base.of(table)
    if base is None:
        return None
    even = np.ones(table.ballots)
    between = base.mean_by_judge(base.quality, even)[table.judge] - float(base.quality.mean())
    within = base.centred(base.quality, even)
    above, below = len(table.judges) - 1, table.ballots - len(table.judges)
    if below < 1 or above < 1 or float(within @ within) <= 0:
        return None
    return float(fdtrc(above, below, float(between @ between) / above / (float(within @ within) / below)))


def _track_codes(table: ScoreTable) -> IntArray | None:
    if table.track_of_entry is None or len(set(table.track_of_entry)) < 2:
        return None
    return np.unique(table.track_of_entry, return_inverse=True)[1].astype(np.int64)


def _counts(table: ScoreTable, track: IntArray) -> FloatArray:
    """Totals of every judge in every track."""
    tracks = int(track.max()) + 1
    cells = counts_by(table.judge * tracks + track[table.entry], len(table.judges) * tracks)
    return cells.reshape(len(table.judges), tracks).astype(float)


def _track_p(table: ScoreTable, track: IntArray) -> float:
    """Pearson's chi-square of judges against tracks."""
    counts = _counts(table, track)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = float(((counts - expected) ** 2 / np.maximum(expected, 1e-12)).sum())
    return float(chdtrc((counts.shape[0] - 1) * (counts.shape[1] - 1), statistic))


def _linking_seats(table: ScoreTable, track: IntArray) -> float:
    counts = _counts(table, track)
    return 1 - float(counts.max(axis=1).sum() / counts.sum())
