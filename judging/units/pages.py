"""What the pages of units show: rows, labels, the story in words, and what stages above add to a unit's page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from wtforms import Form

from judging.foundation import audit
from judging.foundation.audit import AuditLine
from judging.units.codes import INDUSTRIES, REGIONS
from judging.units.models import RecommendingUnit, Unit


@dataclass(frozen=True, slots=True)
class Work:
    """Something a unit has put forward, in words, for the page of the unit."""

    code: str
    title: str
    track: str
    state: LazyString
    tone: str
    url: str


WorkOf = Callable[[Session, UUID, UUID], list[Work]]
_sources: list[WorkOf] = []


def tells_work(function: WorkOf) -> WorkOf:
    """Register who knows what a unit has put forward in an edition: a stage above, which this one cannot ask."""
    if function not in _sources:
        _sources.append(function)
    return function


def work_of(session: Session, edition_id: UUID, unit_id: UUID) -> list[Work]:
    """Return what a unit has put forward in an edition."""
    return [work for source in _sources for work in source(session, edition_id, unit_id)]


def region_name(code: str) -> str:
    """Return a region in words."""
    return REGIONS.get(code, code)


def industry_name(letter: str) -> str:
    """Return an industry in words."""
    return INDUSTRIES.get(letter, letter)


def labels(form: Form) -> dict[str, str]:
    """Return the words of a form's fields, for the story."""
    found = {field.name: str(field.label.text) for field in form}
    return found | {"recommending_unit": gettext("Recommending unit")}


def story(lines: Iterable[AuditLine], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return lines of the trail as the timeline draws them, the newest first."""
    told = [
        {
            "at": line.at,
            "who": line.by,
            "what": audit.label_of(line.act),
            "why": line.reason,
            "detail": "；".join(_change(words.get(key, key), key, change) for key, change in line.detail.items()),
        }
        for line in lines
    ]
    return told[::-1]


def _change(label: str, key: str, change: Any) -> str:
    before, after = change if isinstance(change, list) and len(change) == 2 else (None, change)
    return f"{label}: {_value(key, before)} → {_value(key, after)}"


def _value(key: str, value: Any) -> str:
    if value in (None, "", "None"):
        return "–"
    names = {"region": REGIONS, "industry": INDUSTRIES}.get(key, {})
    return names.get(str(value), str(value))


def differences(form: Form, row: Unit | RecommendingUnit) -> list[tuple[str, str, str]]:
    """Return label, stored and typed value of what differs between a row and a form, after somebody else saved."""
    found = []
    for field in form:
        stored = str(getattr(row, field.name, None) or "")
        typed = str(field.data or "")
        if field.name not in ("version", "csrf_token") and stored != typed:
            found.append((str(field.label.text), _shown(field, stored), _shown(field, typed)))
    return found


def _shown(field: Any, value: str) -> str:
    names = {"region": REGIONS, "industry": INDUSTRIES}.get(field.name)
    if names is None and isinstance(getattr(field, "choices", None), list):
        names = {str(key): str(label) for key, label in field.choices}
    return (names or {}).get(value, value)
