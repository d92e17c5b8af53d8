"""Forms keep what people type, tidied, and refuse what nobody can see."""

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from judging.web.forms import MAX_TEXT, Form, ReasonForm, VersionedForm, lower, narrow, required_text

HIDDEN = "Please remove the invisible control characters (often from copying)."


class EntryForm(VersionedForm):
    title = StringField("title", validators=[required_text(), Length(max=20)])
    phone = StringField("phone", filters=[narrow])
    email = StringField("email", filters=[lower])
    abstract = TextAreaField("abstract")


@pytest.fixture(autouse=True)
def words(app: Flask) -> Iterator[None]:
    """A request in English."""
    with app.test_request_context(), force_locale("en"):
        yield


def filled(**typed: str) -> EntryForm:
    return EntryForm(MultiDict({"title": "降本"} | typed))


def errors(form: Form) -> Mapping[str, list[str]]:
    form.validate()
    return {name: [str(error) for error in found] for name, found in form.errors.items()}


def test_what_is_typed_is_composed_and_trimmed() -> None:
    form = filled(title=" e\u0301t\xe9 ", phone="１３８ ００００\u3000１２３４", email=" Zhou@Example.CN")
    assert errors(form) == {}
    assert (form.title.data, form.phone.data, form.email.data) == ("ét\xe9", "13800001234", "zhou@example.cn")


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x1b", "\x7f", "\uffff"])
def test_a_character_that_nobody_can_see_is_refused_and_what_was_typed_is_kept(char: str) -> None:
    form = filled(abstract=f"前{char}后")
    assert errors(form) == {"abstract": [HIDDEN]}
    assert form.abstract.data == f"前{char}后"


def test_line_breaks_stay_in_a_long_text_and_become_spaces_in_a_line() -> None:
    form = filled(title="降低\n成本", abstract="一\r\n二\t三")
    assert errors(form) == {}
    assert (form.title.data, form.abstract.data) == ("降低 成本", "一\r\n二\t三")


def test_an_endless_text_is_refused() -> None:
    assert errors(filled(abstract="长" * MAX_TEXT)) == {}
    assert errors(filled(abstract="长" * (MAX_TEXT + 1))) == {
        "abstract": ["Please shorten this to at most 10000 characters."]
    }


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "\n"])
def test_space_is_not_an_answer(typed: str) -> None:
    assert errors(filled(title=typed)) == {"title": ["Please fill this in."]}


def test_a_required_field_says_so_to_the_browser() -> None:
    assert EntryForm().title.flags.required


@pytest.mark.parametrize(
    ("sent", "seen"), [("3", 3), ("", None), ("-1", None), ("1e9", None), ("9" * 12, None), ("²", None), ("x", None)]
)
def test_a_version_is_a_number_or_nothing(sent: str, seen: int | None) -> None:
    assert filled(version=sent).seen_version == seen


def test_a_reason_is_more_than_one_letter() -> None:
    assert [ReasonForm(MultiDict({"reason": text})).validate() for text in ("", " a ", "有误")] == [False, False, True]


def test_the_first_error_is_told_where_there_is_no_page() -> None:
    form = filled(title="")
    form.validate()
    assert form.first_error == "Please fill this in."
    assert filled().first_error == ""
