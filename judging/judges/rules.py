"""Decisions about judges without database or request, and the refusals of the bank."""

from datetime import date

from flask_babel import lazy_gettext as _l

from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.judges.models import Judge, JudgeStatus

CODE_PREFIX = "ZJ"  # 专家; numbers given by the program: ZJ0001
NEXT: dict[JudgeStatus, tuple[JudgeStatus, ...]] = {
    JudgeStatus.CANDIDATE: (JudgeStatus.ACTIVE, JudgeStatus.RETIRED),
    JudgeStatus.ACTIVE: (JudgeStatus.SUSPENDED, JudgeStatus.RETIRED),
    JudgeStatus.SUSPENDED: (JudgeStatus.ACTIVE, JudgeStatus.RETIRED),
    JudgeStatus.RETIRED: (JudgeStatus.ACTIVE,),
}
OWN_FIELDS = ("name", "unit_name", "post", "title", "region", "phone", "email", "certificates")
FIELDS = (*OWN_FIELDS, "code", "recommender", "term_from", "term_until")


class JudgeAct(Act):
    """What is done to judges."""

    REGISTERED = "judge.registered", _l("Judge registered")
    CHANGED = "judge.changed", _l("Judge changed")
    STATUS = "judge.status", _l("Judge's place in the bank changed")
    BOUND = "judge.bound", _l("Account tied to the judge")
    RECUSAL_ADDED = "judge.recusal_added", _l("Recusal unit added")
    RECUSAL_REMOVED = "judge.recusal_removed", _l("Recusal unit removed")
    IMPORTED = "judge.imported", _l("Judges imported")


class CodeTaken(DomainError):
    """Another judge has this bank number."""

    message = _l("Another judge already has the number %(code)s.")


class StatusNotPossible(DomainError):
    """No way leads from the present status to the wanted one."""

    message = _l("From “%(present)s” a judge cannot be moved to “%(wanted)s”.")


class AccountTaken(DomainError):
    """The judge has an account already, or the account another judge."""

    message = _l("This judge already has an account, or this account already belongs to another judge.")


class NotConsented(DomainError):
    """A judge must agree to the rules first."""

    message = _l("Please agree to the judges' undertaking first.")


def require_next(judge: Judge, wanted: JudgeStatus) -> None:
    """Refuse a change of status that skips a step."""
    if wanted not in NEXT[judge.status]:
        raise StatusNotPossible(present=judge.status.label, wanted=wanted.label)


def is_expired(judge: Judge, on: date) -> bool:
    """Say whether a judge's term is over."""
    return judge.term_until is not None and judge.term_until < on


def next_code(highest: int) -> str:
    """Return the bank number after the highest one given."""
    return f"{CODE_PREFIX}{highest + 1:04d}"
