"""What people type about judges."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from judging.accounts.rules import PHONE
from judging.editions.models import TrackKind
from judging.foundation.regions import region_groups
from judging.judges.models import ExpertiseKind, Judge, JudgeStatus
from judging.judges.rules import OWN_FIELDS
from judging.judges.service import Skills, skills_of
from judging.judges.words import split_topics
from judging.units.codes import INDUSTRIES
from judging.web.forms import Form, VersionedForm, lower, narrow, required_text

_PHONE = [Optional(), Regexp(PHONE, message=_l("Please type the digits of the phone number only."))]
_EMAIL = [Optional(), Length(max=254), Email(message=_l("This is no e-mail address."))]


class ChoicesField(SelectMultipleField):  # type: ignore[misc]  # the form library is untyped
    """Several answers as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProfileForm(VersionedForm):
    """What a judge says of the own person."""

    name = StringField(_l("Name"), validators=[required_text(), Length(max=60)])
    unit_name = StringField(
        _l("Employer"),
        description=_l("Full name of the employer; entries of this unit will not be given to the judge."),
        validators=[required_text(), Length(max=120)],
    )
    post = StringField(_l("Post"), validators=[Length(max=60)])
    title = StringField(
        _l("Professional title"), description=_l("For example: senior engineer."), validators=[Length(max=40)]
    )
    region = SelectField(_l("Region"))
    phone = StringField(_l("Mobile phone"), filters=[narrow], validators=_PHONE, render_kw={"inputmode": "tel"})
    email = StringField(_l("E-mail"), filters=[lower], validators=_EMAIL, render_kw={"inputmode": "email"})
    tracks = ChoicesField(
        _l("Tracks"), choices=TrackKind.choices, validators=[InputRequired(_l("Please choose at least one track."))]
    )
    industries = ChoicesField(
        _l("Industries"),
        description=_l("Entries of these industries are given first."),
        choices=list(INDUSTRIES.items()),
    )
    topics = StringField(
        _l("Specialities"),
        description=_l("In your own words, with 、 between them. For example: welding、statistics."),
        validators=[Length(max=400)],
    )
    certificates = TextAreaField(
        _l("Certificates"), description=_l("With their expiry, one a line."), validators=[Length(max=2000)]
    )

    def offer(self) -> None:
        """Give the regions in the language of the page."""
        self.region.choices = {"": [("", gettext("Please choose"))], **region_groups()}

    def fill(self, judge: Judge) -> None:
        """Show what is known of a judge's fields."""
        skills = skills_of(judge)
        self.tracks.data, self.industries.data = skills["track"], skills["industry"]
        self.topics.data = "、".join(skills["topic"])

    @property
    def skills(self) -> Skills:
        """Return what the judge can judge."""
        return {
            ExpertiseKind.TRACK: self.tracks.data or [],
            ExpertiseKind.INDUSTRY: self.industries.data or [],
            ExpertiseKind.TOPIC: split_topics(self.topics.data or ""),
        }

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields a judge may say of the own person."""
        return {name: self[name].data or "" for name in OWN_FIELDS}


class OwnProfileForm(ProfileForm):
    """The own profile, with the undertaking."""

    consent = BooleanField(
        _l("I undertake to judge fairly, to keep what I read confidential, and to declare every conflict of interest."),
        validators=[InputRequired(_l("Please agree to the judges' undertaking first."))],
    )


class JudgeForm(ProfileForm):
    """A judge, as the secretariat keeps the bank."""

    code = StringField(
        _l("Number in the bank"),
        filters=[narrow],
        description=_l("Left empty, the next free one is given."),
        validators=[Length(max=20)],
    )
    recommender = StringField(_l("Recommended by"), validators=[Length(max=120)])
    term_from = DateField(_l("Term from"), validators=[Optional()])
    term_until = DateField(_l("Term until"), validators=[Optional()])

    def validate_term_until(self, field: Field) -> None:
        """A term ends after it has begun."""
        if field.data and self.term_from.data and field.data < self.term_from.data:
            raise ValidationError(gettext("The term cannot end before it begins."))

    @property
    def values(self) -> dict[str, Any]:
        """Return all the secretariat keeps; an empty number is no number."""
        more = {"recommender": self.recommender.data or "", "term_from": self.term_from.data}
        more |= {"term_until": self.term_until.data}
        code = {"code": self.code.data} if self.code.data else {}
        return super().values | more | code


class StatusForm(Form):
    """Where a judge goes in the bank, and why."""

    status = SelectField(choices=JudgeStatus.choices)
    reason = TextAreaField(_l("Reason"), validators=[required_text(), Length(min=2, max=1000)])


class RecusalForm(Form):
    """A unit to keep away from."""

    unit = StringField(
        _l("Unit"),
        description=_l("The full name of a registered unit; start typing to choose."),
        validators=[required_text(), Length(max=120)],
    )
    reason = StringField(_l("Why"), validators=[Length(max=200)])


class InviteForm(Form):
    """Whom to invite."""

    name = StringField(_l("Name"), validators=[required_text(), Length(max=60)])
    phone = StringField(_l("Mobile phone"), filters=[narrow], validators=_PHONE, render_kw={"inputmode": "tel"})
    email = StringField(
        _l("E-mail"),
        filters=[lower],
        description=_l("With an address, the link is sent there as well."),
        validators=_EMAIL,
        render_kw={"inputmode": "email"},
    )


def profile_form(judge: Judge | None = None) -> OwnProfileForm:
    """Return the own profile's form, filled."""
    form = OwnProfileForm(obj=judge)
    _fill(form, judge)
    if judge is not None and not form.is_submitted():
        form.consent.data = judge.consented_at is not None
    return form


def judge_form(judge: Judge | None = None) -> JudgeForm:
    """Return the secretariat's form, filled."""
    form = JudgeForm(obj=judge)
    _fill(form, judge)
    return form


def _fill(form: ProfileForm, judge: Judge | None) -> None:
    form.offer()
    if judge is not None and not form.is_submitted():
        form.fill(judge)
