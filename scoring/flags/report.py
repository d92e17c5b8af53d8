"""All flags of a round: what was tested, what was found, and what this design cannot test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray
from scoring.evaluation import Flag, FlagKind
from scoring.flags.base import Base
from scoring.flags.judges import inconsistency, narrow_range, severity
from scoring.flags.multiple import opened
from scoring.flags.outcome import Tested, Untestable
from scoring.flags.pairs import copying
from scoring.flags.partial import drift, favouritism, favouritism_overall
from scoring.flags.scores import single_scores
from scoring.flags.sheets import halo
from scoring.table import ScoreTable
from scoring.untestable import Reason

FALSE_ALARMS = 0.116
# How the chance of any false flag is shared. Severity, range and favour get most: judges do differ, so that one who does
# beyond the others is hard to tell from chance, and own entries are few.
SHARES = {
    FlagKind.SEVERITY: 29.0,
    FlagKind.INCONSISTENCY: 5.0,
    FlagKind.RANGE: 23.0,
    FlagKind.SCORE: 5.0,
    FlagKind.FAVOURITISM: 34.0,
    FlagKind.REGION: 10.0,
    FlagKind.FAVOURITISM_OVERALL: 4.0,
    FlagKind.DRIFT: 16.0,
    FlagKind.COPYING: 5.0,
    FlagKind.HALO: 65.0,
}
TOO_SMALL = Reason("too_small")


@dataclass(frozen=True, eq=False)
class FlagReport:
    """Everything about the flags of one round.

    Attributes
    ----------
    outcomes : tuple of Tested
        By kind.
    open : frozenset of FlagKind
        The kinds in which something is there beyond chance: only these flag.
    untestable : mapping of FlagKind to Reason
        What this design cannot test, and why.
    """

    outcomes: tuple[Tested, ...]
    open: frozenset[FlagKind]
    untestable: Mapping[FlagKind, Reason]

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What is flagged: kind by kind, the least likely first."""
        return tuple(flag for one in self.outcomes if one.kind in self.open for flag in one.flags())

    @property
    def tested(self) -> dict[str, int]:
        """How many were tested, by kind; 0 where the design cannot test."""
        counts = {one.kind.value: len(one.p) for one in self.outcomes}
        return {kind.value: counts.get(kind.value, 0) for kind in FlagKind if kind is not FlagKind.DEVIATION}

    def rows(self, *, most_scores: int = 100) -> Iterator[tuple[Flag, bool]]:
        """Everything that was tested with whether it is flagged; of single scores the flagged and the strongest."""
        for one in self.outcomes:
            flagged = one.found if one.kind in self.open else np.zeros(len(one.p), bool)
            order = np.argsort(one.p, kind="stable")
            if one.kind is FlagKind.SCORE:
                order = order[flagged[order] | (np.arange(len(order)) < most_scores)]
            for at in order.tolist():
                yield one.flag(at), bool(flagged[at])


def find_flags(
    table: ScoreTable,
    *,
    region_of_entry: Mapping[str, str] | None = None,
    region_of_judge: Mapping[str, str] | None = None,
    sheets: Sequence[ScoreTable] = (),
    false_alarms: float = FALSE_ALARMS,
) -> FlagReport:
    """Test everything the design allows: judges, single totals, favour, drift, copying, halo.

    Parameters
    ----------
    table : ScoreTable
        With units, order, tracks and criteria where they are known.
    region_of_entry, region_of_judge : mapping of str to str, optional
        Regions by id, for favour towards the own region besides the own unit.
    sheets : sequence of ScoreTable
        The marks by criterion, one table a rubric, where `table` holds totals only: for halo.
    false_alarms : float
        The chance, at most, that a competition without any fault raises any flag at all.

    Returns
    -------
    FlagReport

    Notes
    -----
    Two locks. A kind may flag only if its smallest p-values cannot be chance, at a level shared among the kinds tested
    (`scoring.flags.multiple.opened`). Within an open kind, Benjamini-Hochberg bears 10 % of false flags over judges and
    5 % over single totals.
    """
    base = Base.of(table)
    tried: list[Tested | Untestable] = []
    if base is None:
        tried += [Untestable(kind, TOO_SMALL) for kind in FlagKind if kind not in (FlagKind.DEVIATION, FlagKind.HALO)]
    else:
        region = _same(table, region_of_entry, region_of_judge)
        tried += [severity(base), inconsistency(base), *narrow_range(base), single_scores(base)]
        tried += [favouritism(base, table.own_unit), favouritism_overall(base, table.own_unit)]
        tried += [favouritism(base, region, FlagKind.REGION), drift(base), copying(base)]
    tried.append(halo(table, sheets))
    outcomes = tuple(one for one in tried if isinstance(one, Tested))
    chances = {one.kind.value: one.chance for one in outcomes if one.kind in SHARES}
    kinds = {
        FlagKind(kind) for kind in opened(chances, {kind.value: share for kind, share in SHARES.items()}, false_alarms)
    }
    if FlagKind.RANGE in kinds:
        kinds.add(FlagKind.RANDOM)
    return FlagReport(
        outcomes=outcomes,
        open=frozenset(kinds),
        untestable={one.kind: one.reason for one in tried if isinstance(one, Untestable)},
    )


def _same(
    table: ScoreTable, of_entry: Mapping[str, str] | None, of_judge: Mapping[str, str] | None
) -> BoolArray | None:
    """Per ballot, whether both are of the same place; None when places are not known."""
    if of_entry is None or of_judge is None:
        return None
    ours = np.array([of_entry.get(entry, "") for entry in table.entries], object)
    theirs = np.array([of_judge.get(judge, "") for judge in table.judges], object)
    return np.asarray((ours[table.entry] == theirs[table.judge]) & (ours[table.entry] != ""), bool)
