"""When two names mean the same unit, and the refusals of conflicts."""

import re
import unicodedata
from functools import lru_cache

from flask_babel import lazy_gettext as _l

from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.editions.models import Edition, Stage
from judging.editions.rules import require_stage
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError

_SIGNS = re.compile(r"[\s()（）\[\]【】〔〕·•・.,，。、\-—_\"“”']")
_LEGAL_FORMS = ("集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司", "有限责任公司", "有限公司")
_SHORTEST = 4  # what remains of a name without its legal form must still be a name
_SHORTEST_PARENT = 8


class ConflictAct(Act):
    """What is done about conflicts."""

    DETECTED = "conflict.detected", _l("Conflicts detected")
    DECLARED = "conflict.declared", _l("Conflict declared")
    RECORDED = "conflict.recorded", _l("Conflict recorded by the secretariat")
    RECUSED = "conflict.recused", _l("Conflict noted after a recusal on a score sheet")
    REQUESTED = "conflict.requested", _l("Recusal requested")
    WAIVED = "conflict.waived", _l("Conflict waived")
    RESTORED = "conflict.restored", _l("Waiver taken back")
    DECIDED = "conflict.decided", _l("Request decided")


class AlreadyDeclared(DomainError):
    """The same conflict is known."""

    message = _l("This conflict is already recorded.")


class NotPending(DomainError):
    """Only an undecided request can be decided."""

    message = _l("This request has already been decided.")


class NotStanding(DomainError):
    """Only what stands can be waived."""

    message = _l("Only a conflict that stands can be waived.")


class OwnAccount(DomainError):
    """A judge whose account sees an entry with its names never judges it."""

    message = _l(
        "This cannot be waived: the judge's own account speaks for the unit and sees whose entry it is. "
        "If that is no longer so, please end the account's speaking for the unit and detect conflicts again."
    )


class NotWaived(DomainError):
    """Only a waiver can be taken back."""

    message = _l("This conflict is not waived.")


class OneTarget(DomainError):
    """A conflict is with a unit or with an entry."""

    message = _l("Please name either a unit or an entry.")


class NobodyTakesPart(DomainError):
    """What was typed is neither the code of an entry nor the name of a unit that takes part."""

    message = _l("“%(name)s” is neither the code of an entry nor the full name of a unit that takes part.")


class TooManyRequests(DomainError):
    """An entrant asks for more than fairness can need."""

    message = _l("At most %(max)s recusals can be requested for one entry. Please contact the secretariat.")


MAX_REQUESTS = 5


def require_gathering(edition: Edition) -> None:
    """Refuse once judging is over: a conflict found later is a matter for the results."""
    require_stage(edition, Stage.INTAKE, Stage.BLINDING, Stage.JUDGING)


def require_request(edition: Edition, earlier: list[Conflict]) -> None:
    """Refuse requests after the review copies have gone out, and floods of them."""
    require_stage(edition, Stage.INTAKE, Stage.BLINDING)
    if len(earlier) >= MAX_REQUESTS:
        raise TooManyRequests(max=MAX_REQUESTS)


def require_waivable(conflict: Conflict) -> None:
    """Refuse to waive what does not stand."""
    if conflict.status is not ConflictStatus.STANDING:
        raise NotStanding
    if conflict.basis is ConflictBasis.ACCOUNT:
        raise OwnAccount


def require_pending(conflict: Conflict) -> None:
    """Refuse to decide twice."""
    if conflict.kind is not ConflictKind.REQUESTED or conflict.status is not ConflictStatus.PENDING:
        raise NotPending


@lru_cache(maxsize=16384)  # every judge is compared with every unit
def plain_name(name: str) -> str:
    """Return a unit's name without signs and widths, for comparing."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).casefold()


@lru_cache(maxsize=16384)
def bare_name(name: str) -> str:
    """Return the plain name without its legal form, unless too little would remain."""
    plain = plain_name(name)
    form = next((form for form in _LEGAL_FORMS if plain.endswith(form)), "")
    bare = plain[: len(plain) - len(form)]
    return bare if len(bare) >= _SHORTEST else plain


@lru_cache(maxsize=16384)
def group_key(name: str) -> str:
    """Return a group of companies without its legal form: 天成集团 and 天成集团有限公司 are one."""
    plain = plain_name(name)
    form = next((form for form in (*_LEGAL_FORMS, "集团") if plain.endswith(form) and len(plain) > len(form) + 1), "")
    return plain[: len(plain) - len(form)]


def same_unit(one: str, other: str) -> bool:
    """Say whether two names mean the same unit, or a company and its branch."""
    if not one or not other:
        return False
    return bare_name(one) == bare_name(other) or _is_branch(one, other) or _is_branch(other, one)


def _is_branch(parent: str, branch: str) -> bool:
    return plain_name(parent) in parents_of(branch)


@lru_cache(maxsize=16384)
def parents_of(name: str) -> frozenset[str]:
    """Return the plain names of the companies whose branch a name can be, itself included: what it begins with."""
    plain = plain_name(name)
    ends = range(_SHORTEST_PARENT, len(plain) + 1)
    return frozenset(plain[:end] for end in ends if plain[:end].endswith(("公司", "集团")))
