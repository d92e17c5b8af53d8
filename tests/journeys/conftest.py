"""A real server, a real browser: Debian's Chromium on the application as it is served."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress import create_server

from judging import migrate
from judging.app import create_app
from judging.config import Settings
from judging.foundation.jobs import Worker

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
IGNORED_RULES: dict[str, Any] = {}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    assert path, "Debian's chromium is missing: make browser"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


class Site:
    """The application, served on a free port of this machine."""

    def __init__(self, folder: Path, prepare: Callable[[Flask], None] | None = None) -> None:
        settings = Settings.in_folder(folder, secret_key="journey", argon2_time=1, argon2_memory_kib=64)
        migrate.upgrade(settings.database_url)
        self.app = create_app(settings)
        if prepare:
            prepare(self.app)
        self.server = create_server(self.app, host="127.0.0.1", port=0, threads=8, ident=None)
        self.url = f"http://127.0.0.1:{self.server.effective_port}"
        self.worker = Worker(self.app, pause=0.05)
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


class Visitor:
    """A person at a browser who notices everything that is wrong with a page."""

    def __init__(self, browser: Browser, site: Site, *, phone: bool = False) -> None:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        self.context: BrowserContext = browser.new_context(
            base_url=site.url, viewport=size, has_touch=phone, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.site, self.wrong = site, list[str]()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "422" not in message.text and "409" not in message.text:
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
        found = Axe().run(self.page)
        for violation in found.response["violations"]:
            places = "; ".join(node["html"][:120] for node in violation["nodes"][:2])
            self.wrong.append(f"axe {violation['id']} on {self.page.url}: {places}")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            self.wrong.append(f"{self.page.url} is {wide}px wider than the screen")

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in by the page."""
        self.go("/account/sign-in")
        self.page.fill("[name=identity]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_load_state()
        return self.page

    def close(self) -> None:
        """Leave; nothing may have been wrong."""
        self.context.close()
        assert self.wrong == []


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open browsers on a site; at the end none may have seen anything wrong."""
    visitors: list[Visitor] = []

    def open_(site: Site, *, phone: bool = False) -> Visitor:
        visitors.append(Visitor(browser, site, phone=phone))
        return visitors[-1]

    yield open_
    for visitor in visitors:
        visitor.close()
