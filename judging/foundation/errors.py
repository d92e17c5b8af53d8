"""Refusals: each has a name for us and a sentence for the user."""

from http import HTTPStatus

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString


class DomainError(Exception):
    """An act was refused. Subclasses state the sentence; ``%(name)s`` places are filled from keyword arguments."""

    message: LazyString = lazy_gettext("This is not possible now.")
    status: HTTPStatus = HTTPStatus.CONFLICT

    def __init__(self, **params: object) -> None:
        super().__init__()
        self.params = params

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


class NotFound(DomainError):
    """What was asked for does not exist, or not for this person: the two answer alike."""

    message = lazy_gettext("This page does not exist, or not for your account.")
    status = HTTPStatus.NOT_FOUND


class Forbidden(DomainError):
    """The person's roles do not allow this act."""

    message = lazy_gettext("Your account has no permission for this page.")
    status = HTTPStatus.FORBIDDEN


class StaleVersion(DomainError):
    """Somebody else saved the same thing in between."""

    message = lazy_gettext(
        "Somebody else has saved this in the meantime. Nothing was overwritten: "
        "please compare with the present state and save again."
    )
