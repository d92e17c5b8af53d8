"""The base of all forms: typed, tidy, and never losing what was typed."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from judging.foundation.spreadsheets import tidy

MAX_TEXT = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def clean(value: Any) -> Any:
    """Compose characters (NFC) and take surrounding space away; anything but text passes."""
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


def narrow(value: Any) -> Any:
    """Turn full-width letters and digits into plain ones and drop all spaces: for codes, numbers, phones."""
    return re.sub(r"\s", "", tidy(value)) if isinstance(value, str) else value


def lower(value: Any) -> Any:
    """Like narrow, in lower case: for user names and addresses."""
    narrowed = narrow(value)
    return narrowed.lower() if isinstance(narrowed, str) else narrowed


class Form(FlaskForm):  # type: ignore[misc]  # the form library is untyped; this class hides it
    """A form with CSRF whose texts are cleaned, and which knows the version of what it edits."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Bind `clean` to every text field."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Add the filter that all texts share."""
            if issubclass(unbound_field.field_class, StringField):
                own = unbound_field.kwargs.get("filters", ())
                unbound_field.kwargs["filters"] = (*[f for f in own if f is not clean], clean)
            if isinstance(pairs := unbound_field.kwargs.get("choices"), list):
                unbound_field.kwargs["choices"] = lambda: (
                    pairs
                )  # pairs given directly are deprecated; a callable is not
            return unbound_field.bind(form=form, **options)

    def validate(self, extra_validators: dict[str, list[Callable[..., None]]] | None = None) -> bool:
        """Check all fields, and that no text is endless or holds characters nobody can see."""
        valid: bool = super().validate(extra_validators=extra_validators)
        for field in self:
            valid = _sound_text(field) and valid
        return valid

    @property
    def first_error(self) -> str:
        """Return the first sentence that is wrong with the form, for answers without a page."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


def _sound_text(field: Field) -> bool:
    if not isinstance(field, StringField) or not isinstance(field.data, str):
        return True
    limited = any(isinstance(validator, Length) for validator in field.validators)
    if _CONTROL.search(field.data):
        field.errors = [*field.errors, gettext("Please remove the invisible control characters (often from copying).")]
    elif not limited and len(field.data) > MAX_TEXT:
        field.errors = [*field.errors, gettext("Please shorten this to at most %(max)s characters.", max=MAX_TEXT)]
    elif not isinstance(field, TextAreaField | HiddenField) and "\n" in field.data:
        field.data = " ".join(field.data.split())
        return True
    else:
        return True
    return False


class VersionedForm(Form):
    """A form of a row that several people may edit: it remembers which version its page showed."""

    version = HiddenField()

    @property
    def seen_version(self) -> int | None:
        """Return the version the page showed, or None when it is missing or no number."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


class ReasonForm(Form):
    """An act that needs nothing but a reason (the confirm sheet posts it)."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        validators=[Length(min=2, max=1000, message=lazy_gettext("Please give a reason (2 to 1,000 characters)."))],
    )


class ActForm(Form):
    """An act that needs no words, only a sound CSRF token."""


def required_text(message: Any = None) -> Callable[[Any, Field], None]:
    """Validate that something other than space was typed."""

    def check(_form: Any, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(message or gettext("Please fill this in.")))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check
