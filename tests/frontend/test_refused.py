"""A refused act: the page comes back with the sentence, and what was typed is where it was typed."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scripts")]
SENTENCE = "Judging has begun; please ask the chair."


def _refuse(tab: Page) -> None:
    tab.goto("/page/refusals?sort=title")
    tab.locator("table input[name=ids][value='2']").check()
    tab.get_by_role("button", name="Give back").click()
    sheet = tab.get_by_role("dialog", name="Give the sheets back?")
    sheet.get_by_label("Reason").fill("One mark was mistyped,\nas the judge says.")
    sheet.get_by_label("How soon").select_option("later")
    sheet.get_by_label("tell the judge").check()
    sheet.get_by_role("button", name="Give back").click()


def test_the_sheet_opens_again_with_all_that_was_typed(tab: Page) -> None:
    _refuse(tab)
    sheet = tab.get_by_role("dialog", name="Give the sheets back?")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("alert")).to_contain_text(SENTENCE)
    expect(sheet.get_by_label("Reason")).to_have_value("One mark was mistyped,\nas the judge says.")
    expect(sheet.get_by_label("How soon")).to_have_value("later")
    expect(sheet.get_by_label("tell the judge")).to_be_checked()
    expect(sheet.locator("input[name=ids]")).to_have_value("2")
    expect(tab.locator("#other")).to_be_hidden()


def test_the_page_is_the_one_it_came_from(tab: Page) -> None:
    _refuse(tab)
    expect(tab).to_have_url("/page/refusals?sort=title")
    tab.keyboard.press("Escape")
    expect(tab.locator("main [data-refused]")).to_contain_text(SENTENCE)
    expect(tab.locator("table input[name=ids][value='2']")).to_be_checked()


def test_a_plain_form_gets_its_words_back(tab: Page) -> None:
    tab.goto("/page/refusals")
    tab.get_by_label("Title", exact=True).fill("Quieter <cranes>")
    tab.get_by_role("button", name="Send").click()
    expect(tab.get_by_label("Title", exact=True)).to_have_value("Quieter <cranes>")
    expect(tab.locator("[data-refused]")).to_be_focused()
    expect(tab.get_by_role("dialog")).to_have_count(0)
