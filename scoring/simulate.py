"""Panels with known truth, for tests, demos and rehearsals: qualities, severities, one careless and one partial judge."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.errors import ScoringError
from scoring.sentences import Sentence
from scoring.table import ScoreTable


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """A simulated round and the truth behind it.

    Attributes
    ----------
    table : ScoreTable
    quality : array of float
        True quality per entry, in the order of ``table.entries``.
    severity : array of float
        True severity per judge (points below the others), in the order of ``table.judges``.
    favoured : array of bool
        Per ballot, whether a partial judge judged the own unit.
    """

    table: ScoreTable
    quality: FloatArray
    severity: FloatArray
    favoured: BoolArray


def simulate_round(
    *,
    entries: int,
    judges: int,
    per_entry: int,
    seed: int,
    mean: float = 75.0,
    entry_sd: float = 6.0,
    severity_sd: float = 4.0,
    noise_sd: float = 5.0,
    careless: Collection[int] = (),
    partial: Collection[int] = (),
    favour: float = 10.0,
    units: int = 12,
    low: float = 0.0,
    high: float = 100.0,
    decimals: int = 1,
) -> Simulation:
    """Simulate one round of a balanced random design.

    Parameters
    ----------
    entries, judges, per_entry : int
        Size; every entry is scored by `per_entry` different judges, loads differ by 1 at most.
    seed : int
    mean, entry_sd, severity_sd, noise_sd : float
        Of true qualities, severities and chance.
    careless : collection of int
        Judges (from 0) whose totals do not depend on the entry.
    partial : collection of int
        Judges (from 0) who give entries of their own unit `favour` points more.
    favour : float
    units : int
        Entries and judges belong to units in turn.
    low, high, decimals : float, float, int
        Totals are kept within bounds and rounded.

    Returns
    -------
    Simulation

    Raises
    ------
    ScoringError
        ``bad_parameter`` when an entry cannot have so many judges.
    """
    if not 1 <= per_entry <= judges or entries < 1:
        text = Sentence(
            f"{per_entry} judges an entry cannot be found among {judges}.",
            f"{judges} 位评委凑不出每件 {per_entry} 位评委。",
        )
        raise ScoringError("bad_parameter", text, name="per_entry", value=per_entry)
    random = np.random.default_rng([seed, 0x51A1])
    quality = random.normal(mean, entry_sd, entries)
    severity = random.normal(0, severity_sd, judges)
    severity -= severity.mean()
    entry, judge = assign_balanced(entries, judges, per_entry, random)
    favoured = (entry % units == judge % units) & np.isin(judge, list(partial))
    worth = np.where(np.isin(judge, list(careless)), random.normal(mean, entry_sd, len(entry)), quality[entry])
    totals = worth - severity[judge] + favour * favoured + random.normal(0, noise_sd, len(entry))
    names, seats = _numbered("E", entries), _numbered("J", judges)
    table = ScoreTable.from_columns(
        entry=[names[place] for place in entry],
        judge=[seats[place] for place in judge],
        mark=np.round(np.clip(totals, low, high), decimals).tolist(),
        unit_of_entry={name: f"U{place % units + 1:02d}" for place, name in enumerate(names)},
        unit_of_judge={seat: f"U{place % units + 1:02d}" for place, seat in enumerate(seats)},
    )
    order = np.lexsort((judge, entry))
    return Simulation(table, quality, severity, np.asarray(favoured[order], bool))


def assign_balanced(
    entries: int, judges: int, per_entry: int, random: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Draw `per_entry` different judges for every entry: the least loaded first, equals by lot.

    Returns
    -------
    tuple of arrays of int
        Entry and judge of every ballot.
    """
    load = np.zeros(judges)
    chosen = np.empty((entries, per_entry), np.int64)
    for place in range(entries):
        chosen[place] = np.lexsort((random.random(judges), load))[:per_entry]
        load[chosen[place]] += 1
    return np.repeat(np.arange(entries), per_entry), chosen.ravel()


def share_of_best_found(quality: ArrayLike, scores: ArrayLike, share: float) -> float:
    """How many of the truly best `share` (0 to 1) a list of the same length by `scores` holds.

    Returns
    -------
    float
        From 0 to 1; equal scores are taken in the given order.
    """
    true, given = np.asarray(quality, float), np.asarray(scores, float)
    size = max(1, round(len(true) * share))
    truly = set(np.argsort(-true, kind="stable")[:size].tolist())
    listed = set(np.argsort(-given, kind="stable")[:size].tolist())
    return len(truly & listed) / size


def _numbered(letter: str, count: int) -> list[str]:
    width = len(str(count))
    return [f"{letter}{number:0{width}d}" for number in range(1, count + 1)]
