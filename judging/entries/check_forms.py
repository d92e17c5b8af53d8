"""What recommending units and the secretariat type about entries."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from judging.entries.checks import OnBehalfNeedsReason, OpinionMissing
from judging.entries.forms import DayField
from judging.entries.models import CheckReason, Verdict
from judging.web.filters import zone
from judging.web.forms import Form, VersionedForm, required_text


def end_of_day(day: date | None) -> datetime | None:
    """Return the last minute of a day in the edition's zone: a deadline that is a day lasts until its end."""
    return datetime.combine(day, time(23, 59), zone()).astimezone(UTC) if day else None


class ReturnForm(VersionedForm):
    """What has to be corrected, and until when."""

    reason = TextAreaField(
        _l("What has to be corrected"),
        description=_l("The unit reads exactly this."),
        validators=[Length(min=2, max=2000, message=_l("Please say what has to be corrected."))],
    )
    until = DayField(_l("Until the end of"))

    def validate_until(self, field: DayField) -> None:
        """Ask for a day."""
        if not field.errors and field.data is None:
            raise ValidationError(gettext("Please give a day."))


class VerdictForm(VersionedForm):
    """The verdict of the formal check."""

    verdict = RadioField(_l("Verdict"), choices=[], validate_choice=False)
    reasons = SelectMultipleField(
        _l("Reasons"),
        description=_l("For every verdict but “Admit”. The unit is told them."),
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    note = TextAreaField(
        _l("Remark"), description=_l("Is told to the unit together with the reasons."), validators=[Length(max=2000)]
    )
    until = DayField(_l("To be completed until the end of"))

    @property
    def chosen(self) -> Verdict | None:
        """Return the chosen verdict."""
        return Verdict.of(self.verdict.data)

    @property
    def chosen_reasons(self) -> list[CheckReason]:
        """Return the ticked reasons, those we know."""
        return [reason for text in self.reasons.data or [] if (reason := CheckReason.of(text))]

    def validate_verdict(self, field: RadioField) -> None:
        """Ask for one of the four."""
        if Verdict.of(field.data) is None:
            raise ValidationError(gettext("Please choose a verdict."))


class FileForUnitForm(Form):
    """A file that a unit sent in another way."""

    kind = SelectField(
        _l("Which file?"), choices=[], validate_choice=False, validators=[InputRequired(_l("Please choose one."))]
    )
    file = FileField(
        _l("The file"),
        description=_l("It is checked by its content, as if the unit had uploaded it."),
        validators=[FileRequired(_l("Please choose a file first."))],
    )
    reason = TextAreaField(
        _l("How did it come?"),
        description=_l("For example: sent by mail on 3 June, because the upload failed. The unit reads this."),
        validators=[required_text(OnBehalfNeedsReason.message), Length(max=1000)],
    )


class OpinionForm(Form):
    """What a recommending unit says to its list."""

    opinion = TextAreaField(
        _l("Opinion of the recommending unit"),
        validators=[Length(min=2, max=2000, message=OpinionMissing.message)],
    )


class BulkForm(Form):
    """The ticked rows, and the one note for all of them."""

    note = TextAreaField(_l("Remark for all of them"), validators=[Length(max=2000)])
    confirmed = HiddenField()


def verdict_form(**preset: object) -> VerdictForm:
    """Return the verdict form with its choices."""
    form = VerdictForm(**preset)
    form.verdict.choices = [(verdict.value, str(verdict.label)) for verdict in Verdict]
    form.reasons.choices = [(reason.value, str(reason.label)) for reason in CheckReason]
    return form


def ids_of(texts: list[str]) -> list[UUID]:
    """Return the ids that a list of rows sent, those that are ids; each once, in order."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
