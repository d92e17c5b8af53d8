"""What people type at result sheets."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from judging.results.models import FlagStatus
from judging.web.forms import Form

ANSWERS = (FlagStatus.CONFIRMED, FlagStatus.ASKED, FlagStatus.ADDED_JUDGE, FlagStatus.EXCLUDED)


class FlagForm(Form):
    """An answer to a flag."""

    answer = SelectField(
        _l("Answer"),
        choices=[(status.value, status.label) for status in ANSWERS],
        validators=[InputRequired(_l("Please choose an answer."))],
    )
    reason = TextAreaField(
        _l("Note"), validators=[Length(max=1000, message=_l("Please shorten this to at most 1000 characters."))]
    )


class ConfirmForm(Form):
    """Confirming a sheet; the reason is needed when flags are open."""

    reason = TextAreaField(
        _l("Reason"), validators=[Length(max=1000, message=_l("Please shorten this to at most 1000 characters."))]
    )
