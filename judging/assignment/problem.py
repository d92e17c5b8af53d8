"""What a planner is asked and what it answers: codes and numbers, no database."""

import io
from dataclasses import dataclass, field, replace
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
    kinds: tuple[str, ...] = ()  # "senior": what a candidate may need at least one of


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Candidates (rows) and judges (columns), who may judge what and how well they fit."""

    demands: tuple[Demand, ...]
    places: tuple[Place, ...]
    score: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    pinned: frozenset[Pair] = frozenset()
    seed: int = 0
    present: frozenset[Pair] = frozenset()  # what a repair keeps where it can
    needs: tuple[tuple[str, int], ...] = ()  # kind of judge, and how many of them a candidate must have
    spared: frozenset[tuple[str, str]] = frozenset()  # rule and candidate: the rule does not hold for it

    def in_order(self) -> "Problem":
        """Return the same problem with rows and columns by code, so that the order they came in changes nothing."""
        rows = sorted(range(len(self.demands)), key=lambda i: self.demands[i].code)
        columns = sorted(range(len(self.places)), key=lambda j: self.places[j].code)
        grid = np.ix_(rows, columns)
        return replace(
            self,
            demands=tuple(self.demands[i] for i in rows),
            places=tuple(self.places[j] for j in columns),
            score=self.score.reshape(len(rows), len(columns))[grid],
            allowed=self.allowed.reshape(len(rows), len(columns))[grid],
        )

    def rows(self) -> dict[str, int]:
        """Return the row of each candidate's code."""
        return {demand.code: i for i, demand in enumerate(self.demands)}

    def columns(self) -> dict[str, int]:
        """Return the column of each judge's code."""
        return {place.code: j for j, place in enumerate(self.places)}

    def grid(self, pairs: frozenset[Pair] | tuple[Pair, ...]) -> NDArray[np.bool_]:
        """Return where these pairs stand; pairs of what is not in the problem are left out."""
        rows, columns = self.rows(), self.columns()
        grid = np.zeros((len(rows), len(columns)), dtype=bool)
        known = [(rows[c], columns[j]) for c, j in pairs if c in rows and j in columns]
        if known:
            i, j = np.array(known, dtype=np.int64).T
            grid[i, j] = True
        return grid

    def packed(self) -> bytes:
        """Return the problem as a NumPy file that any program can read; equal problems give equal files.

        A fit is `score / divisor`.
        """
        mine = self.in_order()
        rows, columns = np.nonzero(mine.grid(mine.pinned))
        kept_rows, kept_columns = np.nonzero(mine.grid(mine.present))
        score, divisor = _thin(mine.score)
        file = io.BytesIO()
        np.savez_compressed(
            file,
            entries=np.array([demand.code for demand in mine.demands], dtype=np.str_),
            judges=np.array([place.code for place in mine.places], dtype=np.str_),
            wanted=np.array([demand.wanted for demand in mine.demands], dtype=np.int64),
            least=np.array([place.least for place in mine.places], dtype=np.int64),
            most=np.array([place.room for place in mine.places], dtype=np.int64),
            groups=np.array(["\n".join(place.groups) for place in mine.places], dtype=np.str_),
            kinds=np.array(["\n".join(place.kinds) for place in mine.places], dtype=np.str_),
            needs=np.array([f"{kind}\n{least}" for kind, least in mine.needs], dtype=np.str_),
            score=score,
            divisor=np.array(divisor),
            allowed=mine.allowed,
            pinned=np.column_stack([rows, columns]),
            present=np.column_stack([kept_rows, kept_columns]),
            spared=np.array([f"{rule}\n{code}" for rule, code in sorted(mine.spared)], dtype=np.str_),
            seed=np.array(mine.seed, dtype=np.int64),
        )
        return file.getvalue()


def _thin(score: NDArray[np.float64]) -> tuple[NDArray[np.float64] | NDArray[np.int16], float]:
    """Return scores that are whole hundredths as such: a quarter of the room, and exactly the same numbers."""
    whole = np.rint(score * 100)
    if np.abs(whole).max(initial=0) < 32_000 and np.array_equal(whole / 100, score):
        return whole.astype(np.int16), 100.0
    return score, 1.0


def unpacked(content: bytes) -> Problem:
    """Return the problem of a file that :meth:`Problem.packed` made."""
    with np.load(io.BytesIO(content), allow_pickle=False) as data:
        entries, judges = [str(code) for code in data["entries"]], [str(code) for code in data["judges"]]
        places = zip(judges, data["least"], data["most"], data["groups"], data["kinds"], strict=True)
        needs = (str(line).split("\n") for line in data["needs"])
        return Problem(
            demands=tuple(Demand(code, int(k)) for code, k in zip(entries, data["wanted"], strict=True)),
            places=tuple(
                Place(code, int(low), int(high), _lines(groups), _lines(kinds))
                for code, low, high, groups, kinds in places
            ),
            score=np.asarray(data["score"] / data["divisor"], dtype=np.float64),
            allowed=np.asarray(data["allowed"], dtype=bool),
            pinned=frozenset((entries[i], judges[j]) for i, j in data["pinned"]),
            seed=int(data["seed"]),
            present=frozenset((entries[i], judges[j]) for i, j in data["present"]),
            needs=tuple((kind, int(least)) for kind, least in needs),
            spared=frozenset((rule, code) for rule, code in (str(line).split("\n") for line in data["spared"])),
        )


def _lines(text: object) -> tuple[str, ...]:
    return tuple(str(text).split("\n")) if str(text) else ()


class Aim(StrEnum):
    """What is sought among the plans that keep every rule."""

    OPTIMAL = "optimal"
    FAIR = "fair"
    CALIBRATION = "calibration"
    RANDOM = "random"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a plan shall be.

    Attributes
    ----------
    aim
        The best total; the highest lowest entry; the best design for calibration; a draw; the smallest change.
    give
        Calibration: the share of the best total that may be given up for it.
    cap
        Draw: the highest probability that any allowed pair may have.
    secret
        Draw: what it is drawn from. The hash of it is published before, the secret itself after.
    quick
        A first look: loads are not evened out, and of an impossible plan only the clash is told, not the ways out.
    """

    aim: Aim = Aim.OPTIMAL
    give: float = 0.005
    cap: float = 0.5
    secret: str = ""
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """How many candidates two groups of judges shall have in common at least."""

    one: str  # the name of a group
    judges: tuple[str, ...]
    other: str
    others: tuple[str, ...]
    least: int


class Cause(StrEnum):
    """Why there is no plan."""

    FEW_JUDGES = "few_judges"  # a candidate has fewer possible judges than it wants
    ROOM = "room"  # these candidates want more places than their judges have
    MINIMUM = "minimum"  # these judges' least loads are more than their candidates can give
    NEED = "need"  # too few judges of a kind that each candidate must have
    FAMILY = "family"  # too few judges of different units or regions
    RULES = "rules"  # two panel rules together
    UNKNOWN = "unknown"  # none was found that keeps all rules, and none is proved to be impossible
    CAP = "cap"  # the highest chance of a pair leaves too few pairs
    STOPPED = "stopped"  # the plans that a draw is mixed of were not found in time


class RepairKind(StrEnum):
    """What would make a plan possible."""

    FEWER = "fewer"  # that many judges fewer for the candidate
    MORE = "more"  # that many places more for the judge
    LOWER = "lower"  # that much less as the judge's minimum
    FURTHER = "further"  # that many judges more for the candidate
    WAIVE = "waive"  # a panel rule does not hold for the candidate


@dataclass(frozen=True, slots=True)
class Repair:
    """One line of a way out."""

    kind: RepairKind
    code: str
    by: int
    rule: str = ""  # the one that is waived


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Which candidates clash with which judges, in numbers, and the cheapest way out."""

    cause: Cause
    candidates: tuple[str, ...]
    judges: tuple[str, ...]
    wanted: int
    room: int
    ways: tuple[tuple[Repair, ...], ...] = ()  # out of it, the cheapest first
    rules: tuple[str, ...] = ()  # the panel rules it comes from

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """Return the cheapest way out."""
        return self.ways[0] if self.ways else ()


@dataclass(frozen=True, slots=True)
class Proof:
    """Prices and the bound they prove: `sum of each candidate's best fits after prices, plus what the prices earn`."""

    prices: tuple[float, ...]  # of the judges, by code
    bound: float
    tolls: tuple[tuple[int, int, int, float], ...] = ()  # entry, panel rule, label, and what such a judge costs it more


@dataclass(frozen=True, slots=True)
class Plan:
    """Pairs with their proof, or no pairs and the reason."""

    pairs: tuple[Pair, ...] = ()
    total: float = 0.0
    bound: float = 0.0  # no plan under these rules has a higher total
    best: float | None = None  # the highest total of all, where a search through all plans has shown it
    conceded: float = 0.0  # given up so that all judges can be compared with one another
    loads: dict[str, int] = field(default_factory=dict)
    parts: int = 0  # of the graph of candidates and judges; 1: all judges are comparable
    diagnosis: Diagnosis | None = None
    proof: Proof | None = None
    expected: float | None = None  # of a draw: the total it has on average
    limit: float | None = None  # of a draw: no chances under the same cap and rules have a higher total on average
    mixed: int = 0  # of a draw under panel rules that cross: the number of plans that it is mixed of
    seal: str = ""  # of a draw: the hash of seed, problem and chances, published before
    chances: bytes = b""  # of such a draw: the file of its plans

    @property
    def gap(self) -> float:
        """Return how far the total may lie below the best possible one."""
        return max(0.0, self.bound - self.total)

    @property
    def optimal(self) -> bool:
        """Say whether no plan has a higher total: by the bound, or by a search through all plans."""
        gap = self.gap if self.best is None else self.best - self.total
        return gap <= 1e-6 * max(1.0, abs(self.bound))
