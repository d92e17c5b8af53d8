"""A recusal on a score sheet is a conflict of interest: the entry does not come back to this judge."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.assignment.models import Assignment
from judging.assignment.rules import Barred
from judging.assignment.service import add_assignment
from judging.ballots import rules, service
from judging.ballots.models import Ballot, BallotStatus
from judging.blinding.barred import barred_pairs
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.editions.models import Edition, Round, Stage
from judging.entries.models import Entry
from judging.foundation.audit import SYSTEM, Actor
from judging.judges.models import Judge
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.rubrics import make_rubric, use_rubric

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}


@dataclass
class Desk:
    """A judge who recuses from the candidate of an entry."""

    edition: Edition
    entry: Entry
    judge: Judge
    assignment: Assignment
    ballot: Ballot

    @property
    def round(self) -> Round:
        """The running round."""
        return self.edition.tracks[0].rounds[0]

    @property
    def pair(self) -> tuple[Any, Any]:
        """Judge and candidate."""
        return (self.judge.id, self.assignment.candidate_id)


@pytest.fixture
def desk(session: Session) -> Desk:
    """A judge at the judging stage, recused."""
    edition = make_edition(session, stage=Stage.JUDGING, rounds=2)
    round_ = edition.tracks[0].rounds[0]
    use_rubric(session, round_, make_rubric(session))
    judge, entry = make_judge(session, account=True, scope=edition.id), make_entry(session, edition)
    panel = make_panel(session, round_, judge, chair=judge)
    assignment = make_assignment(session, make_candidate(session, round_, entry=entry), panel.seats[0])
    ballot = service.recuse(session, edition, assignment, reason="曾为该小组授课", **WHO)
    return Desk(edition, entry, judge, assignment, ballot)


def _conflicts(session: Session) -> list[Conflict]:
    return list(session.scalars(sa.select(Conflict)))


def test_recusing_leaves_a_conflict_that_bars(session: Session, desk: Desk) -> None:
    [found] = _conflicts(session)
    assert (found.kind, found.basis) == (ConflictKind.DECLARED, ConflictBasis.RECUSED)
    assert (found.judge_id, found.entry_id, found.reason) == (desk.judge.id, desk.entry.id, "曾为该小组授课")
    assert barred_pairs(session, desk.edition.id, desk.round.id) == {desk.pair}


def test_nobody_gives_the_entry_to_the_judge_in_a_later_round(session: Session, desk: Desk) -> None:
    later = desk.edition.tracks[0].rounds[1]
    candidate = make_candidate(session, later, entry=desk.entry)
    seat = make_panel(session, later, desk.judge).seats[0]
    desk.edition.round_number, desk.edition.stage = 2, Stage.BLINDING
    with pytest.raises(Barred):
        add_assignment(session, desk.edition, later, candidate, seat, **WHO)


def test_the_desk_of_conflicts_shows_it(session: Session, client: Client, desk: Desk) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=desk.edition.id))
    page = client.get(f"/e/{desk.edition.slug}/conflicts/?basis=recused").text
    assert desk.entry.code in page
    assert "曾为该小组授课" in page


def test_the_judges_own_page_names_no_entry(session: Session, client: Client, desk: Desk) -> None:
    client.sign_in(session.get_one(User, desk.judge.user_id))
    page = client.get(f"/e/{desk.edition.slug}/conflicts/declare").text
    assert "曾为该小组授课" in page
    assert desk.entry.code not in page
    assert desk.entry.title not in page


def test_the_secretariat_that_gives_the_sheet_back_waives_the_conflict(session: Session, desk: Desk) -> None:
    organizer = make_user(session, Role.ORGANIZER, scope=desk.edition.id).actor
    service.reopen_ballot(session, desk.edition, desk.ballot, by=organizer, reason="误点回避", at=AT)
    assert desk.ballot.status is BallotStatus.OPEN
    assert [found.status for found in _conflicts(session)] == [ConflictStatus.WAIVED]
    service.recuse(session, desk.edition, desk.assignment, reason="确需回避", **WHO)
    assert [found.status for found in _conflicts(session)] == [ConflictStatus.STANDING]
    assert barred_pairs(session, desk.edition.id, desk.round.id) == {desk.pair}


def test_a_chair_does_not_set_a_recusal_aside(session: Session, desk: Desk) -> None:
    with pytest.raises(rules.RecusalStands):
        service.reopen_ballot(
            session, desk.edition, desk.ballot, by=Actor(desk.judge.user_id, "组长"), reason="缺评委", at=AT
        )
    assert desk.ballot.status is BallotStatus.RECUSED
