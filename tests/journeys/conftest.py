"""A real server, a real browser: Debian's Chromium on the application as it is served."""

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page
from waitress import create_server

from judging.app import create_app
from judging.config import Settings
from judging.foundation import clock, db
from judging.foundation.jobs import Worker
from tests.chromium import findings, with_axe
from tests.conftest import QUICK

IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[A-Za-z0-9_-]{12,}$")
# What a look takes in: how much wider than the screen the page is, what it shows, and the frame around it.
LOOK = """() => [
  document.documentElement.scrollWidth - document.documentElement.clientWidth,
  ["dialog[open]", ".is-wrong, .is-invalid", ".empty", "tbody tr", ".notice", "form[method=post]", "canvas"]
    .map(one => document.querySelector(one) !== null),
  [...document.querySelectorAll(".desk-bar, .desk-side")].map(part => part.outerHTML).join("")
    .replace(/ (href|action|value|aria-current)="[^"]*"/g, ""),
]"""
FRAME = (".desk-bar", ".desk-side")
# What is said of a page that goes on just now: its context is gone, or it has no root yet.
LEAVING = ("context was destroyed", "null (reading 'scrollWidth')")


class Site:
    """The application, served on a free port of this machine."""

    def __init__(self, folder: Path, prepare: Callable[[Flask], None]) -> None:
        settings = Settings.in_folder(folder, secret_key="journey", **QUICK)
        self.app = create_app(settings)
        with self.app.app_context():
            db.Model.metadata.create_all(db.extension.engine)
        prepare(self.app)
        self.server = create_server(with_axe(self.app), host="127.0.0.1", port=0, threads=8, ident=None)
        self.url = f"http://127.0.0.1:{self.server.effective_port}"
        self.worker = Worker(self.app, pause=0.2)
        self._thread = threading.Thread(target=self.server.run, daemon=True)

    def start(self) -> "Site":
        """Serve in the background."""
        self._thread.start()
        self.worker.start()
        return self

    def stop(self) -> None:
        """End the server and the worker."""
        self.worker.stop()
        self.worker.join(timeout=10)
        self.server.close()


class Examined:
    """Which pages and frames axe has seen in which state and width, by whichever worker of this run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def is_new(self, *what: object) -> bool:
        """Say whether this is seen for the first time, and note that it has been."""
        try:
            (self.folder / hashlib.sha256(repr(what).encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


@pytest.fixture(scope="session", autouse=True)
def _examined(tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp()
    Visitor.examined = Examined((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "examined")


class Visitor:
    """A person at a browser who notices everything that is wrong with a page."""

    examined: ClassVar[Examined]

    def __init__(self, browser: Browser, site: Site, *, phone: bool = False) -> None:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        self.context: BrowserContext = browser.new_context(
            base_url=site.url,
            viewport=size,
            has_touch=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.site, self.wrong, self.offline = site, list[str](), False
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        # Refused forms; a PDF that people sent may lack its fonts.
        expected = ["422", "409", "Cannot load system font"] + ["ERR_INTERNET_DISCONNECTED"] * self.offline
        if message.type in ("error", "warning") and not any(word in message.text for word in expected):
            self.wrong.append(f"console {message.type} on {self.page.url}: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.wrong.append(f"foreign request: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status} from {response.url}")

    def go(self, path: str) -> Page:
        """Open a page and look at it."""
        self.page.goto(path)
        self.look()
        return self.page

    def look(self) -> None:
        """Check the page for what axe finds, and that nothing runs out of a phone's width."""
        try:
            self._look()
        except Error as error:
            if not any(sign in error.message for sign in LEAVING):
                raise
            self.page.wait_for_load_state()  # a page of running work went on to its result meanwhile
            self._look()

    def _look(self) -> None:
        beyond, state, frame = self.page.evaluate(LOOK)
        if beyond > 1:
            self.wrong.append(f"{self.page.url} is {beyond}px wider than the screen")
        width = (self.page.viewport_size or {}).get("width")
        if self.examined.is_new(IDS.sub("*", urlsplit(self.page.url).path), width, state):  # else no news for axe
            self.wrong += findings(self.page, *(() if self.examined.is_new(frame, width) else FRAME))

    def set_offline(self, offline: bool) -> None:
        """Break the line, or mend it; that requests fail meanwhile is no news, and may be said late."""
        self.offline = True
        self.context.set_offline(offline)

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in by the page."""
        self.go("/account/sign-in")
        self.page.fill("[name=identity]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()
        return self.page

    def fill(self, **values: str | bool | list[str]) -> None:
        """Fill fields of the page by their names: text, choices, ticks (True or the ticked values)."""
        for name, value in values.items():
            self._put(self.page.locator(f'main [name="{name}"]:not([type=hidden], dialog *)'), value)

    def _put(self, fields: Locator, value: str | bool | list[str]) -> None:
        first = fields.first
        kind = first.evaluate("field => field.type")
        if kind == "select-one":
            first.select_option(value)
        elif kind in ("radio", "checkbox") and not isinstance(value, bool):
            for one in [value] if isinstance(value, str) else value:
                fields.and_(self.page.locator(f'[value="{one}"]')).check()
        elif kind == "checkbox":
            first.set_checked(value)
        else:
            first.fill(str(value))

    def save(self, **values: str | bool | list[str]) -> Page:
        """Fill the page's form and press its main button."""
        self.fill(**values)
        return self.press('main .form-actions button.btn-primary[type="submit"]')

    def press(self, selector: str, *, refused: bool = False) -> Page:
        """Press a button that leads to another page, and look at that; `refused` when the form shall come back."""
        button = self.page.locator(selector).first
        with self.page.expect_navigation() as arrived:
            button.click()
        answer = arrived.value
        assert answer is not None
        assert (answer.status >= 400) is refused, f"{answer.status} at {self.page.url}: {self.words()}"
        self.look()
        return self.page

    def act(self, address: str, *, within: str = "main", reason: str = "", **values: str | bool | list[str]) -> Page:
        """Do what a button does whose form posts to an address ending in `address`, through its sheet if it has one."""
        form = self.page.locator(f'{within} form[method="post"][action$="{address}"]').first
        sheet = form.evaluate("form => form.closest('dialog')?.id || ''")
        words = {"reason": reason} | values if reason else values
        if not sheet:
            for name, value in words.items():
                self._put(form.locator(f'[name="{name}"]:not([type=hidden])'), value)
            return self.press(f'{within} form[method="post"][action$="{address}"] button[type="submit"]')
        self.page.click(f'[data-confirm="{sheet}"]')
        self.look()
        for name, value in words.items():
            self._put(self.page.locator(f'dialog[open] [name="{name}"]'), value)
        return self.press('dialog[open] button[type="submit"]')

    def follow(self, selector: str) -> Page:
        """Follow a link of the page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()
        return self.page

    def tab_to(self, selector: str, most: int = 80) -> None:
        """Go on by the tab key alone until something has the focus."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("sought => document.activeElement.matches(sought)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by the tab key")

    def enter(self) -> Page:
        """Press Enter on what has the focus and leads to another page, and look at that."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()
        return self.page

    def words(self) -> str:
        """Return what the page says."""
        return self.page.locator("main").inner_text()


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Serve a site in its own folder; afterwards the clock is that of the wall again."""
    sites: list[Site] = []

    def open_(prepare: Callable[[Flask], None]) -> Site:
        sites.append(Site(tmp_path / f"site{len(sites)}", prepare).start())
        return sites[-1]

    yield open_
    for site in sites:
        site.stop()
    clock.pretend(datetime.now(UTC))


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open browsers on a site; at the end none may have seen anything wrong."""
    visitors: list[Visitor] = []

    def open_(site: Site, *, phone: bool = False) -> Visitor:
        visitors.append(Visitor(browser, site, phone=phone))
        return visitors[-1]

    yield open_
    for visitor in visitors:
        visitor.context.close()
    assert [line for visitor in visitors for line in visitor.wrong] == []
