"""A refused act shows the page it came from again, with the sentence and what was typed."""

import json
import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.conflicts import service
from judging.editions.models import Edition, Stage
from judging.foundation.audit import SYSTEM
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge

REASON = "经监督员同意，<且无替补>"


@pytest.fixture
def desk(session: Session, client: Client) -> tuple[Edition, str]:
    """An organizer's desk of conflicts, with the address that waives one; judging is over, so it is refused."""
    edition = make_edition(session, slug="here")
    make_judge(session, unit_name=make_entry(session, edition).unit.name)
    service.detect(session, edition, by=SYSTEM, at=AT)
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    page = client.get("/e/here/conflicts/").text
    address = re.search(r'action="(/e/here/conflicts/[^"]+/waive)"', page)
    assert address is not None
    edition.stage = Stage.RESULTS
    return edition, address[1]


def _post(client: Client, address: str, referrer: str, **options: Any) -> Any:
    return client.post(address, data={"reason": REASON}, headers={"Referer": referrer}, **options)


def test_the_page_comes_back_with_the_sentence_and_the_words(client: Client, desk: tuple[Edition, str]) -> None:
    answer = _post(client, desk[1], "http://localhost/e/here/conflicts/?q=%E9%87%8D&status=standing")
    assert answer.status_code == 409
    assert '<table class="table' in answer.text or "desk-main" in answer.text
    block = re.search(r'<script type="application/json" id="typed"[^>]*>(.*?)</script>', answer.text, re.DOTALL)
    assert block is not None
    typed = json.loads(block[1])
    assert typed["values"] == [["reason", REASON]]
    assert typed["action"] == desk[1]
    assert typed["back"] == "/e/here/conflicts/?q=%E9%87%8D&status=standing"
    assert "&lt;且无替补&gt;" in answer.text


def test_a_second_message_does_not_wait_for_the_next_page(client: Client, desk: tuple[Edition, str]) -> None:
    _post(client, desk[1], "http://localhost/e/here/conflicts/")
    assert "data-refused" not in client.get("/e/here/conflicts/").text


@pytest.mark.parametrize(
    "referrer",
    ["", "http://elsewhere.example/e/here/conflicts/", "http://localhost/e/here/nothing", "http://localhost//x", "::"],
)
def test_without_a_page_of_ours_the_words_stand_on_the_refusal(
    client: Client, desk: tuple[Edition, str], referrer: str
) -> None:
    answer = _post(client, desk[1], referrer)
    assert answer.status_code == 409
    assert "error-page" in answer.text
    assert "&lt;且无替补&gt;" in answer.text


def test_a_script_is_answered_as_ever(client: Client, desk: tuple[Edition, str]) -> None:
    headers = {"Referer": "http://localhost/e/here/conflicts/", "Accept": "application/json"}
    answer = client.post(desk[1], data={"reason": REASON}, headers=headers)
    assert (answer.status_code, answer.json["ok"]) == (409, False)


def test_passwords_are_never_shown_again(session: Session, client: Client) -> None:
    typed = {"password": "geheim-und-lang", "again": "geheim-und-lang", "name": "王 老师"}
    answer = client.post("/account/invitation/unknown", data=typed, headers={"Referer": "http://localhost/"})
    assert answer.status_code == 409
    assert "geheim" not in answer.text
    assert "王 老师" in answer.text


def test_a_form_that_was_open_too_long_keeps_its_words(client: Client, desk: tuple[Edition, str]) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = _post(client, desk[1], "http://localhost/e/here/conflicts/")
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "&lt;且无替补&gt;" in answer.text
