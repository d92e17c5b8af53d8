"""What an entry needs and who may change it when."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage, TrackKind
from judging.editions.rules import DeadlinePassed, NotOpenYet, WrongStage
from judging.entries import queries, rules
from judging.entries.models import AttachmentKind, Entry, EntryStatus, TeamMember
from judging.entries.rules import Step
from judging.units.models import Unit
from tests.factories.editions import AT, make_edition, make_track, set_deadline
from tests.factories.entries import make_entry


def blank(kind: TrackKind, **values: object) -> Entry:
    track = make_track(kind)
    track.rounds[0].blind = True
    return Entry(track=track, unit=Unit(name="甲"), members=[], attachments=[], **values)


def names(entry: Entry) -> list[str]:
    return [item.field for item in rules.missing(entry)]


def test_a_blank_result_lacks_everything_of_its_track() -> None:
    assert names(blank(TrackKind.QC)) == [
        "title",
        "topic_type",
        "group_name",
        "members",
        "contact_name",
        "contact_phone",
        "abstract",
        "target",
        "reached",
        "benefit",
        "file-report",
        "file-masked",
        "original",
        "truthful",
        "consents_to_publication",
        "unclassified",
    ]


def test_a_story_needs_a_presenter_and_no_benefit() -> None:
    assert {"presenter", "group_name"} <= set(names(blank(TrackKind.STORY)))
    assert not {"benefit", "target", "topic_type"} & set(names(blank(TrackKind.STORY)))


def test_a_paper_needs_authors_and_no_group() -> None:
    assert {"members", "keywords"} <= set(names(blank(TrackKind.PAPER)))
    assert not {"group_name", "presenter"} & set(names(blank(TrackKind.PAPER)))


def test_an_open_round_needs_no_masked_copy() -> None:
    entry = blank(TrackKind.STORY)
    entry.track.rounds[0].blind = False
    assert rules.required_files(entry.track) == (AttachmentKind.REPORT,)


def test_a_benefit_of_nothing_is_an_answer() -> None:
    assert "benefit" not in names(blank(TrackKind.QC, benefit=0))


def test_each_missing_thing_names_its_step() -> None:
    steps = {item.field: item.step for item in rules.missing(blank(TrackKind.QC))}
    assert (steps["title"], steps["members"], steps["benefit"]) == (Step.ACHIEVEMENT, Step.TEAM, Step.CONTENT)
    assert (steps["file-report"], steps["original"]) == (Step.FILES, Step.REVIEW)


def test_two_members_are_worth_a_word_but_no_refusal(session: Session) -> None:
    entry = blank(TrackKind.QC)
    entry.members = [TeamMember(position=1, name="张一"), TeamMember(position=2, name="李二")]
    assert any("3" in str(sentence) for sentence in rules.advice(entry))
    assert "members" not in names(entry)


@pytest.mark.parametrize("status", [EntryStatus.DRAFT, EntryStatus.RETURNED])
def test_drafts_and_returned_entries_are_editable_until_the_grace_ends(session: Session, status: EntryStatus) -> None:
    edition = make_edition(session)
    set_deadline(session, edition, Stage.INTAKE, AT)
    entry = make_entry(session, edition, status=status)
    rules.require_editable(entry, edition, AT + timedelta(minutes=15))
    with pytest.raises(DeadlinePassed):
        rules.require_editable(entry, edition, AT + timedelta(minutes=16))


def test_nothing_is_editable_before_intake_opens(session: Session) -> None:
    edition = make_edition(session)
    set_deadline(session, edition, Stage.INTAKE, AT)
    with pytest.raises(NotOpenYet):
        rules.require_editable(make_entry(session, edition, status=EntryStatus.DRAFT), edition, AT - timedelta(days=8))


def test_a_returned_entry_has_its_own_deadline(session: Session) -> None:
    edition = make_edition(session)
    set_deadline(session, edition, Stage.INTAKE, AT)
    until = AT + timedelta(days=3)
    entry = make_entry(session, edition, status=EntryStatus.RETURNED, return_until=until)
    rules.require_editable(entry, edition, until + timedelta(minutes=15))
    with pytest.raises(rules.ReturnDeadlinePassed):
        rules.require_editable(entry, edition, until + timedelta(minutes=16))


def test_the_stage_closes_returned_entries_too(session: Session) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    entry = make_entry(session, edition, status=EntryStatus.RETURNED, return_until=AT + timedelta(days=3))
    with pytest.raises(WrongStage):
        rules.require_editable(entry, edition, AT)


@pytest.mark.parametrize("status", [s for s in EntryStatus if s not in (EntryStatus.DRAFT, EntryStatus.RETURNED)])
def test_what_is_in_review_or_decided_is_not_editable(session: Session, status: EntryStatus) -> None:
    edition = make_edition(session)
    with pytest.raises(rules.NotEditable):
        rules.require_editable(make_entry(session, edition, status=status), edition, AT)


def test_the_sealed_form_may_follow_while_in_review(session: Session) -> None:
    edition = make_edition(session)
    entry = make_entry(session, edition, status=EntryStatus.SUBMITTED)
    rules.require_uploadable(entry, edition, AttachmentKind.SCAN, AT)
    with pytest.raises(rules.NotEditable):
        rules.require_uploadable(entry, edition, AttachmentKind.REPORT, AT)


def test_a_name_that_stands_twice_is_refused_by_name(session: Session) -> None:
    with pytest.raises(rules.MemberTwice) as caught:
        rules.require_team([("张一", ""), ("李二", ""), ("张一", "组长")])
    assert "张一" in str(caught.value)


def test_a_decided_entry_cannot_be_withdrawn(session: Session) -> None:
    edition: Edition = make_edition(session)
    with pytest.raises(rules.NotWithdrawable):
        rules.require_withdrawable(make_entry(session, edition, status=EntryStatus.REJECTED), edition)


def test_states_are_counted_with_zeros(session: Session) -> None:
    edition = make_edition(session)
    make_entry(session, edition)
    counts = queries.counts_by_status(session, edition.id)
    assert (counts[EntryStatus.ACCEPTED], counts[EntryStatus.DRAFT]) == (1, 0)
