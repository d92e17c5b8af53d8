"""What results know of candidates that are yet to be heard: scores of an earlier round, places in the edition before."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.assignment.strength import tells_strength
from judging.blinding import lineage
from judging.editions.models import Edition, Round
from judging.results.models import Standing
from judging.results.queries import confirmed_sheet


@tells_strength("earlier_round", _l("Scores of the round before"), 10)
def of_earlier_round(session: Session, _edition: Edition, round_: Round) -> Mapping[UUID, float]:
    """Return the score of the same entry in its latest earlier round with a confirmed sheet."""
    before = lineage.of_earlier_round(session, round_)
    scores = _scores(session, {earlier for earlier, _one in before.values()})
    return {candidate: scores[one][0] for candidate, (_round, one) in before.items() if one in scores}


@tells_strength("earlier_edition", _l("Places of the unit's work in the edition before"), 20)
def of_earlier_edition(session: Session, edition: Edition, round_: Round) -> Mapping[UUID, float]:
    """Return how high the same unit's work stood in the edition before, in hundredths of the list; the first is highest."""
    before = lineage.of_earlier_edition(session, edition, round_)
    scores = _scores(session, {earlier for pairs in before.values() for earlier, _one in pairs})
    known = {one: [scores[c][1] for _round, c in pairs if c in scores] for one, pairs in before.items()}
    return {candidate: round(fmean(places), 1) for candidate, places in known.items() if places}


def _scores(session: Session, round_ids: Iterable[UUID]) -> dict[UUID, tuple[float, float]]:
    """Return score and place (100 at the top) of the candidates of these rounds' confirmed sheets."""
    found: dict[UUID, tuple[float, float]] = {}
    for round_id in sorted(round_ids):
        sheet = confirmed_sheet(session, round_id)
        if sheet is not None:
            columns = sa.select(Standing.candidate_id, Standing.score, Standing.rank)
            rows = session.execute(columns.where(Standing.sheet_id == sheet.id)).all()
            found |= {one: (float(score), 100 * (1 - (rank - 0.5) / len(rows))) for one, score, rank in rows}
    return found
