"""Award levels from standings: by count, share or floor, per group, with a rule for ties at the cut."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scoring.errors import ScoringError
from scoring.quota import apportion_largest_remainder
from scoring.ranking import Standing
from scoring.sentences import Sentence


class CutTie(StrEnum):
    """What becomes of equals on both sides of a cut."""

    EXPAND = "expand"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Level:
    """One award level; `count` or `share` (a percentage) limits it, `floor` is the least score it takes.

    A level with none of them takes everybody that is left.
    """

    name: str
    count: int | None = None
    share: Decimal | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """An entry's level, or None, and why.

    Attributes
    ----------
    entry : str
    group : str
    level : str or None
    place : int
        Its place within the group, shared by equals.
    code : str
        ``within`` the places of its level; ``tie_expanded`` or ``tie_contracted`` at a cut; ``below_floor`` of the
        level its place would have given; ``below_cut`` of the last level.
    text : str
        The reason in one plain sentence.
    """

    entry: str
    group: str
    level: str | None
    place: int
    code: str
    text: str


def award_levels(
    standings: Sequence[Standing],
    levels: Sequence[Level],
    *,
    groups: Mapping[str, str] | None = None,
    tie: CutTie | str = CutTie.EXPAND,
) -> tuple[Placing, ...]:
    """Lay award levels over standings, best level first.

    Shares are of the entries in each group, rounded together by largest remainder. Counts are for all groups and are
    apportioned by their size. Cuts are counted from the top: when equals at a cut all go up, the next level has that
    many places fewer; when they go down, as many more, so that later cuts stay where they are.

    Parameters
    ----------
    standings : sequence of Standing
        Best first, as `rank_entries` gives them; a tie chain has already parted whom it could.
    levels : sequence of Level
    groups : mapping of entry to group, optional
        Each group (topic type, sector, hall) is awarded by itself; one group when not given.
    tie : CutTie
        Whether equals at a cut all go up (``expand``) or all down (``contract``).

    Returns
    -------
    tuple of Placing
        In the order of `standings`.

    Raises
    ------
    ScoringError
        ``bad_level`` for a level with both count and share, a share outside 0 to 100, or shares above 100 in all.
    """
    _require_levels(levels)
    rule = CutTie(tie)
    members: dict[str, list[Standing]] = {}
    for standing in standings:
        members.setdefault("" if groups is None else groups[standing.entry], []).append(standing)
    ordered = sorted(members)
    places = dict(zip(ordered, places_by_group([len(members[group]) for group in ordered], levels), strict=True))
    placed = {
        placing.entry: placing
        for group in ordered
        for placing in _place_group(group, members[group], levels, places[group], rule)
    }
    return tuple(placed[standing.entry] for standing in standings)


def places_by_group(sizes: Sequence[int], levels: Sequence[Level]) -> tuple[tuple[int | None, ...], ...]:
    """Places of every level in every group: groups in rows, levels in columns, None for no limit.

    Parameters
    ----------
    sizes : sequence of int
        Entries in each group.
    levels : sequence of Level

    Returns
    -------
    tuple of tuple of int or None
    """
    rows: list[list[int | None]] = [[None] * len(levels) for _ in sizes]
    shared = [column for column, level in enumerate(levels) if level.share is not None]
    for row, size in zip(rows, sizes, strict=True):
        given = apportion_largest_remainder([(levels[column].share or 0) * Decimal(size) / 100 for column in shared])
        for column, places in zip(shared, given, strict=True):
            row[column] = places
    for column, level in enumerate(levels):
        if level.count is not None and sizes:
            count = min(level.count, sum(sizes))
            for row, places in zip(rows, apportion_largest_remainder(sizes, count), strict=True):
                row[column] = places
    return tuple(map(tuple, rows))


def _place_group(
    group: str, standings: Sequence[Standing], levels: Sequence[Level], places: Sequence[int | None], rule: CutTie
) -> list[Placing]:
    placings: list[Placing] = []
    start, cut = 0, 0
    for level, size in zip(levels, places, strict=True):
        cut = len(standings) if size is None else min(cut + size, len(standings))
        end = max(start, _moved_cut(standings, cut, rule))
        for at in range(start, end):
            placings.append(_placing(group, standings, at, level, cut))
        start = end
    last = levels[-1].name if levels else ""
    for at in range(start, len(standings)):
        expelled = rule is CutTie.CONTRACT and at < cut
        code = "tie_contracted" if expelled else "below_cut"
        text = f"Equals stand on both sides of the cut of {last}." if expelled else f"Below the last place of {last}."
        placings.append(Placing(standings[at].entry, group, None, _place(standings, at), code, text))
    return _apply_floors(placings, standings, levels)


def _placing(group: str, standings: Sequence[Standing], at: int, level: Level, cut: int) -> Placing:
    place = _place(standings, at)
    if at >= cut:
        return Placing(
            standings[at].entry, group, level.name, place, "tie_expanded", f"Equal to the last of {level.name}."
        )
    text = f"Place {place} of {len(standings)}; {level.name} ends with place {cut}."
    return Placing(standings[at].entry, group, level.name, place, "within", text)


def _apply_floors(placings: list[Placing], standings: Sequence[Standing], levels: Sequence[Level]) -> list[Placing]:
    """Pass entries below their level's floor down to the first later level whose floor they reach."""
    names = [level.name for level in levels]
    result = []
    for placing, standing in zip(placings, standings, strict=True):
        later = levels[names.index(placing.level) :] if placing.level is not None else ()
        reached = next((level.name for level in later if level.floor is None or standing.score >= level.floor), None)
        if placing.level is None or reached == placing.level:
            result.append(placing)
            continue
        text = f"{standing.score} is below the floor of {later[0].floor} for {placing.level}."
        result.append(Placing(placing.entry, placing.group, reached, placing.place, "below_floor", text))
    return result


def _moved_cut(standings: Sequence[Standing], cut: int, rule: CutTie) -> int:
    """Move a cut that runs through equals up or down to their end."""
    if not 0 < cut < len(standings) or standings[cut - 1].rank != standings[cut].rank:
        return cut
    move = bisect_right if rule is CutTie.EXPAND else bisect_left
    return move(standings, standings[cut].rank, key=_rank)


def _place(standings: Sequence[Standing], at: int) -> int:
    return bisect_left(standings, standings[at].rank, key=_rank) + 1


def _rank(standing: Standing) -> int:
    return standing.rank


def _require_levels(levels: Sequence[Level]) -> None:
    shares = [level.share for level in levels if level.share is not None]
    both = any(level.count is not None and level.share is not None for level in levels)
    outside = any(not 0 <= share <= 100 for share in shares) or sum(shares) > 100
    if both or outside or any(level.count is not None and level.count < 0 for level in levels):
        raise ScoringError(
            "bad_level",
            Sentence(
                "A level has a count or a share; shares lie between 0 and 100, also together.",
                "每个奖项等级只能有名额或比例之一；比例及其总和都在 0 到 100 之间。",
            ),
        )
    if len({level.name for level in levels}) < len(levels):
        raise ScoringError("bad_level", Sentence("Two levels have the same name.", "有两个奖项等级同名。"))
