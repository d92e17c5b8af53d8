"""What halls came to: who meets a judge who must keep away, and how long candidates of one unit rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.assignment import queries
from judging.assignment.engine.running import rest_of
from judging.assignment.models import Sitting
from judging.assignment.strength import label_of
from judging.blinding.barred import barred_pairs
from judging.blinding.kinship import kinship


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a hall came to.

    Attributes
    ----------
    clashes
        Candidate and judge of the hall who must keep away from it, as code and name.
    rest
        The smallest distance between two candidates of one unit in the order; None when no unit has two.
    """

    clashes: tuple[tuple[str, str], ...]
    rest: int | None


def hearings(session: Session, edition_id: UUID, round_id: UUID, sittings: Sequence[Sitting]) -> dict[UUID, Hearing]:
    """Return what each hall of a round came to."""
    barred = barred_pairs(session, edition_id, round_id)
    units = kinship(session, round_id, ()).candidates
    judges: dict[UUID, list[tuple[UUID, str]]] = {}
    for seat in queries.seats_of(session, round_id):
        judges.setdefault(seat.panel_id, []).append((seat.judge_id, seat.judge.name))
    return {
        sitting.id: Hearing(
            clashes=tuple(
                (place.candidate.code, name)
                for place in sitting.places
                for judge_id, name in judges.get(sitting.panel_id, ())
                if (judge_id, place.candidate_id) in barred
            ),
            rest=shortest_rest(sitting, units),
        )
        for sitting in sittings
    }


def labels(keys: Sequence[str | None]) -> list[int]:
    """Number keys in the order in which they come, -1 for none: what is equal stays equal, and nothing else is told."""
    number: dict[str, int] = {}
    return [-1 if key is None else number.setdefault(key, len(number)) for key in keys]


def shortest_rest(sitting: Sitting, units: Mapping[UUID, str]) -> int | None:
    """Return the smallest distance between two candidates of one unit in a sitting's order; None when no unit has two."""
    ordered = sorted(sitting.places, key=lambda place: place.position)
    known = labels([units.get(place.candidate_id) for place in ordered])
    own = [label for label in known if label >= 0]
    return rest_of(known, np.arange(len(known))) if len(set(own)) < len(own) else None


def mean_strength(sitting: Sitting) -> float | None:
    """Return the mean known strength of a hall's candidates; None when nothing is known."""
    known = [place.strength for place in sitting.places if place.strength is not None]
    return round(sum(known) / len(known), 2) if known else None


def told_strengths(sittings: Sequence[Sitting]) -> str:
    """Say in one sentence by what halls were made equally strong, and how equal they are."""
    places = [place for sitting in sittings for place in sitting.places]
    if not places:
        return ""
    signal = next((sitting.signal for sitting in sittings if sitting.signal), "")
    means = [mean for sitting in sittings if (mean := mean_strength(sitting)) is not None]
    if not signal or not means:
        return str(_("Strengths were not looked at: halls are even in numbers and topic types only."))
    return str(
        _(
            "Halls were made equally strong by “%(signal)s”, known of %(known)s of %(all)s candidates; "
            "the means lie from %(low)s to %(high)s.",
            signal=label_of(signal),
            known=sum(place.strength is not None for place in places),
            all=len(places),
            low=f"{min(means):.2f}",
            high=f"{max(means):.2f}",
        )
    )


def told_rest(rest: int | None) -> str:
    """Say in one sentence how long candidates of one unit rest."""
    if rest is None:
        return str(_("No unit has two candidates in this hall."))
    if rest < 2:
        return str(_("Two candidates of one unit follow each other in this order."))
    return str(_("Between two candidates of one unit at least %(count)s others are heard.", count=rest - 1))


def told_split(found: Mapping[UUID, Hearing], sittings: Sequence[Sitting]) -> tuple[str, ...]:
    """Say in two sentences what apportioning came to: sizes, and pairs that must keep away from each other."""
    sizes = [len(sitting.places) for sitting in sittings]
    if not any(sizes):
        return ()
    clashes = sum(len(hearing.clashes) for hearing in found.values())
    size = str(sizes[0]) if len(set(sizes)) == 1 else f"{min(sizes)}–{max(sizes)}"
    told = _("%(halls)s halls with %(size)s candidates each.", halls=len(sizes), size=size)
    if not clashes:
        return told, _("No judge meets a candidate to keep away from.")
    return told, _(
        "%(count)s times a judge must keep away from a candidate of the hall and does not judge it.", count=clashes
    )
