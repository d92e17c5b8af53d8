"""One walk of each person past every door of their own, and what has to be true of every answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from tests.architecture.walk import Door, Walker, table
from tests.architecture.world import WALKERS, World

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("walks")]  # hundreds of requests each, one world
REFUSALS = (200, 204, 302, 303, 400, 404, 409, 413, 415, 422)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FILES_AS_SENT = "sandbox; default-src 'none'"  # nothing in a file that people sent may run at all


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person met behind one door: pages opened, forms sent empty."""

    door: Door
    status_code: int
    status: str
    headers: Headers
    wrote: tuple[str, ...]
    owns_something: bool


Tour = tuple[str, list[Seen]]


@pytest.fixture(scope="module")
def tours(app: Flask, world_session: Session, world: World) -> Callable[[str], Tour]:
    """Lead a person past all doors, once for all tests."""

    @cache
    def lead(name: str) -> Tour:
        walker = Walker(app, world_session, world, name)
        return name, [_seen(walker, door) for door in walker.rooms()]

    return lead


def _seen(walker: Walker, door: Door) -> Seen:
    answer = walker.visit(door, walker.own(door))
    wrote, owns = tuple(walker.wrote), walker.owns_something(door)
    return Seen(door, answer.status_code, answer.status, answer.headers, wrote, owns)


@pytest.fixture(params=WALKERS)
def tour(tours: Callable[[str], Tour], request: pytest.FixtureRequest) -> Tour:
    """Return whose tour it is, and what was seen."""
    return tours(request.param)


def test_own_pages_open_and_empty_forms_are_refused_in_words(tour: Tour) -> None:
    name, seen = tour
    wrong: list[tuple[object, ...]] = []
    for one in seen:
        reading = one.door.method == "GET"
        lost = reading and one.status_code in (403, 404) and one.owns_something
        if lost or one.status_code >= 500 or (not reading and one.status_code not in REFUSALS):
            wrong.append((name, one.door, one.status))
    assert wrong == [], table(wrong)


def test_looking_at_a_page_changes_nothing(tour: Tour) -> None:
    name, seen = tour
    wrong: list[tuple[object, ...]] = [
        (name, one.door, *one.wrote) for one in seen if one.door.method == "GET" and one.wrote
    ]
    assert wrong == [], table(wrong)


@pytest.mark.parametrize("walker", ["organizer"], indirect=True)
def test_the_walker_sees_what_is_written(walker: Walker) -> None:
    """So that the test above could fail."""
    posted = {"data": {"reason": "理由充分"}}
    assert any(walker.visit(door, walker.own(door), **posted) and walker.wrote for door in walker.rooms("POST"))


def test_every_answer_has_strict_headers_a_fresh_nonce_and_stays_out_of_caches(tour: Tour) -> None:
    name, seen = tour
    wrong: list[tuple[object, ...]] = []
    nonces: list[str] = []
    for one in seen:
        policy, kept = one.headers.get("Content-Security-Policy", ""), one.headers.get("Cache-Control", "nothing said")
        missing = [header for header, value in ALWAYS.items() if one.headers.get(header) != value]
        if "no-store" not in kept and "private" not in kept:
            missing.append(f"Cache-Control: {kept}")
        if policy != FILES_AS_SENT:
            nonce = re.search(r"script-src 'self' 'nonce-([\w-]{20,})'", policy)
            nonces += [nonce[1]] if nonce else []
            missing += (
                [] if nonce and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy else [policy]
            )
        wrong += [(name, one.door, *missing)] if missing else []
    assert wrong == [], table(wrong)
    assert len(set(nonces)) == len(nonces) > 5
