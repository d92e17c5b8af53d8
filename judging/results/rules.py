"""Decisions about result sheets, and this stage's refusals: no database, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from judging.editions.models import Method, Round, RoundKind
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.results.models import Flag, FlagStatus

DRAWS = 1000
COMMON_MAXIMUM = 100
LINKS = ("median", "raw_mean", "raw_total", "trimmed", "adjusted", "lot")  # what a tie chain may name besides criteria
OPEN = (FlagStatus.OPEN, FlagStatus.PROPOSED)


class ResultAct(Act):
    """What can be done to result sheets."""

    COMPUTED = "result.computed", _l("Result sheet computed")
    FLAG_REVIEWED = "result.flag_reviewed", _l("Flag reviewed")
    EXCLUSION_PROPOSED = "result.exclusion_proposed", _l("Exclusion of a total proposed")
    EXCLUSION_SIGNED = "result.exclusion_signed", _l("Exclusion of a total signed")
    EXCLUSION_REFUSED = "result.exclusion_refused", _l("Exclusion of a total refused")
    CONFIRMED = "result.confirmed", _l("Result sheet confirmed")
    REOPENED = "result.reopened", _l("Confirmation of the result sheet taken back")


class NothingToCompute(DomainError):
    """No submitted ballot counts in the round."""

    message = _l("No submitted score sheet counts in this round, so there is nothing to compute.")


class NoRubric(DomainError):
    """Totals cannot be read without the maxima of their rubric."""

    message = _l("This round has no rubric, so its scores cannot be computed.")


class CannotCompute(DomainError):
    """The engine refuses the round's parameters or table."""

    message = _l("The scores cannot be computed: %(reason)s")


class SheetOutdated(DomainError):
    """Ballots or parameters have changed since the sheet was computed, or a newer one exists."""

    message = _l("The score sheets have changed since this result sheet was computed. Please compute it again first.")


class SheetConfirmed(DomainError):
    """The sheet stands; first its confirmation must be taken back."""

    message = _l("This result sheet has been confirmed. To change anything, first take the confirmation back.")


class NotConfirmed(DomainError):
    """There is no confirmation to take back."""

    message = _l("This result sheet has not been confirmed.")


class OpenFlags(DomainError):
    """Flags wait for an answer, and no reason was given to confirm without."""

    message = _l(
        "%(count)s flags wait for an answer. Please answer them, or give a reason for confirming without an answer."
    )


class ReasonNeeded(DomainError):
    """An act that people will ask about later needs its reason."""

    message = _l("Please give a reason.")


class ScoreFlagsOnly(DomainError):
    """Only a single total can be excluded."""

    message = _l("Only a single score can be excluded; a judge as a whole cannot.")


class NotProposed(DomainError):
    """There is no proposed exclusion to sign or refuse."""

    message = _l("No exclusion has been proposed here.")


class AlreadyExcluded(DomainError):
    """An excluded total stays excluded."""

    message = _l("This score has already been excluded with two signatures.")


class SamePerson(DomainError):
    """Two signatures are those of two people."""

    message = _l("The second signature must come from another person.")


class LastBallot(DomainError):
    """A candidate keeps at least one total."""

    message = _l("This is the only score of the entry. Please have it judged once more before excluding it.")


def parameters_of(round_: Round, lines: Sequence[int] = ()) -> dict[str, Any]:
    """Return all that the sheet depends on besides the ballots, as it was promised when judging opened.

    `lines` are the award lines: for every k among them the chance to be truly among the best k is wanted.
    """
    chain = [str(link).removeprefix("criterion:") for link in round_.tie_chain]
    if not round_.shared_places and "lot" not in chain:
        chain.append("lot")
    return {
        "method": round_.method.value,
        "seed": round_.seed,
        "drop": 1,
        "drop_from": round_.trim_from,
        "decimals": round_.decimals,
        "chain": chain,
        "exchangeable": bool(round_.settings.get("exchangeable", round_.kind is RoundKind.ON_SITE)),
        "draws": DRAWS,
        "order": True,  # flags look at the order in which a judge began the sheets,
        "marks": True,  # and at the marks on each
        "top": list(lines),
    }


def ranks_parts_apart(parameters: dict[str, Any]) -> bool:
    """Say whether unlinked parts of the design are ranked each by itself."""
    calibrated = parameters.get("method") in (Method.SEVERITY.value, Method.FULL.value)
    return calibrated and not parameters.get("exchangeable")


def require_second(first: UUID | None, second: UUID | None) -> None:
    """Refuse a second signature by the person of the first."""
    if first is None or second is None or first == second:
        raise SamePerson


def require_reason(text: str) -> str:
    """Return the reason without outer space, or refuse."""
    if len(text.strip()) < 2:
        raise ReasonNeeded
    return text.strip()


def open_flags(flags: Collection[Flag]) -> int:
    """Return how many flags nobody has answered."""
    return sum(flag.status in OPEN for flag in flags)


@dataclass(frozen=True, slots=True)
class WorkedLine:
    """One judge's part of a score."""

    judge: str
    given: Decimal
    raw: Decimal
    adjustment: Decimal
    value: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Worked:
    """A score as people recompute it: the parts, the sum of those that count, and the sum of their weights.

    `weighs` says that the parts count unequally, so that each is multiplied by its weight.
    """

    lines: tuple[WorkedLine, ...]
    sum: Decimal
    count: Decimal
    weighs: bool

    @property
    def mean(self) -> Decimal:
        """Return the mean before rounding."""
        return self.sum / (self.count or 1)


def worked(totals: Iterable[Mapping[str, Any]]) -> Worked:
    """Return the stored parts of a score as numbers, with their sum."""
    lines = tuple(
        WorkedLine(
            judge=one["judge"],
            given=Decimal(one["given"]),
            raw=Decimal(one["raw"]),
            adjustment=Decimal(one["adjustment"]),
            value=Decimal(one["value"]),
            weight=Decimal(one["weight"]),
        )
        for one in totals
    )
    weights = [line.weight for line in lines]
    parts = (line.weight * line.value for line in lines)
    return Worked(lines, sum(parts, Decimal(0)), sum(weights, Decimal(0)), weighs=bool(set(weights) - {0, 1}))
