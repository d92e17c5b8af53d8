"""In English the pages speak English: every Chinese word on them comes from what people have typed or agreed upon."""

import re
from html import unescape

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.foundation import db
from judging.foundation.regions import REGIONS
from judging.units.codes import INDUSTRIES
from tests.architecture.walk import Walker, table
from tests.architecture.world import World

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("walks")]  # hundreds of requests each, one world
CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Neither shown, nor a text of the program: notices are documents in Chinese, and marked as such.
BESIDES = re.compile(r"<(script|style)\b.*?</\1>|<(article)\b[^>]*lang=\"zh-CN\".*?</\2>", re.DOTALL)
SAID = re.compile(r"""(?:aria-label|title|placeholder|alt|data-[\w-]+|content)="([^"]*)"|>([^<]+)<""")


def words(page: str) -> set[str]:
    """Return the Chinese words that a page shows or says."""
    said = " ".join(one or other for one, other in SAID.findall(BESIDES.sub("<", page)))
    return set(CHINESE.findall(unescape(said)))


@pytest.fixture(scope="module")
def typed(world_session: Session, world: World) -> str:
    """All texts of the database, official names of industries and regions, and the way to the other language."""
    kept = {"中文", *INDUSTRIES.values(), *REGIONS.values()}
    for one in db.Model.metadata.tables.values():
        for row in world_session.execute(sa.select(one)):
            kept.update(str(value) for value in row)
    return "\n".join(kept)


def foreign(walker: Walker, typed: str) -> list[tuple[object, ...]]:
    """Return the pages of a person that show Chinese words which nobody has typed."""
    found: list[tuple[object, ...]] = []
    for door in walker.rooms("GET"):
        answer = walker.visit(door, walker.own(door))
        if answer.mimetype == "text/html":
            strange = sorted(word for word in words(answer.get_data(as_text=True)) if word not in typed)
            found += [(walker.name, door, *strange)] if strange else []
    return found


@pytest.mark.parametrize("walker", ["entrant"], indirect=True)
def test_chinese_words_of_the_program_are_seen(walker: Walker, typed: str) -> None:
    """So that the test below could fail: in Chinese the same pages are full of them."""
    assert len(foreign(walker, typed)) > 20


# An administrator and a supervisor read what organizers read.
@pytest.mark.parametrize("walker", ["organizer", "judge", "recommender", "entrant", "anonymous"], indirect=True)
def test_no_chinese_stands_on_an_english_page_but_what_people_wrote(walker: Walker, typed: str) -> None:
    walker.speak("en")
    wrong = foreign(walker, typed)
    assert wrong == [], table(wrong)
