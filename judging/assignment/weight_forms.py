"""The weights of affinity as people type them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.widgets import TextInput

from judging.assignment.engine.affinity import Term
from judging.web.forms import VersionedForm, narrow


class Weight(Field):  # type: ignore[misc]  # the form library is untyped
    """A number from 0 to 1 with two decimals at most, in whatever digits it was typed."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number, or say what is wanted."""
        self.data = None
        try:
            value = Decimal(str(narrow(valuelist[0] if valuelist else "")).replace("。", "."))
        except InvalidOperation as error:
            raise ValueError(_("Please type a number from 0 to 1, for example 0.4.")) from error
        if not (value.is_finite() and 0 <= value <= 1 and value == round(value, 2)):
            raise ValueError(_("Please type a number from 0 to 1, for example 0.4."))
        self.data = float(value)


class WeightsForm(VersionedForm):
    """What each reason for a fit is worth at most."""

    industry = Weight(_l("Same industry"), description=_l("The candidate's industry is one of the judge's."))
    speciality = Weight(
        _l("Speciality"), description=_l("One of the judge's specialities stands in title, keywords or abstract.")
    )
    words = Weight(
        _l("Shared words"), description=_l("The words of the candidate and of the judge's profile are alike.")
    )
    track = Weight(_l("Same track"), description=_l("The judge is listed for this track."))
    past = Weight(
        _l("Earlier reading"), description=_l("The candidate is like what the judge read in earlier editions.")
    )
    wish = Weight(
        _l("Own wish"), description=_l("Added where the judge would gladly judge, taken off where rather not.")
    )

    @property
    def weights(self) -> dict[Term, float]:
        """Return what was typed."""
        return {term: self[term.value].data for term in Term}

    @classmethod
    def of(cls, weights: dict[Term, float], version: int) -> "WeightsForm":
        """Return the form filled with weights."""
        values: dict[str, Any] = {term.value: weight for term, weight in weights.items()}
        made = cls(formdata=None, **values)
        made.version.data = version
        return made
