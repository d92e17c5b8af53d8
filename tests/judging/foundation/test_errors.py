"""Refusals speak in sentences."""

import pytest
from flask import Flask
from flask_babel import force_locale, lazy_gettext

from judging.foundation.errors import DomainError, Forbidden, NotFound, StaleVersion


class Full(DomainError):
    """There is no room left."""

    message = lazy_gettext("%(name)s has %(places)s places, 100%% taken.")


def test_a_refusal_fills_its_sentence(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert str(Full(name="A%s", places=3)) == "A%s has 3 places, 100% taken."


@pytest.mark.parametrize(
    ("refusal", "status"), [(NotFound, 404), (Forbidden, 403), (StaleVersion, 409), (DomainError, 409)]
)
def test_a_refusal_has_its_status(refusal: type[DomainError], status: int) -> None:
    assert refusal().status == status


def all_refusals(kind: type[DomainError] = DomainError) -> list[type[DomainError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in all_refusals(child))]


def test_every_refusal_of_every_stage_has_a_name_for_us_and_a_sentence_for_people(app: Flask) -> None:
    ours = [refusal for refusal in all_refusals() if refusal.__module__.startswith("judging.")]
    with app.test_request_context(), force_locale("en"):
        mute = [r.__qualname__ for r in ours if not r.__doc__ or not str(r.message).endswith((".", "?", "!", ")s"))]
    assert len(ours) > 50
    assert mute == []
