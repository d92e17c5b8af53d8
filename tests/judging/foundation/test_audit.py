"""The trail: lines are added, tell what differs, and speak the reader's language."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Session

from judging.editions.rules import EditionAct
from judging.foundation import audit
from judging.foundation.audit import SYSTEM, Act, Actor, AuditLine
from judging.web.forms import clean


def test_a_line_says_who_did_what_to_what_and_why(session: Session, at: datetime) -> None:
    subject, edition, by = uuid4(), uuid4(), Actor(uuid4(), "周敏")
    facts = {"subject_id": subject, "subject": "第四十一次", "scope_id": edition}
    audit.record(session, EditionAct.STAGE, by=by, at=at, **facts, reason="已到期", detail={"stage": ["a", "b"]})
    session.flush()
    line = audit.lines_of(session, subject)[0]
    assert (line.at, line.act, line.by_id, line.by) == (at, "edition.stage", by.id, "周敏")
    assert (line.subject, line.scope_id, line.reason) == ("第四十一次", edition, "已到期")
    assert line.detail == {"stage": ["a", "b"]}


def test_a_story_is_told_from_its_beginning(session: Session, at: datetime) -> None:
    subject = uuid4()
    for minutes in (9, 3, 6):
        moment = at + timedelta(minutes=minutes)
        audit.record(session, EditionAct.CHANGED, by=SYSTEM, at=moment, subject_id=subject, reason=str(minutes))
    session.flush()
    assert [line.reason for line in audit.lines_of(session, subject)] == ["3", "6", "9"]


def test_endless_names_are_cut_to_what_the_table_holds(session: Session, at: datetime) -> None:
    subject = uuid4()
    audit.record(session, EditionAct.CHANGED, by=Actor(None, "长" * 500), at=at, subject_id=subject, subject="名" * 500)
    session.flush()
    line = session.scalars(sa.select(AuditLine).where(AuditLine.subject_id == subject)).one()
    assert (line.by, line.subject) == ("长" * 120, "名" * 200)


def test_only_what_differs_is_noted_and_as_plain_values() -> None:
    before = {"name": "甲", "amount": Decimal("8.50"), "until": None}
    after = {"name": "甲", "amount": Decimal("9.00"), "until": datetime(2022, 6, 30)}  # noqa: DTZ001
    assert audit.changes(before, after) == {"amount": ["8.50", "9.00"], "until": [None, "2022-06-30 00:00:00"]}


def test_an_act_is_told_in_words_and_an_unknown_one_by_its_code(session: Session) -> None:
    with force_locale("en"):
        assert audit.label_of("edition.created") == "Edition created"
    assert audit.label_of("later.version") == "later.version"


def test_every_act_of_every_stage_has_its_own_code_and_its_words(session: Session) -> None:
    acts = audit.all_acts()
    assert len({code for code, _ in acts}) == len(acts) > 60
    assert [code for code, label in acts if not re.fullmatch(r"[a-z_]+\.[a-z_]+", code) or not label.strip()] == []


@pytest.mark.parametrize("kind", Act.__subclasses__(), ids=lambda kind: kind.__name__)
def test_an_act_fits_its_column(kind: type[Act]) -> None:
    assert all(len(member.value) <= 60 and clean(member.value) == member.value for member in kind)
