"""Decisions and refusals about rubrics."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from judging.editions.models import RoundKind
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.rubrics.models import Criterion, Rubric, RubricOrigin, RubricStatus


class RubricAct(Act):
    """What can be done with rubrics."""

    INSTALLED = "rubric.installed", _l("Rubric library installed")
    DRAFTED = "rubric.drafted", _l("Rubric drafted")
    CHANGED = "rubric.changed", _l("Rubric changed")
    PUBLISHED = "rubric.published", _l("Rubric published")
    SUPERSEDED = "rubric.superseded", _l("Rubric superseded")
    DISCARDED = "rubric.discarded", _l("Rubric draft discarded")
    USED = "rubric.used", _l("Rubric chosen for a round")


class PublishedStands(DomainError):
    """A published rubric is never edited."""

    message = _l("A published rubric is not changed. Please make a new version and edit that.")


class NotPublished(DomainError):
    """Rounds use published rubrics only."""

    message = _l("A round can only use a published rubric.")


class WrongKind(DomainError):
    """The rubric is made for another track."""

    message = _l("This rubric is made for another track.")


class NoRubric(DomainError):
    """The round has no rubric for a topic type."""

    message = _l("No rubric has been chosen for this round and topic type.")


class CodeTaken(DomainError):
    """Another rubric has this code."""

    message = _l("Another rubric already has this code.")


class NotComplete(DomainError):
    """A rubric can only be published when it can be marked."""

    message = _l("The rubric cannot be published yet: %(sentences)s")


class DraftExists(DomainError):
    """One new version at a time."""

    message = _l("There is already a draft of the next version.")


def require_draft(rubric: Rubric) -> None:
    """Refuse to change what has been published."""
    if rubric.status is not RubricStatus.DRAFT:
        raise PublishedStands


def total(criteria: Iterable[Criterion]) -> Decimal:
    """Return the highest possible total of some criteria."""
    return sum((criterion.maximum * criterion.weight for criterion in criteria), Decimal(0))


def is_on_step(mark: Decimal, criterion: Criterion) -> bool:
    """Say whether a mark lies within the scale of a criterion and on one of its steps."""
    within = criterion.minimum <= mark <= criterion.maximum
    return within and (mark - criterion.minimum) % criterion.step == 0


def gaps(rubric: Rubric) -> list[str]:
    """Return what keeps a rubric from being marked, in sentences."""
    found = [] if rubric.criteria else [_("It has no criterion.")]
    for criterion in rubric.criteria:
        if criterion.maximum <= criterion.minimum:
            found.append(_("The maximum of “%(name)s” must be above its minimum.", name=criterion.name))
        elif criterion.step <= 0 or (criterion.maximum - criterion.minimum) % criterion.step:
            found.append(_("The scale of “%(name)s” does not end on one of its steps.", name=criterion.name))
        if criterion.weight <= 0:
            found.append(_("The weight of “%(name)s” must be above zero.", name=criterion.name))
    return found


def suggestion(offers: Iterable[Rubric], kind: RoundKind, topic_type: str) -> Rubric | None:
    """Return the rubric that fits a round best: its way of being held first, then the topic type, then the origin."""
    rank = list(RubricOrigin)
    fitting = [rubric for rubric in offers if rubric.track_kind and rubric.topic_type in ("", topic_type)]
    on_site = kind is RoundKind.ON_SITE
    order = sorted(
        fitting,
        key=lambda rubric: (rubric.on_site is not on_site, rubric.topic_type != topic_type, rank.index(rubric.origin)),
    )
    return order[0] if order else None


def criteria_of(rubrics: Iterable[Rubric]) -> dict[str, str]:
    """Return the criteria of several rubrics by code; the same code in two rubrics is asked as one."""
    found: dict[str, str] = {}
    for rubric in rubrics:
        for criterion in rubric.criteria:
            found.setdefault(criterion.code, criterion.name)
    return found
