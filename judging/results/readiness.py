"""What stands in the way of selection: sheets that are missing or not confirmed, flags that nobody answered."""

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks
from judging.results import queries


@checks(Stage.SELECTION)
def sheets_are_confirmed(session: Session, edition: Edition) -> list[Obstacle]:
    """Every round of the running number that has candidates has a confirmed newest sheet; open flags deserve a word."""
    running = {r.id: t.name for t in edition.tracks for r in t.rounds if r.number == edition.round_number}
    held = queries.held_rounds(session, running.keys())
    rounds = {round_id: name for round_id, name in running.items() if round_id in held}
    newest = {round_id: sheets[0] for round_id, sheets in queries.sheets_by_round(session, rounds.keys()).items()}
    flags = queries.open_flags(session, [sheet.id for sheet in newest.values()])
    found = []
    for round_id, track in rounds.items():
        sheet = newest.get(round_id)
        if sheet is None:
            sentence = gettext("The scores of the track “%(track)s” have not been computed.", track=track)
            found.append(Obstacle(sentence, True, "results.index"))
            continue
        if sheet.confirmed_at is None:
            sentence = gettext("The result sheet of the track “%(track)s” has not been confirmed.", track=track)
            found.append(Obstacle(sentence, True, "results.index"))
        if flags.get(sheet.id):
            count = flags[sheet.id]
            sentence = gettext("Track “%(track)s”: %(count)s flags have not been answered.", track=track, count=count)
            found.append(Obstacle(sentence, False, "results.index"))
    return found
