"""A plan that does not exist, in sentences that say what to do."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from judging.assignment.problem import Cause, RepairKind

SHOWN = 10


def few(codes: Sequence[str]) -> str:
    """Return some codes of many, with their number when not all are shown."""
    named = "、".join(codes[:SHOWN])
    return named if len(codes) <= SHOWN else _("%(codes)s and %(more)s more", codes=named, more=len(codes) - SHOWN)


def diagnosis_sentence(diagnosis: dict[str, Any] | None) -> str:
    """Say which candidates and judges clash, with the numbers that show it."""
    if diagnosis is None:
        return ""
    numbers = {key: diagnosis[key] for key in ("wanted", "room")}
    candidates, judges = few(diagnosis["candidates"]), few(diagnosis["judges"])
    if diagnosis["cause"] == Cause.FEW_JUDGES:
        return str(
            _(
                "Too few judges may judge %(codes)s: %(wanted)s are wanted in all, %(room)s are possible.",
                codes=candidates,
                **numbers,
            )
        )
    if diagnosis["cause"] == Cause.ROOM:
        return str(
            _(
                "The candidates %(codes)s want %(wanted)s places; the only judges for them (%(judges)s) have room for %(room)s.",
                codes=candidates,
                judges=judges,
                **numbers,
            )
        )
    if diagnosis["cause"] == Cause.MINIMUM:
        return str(
            _(
                "The judges %(judges)s should carry at least %(wanted)s candidates together, but there are only %(room)s for them.",
                judges=judges,
                **numbers,
            )
        )
    return str(
        _("The rules “one judge per unit” and “one judge per region” leave no plan together. Please relax one of them.")
    )


def repair_sentences(diagnosis: dict[str, Any] | None) -> list[str]:
    """Return the cheapest changes after which a plan exists."""
    repairs: dict[tuple[str, int], list[str]] = {}
    for kind, code, by in (diagnosis or {}).get("repairs", []):
        repairs.setdefault((kind, by), []).append(code)
    return [_repair(kind, by, codes) for (kind, by), codes in repairs.items()]


def _repair(kind: str, by: int, codes: list[str]) -> str:
    named = few(codes)
    if kind == RepairKind.MORE:
        return str(_("Raise the highest load by %(by)s for the judges %(codes)s.", by=by, codes=named))
    if kind == RepairKind.LOWER:
        return str(_("Lower the lowest load by %(by)s for the judges %(codes)s.", by=by, codes=named))
    return str(
        _("Be content with %(by)s judge fewer for the candidates %(codes)s, or seat more judges.", by=by, codes=named)
    )
