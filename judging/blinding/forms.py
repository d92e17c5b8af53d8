"""What people type about candidates."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from judging.web.forms import Form, VersionedForm, required_text


class WordsForm(VersionedForm):
    """The texts that judges read instead of the entrant's."""

    title = StringField(_l("Topic title"), validators=[required_text(), Length(max=120)])
    abstract = TextAreaField(_l("Abstract"), validators=[Length(max=2000)])
    keywords = StringField(_l("Keywords"), validators=[Length(max=200)])


class MaskedCopyForm(Form):
    """A masked copy that the secretariat puts in place of the entrant's."""

    file = FileField(
        _l("New masked copy (PDF)"),
        description=_l("A PDF without any names, at most 20 MB."),
        validators=[FileRequired(_l("Please choose a file first."))],
    )
    reason = StringField(
        _l("Reason"),
        description=_l("For example: the unit sent it by mail on our request."),
        validators=[required_text(), Length(min=2, max=500)],
    )
