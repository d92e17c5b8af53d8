"""How what is known of judges is told: labels of fields, of codes, and of the story; and how typed lists are read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from judging.editions.models import TrackKind
from judging.foundation import audit
from judging.foundation.audit import AuditLine
from judging.judges.models import Expertise, ExpertiseKind, Judge, JudgeStatus
from judging.units.codes import INDUSTRIES, REGIONS

_BETWEEN = re.compile(r"[、,，;；\n/]+")


def split_topics(text: str) -> list[str]:
    """Return the specialities of a typed list, each once."""
    return list(dict.fromkeys(part.strip()[:40] for part in _BETWEEN.split(text) if part.strip()))


def skill_words(expertise: Iterable[Expertise], kind: ExpertiseKind) -> list[str]:
    """Return what a judge can judge, of one kind, in words."""
    return [code_words(kind.value, e.code) for e in sorted(expertise, key=lambda e: e.code) if e.kind is kind]


def code_words(key: str, code: str) -> str:
    """Return the words of a stored code; what has none is its own word."""
    if key == "track":
        kind = TrackKind.of(code)
        return str(kind.label) if kind else code
    if key == "status":
        status = JudgeStatus.of(code)
        return str(status.label) if status else code
    return {"industry": INDUSTRIES, "region": REGIONS}.get(key, {}).get(code, code)


def labels() -> dict[str, str]:
    """Return the words of the fields, for the story."""
    return {
        "name": gettext("Name"),
        "unit_name": gettext("Employer"),
        "unit": gettext("Unit"),
        "post": gettext("Post"),
        "title": gettext("Professional title"),
        "region": gettext("Region"),
        "phone": gettext("Mobile phone"),
        "email": gettext("E-mail"),
        "certificates": gettext("Certificates"),
        "code": gettext("Number in the bank"),
        "recommender": gettext("Recommended by"),
        "term_from": gettext("Term from"),
        "term_until": gettext("Term until"),
        "track": gettext("Tracks"),
        "industry": gettext("Industries"),
        "topic": gettext("Specialities"),
        "status": gettext("State"),
    }


def story(lines: Iterable[AuditLine]) -> list[dict[str, Any]]:
    """Return lines of the trail as the timeline draws them, the newest first."""
    names = labels()
    told = [
        {
            "at": line.at,
            "who": line.by,
            "what": audit.label_of(line.act),
            "why": line.reason,
            "detail": "；".join(_change(names.get(key, key), key, change) for key, change in line.detail.items()),
        }
        for line in lines
    ]
    return told[::-1]


def _change(label: str, key: str, change: Any) -> str:
    if isinstance(change, list) and len(change) == 2:
        return f"{label}: {value_words(key, change[0])} → {value_words(key, change[1])}"
    return f"{label}: {value_words(key, change)}"


def value_words(key: str, value: Any) -> str:
    """Return a value of the story in words; a list is told item by item."""
    if isinstance(value, list):
        return "、".join(code_words(key, str(item)) for item in value) or "–"
    return "–" if value in (None, "", "None") else code_words(key, str(value))


def differences(
    judge: Judge, values: dict[str, Any], skills: Mapping[ExpertiseKind, Sequence[str]]
) -> list[tuple[str, str, str]]:
    """Return label, stored and typed words of what differs, after somebody else saved."""
    names = labels()
    found = [
        (names.get(key, key), value_words(key, getattr(judge, key)), value_words(key, value))
        for key, value in values.items()
        if (getattr(judge, key) or "") != (value or "")
    ]
    for kind, codes in skills.items():
        stored = sorted(e.code for e in judge.expertise if e.kind is kind)
        if stored != sorted(codes):
            found.append((names[kind.value], value_words(kind.value, stored), value_words(kind.value, sorted(codes))))
    return found
