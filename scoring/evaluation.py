"""What `evaluate` returns: values only, frozen, in the words of the glossary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from scoring.errors import Note
from scoring.flagged import Flag, FlagKind
from scoring.untestable import Reason

__all__ = [
    "BallotResult",
    "Component",
    "EntryResult",
    "Evaluation",
    "Flag",
    "FlagKind",
    "FullModel",
    "JudgeResult",
    "Method",
    "Variances",
]


class Method(StrEnum):
    """How the totals of a candidate become its score."""

    MEAN = "mean"
    TRIMMED = "trimmed"
    MEDIAN = "median"
    STANDARD = "standard"
    MAPPED = "mapped"
    SEVERITY = "severity"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class EntryResult:
    """One entry's scores by every method, its place by the chosen one, and how sure both are.

    Attributes
    ----------
    entry : str
        The entry's id as given.
    n : int
        Number of totals that count.
    raw_mean, trimmed, median, standard, mapped, adjusted : float
        The score by every method, unrounded: mean, trimmed mean, median, mean of 50 + 10 z, mean of z on the common
        scale, and mean of the totals after the judges' adjustments.
    score : Decimal
        The published score: the chosen method's, rounded half up, once.
    exact : float
        The chosen method's score before rounding.
    se, low90, high90 : float or None
        Standard error and 90 % interval of `exact`; None when one total per entry leaves nothing to estimate it from.
    rank : int
        1 is best; equal published scores share a rank unless the tie chain parts them.
    tied : bool
        Whether another entry has the same rank.
    rank_low, rank_high : int
        90 % interval of the place among the truly better and worse (low is the better place).
    p_top : Mapping[int, float]
        For every asked k, the probability to be truly among the best k.
    component : int
        The part of the design it belongs to, from 1; ranks of different parts are not comparable under ``severity`` and
        ``full``.
    """

    entry: str
    n: int
    raw_mean: float
    trimmed: float
    median: float
    standard: float
    mapped: float
    adjusted: float
    score: Decimal
    exact: float
    se: float | None
    low90: float | None
    high90: float | None
    rank: int
    tied: bool
    rank_low: int
    rank_high: int
    p_top: Mapping[int, float]
    component: int


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """One judge among the others.

    Attributes
    ----------
    judge : str
        The judge's id as given.
    n : int
        Number of totals given that count.
    mean, sd : float
        Mean and standard deviation (n - 1; 0 for one total) of these totals.
    severity : float
        Points by which the judge lies below the others on equal work: positive is severe, negative lenient.
    adjustment : Decimal
        What calibration adds to each of the judge's totals: `severity`, half up to `decimals` places.
    se, low90, high90 : float or None
        Standard error and 90 % interval of `severity`.
    spread : float
        Root mean square of the judge's residuals: how far totals stray from what the work made likely.
    component : int
        The part of the design the judge belongs to, from 1.
    scale, noise, favour : float or None
        Under ``full``: how far the judge stretches differences (1 as others do), standard deviation of the noise of its
        totals, and points added to entries of the own unit.
    curve : float or None
        Under ``full``: half of what the scale gains with every spread of quality above the middle; 0 without curves.
    """

    judge: str
    n: int
    mean: float
    sd: float
    severity: float
    adjustment: Decimal
    se: float | None
    low90: float | None
    high90: float | None
    spread: float
    component: int
    scale: float | None = None
    noise: float | None = None
    favour: float | None = None
    curve: float | None = None


@dataclass(frozen=True, slots=True)
class BallotResult:
    """One judge's total for one entry, and what became of it under ``full``: score = sum of weight x (total - adjustment).

    Attributes
    ----------
    entry, judge : str
    total : float
        As given.
    adjustment : Decimal
        What is taken off: severity, scale, favour towards the own unit, and the pull towards the mean.
    weight : Decimal
        How much it counts; weights of an entry sum to 1.
    aberrant : float
        The chance that it is aberrant.
    """

    entry: str
    judge: str
    total: float
    adjustment: Decimal
    weight: Decimal
    aberrant: float


@dataclass(frozen=True, slots=True)
class FullModel:
    """What the full calibration found out of all judges and entries together, in points or shares.

    Attributes
    ----------
    mean, entry, judge, noise : float
        Level, and standard deviations of entries within tracks, of severities, and of a middling judge's noise.
    scale : float
        Standard deviation of the judges' scales around 1.
    aberrant : float
        Share of aberrant totals.
    favour : float
        Mean favour towards the own unit.
    tracks : Mapping[str, float]
        Level of every track; empty without tracks.
    track : float
        Standard deviation of the tracks' levels; 0 without tracks.
    simulated : bool
        Whether scores are means of the simulation, because judges gave few totals each.
    fallback : str
        Empty; ``additive`` when the additive calibration stands in; ``normal`` when the simulation did not settle.
    chains, sweeps : int
        Of the simulation; 0 when there was none.
    rhat, effective : float
        Largest R-hat, smallest effective number of draws.
    """

    mean: float
    entry: float
    judge: float
    noise: float
    scale: float
    aberrant: float
    favour: float
    tracks: Mapping[str, float]
    track: float
    simulated: bool
    fallback: str
    chains: int
    sweeps: int
    rhat: float
    effective: float


@dataclass(frozen=True, slots=True)
class Component:
    """Entries and judges linked with one another, and with nobody else."""

    entries: tuple[str, ...]
    judges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variances:
    """Standard deviations, in points, of entries, judges' severities and the rest (REML); and the mean."""

    entry: float
    judge: float
    residual: float
    mean: float
    criterion: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A whole round evaluated; computing it again from the same table and `params` gives the same value.

    Attributes
    ----------
    method : Method
        The chosen method.
    entries : tuple of EntryResult
        In order of standing (rank, then id).
    judges : tuple of JudgeResult
        In order of id.
    flags : tuple of Flag
        Strongest first within each kind.
    tested : Mapping[str, int]
        How many scores or judges each kind of flag was tested on; 0 means the design cannot test it.
    components : tuple of Component
        Parts of the design that share no judge; one, if all is well.
    variances : Variances or None
        None when the design leaves nothing to estimate them from.
    notes : tuple of Note
        What the organizer ought to know; codes are stable.
    params : Mapping[str, object]
        Everything besides the table that the result depends on, fit for JSON and for `evaluate(table, **params)`.
    version : str
        Version of the engine.
    digest : str
        SHA-256 over table, parameters and version; the order of rows does not matter.
    ballots : tuple of BallotResult
        Under ``full``: every total with its adjustment and weight, in order of entry and judge.
    full : FullModel or None
        Under ``full``: what it found, and how its simulation went.
    untestable : Mapping[str, Reason]
        Why, for every kind of flag that the design cannot test: a code with figures, told in English and Chinese.
    """

    method: Method
    entries: tuple[EntryResult, ...]
    judges: tuple[JudgeResult, ...]
    flags: tuple[Flag, ...]
    tested: Mapping[str, int]
    components: tuple[Component, ...]
    variances: Variances | None
    notes: tuple[Note, ...]
    params: Mapping[str, object]
    version: str
    digest: str
    ballots: tuple[BallotResult, ...] = ()
    full: FullModel | None = None
    untestable: Mapping[str, Reason] = field(default_factory=dict)
