"""What the pages of assignment share: the round they are about, and the tabs between them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from judging.assignment import queries
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Edition, Round, RoundKind, Stage, Track
from judging.foundation import db
from judging.foundation.errors import NotFound

blueprint = edition_blueprint("assignment", __name__, "/assignment")
Tab = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Place:
    """The round of a page, and what may still happen in it."""

    edition: Edition
    track: Track
    round: Round

    @property
    def running(self) -> bool:
        """Say whether the stages are about this round now."""
        return self.round.number == self.edition.round_number

    @property
    def plannable(self) -> bool:
        """Say whether assignments may change."""
        return self.running and self.edition.stage in (Stage.BLINDING, Stage.JUDGING)

    @property
    def clearable(self) -> bool:
        """Say whether a plan may be taken back."""
        return self.running and self.edition.stage is Stage.BLINDING

    @property
    def formable(self) -> bool:
        """Say whether panels may change."""
        return self.plannable or (self.running and self.edition.stage in (Stage.SETUP, Stage.INTAKE))

    @property
    def judging(self) -> bool:
        """Say whether judging has opened, so that changes need a reason."""
        return self.edition.stage is Stage.JUDGING

    @property
    def on_site(self) -> bool:
        """Say whether the round is held in halls."""
        return self.round.kind is RoundKind.ON_SITE


def place_of(round_id: UUID) -> Place:
    """Return the round of the address, which belongs to this edition."""
    edition = this_edition()
    return Place(edition, *queries.round_of(edition, round_id))


def frame(place: Place, active: str) -> dict[str, Any]:
    """Return what every page of a round shows around its own content."""
    return {
        "place": place,
        "coverage": queries.coverage(db.session(), place.round),
        "tracks": _tracks(place, active),
        "tabs": _tabs(place, active),
    }


def _tracks(place: Place, active: str) -> list[Tab]:
    rounds = queries.running_rounds(place.edition)
    endpoint = (
        f".{active}" if active in ("show", "by_judge", "panels", "answers", "weights", "plans", "repair") else ".show"
    )
    return [(t.name, url_for(endpoint, round_id=r.id), r.id == place.round.id) for t, r in rounds]


def _tabs(place: Place, active: str) -> list[Tab]:
    pages = [("show", _("By candidate")), ("by_judge", _("By judge")), ("panels", _("Panels and seats"))]
    pages += [("answers", _("Invitations"))]
    pages += [("halls", _("Halls and running order"))] if place.on_site else []
    pages += [("weights", _("Fit"))] if not place.on_site else []
    pages += [("plans", _("Plan"))]
    pages += [] if place.on_site else [("repair", _("Repair"))]
    return [(label, url_for(f".{name}", round_id=place.round.id), name == active) for name, label in pages]


def uuid_or_missing(text: str) -> UUID:
    """Return the id that a form posted; anything else names nothing."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
