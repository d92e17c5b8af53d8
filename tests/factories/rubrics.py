"""Rubrics for tests."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.editions.models import Round, TrackKind
from judging.rubrics.models import Criterion, RoundRubric, Rubric, RubricStatus

AT = datetime(2022, 5, 10, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_rubric(session: Session, *, maxima: tuple[int, ...] = (60, 40), **values: Any) -> Rubric:
    """Return a published rubric with one criterion per maximum."""
    criteria = [
        Criterion(position=n, code=f"c{n}", name=f"评分项{n}", maximum=Decimal(maximum), step=Decimal("0.5"))
        for n, maximum in enumerate(maxima, start=1)
    ]
    preset = {"code": f"rubric-{next(_numbers)}", "name": "示例标准", "track_kind": TrackKind.QC, "published_at": AT}
    rubric = Rubric(**preset | {"status": RubricStatus.PUBLISHED, "criteria": criteria} | values)
    session.add(rubric)
    session.flush()
    return rubric


def use_rubric(session: Session, round_: Round, rubric: Rubric, topic_type: str = "") -> None:
    """Let a round use a rubric."""
    session.add(RoundRubric(round_id=round_.id, rubric_id=rubric.id, topic_type=topic_type))
    session.flush()
