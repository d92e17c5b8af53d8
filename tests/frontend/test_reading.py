"""The PDF inside the page, the charts, the tabs; and what a screen reader finds."""

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import findings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scripts")]


def test_only_the_pages_near_the_eye_are_drawn(tab: Page) -> None:
    tab.goto("/page/reading")
    expect(tab.locator(".pdf-page")).to_have_count(12)
    expect(tab.locator(".pdf-page").first.locator("canvas")).to_be_visible()
    expect(tab.locator(".pdf-page").last.locator("canvas")).to_have_count(0)
    expect(tab.locator("[data-pages]")).to_have_text("Page 1 of 12")


def test_a_missing_file_says_so(tab: Page) -> None:
    tab.route("**/report.pdf", lambda route: route.fulfill(status=404))
    tab.goto("/page/reading")
    expect(tab.locator("[data-state]")).to_contain_text("The file could not be shown.")
    expect(tab.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize("kind", ["strip", "interval", "histogram", "progress", "bars"])
def test_a_chart_is_drawn(tab: Page, kind: str) -> None:
    tab.goto("/page/reading")
    tab.locator(f"[data-chart={kind}]").scroll_into_view_if_needed()
    expect(tab.locator(f"[data-chart={kind}] svg path").first).to_be_attached()


def test_tabs_show_one_part_on_a_phone_and_both_on_a_desk(tab: Page) -> None:
    tab.goto("/page/reading")
    expect(tab.locator("[data-panel=figures]")).to_be_visible()
    tab.set_viewport_size({"width": 390, "height": 800})
    expect(tab.locator("[data-panel=figures]")).to_be_hidden()
    tab.get_by_role("tab", name="Figures").click()
    expect(tab.locator("[data-panel=figures]")).to_be_visible()
    expect(tab.locator("[data-panel=paper]")).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", ["ballot", "form", "list", "reading"])
def test_axe_finds_nothing(tab: Page, name: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"/page/{name}")
    expect(tab.locator("html.js")).to_be_attached()
    assert findings(tab) == []
