"""What stands in the way of a stage: every stage registers its own questions, this one asks them all.

A blocking obstacle stops the move; any other asks the organizer for a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.editions import rules
from judging.editions.models import Edition, Stage, Wording


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that is not ready, in a sentence, and the endpoint of the page where it can be put right."""

    sentence: str
    blocking: bool = True
    endpoint: str = ""


Check = Callable[[Session, Edition], list[Obstacle]]
_checks: dict[Stage, list[Check]] = {}


def checks(stage: Stage) -> Callable[[Check], Check]:
    """Register a question that is asked before the edition moves on to `stage`."""

    def register(function: Check) -> Check:
        known = _checks.setdefault(stage, [])
        if function not in known:
            known.append(function)
        return function

    return register


def obstacles(session: Session, edition: Edition, stage: Stage) -> list[Obstacle]:
    """Return all that stands in the way of `stage`, the blocking ones first."""
    found = [obstacle for check in _checks.get(stage, []) for obstacle in check(session, edition)]
    return sorted(found, key=lambda obstacle: not obstacle.blocking)


@checks(Stage.INTAKE)
def tracks_are_complete(_session: Session, edition: Edition) -> list[Obstacle]:
    """Entries need a track, and a track a round."""
    if not edition.tracks:
        return [Obstacle(_("The edition has no track yet."), True, "edition.tracks")]
    return [
        Obstacle(_("The track “%(name)s” has no round yet.", name=track.name), True, "edition.tracks")
        for track in edition.tracks
        if not track.rounds
    ]


@checks(Stage.INTAKE)
def invitation_is_complete(_session: Session, edition: Edition) -> list[Obstacle]:
    """People need to know until when, whom to ask, and on what approval awards stand."""
    found = []
    dates = rules.date_of(edition, Stage.INTAKE)
    if dates is None or dates.closes_at is None:
        found.append(Obstacle(_("The calendar has no closing time for intake."), False, "edition.calendar"))
    if not edition.contact:
        found.append(Obstacle(_("No contact of the secretariat is given."), False, "edition.edit"))
    if edition.wording is Wording.AWARD and not edition.approval_basis:
        found.append(Obstacle(_("Awards are to be given, but no approval basis is recorded."), False, "edition.edit"))
    return found


@checks(Stage.JUDGING)
def judges_know_until_when(_session: Session, edition: Edition) -> list[Obstacle]:
    """A desk of score sheets shows its deadline."""
    dates = rules.date_of(edition, Stage.JUDGING)
    if dates is not None and dates.closes_at is not None:
        return []
    return [Obstacle(_("The calendar has no closing time for judging in this round."), False, "edition.calendar")]


@checks(Stage.JUDGING)
def methods_have_enough_judges(_session: Session, edition: Edition) -> list[Obstacle]:
    """Severity cannot be told from one judge, nor extremes left out of three or four without losing much."""
    running = [(track, track.round(edition.round_number)) for track in edition.tracks]
    return [
        Obstacle(_("%(track)s: %(doubt)s", track=track.name, doubt=doubt), False, "edition.tracks")
        for track, round_ in running
        if round_ and (doubt := rules.doubt_of(round_.method, round_.judges_per_entry, round_.trim_from))
    ]


@checks(Stage.NOTICE)
def planned_rounds_are_held(_session: Session, edition: Edition) -> list[Obstacle]:
    """A round that is planned and skipped deserves a word."""
    if not rules.has_round(edition, edition.round_number + 1):
        return []
    sentence = _("Round %(number)s is planned and has not been held.", number=edition.round_number + 1)
    return [Obstacle(sentence, False, "edition.stage")]
