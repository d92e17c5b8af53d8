"""Refusals as pages or as JSON: a sentence and its status, never a trace, and nothing typed is lost."""

import logging
from http import HTTPStatus

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from judging.foundation import db
from judging.foundation.errors import DomainError, NotFound
from judging.web.again import page_again, refusal_of

logger = logging.getLogger(__name__)

SENTENCES = {
    400: lazy_gettext("The request could not be understood. Please go back and try again."),
    401: lazy_gettext("You are signed out. Please sign in again; what you typed is still on this page."),
    403: lazy_gettext("Your account has no permission for this page."),
    404: NotFound.message,
    405: lazy_gettext("This page cannot be used that way. Please go back."),
    413: lazy_gettext("This is larger than the server takes. Please make the file smaller and upload it again."),
    429: lazy_gettext("Too many attempts. Please wait a few minutes."),
}


def wants_json() -> bool:
    """Say whether the answer goes to a script of ours rather than to a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or request.headers.get("X-Requested-With") == "fetch" or best == "application/json"


def answer(status: int, sentence: str) -> ResponseReturnValue:
    """Return a refusal in the form the asker can use."""
    if wants_json():
        return jsonify(ok=False, message=sentence), status
    refusal = refusal_of(sentence)
    again = page_again(status, refusal) if refusal else None
    if again is not None:
        return again
    page = render_template(
        "errors/error.html", status=status, title=title_of(status), message=sentence, refusal=refusal
    )
    return page, status


def title_of(status: int) -> str:
    """Return a heading for a status."""
    titles = {
        403: gettext("No permission"),
        404: gettext("Not found"),
        409: gettext("Not possible now"),
        413: gettext("Too large"),
        500: gettext("Something went wrong"),
    }
    return str(titles.get(status, gettext("This did not work")))


def _refused(error: DomainError) -> ResponseReturnValue:
    db.session().rollback()
    return answer(int(error.status), str(error))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None:
        return error.get_response()
    if 300 <= error.code < 400:
        return error.get_response()
    return answer(error.code, str(SENTENCES.get(error.code, SENTENCES[400])))


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    sentence = gettext("The page was open for too long or cookies are blocked. Please reload it and try again.")
    return answer(HTTPStatus.BAD_REQUEST, sentence)


def _broken(error: Exception) -> ResponseReturnValue:
    logger.exception("unexpected failure at %s %s", request.method, request.path)
    try:
        db.session().rollback()
        if wants_json():
            return jsonify(ok=False, message=gettext("The server failed. Please try again in a moment.")), 500
        return make_response(render_template("errors/500.html"), 500)
    except Exception:
        logger.exception("the error page failed too")
        return Response(
            "服务器出错，请稍后再试。 The server failed, please try again later.", status=500, mimetype="text/plain"
        )


def init_app(app: Flask) -> None:
    """Register the answers."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    if not app.testing:
        app.register_error_handler(Exception, _broken)
