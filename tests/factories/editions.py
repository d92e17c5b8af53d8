"""Editions for tests."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Edition, Round, Stage, StageDate, Track, TrackKind

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
NAMES = {
    TrackKind.QC: ("QC", "质量提升小组成果"),
    TrackKind.STORY: ("GS", "QC故事"),
    TrackKind.PAPER: ("LW", "质量管理论文"),
}
_numbers = itertools.count(1)


def make_edition(
    session: Session, *kinds: TrackKind, stage: Stage = Stage.INTAKE, rounds: int = 1, **values: Any
) -> Edition:
    """Return an edition with these tracks (QC by default), each with `rounds` rounds."""
    number = next(_numbers)
    tracks = [make_track(kind, position, rounds) for position, kind in enumerate(kinds or (TrackKind.QC,))]
    preset = {
        "slug": f"e{number}",
        "name": f"Edition {number}",
        "year": 2022,
        "organiser": "省质量协会",
        "created_at": AT,
    }
    edition = Edition(**preset | {"stage": stage, "tracks": tracks, "dates": []} | values)
    session.add(edition)
    session.flush()
    return edition


def make_track(kind: TrackKind = TrackKind.QC, position: int = 0, rounds: int = 1, **values: Any) -> Track:
    """Return a track that is not yet in an edition."""
    code, name = NAMES[kind]
    made = [Round(number=number, seed=7) for number in range(1, rounds + 1)]
    return Track(**{"kind": kind, "code": code, "name": name, "position": position, "rounds": made} | values)


def set_deadline(session: Session, edition: Edition, stage: Stage, closes_at: datetime) -> None:
    """Give a stage its times: open since a week before `closes_at`."""
    edition.dates.append(StageDate(stage=stage, opens_at=closes_at - timedelta(days=7), closes_at=closes_at))
    session.flush()
