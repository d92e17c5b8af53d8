"""What people type about editions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from judging.accounts.models import Role
from judging.accounts.rules import PHONE
from judging.editions import rules
from judging.editions.models import DayKind, Edition, Method, RoundKind, Stage, TrackKind, Wording
from judging.editions.words import EXPLAINED
from judging.foundation.regions import offered
from judging.web.forms import Form, VersionedForm, lower, narrow, required_text

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "UTC")
NUMBER = _l("Please type a whole number.")


def number_field(label: Any, low: int, high: int, *, required: bool = True, **values: Any) -> IntegerField:
    """Return a field for a whole number within limits."""
    sentence = _l("Please type a whole number from %(low)s to %(high)s.", low=low, high=high)
    first = InputRequired(message=sentence) if required else Optional()
    return WholeNumberField(label, validators=[first, NumberRange(low, high, message=sentence)], **values)


class WholeNumberField(IntegerField):  # type: ignore[misc]  # the form library is untyped
    """A whole number; full-width digits are read as such, anything else is answered in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say what is wanted."""
        text = narrow(valuelist[0]) if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            self.data = int(text) if len(text) < 19 else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValueError(str(NUMBER))


class MomentField(DateTimeLocalField):  # type: ignore[misc]  # the form library is untyped
    """A date and time, typed in the zone of the edition."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time as browsers send it, or say what is wanted."""
        text = valuelist[0].strip() if valuelist else ""
        self.raw_data, self.data = [text], None
        if not text:
            return
        try:
            self.data = datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError as error:
            raise ValueError(_("Please type a date and a time, for example 2022-06-30 17:00.")) from error


class NewEditionForm(Form):
    """What an edition needs to begin with, and all a copy needs."""

    name = StringField(
        _l("Name of the edition"),
        description=_l("As it stands on notices and certificates."),
        validators=[required_text(), Length(max=120)],
    )
    year = number_field(_l("Year"), 1978, 2200)
    slug = StringField(
        _l("Short address"),
        filters=[lower],
        description=_l("Letters, digits and hyphens; part of every link and not changed later."),
        validators=[
            required_text(),
            Length(max=40),
            Regexp(
                rules.SLUG,
                message=_l("Please use small letters, digits and hyphens only, for example 2022 or 2022-qc."),
            ),
        ],
    )


class OrganiserForm(NewEditionForm):
    """A new edition, with who holds it."""

    organiser = StringField(_l("Organiser"), validators=[required_text(), Length(max=120)])


class DetailsForm(VersionedForm):
    """What an edition says about itself."""

    name = StringField(
        _l("Name of the edition"),
        description=_l("As it stands on notices and certificates."),
        validators=[required_text(), Length(max=120)],
    )
    year = number_field(_l("Year"), 1978, 2200)
    organiser = StringField(_l("Organiser"), validators=[required_text(), Length(max=120)])
    co_organisers = TextAreaField(
        _l("Co-organisers"),
        description=_l("One a line, in the order in which they are named."),
        validators=[Length(max=2000)],
    )
    approval_basis = TextAreaField(
        _l("Approval basis"),
        description=_l("The document on which the competition stands, with its number."),
        validators=[Length(max=2000)],
    )
    fee_statement = TextAreaField(_l("Fee statement"), validators=[required_text(), Length(max=500)])
    wording = RadioField(
        _l("What a level is called"),
        choices=Wording.choices(),
        coerce=Wording.of,
        description=_l("Calling it an award needs an approval."),
    )
    group_term = StringField(
        _l("Word for the group"),
        description=_l("For example 质量提升小组 or QC小组."),
        validators=[required_text(), Length(max=40)],
    )
    contact = TextAreaField(
        _l("Contact of the secretariat"),
        description=_l("Name, phone, e-mail, address: shown wherever people may have a question or an objection."),
        validators=[Length(max=1000)],
    )
    region = SelectField(
        _l("Region"),
        filters=[narrow],
        description=_l("Where the edition is held: a province, or one of its cities."),
    )
    region_conflict = BooleanField(_l("Judges recuse from entries of their own city"))
    timezone = SelectField(_l("Time zone"), choices=[(zone, zone) for zone in ZONES])
    grace_minutes = number_field(
        _l("Grace after a deadline, in minutes"), 0, 1440, description=_l("For what was begun before the deadline.")
    )
    notice_days = number_field(_l("Days of the public notice"), 1, 60)
    notice_day_kind = RadioField(_l("Counted in"), choices=DayKind.choices(), coerce=DayKind.of)
    certificate_pattern = StringField(
        _l("Pattern of certificate numbers"),
        description=_l("The places are {year}, {track}, {round} and {number:04d} (four digits)."),
        validators=[required_text(), Length(max=80)],
    )

    def offer(self, present: str) -> None:
        """Give the regions to choose from; the present one stays, whatever it is."""
        self.region.choices = offered(present)

    def validate_certificate_pattern(self, field: StringField) -> None:
        """Refuse patterns that would give two certificates one number, or that cannot be filled."""
        if not rules.pattern_is_sound(field.data or ""):
            raise ValidationError(_("Please use the places {year}, {track} and {number:04d}; {round} may be left out."))

    @property
    def example(self) -> str:
        """Return a certificate number made by the pattern, when it is sound."""
        pattern = self.certificate_pattern.data or ""
        if not rules.pattern_is_sound(pattern):
            return ""
        return rules.certificate_number(pattern, year=self.year.data or 2022, track="QC", round_number=1, number=1)

    def details(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        lines = [line.strip() for line in (self.co_organisers.data or "").splitlines()]
        values = {
            name: "" if field.data is None else field.data  # a field that was not sent at all
            for name, field in self._fields.items()
            if hasattr(Edition, name) and name != "version"
        }
        return values | {"co_organisers": [line for line in lines if line]}


class TrackForm(Form):
    """A division."""

    kind = SelectField(_l("What is judged"), choices=TrackKind.choices(), coerce=TrackKind.of)
    name = StringField(_l("Name of the track"), validators=[required_text(), Length(max=60)])
    code = StringField(
        _l("Code"),
        filters=[narrow, lambda text: text.upper() if text else text],
        description=_l("Begins receipt and certificate numbers: QC, GS, LW."),
        validators=[
            required_text(),
            Regexp(rules.TRACK_CODE, message=_l("Please use one to eight capital letters or digits.")),
        ],
    )
    via_recommending_unit = BooleanField(
        _l("Entries go through a recommending unit"),
        description=_l("Otherwise units submit straight to the secretariat."),
    )


class RoundForm(VersionedForm):
    """The rules of a round, frozen when judging opens."""

    kind = RadioField(_l("How it is held"), choices=RoundKind.choices(), coerce=RoundKind.of)
    blind = BooleanField(_l("Blind: judges see neither unit nor names"))
    talk_minutes = number_field(_l("Minutes for each talk"), 1, 180, required=False)
    judge_fee = StringField(
        _l("Fee of the judges"),
        description=_l(
            "Told in the invitation to judge, in your words; for example: 50 yuan for each entry, before tax."
        ),
        validators=[Length(max=120)],
    )
    judges_per_entry = number_field(
        _l("Judges per entry"), 1, 15, description=_l("Usual are 3 to 5 on paper, 5 or 7 in a hall.")
    )
    min_load = number_field(_l("Fewest entries for a judge"), 0, 1000)
    max_load = number_field(_l("Most entries for a judge"), 1, 1000)
    one_judge_per_unit = BooleanField(_l("At most one judge from the same unit on an entry"))
    one_judge_per_region = BooleanField(_l("At most one judge from the same region on an entry"))
    method = RadioField(_l("How totals become the score"), choices=[], coerce=Method.of)
    trim_from = number_field(
        _l("Leave out highest and lowest from this many judges on"),
        3,
        15,
        required=False,
        description=_l("With three judges only one total would remain, so five is usual."),
    )
    decimals = number_field(_l("Decimals of the score"), 0, 4)
    shared_places = BooleanField(_l("Ties that cannot be broken share a place"))
    seed = number_field(
        _l("Seed of the draws"),
        0,
        2_000_000_000,
        description=_l("The same seed draws the same assignments and the same running order again."),
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.method.choices = [(method.value, f"{method.label}{_(': ')}{EXPLAINED[method]}") for method in Method]

    def validate_max_load(self, field: IntegerField) -> None:
        """Refuse bounds that cross."""
        if field.data is not None and self.min_load.data is not None and field.data < self.min_load.data:
            raise ValidationError(_("The most must not be less than the fewest."))

    def values(self) -> dict[str, Any]:
        """Return what was typed; fields that were hidden keep what is stored."""
        data = {name: field.data for name, field in self._fields.items() if name not in ("version", "csrf_token")}
        return {name: value for name, value in data.items() if value is not None}


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One stage of the calendar with its two fields."""

    stage: Stage
    number: int
    label: str
    current: bool
    opens: MomentField
    closes: MomentField


class CalendarForm(VersionedForm):
    """Opening and closing times of the stages; the fields are made for an edition by `calendar_form`."""

    reason = TextAreaField(
        _l("Reason for a changed deadline"),
        description=_l("Needed when a closing time is changed after it was announced."),
        validators=[Length(max=1000)],
    )
    edition: Edition

    def rows(self) -> list[CalendarRow]:
        """Return the stages in order, each with its two fields."""
        return [self._row(stage, number) for stage, number in lines_of(self.edition)]

    def _row(self, stage: Stage, number: int) -> CalendarRow:
        known = rules.is_round_stage(stage)
        current = stage is self.edition.stage and (not known or number == self.edition.round_number)
        opens, closes = self[f"opens_{stage.value}_{number}"], self[f"closes_{stage.value}_{number}"]
        return CalendarRow(stage, number, label_of(self.edition, stage, number), current, opens, closes)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a stage that closes before it opens, at its own field."""
        valid = super().validate(extra_validators)
        for row in self.rows():
            if row.opens.data and row.closes.data and row.opens.data >= row.closes.data:
                row.closes.errors = [*row.closes.errors, _("This must be later than the opening time.")]
                valid = False
        return valid


def lines_of(edition: Edition) -> tuple[tuple[Stage, int], ...]:
    """Return the stages of an edition's calendar with the number of their round."""
    numbers = sorted({round_.number for track in edition.tracks for round_ in track.rounds}) or [1]
    in_rounds = tuple((stage, number) for number in numbers for stage in Stage if rules.is_round_stage(stage))
    return ((Stage.INTAKE, 1), *in_rounds, (Stage.NOTICE, 1))


def label_of(edition: Edition, stage: Stage, number: int) -> str:
    """Return the name of a calendar line; the round is said where there are several."""
    if rules.is_round_stage(stage) and rules.has_round(edition, 2):
        return str(_("%(stage)s, round %(number)s", stage=str(stage.label), number=number))
    return str(stage.label)


def calendar_form(edition: Edition) -> CalendarForm:
    """Return the calendar of an edition as a form, in its own time zone."""
    fields: dict[str, Any] = {"edition": edition}
    data: dict[str, Any] = {"version": edition.version}
    zone = ZoneInfo(edition.timezone)
    for stage, number in lines_of(edition):
        known, label = rules.date_of(edition, stage, number), label_of(edition, stage, number)
        ends = (("opens", _("%(stage)s opens", stage=label)), ("closes", _("%(stage)s closes", stage=label)))
        for end, text in ends:
            name, moment = f"{end}_{stage.value}_{number}", known and getattr(known, f"{end}_at")
            fields[name] = MomentField(text, format="%Y-%m-%dT%H:%M")
            data[name] = moment and moment.astimezone(zone).replace(tzinfo=None)
    made: CalendarForm = type("EditionCalendarForm", (CalendarForm,), fields)(data=data)
    return made


class StageForm(Form):
    """A move to another stage."""

    stage = SelectField(_l("Stage"), choices=Stage.choices(), coerce=Stage.of)
    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])


INVITABLE = (Role.ORGANIZER, Role.SUPERVISOR)  # judges and units are invited where their data stand


def role_choices(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    """Return roles for a field."""
    return [(role.value, role.label) for role in roles]


class InvitePersonForm(Form):
    """Somebody who will run or watch the edition."""

    role = RadioField(_l("Role"), choices=role_choices(INVITABLE), coerce=Role.of, default=Role.ORGANIZER)
    name = StringField(_l("Name"), validators=[required_text(), Length(max=60)])
    email = StringField(
        _l("E-mail"),
        filters=[lower],
        description=_l("The link is also sent there. Without an e-mail, hand it on yourself."),
        validators=[
            Optional(),
            Length(max=254),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("This is no e-mail address.")),
        ],
    )
    phone = StringField(
        _l("Mobile phone"),
        filters=[narrow],
        validators=[Optional(), Regexp(PHONE, message=_l("Please type the digits of the phone number only."))],
    )


class GrantForm(Form):
    """A further role of somebody who already has an account here."""

    role = SelectField(_l("Role"), choices=role_choices(INVITABLE), coerce=Role.of)
    reason = TextAreaField(_l("Reason"), validators=[required_text(), Length(max=1000)])
