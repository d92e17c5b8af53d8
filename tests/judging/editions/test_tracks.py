"""Tracks and rounds: shaped at first, frozen when judging opens."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from judging.editions import rules, service
from judging.editions.models import Edition, Method, Stage, TrackKind
from judging.foundation import audit
from judging.foundation.audit import SYSTEM
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry

Act = Callable[[Session, Edition, datetime], object]


def _add_track(session: Session, edition: Edition, at: datetime) -> object:
    return service.add_track(session, edition, kind=TrackKind.PAPER, code="LW", name="论文", by=SYSTEM, at=at)


def _rename_track(session: Session, edition: Edition, at: datetime) -> None:
    track = edition.tracks[0]
    service.update_track(
        session, edition, track, name="改名", code=track.code, via_recommending_unit=False, by=SYSTEM, at=at
    )


def _remove_track(session: Session, edition: Edition, at: datetime) -> None:
    service.remove_track(session, edition, edition.tracks[0], by=SYSTEM, at=at)


def _add_round(session: Session, edition: Edition, at: datetime) -> object:
    return service.add_round(session, edition, edition.tracks[0], by=SYSTEM, at=at)


def _change_round(session: Session, edition: Edition, at: datetime) -> None:
    track = edition.tracks[0]
    service.update_round(session, edition, track, track.rounds[0], method=Method.MEDIAN, by=SYSTEM, at=at)


def _remove_round(session: Session, edition: Edition, at: datetime) -> None:
    track = edition.tracks[0]
    service.remove_round(session, edition, track, track.rounds[-1], by=SYSTEM, at=at)


ACTS = [_add_track, _rename_track, _remove_track, _add_round, _change_round, _remove_round]
BEFORE_JUDGING = (Stage.SETUP, Stage.INTAKE, Stage.BLINDING)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("stage", Stage)
def test_tracks_and_rounds_are_shaped_before_judging_only(
    session: Session, at: datetime, stage: Stage, act: Act
) -> None:
    frozen_at = None if stage in BEFORE_JUDGING else at
    edition = make_edition(session, stage=stage, rounds=2, frozen_at=frozen_at)
    allowed = (Stage.SETUP,) if act is _remove_track else BEFORE_JUDGING
    if stage in allowed:
        act(session, edition, at)
    else:
        with pytest.raises((rules.Frozen, rules.WrongStage)):
            act(session, edition, at)


def test_a_new_track_comes_with_a_round(session: Session, at: datetime) -> None:
    edition = make_edition(session, TrackKind.QC)
    track = service.add_track(session, edition, kind=TrackKind.PAPER, code="LW", name="论文", by=SYSTEM, at=at)
    assert ([t.code for t in edition.tracks], len(track.rounds)) == (["QC", "LW"], 1)


@pytest.mark.parametrize(("kind", "code"), [(TrackKind.QC, "XX"), (TrackKind.PAPER, "QC")])
def test_two_tracks_differ_in_kind_and_code(session: Session, at: datetime, kind: TrackKind, code: str) -> None:
    with pytest.raises(rules.CodeTaken):
        service.add_track(session, make_edition(session), kind=kind, code=code, name="又一个", by=SYSTEM, at=at)


def test_a_code_stands_as_soon_as_receipts_carry_it(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.INTAKE)
    with pytest.raises(rules.WrongStage):
        service.update_track(
            session, edition, edition.tracks[0], name="成果", code="ZZ", via_recommending_unit=True, by=SYSTEM, at=at
        )


def test_a_track_with_entries_is_not_removed(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.SETUP)
    make_entry(session, edition)
    with pytest.raises(rules.TrackInUse):
        service.remove_track(session, edition, edition.tracks[0], by=SYSTEM, at=at)


def test_only_the_last_round_is_removed(session: Session, at: datetime) -> None:
    edition = make_edition(session, rounds=2)
    track = edition.tracks[0]
    with pytest.raises(rules.TrackInUse):
        service.remove_round(session, edition, track, track.rounds[0], by=SYSTEM, at=at)
    service.remove_round(session, edition, track, track.rounds[1], by=SYSTEM, at=at)
    assert [round_.number for round_ in track.rounds] == [1]


def test_a_next_round_begins_with_the_rules_of_the_last(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    track = edition.tracks[0]
    track.rounds[0].judges_per_entry = 7
    made = service.add_round(session, edition, track, by=SYSTEM, at=at, **service.same_rules(track))
    assert (made.number, made.judges_per_entry) == (2, 7)


def test_a_changed_rule_is_told_in_the_trail(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    round_ = edition.tracks[0].rounds[0]
    service.update_round(session, edition, edition.tracks[0], round_, method=Method.MEDIAN, by=SYSTEM, at=at)
    assert [line.detail for line in audit.lines_of(session, round_.id)] == [{"method": ["severity", "median"]}]
