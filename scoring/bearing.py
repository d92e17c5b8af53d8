"""Whether a design bears the full calibration."""

import numpy as np

from scoring.additive import AdditiveCalibration
from scoring.models.ballots import Ballots
from scoring.sentences import Sentence

FEWEST_JUDGES, FEWEST_ENTRIES, FEWEST_FREE = 3, 4, 3
MOST_CAPPED = 0.5


def why_not_full(ballots: Ballots, additive: AdditiveCalibration | None) -> Sentence | None:
    """Say why the design does not bear the full model; None if it does."""
    free = ballots.size - ballots.entries - ballots.judges
    if ballots.judges < FEWEST_JUDGES:
        return Sentence(f"there are fewer than {FEWEST_JUDGES} judges", f"评委不到 {FEWEST_JUDGES} 位")
    if ballots.entries < FEWEST_ENTRIES or free < FEWEST_FREE:
        return Sentence("there are too few totals for so many unknowns", "分数相对于未知数太少")
    if len(ballots.capped) > MOST_CAPPED * ballots.size:
        return Sentence("more than half of the totals are at the cap", "半数以上的分数已到上限")
    if float(np.ptp(ballots.total)) == 0 or (additive is not None and additive.noise == 0):
        return Sentence("entry and severity explain every total already", "成果和宽严已能解释每个分数")
    return None
