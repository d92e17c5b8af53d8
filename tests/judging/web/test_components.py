"""What the components write, where a slip would not be seen at once."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from wtforms import Form, StringField
from wtforms.validators import DataRequired

from judging.foundation import clock


def rendered(app: Flask, source: str, address: str = "/", **values: object) -> str:
    with app.test_request_context(address):
        return " ".join(render_template_string(source, **values).split())


def test_a_page_address_keeps_every_argument_as_an_argument(app: Flask) -> None:
    source = '{% from "components/pager.html" import page_url %}{{ page_url(none, page=2, sort=none) }}'
    address = rendered(app, source, "/list?endpoint=x&_scheme=javascript&track=a&track=b&sort=code&q=压")
    assert address == "/list?endpoint=x&amp;_scheme=javascript&amp;track=a&amp;track=b&amp;q=%E5%8E%8B&amp;page=2"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "closed"), (59, "1 min left"), (7260, "2 h 1 min left"), (86400 * 3 + 3600 * 4, "3 d 4 h left")],
)
def test_the_time_left_is_said_in_words(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context("/"):
        from flask import session

        session["locale"] = "en"
        source = '{% from "components/deadline.html" import left %}{{ left(seconds) }}'
        assert render_template_string(source, seconds=seconds) == words


def test_an_error_is_tied_to_its_field(app: Flask) -> None:
    class UnitForm(Form):
        name = StringField("Name", [DataRequired("Please give the full name.")], description="As on the seal.")

    form = UnitForm()
    form.validate()
    html = rendered(app, '{% from "components/field.html" import field %}{{ field(form.name) }}', form=form)
    assert 'aria-describedby="name-hint name-error"' in html
    assert '<div class="field-error" id="name-error" data-error-for="name">' in html


def test_what_people_typed_is_escaped(app: Flask) -> None:
    source = '{% from "components/diff.html" import diff %}{{ diff([("Title", "<b>", "<i>")]) }}'
    html = rendered(app, source)
    assert "<del>&lt;b&gt;</del>" in html
    assert "<ins>&lt;i&gt;</ins>" in html


def test_a_save_of_today_shows_only_the_hour(app: Flask) -> None:
    source = '{% from "components/save_state.html" import save_state %}{{ save_state(at) }}'
    today, before = clock.now(), datetime(2022, 6, 30, 9, 0, tzinfo=UTC)
    assert "2022" not in rendered(app, source, at=today)
    assert "2022" in rendered(app, source, at=before - timedelta(days=1))
