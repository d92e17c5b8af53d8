"""What happens to odd addresses, odd questions and forged forms."""

import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from judging.accounts.models import UserSession
from tests.architecture.walk import Walker, doors, table

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("walks")]  # hundreds of requests each, one world
some_walkers = pytest.mark.parametrize(
    "walker", ["organizer", "judge", "recommender", "entrant", "anonymous"], indirect=True
)
HOSTILE = (
    {"page": "-1", "sort": ";drop table", "q": "%\x00", "status": "'", "edition": "x", "next": "//example.org"},
    {"page": "99999999999999999999", "sort": "--name", "q": "\ud83d\ude00<script>", "from": "0000-99-99", "act": "x.y"}
    | {"track": "00000000-0000-0000-0000-00000000000", "until": "now", "kind": "../..", "unit": "\x7f"},
    {"page": "²", "sort": "password", "q": "\\_%" * 200, "round": "-7", "round_number": "999", "tie_rule": "x"}
    | {"share": "NaN", "amount": "-1e999", "count": "1" * 40, "judge": "\u202e\ufeff"},
)


@pytest.mark.parametrize("walker", ["anonymous"], indirect=True)
def test_the_cookie_is_closed_to_scripts_and_other_sites(walker: Walker) -> None:
    answer = walker.browser.get("/language/en")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@some_walkers
def test_no_question_breaks_a_page(walker: Walker) -> None:
    wrong: list[tuple[object, ...]] = []
    for door in walker.rooms("GET"):
        for asked in HOSTILE:
            query = "?" + urlencode(asked, errors="surrogatepass")
            answer = walker.visit(door, walker.own(door), query)
            if answer.status_code >= 500 or "//example.org" in answer.headers.get("Location", ""):
                wrong.append((walker.name, door, query[:80], answer.status))
            if answer.mimetype != "text/html":
                break  # what is no list is asked once
    assert wrong == [], table(wrong)


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/e/",
        "/e/nothing/",
        "/e/..%2f..%2fetc/entries/",
        "/e/ours/entries/not-a-uuid/",
        "/e/ours/blinding/00000000-0000-0000-0000-000000000000/files/99999999999999999999",
        "/e/ours/selection/levels/00000000-0000-0000-0000-000000000000/99999999999999999999",
        "/static/../judging/config.py",
        "/static/%2e%2e/config.py",
        "/e/%00/",
        "/e/" + "x" * 3000,
        "/.git/config",
        "/language/../../etc",
    ],
)
@pytest.mark.parametrize("walker", ["organizer", "anonymous"], indirect=True)
def test_an_odd_address_leads_nowhere(walker: Walker, address: str) -> None:
    answer = walker.browser.get(address)
    assert answer.status_code in (302, 308, 404), answer.status
    assert "nonce-" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("walker", ["organizer", "judge", "entrant", "recommender"], indirect=True)
def test_a_form_without_its_token_is_refused_before_anything_happens(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(walker.app.config, "WTF_CSRF_ENABLED", True)
    wrong: list[tuple[object, ...]] = []
    for door in walker.rooms("POST"):
        answer = walker.visit(door, walker.own(door), data={"reason": "理由充分"})
        if answer.status_code != 400 or walker.wrote:
            wrong.append((walker.name, door, answer.status, *walker.wrote))
    assert wrong == [], table(wrong)


@pytest.mark.parametrize("walker", ["organizer"], indirect=True)
def test_a_form_with_its_token_is_taken(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(walker.app.config, "WTF_CSRF_ENABLED", True)
    page = walker.browser.get("/account/").get_data(as_text=True)
    token = re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', page)
    assert token is not None
    answer = walker.browser.post("/account/sign-out", data={"csrf_token": token[1]})
    assert answer.status_code in (302, 303)
    ended = walker.session.query(UserSession).filter(UserSession.revoked_at.is_not(None)).count()
    assert ended == 1


def test_no_route_answers_to_other_methods(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}
    assert len(doors(app)) > 200
