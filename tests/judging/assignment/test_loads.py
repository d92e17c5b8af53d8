"""Bounds for loads: proposed when those of the round are loose, possible when they are proposed, never set by themselves."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import queries, rules
from judging.assignment.service.loads import advised_loads, bounds_at, set_loads
from judging.conflicts import service as conflicts
from judging.conflicts.models import ConflictBasis
from judging.foundation.audit import SYSTEM
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.blinding import make_candidate
from tests.factories.entries import make_entry
from tests.judging.assignment.test_service import stage


@pytest.mark.parametrize(
    ("mean", "share", "bounds"), [(12, 0.25, (9, 15)), (4.5, 0.25, (3, 6)), (1, 0.25, (0, 2)), (0.4, 0.5, (0, 1))]
)
def test_bounds_are_whole_numbers_beside_the_share(mean: float, share: float, bounds: tuple[int, int]) -> None:
    assert bounds_at(mean, share) == bounds


def test_loose_bounds_are_told_with_tighter_ones_and_nothing_changes(session: Session) -> None:
    edition, round_, _ = stage(session, candidates=16, judges=4, judges_per_entry=2, min_load=0, max_load=60)
    advice = advised_loads(session, edition, round_)
    assert advice is not None
    assert (advice.mean, advice.low, advice.high, advice.share) == (8, 6, 10, 25)
    assert (round_.min_load, round_.max_load) == (0, 60)


def test_bounds_near_the_mean_are_left_alone(session: Session) -> None:
    edition, round_, _ = stage(session, candidates=16, judges=4, judges_per_entry=2, min_load=6, max_load=12)
    assert advised_loads(session, edition, round_) is None


def test_only_bounds_that_can_be_kept_are_proposed(session: Session, at: datetime) -> None:
    edition, round_, judges = stage(session, candidates=0, judges=3, judges_per_entry=1, min_load=0, max_load=60)
    said = {"basis": ConflictBasis.COACHED, "reason": "辅导过", "by": SYSTEM, "at": at}
    for _ in range(12):
        entry = make_entry(session, edition)
        make_candidate(session, round_, entry=entry)
        if (
            len(queries.counts_of(session, round_.id)) > 2
        ):  # ten of twelve are closed to the first: it cannot carry three
            conflicts.record(session, edition, judges[0], entry=entry, **said)
    advice = advised_loads(session, edition, round_)
    assert advice is not None
    assert (advice.mean, advice.share, advice.low, advice.high) == (4, 33, 2, 6)


def test_bounds_are_set_by_a_press_and_then_no_longer_proposed(client: Client, session: Session) -> None:
    edition, round_, _ = stage(session, candidates=16, judges=4, judges_per_entry=2, min_load=0, max_load=60)
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    home = f"/e/{edition.slug}/assignment/{round_.id}"
    assert f"{home}/loads" in client.get(f"{home}/plan").text
    assert client.post(f"{home}/loads", data={"low": "9", "high": "3"}).status_code == 422
    assert client.post(f"{home}/loads", data={"low": "6", "high": "10"}).status_code == 302
    session.expire_all()
    assert (round_.min_load, round_.max_load) == (6, 10)
    assert f"{home}/loads" not in client.get(f"{home}/plan").text


def test_bounds_that_exclude_each_other_are_refused(session: Session, at: datetime) -> None:
    edition, round_, _ = stage(session)
    with pytest.raises(rules.WrongLoads):
        set_loads(session, edition, round_, 9, 3, by=SYSTEM, at=at)
