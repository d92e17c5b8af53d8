"""The best list that keeps every quota and cap, to proven optimality, and for every entry why it is in or out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from scoring.errors import ScoringError
from scoring.programme import Limit, Programme
from scoring.ranking import Standing
from scoring.sentences import Sentence, told


class Outcome(StrEnum):
    """What becomes of an entry."""

    CHOSEN = "chosen"
    RESERVE = "reserve"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry's outcome and its reason.

    Attributes
    ----------
    entry : str
    score : Decimal
    outcome : Outcome
    reserve : int
        1 for the first reserve; 0 for others.
    code : str
        ``above_line``; ``kept_place``: without its group's least number it would be out; ``reserve``; ``below_line``: it
        would be out without any cap; ``cap_full``: without this cap it would be in; ``outweighed``: no single cap keeps
        it out, but several together do; or ``not_eligible``.
    params : mapping
        ``points`` from the line (the lowest score chosen, kept places aside), ``limit``, ``group``, ``cap`` where they apply.
    text : str
        The reason in one plain `Sentence`.
    margin : Decimal or None
        Of a chosen entry: its points above the best entry that could take its place; None when nobody could.
    rival : str
        That entry.
    """

    entry: str
    score: Decimal
    outcome: Outcome
    reserve: int
    code: str
    params: Mapping[str, object]
    text: str
    margin: Decimal | None = None
    rival: str = ""


def choose_under_quotas(
    standings: Sequence[Standing],
    *,
    total: int,
    limits: Sequence[Limit] = (),
    reserves: int = 0,
    ineligible: Mapping[str, str] | None = None,
) -> tuple[Chosen, ...]:
    """Choose the best `total` entries within all limits.

    As many places as possible are filled; then the sum of scores is the largest possible; among lists of equal sum
    the one that takes the better standings from the top down is chosen. Every reason is the one that binds: it says
    what would have to be otherwise for the entry to be in.

    Parameters
    ----------
    standings : sequence of Standing
        Best first; the tie chain has spoken already.
    total : int
        Places.
    limits : sequence of Limit
    reserves : int
        How many reserves (候补): the next best who could take the place of some chosen entry within all caps.
    ineligible : mapping of entry to sentence, optional
        Who cannot be chosen, and why.

    Returns
    -------
    tuple of Chosen
        One for every standing, in the same order.

    Raises
    ------
    ScoringError
        ``impossible`` when kept places cannot be filled within the caps; ``bad_parameter``.

    Notes
    -----
    Mixed-integer programmes solved by HiGHS (Huangfu & Hall, 2018) to a gap of 0; see `scoring.programme`.
    """
    if total < 0 or reserves < 0:
        raise ScoringError(
            "bad_parameter",
            Sentence("Places and reserves cannot be negative.", "名额和候补人数不能是负数。"),
            total=total,
            reserves=reserves,
        )
    barred = ineligible or {}
    able = [standing for standing in standings if standing.entry not in barred]
    programme = Programme(able, total, limits)
    chosen = programme.best()
    kept = _kept_places(programme, chosen)
    scores = {standing.entry: standing.score for standing in able}
    line = min((scores[entry] for entry in chosen - kept.keys() or chosen), default=None)
    reasons = _Reasons(programme, chosen, frozenset(kept), line)
    waiting = reasons.reserves(reserves)
    results = []
    for standing in standings:
        entry = standing.entry
        if entry in barred:
            results.append(_made(standing, Outcome.OUT, "not_eligible", barred[entry]))
        elif entry in kept:
            limit, group = kept[entry]
            least = limit.at_least[group]
            text = Sentence(
                f"Has one of the {least} places kept for {group}.", f"占为{group}保留的 {least} 个名额之一。"
            )
            made = _made(standing, Outcome.CHOSEN, "kept_place", text, limit=limit.name, group=group)
            results.append(reasons.with_rival(made))
        elif entry in chosen:
            results.append(reasons.with_rival(_chosen(standing, line)))
        elif entry in waiting:
            number = waiting.index(entry) + 1
            reason = reasons.why_out(standing)
            text = Sentence(f"Reserve {number}. {reason.text}", f"第 {number} 候补。{told(reason.text, 'zh')}")
            results.append(Chosen(entry, standing.score, Outcome.RESERVE, number, "reserve", reason.params, text))
        else:
            results.append(reasons.why_out(standing))
    return tuple(results)


def _kept_places(programme: Programme, chosen: frozenset[str]) -> dict[str, tuple[Limit, str]]:
    """Chosen entries that would be out if no place were kept for their group."""
    kept: dict[str, tuple[Limit, str]] = {}
    for limit in programme.limits:
        for group, least in sorted(limit.at_least.items()):
            inside = {entry for entry in chosen if limit.groups.get(entry, "") == group}
            if least and len(inside) == least:
                free = programme.without_least(limit.name, group).best()
                kept.update((entry, (limit, group)) for entry in sorted(inside - free) if entry not in kept)
    return kept


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Why entries are in or out of a chosen list."""

    programme: Programme
    chosen: frozenset[str]
    kept: frozenset[str]
    line: Decimal | None

    def why_out(self, standing: Standing) -> Chosen:
        """The binding reason: the cap without which it would be in, or else the line."""
        full = self._full_limits(standing.entry)
        if full and self._would_be_in(standing, {limit.name for limit, _, _ in full}):
            for limit, group, cap in full:
                if len(full) == 1 or self._is_in_without(standing, {limit.name}):
                    text = Sentence(
                        f"Its {limit.name}, {group}, already has {cap}.", f"所属{limit.name}（{group}）已有 {cap} 件。"
                    )
                    facts: dict[str, object] = {"limit": limit.name, "group": group, "cap": cap}
                    return _made(standing, Outcome.OUT, "cap_full", text, **facts)
            text = Sentence(
                "Within the line, but taking it would have cost more elsewhere under the limits.",
                "分数够线，但在各项限制之下，选它会使别处损失更多。",
            )
            points = (self.line or Decimal(0)) - standing.score
            return _made(standing, Outcome.OUT, "outweighed", text, points=points)
        return self._below(standing)

    def reserves(self, wanted: int) -> list[str]:
        """The next best who could take the place of some chosen entry within all limits."""
        found: list[str] = []
        for standing in self.programme.able:
            if len(found) == wanted:
                break
            if standing.entry not in self.chosen and any(
                self._could_replace(standing.entry, one) for one in self.chosen
            ):
                found.append(standing.entry)
        return found

    def with_rival(self, made: Chosen) -> Chosen:
        """A chosen entry with the best one that could take its place."""
        for standing in self.programme.able:
            if standing.entry not in self.chosen and self._could_replace(standing.entry, made.entry):
                margin, points = made.score - standing.score, made.params.get("points")
                near = Sentence(
                    f"{made.text} {margin} points ahead of {standing.entry}, who could take its place.",
                    f"{told(made.text, 'zh')}比可以顶替它的 {standing.entry} 高 {margin} 分。",
                )
                text = near if isinstance(points, Decimal) and margin < points else made.text
                return replace(made, margin=margin, rival=standing.entry, text=text)
        return made

    def _would_be_in(self, standing: Standing, names: set[str]) -> bool:
        """Whether an entry would be in if these limits, all that hold it, did not count it."""
        places = self.programme.places
        if len(self.chosen) < self.programme.total:
            return True
        later = [one for one in self.chosen if places[one] > places[standing.entry]]
        if any(one not in self.kept for one in later):
            return True
        if any(limit.at_least.get(limit.groups.get(standing.entry, "")) for limit in self.programme.limits):
            return self._is_in_without(standing, names)  # it could fill a kept place, and so set free another
        worth = self.programme.worth_of_a_place
        return worth is not None and standing.score >= worth and self._is_in_without(standing, names)

    def _is_in_without(self, standing: Standing, names: set[str]) -> bool:
        """Whether an entry would be in if some limits did not count it: by a plain exchange, or by choosing anew."""
        places, entry = self.programme.places, standing.entry
        if len(self.chosen) == self.programme.total:
            later = (one for one in self.chosen if places[one] > places[entry])
            if any(self._could_replace(entry, one, names) for one in later):
                return True
        return self.programme.has_without_limits_on(entry, names)

    def _full_limits(self, entry: str) -> list[tuple[Limit, str, int]]:
        """The entry's groups that can take no more, with their caps."""
        found = []
        for limit in self.programme.limits:
            group = limit.groups.get(entry, "")
            cap = limit.cap(group) if group else None
            if cap is not None and self.programme.count(self.chosen, limit, group) >= cap:
                found.append((limit, group, cap))
        return found

    def _could_replace(self, entry: str, other: str, free: Collection[str] = ()) -> bool:
        """Whether the list stays within all limits (those in `free` do not count `entry`) when one replaces another."""
        for limit in self.programme.limits:
            ours = "" if limit.name in free else limit.groups.get(entry, "")
            theirs = limit.groups.get(other, "")
            if ours == theirs:
                continue
            cap = limit.cap(ours) if ours else None
            if cap is not None and self.programme.count(self.chosen, limit, ours) >= cap:
                return False
            if theirs and self.programme.count(self.chosen, limit, theirs) <= limit.at_least.get(theirs, 0):
                return False
        return True

    def _below(self, standing: Standing) -> Chosen:
        if self.line is None:
            return _made(standing, Outcome.OUT, "below_line", Sentence("There is no place to give.", "没有名额。"))
        points = self.line - standing.score
        if points > 0:
            text = Sentence(f"{points} points below the line of {self.line}.", f"比入选线 {self.line} 低 {points} 分。")
        elif not points:
            text = Sentence(
                "On the line, and later in the standings than those chosen.", "正在入选线上，而名次在入选者之后。"
            )
        else:
            text = Sentence(
                f"{-points} points above the line of {self.line}, but all other places are kept for groups.",
                f"比入选线 {self.line} 高 {-points} 分，但其余名额都为各类别保留。",
            )
        return _made(standing, Outcome.OUT, "below_line", text, points=points)


def _chosen(standing: Standing, line: Decimal | None) -> Chosen:
    points = standing.score - (line or Decimal(0))
    text = Sentence(f"On the line of {line}.", f"正在入选线 {line} 上。")
    if points:
        text = Sentence(f"{points} points above the line of {line}.", f"比入选线 {line} 高 {points} 分。")
    return _made(standing, Outcome.CHOSEN, "above_line", text, points=points)


def _made(standing: Standing, outcome: Outcome, code: str, text: str, **params: object) -> Chosen:
    return Chosen(standing.entry, standing.score, outcome, 0, code, params, text)
