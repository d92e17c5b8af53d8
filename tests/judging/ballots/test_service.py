"""Saving, submitting, recusing, reopening."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import queries as assignments
from judging.assignment import service as assignment_service
from judging.assignment.models import Assignment, Seat
from judging.assignment.rules import SheetStarted
from judging.ballots import queries, rules, service
from judging.ballots.models import BallotStatus
from judging.ballots.progress import progress_of
from judging.ballots.readiness import open_ballots, unjudged_candidates
from judging.ballots.totals import valid_totals
from judging.editions.models import Edition, Stage
from judging.editions.rules import DeadlinePassed, WrongStage
from judging.foundation import audit
from judging.foundation.audit import SYSTEM, Actor
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.rubrics.models import Rubric
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition, set_deadline
from tests.factories.judges import make_judge
from tests.factories.rubrics import make_rubric, use_rubric


@dataclass
class Desk:
    """A judge with one candidate before them."""

    edition: Edition
    assignment: Assignment
    rubric: Rubric
    judge: Judge
    session: Session
    at: datetime

    def mark(self, number: int, value: str, sequence: int = 1) -> rules.Saved:
        """Save a mark on the criterion of this number."""
        criterion = self.rubric.criteria[number - 1]
        return service.save_mark(
            self.session, self.edition, self.assignment, criterion.id, value, sequence=sequence, by=SYSTEM, at=self.at
        )

    def submit(self) -> object:
        """Mark everything that is missing and hand in."""
        for number in (1, 2):
            self.mark(number, "30", sequence=99)
        return service.submit_ballot(self.session, self.edition, self.assignment, by=SYSTEM, at=self.at)

    @property
    def ballot(self) -> object:
        """The ballot, if begun."""
        return queries.ballot_on(self.session, self.assignment.id)


@pytest.fixture
def desk(session: Session, at: datetime) -> Desk:
    """A judge's desk at the judging stage, with a rubric of 60 and 40."""
    edition = make_edition(session, stage=Stage.JUDGING)
    round_ = edition.tracks[0].rounds[0]
    rubric = make_rubric(session, maxima=(60, 40))
    use_rubric(session, round_, rubric)
    judge = make_judge(session, account=True, scope=edition.id)
    panel = make_panel(session, round_, judge)
    assignment = make_assignment(session, make_candidate(session, round_), panel.seats[0])
    return Desk(edition, assignment, rubric, judge, session, at)


def test_first_mark_begins_the_ballot(desk: Desk) -> None:
    saved = desk.mark(1, "45.5")
    assert (saved.total, len(saved.missing), saved.changed) == (Decimal("45.5"), 1, True)


def test_later_sequence_wins_whatever_arrives_last(desk: Desk) -> None:
    desk.mark(1, "50", sequence=9)
    saved = desk.mark(1, "10", sequence=8)
    assert (saved.total, saved.changed) == (Decimal(50), False)


def test_same_save_twice_changes_nothing(desk: Desk) -> None:
    first = desk.mark(1, "50", sequence=9)
    again = desk.mark(1, "50", sequence=9)
    assert (again.version, again.changed) == (first.version, False)


def test_mark_taken_back_is_not_revived_by_an_older_save(desk: Desk) -> None:
    desk.mark(1, "50", sequence=5)
    desk.mark(1, "", sequence=7)
    assert desk.mark(1, "50", sequence=6).total is None


def test_weights_count_in_the_total(desk: Desk) -> None:
    desk.rubric.criteria[0].weight = Decimal("0.5")
    desk.mark(1, "60")
    assert desk.mark(2, "40").total == Decimal(70)


def test_criterion_of_another_rubric_is_refused(desk: Desk, session: Session) -> None:
    other = make_rubric(session)
    with pytest.raises(rules.UnknownField):
        service.save_mark(
            session, desk.edition, desk.assignment, other.criteria[0].id, "3", sequence=1, by=SYSTEM, at=desk.at
        )


@pytest.mark.parametrize("sequence", [-1, 2**60])
def test_sequence_out_of_range_is_refused(desk: Desk, sequence: int) -> None:
    with pytest.raises(rules.BadSequence):
        desk.mark(1, "3", sequence=sequence)


def test_words_in_the_elimination_field_propose_it(desk: Desk, session: Session) -> None:
    for sequence, words in ((1, "未见活动记录"), (2, "")):
        service.save_comment(
            session,
            desk.edition,
            desk.assignment,
            "elimination_reason",
            words,
            sequence=sequence,
            by=SYSTEM,
            at=desk.at,
        )
        assert desk.ballot.proposes_elimination is bool(words)


def test_comment_beyond_its_length_is_refused(desk: Desk, session: Session) -> None:
    with pytest.raises(rules.CommentTooLong):
        service.save_comment(
            session, desk.edition, desk.assignment, "strengths", "好" * 5000, sequence=1, by=SYSTEM, at=desk.at
        )


def test_submitted_ballot_has_its_exact_total(desk: Desk) -> None:
    desk.mark(1, "45.5")
    desk.mark(2, "30.5")
    ballot = service.submit_ballot(desk.session, desk.edition, desk.assignment, by=SYSTEM, at=desk.at)
    assert (ballot.status, ballot.total) == (BallotStatus.SUBMITTED, Decimal(76))


def test_incomplete_ballot_names_what_is_missing(desk: Desk) -> None:
    desk.mark(1, "45.5")
    with pytest.raises(rules.Incomplete) as refusal:
        service.submit_ballot(desk.session, desk.edition, desk.assignment, by=SYSTEM, at=desk.at)
    assert desk.rubric.criteria[1].name in str(refusal.value)


def test_submitting_twice_leaves_one_audit_line(desk: Desk) -> None:
    ballot = desk.submit()
    service.submit_ballot(desk.session, desk.edition, desk.assignment, by=SYSTEM, at=desk.at)
    acts = [line.act for line in audit.lines_of(desk.session, ballot.id)]
    assert acts.count(rules.BallotAct.SUBMITTED.value) == 1


def test_submitted_ballot_takes_no_marks(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(rules.BallotLocked):
        desk.mark(1, "1", sequence=100)


def test_no_mark_is_taken_after_the_deadline(desk: Desk, session: Session) -> None:
    set_deadline(session, desk.edition, Stage.JUDGING, desk.at - timedelta(hours=1))
    with pytest.raises(DeadlinePassed):
        desk.mark(1, "1")


def test_no_mark_is_taken_in_another_stage(desk: Desk) -> None:
    desk.edition.stage = Stage.RESULTS
    with pytest.raises(WrongStage):
        desk.mark(1, "1")


def test_recused_ballot_does_not_count(desk: Desk, session: Session) -> None:
    desk.mark(1, "50")
    service.recuse(session, desk.edition, desk.assignment, reason="曾为该小组授课", by=SYSTEM, at=desk.at)
    assert valid_totals(session, desk.edition.tracks[0].rounds[0].id) == []


def test_recusal_needs_a_reason(desk: Desk, session: Session) -> None:
    with pytest.raises(rules.ReasonMissing):
        service.recuse(session, desk.edition, desk.assignment, reason=" ", by=SYSTEM, at=desk.at)


def test_excluded_ballot_does_not_count(desk: Desk, session: Session) -> None:
    desk.submit().excluded_reason = "两人签字"
    session.flush()
    assert valid_totals(session, desk.edition.tracks[0].rounds[0].id) == []


def test_valid_total_carries_its_marks(desk: Desk, session: Session) -> None:
    desk.submit()
    row = valid_totals(session, desk.edition.tracks[0].rounds[0].id)[0]
    assert (row.total, row.marks) == (Decimal(60), {"c1": Decimal(30), "c2": Decimal(30)})


def test_chair_gives_a_ballot_back_with_a_reason(desk: Desk, session: Session) -> None:
    ballot = desk.submit()
    session.get_one(Seat, desk.assignment.seat_id).is_chair = True
    session.flush()
    chair = Actor(desk.judge.user_id, "组长")
    service.reopen_ballot(session, desk.edition, ballot, by=chair, reason="误填一项", at=desk.at)
    assert (ballot.status, ballot.total) == (BallotStatus.OPEN, None)


def test_organizer_gives_a_ballot_back(desk: Desk, session: Session) -> None:
    ballot = desk.submit()
    organizer = make_user(session, Role.ORGANIZER, scope=desk.edition.id).actor
    service.reopen_ballot(session, desk.edition, ballot, by=organizer, reason="误填一项", at=desk.at)
    assert ballot.status is BallotStatus.OPEN


def test_judge_who_is_no_chair_gives_no_ballot_back(desk: Desk, session: Session) -> None:
    ballot = desk.submit()
    with pytest.raises(rules.NotChair):
        service.reopen_ballot(
            session, desk.edition, ballot, by=Actor(desk.judge.user_id, "评委"), reason="想改分", at=desk.at
        )


def test_begun_sheet_keeps_its_assignment(desk: Desk, session: Session, at: datetime) -> None:
    desk.mark(1, "30")
    round_ = desk.edition.tracks[0].rounds[0]
    given = assignments.assignment_in(session, round_.id, desk.assignment.id)
    with pytest.raises(SheetStarted):
        assignment_service.remove_assignment(session, desk.edition, round_, given, by=SYSTEM, at=at, reason="调整")


def test_foreign_assignment_does_not_exist(desk: Desk, session: Session) -> None:
    other = make_judge(session)
    with pytest.raises(NotFound):
        assignments.assignment_for(session, desk.edition, desk.assignment.id, other.id)


def test_progress_counts_by_judge(desk: Desk, session: Session) -> None:
    desk.submit()
    found = progress_of(session, desk.edition.tracks[0].rounds[0].id)
    assert [(judge.done, judge.total, judge.left) for judge in found.judges] == [(1, 1, 0)]


def test_desk_shows_the_sum_given_so_far(desk: Desk, session: Session) -> None:
    desk.mark(1, "45.5")
    row = queries.desk_of(session, desk.edition, desk.judge.id)[0]
    assert (row.given, row.sum, row.status) == (1, Decimal("45.5"), BallotStatus.OPEN)


def test_open_ballot_asks_before_results_but_does_not_block(desk: Desk, session: Session) -> None:
    desk.mark(1, "45.5")
    assert [obstacle.blocking for obstacle in open_ballots(session, desk.edition)] == [False]


def test_candidate_without_a_valid_ballot_blocks_results(desk: Desk, session: Session) -> None:
    assert [obstacle.blocking for obstacle in unjudged_candidates(session, desk.edition)] == [True]


def test_late_judge_is_reminded_once(desk: Desk, session: Session) -> None:
    desk.judge.email = "judge@example.org"
    session.flush()
    rows = progress_of(session, desk.edition.tracks[0].rounds[0].id).judges
    sent = service.remind(session, desk.edition, rows, until="6月30日", link="/", by=SYSTEM, at=desk.at)
    assert sent == 1


def test_sheet_with_a_conflict_known_later_is_not_submitted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "is_barred", lambda *_args: True)
    with pytest.raises(rules.ConflictStands):
        desk.submit()


def test_whole_sheet_is_kept_and_handed_in_at_once(desk: Desk, session: Session) -> None:
    marks = {criterion.id: Decimal(40 - n) for n, criterion in enumerate(desk.rubric.criteria)}
    words = {"strengths": "数据充分"}
    ballot = service.save_sheet(
        session,
        desk.edition,
        desk.assignment,
        marks=marks,
        comments=words,
        sequence=1,
        by=SYSTEM,
        at=desk.at,
        submit=True,
    )
    assert (ballot.status, ballot.total, ballot.strengths) == (BallotStatus.SUBMITTED, Decimal(79), "数据充分")
