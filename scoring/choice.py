"""The best list that keeps every quota and cap, to proven optimality, and for every entry why it is in or out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import ScoringError
from scoring.ranking import Standing


class Outcome(StrEnum):
    """What becomes of an entry."""

    CHOSEN = "chosen"
    RESERVE = "reserve"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many chosen entries each group of one kind may and must have.

    Attributes
    ----------
    name : str
        What the groups are: ``type``, ``region``, ``unit``.
    groups : mapping of entry to group
        Entries without a group are not limited.
    at_most : int or mapping of group to int
        The cap: one for every group, or each its own (none where not given).
    at_least : mapping of group to int
        Places kept for groups.
    """

    name: str
    groups: Mapping[str, str]
    at_most: int | Mapping[str, int] | None = None
    at_least: Mapping[str, int] = field(default_factory=dict)

    def cap(self, group: str) -> int | None:
        """The cap of one group."""
        return self.at_most.get(group) if isinstance(self.at_most, Mapping) else self.at_most


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
        ``above_line``, ``kept_place`` (chosen for a group's least number), ``reserve``, ``below_line``, ``cap_full``,
        ``outweighed`` (two caps together spoke for others) or ``not_eligible``.
    params : mapping
        ``points`` from the line (the lowest score chosen, kept places aside), ``limit``, ``group``, ``cap`` where they apply.
    text : str
        The reason in one plain sentence.
    """

    entry: str
    score: Decimal
    outcome: Outcome
    reserve: int
    code: str
    params: Mapping[str, object]
    text: str


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
    the one that takes the better standings from the top down is chosen.

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
    Three mixed-integer programmes solved by HiGHS (Huangfu & Hall, 2018) to a gap of 0.
    """
    if total < 0 or reserves < 0:
        raise ScoringError("bad_parameter", "Places and reserves cannot be negative.", total=total, reserves=reserves)
    barred = ineligible or {}
    able = [standing for standing in standings if standing.entry not in barred]
    chosen = _solve(able, total, limits)
    counts = {limit.name: _counts(limit, chosen) for limit in limits}
    kept = _kept_places(able, chosen, limits, counts)
    scores = {standing.entry: standing.score for standing in able}
    line = min((scores[entry] for entry in chosen - kept.keys() or chosen), default=None)
    waiting = _reserves(able, chosen, limits, counts, reserves)
    full = len(chosen) >= total
    results = []
    for standing in standings:
        entry = standing.entry
        if entry in barred:
            results.append(_made(standing, Outcome.OUT, "not_eligible", barred[entry]))
        elif entry in kept:
            limit, group = kept[entry]
            text = f"Has one of the {limit.at_least[group]} places kept for {group}."
            results.append(_made(standing, Outcome.CHOSEN, "kept_place", text, limit=limit.name, group=group))
        elif entry in chosen:
            results.append(_chosen(standing, line))
        elif entry in waiting:
            number = waiting.index(entry) + 1
            reason = _why_out(standing, line, limits, counts, full=full)
            text = f"Reserve {number}. {reason.text}"
            results.append(Chosen(entry, standing.score, Outcome.RESERVE, number, "reserve", reason.params, text))
        else:
            results.append(_why_out(standing, line, limits, counts, full=full))
    return tuple(results)


def _solve(able: Sequence[Standing], total: int, limits: Sequence[Limit]) -> set[str]:
    """The chosen entries."""
    rows, low, high = _constraints(able, total, limits)
    if not able or not total:
        _require_no_kept_places(low)
        return set()
    size = len(able)
    everyone = np.ones(size)
    scores = _whole_scores(able)
    count = round(float(everyone @ _best(everyone, rows, low, high)))
    rows, low, high = [*rows, everyone], [*low, count], [*high, count]
    picked = _best(scores, rows, low, high)
    if len(np.unique(scores)) < size:  # Only equal scores can make two best lists.
        best = round(float(scores @ picked))
        places = np.arange(size, 0.0, -1.0)
        picked = _best(places, [*rows, scores], [*low, best], [*high, best])
    return {standing.entry for standing, taken in zip(able, picked, strict=True) if taken > 0.5}


def _best(gain: FloatArray, rows: Sequence[FloatArray], low: Sequence[float], high: Sequence[float]) -> FloatArray:
    """The 0-1 vector of largest gain within the rows' bounds."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # Slow to import, and only choosing needs it.

    limits = LinearConstraint(np.array(rows), np.array(low, float), np.array(high, float))
    solved = milp(
        -gain, integrality=np.ones(len(gain), int), bounds=Bounds(0, 1), constraints=limits, options={"mip_rel_gap": 0}
    )
    if solved.x is None:
        raise ScoringError("impossible", "The places kept for groups cannot be filled within the other limits.")
    return np.asarray(np.round(solved.x), float)


def _constraints(
    able: Sequence[Standing], total: int, limits: Sequence[Limit]
) -> tuple[list[FloatArray], list[float], list[float]]:
    rows, low, high = [np.ones(len(able))], [0.0], [float(total)]
    for limit in limits:
        groups = np.array([limit.groups.get(standing.entry, "") for standing in able], object)
        for group in sorted({*groups.tolist(), *limit.at_least} - {""}):
            cap, least = limit.cap(group), limit.at_least.get(group, 0)
            if cap is None and not least:
                continue
            member = np.asarray(groups == group, float) if len(able) else np.zeros(0)
            if least > member.sum():
                text = f"{least} places are kept for {group}, which has {int(member.sum())} eligible entries."
                raise ScoringError("impossible", text, limit=limit.name, group=group, least=least)
            rows.append(member)
            low.append(float(least))
            high.append(float("inf") if cap is None else float(cap))
    return rows, low, high


def _require_no_kept_places(low: Sequence[float]) -> None:
    if any(low):
        raise ScoringError("impossible", "Places are kept for groups, but there is no place to give.")


def _whole_scores(able: Sequence[Standing]) -> FloatArray:
    """Scores as whole numbers from 0, so that sums are exact."""
    exponents = [standing.score.as_tuple().exponent for standing in able]
    decimals = max(0, *(-exponent for exponent in exponents if isinstance(exponent, int)))
    scaled = [int(standing.score.scaleb(decimals)) for standing in able]
    return np.array([score - min(scaled) for score in scaled], float)


def _counts(limit: Limit, chosen: set[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in chosen:
        group = limit.groups.get(entry, "")
        counts[group] = counts.get(group, 0) + 1
    return counts


def _full_limits(
    entry: str, limits: Sequence[Limit], counts: Mapping[str, Mapping[str, int]]
) -> list[tuple[Limit, str, int]]:
    """The entry's groups that can take no more, with their caps."""
    found = []
    for limit in limits:
        group = limit.groups.get(entry, "")
        cap = limit.cap(group) if group else None
        if cap is not None and counts[limit.name].get(group, 0) >= cap:
            found.append((limit, group, cap))
    return found


def _kept_places(
    able: Sequence[Standing], chosen: set[str], limits: Sequence[Limit], counts: Mapping[str, Mapping[str, int]]
) -> dict[str, tuple[Limit, str]]:
    """Chosen entries that a better one had to stand back for, because their group has no more than its least number."""
    best_out = max((standing.score for standing in able if standing.entry not in chosen), default=None)
    kept = {}
    for standing in able:
        if best_out is None or standing.entry not in chosen or standing.score >= best_out:
            continue
        for limit in limits:
            group = limit.groups.get(standing.entry, "")
            if limit.at_least.get(group, 0) == counts[limit.name].get(group, 0) > 0:
                kept[standing.entry] = limit, group
    return kept


def _reserves(
    able: Sequence[Standing],
    chosen: set[str],
    limits: Sequence[Limit],
    counts: Mapping[str, Mapping[str, int]],
    wanted: int,
) -> list[str]:
    found: list[str] = []
    for standing in able:
        if len(found) == wanted:
            break
        if standing.entry not in chosen:
            full = _full_limits(standing.entry, limits, counts)
            if any(all(limit.groups.get(other, "") == group for limit, group, _ in full) for other in chosen):
                found.append(standing.entry)
    return found


def _chosen(standing: Standing, line: Decimal | None) -> Chosen:
    points = standing.score - (line or Decimal(0))
    text = f"{points} points above the line of {line}." if points else f"On the line of {line}."
    return _made(standing, Outcome.CHOSEN, "above_line", text, points=points)


def _why_out(
    standing: Standing,
    line: Decimal | None,
    limits: Sequence[Limit],
    counts: Mapping[str, Mapping[str, int]],
    *,
    full: bool,
) -> Chosen:
    """The binding reason: a full cap when the score would have done, or else the line."""
    reached = line is None or standing.score >= line or not full
    caps = _full_limits(standing.entry, limits, counts)
    if reached and caps:
        limit, group, cap = caps[0]
        text = f"Its {limit.name}, {group}, already has {cap}."
        return _made(standing, Outcome.OUT, "cap_full", text, limit=limit.name, group=group, cap=cap)
    if line is None:
        return _made(standing, Outcome.OUT, "below_line", "There is no place to give.")
    points = line - standing.score
    if points > 0:
        text = f"{points} points below the line of {line}."
        return _made(standing, Outcome.OUT, "below_line", text, points=points)
    text = (
        "On the line, and later in the standings than those chosen."
        if not points
        else ("Within the line, but taking it would have cost more elsewhere under the limits.")
    )
    return _made(standing, Outcome.OUT, "below_line" if not points else "outweighed", text, points=points)


def _made(standing: Standing, outcome: Outcome, code: str, text: str, **params: object) -> Chosen:
    return Chosen(standing.entry, standing.score, outcome, 0, code, params, text)
