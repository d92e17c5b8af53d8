"""A small server with the real layouts and components, and a browser that keeps everything it complains about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, ViewportSize
from werkzeug.serving import make_server

from judging import paths
from judging.foundation import clock
from judging.web import again, assets, filters, headers
from tests.chromium import with_axe

DESK: ViewportSize = {"width": 1440, "height": 900}
PAGES = Path(__file__).parent / "pages"
Answer = Callable[[dict[str, Any]], ResponseReturnValue]


def accepted(change: dict[str, Any]) -> ResponseReturnValue:
    """Say that the change is kept."""
    return jsonify(saved_at="2022-06-30T06:32:00+00:00", version=change["version"] + 1, missing=[], errors={})


@dataclass
class Server:
    """What arrived, and how to answer the next save."""

    url: str
    saves: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, list[str]]] = field(default_factory=list)
    answer: Answer = accepted

    def fields(self) -> list[tuple[str, Any]]:
        """Return what was saved, in order of arrival."""
        return [(save["field"], save["value"]) for save in self.saves]


def _application(server: Server, pdf: Path) -> Flask:
    app = Flask("judging", template_folder=str(paths.folder("templates")), static_folder=None)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(PAGES), FileSystemLoader(paths.folder("templates"))])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(SECRET_KEY="test", BABEL_DEFAULT_LOCALE="en")
    Babel(app)
    CSRFProtect(app)
    filters.init_app(app)
    headers.init_app(app)
    again.init_app(app)
    app.jinja_env.globals |= {"asset": assets.asset_url, "now": clock.now, "locale": "en"}

    @app.get("/page/<name>")
    def page(name: str) -> str:
        return render_template(f"{name}.html")

    @app.post("/save")
    def save() -> ResponseReturnValue:
        change = request.get_json()
        server.saves.append(change)
        return server.answer(change)

    @app.post("/upload")
    def upload() -> ResponseReturnValue:
        file = request.files["file"]
        if file.read(5) != b"%PDF-":
            return jsonify(ok=False, message="This is not a PDF. Please save it as a PDF and upload it again."), 422
        return jsonify(ok=True, message="The report has arrived.", html=f"<p id='done'>{file.filename}</p>")

    @app.post("/post")
    def post() -> ResponseReturnValue:
        server.posts.append(request.form.to_dict(flat=False))
        return "<!doctype html><title>received</title><p>received</p>"

    @app.post("/refuse")
    def refuse() -> ResponseReturnValue:
        refusal = again.refusal_of("Judging has begun; please ask the chair.")
        assert refusal is not None
        page = again.page_again(409, refusal)
        assert page is not None
        return page

    @app.get("/blank")
    def blank() -> str:
        return "<!doctype html><title>blank</title>"

    @app.get("/report.pdf")
    def report() -> ResponseReturnValue:
        return Response(pdf.read_bytes(), mimetype="application/pdf")

    @app.get("/static/<path:filename>")
    def static(filename: str) -> ResponseReturnValue:
        # Whole files: a tab closed in the middle of a stream would leave one open.
        answer = Response((assets.DIST.parent / filename).read_bytes(), mimetype=guess_type(filename)[0])
        answer.cache_control.max_age = 3600
        return answer

    return app


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from pypdfium2 import PdfDocument

    pdf = tmp_path_factory.mktemp("front") / "report.pdf"
    document = PdfDocument.new()
    for _ in range(12):
        document.new_page(595, 842)
    document.save(pdf)
    document.close()
    server = Server("")
    http = make_server("127.0.0.1", 0, with_axe(_application(server, pdf)), threaded=True)
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever)
    thread.start()
    yield server
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def server(_running: Server) -> Server:
    """The server, with nothing received yet and a friendly answer for everything."""
    _running.saves.clear()
    _running.posts.clear()
    _running.answer = accepted
    return _running


@pytest.fixture(scope="package")
def _window(browser: Browser, _running: Server) -> Iterator[Page]:
    """One tab for all tests: opening a new one costs more than most tests."""
    context = browser.new_context(base_url=_running.url, viewport=DESK, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def tab(_window: Page, server: Server) -> Iterator[Page]:
    """A tab that remembers nothing; a script error, a broken policy or a foreign request fails the test."""
    page, wrong = _window, list[str]()

    def failed(error: Error) -> None:
        wrong.append(str(error))

    def said(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            wrong.append(line.text)

    def asked(sent: Request) -> None:
        if not sent.url.startswith((server.url, "blob:", "data:")):
            wrong.append(sent.url)

    heard = {"pageerror": failed, "console": said, "request": asked}
    for event, hear in heard.items():
        page.on(event, hear)  # type: ignore[call-overload]
    yield page
    page.context.set_offline(False)
    page.unroute_all()
    page.set_viewport_size(DESK)
    page.goto("/blank")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    for event, hear in heard.items():
        page.remove_listener(event, hear)
    assert wrong == []
