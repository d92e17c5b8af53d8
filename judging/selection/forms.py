"""What people type about levels, moves and channels."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import Length, ValidationError

from judging.editions.models import Edition, Round
from judging.entries.models import TopicType
from judging.foundation.spreadsheets import tidy
from judging.selection.combine import GATE, NONE, WEIGHT, combination_of
from judging.selection.library import ChannelPreset
from judging.selection.models import Channel, GroupBy, Tier, TierBasis, TieRule
from judging.selection.rules import ChannelSpec, TierSpec
from judging.web.forms import Form, VersionedForm, clean, narrow, required_text

ROWS = 6
LONGEST = Decimal(1_000_000)


def number_of(text: Any) -> Decimal | None:
    """Return what was typed as a number, or None; nothing endless, nothing infinite."""
    try:
        value = Decimal(str(text or ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    fine = value.is_finite() and abs(value) <= LONGEST and isinstance(exponent, int) and exponent >= -6
    return value if fine else None


def a_number(_form: Any, field: Field) -> None:
    """Validate a number from 0 up; empty passes."""
    value = number_of(field.data)
    if field.data and (value is None or value < 0):
        raise ValidationError(gettext("Please enter a number from 0 up, for example 15 or 82.5."))


def a_whole_number(_form: Any, field: Field) -> None:
    """Validate a whole number from 0 up; empty passes."""
    if field.data and not (str(field.data).isascii() and str(field.data).isdigit() and len(field.data) < 7):
        raise ValidationError(gettext("Please enter a whole number from 0 up."))


def visible(value: Any) -> Any:
    """Drop characters nobody can see."""
    return tidy(value) if isinstance(value, str) else value


class TierRow(PlainForm):  # type: ignore[misc]
    """One level; a row without a name is left out."""

    name = StringField(
        _l("Name of the level"),
        filters=[clean, visible],
        validators=[Length(max=40, message=_l("At most 40 characters."))],
    )
    basis = SelectField(_l("Counted by"), choices=TierBasis.choices, default=TierBasis.PERCENT.value)
    amount = StringField(_l("Amount"), filters=[narrow], validators=[a_number])
    advances = BooleanField(_l("Goes on to the next round"))

    def validate_amount(self, field: Field) -> None:
        """A named level needs an amount."""
        if (self.name.data or "").strip() and not field.data:
            raise ValidationError(gettext("Please enter how many places, which percentage, or which score."))


class TiersForm(Form):
    """The levels of a track and round, best first."""

    seen = HiddenField()
    group_by = SelectField(_l("Places are shared out within"), choices=GroupBy.choices())
    tie_rule = SelectField(_l("Equal scores at a line"), choices=TieRule.choices())
    tiers = FieldList(FormField(TierRow), min_entries=ROWS, max_entries=ROWS)
    combine = SelectField(
        _l("The round before"),
        choices=[
            (NONE, _l("does not count: this round alone decides")),
            (WEIGHT, _l("counts with a share")),
            (GATE, _l("decides the order: this round only admits")),
        ],
        default=NONE,
        validate_choice=True,
    )
    weight = StringField(_l("Share of the round before, in per cent"), filters=[narrow], validators=[a_number])
    floor = StringField(_l("Least score of this round"), filters=[narrow], validators=[a_number])

    def validate_weight(self, field: Field) -> None:
        """A share lies between 0 and 100."""
        value = number_of(field.data)
        if value is not None and value > 100:
            raise ValidationError(gettext("Please enter a share between 0 and 100."))

    def fill(self, tiers: list[Tier], round_: Round) -> None:
        """Show what is set."""
        how = combination_of(round_.settings, round_.decimals)
        self.combine.data, self.weight.data = how.mode, plain(how.weight * 100)
        self.floor.data = plain(how.floor)
        if tiers:
            self.group_by.data, self.tie_rule.data = tiers[0].group_by.value, tiers[0].tie_rule.value
        for row, tier in zip(self.tiers, tiers, strict=False):
            row.form.name.data, row.form.basis.data = tier.name, tier.basis.value
            row.form.amount.data, row.form.advances.data = plain(tier.amount), tier.advances

    def specs(self) -> list[TierSpec]:
        """Return the levels that have a name."""
        group_by = next(one for one in GroupBy if one.value == self.group_by.data)
        tie_rule = next(one for one in TieRule if one.value == self.tie_rule.data)
        return [
            TierSpec(
                name=row.form.name.data,
                basis=next(one for one in TierBasis if one.value == row.form.basis.data),
                amount=number_of(row.form.amount.data) or Decimal(0),
                group_by=group_by,
                tie_rule=tie_rule,
                advances=bool(row.form.advances.data),
            )
            for row in self.tiers
            if row.form.name.data
        ]


def plain(value: Decimal | None) -> str:
    """Return a number for a field."""
    return "" if value is None else format(value.normalize(), "f")


class MoveForm(Form):
    """A move of an entry to another level."""

    tier = SelectField(_l("New level"))
    reason = TextAreaField(
        _l("Reason"),
        validators=[required_text(), Length(max=1000, message=_l("Please shorten this to at most 1000 characters."))],
    )

    def offer(self, tiers: list[Tier]) -> None:
        """Offer the levels of the list, and none."""
        self.tier.choices = [*[(str(tier.id), tier.name) for tier in tiers], ("", _l("No award"))]


class ChannelForm(VersionedForm):
    """A recommendation channel."""

    code = StringField(
        _l("Short code"),
        filters=[narrow],
        validators=[required_text(), Length(max=20, message=_l("At most 20 characters."))],
    )
    name = StringField(
        _l("Name of the channel"), validators=[required_text(), Length(max=80, message=_l("At most 80 characters."))]
    )
    track = SelectField(_l("Track"))
    quota = StringField(_l("Quota"), filters=[narrow], validators=[required_text(), a_whole_number])
    reserves = StringField(_l("Reserves"), filters=[narrow], validators=[a_whole_number])
    per_unit_cap = StringField(
        _l("At most from one unit"), filters=[narrow], validators=[a_whole_number], description=_l("Empty: no limit")
    )
    lowest_tier = StringField(
        _l("Eligible down to level"),
        filters=[narrow],
        validators=[a_whole_number],
        description=_l("1 is the highest level. Empty: also without an award"),
    )
    score_floor = StringField(
        _l("Least score"), filters=[narrow], validators=[a_number], description=_l("Empty: no least score")
    )
    self_set = StringField(TopicType.SELF_SET.label, filters=[narrow], validators=[a_whole_number])
    directed = StringField(TopicType.DIRECTED.label, filters=[narrow], validators=[a_whole_number])
    innovative = StringField(TopicType.INNOVATIVE.label, filters=[narrow], validators=[a_whole_number])
    exclusive = BooleanField(_l("Not together with another exclusive channel"))

    def offer(self, edition: Edition) -> None:
        """Offer the tracks of the edition."""
        self.track.choices = [(str(track.id), track.name) for track in edition.tracks]

    def fill_preset(self, preset: ChannelPreset, edition: Edition) -> None:
        """Begin with a channel of the library."""
        track = edition.track(preset.kind)
        self.code.data, self.name.data = preset.code, preset.name
        self.track.data = str(track.id) if track is not None else ""
        for name in ("quota", "reserves", "per_unit_cap", "lowest_tier"):
            self[name].data = "" if getattr(preset, name) is None else str(getattr(preset, name))
        self.exclusive.data = preset.exclusive

    def fill(self, channel: Channel) -> None:
        """Show what is set."""
        self.code.data, self.name.data, self.track.data = channel.code, channel.name, str(channel.track_id)
        for name in ("quota", "reserves", "per_unit_cap", "lowest_tier"):
            self[name].data = "" if getattr(channel, name) is None else str(getattr(channel, name))
        self.score_floor.data, self.exclusive.data = plain(channel.score_floor), channel.exclusive
        self.version.data = str(channel.version)
        for topic in TopicType:
            self[topic.value].data = str(channel.topic_quotas.get(topic.value, ""))

    def spec(self, edition: Edition) -> ChannelSpec:
        """Return the channel as a value."""
        quotas = {topic.value: int(self[topic.value].data) for topic in TopicType if self[topic.value].data}
        track = next(track for track in edition.tracks if str(track.id) == self.track.data)
        return ChannelSpec(
            code=self.code.data,
            name=self.name.data,
            track_id=track.id,
            quota=int(self.quota.data),
            reserves=int(self.reserves.data or 0),
            per_unit_cap=int(self.per_unit_cap.data) if self.per_unit_cap.data else None,
            lowest_tier=int(self.lowest_tier.data) if self.lowest_tier.data else None,
            score_floor=number_of(self.score_floor.data),
            topic_quotas=quotas,
            exclusive=bool(self.exclusive.data),
        )
