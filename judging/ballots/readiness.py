"""What judging asks before results are computed."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.assignment.queries import running_rounds
from judging.ballots.progress import progress_of
from judging.ballots.totals import valid_against, without_valid_ballot
from judging.blinding.barred import barred_pairs
from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks

SHOWN = 8


def _few(names: list[str]) -> str:
    return "、".join(names[:SHOWN]) + ("…" if len(names) > SHOWN else "")


@checks(Stage.RESULTS)
def open_ballots(session: Session, edition: Edition) -> list[Obstacle]:
    """Open sheets will not count; whoever closes judging over them says why."""
    found = []
    for track, round_ in running_rounds(edition):
        late = [judge for judge in progress_of(session, round_.id).judges if judge.left]
        if late:
            sentence = _(
                "%(track)s: %(count)s score sheets are still open (%(judges)s). They will not count.",
                track=track.name,
                count=sum(judge.left for judge in late),
                judges=_few([f"{judge.name} {judge.left}" for judge in late]),
            )
            found.append(Obstacle(sentence, False, "ballots.progress"))
    return found


@checks(Stage.RESULTS)
def ballots_respect_conflicts(session: Session, edition: Edition) -> list[Obstacle]:
    """A ballot must not count once a conflict is known: the chair or the organizer gives it back, the judge recuses."""
    found = []
    for track, round_ in running_rounds(edition):
        clashes = valid_against(session, round_.id, barred_pairs(session, edition.id, round_.id))
        if clashes:
            sentence = _(
                "%(track)s: %(count)s score sheets count against a conflict of interest (%(pairs)s). Please give them back.",
                track=track.name,
                count=len(clashes),
                pairs=_few([f"{code} {name}" for code, name in clashes]),
            )
            found.append(Obstacle(sentence, True, "ballots.progress"))
    return found


@checks(Stage.RESULTS)
def unjudged_candidates(session: Session, edition: Edition) -> list[Obstacle]:
    """A candidate without any ballot that counts cannot be ranked."""
    found = []
    for track, round_ in running_rounds(edition):
        codes = without_valid_ballot(session, round_.id)
        if codes:
            sentence = _(
                "%(track)s: %(count)s candidates have no valid score sheet (%(codes)s).",
                track=track.name,
                count=len(codes),
                codes=_few(codes),
            )
            found.append(Obstacle(sentence, True, "ballots.progress"))
    return found
