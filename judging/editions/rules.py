"""The gate of stages and the freeze: decisions without database or request."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from judging.editions.models import Edition, Round, Stage, StageDate
from judging.foundation.errors import DomainError

ORDER = list(Stage)


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
