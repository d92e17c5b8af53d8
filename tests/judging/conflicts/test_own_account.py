"""A judge who speaks for a unit, too: what the account puts forward never reaches the judge."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import User
from judging.conflicts import queries, readiness, rules, service
from judging.conflicts.models import Conflict, ConflictBasis, ConflictStatus
from judging.editions.models import Edition
from judging.entries.models import Entry
from judging.foundation.audit import SYSTEM
from judging.judges.models import Judge
from judging.units.models import Membership
from tests.conftest import AT
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_recommending_unit, make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}


def _edition(session: Session, entry: Entry) -> Edition:
    return session.get_one(Edition, entry.edition_id)


def _judge(session: Session) -> tuple[Judge, User]:
    judge = make_judge(session, account=True, unit_name="别的单位")
    return judge, session.get_one(User, judge.user_id)


@pytest.fixture(params=["unit", "recommending unit"])
def own(request: pytest.FixtureRequest, session: Session) -> tuple[Judge, Entry]:
    """A judge, and an entry that the judge's account puts forward as a unit or as a recommending unit."""
    edition, (judge, user) = make_edition(session), _judge(session)
    if request.param == "unit":
        entry = make_entry(session, edition, unit=make_unit(session, contact=user))
    else:
        recommending = make_recommending_unit(session, contact=user)
        entry = make_entry(session, edition, recommending_unit_id=recommending.id)
    make_entry(session, edition)
    return judge, entry


def test_what_the_own_account_puts_forward_is_barred_even_before_detection(
    session: Session, own: tuple[Judge, Entry]
) -> None:
    judge, entry = own
    assert queries.barred(session, entry.edition_id) == {(judge.id, entry.id)}
    chosen = sa.select(Entry.id).where(Entry.id == entry.id).scalar_subquery()
    assert queries.is_barred(session, entry.edition_id, judge.id, chosen)
    other = sa.select(Entry.id).where(Entry.id != entry.id).scalar_subquery()
    assert not queries.is_barred(session, entry.edition_id, judge.id, other)


def test_detection_names_it_and_nobody_waives_it(session: Session, own: tuple[Judge, Entry]) -> None:
    _, entry = own
    assert service.detect(session, _edition(session, entry), **WHO) == 1
    found = session.scalars(sa.select(Conflict)).one()
    assert found.basis is ConflictBasis.ACCOUNT
    with pytest.raises(rules.OwnAccount):
        service.waive(session, found, reason="人手不足", **WHO)
    assert found.status is ConflictStatus.STANDING


def test_it_is_gone_when_the_account_no_longer_speaks_for_the_unit(session: Session, own: tuple[Judge, Entry]) -> None:
    _, entry = own
    service.detect(session, _edition(session, entry), **WHO)
    session.execute(sa.delete(Membership))
    assert service.detect(session, _edition(session, entry), **WHO) == 0
    assert queries.barred(session, entry.edition_id) == set()


def test_judging_does_not_open_before_detection(session: Session, own: tuple[Judge, Entry]) -> None:
    _, entry = own
    found = readiness.detection_is_up_to_date(session, _edition(session, entry))
    assert [obstacle.blocking for obstacle in found] == [True]
    service.detect(session, _edition(session, entry), **WHO)
    assert readiness.detection_is_up_to_date(session, _edition(session, entry)) == []
