"""Every cell of (person × route × own, missing or foreign object), from the application's own map of routes."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from judging.accounts.permissions import Permission
from judging.editions.models import Stage
from tests.architecture.walk import PLAIN, SECRETS, Door, UnknownPart, Walker, doors, essence, missing, table
from tests.architecture.world import WALKERS, World

# What most forms and scripts of ours send, so that looking for the object is reached.
FILLED = {"reason": "理由充分", "answer": "理由充分", "ruling": "理由充分", "note": "理由充分", "version": "1"}
CHANGE = {"field": "strengths", "value": "好", "sequence": 9, "version": 1}
FOR_SCRIPTS = {"ballots.save", "entries.autosave"}

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("access")]  # hundreds of requests each, one world
every_walker = pytest.mark.parametrize("walker", WALKERS, indirect=True)


@every_walker
def test_who_lacks_the_permission_is_turned_away_and_changes_nothing(walker: Walker) -> None:
    wrong: list[tuple[object, ...]] = []
    for door in doors(walker.app):
        if not door.opens_for(walker.name):
            script = {} if walker.name == "anonymous" else {"Accept": "application/json"}  # a refusal without its page
            answer = walker.visit(door, walker.own(door), headers=script)
            turned_away = _sent_to_sign_in(answer) if walker.name == "anonymous" else answer.status_code == 403
            if not turned_away or walker.wrote:
                wrong.append((walker.name, door, answer.status, *walker.wrote))
    assert wrong == [], table(wrong)


def _sent_to_sign_in(answer: Response) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/account/sign-in")


@pytest.mark.parametrize("walker", ["anonymous"], indirect=True)
def test_a_script_without_a_session_is_told_to_sign_in(walker: Walker) -> None:
    wrong: list[tuple[object, ...]] = []
    for door in doors(walker.app):
        if door.guard != "public":
            answer = walker.visit(door, walker.own(door), headers={"X-Requested-With": "fetch"})
            if answer.status_code != 401 or not (answer.json or {}).get("message"):
                wrong.append((door, answer.status))
    assert wrong == [], table(wrong)


@every_walker
def test_a_foreign_object_answers_exactly_as_a_missing_one(walker: Walker) -> None:
    wrong: list[tuple[object, ...]] = []
    for door in walker.rooms():
        for part in door.objects:
            wrong += _compare(walker, door, part)
    assert wrong == [], table(wrong)


def _compare(walker: Walker, door: Door, part: str) -> list[tuple[object, ...]]:
    own, nothing = walker.own(door), missing() if part not in SECRETS else "y" * 43
    sent = _sent(door)
    absent = walker.visit(door, own | {part: nothing}, **sent)
    said, wrong = essence(absent, nothing), list[tuple[object, ...]]()
    if absent.status_code not in _absent(door, part):
        wrong.append((walker.name, door, f"missing {part}", absent.status, absent.headers.get("Location", "")))
    for foreign in walker.foreign(door, part):
        answer = walker.visit(door, own | {part: foreign}, **sent)
        if essence(answer, foreign) != said or walker.wrote:
            wrong.append((walker.name, door, f"foreign {part}", answer.status, "missing:", absent.status))
    return wrong


def _sent(door: Door) -> dict[str, object]:
    if door.method == "GET":
        return {}
    if door.endpoint in FOR_SCRIPTS:
        return {"json": CHANGE}
    return {"data": FILLED, "headers": {"Accept": "application/json"}}  # refusals without their page: much quicker


def _absent(door: Door, part: str) -> tuple[int, ...]:
    """Return how a missing object is answered: looked for before anything is asked of the form or the stage."""
    if part in SECRETS:
        return (404, 409)
    if door.endpoint == "certificates.check_code":
        return (200,)  # the page that says so
    return (404,)


@pytest.mark.parametrize("stage", [Stage.SETUP, Stage.JUDGING, Stage.CLOSED])
@pytest.mark.parametrize("walker", ["organizer", "recommender", "judge", "entrant"], indirect=True)
def test_what_is_missing_is_missing_before_anything_is_asked(
    walker: Walker, stage: Stage, world: World, world_session: Session
) -> None:
    """Neither an empty form nor the wrong stage may speak first: the answer would differ from one to the next."""
    before, wrong = world.edition.stage, list[tuple[object, ...]]()
    world.edition.stage = stage
    try:
        for door in walker.rooms("POST"):
            for part in door.objects:
                if part not in SECRETS:
                    empty = (
                        {"json": {}} if door.endpoint in FOR_SCRIPTS else {"headers": {"Accept": "application/json"}}
                    )
                    answer = walker.visit(door, walker.own(door) | {part: missing()}, **empty)
                    if answer.status_code not in _absent(door, part):
                        wrong.append((walker.name, door, f"missing {part}", answer.status))
    finally:
        world.edition.stage = before
        world_session.commit()
    assert wrong == [], table(wrong)


@pytest.mark.parametrize("walker", ["organizer"], indirect=True)
def test_every_part_of_an_address_is_known(walker: Walker) -> None:
    unknown = []
    for door in doors(walker.app):
        try:
            walker.own(door)
        except UnknownPart as part:
            unknown.append((str(part),))
    assert unknown == [], table(unknown)


def test_every_permission_opens_a_door_for_somebody_and_stays_shut_for_somebody(app: Flask) -> None:
    guards = {door.guard for door in doors(app) if isinstance(door.guard, Permission)}
    for guard in guards:
        opened = {name for name in WALKERS if Door("x", "GET", ("edition",), guard).opens_for(name)}
        assert opened
        assert {"anonymous", "stranger"} & opened == set()


def test_plain_parts_are_plain(app: Flask) -> None:
    converters = {name: kind for rule in app.url_map.iter_rules() for name, kind in rule._converters.items()}
    assert [name for name in PLAIN if type(converters.get(name)).__name__ == "UUIDConverter"] == []
