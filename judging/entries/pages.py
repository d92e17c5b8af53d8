"""What the entrant's pages show, gathered from an entry: the steps, the next thing to do, the story in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _untyped
from flask_babel.speaklater import LazyString

from judging.editions.models import Edition, TrackKind
from judging.entries import files, forms, rules
from judging.entries.models import Attachment, AttachmentKind, CheckReason, Entry, EntryStatus, TopicType
from judging.entries.rules import EntryAct, Missing, Step
from judging.foundation import audit
from judging.foundation.audit import AuditLine
from judging.units.codes import INDUSTRIES, REGIONS
from judging.units.models import Unit
from judging.web.filters import format_date, plain_number

TONES = {
    EntryStatus.DRAFT: "neutral",
    EntryStatus.SUBMITTED: "info",
    EntryStatus.RETURNED: "warning",
    EntryStatus.ACCEPTED: "success",
    EntryStatus.REJECTED: "danger",
    EntryStatus.DEFERRED: "warning",
    EntryStatus.WITHDRAWN: "neutral",
}
FOLD = timedelta(minutes=30)  # savings of one person within this time are told as one line


def gettext(text: str, **values: object) -> str:
    """Return the words in the language of the page (the library's own function is untyped)."""
    return str(_untyped(text, **values))


@dataclass(frozen=True, slots=True)
class Card:
    """An entry in the list of its unit: where it stands and what to do next."""

    entry: Entry
    tone: str
    sentence: str
    next_label: str
    next_url: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class FilePlace:
    """One place of the files step."""

    kind: AttachmentKind
    label: LazyString
    hint: str
    accepts: files.Accepts
    required: bool
    current: dict[str, Any] | None
    open: bool


@dataclass(slots=True)
class Told:
    """A line of the history, several savings folded into one."""

    at: datetime
    who: str
    what: str
    why: str = ""
    detail: str = ""
    changes: dict[str, list[Any]] = field(default_factory=dict)


def card(entry: Entry, edition: Edition, at: datetime) -> Card:
    """Return how the list shows an entry."""
    due = rules.deadline_of(entry, edition)
    if rules.is_editable(entry, edition, at):
        lacking = rules.missing(entry)
        url = url_for("entries.step", entry_id=entry.id, step=lacking[0].step if lacking else Step.REVIEW)
        return Card(entry, TONES[entry.status], _to_do(entry, lacking), _next_label(entry, lacking), url, due)
    url = url_for("entries.show", entry_id=entry.id)
    return Card(entry, TONES[entry.status], _state(entry), gettext("See the entry"), url, None)


def cards(entries: Iterable[Entry], edition: Edition, at: datetime) -> list[Card]:
    """Return the list of a unit: first what waits for it, the returned ones before the drafts."""
    waiting = [EntryStatus.RETURNED, EntryStatus.DRAFT]
    found = [card(entry, edition, at) for entry in entries]
    return sorted(
        found, key=lambda one: waiting.index(one.entry.status) if one.entry.status in waiting else len(waiting)
    )


def _next_label(entry: Entry, lacking: list[Missing]) -> str:
    if not _only_declarations(lacking):
        return gettext("Go on filling in")
    if entry.status is EntryStatus.RETURNED:
        return gettext("Correct and submit again")
    return gettext("Check and submit")


def _to_do(entry: Entry, lacking: list[Missing]) -> str:
    if not lacking and entry.status is EntryStatus.RETURNED:
        return gettext("Please correct what was asked for and submit it again.")
    if not lacking:
        return gettext("Everything is there; not submitted yet.")
    words = gettext(", ").join(str(item.label) for item in lacking[:3])
    if len(lacking) > 3:
        return gettext("Still missing: %(what)s and %(number)s more.", what=words, number=len(lacking) - 3)
    return gettext("Still missing: %(what)s.", what=words)


def _only_declarations(lacking: Iterable[Missing]) -> bool:
    return all(item.step is Step.REVIEW for item in lacking)


def _state(entry: Entry) -> str:
    at_recommender = entry.recommending_unit is not None and entry.recommended_at is None
    match entry.status:
        case EntryStatus.SUBMITTED if at_recommender and entry.recommending_unit is not None:
            return gettext("With the recommending unit: %(name)s.", name=entry.recommending_unit.name)
        case EntryStatus.SUBMITTED:
            return gettext("With the secretariat for the formal check.")
        case EntryStatus.ACCEPTED:
            return gettext("Admitted to judging. There is nothing to do for you.")
        case EntryStatus.REJECTED:
            return gettext("Not admitted to judging; the reasons stand on the page of the entry.")
        case EntryStatus.DEFERRED:
            return gettext("Deferred; the reasons stand on the page of the entry.")
        case EntryStatus.WITHDRAWN:
            return gettext("You have withdrawn this entry.")
    return gettext("The time for submitting is over; this entry was not submitted.")


def steps(entry: Entry, current: Step | None) -> list[dict[str, Any]]:
    """Return the five steps with what each lacks, for the stepper."""
    lacking = rules.missing(entry)
    found = []
    for step in Step:
        here = [item for item in lacking if item.step is step]
        state = "missing" if here else "done"
        note = gettext("%(number)s to add", number=len(here)) if here else None
        if step is Step.REVIEW:
            state, note = "todo", gettext("last step") if not here or _only_declarations(lacking) else note
        url = url_for("entries.step", entry_id=entry.id, step=step)
        found.append({"label": step.label, "url": url, "state": state, "note": note, "current": step is current})
    return found


def following(step: Step) -> Step:
    """Return the step after this one."""
    order = list(Step)
    return order[min(order.index(step) + 1, len(order) - 1)]


def preceding(step: Step) -> Step | None:
    """Return the step before this one."""
    place = list(Step).index(step)
    return list(Step)[place - 1] if place else None


def file_places(entry: Entry, edition: Edition, at: datetime) -> list[FilePlace]:
    """Return the places of the files step with what lies there."""
    required = rules.required_files(entry.track)
    kinds = [kind for kind in AttachmentKind if entry.track.kind is TrackKind.QC or kind is not AttachmentKind.PROOF]
    return [file_place(entry, edition, kind, at, required=kind in required) for kind in kinds]


def file_place(
    entry: Entry, edition: Edition, kind: AttachmentKind, at: datetime, *, required: bool | None = None
) -> FilePlace:
    """Return one place of the files step."""
    accepts = files.accepted_for(kind)
    needed = kind in rules.required_files(entry.track) if required is None else required
    scan = kind is AttachmentKind.SCAN and rules.is_scan_uploadable(entry, edition, at)
    current = rules.active_attachment(entry, kind)
    return FilePlace(
        kind=kind,
        label=rules.file_label(entry.track, kind),
        hint=_hint(kind, accepts),
        accepts=accepts,
        required=needed,
        current=shown_file(current) if current else None,
        open=scan or rules.is_editable(entry, edition, at),
    )


def shown_file(file: Attachment) -> dict[str, Any]:
    """Return a file as the upload component shows it."""
    url = url_for("entries.download", entry_id=file.entry_id, attachment_id=file.id)
    return {"id": file.id, "name": file.file_name, "size": file.size, "url": url, "at": file.uploaded_at}


def _hint(kind: AttachmentKind, accepts: files.Accepts) -> str:
    size = accepts.max_bytes // files.MB
    kinds = gettext("%(kinds)s, at most %(size)s MB.", kinds=accepts.words, size=size)
    more = {
        AttachmentKind.REPORT: gettext("A PDF keeps your layout best."),
        AttachmentKind.MASKED: gettext(
            "This is what judges see: the report without names of the unit, the group or people, in pictures and headers too."
        ),
        AttachmentKind.SLIDES: gettext("If you present on stage."),
        AttachmentKind.SCAN: gettext(
            "Print the application form, have it sealed, and scan or photograph it. This may follow after submitting."
        ),
        AttachmentKind.PROOF: gettext("For example the confirmation of the finance department."),
    }
    return f"{kinds} {more[kind]}"


def field_labels(entry: Entry) -> dict[str, str]:
    """Return the words for every field that the history may name."""
    words = {"members": str(rules.TEAM_LABELS[entry.track.kind])}
    words |= {rules.file_field(kind): str(rules.file_label(entry.track, kind)) for kind in AttachmentKind}
    for step in Step:
        form = forms.step_form(entry, step, csrf=False)
        words |= {name: str(form[name].label.text) for name in form.values()}
    return words | {item.field: str(item.label) for item in rules.REQUIRED[entry.track.kind]}


def told(entry: Entry, lines: Iterable[AuditLine]) -> list[Told]:
    """Return the story of an entry, the newest first; neighbouring savings of one person are told as one."""
    story: list[Told] = []
    for line in lines:
        changes = {key: value for key, value in line.detail.items() if isinstance(value, list) and len(value) == 2}
        last = story[-1] if story else None
        saving = line.act in (EntryAct.CHANGED.value, EntryAct.MEMBERS.value)
        if (
            last
            and saving
            and last.changes
            and last.who == line.by
            and line.at - last.at < FOLD
            and last.what == _what(line)
        ):
            for key, (before, after) in changes.items():
                last.changes[key] = [last.changes.get(key, [before])[0], after]
            last.at = line.at
        else:
            story.append(Told(line.at, line.by, _what(line), line.reason, _facts(line), _named(changes, line)))
    return story[::-1]


def _named(changes: dict[str, list[Any]], line: AuditLine) -> dict[str, list[Any]]:
    """Return the changes with a file under the name of its place."""
    kind = AttachmentKind.of(line.detail.get("kind"))
    return {rules.file_field(kind) if key == "file" and kind else key: pair for key, pair in changes.items()}


def _what(line: AuditLine) -> str:
    if line.act == EntryAct.MEMBERS.value:
        return str(EntryAct.CHANGED.label)
    return audit.label_of(line.act)


def _facts(line: AuditLine) -> str:
    receipt = line.detail.get("receipt")
    return gettext("Check value %(hash)s", hash=receipt) if receipt else ""


def diff_rows(changes: dict[str, list[Any]], labels: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return before and after of what changed, in words."""
    return [(labels.get(key, key), _words(key, before), _words(key, after)) for key, (before, after) in changes.items()]


def _words(name: str, value: Any) -> str:
    if value in (None, "", "None"):
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    topic = TopicType.of(value) if name == "topic_type" else None
    return str(topic.label if topic else value)


def facts_of(entry: Entry) -> dict[Step, list[tuple[str, str]]]:
    """Return everything typed, by step, as label and value."""
    found: dict[Step, list[tuple[str, str]]] = {}
    for step in (Step.ACHIEVEMENT, Step.TEAM, Step.CONTENT):
        form = forms.step_form(entry, step, csrf=False)
        found[step] = [(str(form[name].label.text), shown(entry, name)) for name in form.values()]
    return found


def shown(entry: Entry, name: str) -> str:
    """Return a value of an entry as people read it."""
    value = getattr(entry, name)
    if name == "benefit":
        return gettext("%(amount)s × 10,000 yuan", amount=plain_number(value)) if value is not None else ""
    if name in ("active_from", "active_until"):
        return format_date(value)
    return _words(name, value)


def verdict_reasons(entry: Entry) -> list[str]:
    """Return the reasons of the formal check in words."""
    known = [CheckReason.of(reason) for reason in entry.verdict_reasons]
    return [str(reason.label) for reason in known if reason is not None]


def region_name(unit: Unit) -> str:
    """Return the region of a unit in words."""
    return REGIONS.get(unit.region, unit.region)


def industry_name(unit: Unit) -> str:
    """Return the industry of a unit in words."""
    return INDUSTRIES.get(unit.industry, unit.industry)
