"""Planning when a stage opens and closes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from judging.editions import rules, service
from judging.editions.models import Edition, Stage
from judging.foundation import audit
from judging.foundation.audit import SYSTEM
from tests.factories.editions import make_edition, set_deadline

WEEK = timedelta(days=7)


def _close(session: Session, edition: Edition, closes_at: datetime, at: datetime, reason: str = "") -> None:
    opens_at = closes_at - WEEK
    service.set_dates(
        session, edition, Stage.INTAKE, opens_at=opens_at, closes_at=closes_at, by=SYSTEM, at=at, reason=reason
    )


def test_a_stage_gets_its_times(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    _close(session, edition, at + WEEK, at)
    known = rules.date_of(edition, Stage.INTAKE)
    assert known is not None
    assert (known.opens_at, known.closes_at) == (at, at + WEEK)


def test_each_round_has_its_own_times(session: Session, at: datetime) -> None:
    edition = make_edition(session, rounds=2)
    for number in (1, 2):
        service.set_dates(
            session,
            edition,
            Stage.JUDGING,
            round_number=number,
            opens_at=None,
            closes_at=at + number * WEEK,
            by=SYSTEM,
            at=at,
        )
    known = [rules.date_of(edition, Stage.JUDGING, number) for number in (1, 2)]
    assert [dates and dates.closes_at for dates in known] == [at + WEEK, at + 2 * WEEK]


def test_a_stage_does_not_close_before_it_opens(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    with pytest.raises(rules.DatesCrossed):
        service.set_dates(session, edition, Stage.INTAKE, opens_at=at, closes_at=at, by=SYSTEM, at=at)


def test_a_known_deadline_moves_with_a_reason_that_is_kept(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    set_deadline(session, edition, Stage.INTAKE, at)
    with pytest.raises(rules.ReasonNeeded):
        _close(session, edition, at + WEEK, at)
    _close(session, edition, at + WEEK, at, "多家单位来电申请延期")
    [line] = audit.lines_of(session, edition.id)
    assert line.reason == "多家单位来电申请延期"
    assert line.detail["closes_at"] == [str(at), str(at + WEEK)]


def test_while_setting_up_deadlines_move_freely(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.SETUP)
    set_deadline(session, edition, Stage.INTAKE, at)
    _close(session, edition, at + WEEK, at)


def test_a_changed_calendar_counts_as_a_change_of_the_edition(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.SETUP)
    _close(session, edition, at + WEEK, at)
    before = edition.version
    _close(session, edition, at + 2 * WEEK, at)
    assert edition.version == before + 1
