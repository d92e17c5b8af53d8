"""Forms of this stage. What is typed wrongly stays in the form, with the sentence that helps."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from judging.editions.models import DayKind
from judging.publication.rules import MAX_DAYS, NoticeField
from judging.web.forms import Form, ReasonForm, VersionedForm, narrow, required_text


class NoticeForm(VersionedForm):
    """The draft of a notice or an announcement."""

    title = StringField(_l("Title"), validators=[required_text(), Length(max=200)])
    preamble = TextAreaField(_l("Opening"), validators=[required_text(), Length(max=4000)])
    basis = TextAreaField(
        _l("Basis"),
        description=_l("On what the list rests: the notice of the year, the rules. Needed if places are shown."),
        validators=[Length(max=2000)],
    )
    fields = SelectMultipleField(
        _l("What the list shows"),
        description=_l("Nothing else ever appears: no phone numbers, no contacts, no members, no scores."),
        choices=NoticeField.choices(),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = IntegerField(
        _l("Length of the window"),
        validators=[InputRequired(_l("Please give a number of days.")), NumberRange(1, MAX_DAYS)],
    )
    day_kind = SelectField(_l("Counted in"), choices=DayKind.choices(), coerce=DayKind)
    opens_on = DateField(
        _l("First day"),
        description=_l("The first day counts. Left empty, it is the day of publication."),
        validators=[Optional()],
    )
    how_to_object = TextAreaField(_l("How to object"), validators=[Length(max=4000)])
    issuer = StringField(_l("Issued by"), validators=[required_text(), Length(max=120)])
    change_note = TextAreaField(
        _l("What has changed"),
        description=_l("The public reads this note above the list of a new version."),
        validators=[Length(max=1000)],
    )


class ChangeForm(Form):
    """Why a new version is needed."""

    reason = TextAreaField(_l("What has changed"), validators=[Length(min=2, max=1000)])


class HolidayForm(Form):
    """One day that differs from the week."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Please give a day."))])
    is_working = SelectField(
        _l("What it is"), choices=[("0", _l("Day off")), ("1", _l("Working day (in lieu)"))], default="0"
    )
    name = StringField(_l("Name of the day"), validators=[Length(max=40)])


class ObjectionForm(Form):
    """An objection by name, with evidence."""

    name = StringField(_l("Your real name"), validators=[required_text(), Length(max=60)])
    unit_name = StringField(
        _l("Unit you speak for"),
        description=_l("Only if you object for a unit; the evidence then needs its seal."),
        validators=[Length(max=120)],
    )
    contact = StringField(
        _l("Phone or e-mail"),
        description=_l("Protected; only used to answer you. With an e-mail address you are told of every step."),
        validators=[required_text(), Length(max=120)],
    )
    number = IntegerField(
        _l("Number in the list"),
        description=_l("The number in front of the entry that your objection is about."),
        validators=[Optional(), NumberRange(1, 100_000)],
    )
    grounds = TextAreaField(_l("What is wrong, and why"), validators=[required_text(), Length(max=4000)])
    about_level_only = BooleanField(
        _l("I only disagree with the level that was granted"),
        description=_l(
            "Then it is no objection but an inquiry: you get an answer, the list stays as it is, and no evidence is needed."
        ),
    )
    evidence = FileField(
        _l("Evidence"),
        description=_l(
            "PDF, Word (.docx), JPG or PNG, at most 20 MB. If something has to be corrected, please choose the file again."
        ),
    )


class ReceiptForm(Form):
    """The receipt code of an objection."""

    class Meta(Form.Meta):
        """Asking changes nothing, so the form needs no token and its address can be kept."""

        csrf = False

    code = StringField(_l("Receipt code"), filters=[narrow], validators=[Length(max=20)])


class CheckForm(Form):
    """The number or the code of a certificate."""

    class Meta(Form.Meta):
        """Asking changes nothing, so the form needs no token and its address can be kept."""

        csrf = False

    q = StringField(
        _l("Number or check code"),
        description=_l("Both stand on the certificate, for example 鄂质协证〔2022〕QC1-0001."),
        validators=[Length(max=80)],
    )


class RulingForm(ReasonForm):
    """An answer to an objection; the objector receives it."""

    reason = TextAreaField(_l("Answer"), validators=[Length(min=2, max=4000)])


class UpholdForm(RulingForm):
    """An objection holds: what happens to the entry's level."""

    tier = SelectField(_l("New level"), choices=[], validate_choice=False)
