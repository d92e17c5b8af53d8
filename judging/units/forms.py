"""What people type about units."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField
from wtforms.validators import AnyOf, Email, Length, Optional, Regexp, ValidationError

from judging.accounts.rules import PHONE
from judging.foundation.errors import DomainError
from judging.foundation.regions import region_groups
from judging.units import rules
from judging.units.codes import INDUSTRIES
from judging.units.models import RecommenderKind, RecommendingUnit, Unit
from judging.web.forms import Form, VersionedForm, lower, narrow, required_text

_PHONE = [Optional(), Regexp(PHONE, message=_l("Please type the digits of the phone number only."))]
_EMAIL = [Optional(), Length(max=254), Email(message=_l("This is no e-mail address."))]


def sound_credit_code(_form: Any, field: Field) -> None:
    """Refuse a credit code that cannot be one, with what is wrong about it."""
    if not field.data:
        return
    try:
        field.data = rules.credit_code(field.data)
    except DomainError as refusal:
        raise ValidationError(str(refusal)) from refusal


class ContactForm(VersionedForm):
    """Whom to ask, and how to reach them."""

    contact_name = StringField(_l("Contact person"), validators=[Length(max=60)])
    contact_phone = StringField(
        _l("Phone of the contact person"), filters=[narrow], validators=_PHONE, render_kw={"inputmode": "tel"}
    )
    contact_email = StringField(
        _l("E-mail of the contact person"),
        filters=[lower],
        description=_l("Receipts and returned entries are announced there."),
        validators=_EMAIL,
        render_kw={"inputmode": "email"},
    )


class OwnUnitForm(ContactForm):
    """What a unit may change about itself."""

    address = StringField(_l("Postal address"), validators=[Length(max=200)])
    credit_code = StringField(
        _l("Unified social credit code"),
        description=_l("18 characters, as on the licence. Once saved, only the secretariat can change it."),
        validators=[sound_credit_code, Length(max=40)],
    )


class UnitForm(ContactForm):
    """A unit, as the secretariat keeps it."""

    name = StringField(
        _l("Full name of the unit"),
        description=_l("Exactly as on the official seal: certificates carry this name."),
        validators=[required_text(), Length(min=2, max=120)],
    )
    credit_code = StringField(
        _l("Unified social credit code"),
        description=_l("18 characters, as on the licence; it may be added later."),
        validators=[sound_credit_code, Length(max=40)],
    )
    region = SelectField(_l("Region"), validators=[required_text(_l("Please choose a region."))])
    industry = SelectField(_l("Industry"), validators=[required_text(_l("Please choose an industry."))])
    recommending_unit_id = SelectField(
        _l("Recommending unit"),
        description=_l("It checks and recommends the unit's entries. Direct members have none."),
    )
    member_number = StringField(_l("Member number"), filters=[narrow], validators=[Length(max=30)])
    parent_group = StringField(
        _l("Group of companies"),
        description=_l("Judges of the same group keep away from the unit's entries."),
        validators=[Length(max=120)],
    )
    address = StringField(_l("Postal address"), validators=[Length(max=200)])


class RecommendingUnitForm(ContactForm):
    """A recommending unit."""

    name = StringField(_l("Full name"), validators=[required_text(), Length(min=2, max=120)])
    code = StringField(
        _l("Code"),
        filters=[narrow],
        description=_l("Short and lasting, for lists and files (R01). Left empty, the next free one is given."),
        validators=[Length(max=20)],
    )
    kind = SelectField(_l("Gathers by"), validators=[AnyOf([kind.value for kind in RecommenderKind])])
    region = SelectField(_l("Region"))


class InviteForm(Form):
    """Whom to send the link of an account."""

    name = StringField(_l("Name"), validators=[required_text(), Length(max=60)])
    phone = StringField(_l("Mobile phone"), filters=[narrow], validators=_PHONE, render_kw={"inputmode": "tel"})
    email = StringField(
        _l("E-mail"),
        filters=[lower],
        description=_l("With an address, the link is sent there as well."),
        validators=_EMAIL,
        render_kw={"inputmode": "email"},
    )


def unit_form(recommending_units: Iterable[RecommendingUnit], unit: Unit | None = None) -> UnitForm:
    """Return the form of a unit with its choices, filled from `unit`."""
    form = UnitForm(obj=unit)
    form.region.choices = {"": [("", gettext("Please choose"))], **region_groups()}
    form.industry.choices = [("", gettext("Please choose")), *[(c, f"{c} {name}") for c, name in INDUSTRIES.items()]]
    choices = [(str(other.id), other.name) for other in recommending_units]
    form.recommending_unit_id.choices = [("", gettext("none (direct member)")), *choices]
    if unit is not None and not form.is_submitted():
        form.recommending_unit_id.data = str(unit.recommending_unit_id or "")
    return form


def recommending_unit_form(recommending_unit: RecommendingUnit | None = None) -> RecommendingUnitForm:
    """Return the form of a recommending unit with its choices."""
    form = RecommendingUnitForm(obj=recommending_unit)
    form.kind.choices = RecommenderKind.choices()
    form.region.choices = {"": [("", gettext("none (a whole industry)"))], **region_groups()}
    if recommending_unit is not None and not form.is_submitted():
        form.kind.data = recommending_unit.kind.value
    return form
