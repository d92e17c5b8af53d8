"""What a kind of flag was tested on, and how what is found is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.evaluation import Flag, FlagKind
from scoring.flags.multiple import benjamini_hochberg, nothing_there
from scoring.flags.sparse import few_at_fault
from scoring.table import ScoreTable
from scoring.untestable import Reason

JUDGE_Q, SCORE_Q = 0.10, 0.05
Places = IntArray


@dataclass(frozen=True, eq=False)
class Tested:
    """One kind of flag, tested on judges, pairs of judges or ballots.

    Attributes
    ----------
    kind : FlagKind
    table : ScoreTable
    judge : array of int
        Who was tested; -1 stands for all judges together.
    entry, other : array of int or None
        The entry of a tested score, the second judge of a tested pair.
    statistic, p, effect : array of float
        `effect` in points, or as the kind says.
    level : float
        The share of false flags that is borne: those with q up to it are flagged.
    sentence : function of int
        The plain sentence about one of them.
    rows : function of int
        Places in the table of the ballots it rests on.
    allowed : array of bool or None
        Who may be flagged at all.
    alone : bool
        Each was tested by the own totals only, not against the others' bulk: p-values are independent.
    weight : array of float or None
        What share of the level each gets (`scoring.flags.multiple.weights_of_errors`); None where all get the same.
    q : array of float
        p, over its weight, after Benjamini-Hochberg.
    """

    kind: FlagKind
    table: ScoreTable
    judge: Places
    statistic: FloatArray
    p: FloatArray
    effect: FloatArray
    level: float
    sentence: Callable[[int], str]
    rows: Callable[[int], Places]
    entry: Places | None = None
    other: Places | None = None
    allowed: BoolArray | None = None
    alone: bool = False
    weight: FloatArray | None = None
    q: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        weighted = self.p if self.weight is None else np.minimum(self.p / self.weight, 1.0)
        object.__setattr__(self, "q", benjamini_hochberg(weighted) if len(self.p) else self.p)

    @property
    def chance(self) -> float:
        """p-value of the whole kind: that nothing is there."""
        whole = few_at_fault if self.alone else nothing_there
        return whole(self.p) if len(self.p) else 1.0

    @property
    def found(self) -> BoolArray:
        """Who is flagged, if the kind may flag."""
        low = self.q <= self.level
        return np.asarray(low if self.allowed is None else low & self.allowed, bool)

    def flag(self, at: int) -> Flag:
        """The flag about one of them."""
        table, judge = self.table, int(self.judge[at])
        rows = self.rows(at).tolist()
        return Flag(
            kind=self.kind,
            judge=table.judges[judge] if judge >= 0 else "",
            entry="" if self.entry is None else table.entries[int(self.entry[at])],
            statistic=float(self.statistic[at]),
            p=float(self.p[at]),
            q=float(self.q[at]),
            effect=float(self.effect[at]),
            threshold=self.level,
            tested=len(self.p),
            text=self.sentence(at),
            other="" if self.other is None else table.judges[int(self.other[at])],
            rows=tuple((table.entries[table.entry[row]], table.judges[table.judge[row]]) for row in rows),
        )

    def flags(self) -> tuple[Flag, ...]:
        """All that is flagged, the least likely first."""
        places = np.flatnonzero(self.found)
        return tuple(self.flag(int(at)) for at in places[np.argsort(self.p[places], kind="stable")])


@dataclass(frozen=True, slots=True)
class Untestable:
    """A kind of flag that the design cannot test, and why: better than a clean bill."""

    kind: FlagKind
    reason: Reason


class Seats:
    """Places of all ballots of a judge, or of an entry, found without looking through the table each time."""

    def __init__(self, index: IntArray) -> None:
        self._index = index

    @cached_property
    def _order(self) -> tuple[Places, Places]:
        return np.argsort(self._index, kind="stable").astype(np.int64), np.cumsum(np.bincount(self._index)).astype(
            np.int64
        )

    def __getitem__(self, number: int) -> Places:
        order, ends = self._order
        return order[ends[number - 1] if number else 0 : ends[number]]
