"""What stands in the way of judging and of the notice, and what a copied edition begins with."""

from datetime import datetime

from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.copying import Copied
from judging.editions.models import Edition, Stage
from judging.selection import queries, readiness, service
from judging.selection.copying import copy_tiers_and_channels
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.results import SYSTEM
from tests.factories.selection import make_decided, make_selection
from tests.judging.selection.test_service import channel_spec


def notice(session: Session, edition: Edition) -> list[bool]:
    return [one.blocking for one in readiness.lists_are_decided(session, edition)]


def test_round_without_levels_stops_judging(session: Session, at: datetime) -> None:
    edition = make_edition(session, rounds=2)
    assert [one.blocking for one in readiness.levels_are_set(session, edition)] == [True, True]
    service.set_default_tiers(session, edition, by=SYSTEM, at=at)
    assert readiness.levels_are_set(session, edition) == []


def test_undecided_list_stops_the_notice(session: Session) -> None:
    edition, track = make_selection(session, range(60, 70))
    assert notice(session, edition) == [True]
    make_decided(session, edition, track)
    assert notice(session, edition) == []


def test_unsigned_move_stops_the_notice(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    made = make_decided(session, edition, track)
    edition.stage = Stage.NOTICE
    decision = queries.decisions(session, made.id)[0]
    person = make_user(session, Role.ORGANIZER).actor
    service.propose_move(session, decision, None, reason="异议成立", by=person, at=at)
    assert notice(session, edition) == [True]


def test_replaced_sheet_stops_the_notice(session: Session) -> None:
    edition, track = make_selection(session, range(60, 70))
    make_decided(session, edition, track)
    assert readiness.lists_rest_on_the_sheets_that_stand(session, edition) == []
    made = queries.list_of(session, track.id, 1)
    assert made is not None
    made.sheet.confirmed_at = None
    session.flush()
    found = readiness.lists_rest_on_the_sheets_that_stand(session, edition)
    assert [one.blocking for one in found] == [True]


def test_undecided_channel_asks_for_a_reason_only(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    service.add_channel(session, edition, channel_spec(track), by=SYSTEM, at=at)
    assert [one.blocking for one in readiness.channels_are_decided(session, edition)] == [False]


def test_copied_edition_begins_with_levels_and_channels(session: Session, at: datetime) -> None:
    source, made = make_edition(session), make_edition(session)
    service.set_default_tiers(session, source, by=SYSTEM, at=at)
    service.add_usual_channels(session, source, by=SYSTEM, at=at)
    tracks = {source.tracks[0].id: made.tracks[0]}
    copy_tiers_and_channels(session, Copied(source, made, SYSTEM, at, tracks=tracks))
    names = [tier.name for tier in queries.tiers_of(session, source.tracks[0].id, 1)]
    assert [tier.name for tier in queries.tiers_of(session, made.tracks[0].id, 1)] == names
    assert len(queries.channels_of(session, made)) == 3
