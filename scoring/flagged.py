"""A flag: what it is about, its test, and the totals it rests on."""

from dataclasses import dataclass
from enum import StrEnum


class FlagKind(StrEnum):
    """What a flag is about."""

    SCORE = "score"
    DEVIATION = "deviation"
    SEVERITY = "severity"
    INCONSISTENCY = "inconsistency"
    FAVOURITISM = "favouritism"
    FAVOURITISM_OVERALL = "favouritism_overall"
    REGION = "region"
    RANGE = "range"
    RANDOM = "random"
    DRIFT = "drift"
    COPYING = "copying"
    HALO = "halo"


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason for a human look, never an automatic deletion.

    Attributes
    ----------
    kind : FlagKind
        What is flagged: one ``score``, a judge (``severity``, ``inconsistency``, ``range``, ``random``, ``favouritism``,
        ``region``, ``drift``, ``halo``), two judges (``copying``), or all together (``favouritism_overall``).
    judge, entry : str
        Whom it concerns; `entry` is empty when it concerns a judge as a whole, `judge` when it concerns all.
    statistic, p, q : float
        Test statistic, its p-value, and the p-value after Benjamini-Hochberg over all `tested`.
    effect : float
        Size in points: given minus expected, severity, excess spread, own minus other units, change over the session,
        missing difference of a pair; the slope for ``range`` and ``random``, the ratio of spreads for ``halo``.
    threshold : float
        The q below which a flag is raised.
    tested : int
        How many were tested together.
    text : str
        One plain sentence.
    other : str
        The second judge of a pair.
    rows : tuple of (str, str)
        Entry and judge of the totals it rests on.
    """

    kind: FlagKind
    judge: str
    entry: str
    statistic: float
    p: float
    q: float
    effect: float
    threshold: float
    tested: int
    text: str
    other: str = ""
    rows: tuple[tuple[str, str], ...] = ()
