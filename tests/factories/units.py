"""Units for tests."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from judging.accounts.models import User
from judging.units.models import Membership, RecommenderKind, RecommendingUnit, Unit

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_unit(session: Session, *, contact: User | None = None, **values: Any) -> Unit:
    """Return a unit; `contact` becomes an account that speaks for it."""
    preset = {"name": f"示例单位{next(_numbers)}有限公司", "region": "420100", "industry": "C"}
    unit = Unit(**preset | values)
    session.add(unit)
    session.flush()
    if contact is not None:
        session.add(Membership(user_id=contact.id, unit_id=unit.id, since=AT))
        session.flush()
    return unit


def make_recommending_unit(session: Session, *, contact: User | None = None, **values: Any) -> RecommendingUnit:
    """Return a recommending unit; `contact` becomes an account that speaks for it."""
    number = next(_numbers)
    preset = {"code": f"R{number}", "name": f"示例市质量协会{number}", "kind": RecommenderKind.CITY, "region": "420100"}
    made = RecommendingUnit(**preset | values)
    session.add(made)
    session.flush()
    if contact is not None:
        session.add(Membership(user_id=contact.id, recommending_unit_id=made.id, since=AT))
        session.flush()
    return made
