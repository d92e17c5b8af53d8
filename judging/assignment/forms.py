"""Forms of the assignment stage."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from judging.assignment.models import DrawnBy, PlanMode
from judging.web.forms import Form, narrow, required_text

MAX_SEED = 999_999_999


class Count(IntegerField):  # type: ignore[misc]  # the form library is untyped
    """A whole number in whatever digits it was typed, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read plain and full-width digits."""
        text = narrow(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValueError(_("Please enter a whole number."))
        self.data = int(text)


def count(label: Any, *, least: int = 0, most: int = 9999, **values: Any) -> Count:
    """Return a field for a number that may stay empty."""
    message = _l("Please enter a whole number from %(min)s to %(max)s.")
    return Count(label, validators=[Optional(), NumberRange(least, most, message=message)], **values)


def _needed(label: Any, least: int, most: int, **values: Any) -> Count:
    message = _l("Please enter a whole number from %(min)s to %(max)s.")
    checks = [InputRequired(_l("Please fill this in.")), NumberRange(least, most, message=message)]
    return Count(label, validators=checks, **values)


class PanelForm(Form):
    """A new panel."""

    name = StringField(_l("Name of the panel"), validators=[required_text(), Length(max=60)])


class SeatJudgesForm(Form):
    """Judges ticked in the bank."""

    ids = SelectMultipleField(validate_choice=False)


class SeatForm(Form):
    """A seat's own loads, and whether its judge is the chair."""

    chair = BooleanField(_l("Chair of the panel"))
    least = count(_l("Lowest load"))
    most = count(_l("Highest load"))


AIMS = (PlanMode.OPTIMAL, PlanMode.FAIR, PlanMode.CALIBRATION, PlanMode.RANDOM)


class Percent(DecimalField):  # type: ignore[misc]
    """A share typed in hundredths."""

    @property
    def share(self) -> float | None:
        """Return the share as a part of one."""
        return None if self.data is None else float(self.data) / 100


def percent(label: Any, least: float, most: float, **values: Any) -> Percent:
    """Return a field for a share that may stay empty."""
    message = _l("Please enter a number from %(min)s to %(max)s.")
    return Percent(label, places=None, validators=[Optional(), NumberRange(least, most, message=message)], **values)


class PlanForm(Form):
    """What a plan is drawn with."""

    mode = SelectField(
        _l("Aim"),
        choices=[(mode.value, mode.label) for mode in AIMS],
        default=PlanMode.OPTIMAL.value,
        validate_choice=False,
    )
    wanted = count(_l("Judges per candidate"), least=1, most=99)
    most = count(_l("Highest load per judge"))
    least = count(_l("Lowest load per judge"))
    seniors = count(_l("Senior judges per candidate"), most=9, description=_l("At least so many with a senior title."))
    give = percent(
        _l("Fit to give up for calibration, in hundredths"),
        0,
        20,
        description=_l("Only for plans good for calibration."),
    )
    cap = percent(_l("Highest chance of a pair, in hundredths"), 1, 100, description=_l("Only for draws by lot."))
    seed = count(
        _l("Seed"),
        most=MAX_SEED,
        description=_l("Decides between equally good plans; the same seed gives the same plan."),
    )

    def validate_mode(self, field: SelectField) -> None:
        """Refuse an aim that does not exist; none at all is the usual one."""
        if field.data and field.data not in {mode.value for mode in AIMS}:
            raise ValidationError(_("Please choose an aim."))

    def validate_most(self, field: Count) -> None:
        """Refuse bounds that exclude each other."""
        if self.least.data is not None and field.data is not None and field.data < self.least.data:
            raise ValidationError(_("The highest load must not be below the lowest load."))


class ApplyForm(Form):
    """A plan is accepted: what the page showed, and why where more than assignments changes."""

    seen = count(_l("Version"), most=MAX_SEED)
    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])


class LoadsForm(Form):
    """Bounds for the loads of a round."""

    low = _needed(_l("Lowest load per judge"), 0, 9999)
    high = _needed(_l("Highest load per judge"), 1, 9999)

    def validate_high(self, field: Count) -> None:
        """Refuse bounds that exclude each other."""
        if self.low.data is not None and field.data is not None and field.data < self.low.data:
            raise ValidationError(_("The highest load must not be below the lowest load."))


class LinkForm(Form):
    """Two groups of judges, and how many candidates they shall have in common."""

    one = _needed(_l("Group"), 0, 999)
    other = _needed(_l("Group"), 0, 999)
    least = _needed(_l("Candidates in common"), 1, 999)


class ReasonForm(Form):
    """Why something is taken back."""

    reason = TextAreaField(_l("Reason"), validators=[required_text(_l("Please state a reason.")), Length(max=1000)])


class RepairForm(Form):
    """Judges who have fallen out."""

    ids = SelectMultipleField(validate_choice=False)


class SwapForm(Form):
    """Another assignment whose judge comes instead, and why."""

    other = StringField(validators=[required_text(_l("Please choose an exchange."))])
    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])


class ChangeForm(Form):
    """Another judge for a candidate, and why."""

    seat = SelectField(_l("Judge"), validate_choice=False, validators=[required_text(_l("Please choose a judge."))])
    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])


class RemoveForm(Form):
    """Why a judge is taken from a candidate."""

    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])


class SittingForm(Form):
    """A hall with its panel."""

    hall = StringField(_l("Hall"), validators=[required_text(), Length(max=60)])
    panel = SelectField(_l("Panel"), validate_choice=False, validators=[required_text(_l("Please choose a panel."))])
    starts_at = DateTimeLocalField(_l("Begins at"), validators=[Optional()])


class ApportionForm(Form):
    """By what halls are made equally strong; the seed as for every draw."""

    signal = StringField(_l("Equally strong by"), validators=[Length(max=40)])
    seed = count(_l("Seed"), most=MAX_SEED)


class LotForm(Form):
    """What is drawn for a panel."""

    seats = _needed(_l("Seats to fill"), 1, 99)
    reserves = _needed(_l("Reserves for each seat"), 0, 9, default=3)
    by = SelectField(
        _l("Seats shared among"),
        choices=[(by.value, by.label) for by in DrawnBy],
        default=DrawnBy.REGION.value,
        description=_l("Groups get seats by their size. Of a judge's several industries the first counts."),
    )
    seed = count(
        _l("Seed"),
        most=MAX_SEED,
        description=_l("Drawn by the program when empty; may be a number drawn in public."),
    )
    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])


class ReserveForm(Form):
    """The reserve who is called."""

    code = StringField(validators=[required_text()])
