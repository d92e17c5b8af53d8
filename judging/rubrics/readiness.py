"""What the yardstick asks before judging opens, and what of it a new edition takes over."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.editions.copying import Copied, copies
from judging.editions.models import Edition, Stage, topic_types
from judging.editions.readiness import Obstacle, checks
from judging.rubrics import queries
from judging.rubrics.models import RoundRubric, RubricStatus


@checks(Stage.JUDGING)
def rubrics_are_chosen(session: Session, edition: Edition) -> list[Obstacle]:
    """Every round that runs now needs a rubric for each topic type of its track."""
    running = [(track, track.round(edition.round_number)) for track in edition.tracks]
    chosen = queries.chosen_for(session, [round_.id for _track, round_ in running if round_])
    return [
        Obstacle(
            _("The track “%(name)s” lacks a rubric in round %(number)s.", name=track.name, number=round_.number),
            True,
            "round_rubrics.choose",
        )
        for track, round_ in running
        if round_ and any(not {(round_.id, kind), (round_.id, "")} & chosen.keys() for kind in topic_types(track.kind))
    ]


@copies
def copy_choice(session: Session, copied: Copied) -> None:
    """The new rounds use the same rubrics, in the versions published now."""
    chosen = queries.chosen_for(session, copied.rounds)
    for (round_id, topic_type), rubric in chosen.items():
        current = rubric if rubric.status is RubricStatus.PUBLISHED else queries.by_code(session, rubric.code)
        if current is not None:
            session.add(RoundRubric(round_id=copied.rounds[round_id].id, topic_type=topic_type, rubric=current))
    session.flush()
