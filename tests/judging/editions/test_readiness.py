"""What stands in the way of a stage."""

from datetime import datetime

from sqlalchemy.orm import Session

from judging.editions import readiness
from judging.editions.models import Stage, TrackKind, Wording
from tests.factories.editions import make_edition, make_track, set_deadline


def test_intake_needs_a_track_with_a_round(session: Session) -> None:
    edition = make_edition(session, stage=Stage.SETUP)
    assert readiness.tracks_are_complete(session, edition) == []
    edition.tracks = [make_track(TrackKind.STORY, rounds=0)]
    assert [obstacle.blocking for obstacle in readiness.tracks_are_complete(session, edition)] == [True]
    edition.tracks = []
    assert [obstacle.blocking for obstacle in readiness.tracks_are_complete(session, edition)] == [True]


def test_intake_asks_for_deadline_contact_and_approval_of_awards(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.SETUP, wording=Wording.AWARD)
    assert [obstacle.blocking for obstacle in readiness.invitation_is_complete(session, edition)] == [False] * 3
    set_deadline(session, edition, Stage.INTAKE, at)
    edition.contact, edition.approval_basis = "周工 027-8888", "鄂质协〔2022〕8号"
    assert readiness.invitation_is_complete(session, edition) == []


def test_judging_asks_for_the_deadline_of_the_running_round(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    assert len(readiness.judges_know_until_when(session, edition)) == 1
    set_deadline(session, edition, Stage.JUDGING, at)
    assert readiness.judges_know_until_when(session, edition) == []


def test_a_planned_round_that_is_skipped_deserves_a_word(session: Session) -> None:
    edition = make_edition(session, stage=Stage.SELECTION, rounds=2)
    assert [obstacle.blocking for obstacle in readiness.planned_rounds_are_held(session, edition)] == [False]
    edition.round_number = 2
    assert readiness.planned_rounds_are_held(session, edition) == []


def test_blocking_obstacles_are_told_first(session: Session) -> None:
    edition = make_edition(session, stage=Stage.SETUP)
    edition.tracks = []
    told = [obstacle.blocking for obstacle in readiness.obstacles(session, edition, Stage.INTAKE)]
    assert told == sorted(told, reverse=True)
    assert set(told) == {True, False}
