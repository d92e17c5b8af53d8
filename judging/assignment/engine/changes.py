"""Changes of a problem that would make it possible, as a value that can be applied."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import numpy as np

from judging.assignment.engine.instance import Family, Instance, Ints, Marks, Need

Rule = TypeVar("Rule", Family, Need)


class Kind(StrEnum):
    """What a repair changes."""

    PLACES = "places"  # one place more for a judge
    WAIVE = "waive"  # a panel rule does not hold for an entry
    FEWER = "fewer"  # one judge fewer for an entry
    LOWER = "lower"  # a judge's least load is lowered
    FURTHER = "further"  # one judge more for an entry
    MIXED = "mixed"  # places, waived rules and fewer judges together


WEIGHT = {Kind.PLACES: 1, Kind.LOWER: 1, Kind.WAIVE: 2, Kind.FEWER: 3, Kind.FURTHER: 3}


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """Changes after which the problem has an answer.

    Attributes
    ----------
    kind
        What it mainly changes.
    rule
        The rule that is waived, if one is.
    places, lower : int64 (m,)
        Places more, and least loads less, of each judge.
    fewer, further : int64 (n,)
        Judges fewer, and judges more, for each entry.
    waived : bool (rules, n)
        Entries spared each panel rule, families before needs.
    bound
        No repair of this kind can do with fewer changes.
    certain
        Whether the problem so changed surely has an answer (rules that cross leave a doubt).
    """

    kind: Kind
    rule: str
    places: Ints
    lower: Ints
    fewer: Ints
    further: Ints
    waived: Marks
    bound: int = 0
    certain: bool = True

    @property
    def changes(self) -> int:
        """Return the number of single changes."""
        return sum(self.used.values())

    @property
    def used(self) -> dict[Kind, int]:
        """Return how many changes of each kind it makes; kinds without any are left out."""
        counts = {
            Kind.PLACES: int(self.places.sum()),
            Kind.LOWER: int(self.lower.sum()),
            Kind.WAIVE: int(self.waived.sum()),
            Kind.FEWER: int(self.fewer.sum()),
            Kind.FURTHER: int(self.further.sum()),
        }
        return {kind: count for kind, count in counts.items() if count}

    @property
    def weight(self) -> int:
        """Return what the changes cost together: a place little, a waived rule more, a missing judge most."""
        return sum(WEIGHT[kind] * count for kind, count in self.used.items())

    def apply(self, instance: Instance) -> Instance:
        """Return the problem so changed."""
        n, m = instance.shape
        pins = np.bincount(instance.pinned.row, minlength=n)
        base = np.where(self.further > 0, np.maximum(instance.wanted, pins), instance.wanted)
        pins = np.bincount(instance.pinned.column, minlength=m)
        most = np.where(self.places > 0, np.maximum(instance.most, pins), instance.most)
        split = len(instance.families)
        return instance.but(
            wanted=base - self.fewer + self.further,
            least=instance.least - self.lower,
            most=most + self.places,
            families=tuple(_spare(f, w) for f, w in zip(instance.families, self.waived[:split], strict=True)),
            needs=tuple(_spare(f, w) for f, w in zip(instance.needs, self.waived[split:], strict=True)),
        )


def _spare(rule: Rule, waived: Marks) -> Rule:
    if not waived.any():
        return rule
    return replace(rule, spared=waived if rule.spared is None else rule.spared | waived)
