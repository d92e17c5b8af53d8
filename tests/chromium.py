"""Debian's Chromium, one per process, and what axe finds in its pages."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--renderer-process-limit=1",
    "--disable-gpu",
)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_bytes()
AXE_ADDRESS = "/axe-core.js"
# What the page's own server sends is compiled once and then taken from Chromium's cache; the page's policy lets it in.
FIND = """async ([address, besides]) => {
  if (!window.axe) await new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), {src: address, onload: done, onerror: failed})
    document.head.append(script)
    script.remove()
  })
  const options = {resultTypes: ["violations"], iframes: false, preload: false}
  const found = await axe.run({exclude: besides.map(one => [one])}, options)
  return found.violations.map(one => [one.id, one.nodes.slice(0, 2).map(node => node.html.slice(0, 120)).join("; ")])
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; where its shell without windows is installed, that: it needs a quarter less."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "Debian's chromium is missing: make browser"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


def with_axe(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return the application with axe beside it, as a script from the same place."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != AXE_ADDRESS:
            return application(environ, start_response)
        kept = ("Cache-Control", "max-age=86400, immutable")
        start_response("200 OK", [("Content-Type", "text/javascript"), ("Content-Length", str(len(AXE))), kept])
        return [AXE]

    return answer


def findings(page: Page, *besides: str) -> list[str]:
    """Return what axe finds in a page, without the parts that are left out."""
    return [f"axe {rule} on {page.url}: {places}" for rule, places in page.evaluate(FIND, [AXE_ADDRESS, besides])]
