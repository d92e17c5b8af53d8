"""The score sheet: nothing typed is lost, and "saved" is the truth."""

import pytest
from flask import jsonify
from playwright.sync_api import Page, expect

from tests.frontend.conftest import Server, accepted

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scripts")]


def saved(tab: Page) -> None:
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "saved")


def test_a_mark_is_saved_and_summed_at_once(tab: Page, server: Server) -> None:
    tab.goto("/page/ballot")
    tab.click("[data-criterion=effect] [data-mark='20']")
    saved(tab)
    assert server.fields() == [("mark-effect", "20")]
    expect(tab.locator("[data-sum]")).to_have_text("32.5")


def test_the_submit_button_opens_when_every_mark_is_saved(tab: Page, server: Server) -> None:
    tab.goto("/page/ballot")
    expect(tab.locator("[data-submit]")).to_be_disabled()
    tab.fill("#mark-effect", "20")
    saved(tab)
    expect(tab.locator("[data-submit]")).to_be_enabled()


def test_marks_typed_without_connection_arrive_in_order_when_it_returns(tab: Page, server: Server) -> None:
    tab.goto("/page/ballot")
    tab.context.set_offline(True)
    tab.fill("#mark-topic", "9")
    tab.fill("#mark-effect", "20")
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "offline")
    expect(tab.locator("[data-submit]")).to_be_disabled()
    tab.context.set_offline(False)
    saved(tab)
    assert server.fields() == [("mark-topic", "9"), ("mark-effect", "20")]
    assert server.saves[0]["sequence"] < server.saves[1]["sequence"]


def test_an_unconfirmed_mark_survives_a_reload(tab: Page, server: Server) -> None:
    server.answer = lambda change: ("", 503)
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.goto("/page/ballot")
    tab.fill("#mark-effect", "21")
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "retrying")
    key = server.saves[0]["key"]
    server.answer = accepted
    server.saves.clear()
    tab.reload()
    expect(tab.locator("#mark-effect")).to_have_value("21")
    saved(tab)
    assert {(save["key"], save["value"]) for save in server.saves} == {(key, "21")}


def test_a_mark_out_of_range_is_refused_at_its_criterion(tab: Page, server: Server) -> None:
    tab.goto("/page/ballot")
    tab.fill("#mark-effect", "26")
    expect(tab.locator("#mark-effect-error")).to_have_text("Please give a mark from 0 to 25, in steps of 1.")
    expect(tab.locator("[data-save-state]")).to_have_attribute("data-state", "refused")
    assert server.saves == []


def test_full_width_digits_become_plain_ones(tab: Page, server: Server) -> None:
    tab.goto("/page/ballot")
    tab.fill("#mark-topic", "８。５")
    saved(tab)
    assert server.fields() == [("mark-topic", "8.5")]


def test_enter_leads_to_the_next_criterion(tab: Page) -> None:
    tab.goto("/page/ballot")
    tab.focus("#mark-topic")
    tab.keyboard.press("Enter")
    expect(tab.locator("#mark-effect")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("#comment")).to_be_focused()


def test_a_refusal_of_the_server_is_said_in_its_words(tab: Page, server: Server) -> None:
    server.answer = lambda change: (jsonify(message="This score sheet has been submitted."), 422)
    tab.goto("/page/ballot")
    tab.fill("#mark-effect", "20")
    expect(tab.locator("#mark-effect-error")).to_have_text("This score sheet has been submitted.")
    expect(tab.locator("[data-submit]")).to_be_disabled()
