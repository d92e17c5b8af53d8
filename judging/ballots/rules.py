"""What may stand on a score sheet: exact marks, and who may still change it. No database here."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import lazy_gettext as _l

from judging.ballots.models import Ballot, BallotStatus
from judging.editions import rules as editions
from judging.editions.models import Edition, Round, Stage
from judging.foundation import audit
from judging.foundation.errors import DomainError
from judging.rubrics.models import Criterion

MAX_COMMENT = 4000
MAX_SEQUENCE = 2**53 - 1  # what a browser can count to; it begins with the milliseconds of the clock
COMMENTS = {
    "strengths": _l("Strengths"),
    "weaknesses": _l("Weaknesses"),
    "suggestions": _l("Suggestions"),
    "elimination_reason": _l("Proposal to eliminate"),
}
_NUMBER = re.compile(r"(\d{1,9})(?:\.(\d*))?|\.(\d+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class BallotAct(audit.Act):
    """What is recorded of this stage. Single marks are kept on the sheet, not in the trail."""

    OPENED = "ballot.opened", _l("Score sheet begun")
    SUBMITTED = "ballot.submitted", _l("Score sheet submitted")
    REOPENED = "ballot.reopened", _l("Score sheet given back to the judge")
    RECUSED = "ballot.recused", _l("Judge recused")
    REMINDED = "ballot.reminded", _l("Judges reminded")


class BadMark(DomainError):
    """What was typed is no mark of this criterion."""

    message = _l("“%(name)s”: please enter a number from %(low)s to %(high)s in steps of %(step)s.")


class UnknownField(DomainError):
    """The sheet has no such field."""

    message = _l("This score sheet has no such field. Please reload the page.")
    status = DomainError.status.UNPROCESSABLE_ENTITY


class CommentTooLong(DomainError):
    """A comment beyond what is stored."""

    message = _l("“%(name)s” is too long: at most %(max)s characters.")


class BadSequence(DomainError):
    """The number by which saves are ordered is missing."""

    message = _l("The request could not be understood. Please reload the page.")
    status = DomainError.status.BAD_REQUEST


class BallotLocked(DomainError):
    """The ballot has been submitted."""

    message = _l("This score sheet has been submitted. If it must be changed, please ask the chair of the panel.")


class BallotRecused(DomainError):
    """The judge has recused."""

    message = _l("You have declared that you must keep away from this candidate; there is nothing to mark.")


class ConflictStands(DomainError):
    """A conflict between the judge and the candidate became known after the assignment."""

    message = _l(
        "A conflict of interest stands between you and this candidate, so the sheet cannot be submitted. Please recuse."
    )


class Incomplete(DomainError):
    """Marks are missing at submit."""

    message = _l("Not submitted yet: %(names)s still without a mark. What you entered has been saved.")


class NotSubmitted(DomainError):
    """Only a submitted or recused ballot can be given back."""

    message = _l("This score sheet is still open; the judge can go on marking.")


class NotChair(DomainError):
    """Only the chair of the panel or the organizer may give a ballot back."""

    message = _l("Only the chair of the panel or the secretariat may give a score sheet back.")
    status = DomainError.status.FORBIDDEN


class RecusalStands(DomainError):
    """A recusal is a conflict of interest: only the secretariat may set it aside."""

    message = _l("The judge has recused from this candidate. Only the secretariat may give this score sheet back.")


class ReasonMissing(DomainError):
    """The act needs a reason."""

    message = _l("Please state a reason (at least two characters).")


@dataclass(frozen=True, slots=True)
class Saved:
    """What the server holds after a save."""

    saved_at: datetime
    version: int
    sequence: int
    total: Decimal | None  # sum of the marks given so far; None before the first
    missing: tuple[UUID, ...]  # criteria without a mark
    changed: bool  # false: the same or a later save had already arrived


def require_open(edition: Edition, round_: Round, ballot: Ballot | None, at: datetime) -> None:
    """Refuse marking outside the stage and its times, in another round, or on a sheet that is closed."""
    editions.require_open(edition, Stage.JUDGING, at)
    editions.require_round(edition, round_, Stage.JUDGING)
    if ballot is not None and ballot.status is BallotStatus.SUBMITTED:
        raise BallotLocked
    if ballot is not None and ballot.status is BallotStatus.RECUSED:
        raise BallotRecused


def read_mark(text: str, criterion: Criterion) -> Decimal | None:
    """Return the mark that was typed, exactly; None when it was taken back.

    Full-width digits and Chinese points are what an input method leaves behind, so they are read as plain ones.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace(",", ".").strip()
    if not plain:
        return None
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise _bad(criterion)
    value = Decimal(plain)
    low, high, step = criterion.minimum, criterion.maximum, criterion.step
    # The highest mark is always allowed, also when the steps from the lowest do not meet it.
    on_step = step <= 0 or (value - low) % step == 0 or value == high
    if not low <= value <= high or not on_step or value != value.quantize(Decimal("0.000001")):
        raise _bad(criterion)
    return value


def _bad(criterion: Criterion) -> BadMark:
    numbers = {"low": criterion.minimum, "high": criterion.maximum, "step": criterion.step}
    return BadMark(name=criterion.name, **{key: plain_number(value) for key, value in numbers.items()})


def plain_number(value: Decimal) -> str:
    """Return a number without needless zeros or exponents: 15, 8.5, 0.01."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_comment(field: str, text: str) -> str:
    """Return a comment as it is stored."""
    if field not in COMMENTS:
        raise UnknownField
    clean = _CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n")).strip()
    if len(clean) > MAX_COMMENT:
        raise CommentTooLong(name=str(COMMENTS[field]), max=MAX_COMMENT)
    return clean


def total_of(criteria: Iterable[Criterion], marks: Mapping[UUID, Decimal]) -> Decimal:
    """Return the weighted sum of the marks given."""
    given = [(marks[c.id], c.weight) for c in criteria if c.id in marks]
    return sum((mark * weight for mark, weight in given), Decimal(0))


def missing_criteria(criteria: Iterable[Criterion], marks: Mapping[UUID, Decimal]) -> list[Criterion]:
    """Return the criteria without a mark, in the order of the sheet."""
    return [criterion for criterion in criteria if criterion.id not in marks]


def is_late(done: int, total: int, opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> bool:
    """Say whether a judge has done less than the share of the time that is over (never in its first quarter)."""
    if done >= total:
        return False
    if opens_at is None or closes_at is None or closes_at <= opens_at:
        return done == 0
    over = (at - opens_at) / (closes_at - opens_at)
    return over >= 0.25 and done < total * over
