"""Data of the charts on result pages."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from judging.results.models import Severity, Standing
from scoring import half_up

STEPS = (1, 2, 5, 10, 20, 50)


def number(value: Decimal | None, decimals: int = 2) -> float | None:
    """Return a figure as charts read it."""
    return None if value is None else float(half_up(value, decimals))


def intervals(standings: Iterable[Standing]) -> dict[str, Any]:
    """A dot and its 90 % line per candidate."""
    items = []
    for one in standings:
        item: dict[str, Any] = {"label": f"{one.rank}. {one.candidate.code}", "value": number(one.score)}
        if one.low is not None and one.high is not None:
            item |= {"low": number(one.low), "high": number(one.high)}
        items.append(item)
    return {"items": items}


def histogram(values: Sequence[Decimal]) -> dict[str, Any]:
    """Counts of totals in about twelve steps of a round width."""
    if not values:
        return {"bins": []}
    low, high = float(min(values)), float(max(values))
    width = next((step for step in STEPS if (high - low) / step <= 14), STEPS[-1])
    start = int(low // width) * width
    bins = [
        {"from": edge, "to": edge + width, "n": sum(edge <= float(value) < edge + width for value in values)}
        for edge in range(start, int(high // width) * width + 1, width)
    ]
    return {"bins": bins}


def severity_strip(
    severities: Iterable[Severity], names: Mapping[UUID, str], flagged: Iterable[UUID | None]
) -> dict[str, Any]:
    """How far each judge lies below (right) or above the others, with a 90 % line."""
    marked = set(flagged)
    items = []
    for one in severities:
        reach = Decimal("1.645") * one.error if one.error is not None else None
        item: dict[str, Any] = {"label": names[one.judge_id], "value": number(one.severity)}
        if reach is not None:
            item |= {"low": number(one.severity - reach), "high": number(one.severity + reach)}
        items.append(item | {"flag": one.judge_id in marked})
    return {"items": items}
