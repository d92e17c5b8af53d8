"""What the pages of judging share: the judge who asks, and when judging closes."""

from datetime import datetime
from uuid import UUID

from judging.accounts.guards import me
from judging.assignment import queries as assignments
from judging.assignment.models import Assignment
from judging.editions import rules as editions
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Stage
from judging.foundation import db
from judging.foundation.errors import NotFound
from judging.judges.models import Judge
from judging.judges.queries import judge_of_user

blueprint = edition_blueprint("ballots", __name__, "/ballots")


def own_judge() -> Judge:
    """Return the judge whom the signed-in account speaks for."""
    judge = judge_of_user(db.session(), me().id)
    if judge is None:
        raise NotFound
    return judge


def own_assignment(assignment_id: UUID) -> Assignment:
    """Return the signed-in judge's own assignment; another's does not exist."""
    return assignments.assignment_for(db.session(), this_edition(), assignment_id, own_judge().id)


def closes_at() -> datetime | None:
    """Return until when this round is judged."""
    dates = editions.date_of(this_edition(), Stage.JUDGING)
    return dates.closes_at if dates else None
