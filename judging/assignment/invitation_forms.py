"""What judges and the secretariat type about invitations."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional

from judging.assignment.models import InvitationStatus, Wish
from judging.conflicts.forms import DeclareForm
from judging.web.forms import Form, required_text


class TitleConflictForm(DeclareForm):
    """What connects a judge with what stands behind a title."""


class WishesForm(Form):
    """A judge's own words; the wishes themselves are read by their names."""

    words = StringField(
        _l("In your own words"),
        description=_l("What you would gladly judge, for example: welding, measurement systems, nursing."),
        validators=[Length(max=200)],
    )


def wishes_of(sent: Mapping[str, str], titles: Iterable[UUID], topics: Iterable[str]) -> dict[UUID | str, Wish]:
    """Return what was chosen for each title and topic that may be chosen; anything else sent names nothing."""
    asked: list[tuple[str, UUID | str]] = [(f"title:{one}", one) for one in titles]
    asked += [(f"topic:{one}", one) for one in topics]
    return {subject: wish for name, subject in asked if (wish := Wish.of(sent.get(name)))}


class DeclineForm(Form):
    """Why a judge declines."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("The secretariat reads this. A sentence is enough."),
        validators=[required_text(_l("Please say in a sentence why you decline.")), Length(min=2, max=1000)],
    )


class InviteForm(Form):
    """Until when the judges shall answer."""

    answer_by = DateTimeLocalField(_l("Please answer by"), validators=[Optional()])


class OnBehalfForm(Form):
    """What a judge said by telephone."""

    said = RadioField(
        _l("Answer"),
        choices=[
            (InvitationStatus.ACCEPTED.value, _l("Accepts the seat")),
            (InvitationStatus.DECLINED.value, _l("Declines; the seat is freed")),
        ],
        validators=[InputRequired(_l("Please choose one."))],
    )
    reason = TextAreaField(_l("Reason"), validators=[Length(max=1000)])
