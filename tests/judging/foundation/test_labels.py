"""Enumerations that carry their words."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from judging.foundation.labels import LabelEnum


class Light(LabelEnum):
    RED = "red", _l("Sign in")
    GREEN = "green", _l("Sign out")


def test_a_member_is_its_value_and_has_its_words(app: Flask) -> None:
    assert (Light.RED, str(Light.RED), Light("red")) == ("red", "red", Light.RED)
    with app.test_request_context():
        assert Light.choices() == [("red", Light.RED.label), ("green", Light.GREEN.label)]


def test_only_a_value_finds_its_member() -> None:
    assert [Light.of(text) for text in ("red", "RED", "", None, "blue")] == [Light.RED, None, None, None, None]
