"""What people type about rubrics."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from judging.editions.models import Edition, TopicType, TrackKind, topic_types
from judging.rubrics import rules
from judging.rubrics.models import Criterion, Rubric, RubricOrigin
from judging.rubrics.service import CriterionLine
from judging.web.filters import plain_number
from judging.web.forms import Form, VersionedForm, narrow, required_text

_NUMBER = re.compile(r"^\d{1,4}(\.\d{1,4})?$")
_ROW = re.compile(r"^(c\d{1,3})-name$")
MAX_ROWS = 60
TIES = 4  # how many criteria may be asked in turn at a tie


class PointsField(StringField):  # type: ignore[misc]  # the form library is untyped
    """A number of points: whole or with up to four decimals, full-width digits as well."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number exactly, or say what is wanted."""
        text = narrow(valuelist[0]) if valuelist else ""
        self.data = Decimal(text) if _NUMBER.match(text) else None
        if self.data is None:
            raise ValueError(_("Please type a number such as 10 or 0.5, with at most four decimals."))

    def _value(self) -> str:
        typed = str(self.raw_data[0]) if self.raw_data else ""
        return typed if typed or self.data is None else plain_number(self.data)


class RubricForm(VersionedForm):
    """What a rubric says about itself."""

    name = StringField(_l("Name of the rubric"), validators=[required_text(), Length(max=120)])
    track_kind = SelectField(_l("Made for"), choices=[])
    topic_type = SelectField(_l("Topic type"), choices=[])
    on_site = BooleanField(_l("For on-site presentation"))
    standard = StringField(
        _l("Standard"), description=_l("Number and part, if there is one."), validators=[Length(max=120)]
    )
    source_note = TextAreaField(
        _l("Source and validity"),
        description=_l("Where it comes from, and from when to when it holds."),
        validators=[Length(max=2000)],
    )
    origin = SelectField(_l("Origin"), choices=RubricOrigin.choices(), coerce=RubricOrigin.of)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.track_kind.choices = [*TrackKind.choices(), ("", _("Any other competition"))]
        self.topic_type.choices = [("", _("All topic types")), *TopicType.choices()]

    def values(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        texts = {name: self[name].data or "" for name in ("name", "topic_type", "standard", "source_note")}
        chosen = {"track_kind": TrackKind.of(self.track_kind.data), "origin": self.origin.data}
        return texts | chosen | {"on_site": self.on_site.data}


class CriterionForm(Form):
    """One row of the editor."""

    class Meta(Form.Meta):
        """The rows belong to the form around them, which carries the token."""

        csrf = False

    code = HiddenField()
    name = StringField(_l("Criterion"), validators=[required_text(), Length(max=60)])
    maximum = PointsField(_l("Maximum"))
    minimum = PointsField(_l("Minimum"), default=Decimal(0))
    step = PointsField(_l("Step"), default=Decimal("0.5"))
    weight = PointsField(_l("Weight"), default=Decimal(1))
    text = TextAreaField(_l("What to look at"), validators=[Length(max=2000)])

    def validate_maximum(self, field: PointsField) -> None:
        """Refuse a scale that has no room."""
        if field.data is not None and self.minimum.data is not None and field.data <= self.minimum.data:
            raise ValidationError(_("This must be above the minimum."))

    def validate_step(self, field: PointsField) -> None:
        """Refuse steps that do not lead from the minimum to the maximum."""
        low, high, step = self.minimum.data, self.maximum.data, field.data
        if step is not None and (step == 0 or (low is not None and high is not None and (high - low) % step)):
            raise ValidationError(_("The scale must end on one of its steps."))

    def validate_weight(self, field: PointsField) -> None:
        """Refuse criteria that count for nothing."""
        if field.data is not None and field.data == 0:
            raise ValidationError(_("This must be above zero."))

    def line(self) -> CriterionLine:
        """Return the row as the service takes it."""
        return CriterionLine(
            name=self.name.data,
            maximum=self.maximum.data or Decimal(0),
            text=self.text.data or "",
            minimum=self.minimum.data or Decimal(0),
            step=self.step.data or Decimal(0),
            weight=self.weight.data or Decimal(0),
            code=self.code.data or "",
        )


def posted_rows() -> list[CriterionForm]:
    """Return the rows of this request in the order of the page, whatever their numbers."""
    found = [match.group(1) for key in request.form if (match := _ROW.match(key))]
    return [CriterionForm(prefix=f"{name}-") for name in found[:MAX_ROWS]]


def stored_rows(criteria: list[Criterion]) -> list[CriterionForm]:
    """Return the rows of a rubric."""
    return [CriterionForm(prefix=f"c{place}-", obj=criterion) for place, criterion in enumerate(criteria)]


def empty_row() -> CriterionForm:
    """Return the row that the page copies for a new criterion."""
    return CriterionForm(prefix="c__n__-", formdata=None)


class ChoiceForm(VersionedForm):
    """Which rubric each round uses for each topic type; its fields are made by `choice_form`."""

    edition: Edition

    def rubric(self, round_id: UUID, topic_type: str) -> SelectField:
        """Return the field of a round and topic type."""
        return self[f"rubric_{round_id.hex}_{topic_type}"]

    def ties(self, round_id: UUID) -> list[SelectField]:
        """Return the fields of a round's tie chain, in order."""
        return [self[f"tie_{round_id.hex}_{place}"] for place in range(TIES)]

    def tie_chain(self, round_id: UUID) -> list[str]:
        """Return the criteria asked at a tie, each once."""
        return list(dict.fromkeys(field.data for field in self.ties(round_id) if field.data))


def choice_form(
    edition: Edition, offers: dict[TrackKind, list[Rubric]], chosen: dict[tuple[UUID, str], Rubric]
) -> ChoiceForm:
    """Return the choice of rubrics of an edition as a form; what is not chosen yet is suggested."""
    from_round = [(track, round_) for track in edition.tracks for round_ in track.rounds]
    fields: dict[str, Any] = {"edition": edition}
    data: dict[str, Any] = {"version": edition.version}
    for track, round_ in from_round:
        marking: list[Rubric] = []
        for topic_type in topic_types(track.kind):
            name = f"rubric_{round_.id.hex}_{topic_type}"
            now = chosen.get((round_.id, topic_type)) or chosen.get((round_.id, ""))
            shown = now or rules.suggestion(offers[track.kind], round_.kind, topic_type)
            known = [*offers[track.kind], *([now] if now and now not in offers[track.kind] else [])]
            fields[name] = SelectField(
                _topic_label(topic_type), choices=[("", _("Please choose")), *((str(r.id), label_of(r)) for r in known)]
            )
            data[name] = str(shown.id) if shown else ""
            marking += [shown] if shown else []
        asked = {code: code for code in round_.tie_chain} | rules.criteria_of(marking)
        for place in range(TIES):
            name = f"tie_{round_.id.hex}_{place}"
            label = _("At a tie, the higher mark first of") if place == 0 else _("then of")
            fields[name] = SelectField(label, choices=[("", _("nothing more")), *asked.items()])
            data[name] = round_.tie_chain[place] if place < len(round_.tie_chain) else ""
    made: ChoiceForm = type("EditionChoiceForm", (ChoiceForm,), fields)(data=data)
    return made


def label_of(rubric: Rubric) -> str:
    """Return how a rubric is named in a list to choose from."""
    return str(
        _(
            "%(name)s (%(total)s points, version %(number)s)",
            name=rubric.name,
            total=plain_number(rubric.maximum),
            number=rubric.number,
        )
    )


def _topic_label(topic_type: str) -> str:
    kind = TopicType.of(topic_type)
    return str(kind.label) if kind else str(_("Rubric"))
