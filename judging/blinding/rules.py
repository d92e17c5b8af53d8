"""Decisions about candidates without database or request, and the refusals of this stage."""

from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l

from judging.blinding.models import Candidate, CandidateStatus, Finding
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round, require_stage
from judging.foundation import chance
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O, and below no 0 and 1: they are misread
SYMBOLS = LETTERS + "23456789"
CODE_LENGTH = 5


class BlindingAct(Act):
    """What is done before judges see anything."""

    ADMITTED = "candidate.admitted", _l("Entries admitted to the round")
    PREPARED = "candidate.prepared", _l("Review copy prepared")
    REPLACED = "candidate.replaced", _l("Masked copy replaced")
    ASKED = "candidate.asked", _l("New masked copy asked for")
    REWORDED = "candidate.reworded", _l("Title, abstract or keywords for judges changed")
    DISMISSED = "candidate.dismissed", _l("Finding dismissed")
    RAISED = "candidate.raised", _l("Dismissed finding raised again")
    CLEARED = "candidate.cleared", _l("Review copy cleared")
    CLEARED_ALL = "candidate.cleared_all", _l("Review copies without findings cleared")
    HELD = "candidate.held", _l("Clearance taken back")
    REMOVED = "candidate.removed", _l("Candidate taken out of the round")


class NotAdmissible(DomainError):
    """Only accepted entries of the round's own track take part."""

    message = _l("Only accepted entries of this track can be admitted to the round: %(code)s is not.")


class OpenFindings(DomainError):
    """Somebody must look at the findings first."""

    message = _l("There are findings that nobody has decided yet. Please dismiss them or upload a new masked copy.")


class NotPrepared(DomainError):
    """There is no review copy yet."""

    message = _l("The review copy of this candidate has not been prepared yet.")


class AlreadyRemoved(DomainError):
    """The candidate takes no part."""

    message = _l("This candidate has been taken out of the round.")


def require_admission(edition: Edition, round_: Round) -> None:
    """Refuse unless the round is being blinded, or selection is sending entries on to the next round."""
    if edition.stage is Stage.SELECTION and round_.number == edition.round_number + 1:
        return
    require_round(edition, round_, Stage.BLINDING)


def require_blinding(edition: Edition) -> None:
    """Refuse changes of review copies once judges may have read them."""
    require_stage(edition, Stage.BLINDING)


def require_removal(edition: Edition) -> None:
    """Refuse to take candidates out once their scores are being put together."""
    require_stage(edition, Stage.BLINDING, Stage.JUDGING)


def draw_codes(count: int, taken: Collection[str]) -> list[str]:
    """Draw codes that nobody can guess or derive; a letter first, so that no spreadsheet takes one for a number."""
    used, drawn = set(taken), list[str]()
    while len(drawn) < count:
        code = chance.word(LETTERS, 1) + chance.word(SYMBOLS, CODE_LENGTH - 1)
        if code not in used:
            used.add(code)
            drawn.append(code)
    return drawn


def is_open(finding: Finding) -> bool:
    """Say whether a finding still waits for a person: what we took out ourselves does not."""
    return not finding.removed and finding.dismissed_at is None


def status_after(findings: Iterable[Finding]) -> CandidateStatus:
    """Return where a prepared candidate stands."""
    return CandidateStatus.SUSPECT if any(is_open(finding) for finding in findings) else CandidateStatus.READY


def require_clearable(candidate: Candidate, findings: Iterable[Finding]) -> None:
    """Refuse to show judges what is not prepared or still holds an undecided finding."""
    if candidate.status is CandidateStatus.REMOVED:
        raise AlreadyRemoved
    if candidate.status is CandidateStatus.PREPARING:
        raise NotPrepared
    if any(is_open(finding) for finding in findings):
        raise OpenFindings
