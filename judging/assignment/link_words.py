"""What linking two groups of judges came to, in sentences."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from judging.assignment.words import MARK_NOISE, error_sentences, number, share


def link_sentences(summary: Mapping[str, Any]) -> list[str]:
    """Say what linking two groups came to and what it costs, against the plan it was made from."""
    link = summary.get("link")
    if not link:
        return []
    told = [
        _(
            "“%(one)s” and “%(other)s” have %(after)s candidates in common instead of %(before)s.",
            one=link["one"],
            other=link["other"],
            after=link["after"],
            before=link["before"],
        )
    ]
    if link["after"] < link["least"]:
        told.append(_("%(least)s were asked for; rules, loads and what stays allow no more.", least=link["least"]))
    lost = link["total"] - summary["total"]
    told.append(
        _("It costs nothing in total fit.")
        if lost <= 1e-6
        else _("It costs %(share)s of the total fit.", share=share(lost, link["total"]))
    )
    mine, floor = summary.get("figures") or {}, link.get("floor")
    if floor is not None and mine.get("floor", floor) < floor - 1e-9:
        told.append(
            _(
                "The worst served candidate has a fit of %(after)s instead of %(before)s.",
                after=number(mine["floor"]),
                before=number(floor),
            )
        )
    if mine.get("error") and link.get("error"):
        told.append(
            _(
                "A judge's severity is known to about ±%(after)s points instead of ±%(before)s (one sheet erring by %(noise)s points).",
                after=number(MARK_NOISE * mine["error"]),
                before=number(MARK_NOISE * link["error"]),
                noise=MARK_NOISE,
            )
        )
    elif mine.get("error"):
        told += error_sentences(mine["error"])
    return told
