"""Pages that belong to no stage: the language and the pulse of the server."""

from urllib.parse import urlsplit

from flask import Blueprint, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from judging.foundation import db
from judging.foundation.errors import NotFound
from judging.web.access import public
from judging.web.links import safe_target

LOCALES = ("zh_Hans_CN", "en")
blueprint = Blueprint("web", __name__)


@blueprint.get("/language/<locale>")
@public
def set_locale(locale: str) -> ResponseReturnValue:
    """Remember the language in the session and go back to the page."""
    if locale not in LOCALES:
        raise NotFound
    session["locale"] = locale
    referrer = urlsplit(request.referrer or "")
    back = referrer.path + (f"?{referrer.query}" if referrer.query else "")
    return redirect(safe_target(request.args.get("next") or back) or url_for("dashboard.front"))


@blueprint.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Say that the server and its database answer."""
    db.session().connection()
    return jsonify(ok=True)
