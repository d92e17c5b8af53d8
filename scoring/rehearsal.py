"""A planned design played with known truth: the share of the right winners that each method finds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.errors import ScoringError
from scoring.evaluation import Method
from scoring.scored import Scored
from scoring.simulate import share_of_best_found, simulate_round


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What one method finds under one design.

    Attributes
    ----------
    method : str
    found : float
        Mean share of the truly best that are among the chosen.
    se : float
        Its standard error over the rounds played.
    tau : float
        Mean Kendall's tau of scores and truth.
    """

    method: str
    found: float
    se: float
    tau: float


def rehearse_design(
    *,
    entries: int,
    judges: int,
    per_entry: int,
    winners: int,
    methods: Sequence[str],
    rounds: int = 30,
    seed: int = 0,
    entry_sd: float = 6.0,
    severity_sd: float = 4.0,
    noise_sd: float = 5.0,
) -> tuple[Rehearsed, ...]:
    """Play a design many times and count the right winners.

    Parameters
    ----------
    entries, judges, per_entry : int
        The design: random, loads equal up to 1.
    winners : int
        How many are chosen.
    methods : sequence of str
        As for `evaluate`.
    rounds : int
        How often it is played; all methods see the same rounds.
    seed : int
    entry_sd, severity_sd, noise_sd : float
        In points; last year's figures from ``scoring design`` are the best guess.

    Returns
    -------
    tuple of Rehearsed

    Raises
    ------
    ScoringError
        ``bad_parameter``.
    """
    from scipy.stats import kendalltau

    if not 0 < winners <= entries or rounds < 1:
        text = f"{winners} winners of {entries} entries in {rounds} rounds cannot be rehearsed."
        raise ScoringError("bad_parameter", text, winners=winners, rounds=rounds)
    shares: dict[str, list[float]] = {method: [] for method in methods}
    taus: dict[str, list[float]] = {method: [] for method in methods}
    for number in range(rounds):
        played = simulate_round(
            entries=entries,
            judges=judges,
            per_entry=per_entry,
            seed=seed * 100_003 + number,
            entry_sd=entry_sd,
            severity_sd=severity_sd,
            noise_sd=noise_sd,
        )
        scored = Scored.of(played.table, 1, 5, 2, Method.FULL in map(Method, methods), None, seed)
        for method in methods:
            ordered = scored.by(Method(method)).tolist()
            shares[method].append(share_of_best_found(played.quality, ordered, winners / entries))
            taus[method].append(float(kendalltau(played.quality, ordered).statistic) if len(set(ordered)) > 1 else 0.0)
    return tuple(
        Rehearsed(
            method=method,
            found=float(np.mean(shares[method])),
            se=float(np.std(shares[method]) / np.sqrt(max(1, rounds - 1))),
            tau=float(np.mean(taus[method])),
        )
        for method in methods
    )
