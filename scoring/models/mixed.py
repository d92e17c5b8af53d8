"""The mixed model, exactly or with sampled traces, as the number of judges asks for."""

from dataclasses import replace

import numpy as np

from scoring.models.ballots import Ballots
from scoring.models.gaussian import MOST_DENSE
from scoring.models.sampled import fit_stochastic
from scoring.models.solution import Solution
from scoring.reml import fit_reml, solve_at

MOST_EXACT = 1000


def fit_mixed(ballots: Ballots) -> Solution:
    """Fit exactly while there are few judges, with sampled traces when there are many.

    Up to 4,000 judges the solution has a factor, and its deviance is exact at the ratios found.
    """
    if ballots.judges + ballots.tracks <= MOST_EXACT:
        return fit_reml(ballots)
    sampled = fit_stochastic(ballots)
    if ballots.judges + ballots.tracks > MOST_DENSE:
        return sampled
    return replace(solve_at(ballots, np.log(sampled.ratios)), error=sampled.error)
