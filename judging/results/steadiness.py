"""What the sensitivity of a sheet says, with codes and names in place of ids, and where the next reviews help most. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.editions.models import Method
from judging.results.chances import Chance
from judging.results.models import Standing
from scoring.planning import spend

EACH = 3  # no entry gets more reviews than this

ASSUMPTIONS: dict[str, LazyString] = {
    "no_tracks": _l("as if all entries were of one track"),
    "no_units": _l("without the term for the own unit"),
    "no_cap": _l("totals at the maximum taken at their word"),
    "severity_only": _l("severity only: no scales, no reliability of judges, no aberrant scores"),
    "no_flagged_scores": _l("without the flagged single scores"),
    "no_flagged_judges": _l("without all scores of the flagged judges"),
}


@dataclass(frozen=True, slots=True)
class Steady:
    """An entry near the line when every judge in turn is left out."""

    code: str
    rank: int
    best: int
    worst: int
    best_without: str
    worst_without: str
    inside: bool  # with all judges
    firm: bool  # whoever is left out, it stays on its side of the line


@dataclass(frozen=True, slots=True)
class Worst:
    """What one or two partial judges could do to an entry at most."""

    code: str
    judges: str
    points: float
    change: float
    rank: int
    after: int
    crosses: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """What another method or assumption would change."""

    label: str
    agreement: float
    moved: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of one award line."""

    line: int
    points: float
    steady: tuple[Steady, ...]
    worst: Mapping[int, tuple[Worst, ...]]  # by number of partial judges
    methods: tuple[Switch, ...]
    assumptions: tuple[Switch, ...]

    @property
    def loose(self) -> list[Steady]:
        """Return the entries near the line that change sides when one judge is left out."""
        return [one for one in self.steady if not one.firm]

    @property
    def firm(self) -> list[Steady]:
        """Return those that do not, whoever is left out."""
        return [one for one in self.steady if one.firm]

    @property
    def crossing(self) -> dict[int, int]:
        """Return how many entries near the line so many partial judges could bring over it."""
        return {many: sum(one.crosses for one in cases) for many, cases in self.worst.items()}

    @property
    def farthest(self) -> dict[int, float]:
        """Return by how many points so many partial judges could move a score at most."""
        return {many: max(abs(one.change) for one in cases) for many, cases in self.worst.items() if cases}


def seen_at(stored: Mapping[str, Any], line: int, codes: Mapping[str, str], names: Mapping[str, str]) -> Seen:
    """Return what a sheet's stored sensitivity says of a line."""
    found = stored["lines"][str(line)]
    worst: dict[int, list[Worst]] = {}
    for one in found["worst"]:
        case = Worst(
            code=codes.get(one["entry"], ""),
            judges=" + ".join(names.get(judge, "") for judge in one["judges"]),
            points=one["points"],
            change=one["change"],
            rank=one["rank"],
            after=one["rank_after"],
            crosses=one["crosses"],
        )
        worst.setdefault(len(one["judges"]), []).append(case)
    return Seen(
        line=line,
        points=stored["points"],
        steady=tuple(_steady(one, line, codes, names) for one in found["steady"]),
        worst={many: tuple(cases) for many, cases in sorted(worst.items())},
        methods=tuple(_switch(one, str(Method(one["method"]).label), codes) for one in found["methods"]),
        assumptions=tuple(
            _switch(one, str(ASSUMPTIONS.get(one["code"], one["code"])), codes) for one in found["assumptions"]
        ),
    )


def _steady(one: Mapping[str, Any], line: int, codes: Mapping[str, str], names: Mapping[str, str]) -> Steady:
    inside = one["rank"] <= line
    return Steady(
        code=codes.get(one["entry"], ""),
        rank=one["rank"],
        best=one["best"],
        worst=one["worst"],
        best_without=names.get(one["best_without"], ""),
        worst_without=names.get(one["worst_without"], ""),
        inside=inside,
        firm=one["worst"] <= line if inside else one["best"] > line,
    )


def _switch(one: Mapping[str, Any], label: str, codes: Mapping[str, str]) -> Switch:
    entering, leaving = (tuple(codes.get(entry, "") for entry in one[side]) for side in ("entering", "leaving"))
    return Switch(label, one["agreement"], one["moved"], entering, leaving)


@dataclass(frozen=True, slots=True)
class NextReview:
    """An entry that more judges should see."""

    code: str
    rank: int
    chance: Chance
    reviews: int


def next_reviews(standings: Sequence[Standing], line: int, budget: int) -> list[NextReview]:
    """Return where a number of further reviews would best settle the line: at the entries that are most open at it."""
    known = [one for one in standings if str(line) in one.p_top]
    if not known:
        return []
    chances = np.array([float(one.p_top[str(line)]) for one in known])
    given = spend(chances, budget, EACH)
    order = np.argsort(-given * 10 - chances * (1 - chances), kind="stable")
    return [
        NextReview(known[at].candidate.code, known[at].rank, Chance(line, float(chances[at])), int(given[at]))
        for at in order.tolist()
        if given[at]
    ]
