"""A score sheet as its page shows it: a value, so that nothing else can reach the judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from uuid import UUID

from flask_babel import gettext as _

from judging.ballots.models import Ballot, BallotStatus
from judging.ballots.queries import OtherSheet
from judging.ballots.rules import COMMENTS, plain_number
from judging.blinding.review_copy import ReviewCopy
from judging.rubrics.models import Criterion, Rubric


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page of one sheet needs."""

    assignment_id: UUID
    copy: ReviewCopy
    rubric: Rubric
    ballot: Ballot | None
    marks: dict[UUID, str]
    comments: dict[str, str]
    others: tuple[OtherSheet, ...]
    previous: dict[UUID, str]  # own marks on the same criterion elsewhere, in short
    locked: bool
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> Decimal | None:
        """Return the sum of the stored marks."""
        if self.ballot is None or not self.ballot.marks:
            return None
        weights = {criterion.id: criterion.weight for criterion in self.rubric.criteria}
        return sum((mark.value * weights[mark.criterion_id] for mark in self.ballot.marks), Decimal(0))

    @property
    def given(self) -> int:
        """Return how many criteria have a mark."""
        return len(self.ballot.marks) if self.ballot else 0


def make_sheet(
    assignment_id: UUID,
    copy: ReviewCopy,
    rubric: Rubric,
    ballot: Ballot | None,
    others: Sequence[OtherSheet],
    *,
    open_: bool,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Sheet:
    """Put a sheet together; what was typed and refused stands in its field again."""
    stored = {mark.criterion_id: plain_number(mark.value) for mark in ballot.marks} if ballot else {}
    comments = {name: getattr(ballot, name) if ballot else "" for name in COMMENTS}
    typed = typed or {}
    for criterion in rubric.criteria:
        text = typed.get(f"mark-{criterion.id}", "").strip()
        if text and _is_number(text):
            stored[criterion.id] = text
    comments |= {name: typed[name] for name in COMMENTS if name in typed}
    return Sheet(
        assignment_id=assignment_id,
        copy=copy,
        rubric=rubric,
        ballot=ballot,
        marks=stored,
        comments=comments,
        others=tuple(others),
        previous={criterion.id: _previous(criterion, others) for criterion in rubric.criteria},
        locked=not open_ or (ballot is not None and ballot.status is not BallotStatus.OPEN),
        errors=dict(errors or {}),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 12


def _previous(criterion: Criterion, others: Sequence[OtherSheet]) -> str:
    """Say in a few words how the judge has marked this criterion elsewhere."""
    given = sorted(other.marks[criterion.id] for other in others if criterion.id in other.marks)
    if not given:
        return ""
    low, middle, high = (plain_number(Decimal(value)) for value in (given[0], median(given), given[-1]))
    if len(given) == 1:
        return str(_("Your other mark: %(mark)s", mark=low))
    words = _(
        "Your other %(count)s: %(low)s to %(high)s, middle %(middle)s",
        count=len(given),
        low=low,
        high=high,
        middle=middle,
    )
    return str(words)
