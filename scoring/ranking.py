"""Standings: places from published scores, and the chain that parts what is equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

import numpy as np

from scoring.errors import ScoringError
from scoring.sentences import Sentence, listed


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry's place.

    Attributes
    ----------
    entry : str
    score : Decimal
        As published.
    rank : int
        1 is best; equals share a rank and the next rank is skipped (1, 2, 2, 4).
    tied : bool
        Whether another entry has the same rank.
    parted_by : int
        Which link of the chain (from 1) parted it from an entry of the same score; 0 if none had to.
    """

    entry: str
    score: Decimal
    rank: int
    tied: bool
    parted_by: int


def rank_entries(
    scores: Mapping[str, Decimal], chain: Sequence[Mapping[str, Decimal | float]] = ()
) -> tuple[Standing, ...]:
    """Put entries in order of their published scores.

    Parameters
    ----------
    scores : mapping of entry to Decimal
        Rounded; equal figures are equal scores, whatever the next decimal was.
    chain : sequence of mappings of entry to number
        Asked in turn where scores are equal; more is better. Differences below 1e-9 are none.

    Returns
    -------
    tuple of Standing
        Best first; equals in order of their ids.

    Raises
    ------
    ScoringError
        ``chain_incomplete`` when a link does not know an entry.
    """
    for number, link in enumerate(chain, start=1):
        missing = sorted(scores.keys() - link.keys())
        if missing:
            text = Sentence(
                f"Link {number} of the tie chain has no value for {listed(missing, most=5)}.",
                f"同分规则的第 {number} 项对 {listed(missing, 'zh', 5)} 没有数值。",
            )
            raise ScoringError("chain_incomplete", text, link=number, entries=missing)
    keys: dict[str, tuple[float | Decimal, ...]] = {
        entry: (-score, *(-round(float(link[entry]), 9) for link in chain)) for entry, score in scores.items()
    }
    order = sorted(scores, key=lambda entry: (keys[entry], entry))
    needed = _links_needed(order, keys)
    standings: list[Standing] = []
    for _, same_key in groupby(order, key=keys.__getitem__):
        equals = list(same_key)
        rank = len(standings) + 1
        standings.extend(Standing(entry, scores[entry], rank, len(equals) > 1, needed[entry]) for entry in equals)
    return tuple(standings)


def lot(entries: Sequence[str], seed: int) -> dict[str, float]:
    """Draw lots (抽签): a number for every entry, the same for the same ids and seed in any order."""
    ordered = sorted(entries)
    drawn = np.random.default_rng([seed, 0x10F]).permutation(len(ordered))
    return {entry: float(number) for entry, number in zip(ordered, drawn, strict=True)}


def _links_needed(order: Sequence[str], keys: Mapping[str, tuple[float | Decimal, ...]]) -> dict[str, int]:
    """For every entry the last link that was needed against an equal score next to it."""
    needed = dict.fromkeys(order, 0)
    for above, below in pairwise(order):
        links = enumerate(zip(keys[above], keys[below], strict=True))
        link = next((number for number, (mine, its) in links if mine != its), 0)
        needed[above], needed[below] = max(needed[above], link), max(needed[below], link)
    return needed
