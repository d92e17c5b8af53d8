"""What an entry needs, who may change it when, and the refusals of intake."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.editions.models import Edition, Stage, Track, TrackKind
from judging.editions.rules import date_of, require_open, require_stage
from judging.entries.models import Attachment, AttachmentKind, Entry, EntryStatus
from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.foundation.labels import LabelEnum

ABSTRACT_MAX = 500
MEMBERS_MAX = 30
MEMBERS_USUAL = range(3, 11)


class EntryAct(Act):
    """What can be done to an entry during intake."""

    STARTED = "entry.started", _l("Entry started")
    CHANGED = "entry.changed", _l("Entry changed")
    MEMBERS = "entry.members", _l("Team changed")
    ATTACHED = "entry.attached", _l("File uploaded")
    REPLACED = "entry.replaced", _l("File replaced")
    REMOVED = "entry.removed", _l("File removed")
    ATTACHED_FOR_UNIT = "entry.attached_for_unit", _l("File laid in by the secretariat for the unit")
    SUBMITTED = "entry.submitted", _l("Submitted")
    RESUBMITTED = "entry.resubmitted", _l("Submitted again")
    WITHDRAWN = "entry.withdrawn", _l("Withdrawn")
    RETURNED = "entry.returned", _l("Returned for correction")
    RANKED = "entry.ranked", _l("Put in order by the recommending unit")
    RECOMMENDED = "entry.recommended", _l("Recommended")
    RECALLED = "entry.recalled", _l("Recommendation recalled")
    BATCH_SEALED = "batch.sealed", _l("Batch of recommendations sealed")
    BATCH_RECALLED = "batch.recalled", _l("Batch of recommendations recalled")
    QUOTAS = "entry.quotas", _l("Quotas of the recommending units changed")
    VERDICT = "entry.verdict", _l("Verdict of the formal check")
    VERDICT_WITHDRAWN = "entry.verdict_withdrawn", _l("Verdict withdrawn")
    IMPORTED = "entry.imported", _l("Imported from Excel")


class Step(LabelEnum):
    """The five steps of the form; the values stand in addresses."""

    ACHIEVEMENT = "achievement", _l("Achievement")
    TEAM = "team", _l("Unit and group")
    CONTENT = "content", _l("Content")
    FILES = "files", _l("Files")
    REVIEW = "review", _l("Check and submit")


class NotEditable(DomainError):
    """The entry is under review, decided or withdrawn."""

    message = _l(
        "This entry is in the state “%(state)s” and cannot be changed now. "
        "If something is wrong, please ask the recommending unit or the secretariat to return it."
    )


class ReturnDeadlinePassed(DomainError):
    """A returned entry was to be completed by a certain time, which is over."""

    message = _l(
        "The time for completing this entry has passed. What you typed has been kept; please contact the secretariat."
    )


class Incomplete(DomainError):
    """Something the form needs is not there."""

    message = _l("The entry is not complete yet. Please add: %(what)s.")


class NotWithdrawable(DomainError):
    """The entry has been decided on or withdrawn already."""

    message = _l(
        "This entry is in the state “%(state)s” and can no longer be withdrawn here. Please contact the secretariat."
    )


class TooManyMembers(DomainError):
    """The team has more people than a certificate can name."""

    message = _l("Please name at most %(max)s people.")


class MemberTwice(DomainError):
    """The same name stands twice in the team."""

    message = _l(
        "“%(name)s” stands twice in the list. Please keep one, or tell two people of one name apart, for example by a number."
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """Something the form needs: which field, its words, and the step where it is asked."""

    field: str
    label: LazyString
    step: Step


_A, _T, _C, _F, _R = Step
_CONTACT = (
    Missing("contact_name", _l("Contact person"), _T),
    Missing("contact_phone", _l("Phone of the contact person"), _T),
)
_DECLARATIONS = (
    Missing("original", _l("Declaration of originality"), _R),
    Missing("truthful", _l("Declaration of truth"), _R),
    Missing("consents_to_publication", _l("Consent to publication"), _R),
    Missing("unclassified", _l("Declaration that nothing is classified"), _R),
)
TEAM_LABELS = {
    TrackKind.QC: _l("Team members in order"),
    TrackKind.STORY: _l("People of the story in order"),
    TrackKind.PAPER: _l("Authors in order"),
}
REPORT_LABELS = {
    TrackKind.QC: _l("Report of the result"),
    TrackKind.STORY: _l("Script of the story"),
    TrackKind.PAPER: _l("The paper"),
}
REQUIRED: dict[TrackKind, tuple[Missing, ...]] = {
    TrackKind.QC: (
        Missing("title", _l("Title of the result"), _A),
        Missing("topic_type", _l("Type of topic"), _A),
        Missing("group_name", _l("Name of the group"), _T),
        Missing("members", TEAM_LABELS[TrackKind.QC], _T),
        *_CONTACT,
        Missing("abstract", _l("Abstract"), _C),
        Missing("target", _l("Target"), _C),
        Missing("reached", _l("Value reached"), _C),
        Missing("benefit", _l("Economic benefit"), _C),
        *_DECLARATIONS,
    ),
    TrackKind.STORY: (
        Missing("title", _l("Title of the story"), _A),
        Missing("group_name", _l("Name of the group"), _T),
        Missing("presenter", _l("Presenter"), _T),
        Missing("members", TEAM_LABELS[TrackKind.STORY], _T),
        *_CONTACT,
        Missing("abstract", _l("Abstract"), _C),
        *_DECLARATIONS,
    ),
    TrackKind.PAPER: (
        Missing("title", _l("Title of the paper"), _A),
        Missing("keywords", _l("Keywords"), _A),
        Missing("members", TEAM_LABELS[TrackKind.PAPER], _T),
        *_CONTACT,
        Missing("abstract", _l("Abstract"), _C),
        *_DECLARATIONS,
    ),
}
DECLARATIONS = tuple(item.field for item in _DECLARATIONS)


def file_field(kind: AttachmentKind) -> str:
    """Return under which name a file is listed as missing."""
    return f"file-{kind.value}"


def required_files(track: Track) -> tuple[AttachmentKind, ...]:
    """Return the files an entry of the track cannot do without: a blind first round needs a masked copy."""
    first = track.round(1)
    blind = first is not None and first.blind
    return (AttachmentKind.REPORT, AttachmentKind.MASKED) if blind else (AttachmentKind.REPORT,)


def file_label(track: Track, kind: AttachmentKind) -> LazyString:
    """Return how the track calls a file."""
    return REPORT_LABELS[track.kind] if kind is AttachmentKind.REPORT else kind.label


def active_attachment(entry: Entry, kind: AttachmentKind) -> Attachment | None:
    """Return the file of a kind that stands now, not those it has replaced."""
    standing = [file for file in entry.attachments if file.kind is kind and file.replaced_at is None]
    return standing[-1] if standing else None


def missing(entry: Entry) -> list[Missing]:
    """Return what the entry still needs before it can be submitted, in the order of the form."""
    wanted = [item for item in REQUIRED[entry.track.kind] if not _given(entry, item.field)]
    files = [
        Missing(file_field(kind), file_label(entry.track, kind), Step.FILES)
        for kind in required_files(entry.track)
        if active_attachment(entry, kind) is None
    ]
    order = list(Step)
    return sorted(wanted + files, key=lambda item: order.index(item.step))


def _given(entry: Entry, field: str) -> bool:
    value = getattr(entry, field)
    return value is not None and value is not False and value not in ("", [])


def advice(entry: Entry) -> list[LazyString]:
    """Return what does not stop an entry but often makes the formal check return it."""
    found = []
    if entry.track.kind is TrackKind.QC and entry.members and len(entry.members) not in MEMBERS_USUAL:
        found.append(_l("A group usually has 3 to 10 members; please check the list."))
    if entry.benefit and active_attachment(entry, AttachmentKind.PROOF) is None:
        found.append(_l("A benefit is stated, but no proof of it has been uploaded."))
    if active_attachment(entry, AttachmentKind.SCAN) is None:
        found.append(
            _l(
                "The sealed application form has not been uploaded. You can print it, seal it, and upload the scan after submitting."
            )
        )
    if not entry.unit.credit_code:
        found.append(
            _l(
                "The unit has no unified social credit code yet. Please complete the data of the unit, or ask the secretariat."
            )
        )
    return found


def is_editable(entry: Entry, edition: Edition, at: datetime) -> bool:
    """Say whether the entrant may change the entry now."""
    try:
        require_editable(entry, edition, at)
    except DomainError:
        return False
    return True


def require_editable(entry: Entry, edition: Edition, at: datetime) -> None:
    """Let the entrant change drafts until intake closes, and returned entries until their own deadline."""
    if entry.status is EntryStatus.RETURNED and entry.return_until is not None:
        require_stage(edition, Stage.INTAKE)
        if at > entry.return_until + timedelta(minutes=edition.grace_minutes):
            raise ReturnDeadlinePassed
        return
    require_open(edition, Stage.INTAKE, at)
    if entry.status not in (EntryStatus.DRAFT, EntryStatus.RETURNED):
        raise NotEditable(state=str(entry.status.label))


def require_uploadable(entry: Entry, edition: Edition, kind: AttachmentKind, at: datetime) -> None:
    """As for changes; but the sealed form is signed after submitting, so its scan may follow while in review."""
    if kind is AttachmentKind.SCAN and entry.status is EntryStatus.SUBMITTED:
        require_open(edition, Stage.INTAKE, at)
    else:
        require_editable(entry, edition, at)


def is_scan_uploadable(entry: Entry, edition: Edition, at: datetime) -> bool:
    """Say whether the scan of the sealed form may still be sent."""
    try:
        require_uploadable(entry, edition, AttachmentKind.SCAN, at)
    except DomainError:
        return False
    return True


def require_withdrawable(entry: Entry, edition: Edition) -> None:
    """Let entrants take an entry back as long as intake runs and nothing final has been said about it."""
    require_stage(edition, Stage.INTAKE)
    if not is_withdrawable(entry, edition):
        raise NotWithdrawable(state=str(entry.status.label))


def is_withdrawable(entry: Entry, edition: Edition) -> bool:
    """Say whether the entrant may take the entry back."""
    open_states = (EntryStatus.DRAFT, EntryStatus.SUBMITTED, EntryStatus.RETURNED, EntryStatus.ACCEPTED)
    return edition.stage is Stage.INTAKE and entry.status in open_states


def require_complete(entry: Entry) -> None:
    """Refuse to submit what lacks something, and say what."""
    lacking = missing(entry)
    if lacking:
        raise Incomplete(what=str(_l(", ")).join(str(item.label) for item in lacking))


def require_team(members: Iterable[tuple[str, str]]) -> None:
    """Refuse endless teams and names that stand twice."""
    names = [name for name, _role in members]
    if len(names) > MEMBERS_MAX:
        raise TooManyMembers(max=MEMBERS_MAX)
    for place, name in enumerate(names):
        if name in names[:place]:
            raise MemberTwice(name=name)


def deadline_of(entry: Entry, edition: Edition) -> datetime | None:
    """Return until when the entrant can still submit: the return's own time, or the close of intake."""
    if entry.status is EntryStatus.RETURNED and entry.return_until:
        return entry.return_until
    if entry.status not in (EntryStatus.DRAFT, EntryStatus.RETURNED):
        return None
    dates = date_of(edition, Stage.INTAKE)
    return dates.closes_at if dates else None
