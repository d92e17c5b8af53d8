"""Enumerations that carry the words people read, so that a label is said once."""

from enum import StrEnum
from typing import Self

from flask_babel.speaklater import LazyString


class LabelEnum(StrEnum):
    """A StrEnum whose members have a label: ``OPEN = "open", lazy_gettext("Open")``."""

    label: LazyString | str

    def __new__(cls, value: str, label: LazyString | str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, LazyString]]:
        """Return value and label of every member, for a select field."""
        return [(member.value, member.label) for member in cls]

    @classmethod
    def of(cls, text: str | None) -> Self | None:
        """Return the member of a value, or None for anything else (an address or a file may say anything)."""
        return next((member for member in cls if member.value == text), None)
