"""What people type about conflicts."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from judging.conflicts.models import ConflictBasis
from judging.judges.models import Judge
from judging.web.forms import Form, required_text

_CHOOSE = _l("Please choose one.")
SAYABLE = (ConflictBasis.SAME_UNIT, ConflictBasis.KIN, ConflictBasis.COACHED, ConflictBasis.OTHER)


def _bases() -> list[tuple[str, Any]]:
    return [(basis.value, basis.label) for basis in SAYABLE]


class _BasisForm(Form):
    """A form with a basis to choose."""

    @property
    def chosen(self) -> ConflictBasis:
        """Return the basis that was chosen."""
        return ConflictBasis.of(self.basis.data) or ConflictBasis.OTHER


class DeclareForm(_BasisForm):
    """What a judge says of a unit."""

    basis = RadioField(_l("What connects you?"), choices=_bases, validators=[InputRequired(_CHOOSE)])
    reason = TextAreaField(
        _l("In a sentence"),
        description=_l(
            "For example: I worked there until 2020; my sister leads a group there; I trained the group this year."
        ),
        validators=[required_text(), Length(min=2, max=1000)],
    )


class RecordForm(_BasisForm):
    """What the secretariat knows of a judge and a unit or an entry."""

    judge = SelectField(_l("Judge"), validators=[InputRequired(_CHOOSE)], validate_choice=True)
    target = StringField(
        _l("Entry or unit"),
        description=_l("The code of an entry, or the full name of a unit: then all its entries."),
        validators=[required_text(), Length(max=120)],
    )
    basis = RadioField(_l("What connects them?"), choices=_bases, validators=[InputRequired(_CHOOSE)])
    reason = TextAreaField(
        _l("Reason"),
        description=_l("What is known and from whom, so that others can understand it later."),
        validators=[required_text(), Length(min=2, max=1000)],
    )

    def offer(self, judges: list[Judge]) -> None:
        """Let the organizer choose among the judges of the bank."""
        self.judge.choices = [("", _l("Please choose"))] + [(str(j.id), _named(j)) for j in judges]


class CoachedForm(Form):
    """A judge and the units that the judge has coached."""

    judge = SelectField(_l("Judge"), validators=[InputRequired(_CHOOSE)], validate_choice=True)
    units = TextAreaField(
        _l("Units coached"),
        description=_l("The full name of each unit, one on a line or with 、 between them."),
        validators=[required_text(), Length(max=4000)],
    )
    reason = TextAreaField(
        _l("Reason"), description=_l("For example: taught there in May 2021."), validators=[Length(max=1000)]
    )

    def offer(self, judges: list[Judge]) -> None:
        """Let the organizer choose among the judges of the bank."""
        self.judge.choices = [("", _l("Please choose"))] + [(str(j.id), _named(j)) for j in judges]


def _named(judge: Judge) -> str:
    return f"{judge.name} · {judge.unit_name} · {judge.code}"


class RequestForm(_BasisForm):
    """Whom an entrant does not wish as a judge, and why."""

    judge_name = StringField(
        _l("Name of the person"),
        description=_l("Who judges is not told. If this person is a judge, your entry will not be given to them."),
        validators=[required_text(), Length(max=60)],
    )
    judge_unit = StringField(
        _l("Where the person works"),
        description=_l("If you know it: it tells people of one name apart."),
        validators=[Length(max=120)],
    )
    basis = RadioField(
        _l("What connects the person with your entry?"), choices=_bases, validators=[InputRequired(_CHOOSE)]
    )
    reason = TextAreaField(_l("Reason"), validators=[required_text(), Length(min=4, max=1000)])


class DecideForm(Form):
    """The answer to an entrant's request."""

    judge = SelectField(_l("Which judge is meant?"), validate_choice=True)
    decision = RadioField(
        _l("Decision"),
        choices=[("stands", _l("Accept: this person does not judge the entry")), ("refused", _l("Do not accept"))],
        validators=[InputRequired(_CHOOSE)],
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("The entrant reads this sentence; please do not say in it whether the person is a judge."),
        validators=[required_text(), Length(min=2, max=1000)],
    )

    def offer(self, judges: list[Judge]) -> None:
        """Let the organizer choose among the judges of the bank."""
        nobody = [("", _l("Nobody in the bank (the request is kept all the same)"))]
        self.judge.choices = nobody + [(str(j.id), _named(j)) for j in judges]
