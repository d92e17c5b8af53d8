"""Forms of this stage. Marks are read by rules.py: their words name the criterion."""

from typing import Any

from flask import request
from wtforms import SelectMultipleField

from judging.web.forms import ActForm


class RemindForm(ActForm):
    """Which judges are reminded."""

    ids = SelectMultipleField(validate_choice=False)


def typed_fields() -> dict[str, str]:
    """Return what stands in the posted sheet, by field name."""
    return {name: value for name, value in request.form.items() if name.startswith("mark-") or name in TYPED}


TYPED = ("strengths", "weaknesses", "suggestions", "elimination_reason")


def saved_change(body: Any) -> tuple[str, str, int] | None:
    """Return field, value and sequence of one save, or None when the body is not one."""
    if not isinstance(body, dict):
        return None
    field, value, sequence = body.get("field"), body.get("value"), body.get("sequence")
    if not isinstance(field, str) or not isinstance(value, str) or type(sequence) is not int:
        return None
    return (field, value, sequence) if len(value) < 20_000 else None
