"""Data of the cut-line plot and the quota meters."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from judging.results.models import Standing
from judging.selection.models import Decision, Tier
from scoring import half_up


def cut_plot(
    decisions: Iterable[Decision],
    standings: Mapping[UUID, Standing],
    summary: Mapping[str, Any],
    tiers: Sequence[Tier],
) -> dict[str, Any]:
    """Scores with their 90 % intervals, and the cut lines of the whole list."""
    items = []
    for one in decisions:
        item: dict[str, Any] = {"label": f"{one.rank}. {one.entry.title}", "value": _number(one.score)}
        known = standings.get(one.entry_id)
        low, high = (known.low, known.high) if known else (None, None)
        if low is not None and high is not None and low <= one.score <= high:
            item |= {"low": _number(low), "high": _number(high)}
        items.append(item | {"note": f"{one.entry.unit.name} · {one.tier.name if one.tier else '–'}"})
    return {"items": items, "cuts": _cuts(summary, tiers)}


def _cuts(summary: Mapping[str, Any], tiers: Sequence[Tier]) -> list[dict[str, Any]]:
    """One line per level; with groups, each has its own and none is drawn."""
    if len({(line["part"], line["group"]) for line in summary.get("lines", [])}) > 1:
        return []
    names = {str(tier.id): tier.name for tier in tiers}
    lines = [line for line in summary.get("lines", []) if line["line"] is not None and line["tier"] in names]
    return [{"at": _number(Decimal(line["line"])), "label": names[line["tier"]]} for line in lines]


def places_by_tier(summary: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the places of each level over all groups; None where a score decides."""
    places: dict[str, int | None] = {}
    for line in summary.get("lines", []):
        before = places.get(line["tier"], 0)
        places[line["tier"]] = None if line["places"] is None or before is None else before + line["places"]
    return places


def _number(value: Decimal) -> float:
    return float(half_up(value, 2))
