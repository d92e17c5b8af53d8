"""Forms that save themselves, uploads, sheets and lists."""

from collections.abc import Iterator

import pytest
from flask import jsonify
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Server, accepted

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scripts")]


def test_a_changed_field_is_saved_with_its_version(tab: Page, server: Server) -> None:
    tab.goto("/page/form")
    tab.fill("#title", "Quieter cranes")
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    tab.check("[name=agreed]")
    expect(tab.locator("[name=version]")).to_have_value("6")
    assert [(save["field"], save["value"], save["version"]) for save in server.saves] == [
        ("title", "Quieter cranes", 4),
        ("agreed", True, 5),
    ]


def test_a_conflict_keeps_what_was_typed(tab: Page, server: Server) -> None:
    server.answer = lambda change: (jsonify(message="Wang has just changed this.", version=9), 409)
    tab.goto("/page/form")
    tab.fill("#title", "Mine")
    expect(tab.locator("[data-save-state]")).to_have_text("Wang has just changed this.")
    expect(tab.locator("#title")).to_have_value("Mine")
    server.answer = accepted
    tab.fill("#title", "Mine, after all")
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    assert server.saves[-1]["version"] == 9


def test_a_failing_server_is_asked_again(tab: Page, server: Server) -> None:
    answers: Iterator[int] = iter([503, 502])
    server.answer = lambda change: ("", failure) if (failure := next(answers, 0)) else accepted(change)
    tab.goto("/page/form")
    tab.fill("#title", "Quieter cranes")
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "saved", timeout=15_000)
    assert len({save["key"] for save in server.saves}) == 1


def test_an_error_is_laid_on_its_field(tab: Page, server: Server) -> None:
    server.answer = lambda change: jsonify(
        saved_at="2022-06-30T06:32:00+00:00", version=5, missing=["title"], errors={"title": "Please give a title."}
    )
    tab.goto("/page/form")
    tab.fill("#title", " ")
    expect(tab.locator("#title-error")).to_have_text("Please give a title.")
    expect(tab.locator("#title")).to_have_attribute("aria-invalid", "true")
    expect(tab.locator("[data-field=title]")).to_have_class("field is-wrong is-missing")


def test_a_refused_upload_says_why(tab: Page) -> None:
    tab.goto("/page/form")
    tab.set_input_files("input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"text"})
    expect(tab.locator("[data-refusal]")).to_contain_text("This is not a PDF.")


def test_a_file_too_large_is_not_sent(tab: Page) -> None:
    tab.goto("/page/form")
    tab.set_input_files("input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%" * 1001})
    expect(tab.locator("[data-refusal]")).to_contain_text("This file is larger than 1000 B")


def test_an_uploaded_file_takes_its_place(tab: Page) -> None:
    tab.goto("/page/form")
    tab.set_input_files("input[type=file]", {"name": "r.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    expect(tab.locator("#done")).to_have_text("r.pdf")


def test_a_sheet_takes_the_ticked_rows_and_the_reason_along(tab: Page, server: Server) -> None:
    tab.goto("/page/list")
    tab.check("[name=ids][value='1']")
    tab.check("[name=ids][value='3']")
    tab.get_by_role("button", name="Accept entries").click()
    expect(tab.locator("[data-chosen]")).to_have_text("2 chosen")
    tab.fill("[name=reason]", "Complete.")
    tab.get_by_role("dialog").get_by_role("button", name="Accept entries").click()
    tab.get_by_text("received").wait_for()
    assert (server.posts[0]["ids"], server.posts[0]["reason"]) == (["1", "3"], ["Complete."])


def test_a_sheet_without_rows_asks_for_them(tab: Page) -> None:
    tab.goto("/page/list")
    tab.get_by_role("button", name="Accept entries").click()
    expect(tab.locator("#toasts")).to_contain_text("Please tick the rows first.")


def test_a_list_is_put_in_order_by_keyboard(tab: Page, server: Server) -> None:
    tab.goto("/page/list")
    tab.get_by_role("button", name="Move down").first.press("Enter")
    expect(tab.locator("[data-said]")).to_have_text("Now in place 2")
    tab.get_by_role("button", name="Save the order").click()
    tab.get_by_text("received").wait_for()
    assert server.posts[0]["order"] == ["2", "1", "3"]


def test_a_hidden_column_stays_hidden(tab: Page) -> None:
    tab.goto("/page/list")
    tab.get_by_text("Columns").click()
    tab.get_by_label("State").uncheck()
    tab.reload()
    expect(tab.get_by_role("columnheader", name="State")).to_have_count(0)


def test_a_table_becomes_cards_on_a_phone(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto("/page/list")
    expect(tab.locator("tbody td").last).to_have_attribute("data-label", "State")
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
