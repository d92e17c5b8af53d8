"""What entrants type, step by step. Nothing is required for saving a draft; what is missing stops only the submission."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import DateInput, TextInput

from judging.editions.models import TrackKind
from judging.entries import rules
from judging.entries.models import Entry, TopicType
from judging.entries.rules import Step
from judging.web.filters import plain_number
from judging.web.forms import Form, VersionedForm, narrow

_PHONE = re.compile(r"\+?[0-9()\-]{6,20}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_AMOUNT = re.compile(r"[0-9]{1,8}(\.[0-9]{1,4})?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,4})?")


def at_most(number: int) -> Any:
    """Validate the length, saying both numbers."""

    def check(_form: Any, field: Field) -> None:
        length = len(field.data or "")
        if length > number:
            raise ValidationError(
                gettext("At most %(max)s characters, now %(length)s. Please shorten it.", max=number, length=length)
            )

    return check


def limited(label: Any, number: int, *, kind: type[StringField] = StringField, **more: Any) -> Any:
    """Return a text field of at most `number` characters that says how many there are."""
    # Length too, so that the base form knows a limit stands; its own sentence is never reached first.
    return kind(label, validators=[at_most(number)], render_kw={"maxlength": number}, **more)


class AmountField(Field):  # type: ignore[misc]  # the form library is untyped
    """A sum in 万元: plain digits, full-width ones and thousands separators taken as meant, nothing guessed."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say how to write it."""
        text = narrow(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        if len(text) < 30 and _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if len(text) > 20 or not _AMOUNT.fullmatch(text):
            raise ValueError(
                gettext(
                    "Please write the amount in digits, in units of 10,000 yuan, for example 36.5 (at most 4 decimals); 0 if there is none."
                )
            )
        self.data = Decimal(text)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else plain_number(self.data)


class DayField(Field):  # type: ignore[misc]
    """A day; keeps what was typed when it is none."""

    widget = DateInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read an ISO day as browsers send it."""
        text = narrow(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            raise ValueError(gettext("Please write the day as year-month-day, for example 2022-06-30.")) from None
        if not 1990 <= self.data.year <= 2100:
            raise ValueError(gettext("Please check the year of this day."))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.data.isoformat() if self.data else ""


class StepForm(VersionedForm):
    """One step of the form; which fields it has depends on the track."""

    def values(self) -> dict[str, Any]:
        """Return what the fields of this step hold, under the names of the columns."""
        own = {name: field for name, field in self._fields.items() if name not in ("version", "csrf_token")}
        return {
            name: _text(field.data) if isinstance(field, StringField) else field.data for name, field in own.items()
        }


def _text(value: Any) -> str:
    return str(value) if value is not None else ""


class AchievementForm(StepForm):
    """What the entry is called."""

    title = limited(
        _l("Title"), 120, description=_l("Exactly as it shall stand on the certificate, without the name of the unit.")
    )
    topic_type = RadioField(_l("Type of topic"), choices=[], validate_choice=False)
    keywords = limited(_l("Keywords"), 200, description=_l("Three to five, separated by “;”."))
    methods = limited(
        _l("Methods used"),
        300,
        description=_l("For example: Pareto chart, cause-and-effect diagram, PDCA, orthogonal design."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic_type.choices = [(kind.value, str(kind.label)) for kind in TopicType]

    def validate_topic_type(self, field: Field) -> None:
        """Refuse types that are not offered."""
        if field.data and field.data not in {kind.value for kind in TopicType}:
            raise ValidationError(gettext("Please choose one of the types."))


class TeamForm(StepForm):
    """Who made it: the group and whom to ask. The team itself is a list beside this form."""

    group_name = limited(_l("Name of the group"), 80)
    group_number = limited(_l("Registration number of the group"), 40)
    active_from = DayField(_l("Activity began on"))
    active_until = DayField(_l("Activity ended on"))
    presenter = limited(_l("Presenter"), 60, description=_l("Who will present the result on stage."))
    contact_name = limited(_l("Contact person"), 60)
    contact_phone = StringField(
        _l("Phone of the contact person"),
        filters=[narrow],
        render_kw={"maxlength": 20, "inputmode": "tel", "autocomplete": "tel"},
        description=_l("We call here when something is missing shortly before the deadline."),
    )
    contact_email = StringField(
        _l("E-mail"),
        filters=[narrow],
        render_kw={"maxlength": 254, "inputmode": "email", "autocomplete": "email"},
        description=_l("The receipt and letters about corrections go here."),
    )

    def validate_active_until(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.active_from and self.active_from.data and field.data < self.active_from.data:
            raise ValidationError(gettext("The end lies before the beginning. Please check both days."))

    def validate_contact_phone(self, field: Field) -> None:
        """Refuse what nobody can dial."""
        if field.data and not (len(field.data) <= 20 and _PHONE.fullmatch(field.data)):
            raise ValidationError(
                gettext("Please write the phone number in digits, for example 13800001234 or 027-12345678.")
            )

    def validate_contact_email(self, field: Field) -> None:
        """Refuse what is no address."""
        if field.data and not (
            len(field.data) <= 254 and _EMAIL.fullmatch(field.data) and "." in field.data.rpartition("@")[2]
        ):
            raise ValidationError(
                gettext("This is not a complete e-mail address; please check it, for example name@example.cn.")
            )


class ContentForm(StepForm):
    """What was done and what came of it."""

    abstract = limited(
        _l("Abstract"),
        rules.ABSTRACT_MAX,
        kind=TextAreaField,
        description=_l(
            "What the problem was, what was done, what came of it. Judges read this; please name neither the unit nor people."
        ),
    )
    target = limited(
        _l("Target"), 200, description=_l("With the figure, for example: stoppages per month from 12 to at most 5.")
    )
    reached = limited(_l("Value reached"), 200)
    benefit = AmountField(
        _l("Economic benefit"),
        description=_l(
            "Confirmed by the finance department; write 0 if there is none. Upload the proof in the next step."
        ),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    intangible_benefit = limited(
        _l("Intangible benefit"),
        1000,
        kind=TextAreaField,
        description=_l("For example safety, morale, patents, standards."),
    )


class ReviewForm(StepForm):
    """The declarations before submitting."""

    original = BooleanField(
        _l("The result is our own work; others' rights are not infringed and its ownership is not disputed.")
    )
    truthful = BooleanField(
        _l("All data, the benefit and the list of people are true; we know that false ones lead to exclusion.")
    )
    consents_to_publication = BooleanField(
        _l(
            "We agree that the names of the unit, the group, the title and the people are published in notices, lists and on certificates."
        )
    )
    unclassified = BooleanField(
        _l("The material holds no state secrets and no internal information that must not be passed on.")
    )


class MemberForm(Form):
    """One person of the team."""

    name = StringField(_l("Name"), validators=[at_most(60), Length(max=100_000)])
    role = StringField(_l("Role"), validators=[at_most(40), Length(max=100_000)])


class StartForm(Form):
    """Begin an entry: in which track, and for which unit when the account speaks for several."""

    track = RadioField(_l("Track"), choices=[])
    unit = SelectField(_l("Unit"), choices=[])


_FORMS: dict[Step, type[StepForm]] = {
    Step.ACHIEVEMENT: AchievementForm,
    Step.TEAM: TeamForm,
    Step.CONTENT: ContentForm,
    Step.FILES: StepForm,
    Step.REVIEW: ReviewForm,
}
_NOT_ASKED: dict[TrackKind, frozenset[str]] = {
    TrackKind.QC: frozenset(),
    TrackKind.STORY: frozenset(
        {"topic_type", "methods", "target", "reached", "benefit", "active_from", "active_until"}
    ),
    TrackKind.PAPER: frozenset(
        {
            "topic_type",
            "methods",
            "group_name",
            "group_number",
            "presenter",
            "active_from",
            "active_until",
            "target",
            "reached",
            "benefit",
            "intangible_benefit",
        }
    ),
}


def step_form(entry: Entry, step: Step, formdata: MultiDict[str, str] | None = None, *, csrf: bool = True) -> StepForm:
    """Return the form of a step as the entry's track has it: stored values, overlaid by what was posted."""
    chosen: dict[str, Any] = {} if csrf else {"meta": {"csrf": False}}
    form = _FORMS[step](formdata, obj=entry, **chosen)
    kind = entry.track.kind
    for name in _NOT_ASKED[kind] & set(form._fields):
        del form[name]
    for needed in rules.REQUIRED[kind]:
        if needed.field in form:
            form[needed.field].flags.required = True
            if needed.step is not Step.REVIEW:
                form[needed.field].label.text = needed.label
    return form


def step_of_field(kind: TrackKind, name: str) -> Step | None:
    """Return the step that asks for a field in a track of this kind, or None when none does."""
    if name in _NOT_ASKED[kind]:
        return None
    asked = (
        step
        for step, form in _FORMS.items()
        if name != "version" and hasattr(form, name) and not hasattr(StepForm, name)
    )
    return next(asked, None)


def read_members(pairs: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], str]:
    """Return the team as typed, without empty rows, and the first sentence that is wrong with it (or nothing)."""
    members, wrong = [], ""
    for name, role in pairs:
        form = MemberForm(MultiDict({"name": name, "role": role}), meta={"csrf": False})
        sound = form.validate()
        if form.name.data or form.role.data:
            members.append((form.name.data or "", form.role.data or ""))
            if not sound:
                wrong = wrong or form.first_error
            elif not form.name.data:
                wrong = wrong or gettext("A row has a role but no name. Please write the name or remove the row.")
    return members, wrong
