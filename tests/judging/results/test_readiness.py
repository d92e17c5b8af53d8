"""What stands in the way of selection."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Stage
from judging.results import readiness, service
from judging.results.models import Flag
from tests.factories.editions import make_edition
from tests.factories.results import SYSTEM, crossed, make_judged_round, make_sheet


def found(session: Session, edition: object) -> list[bool]:
    return [one.blocking for one in readiness.sheets_are_confirmed(session, edition)]  # type: ignore[arg-type]


def test_round_without_a_sheet_stops_selection(session: Session) -> None:
    edition = make_edition(session, stage=Stage.RESULTS)
    make_judged_round(session, crossed((90, 80, 70), (1, -1)), edition=edition)
    assert found(session, edition) == [True]


def test_track_without_entries_stops_nothing(session: Session) -> None:
    assert found(session, make_edition(session, stage=Stage.RESULTS)) == []


def test_unconfirmed_sheet_stops_selection(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.RESULTS)
    round_ = make_judged_round(session, crossed((90, 80, 70), (1, -1)), edition=edition)
    service.compute(session, edition, round_, by=SYSTEM, at=at)
    session.execute(sa.delete(Flag))
    assert found(session, edition) == [True]


def test_unanswered_flag_asks_for_a_reason_only(session: Session) -> None:
    edition = make_edition(session, stage=Stage.RESULTS)
    round_ = make_judged_round(session, crossed((90, 80, 70), (1, -1)), edition=edition)
    sheet = make_sheet(session, edition, round_)
    session.execute(sa.delete(Flag))
    assert found(session, edition) == []
    session.add(Flag(sheet_id=sheet.id, kind="severity", statistic=Decimal(3), detail={}))
    session.flush()
    assert found(session, edition) == [False]
