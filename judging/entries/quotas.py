"""How many entries a recommending unit may put forward in a track: the table, and its workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from judging.editions.models import Edition, Track
from judging.foundation.errors import DomainError
from judging.foundation.spreadsheets import Column, RowError, read_rows, tidy, workbook
from judging.units.models import RecommendingUnit

SETTING = "recommendation_quota"  # in the settings of a track's first round
OTHERS = "*"  # units that have no number of their own
HIGHEST = 9999
CODE = Column("code", _l("Code"), 12, required=True, aliases=("代码", "Code"))
NAME = Column("name", _l("Full name"), 34, aliases=("名称", "全称", "推荐单位", "Full name"))

Place = tuple[UUID, str]  # the track, and the id of a recommending unit (or OTHERS)


class UnsoundQuotas(DomainError):
    """Some place of the table holds no number."""

    message = _l("Please mend the marked places. Nothing has been saved yet.")


@dataclass(slots=True)
class Typed:
    """The table as it was typed: texts, and what is wrong with them."""

    texts: dict[Place, str]
    errors: dict[Place, str] = field(default_factory=dict)

    def numbers(self, track: Track) -> dict[str, int]:
        """Return the numbers of a track; an empty place means no limit."""
        return {key: int(text) for (track_id, key), text in self.texts.items() if track_id == track.id and text}


def tracks_of(edition: Edition) -> list[Track]:
    """Return the tracks that go through recommending units and have a round that keeps the numbers."""
    return [track for track in edition.tracks if track.via_recommending_unit and track.round(1) is not None]


def setting_of(track: Track) -> Mapping[str, int]:
    """Return the stored numbers of a track: by unit, and for the others."""
    first = track.round(1)
    stored: Any = (first.settings or {}).get(SETTING) if first is not None else None
    if isinstance(stored, bool) or stored is None:
        return {}
    return stored if isinstance(stored, dict) else {OTHERS: stored}


def quota_of(track: Track, unit: RecommendingUnit) -> int | None:
    """Return how many entries of the track a recommending unit may recommend, when that is limited."""
    setting = setting_of(track)
    found = next((setting[key] for key in (str(unit.id), unit.code, OTHERS) if key in setting), None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def stored(edition: Edition, units: Iterable[RecommendingUnit]) -> Typed:
    """Return the table as it is stored."""
    texts: dict[Place, str] = {}
    known = list(units)
    for track in tracks_of(edition):
        setting = setting_of(track)
        texts[track.id, OTHERS] = str(setting.get(OTHERS, ""))
        for unit in known:
            texts[track.id, str(unit.id)] = str(setting.get(str(unit.id), setting.get(unit.code, "")))
    return Typed(texts)


def typed(edition: Edition, units: Iterable[RecommendingUnit], form: Mapping[str, str]) -> Typed:
    """Return the table as a form sent it; unknown places are not looked at."""
    found = stored(edition, units)
    for place in found.texts:
        found.texts[place] = tidy(form.get(name_of(place), ""))
    return checked(found)


def name_of(place: Place) -> str:
    """Return the name of a place's field."""
    return f"quota-{place[0]}-{place[1]}"


def checked(found: Typed) -> Typed:
    """Say what is wrong with every place that holds no whole number."""
    sentence = gettext("Please type a whole number from 0 to %(high)s, or nothing.", high=HIGHEST)
    wrong = [place for place, text in found.texts.items() if text and not _is_number(text)]
    return Typed(found.texts, dict.fromkeys(wrong, sentence))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4


def columns_of(tracks: Sequence[Track]) -> list[Column]:
    """Return the columns of the workbook: the units, and one column for every track."""
    return [CODE, NAME, *[Column(f"track-{track.id}", track.name, 14, aliases=(track.code,)) for track in tracks]]


def quota_workbook(edition: Edition, units: Sequence[RecommendingUnit]) -> bytes:
    """Return the table as a workbook, to fill and to send back."""
    tracks, table = tracks_of(edition), stored(edition, units)
    rows: list[dict[str, Any]] = [
        {"code": unit.code, "name": unit.name}
        | {f"track-{t.id}": _number(table.texts[t.id, str(unit.id)]) for t in tracks}
        for unit in units
    ]
    others = {"code": OTHERS, "name": gettext("All others")}
    rows.append(others | {f"track-{track.id}": _number(table.texts[track.id, OTHERS]) for track in tracks})
    return workbook({gettext("Quotas"): (columns_of(tracks), rows)})


def _number(text: str) -> int | None:
    return int(text) if text else None


def from_workbook(edition: Edition, units: Sequence[RecommendingUnit], content: bytes) -> tuple[Typed, list[RowError]]:
    """Return the table with the numbers of a workbook laid over it, and what is wrong by row; nothing is saved."""
    tracks, table = tracks_of(edition), stored(edition, units)
    keys = {unit.code.casefold(): str(unit.id) for unit in units} | {OTHERS: OTHERS}
    errors, seen = [], set[str]()
    for row in read_rows(content, columns_of(tracks)):
        code = row.values.get("code", "")
        key = keys.get(code.casefold())
        if key is None or key in seen:
            words = gettext("stands twice") if key else gettext("“%(code)s” is no recommending unit", code=code[:40])
            errors.append(RowError(row.number, str(CODE.header), words))
            continue
        seen.add(key)
        for track in tracks:
            if f"track-{track.id}" in row.values:
                table.texts[track.id, key] = tidy(row.values[f"track-{track.id}"])
    return checked(table), errors
