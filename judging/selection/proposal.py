"""Award levels laid over scores, with a reason for every entry in or out. Pure: values in, values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import scoring
from judging.selection.models import TierBasis, TieRule
from judging.selection.rules import BadTiers, TierSpec
from judging.web.filters import reason_of
from scoring import CutTie, Level, Placing, ScoringError, Standing

Reason = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry with the score and the place that count, and the group it is awarded in."""

    key: str
    score: Decimal
    rank: int
    group: str = ""
    part: int = 1  # unlinked parts of a round are awarded each by itself
    gate_missed: Decimal | None = None  # points that lack in a round that only admits


@dataclass(frozen=True, slots=True)
class Placed:
    """What an entry would be granted: the index of a level or None, and why."""

    key: str
    level: int | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Line:
    """A cut line: a level in a group with its places, what was granted, and the lowest score that got it."""

    level: int
    group: str
    part: int
    places: int | None
    granted: int
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The whole list as a value."""

    placed: Mapping[str, Placed]
    lines: tuple[Line, ...]

    def granted(self, level: int | None) -> int:
        """Return how many entries get a level (None: nothing)."""
        return sum(one.level == level for one in self.placed.values())


def lay_tiers(entries: Sequence[Scored], tiers: Sequence[TierSpec]) -> Proposal:
    """Lay the levels over the entries.

    Raises
    ------
    BadTiers
        When the levels contradict one another.
    """
    admitted = [entry for entry in entries if entry.gate_missed is None]
    groups = {entry.key: f"{entry.part}|{entry.group}" for entry in admitted}
    try:
        placings = scoring.award_levels(
            _standings(admitted, tiers), levels_of(tiers), groups=groups, tie=_tie_rule(tiers)
        )
    except ScoringError as error:
        raise BadTiers(reason=reason_of(error)) from error
    scores = {entry.key: entry.score for entry in admitted}
    lines = _lines(placings, scores, tiers, admitted)
    known = {(line.level, f"{line.part}|{line.group}"): line.score for line in lines}
    placed = {one.entry: _placed(one, scores[one.entry], tiers, known) for one in placings}
    for entry in entries:
        if entry.gate_missed is not None:
            placed[entry.key] = Placed(entry.key, None, _reason("below_gate", points=entry.gate_missed))
    return Proposal(placed, lines)


def _tie_rule(tiers: Sequence[TierSpec]) -> CutTie:
    contract = bool(tiers) and tiers[0].tie_rule is TieRule.CONTRACT
    return CutTie.CONTRACT if contract else CutTie.EXPAND


def levels_of(tiers: Sequence[TierSpec]) -> list[Level]:
    """Return the levels as the engine knows them."""
    made = []
    for index, tier in enumerate(tiers):
        level = Level(str(index))
        if tier.basis is TierBasis.COUNT:
            level = replace(level, count=int(tier.amount))
        elif tier.basis is TierBasis.PERCENT:
            level = replace(level, share=tier.amount)
        else:
            level = replace(level, floor=tier.amount)
        made.append(level)
    return made


def _standings(entries: Sequence[Scored], tiers: Sequence[TierSpec]) -> list[Standing]:
    """Where the chain decides, the places of the sheet; else equal scores are equals, whatever the chain said."""
    if tiers and tiers[0].tie_rule is TieRule.CHAIN:
        ordered = sorted(entries, key=lambda one: (one.part, one.rank, one.key))
        return [Standing(one.key, one.score, one.rank, False, 0) for one in ordered]
    return list(scoring.rank_entries({one.key: one.score for one in entries})) if entries else []


def _lines(
    placings: Sequence[Placing], scores: Mapping[str, Decimal], tiers: Sequence[TierSpec], entries: Sequence[Scored]
) -> tuple[Line, ...]:
    names = sorted({(entry.part, entry.group) for entry in entries})
    sizes = [sum((entry.part, entry.group) == name for entry in entries) for name in names]
    places = scoring.places_by_group(sizes, levels_of(tiers))
    lines = []
    for (part, group), row in zip(names, places, strict=True):
        for level, count in enumerate(row):
            got = [scores[p.entry] for p in placings if p.group == f"{part}|{group}" and p.level == str(level)]
            lines.append(Line(level, group, part, count, len(got), min(got, default=None)))
    return tuple(lines)


def _placed(
    placing: Placing, score: Decimal, tiers: Sequence[TierSpec], lines: Mapping[tuple[int, str], Decimal | None]
) -> Placed:
    level = None if placing.level is None else int(placing.level)
    if placing.code == "below_floor":
        return Placed(placing.entry, level, _below_floor(score, level, tiers))
    if level is None:
        return Placed(placing.entry, None, _out(placing, score, tiers, lines))
    name, line = tiers[level].name, lines[level, placing.group]
    points = score - (line if line is not None else score)
    if placing.code == "tie_expanded":
        return Placed(placing.entry, level, _reason("tie_expanded", tier=name))
    code = "above_line" if points else "on_line"
    return Placed(placing.entry, level, _reason(code, tier=name, points=points))


def _below_floor(score: Decimal, level: int | None, tiers: Sequence[TierSpec]) -> Reason:
    """The first floor that the score misses, whichever level is granted in the end."""
    missed = next(t for t in tiers if t.basis is TierBasis.FLOOR and score < t.amount)
    given = tiers[level].name if level is not None else ""
    return _reason("below_floor", tier=missed.name, points=missed.amount - score, given=given)


def _out(
    placing: Placing, score: Decimal, tiers: Sequence[TierSpec], lines: Mapping[tuple[int, str], Decimal | None]
) -> Reason:
    last = len(tiers) - 1
    name = tiers[last].name if tiers else ""
    if placing.code == "tie_contracted":
        return _reason("tie_contracted", tier=name)
    reached = [line for level in range(last, -1, -1) if (line := lines[level, placing.group]) is not None]
    if not reached:
        return _reason("no_place", tier=name)
    points = reached[0] - score
    return _reason("below_line", tier=name, points=points) if points > 0 else _reason("full", tier=name)


def _reason(code: str, **params: object) -> Reason:
    plain = {key: format(value, "f") if isinstance(value, Decimal) else value for key, value in params.items()}
    return {"code": code, "params": plain}
