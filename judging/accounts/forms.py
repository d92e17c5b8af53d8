"""What people type about accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Email, EqualTo, Length, Optional, Regexp

from judging.accounts import rules
from judging.web.forms import Form, lower, narrow, required_text


class SignInForm(Form):
    """User name, phone or e-mail, and the password."""

    identity = StringField(
        _l("User name, phone or e-mail"), filters=[lower], validators=[required_text(), Length(max=254)]
    )
    password = PasswordField(_l("Password"), validators=[required_text(), Length(max=128)])
    next = HiddenField()


class NewPasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _l("New password"),
        description=_l("At least 8 characters."),
        validators=[required_text(), Length(min=8, max=128)],
    )
    again = PasswordField(
        _l("New password again"), validators=[required_text(), EqualTo("password", _l("The two passwords differ."))]
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = PasswordField(_l("Present password"), validators=[required_text(), Length(max=128)])


class AcceptForm(NewPasswordForm):
    """The account that an invitation makes."""

    username = StringField(
        _l("User name"),
        filters=[lower],
        description=_l("Letters, digits, dots; or your name in Chinese characters."),
        validators=[
            required_text(),
            Length(min=2, max=64),
            Regexp(rules.USERNAME, message=_l("Please use letters, digits and . _ - @ only, or Chinese characters.")),
        ],
    )
    name = StringField(_l("Your name"), validators=[required_text(), Length(max=60)])
    phone = StringField(
        _l("Mobile phone"),
        filters=[narrow],
        validators=[Optional(), Regexp(rules.PHONE, message=_l("Please type the digits of the phone number only."))],
    )
    email = StringField(
        _l("E-mail"),
        filters=[lower],
        validators=[Optional(), Length(max=254), Email(message=_l("This is no e-mail address."))],
    )
