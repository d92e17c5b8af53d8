"""No identity reaches a judge, no judge's identity reaches who is judged: marks in every field, and none comes out."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.blinding.models import Candidate, ReviewFile
from judging.editions.models import Stage
from judging.entries.models import Attachment
from judging.foundation import db, outbox
from tests.architecture import marks
from tests.architecture.marks import entry_marks, found_in, judge_marks, words_of
from tests.architecture.walk import Door, Walker, doors, table
from tests.architecture.world import World

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("leaks")]  # hundreds of requests each, one world
SENT: tuple[dict[str, object], ...] = (
    {"data": {"reason": "理由充分"}},
    {"json": {"field": "strengths", "value": "好", "sequence": 9, "version": 1}},
)
# Judges choose units to keep away from, among all units; what has been published (of other entries) is for everybody.
# No candidate stands beside a unit there.
TELLS_UNITS = ("conflicts.", "judges.", "notices.", "certificates.")
UNIT_ONLY = {marks.UNIT["name"], "秘甲重工"}


@pytest.fixture(params=list(Stage), ids=lambda stage: stage.value)
def stage(request: pytest.FixtureRequest, world: World, world_session: Session) -> Iterator[Stage]:
    """The edition in each of its stages."""
    before = world.edition.stage
    world.edition.stage = request.param
    world_session.commit()
    yield request.param
    world.edition.stage = before
    world_session.commit()


def marks_of_the_entry(session: Session, world: World) -> set[str]:
    """Return all that gives the marked entry away: names, ids, and where its files lie."""
    ours = world.ours
    files = session.scalars(sa.select(Attachment).where(Attachment.entry_id == ours.entry.id)).all()
    ids = [ours.entry.id, ours.unit.id, ours.recommending_unit.id, ours.accounts["entrant"].id]
    kept = [mark for file in files for mark in (file.id, file.sha256, file.storage_key)]
    return entry_marks(*ids, *kept)


def marks_of_the_judge(world: World) -> set[str]:
    """Return all that gives the marked judge away: names and ids."""
    ours = world.ours
    return judge_marks(ours.judge.id, ours.accounts["judge"].id, ours.objects["seat_id"])


def heard(walker: Walker, *methods: str) -> Iterator[tuple[Door, str, int]]:
    """Return all that the program says to a person: every page, every answer to a form or a script."""
    for door in walker.rooms(*methods):
        for sent in ({},) if door.method == "GET" else SENT:
            answer = walker.visit(door, walker.own(door), **sent)
            yield door, words_of(answer), answer.status_code


def spoken(walker: Walker, stage: Stage) -> Iterator[tuple[Door, str, int]]:
    """Return what is heard in a stage; forms are posted where judges judge and where the public reads."""
    return heard(walker, *(("GET", "POST") if stage in (Stage.JUDGING, Stage.NOTICE) else ("GET",)))


@pytest.mark.parametrize("walker", ["judge"], indirect=True)
def test_nothing_tells_a_judge_who_made_an_entry(walker: Walker, world: World, stage: Stage) -> None:
    planted, code = marks_of_the_entry(walker.session, world), code_of_the_candidate(walker.session, world)
    wrong: list[tuple[object, ...]] = []
    for door, said, _status in spoken(walker, stage):
        told = found_in(said, planted)
        if door.endpoint.startswith(TELLS_UNITS):
            wrong += [(stage, door, "a code beside units", code)] if code in said else []
            told = [mark for mark in told if mark not in UNIT_ONLY and mark != str(world.ours.unit.id)]
        if told:
            wrong.append((stage, door, *told))
    assert wrong == [], table(wrong)


def code_of_the_candidate(session: Session, world: World) -> str:
    return str(session.get_one(Candidate, world.ours.objects["candidate_id"]).code)


@pytest.mark.parametrize("walker", ["judge"], indirect=True)
def test_the_judge_does_read_the_marked_entry(walker: Walker, world: World) -> None:
    """So that the test above could fail: the sheet and the review copy lie before this judge."""
    code = code_of_the_candidate(walker.session, world)
    said = {door.endpoint: (status, words) for door, words, status in heard(walker, "GET")}
    assert said["ballots.sheet"][0] == said["ballots.review_file"][0] == 200
    assert code in said["ballots.sheet"][1]
    assert "现状调查与原因分析" in said["ballots.review_file"][1]


@pytest.fixture(scope="module")
def seen_by_the_organizer(app: Flask, world_session: Session, world: World) -> str:
    """All that an organizer's pages say, and the files of the marked entry."""
    walker = Walker(app, world_session, world, "organizer")
    pages = "\n".join(words for _door, words, _ in heard(walker, "GET"))
    file = next(door for door in doors(app, "GET") if door.endpoint == "check.attachment")
    ids = world_session.scalars(sa.select(Attachment.id).where(Attachment.entry_id == world.ours.entry.id)).all()
    return pages + "\n".join(words_of(walker.visit(file, walker.own(file) | {"attachment_id": id_})) for id_ in ids)


def test_the_organizer_sees_what_the_judge_does_not(seen_by_the_organizer: str) -> None:
    """So that the marks are there at all: pages and files of the organizer hold every one of them."""
    names = {*marks.UNIT.values(), *marks.RECOMMENDING_UNIT.values(), *marks.ENTRY.values(), *marks.MEMBERS}
    wanted = {*names, *marks.FILES, *marks.IN_THE_PDF, marks.REPORT_TEXT, marks.ENTRANT["name"]}
    assert wanted - set(found_in(seen_by_the_organizer, wanted)) == set()


@pytest.mark.parametrize("walker", ["entrant", "recommender"], indirect=True)
def test_nothing_tells_the_judged_who_judges(walker: Walker, world: World, stage: Stage) -> None:
    planted = marks_of_the_judge(world)
    told = [(walker.name, stage, door, *found_in(said, planted)) for door, said, _ in spoken(walker, stage)]
    wrong: list[tuple[object, ...]] = [line for line in told if len(line) > 3]
    assert wrong == [], table(wrong)


def test_the_organizer_sees_who_judges(seen_by_the_organizer: str) -> None:
    """So that the test above could fail."""
    wanted = {*marks.JUDGE.values(), marks.JUDGE_ACCOUNT["name"], marks.JUDGE_ACCOUNT["username"]}
    assert wanted - set(found_in(seen_by_the_organizer, wanted)) == set()


@pytest.mark.parametrize("walker", ["anonymous"], indirect=True)
def test_nothing_public_tells_who_judges_or_how_to_reach_anybody(walker: Walker, world: World, stage: Stage) -> None:
    named = {marks.UNIT["name"], "秘甲重工", *marks.SHORT_FORMS, *marks.MEMBERS, marks.ENTRY["group_name"]}
    private = marks_of_the_judge(world) | (entry_marks() - named)
    told = [(stage, door, *found_in(said, private)) for door, said, _ in spoken(walker, stage)]
    wrong: list[tuple[object, ...]] = [line for line in told if len(line) > 2]
    assert wrong == [], table(wrong)


def test_letters_tell_neither_side_of_the_other(world_session: Session, world: World) -> None:
    judges, entrants = marks_of_the_judge(world), marks_of_the_entry(world_session, world)
    contacts = (marks.UNIT, marks.ENTRY, marks.RECOMMENDING_UNIT)
    to_entrants = [*(contact["contact_email"] for contact in contacts), marks.ENTRANT["email"]]
    to_judges = [marks.JUDGE["email"], marks.JUDGE_ACCOUNT["email"]]
    reached_by = dict.fromkeys(to_judges, entrants) | dict.fromkeys(to_entrants, judges)
    letters = world_session.scalars(sa.select(outbox.Message)).all()
    assert {letter.to for letter in letters} & reached_by.keys()
    wrong: list[tuple[object, ...]] = []
    for letter in letters:
        told = found_in(f"{letter.subject}\n{letter.body}", reached_by.get(letter.to, set()))
        wrong += [(letter.to, letter.subject, *told)] if told else []
    assert wrong == [], table(wrong)


def test_no_id_tells_order_or_time(world_session: Session, world: World) -> None:
    counted = {name for name, kept in db.Model.metadata.tables.items() if not isinstance(kept.c.id.type, sa.Uuid)}
    assert counted <= {"audit_line"}  # the trail is in order by nature, and no address names its lines
    ids = [
        id_
        for name, kept in db.Model.metadata.tables.items()
        if name not in counted
        for id_ in world_session.scalars(sa.select(kept.c.id))
    ]
    assert {id_.version for id_ in ids} == {4}


def test_a_review_file_lies_elsewhere_than_what_it_was_made_of(world_session: Session, world: World) -> None:
    made_of = set(world_session.scalars(sa.select(Attachment.storage_key)))
    shown = set(world_session.scalars(sa.select(ReviewFile.storage_key)))
    assert shown
    assert made_of & shown == set()
