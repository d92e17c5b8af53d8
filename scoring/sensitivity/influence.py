"""What one judge more or less does to the places at the line, and what one or two partial judges could do at worst."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scoring.arrays import IntArray
from scoring.evaluation import Method
from scoring.sensitivity.tables import checked_cut, near_cut, places, scores_by, shifted, subset
from scoring.table import ScoreTable

WIDTH = 10
WORST_WIDTH = 5
POINTS = 20.0


@dataclass(frozen=True, slots=True)
class Steadiness:
    """An entry's places when every judge in turn is left out.

    Attributes
    ----------
    entry : str
    rank : int
        With all judges.
    best, worst : int
        Over all refits.
    best_without, worst_without : str
        The judge without whom it stands best and worst; empty when leaving anybody out changes nothing.
    inside : float
        Share of the refits in which it is among the best `cut`.
    lost : int
        Refits in which it has no score left.
    """

    entry: str
    rank: int
    best: int
    worst: int
    best_without: str
    worst_without: str
    inside: float
    lost: int


def places_without_each(
    table: ScoreTable,
    method: Method | str = Method.SEVERITY,
    *,
    tick: Callable[[int], None] | None = None,
    **options: float,
) -> IntArray:
    """Places of all entries when each judge in turn is left out.

    Parameters
    ----------
    table : ScoreTable
    method : Method or str
    tick : callable, optional
        Hears after every refit how many are done.
    **options
        ``drop``, ``drop_from``, ``cap``, ``simulate`` of the method.

    Returns
    -------
    array of int, judges by entries
        0 where an entry has no score left; without rows when there is one judge only.
    """
    judges = len(table.judges) if len(table.judges) > 1 else 0
    found = np.zeros((judges, len(table.entries)), np.int64)
    for judge in range(judges):
        kept = table.judge != judge
        scores = scores_by(subset(table, kept), Method(method), **options)  # type: ignore[arg-type]
        found[judge, np.unique(table.entry[kept])] = places(scores)
        if tick is not None:
            tick(judge + 1)
    return found


def leave_one_judge_out(
    table: ScoreTable,
    cut: int,
    *,
    method: Method | str = Method.SEVERITY,
    width: int = WIDTH,
    without: IntArray | None = None,
    **options: float,
) -> tuple[Steadiness, ...]:
    """Range of places of every entry near the line when each judge in turn is left out.

    Parameters
    ----------
    table : ScoreTable
    cut : int
        The line lies below the best `cut`.
    method : Method or str
    width : int
        Entries up to so many places on either side of the line.
    without : array of int, optional
        What `places_without_each` said of the same table and method, when several lines are asked for.
    **options
        ``drop``, ``drop_from``, ``cap``, ``simulate`` of the method.

    Returns
    -------
    tuple of Steadiness
        In order of place.
    """
    checked_cut(table, cut)
    chosen = Method(method)
    base = places(scores_by(table, chosen, **options))  # type: ignore[arg-type]
    watched = near_cut(base, cut, width)
    if without is None:
        without = places_without_each(table, chosen, **options)  # type: ignore[arg-type]
    found = without[:, watched]
    return tuple(
        _steadiness(table, int(base[entry]), int(entry), found[:, at], cut) for at, entry in enumerate(watched)
    )


def _steadiness(table: ScoreTable, rank: int, entry: int, found: IntArray, cut: int) -> Steadiness:
    known = np.where(found > 0, found, rank) if len(found) else np.array([rank])
    best, worst = int(known.argmin()), int(known.argmax())
    return Steadiness(
        entry=table.entries[entry],
        rank=rank,
        best=min(rank, int(known[best])),
        worst=max(rank, int(known[worst])),
        best_without=table.judges[best] if known[best] < rank else "",
        worst_without=table.judges[worst] if known[worst] > rank else "",
        inside=float((known <= cut).mean()),
        lost=int((found == 0).sum()),
    )


@dataclass(frozen=True, slots=True)
class WorstCase:
    """What so many partial judges can do to one entry at most.

    Attributes
    ----------
    entry : str
    judges : tuple of str
        Those who do most.
    points : float
        What each adds: positive for an entry below the line, negative for one above it.
    change : float
        Of the entry's score.
    rank, rank_after : int
    crosses : bool
        Whether it comes over the line.
    """

    entry: str
    judges: tuple[str, ...]
    points: float
    change: float
    rank: int
    rank_after: int
    crosses: bool


def worst_case(
    table: ScoreTable,
    cut: int,
    *,
    method: Method | str = Method.SEVERITY,
    points: float = POINTS,
    partial: Sequence[int] = (1, 2),
    width: int = WORST_WIDTH,
    tick: Callable[[], None] | None = None,
    **options: float,
) -> tuple[WorstCase, ...]:
    """The largest change that one and that two partial judges can bring to an entry near the line.

    Every judge of the entry (every two of them) in turn gives it `points` more, below the line, or less, above it; all is
    scored anew.

    Parameters
    ----------
    table : ScoreTable
    cut : int
    method : Method or str
    points : float
        What a partial judge adds.
    partial : sequence of int
        How many partial judges.
    width : int
        Entries up to so many places on either side of the line.
    tick : callable, optional
        Hears after every entry.
    **options
        ``drop``, ``drop_from``, ``cap``, ``simulate`` of the method.

    Returns
    -------
    tuple of WorstCase
        By number of partial judges, in order of place.
    """
    checked_cut(table, cut)
    chosen = Method(method)
    scores = scores_by(table, chosen, **options)  # type: ignore[arg-type]
    base = places(scores)
    cases = []
    for many in partial:
        for entry in near_cut(base, cut, width).tolist():
            added = points if base[entry] > cut else -points
            tried = [
                _tried(table, entry, rows, added, chosen, scores[entry], options) for rows in _teams(table, entry, many)
            ]
            if tried:
                change, after, rows = max(tried, key=lambda one: abs(one[0]))
                rank = int(base[entry])
                names = tuple(table.judges[table.judge[row]] for row in rows)
                crosses = (rank <= cut) != (after <= cut)
                cases.append(WorstCase(table.entries[entry], names, added, change, rank, after, crosses))
            if tick is not None:
                tick()
    return tuple(cases)


def _teams(table: ScoreTable, entry: int, many: int) -> Iterator[tuple[int, ...]]:
    return combinations(np.flatnonzero(table.entry == entry).tolist(), many)


def _tried(
    table: ScoreTable,
    entry: int,
    rows: tuple[int, ...],
    added: float,
    method: Method,
    before: float,
    options: dict[str, float],
) -> tuple[float, int, tuple[int, ...]]:
    scores = scores_by(shifted(table, np.array(rows), added), method, **options)  # type: ignore[arg-type]
    return float(scores[entry] - before), int(places(scores)[entry]), rows
