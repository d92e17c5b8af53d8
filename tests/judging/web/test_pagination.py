"""Lists by page: whatever the address says, there is an answer in two queries."""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.units.models import Unit
from judging.web.pagination import Page, contains, paginate
from tests.factories.units import make_unit

NAMES = ("100%_甲", "100 乙", "a_c", "abc", "丁")


@pytest.fixture
def units(session: Session) -> None:
    for name, region in zip(NAMES, itertools.cycle(("420100", "420200")), strict=False):
        make_unit(session, name=name, region=region)


def page_of(app: Flask, session: Session, address: str, **values: Any) -> Page[Unit]:
    sorts = {"name": Unit.name, "place": (Unit.region, Unit.name)}
    with app.test_request_context(f"/{address}"):
        return paginate(session, sa.select(Unit), **{"sorts": sorts, "default": "name", "per_page": 2} | values)


def names(page: Page[Unit]) -> list[str]:
    return [unit.name for unit in page.items]


@pytest.mark.usefixtures("units")
def test_a_page_holds_its_part_and_knows_the_whole(app: Flask, session: Session) -> None:
    page = page_of(app, session, "?page=2&q=x&tag=1&tag=2")
    assert names(page) == ["a_c", "abc"]
    assert (page.total, page.page, page.pages, page.per_page) == (5, 2, 3, 2)
    assert page.args == {"q": "x", "tag": ["1", "2"]}


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0", 1),
        ("-1", 1),
        ("4", 3),
        ("999999", 3),
        ("9999999", 1),
        ("1.5", 1),
        ("²", 1),
        ("%00", 1),
        (";drop", 1),
        ("", 1),
    ],
)
def test_a_number_without_a_page_shows_the_nearest(app: Flask, session: Session, number: str, shown: int) -> None:
    assert page_of(app, session, f"?page={number}").page == shown


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("sort", ["", "password", "--name", "name;drop", "-", "name,place", "%00"])
def test_an_unknown_order_is_the_usual_one(app: Flask, session: Session, sort: str) -> None:
    assert names(page_of(app, session, f"?sort={sort}", per_page=9))[-1] in ("丁", "100 乙")
    assert len(page_of(app, session, f"?sort={sort}", per_page=9).items) == 5


@pytest.mark.usefixtures("units")
def test_an_order_may_be_turned_and_may_have_several_columns(app: Flask, session: Session) -> None:
    usual = names(page_of(app, session, "", per_page=9))
    assert names(page_of(app, session, "?sort=-name", per_page=9)) == usual[::-1]
    regions = [unit.region for unit in page_of(app, session, "?sort=-place", per_page=9).items]
    assert regions == sorted(regions, reverse=True)


def test_an_empty_list_has_one_empty_page(app: Flask, session: Session) -> None:
    page = page_of(app, session, "?page=3")
    assert (names(page), page.total, page.page, page.pages) == ([], 0, 1, 1)


@pytest.mark.usefixtures("units")
def test_a_page_takes_two_queries_whatever_its_length(app: Flask, session: Session, queries: list[str]) -> None:
    sent = []
    for length in (1, 5):
        queries.clear()
        page_of(app, session, "", per_page=length)
        sent.append(len(queries))
    assert sent == [2, 2]


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(
    ("typed", "found"),
    [("100%", ["100%_甲"]), ("_", ["100%_甲", "a_c"]), ("A_C", ["a_c"]), ("乙", ["100 乙"]), ("'; --", []), ("\\", [])],
)
def test_what_is_searched_means_itself(session: Session, typed: str, found: list[str]) -> None:
    assert sorted(session.scalars(sa.select(Unit.name).where(contains(typed, Unit.name)))) == sorted(found)
