"""What stands in the details of audit lines, in people's words. What has no word here shows its own name."""

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, LazyString] = {
    "abstract": lazy_gettext("Abstract"),
    "benefit": lazy_gettext("Economic benefit"),
    "closes_at": lazy_gettext("Closes"),
    "code": lazy_gettext("Code"),
    "contact_name": lazy_gettext("Contact"),
    "contact_phone": lazy_gettext("Phone"),
    "contact_email": lazy_gettext("E-mail"),
    "digest": lazy_gettext("Digest"),
    "file": lazy_gettext("File"),
    "kind": lazy_gettext("Kind"),
    "group_name": lazy_gettext("Group name"),
    "judges_per_entry": lazy_gettext("Judges per entry"),
    "keywords": lazy_gettext("Keywords"),
    "members": lazy_gettext("Members"),
    "method": lazy_gettext("Method"),
    "name": lazy_gettext("Name"),
    "number": lazy_gettext("Number"),
    "opens_at": lazy_gettext("Opens"),
    "rank": lazy_gettext("Rank"),
    "reached": lazy_gettext("Value reached"),
    "receipt": lazy_gettext("Receipt"),
    "role": lazy_gettext("Role"),
    "round": lazy_gettext("Round"),
    "rubric": lazy_gettext("Rubric"),
    "score": lazy_gettext("Score"),
    "seed": lazy_gettext("Seed"),
    "sha256": lazy_gettext("Digest"),
    "stage": lazy_gettext("Stage"),
    "status": lazy_gettext("State"),
    "target": lazy_gettext("Target"),
    "tier": lazy_gettext("Level"),
    "title": lazy_gettext("Title"),
    "topic_type": lazy_gettext("Topic type"),
    "total": lazy_gettext("Total"),
    "track": lazy_gettext("Track"),
    "unit": lazy_gettext("Unit"),
    "unit_name": lazy_gettext("Unit"),
    "verdict": lazy_gettext("Verdict"),
    "version": lazy_gettext("Version"),
}


def in_words(detail: dict[str, object]) -> str:
    """Return the details of a line as one sentence: before → after, or plain facts."""
    return str(gettext("; ")).join(
        f"{WORDS.get(name, name)}{gettext(': ')}{_change(value)}" for name, value in detail.items()
    )


def _change(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{_short(value[0])} → {_short(value[1])}"
    return _short(value)


def _short(value: object) -> str:
    text = "–" if value in (None, "") else "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:60] + "…"
