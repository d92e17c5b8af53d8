"""Reading leaves no trace: no page that is only looked at changes the database."""

import pytest

from tests.architecture.walk import Walker, table
from tests.architecture.world import WALKERS

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("headers")]  # hundreds of requests each, one world


@pytest.mark.parametrize("walker", WALKERS, indirect=True)
def test_looking_at_a_page_changes_nothing(walker: Walker) -> None:
    wrong: list[tuple[object, ...]] = []
    for door in walker.rooms("GET"):
        walker.visit(door, walker.own(door))
        if walker.wrote:
            wrong.append((walker.name, door, *walker.wrote))
    assert wrong == [], table(wrong)


@pytest.mark.parametrize("walker", ["organizer"], indirect=True)
def test_the_walker_sees_what_is_written(walker: Walker) -> None:
    """So that the test above could fail."""
    posted = {"data": {"reason": "理由充分"}}
    wrote = [walker.wrote for door in walker.rooms("POST") if walker.visit(door, walker.own(door), **posted)]
    assert any(wrote)
