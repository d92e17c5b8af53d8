"""Judged rounds and confirmed result sheets for tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round, Stage, TrackKind
from judging.entries.models import Entry
from judging.foundation.audit import Actor
from judging.results import service
from judging.results.models import ResultSheet
from judging.rubrics.models import Rubric
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.ballots import make_ballot
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.rubrics import make_rubric, use_rubric

AT = datetime(2022, 6, 20, 9, 0, tzinfo=UTC)
SYSTEM = Actor(None, "tests")


def make_judged_round(
    session: Session,
    totals: Sequence[Mapping[int, float | str]],
    *,
    edition: Edition | None = None,
    kind: TrackKind = TrackKind.QC,
    number: int = 1,
    rubric: Rubric | None = None,
    entries: Sequence[Entry] | None = None,
    topic_types: Sequence[str] = (),
    **settings: Any,
) -> Round:
    """Return a round at the stage RESULTS where judge n gave `totals[i][n]` to entry i, all on the first criterion.

    The edition's only candidates are these; their codes are A01, A02 … in order.
    """
    edition = edition or make_edition(session, kind, stage=Stage.RESULTS)
    track = edition.track(kind)
    assert track is not None
    round_ = track.round(number)
    assert round_ is not None
    for name, value in settings.items():
        setattr(round_, name, value)
    rubric = rubric or make_rubric(session, maxima=(100,))
    use_rubric(session, round_, rubric)
    judges = [make_judge(session) for _ in range(max(max(given) for given in totals if given) + 1)]
    panel = make_panel(session, round_, *judges)
    seats = {seat.judge_id: seat for seat in panel.seats}
    for index, given in enumerate(totals):
        topic = topic_types[index] if topic_types else "self_set"
        entry = entries[index] if entries else make_entry(session, edition, kind=kind, topic_type=topic)
        code = f"{'ABCDEFG'[number - 1]}{index + 1:02d}"
        candidate = make_candidate(session, round_, entry=entry, code=code, topic_type=topic)
        for n, total in given.items():
            assignment = make_assignment(session, candidate, seats[judges[n].id])
            rest = (0.0,) * (len(rubric.criteria) - 1)
            make_ballot(session, assignment, judges[n], rubric, marks=(float(total), *rest), total=Decimal(str(total)))
    session.flush()
    return round_


def crossed(scores: Sequence[float], severities: Sequence[float]) -> list[dict[int, float]]:
    """Return totals where every judge marks every entry: score minus severity."""
    return [{n: score - severity for n, severity in enumerate(severities)} for score in scores]


def make_sheet(session: Session, edition: Edition, round_: Round, *, confirmed: bool = True) -> ResultSheet:
    """Return the computed (and confirmed) sheet of a round."""
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=AT)
    if confirmed:
        service.confirm(session, edition, sheet, by=SYSTEM, at=AT, reason="tests")
    return sheet


def candidates_by_code(session: Session, round_: Round) -> dict[str, Candidate]:
    """Return the candidates of a round by code."""
    found = session.query(Candidate).filter_by(round_id=round_.id)
    return {candidate.code: candidate for candidate in found}
