"""No act that is refused loses a word: every form on every page, sent when it is too late."""

import re
from html import unescape

import pytest
from sqlalchemy.orm import Session

from judging.assignment.service import changes
from judging.editions.models import Stage
from judging.web.again import STATUSES
from tests.architecture.walk import Walker, table
from tests.architecture.world import World

REASON = "理由充分，请予核准。"
FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
GATHERED = (Stage.BLINDING, Stage.JUDGING)
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("access")]  # hundreds of requests each, one world


def _sheets(walker: Walker) -> dict[str, tuple[str, dict[str, str]]]:
    """Return a form of every kind that asks for a reason: where it goes, on which page it stands, what it carries."""
    found, seen = {}, set()
    for door in walker.rooms("GET"):
        answer = walker.visit(door, walker.own(door))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = walker.address(door, walker.own(door))
        for action, body in FORM.findall(answer.get_data(as_text=True)):
            kind = ID.sub("", action)
            if 'name="reason"' in body and kind not in seen:
                seen.add(kind)
                carried = {name: unescape(value) for name, value in HIDDEN.findall(body) if name != "csrf_token"}
                found[unescape(action)] = (page, carried)
    return found


@pytest.mark.parametrize("walker", ["organizer", "recommender", "judge"], indirect=True)
def test_a_refused_act_keeps_its_page_and_its_words(
    walker: Walker, world: World, world_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_keepers", [])  # as if no sheet had been begun: those acts have forms, too
    wrong: list[tuple[object, ...]] = []
    before, refused, sheets = world.edition.stage, 0, {}
    try:
        for stage in GATHERED:
            world.edition.stage = stage
            world_session.commit()
            sheets |= _sheets(walker)
        world.edition.stage = Stage.CLOSED
        world_session.commit()
        for action, (page, carried) in sheets.items():
            answer = walker.send(action, carried | {"reason": REASON}, page)
            words = answer.get_data(as_text=True)
            kept = REASON in words and 'class="error-page"' not in words
            refused += answer.status_code in STATUSES
            if answer.status_code >= 500 or (answer.status_code in STATUSES and not kept):
                wrong.append((action, page, answer.status))
    finally:
        world.edition.stage = before
        world_session.commit()
    assert wrong == [], table(wrong)
    assert refused >= (12 if walker.name == "organizer" else 0)
