"""What the assignment asks before judging opens."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.assignment import invitations, queries
from judging.blinding.barred import barred_pairs
from judging.editions.models import Edition, Round, RoundKind, Stage
from judging.editions.readiness import Obstacle, checks

SHOWN = 12


@checks(Stage.JUDGING)
def candidates_have_their_judges(session: Session, edition: Edition) -> list[Obstacle]:
    """Every cleared candidate needs its judges, or its score would rest on fewer opinions than promised."""
    found = []
    for track, round_ in queries.running_rounds(edition):
        short = _short(session, round_)
        if short:
            named = "、".join(short[:SHOWN]) + ("…" if len(short) > SHOWN else "")
            sentence = _(
                "%(track)s: %(count)s candidates have fewer than %(wanted)s judges (%(codes)s).",
                track=track.name,
                count=len(short),
                wanted=round_.judges_per_entry,
                codes=named,
            )
            found.append(Obstacle(sentence, True, "assignment.index"))
    return found


@checks(Stage.JUDGING)
def assignments_respect_conflicts(session: Session, edition: Edition) -> list[Obstacle]:
    """A conflict that became known after planning must be obeyed before judging opens."""
    found = []
    for track, round_ in queries.running_rounds(edition):
        clashes = queries.clashing(session, round_.id, barred_pairs(session, edition.id, round_.id))
        if clashes:
            pairs = "、".join(f"{a.candidate.code} {a.seat.judge.name}" for a in clashes[:SHOWN])
            sentence = _(
                "%(track)s: %(count)s assignments stand against a conflict of interest (%(pairs)s). Please replace these judges.",
                track=track.name,
                count=len(clashes),
                pairs=pairs + ("…" if len(clashes) > SHOWN else ""),
            )
            found.append(Obstacle(sentence, True, "assignment.index"))
    return found


@checks(Stage.JUDGING)
def invited_judges_have_answered(session: Session, edition: Edition) -> list[Obstacle]:
    """A judge who has not said yes may not come."""
    return [
        Obstacle(
            _("%(track)s: %(count)s invited judges have not answered yet.", track=track.name, count=silent),
            False,
            "assignment.index",
        )
        for track, round_ in queries.running_rounds(edition)
        if (silent := invitations.waiting(session, round_.id))
    ]


@checks(Stage.JUDGING)
def running_orders_are_drawn(session: Session, edition: Edition) -> list[Obstacle]:
    """On site the order is drawn, not chosen."""
    return [
        Obstacle(_("The running order of %(hall)s has not been drawn.", hall=sitting.hall), False, "assignment.index")
        for _track, round_ in queries.running_rounds(edition)
        if round_.kind is RoundKind.ON_SITE
        for sitting in queries.sittings_of(session, round_.id)
        if sitting.drawn_at is None
    ]


def _short(session: Session, round_: Round) -> list[str]:
    query, judges, wanted = queries.candidates_query(round_)
    return [candidate.code for candidate in session.scalars(query.where(judges < wanted).order_by("code"))]
