"""A refused act shows the page it came from again, with the sentence and with everything that was typed."""

import logging
import re
from contextvars import Context
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from judging.web.links import safe_target

logger = logging.getLogger(__name__)
STATUSES = (400, 409, 422, 429)
SECRET = ("csrf_token", "password", "again", "present")
_KEY = "judging.refusal"
_CODE = re.compile(r"[\w.:/-]*", re.ASCII)  # ids, numbers, choices: no words of a person


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and what the person had typed."""

    sentence: str
    action: str  # where the form was sent
    back: str  # the page on which it stood; empty when that is not known
    values: list[tuple[str, str]]
    has_files: bool

    @property
    def words(self) -> list[str]:
        """Return what a person has written, without choices and numbers."""
        return list(dict.fromkeys(value for _name, value in self.values if not _CODE.fullmatch(value)))

    @property
    def for_script(self) -> dict[str, Any]:
        """Return what the script needs to put the values back."""
        return {key: value for key, value in asdict(self).items() if key in ("action", "back", "values")}


def refusal_of(sentence: str) -> Refusal | None:
    """Return what this request had posted, for the page that says why it was refused."""
    if request.method != "POST":
        return None
    action = request.script_root + request.full_path.rstrip("?")
    try:
        values = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET]
        has_files = any(file.filename for file in request.files.values())
    except HTTPException:  # too large to be read, or cut off
        values, has_files = [], False
    return Refusal(sentence, action, came_from(), values, has_files)


def page_again(status: int, refusal: Refusal) -> Response | None:
    """Return the page of the form with the refusal on it, or None when there is no such page to show."""
    if status not in STATUSES or not refusal.back:
        return None
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # An empty context: that page has its own nonce, edition, grants and database session.
    found = Context().run(_ask, app, _environment(refusal))
    if found is None:
        return None
    response, remembered = found
    session.clear()
    session.update(remembered)  # its messages have been shown, its token is the one in the forms
    response.status_code = status
    return response


def _ask(app: Flask, environ: dict[str, Any]) -> tuple[Response, dict[str, Any]] | None:
    with app.request_context(environ):
        try:
            response = app.full_dispatch_request()
        except Exception:
            logger.exception("the page of a refused act could not be shown")
            return None
        if response.status_code != 200 or response.mimetype != "text/html":
            response.close()
            return None
        response.get_data()
        response.headers.remove("Set-Cookie")
        return response, dict(session)


def _environment(refusal: Refusal) -> dict[str, Any]:
    parts = urlsplit(refusal.back)
    names = ("Cookie", "User-Agent", "Accept-Language")
    builder = EnvironBuilder(
        path=parts.path.removeprefix(request.script_root),
        query_string=parts.query,
        base_url=request.root_url,
        headers=[(name, request.headers[name]) for name in names if name in request.headers],
        environ_base={"REMOTE_ADDR": request.remote_addr, _KEY: refusal},
    )
    return dict(builder.get_environ())


def came_from() -> str:
    """Return the page of ours from which a form was sent."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return ""
    target = safe_target(parts.path + (f"?{parts.query}" if parts.query else ""))
    return target if target and target.startswith(request.script_root) else ""


def refused() -> Refusal | None:
    """Return what has just been refused, when this page is shown again because of it."""
    found: Refusal | None = request.environ.get(_KEY)
    return found


def init_app(app: Flask) -> None:
    """Let the layouts show it."""
    app.jinja_env.globals["refused"] = refused
