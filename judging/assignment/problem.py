"""What a planner is asked and what it answers: codes and numbers, no database."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Pair = tuple[str, str]  # code of the candidate, code of the judge


@dataclass(frozen=True, slots=True)
class Demand:
    """A candidate and how many judges it shall have."""

    code: str
    wanted: int


@dataclass(frozen=True, slots=True)
class Place:
    """A judge's seat: how much it must and may carry, and the groups of which a candidate takes one judge at most."""

    code: str
    least: int
    room: int
    groups: tuple[str, ...] = ()  # "unit:…" and "region:…"; the first family is the one a flow can explain


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Candidates (rows) and judges (columns), who may judge what and how well they fit."""

    demands: tuple[Demand, ...]
    places: tuple[Place, ...]
    score: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    pinned: frozenset[Pair] = frozenset()
    seed: int = 0

    def in_order(self) -> "Problem":
        """Return the same problem with rows and columns by code, so that the order they came in changes nothing."""
        rows = sorted(range(len(self.demands)), key=lambda i: self.demands[i].code)
        columns = sorted(range(len(self.places)), key=lambda j: self.places[j].code)
        grid = np.ix_(rows, columns)
        return Problem(
            tuple(self.demands[i] for i in rows),
            tuple(self.places[j] for j in columns),
            self.score.reshape(len(rows), len(columns))[grid],
            self.allowed.reshape(len(rows), len(columns))[grid],
            self.pinned,
            self.seed,
        )


class Cause(StrEnum):
    """Why there is no plan."""

    FEW_JUDGES = "few_judges"  # a candidate has fewer possible judges than it wants
    ROOM = "room"  # these candidates want more places than their judges have
    MINIMUM = "minimum"  # these judges' least loads are more than their candidates can give
    RULES = "rules"  # two panel rules together


class RepairKind(StrEnum):
    """What would make a plan possible."""

    FEWER = "fewer"  # that many judges fewer for the candidate
    MORE = "more"  # that many places more for the judge
    LOWER = "lower"  # that much less as the judge's minimum


@dataclass(frozen=True, slots=True)
class Repair:
    """One line of the cheapest repair."""

    kind: RepairKind
    code: str
    by: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Which candidates clash with which judges, in numbers, and the cheapest way out."""

    cause: Cause
    candidates: tuple[str, ...]
    judges: tuple[str, ...]
    wanted: int
    room: int
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Pairs with their proof, or no pairs and the reason."""

    pairs: tuple[Pair, ...] = ()
    total: float = 0.0
    bound: float = 0.0  # no plan under these rules has a higher total
    conceded: float = 0.0  # given up so that all judges can be compared with one another
    loads: dict[str, int] = field(default_factory=dict)
    parts: int = 0  # of the graph of candidates and judges; 1: all judges are comparable
    diagnosis: Diagnosis | None = None

    @property
    def gap(self) -> float:
        """Return how far the total may lie below the best possible one."""
        return max(0.0, self.bound - self.total)

    @property
    def optimal(self) -> bool:
        """Say whether bound and total meet."""
        return self.gap < 1e-6
