"""What the demo proves: how many of the truly best each way of scoring would have chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from judging.blinding import identity_queries
from judging.demo.marks import Truth, best
from judging.editions.models import Edition
from judging.results import queries
from judging.results.models import Standing

SHARE = 0.15
METHODS = {"mean": "平均分 raw mean", "trimmed": "去掉最高最低分 trimmed mean", "adjusted": "宽严校准 calibrated"}


@dataclass(frozen=True, slots=True)
class Line:
    """One track: how many are the best 15 %, and how many of them each method found."""

    track: str
    wanted: int
    found: Mapping[str, int]


def compare(session: Session, edition: Edition, truth: Truth) -> list[Line]:
    """Hold the confirmed sheets against the hidden truth."""
    lines = []
    for track in edition.tracks:
        sheet = queries.confirmed_sheet(session, track.rounds[0].id)
        assert sheet is not None
        standings = queries.standings(session, sheet.id)
        entries = identity_queries.entries_of(session, [standing.candidate_id for standing in standings])
        codes = {standing.candidate_id: entries[standing.candidate_id].code for standing in standings}
        wanted = max(1, round(len(standings) * SHARE))
        truly = best({code: truth.quality(code) for code in codes.values()}, wanted)
        found = {
            method: len(truly & best({codes[s.candidate_id]: _value(s, method) for s in standings}, wanted))
            for method in METHODS
        }
        lines.append(Line(track.name, wanted, found))
    return lines


def _value(standing: Standing, method: str) -> float:
    value = getattr(standing, method)
    return float(standing.mean if value is None else value)


def as_text(lines: list[Line]) -> str:
    """Return the table for the terminal."""
    head = f"{'真正最好的 15% / truly best 15 %':<34}{'应选':>6}" + "".join(f"  {label}" for label in METHODS.values())
    rows = [
        f"{line.track:<34}{line.wanted:>6}" + "".join(f"  {line.found[m]:>{_width(METHODS[m])}}" for m in METHODS)
        for line in lines
    ]
    total = sum(line.wanted for line in lines)
    sums = {method: sum(line.found[method] for line in lines) for method in METHODS}
    last = f"{'合计 / all':<34}{total:>6}" + "".join(f"  {sums[m]:>{_width(METHODS[m])}}" for m in METHODS)
    return "\n".join([head, *rows, last])


def _width(text: str) -> int:
    return len(text)
