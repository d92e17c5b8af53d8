"""Variances from three sums of squares: unbiased for crossed effects, and found in one look at the totals."""

import numpy as np

from scoring.models.ballots import Ballots

LEAST = 1e-3


def start_of(ballots: Ballots) -> tuple[float, float]:
    """Ratios of the residual variance to those of entries and of judges.

    Parameters
    ----------
    ballots : Ballots

    Returns
    -------
    tuple of float
        Between 1e-3 and 1e3 each, however strange the sums of squares are.

    Notes
    -----
    Sums of squares within entries, within judges and within tracks as a whole are set equal to what they are expected
    to be; Henderson's first method as Gao & Owen (2020) use it.
    """
    entry, judge, residual = variances_by_moments(ballots)
    within = max(residual, LEAST * (entry + judge + residual), 1e-300)
    return within / max(entry, LEAST * within), within / max(judge, LEAST * within)


def variances_by_moments(ballots: Ballots) -> tuple[float, float, float]:
    """Unbiased estimates of the variances of entries, judges and residuals; they may be negative."""
    size, loads, given = ballots.size, ballots.load_of_entry, ballots.load_of_judge
    by_track = np.bincount(ballots.track, loads, ballots.tracks)
    totals = ballots.total - ballots.total.mean()
    level = np.bincount(ballots.track, ballots.by_entry(totals), ballots.tracks) / by_track
    if ballots.tracks > 1:
        totals = totals - level[ballots.track[ballots.entry]]
    squares = float(totals @ totals)
    in_entries = squares - float((ballots.by_entry(totals) ** 2 / loads).sum())
    in_judges = squares - float((ballots.by_judge(totals) ** 2 / given).sum())
    alike = float((np.bincount(ballots.track, loads**2, ballots.tracks) / by_track).sum())
    crossed = float((given**2).sum()) / size
    # Entries and judges each have what their sum of squares says, less the residuals'; the third sum tells these.
    by_entry = in_judges / max(size - ballots.judges, 1)
    by_judge = in_entries / max(size - ballots.entries, 1)
    left = squares - (size - alike) * by_entry - (size - crossed) * by_judge
    share = alike + crossed - size - ballots.tracks
    residual = left / share if abs(share) > LEAST * size else min(by_entry, by_judge) / 2
    return by_entry - residual, by_judge - residual, residual
