"""How values look on the page."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask, g
from flask_babel import force_locale

from judging.editions.models import Edition
from judging.web import filters

EVENING = datetime(2022, 6, 30, 17, 5, tzinfo=UTC)  # the next morning in China


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def test_a_moment_is_told_in_chinas_time_and_in_chinese() -> None:
    with force_locale("zh_Hans_CN"):
        assert filters.format_date(EVENING) == "2022年7月1日"
        assert filters.format_datetime(EVENING) == "2022年7月1日 01:05"
        assert filters.format_weekday_datetime(EVENING).startswith("2022年7月1日（")
        assert filters.format_weekday_datetime(EVENING).endswith("）01:05")


def test_a_moment_is_told_in_english() -> None:
    with force_locale("en"):
        assert filters.format_date(EVENING) == "1 Jul 2022"
        assert filters.format_datetime(EVENING) == "1 Jul 2022 01:05"
        assert filters.format_weekday_datetime(EVENING) == "Fri 1 Jul 2022 01:05"


def test_a_moment_is_told_in_the_zone_of_its_edition() -> None:
    g.edition = Edition(timezone="America/New_York")
    with force_locale("en"):
        assert filters.format_datetime(EVENING) == "30 Jun 2022 13:05"


def test_a_day_is_the_same_day_in_every_zone() -> None:
    g.edition = Edition(timezone="America/New_York")
    with force_locale("en"):
        assert filters.format_date(date(2022, 6, 30)) == "30 Jun 2022"


def test_nothing_looks_like_nothing() -> None:
    told = (filters.format_date, filters.format_datetime, filters.format_weekday_datetime, filters.plain_number)
    assert [look(None) for look in told] == [""] * 4
    assert (filters.format_points(None), filters.mask_phone(None), filters.mask_phone("")) == ("–", "", "")


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "0 B"), (0, "0 B"), (1023, "1023 B"), (2048, "2 KB"), (5 << 20, "5.0 MB"), (3 << 30, "3.0 GB")],
)
def test_a_size_is_told_in_the_unit_that_fits(size: int | None, text: str) -> None:
    assert filters.format_filesize(size) == text


@pytest.mark.parametrize(("value", "text"), [(Decimal("2.675"), "2.68"), (2.675, "2.68"), (0.5, "0.50"), (-1, "-1.00")])
def test_a_score_is_rounded_half_up(value: Decimal | float, text: str) -> None:
    assert filters.format_points(value) == text


@pytest.mark.parametrize(("value", "text"), [("15.000000", "15"), ("8.50", "8.5"), ("100", "100"), ("0.000", "0")])
def test_a_number_carries_no_needless_zeros(value: str, text: str) -> None:
    assert filters.plain_number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("phone", "shown"), [("13812341234", "138****1234"), ("02787654321", "027****4321"), ("12345", "****")]
)
def test_a_phone_is_shown_in_part(phone: str, shown: str) -> None:
    assert filters.mask_phone(phone) == shown
