"""Decisions of those who look at entries before judging: recommending units and the secretariat. No database here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.editions.models import Edition, Stage, Track
from judging.editions.rules import require_stage
from judging.entries import quotas, rules
from judging.entries.models import AttachmentKind, Batch, CheckReason, Entry, EntryStatus, Verdict
from judging.foundation.errors import DomainError
from judging.units.models import RecommendingUnit

STATUS_AFTER = {
    Verdict.ADMIT: EntryStatus.ACCEPTED,
    Verdict.COMPLETE_FIRST: EntryStatus.RETURNED,
    Verdict.REJECT: EntryStatus.REJECTED,
    Verdict.DEFER: EntryStatus.DEFERRED,
}
AWAITING = (EntryStatus.SUBMITTED, EntryStatus.DEFERRED)


class NotInReview(DomainError):
    """Only what has been handed in can be looked at, returned or decided."""

    message = _l("This entry is in the state “%(state)s”; only an entry in review can be returned or decided on.")


class BatchSealed(DomainError):
    """The recommendations have been sent; nothing in them moves any more."""

    message = _l("Your recommendations have been sealed and sent. To change them, please recall them first.")


class BatchNotSealed(DomainError):
    """There is nothing to recall."""

    message = _l("These recommendations have not been sent, so there is nothing to recall.")


class BatchAlreadyChecked(DomainError):
    """The secretariat has begun to decide on the batch."""

    message = _l(
        "The secretariat has already decided on %(count)s of these entries, so the recommendations cannot be recalled. "
        "Please ask it to return single entries."
    )


class NothingToRecommend(DomainError):
    """No entry has been put on the list."""

    message = _l("No entry stands on the list yet. Please put at least one entry on it first.")


class OpinionMissing(DomainError):
    """A recommendation carries the words of who recommends."""

    message = _l("Please write the opinion of the recommending unit; it goes to the secretariat with the list.")


class NotLayable(DomainError):
    """The check of the entry is over; a file laid in now would never be looked at."""

    message = _l(
        "The entry is “%(state)s”: this file can no longer be laid in. Withdraw the verdict first; the sealed form and "
        "the proof may still follow to an admitted entry."
    )


class OnBehalfNeedsReason(DomainError):
    """Acting for somebody else is explained."""

    message = _l("Please say how the file came, for example: sent by mail on 3 June.")


class OverQuota(DomainError):
    """More entries stand on the list than the track has places for this unit."""

    message = _l(
        "“%(track)s” has %(quota)s places for your unit, but %(count)s entries stand on the list. Please leave some out."
    )


class NotYours(DomainError):
    """The order names entries that are not on the list of this recommending unit and track."""

    message = _l("The list has changed in the meantime. Please load the page again and put it in order once more.")


class NotRecommended(DomainError):
    """The recommending unit has the first word."""

    message = _l(
        "This entry has not been recommended by “%(unit)s” yet. Please wait for its sealed list, or remind it."
    )


class DirectNeedsNote(DomainError):
    """Direct members skip the recommending unit, and somebody says why."""

    message = _l("This entry comes without a recommending unit. Please say in the note why it is accepted directly.")


class IncompleteNeedsNote(DomainError):
    """Something is missing, and the entry is admitted all the same."""

    message = _l(
        "Something is missing: %(what)s. Please say in the note why the entry is admitted all the same, or have it completed first."
    )


class ReasonMissing(DomainError):
    """Anything but a plain yes needs a reason from the list."""

    message = _l("Please choose at least one reason for “%(verdict)s”.")


class OtherNeedsNote(DomainError):
    """“Other” alone tells the entrant nothing."""

    message = _l("For “Other”, please write the reason in the note.")


class DeadlineMissing(DomainError):
    """A returned entry needs one deadline, in the future."""

    message = _l("Please give a deadline in the future, until which the entry can be completed.")


class ReturnReasonMissing(DomainError):
    """Who has to mend something must know what."""

    message = _l("Please say what has to be corrected.")


class NoVerdict(DomainError):
    """There is no verdict to take back."""

    message = _l("No verdict has been given on this entry, so there is none to withdraw.")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist: what is looked at, whether it holds, and what was found."""

    label: LazyString
    holds: bool
    found: str = ""
    needed: bool = True  # else only worth a look
    lack: LazyString | None = None  # what is missing, as a noun; without it, the label says it

    @property
    def lacking(self) -> str:
        """Return what is missing when the line does not hold."""
        return str(self.lack or self.label)


def require_in_review(entry: Entry) -> None:
    """Refuse drafts, returned, decided and withdrawn entries."""
    if entry.status is not EntryStatus.SUBMITTED:
        raise NotInReview(state=str(entry.status.label))


def require_unsealed(batch: Batch | None) -> None:
    """Refuse to move anything in a list that has been sent."""
    if batch is not None and batch.sealed_at is not None:
        raise BatchSealed


def require_return(reason: str, until: datetime | None, at: datetime) -> None:
    """Refuse a return that does not say what to mend, or until when."""
    if len(reason.strip()) < 2:
        raise ReturnReasonMissing
    if until is None or until <= at:
        raise DeadlineMissing


PAPERS = (AttachmentKind.SCAN, AttachmentKind.PROOF)  # what judges never see may still follow after admission
OPEN_TO_SECRETARIAT = (EntryStatus.DRAFT, EntryStatus.SUBMITTED, EntryStatus.RETURNED, EntryStatus.DEFERRED)


def require_layable(entry: Entry, edition: Edition, kind: AttachmentKind) -> None:
    """Let the secretariat lay a file in while intake runs; the entrants' deadline does not bind it."""
    require_stage(edition, Stage.INTAKE)
    if entry.status in OPEN_TO_SECRETARIAT or (entry.status is EntryStatus.ACCEPTED and kind in PAPERS):
        return
    raise NotLayable(state=str(entry.status.label))


def is_layable(entry: Entry, edition: Edition, kind: AttachmentKind) -> bool:
    """Say whether the secretariat may lay a file of this kind in."""
    try:
        require_layable(entry, edition, kind)
    except DomainError:
        return False
    return True


def require_on_behalf(reason: str) -> str:
    """Refuse to act in a unit's stead without a word why."""
    if len(reason.strip()) < 2:
        raise OnBehalfNeedsReason
    return reason.strip()


def require_quota(track: Track, unit: RecommendingUnit, count: int) -> None:
    """Refuse a list longer than its places."""
    quota = quotas.quota_of(track, unit)
    if quota is not None and count > quota:
        raise OverQuota(track=track.name, quota=quota, count=count)


def require_same(ordered: Sequence[UUID], known: Collection[UUID]) -> None:
    """Refuse an order that names an entry twice, or one that cannot stand on the list."""
    if len(set(ordered)) != len(ordered) or not set(ordered) <= set(known):
        raise NotYours


def comes_directly(entry: Entry) -> bool:
    """Say whether an entry of a recommended track may do without: its unit is a direct member, or has nobody."""
    return entry.recommending_unit_id is None or bool(entry.unit.member_number)


def waits_for_recommendation(entry: Entry) -> bool:
    """Say whether the entry still lies with its recommending unit."""
    return entry.track.via_recommending_unit and entry.recommending_unit_id is not None and entry.recommended_at is None


def require_verdict(
    entry: Entry, verdict: Verdict, *, reasons: Collection[CheckReason], note: str, until: datetime | None, at: datetime
) -> None:
    """Refuse a verdict that cannot be given, or that does not say why."""
    if entry.status not in AWAITING:
        raise NotInReview(state=str(entry.status.label))
    if waits_for_recommendation(entry) and not comes_directly(entry):
        assert entry.recommending_unit is not None
        raise NotRecommended(unit=entry.recommending_unit.name)
    noted = len(note.strip()) >= 2
    if verdict is Verdict.ADMIT:
        _require_admission(entry, noted=noted)
    elif not reasons:
        raise ReasonMissing(verdict=str(verdict.label))
    elif CheckReason.OTHER in reasons and not noted:
        raise OtherNeedsNote
    if verdict is Verdict.COMPLETE_FIRST and (until is None or until <= at):
        raise DeadlineMissing


def _require_admission(entry: Entry, *, noted: bool) -> None:
    if noted:
        return
    if lacking := rules.missing(entry):
        raise IncompleteNeedsNote(what="、".join(str(item.label) for item in lacking))
    if entry.track.via_recommending_unit and entry.recommended_at is None:
        raise DirectNeedsNote


def words_of(reasons: Iterable[CheckReason], note: str) -> str:
    """Return reasons and note as the sentence the entrant reads."""
    chosen = [str(reason.label) for reason in reasons if reason is not CheckReason.OTHER]
    return "；".join([*chosen, *([note.strip()] if note.strip() else [])])


def checklist(entry: Entry) -> list[Item]:
    """Return what a formal check looks at, in the order in which people look."""
    lacking = rules.missing(entry)
    files = {kind: rules.active_attachment(entry, kind) for kind in AttachmentKind}
    fields = [item for item in lacking if not item.field.startswith("file-") and item.field not in rules.DECLARATIONS]
    needed = rules.required_files(entry.track)
    declared = all(getattr(entry, name) for name in rules.DECLARATIONS)
    items = [
        Item(
            _l("All required fields are filled in"),
            not fields,
            "、".join(str(item.label) for item in fields),
            lack=_l("required fields"),
        ),
        Item(_l("All declarations have been made"), declared, lack=_l("declarations")),
        Item(
            _l("The unit has a unified social credit code"),
            bool(entry.unit.credit_code),
            entry.unit.credit_code or "",
            lack=_l("credit code"),
        ),
    ]
    for kind in AttachmentKind:
        file = files[kind]
        if kind in needed or kind in (AttachmentKind.SCAN, AttachmentKind.PROOF) or file is not None:
            label = rules.file_label(entry.track, kind)
            items.append(Item(label, file is not None, file.file_name if file else "", needed=kind in needed))
    if entry.track.via_recommending_unit:
        items.append(_recommended(entry))
    return items


def _recommended(entry: Entry) -> Item:
    unit = entry.recommending_unit
    label = _l("Recommended by its recommending unit")
    found = unit.name if unit else str(_l("none (direct member)"))
    return Item(label, entry.recommended_at is not None, found, needed=unit is not None)
