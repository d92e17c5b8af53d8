"""Judges for tests."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.judges.models import Expertise, ExpertiseKind, Judge, JudgeStatus
from tests.factories.accounts import make_user

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_judge(
    session: Session,
    *,
    scope: UUID | None = None,
    account: bool = False,
    fields: tuple[str, ...] = ("qc",),
    industries: tuple[str, ...] = (),
    **values: Any,
) -> Judge:
    """Return a judge in the bank; with `account` one that can sign in (role JUDGE in `scope`)."""
    number = next(_numbers)
    if account:
        values["user_id"] = make_user(session, Role.JUDGE, scope=scope).id
    expertise = [Expertise(kind=ExpertiseKind.TRACK, code=code) for code in fields]
    expertise += [Expertise(kind=ExpertiseKind.INDUSTRY, code=code) for code in industries]
    preset = {
        "code": f"J{number:04d}",
        "name": f"评委{number}",
        "unit_name": f"评委单位{number}",
        "region": "420100",
        "status": JudgeStatus.ACTIVE,
        "term_from": date(2021, 1, 1),
        "term_until": date(2023, 12, 31),
        "created_at": AT,
    }
    judge = Judge(**preset | {"expertise": expertise, "recusals": []} | values)
    session.add(judge)
    session.flush()
    return judge
