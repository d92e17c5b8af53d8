"""A judge is invited, keeps away from titles, states wishes, accepts or declines; the secretariat sees it all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.assignment import invitation_rules as rules
from judging.assignment import invitations, readiness, service
from judging.assignment import queries as rounds
from judging.assignment.models import InvitationStatus, Panel, Preference, SeatInvitation, Wish
from judging.assignment.service import inviting
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate, CandidateStatus
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind
from judging.editions.models import Edition, Round, Stage
from judging.foundation import audit
from judging.foundation.audit import SYSTEM
from judging.foundation.outbox import Message
from judging.judges.models import Judge
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_invitation, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition at the blinding stage with three candidates, of which two are cleared."""
    made = make_edition(session, stage=Stage.BLINDING)
    round_ = made.tracks[0].rounds[0]
    for number, status in enumerate((CandidateStatus.CLEARED, CandidateStatus.CLEARED, CandidateStatus.SUSPECT)):
        entry = make_entry(session, made, title=f"某厂的成果{number}")
        make_candidate(session, round_, entry=entry, title=f"成果{number}", status=status, industry="C")
    return made


@pytest.fixture
def judge(session: Session, edition: Edition) -> Judge:
    """A judge with an account and a letterbox."""
    return make_judge(session, account=True, scope=edition.id, email="judge@example.com")


@pytest.fixture
def panel(session: Session, edition: Edition, judge: Judge) -> Panel:
    """A panel of the judge and one more."""
    return make_panel(session, round_of(edition), judge, make_judge(session))


@pytest.fixture
def invitation(session: Session, panel: Panel) -> SeatInvitation:
    """The judge's invitation."""
    return make_invitation(session, panel.seats[0])


def account_of(session: Session, judge: Judge) -> User:
    return session.get_one(User, judge.user_id)


def round_of(edition: Edition) -> Round:
    return edition.tracks[0].rounds[0]


def cleared(session: Session, edition: Edition) -> list[Candidate]:
    query = sa.select(Candidate).where(Candidate.round_id == round_of(edition).id).order_by(Candidate.title)
    return [one for one in session.scalars(query) if one.status is CandidateStatus.CLEARED]


def test_every_seat_is_offered_once_with_a_letter(
    session: Session, edition: Edition, panel: Panel, at: datetime
) -> None:
    made = inviting.invite_judges(session, edition, round_of(edition), answer_by=at, by=SYSTEM, at=at)
    assert {one.seat_id for one in made} == {seat.id for seat in panel.seats}
    letter = session.scalars(sa.select(Message)).one()
    assert letter.to == "judge@example.com"
    assert str(made[0].id) in letter.body or str(made[1].id) in letter.body
    with pytest.raises(rules.NobodyToInvite):
        inviting.invite_judges(session, edition, round_of(edition), answer_by=None, by=SYSTEM, at=at)


def test_only_the_silent_are_reminded_and_not_too_often(
    session: Session, edition: Edition, panel: Panel, at: datetime
) -> None:
    first, second = inviting.invite_judges(session, edition, round_of(edition), answer_by=None, by=SYSTEM, at=at)
    inviting.accept_seat(session, edition, round_of(edition), first, by=SYSTEM, at=at)
    with pytest.raises(rules.NobodyToRemind):
        inviting.remind_judges(session, edition, round_of(edition), by=SYSTEM, at=at)
    later = at + timedelta(days=1)
    assert inviting.remind_judges(session, edition, round_of(edition), by=SYSTEM, at=later) == 1
    assert (first.reminders, second.reminders) == (0, 1)


def test_a_conflict_on_a_title_bars_at_once_and_takes_the_wish(
    session: Session, edition: Edition, invitation: SeatInvitation, judge: Judge, at: datetime
) -> None:
    candidate, round_ = cleared(session, edition)[0], round_of(edition)
    who = {"by": SYSTEM, "at": at}
    inviting.state_wishes(session, edition, round_, invitation, {candidate.id: Wish.WISH}, words="", **who)
    inviting.declare_conflict(
        session, edition, round_, invitation, candidate.id, basis=ConflictBasis.COACHED, reason="辅导过", **who
    )
    assert (judge.id, candidate.id) in barred_pairs(session, edition.id, round_.id)
    conflict = session.scalars(sa.select(Conflict)).one()
    assert (conflict.kind, conflict.basis) == (ConflictKind.DECLARED, ConflictBasis.COACHED)
    assert session.scalars(sa.select(Preference)).all() == []


def test_new_wishes_take_the_place_of_old_ones_and_neutral_is_kept_as_nothing(
    session: Session, edition: Edition, invitation: SeatInvitation, at: datetime
) -> None:
    one, two = (candidate.id for candidate in cleared(session, edition))
    for said in (
        {one: Wish.WISH, two: Wish.NEUTRAL},
        {one: Wish.NEUTRAL, two: Wish.RATHER_NOT, "industry:C": Wish.WISH},
    ):
        inviting.state_wishes(session, edition, round_of(edition), invitation, said, words="焊接", by=SYSTEM, at=at)
    kept = {(p.candidate_id or p.topic): p.wish for p in session.scalars(sa.select(Preference))}
    assert (kept, invitation.wish_words) == ({two: Wish.RATHER_NOT, "industry:C": Wish.WISH}, "焊接")


def test_who_has_not_read_the_titles_cannot_accept(
    session: Session, edition: Edition, invitation: SeatInvitation, judge: Judge, at: datetime
) -> None:
    mine = audit.Actor(judge.user_id, "评委")
    with pytest.raises(rules.TitlesUnread):
        inviting.accept_seat(session, edition, round_of(edition), invitation, by=mine, at=at)
    inviting.confirm_titles(session, edition, round_of(edition), invitation, by=mine, at=at)
    inviting.accept_seat(session, edition, round_of(edition), invitation, by=mine, at=at)
    assert invitation.status is InvitationStatus.ACCEPTED


def test_a_declined_seat_is_freed_and_what_it_held_is_named(
    session: Session, edition: Edition, panel: Panel, invitation: SeatInvitation, at: datetime
) -> None:
    round_ = round_of(edition)
    make_assignment(session, cleared(session, edition)[0], panel.seats[0])
    before, other = rounds.coverage(session, round_).pairs, panel.seats[1].judge_id
    freed = inviting.decline_seat(session, edition, round_, invitation, reason="出差", by=SYSTEM, at=at)
    session.expire_all()
    assert (freed, before, rounds.coverage(session, round_).pairs) == (1, 1, 0)
    assert [seat.judge_id for seat in rounds.seats_of(session, round_.id)] == [other]
    assert (invitation.status, invitation.seat_id, invitation.panel_name) == (
        InvitationStatus.DECLINED,
        None,
        panel.name,
    )
    (line,) = invitations.answers(session, edition, round_.id)
    assert (line.invitation.freed, line.invitation.reason, line.withdrawn) == (1, "出差", False)


def test_a_seat_that_is_given_again_is_offered_again(
    session: Session, edition: Edition, panel: Panel, invitation: SeatInvitation, judge: Judge, at: datetime
) -> None:
    round_ = round_of(edition)
    inviting.decline_seat(session, edition, round_, invitation, reason="出差", by=SYSTEM, at=at)
    session.expire_all()
    service.seat_judges(session, panel, [judge], by=SYSTEM, at=at)
    inviting.invite_judges(session, edition, round_, answer_by=None, by=SYSTEM, at=at)
    assert (invitation.status, invitation.reason, invitation.freed) == (InvitationStatus.INVITED, "", 0)


def test_who_has_begun_a_sheet_cannot_simply_leave(
    session: Session,
    edition: Edition,
    panel: Panel,
    invitation: SeatInvitation,
    at: datetime,
    begun: Callable[..., None],
) -> None:
    given = make_assignment(session, cleared(session, edition)[0], panel.seats[0])
    begun(given)
    with pytest.raises(rules.SheetsBegun):
        inviting.decline_seat(session, edition, round_of(edition), invitation, reason="出差", by=SYSTEM, at=at)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let some assignments be begun, as ballots would say."""

    def let(*assignments: object) -> None:
        monkeypatch.setattr(inviting, "begun_among", lambda _session, ids: dict.fromkeys(ids, False))

    return let


@pytest.mark.parametrize("reason", ["", " ", "忙"])
def test_a_seat_is_not_declined_without_a_reason(
    session: Session, edition: Edition, invitation: SeatInvitation, at: datetime, reason: str
) -> None:
    with pytest.raises(rules.ReasonWanted):
        inviting.decline_seat(session, edition, round_of(edition), invitation, reason=reason, by=SYSTEM, at=at)


def test_after_declining_nothing_more_is_taken(
    session: Session, edition: Edition, invitation: SeatInvitation, at: datetime
) -> None:
    inviting.decline_seat(session, edition, round_of(edition), invitation, reason="出差", by=SYSTEM, at=at)
    with pytest.raises(rules.SeatGone):
        inviting.accept_seat(session, edition, round_of(edition), invitation, by=SYSTEM, at=at)


def test_judging_does_not_open_unasked_while_answers_are_missing(
    session: Session, edition: Edition, invitation: SeatInvitation, at: datetime
) -> None:
    (obstacle,) = readiness.invited_judges_have_answered(session, edition)
    assert not obstacle.blocking
    inviting.accept_seat(session, edition, round_of(edition), invitation, by=SYSTEM, at=at)
    assert readiness.invited_judges_have_answered(session, edition) == []


# Pages


@pytest.fixture
def mine(
    session: Session, client: Client, judge: Judge, invitation: SeatInvitation, edition: Edition
) -> tuple[Client, str]:
    """The judge's browser, and where the invitation stands."""
    return client.sign_in(account_of(session, judge)), f"/e/{edition.slug}/assignment/invitations/{invitation.id}"


def test_the_titles_page_shows_cleared_titles_and_nothing_else(
    session: Session, mine: tuple[Client, str], edition: Edition
) -> None:
    browser, home = mine
    page = browser.get(home + "/titles").text
    codes = [code for code in session.scalars(sa.select(Candidate.code)) if code in page]
    assert ("成果0" in page, "成果1" in page, "成果2" in page, "某厂" in page, codes) == (True, True, False, False, [])


def test_an_answer_goes_from_titles_over_wishes_to_the_seat(
    session: Session, mine: tuple[Client, str], edition: Edition, invitation: SeatInvitation
) -> None:
    browser, home = mine
    one, two = (candidate.id for candidate in cleared(session, edition))
    assert browser.post(home + "/accept").status_code == 409
    assert browser.get(f"{home}/titles/{one}").status_code == 200
    browser.post(f"{home}/titles/{one}", data={"basis": "coached", "reason": "辅导过该小组"})
    browser.post(home + "/titles")
    assert f"title:{one}" not in browser.get(home + "/wishes").text
    sent = {f"title:{one}": "wish", f"title:{two}": "wish", "topic:industry:C": "rather_not", "title:x": "wish"}
    browser.post(home + "/wishes", data=sent | {"words": "焊接"})
    browser.post(home + "/accept")
    session.expire_all()
    kept = {(p.candidate_id or p.topic): p.wish for p in session.scalars(sa.select(Preference))}
    assert kept == {two: Wish.WISH, "industry:C": Wish.RATHER_NOT}
    assert invitation.status is InvitationStatus.ACCEPTED
    assert browser.get(home).status_code == 200


def test_a_conflict_that_is_not_complete_is_asked_again_with_what_was_typed(
    session: Session, mine: tuple[Client, str], edition: Edition
) -> None:
    browser, home = mine
    one = cleared(session, edition)[0].id
    answer = browser.post(f"{home}/titles/{one}", data={"basis": "", "reason": "我辅导过"})
    assert (answer.status_code, "我辅导过" in answer.text) == (422, True)


def test_the_same_conflict_twice_is_told_on_its_field(
    session: Session, mine: tuple[Client, str], edition: Edition
) -> None:
    browser, home = mine
    said = {"basis": "kin", "reason": "亲属"}
    one = cleared(session, edition)[0].id
    assert [browser.post(f"{home}/titles/{one}", data=said).status_code for _ in range(2)] == [302, 409]


def test_a_decline_needs_its_sentence(mine: tuple[Client, str], session: Session, invitation: SeatInvitation) -> None:
    browser, home = mine
    assert browser.post(home + "/decline", data={"reason": ""}).status_code == 422
    assert browser.post(home + "/decline", data={"reason": "出差在外"}).status_code == 302
    session.expire_all()
    assert invitation.status is InvitationStatus.DECLINED
    assert browser.get(home).status_code == 200


def test_another_judges_invitation_does_not_exist(
    session: Session, client: Client, edition: Edition, panel: Panel, judge: Judge
) -> None:
    other = make_invitation(session, panel.seats[1])
    browser = client.sign_in(account_of(session, judge))
    for page in ("", "/titles", "/wishes"):
        assert browser.get(f"/e/{edition.slug}/assignment/invitations/{other.id}{page}").status_code == 404


def test_a_title_that_is_not_cleared_does_not_exist(
    session: Session, mine: tuple[Client, str], edition: Edition
) -> None:
    browser, home = mine
    suspect = session.scalars(sa.select(Candidate).where(Candidate.status == CandidateStatus.SUSPECT)).one()
    for candidate_id in (suspect.id, uuid4()):
        assert browser.get(f"{home}/titles/{candidate_id}").status_code == 404


def test_a_judge_with_one_invitation_is_led_to_it_and_with_none_is_told_so(
    session: Session, client: Client, edition: Edition, mine: tuple[Client, str]
) -> None:
    browser, home = mine
    assert browser.get(f"/e/{edition.slug}/assignment/invitations").location.endswith(home)
    stranger = client.sign_in(make_user(session, Role.JUDGE, scope=edition.id))
    assert stranger.get(f"/e/{edition.slug}/assignment/invitations").status_code == 200


def test_the_secretariat_invites_reminds_and_records_an_answer(
    session: Session, client: Client, edition: Edition, panel: Panel
) -> None:
    browser = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    home = f"/e/{edition.slug}/assignment/{round_of(edition).id}/invitations"
    assert browser.get(home).status_code == 200
    assert browser.post(home, data={"answer_by": "2022-05-20T18:00"}).status_code == 302
    one, two = invitations.of_round(session, round_of(edition).id)
    assert one.answer_by is not None
    assert one.answer_by.hour == 10  # six in the evening in Shanghai
    assert browser.post(home + "/remind").status_code == 302
    assert browser.post(f"{home}/{one.id}", data={"said": "accepted"}).status_code == 302
    assert browser.post(f"{home}/{two.id}", data={"said": "declined", "reason": "电话告知"}).status_code == 302
    page = browser.get(home).text
    assert "电话告知" in page
    assert browser.post(home).status_code == 302  # nobody left to invite: told, no failure


def test_the_overview_takes_the_same_queries_for_few_and_for_many(
    session: Session,
    client: Client,
    edition: Edition,
    panel: Panel,
    invitation: SeatInvitation,
    queries: list[str],
) -> None:
    browser = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    counts = []
    for _ in range(2):
        more = make_panel(session, round_of(edition), *[make_judge(session) for _ in range(4)])
        for seat in more.seats:
            make_invitation(session, seat)
        session.commit()
        queries.clear()
        browser.get(f"/e/{edition.slug}/assignment/{round_of(edition).id}/invitations")
        counts.append(sum(query.startswith("SELECT") for query in queries))
    assert counts[0] == counts[1]


def test_the_desk_of_score_sheets_tells_of_an_invitation_until_it_is_answered(
    session: Session, mine: tuple[Client, str], edition: Edition, invitation: SeatInvitation
) -> None:
    browser, _home = mine
    desk = f"/e/{edition.slug}/ballots/"
    assert "您收到了评审邀请" in browser.get(desk).text
    invitation.status = InvitationStatus.ACCEPTED
    session.flush()
    assert "您收到了评审邀请" not in browser.get(desk).text
