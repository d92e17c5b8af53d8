"""The gate of stages and the freeze: decisions without database or request."""

import re
from datetime import datetime, timedelta
from string import Formatter

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from judging.editions.models import Edition, Method, Round, Stage, StageDate
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError

ORDER = list(Stage)
SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")
TRACK_CODE = re.compile(r"^[A-Z0-9]{1,8}$")
_PLACES = {"year": r"", "track": r"", "round": r"", "number": r"|0?[1-9]d?"}  # what each place may say about its form


class EditionAct(Act):
    """What can be done to an edition."""

    CREATED = "edition.created", _l("Edition created")
    COPIED = "edition.copied", _l("Edition copied from an earlier one")
    CHANGED = "edition.changed", _l("Edition changed")
    DATES = "edition.dates", _l("Calendar changed")
    STAGE = "edition.stage", _l("Moved to another stage")
    NEXT_ROUND = "edition.next_round", _l("Next round opened")
    TRACK_ADDED = "edition.track_added", _l("Track added")
    TRACK_CHANGED = "edition.track_changed", _l("Track changed")
    TRACK_REMOVED = "edition.track_removed", _l("Track removed")
    ROUND_ADDED = "edition.round_added", _l("Round added")
    ROUND_CHANGED = "edition.round_changed", _l("Round changed")
    ROUND_REMOVED = "edition.round_removed", _l("Round removed")


class WrongStage(DomainError):
    """The act belongs to another stage of the edition."""

    message = _l("This belongs to the stage “%(wanted)s”; the edition is now in the stage “%(present)s”.")


class DeadlinePassed(DomainError):
    """The stage's closing time, with its grace, is over."""

    message = _l("The deadline has passed. What you typed has been kept; please contact the secretariat.")


class NotOpenYet(DomainError):
    """The stage's opening time has not come."""

    message = _l("This opens later. Please come back at the time in the calendar.")


class WrongRound(DomainError):
    """The act belongs to a round that is not running."""

    message = _l("Round %(number)s is not the round that is running now.")


class Frozen(DomainError):
    """Methods, rubrics, tiers and channels stand since judging opened."""

    message = _l("Judging has opened: methods, rubrics, tiers and channels can no longer be changed.")


class NotTheNextStage(DomainError):
    """Stages are gone through one by one."""

    message = _l("From the stage “%(present)s” the edition cannot go to “%(wanted)s” in one step.")


class NotReady(DomainError):
    """Something that must be done first has not been done."""

    message = _l("The stage cannot be opened yet: %(sentences)s")


class ReasonNeeded(DomainError):
    """An unusual step is taken for a reason that others can read later."""

    message = _l("Please give a reason: %(sentences)s")


class NoNextRound(DomainError):
    """No track has a round with the next number."""

    message = _l("No track has a round %(number)s.")


class SlugTaken(DomainError):
    """Another edition has this address."""

    message = _l("Another edition already uses this address.")


class DatesCrossed(DomainError):
    """A stage would close before it opens."""

    message = _l("“%(stage)s” would close before it opens.")


class TrackInUse(DomainError):
    """Entries or later work stand on the track or round."""

    message = _l("This is already used by entries or judging and can no longer be removed.")


class CodeTaken(DomainError):
    """Two tracks of an edition need two codes."""

    message = _l("Another track of this edition has this code or is of this kind.")


def require_stage(edition: Edition, *stages: Stage) -> None:
    """Refuse unless the edition is in one of `stages`."""
    if edition.stage not in stages:
        raise WrongStage(wanted=" / ".join(str(stage.label) for stage in stages), present=str(edition.stage.label))


def require_open(edition: Edition, stage: Stage, at: datetime) -> None:
    """Refuse entrants and judges outside the stage or its times (the grace counts for them)."""
    require_stage(edition, stage)
    dates = date_of(edition, stage)
    if dates and dates.opens_at and at < dates.opens_at:
        raise NotOpenYet
    if dates and dates.closes_at and at > dates.closes_at + timedelta(minutes=edition.grace_minutes):
        raise DeadlinePassed


def require_round(edition: Edition, round_: Round, *stages: Stage) -> None:
    """Refuse unless the edition is in one of `stages` and `round_` is the round they are about."""
    require_stage(edition, *stages)
    if round_.number != edition.round_number:
        raise WrongRound(number=round_.number)


def require_not_frozen(edition: Edition) -> None:
    """Refuse changes of what was promised when judging opened."""
    if edition.frozen_at is not None:
        raise Frozen


def date_of(edition: Edition, stage: Stage, round_number: int | None = None) -> StageDate | None:
    """Return the calendar line of a stage; stages outside the rounds have number 1."""
    wanted = (round_number or edition.round_number) if is_round_stage(stage) else 1
    return next((d for d in edition.dates if d.stage is stage and d.round_number == wanted), None)


def is_round_stage(stage: Stage) -> bool:
    """Say whether a stage is gone through once per round."""
    return stage in (Stage.BLINDING, Stage.JUDGING, Stage.RESULTS, Stage.SELECTION)


def is_before(edition: Edition, stage: Stage) -> bool:
    """Say whether the edition has not yet reached `stage`."""
    return ORDER.index(edition.stage) < ORDER.index(stage)


def has_round(edition: Edition, number: int) -> bool:
    """Say whether any track has a round of this number."""
    return any(track.round(number) is not None for track in edition.tracks)


def next_step(edition: Edition) -> Stage | None:
    """Return the stage that follows in order."""
    place = ORDER.index(edition.stage)
    return ORDER[place + 1] if place + 1 < len(ORDER) else None


def step_back(edition: Edition) -> tuple[Stage, int] | None:
    """Return the stage and round that came before; the blinding of a later round came after a selection."""
    if edition.stage is Stage.BLINDING and edition.round_number > 1:
        return Stage.SELECTION, edition.round_number - 1
    place = ORDER.index(edition.stage)
    return (ORDER[place - 1], edition.round_number) if place else None


def going_back() -> str:
    """Say why a step back needs a reason."""
    return str(_("The edition goes back to an earlier stage."))


def moving_a_deadline(stage: Stage) -> str:
    """Say why a new closing time needs a reason."""
    return str(_("The closing time of “%(stage)s” was already announced.", stage=str(stage.label)))


def dates_need_reason(edition: Edition, known: StageDate | None, closes_at: datetime | None) -> bool:
    """A closing time that people were told is not moved without a word."""
    told = edition.stage is not Stage.SETUP and known is not None and known.closes_at is not None
    return told and known is not None and known.closes_at != closes_at


def doubt_of(method: Method, judges: int, trim_from: int) -> str:
    """Return what speaks against a method with so few judges per entry, in a sentence; "" when nothing does."""
    if method in (Method.STANDARD, Method.SEVERITY, Method.FULL) and judges < 2:
        return str(
            _("With one judge per entry, differences between judges cannot be told from differences of entries.")
        )
    if method is Method.TRIMMED and trim_from <= judges < 5:
        return str(_("With so few judges, leaving out the highest and lowest total keeps only one or two."))
    return ""


def pattern_is_sound(pattern: str) -> bool:
    """Say whether a certificate pattern names year, track and number, and nothing a pattern should not do."""
    try:
        places = [
            (name, form or "", turn) for _text, name, form, turn in Formatter().parse(pattern) if name is not None
        ]
    except ValueError:
        return False
    known = all(name in _PLACES and turn is None and re.fullmatch(_PLACES[name], form) for name, form, turn in places)
    return known and {"year", "track", "number"} <= {name for name, _form, _turn in places}


def certificate_number(pattern: str, *, year: int, track: str, round_number: int, number: int) -> str:
    """Return the number of a certificate: 鄂质协证〔2022〕QC1-0001."""
    return pattern.format(year=year, track=track, round=round_number, number=number)
