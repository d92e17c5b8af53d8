"""What stands in the way: levels before judging opens, decided lists before a notice."""

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Stage
from judging.editions.readiness import Obstacle, checks
from judging.results import queries as results
from judging.selection import queries
from judging.selection.doubts import in_doubt


@checks(Stage.JUDGING)
def levels_are_set(session: Session, edition: Edition) -> list[Obstacle]:
    """Once judging opens, levels can no longer be set: each track and round needs them now."""
    if edition.frozen_at is not None:
        return []
    known = queries.tiers_of_edition(session, edition)
    return [
        Obstacle(
            gettext(
                "No award levels are set for round %(number)s of the track “%(track)s”; later they cannot be set.",
                number=round_.number,
                track=track.name,
            ),
            True,
            "selection.index",
        )
        for track in edition.tracks
        for round_ in track.rounds
        if not known.get((track.id, round_.number))
    ]


@checks(Stage.NOTICE)
def lists_are_decided(session: Session, edition: Edition) -> list[Obstacle]:
    """Every list of the running round is decided, from the sheet that stands; no move waits."""
    found = [
        Obstacle(
            gettext("The award list of the track “%(track)s” has not been decided.", track=track.name),
            True,
            "selection.index",
        )
        for track in queries.undecided_tracks(session, edition)
    ]
    lists = {one.id: one for one in queries.lists_of_edition(session, edition)}
    names = {track.id: track.name for track in edition.tracks}
    for list_id, count in queries.waiting_moves(session, list(lists)).items():
        track = names[lists[list_id].track_id]
        sentence = gettext("Track “%(track)s”: %(count)s moves wait for a second signature.", track=track, count=count)
        found.append(Obstacle(sentence, True, "selection.index"))
    return found


@checks(Stage.NOTICE)
def lists_rest_on_the_sheets_that_stand(session: Session, edition: Edition) -> list[Obstacle]:
    """A list made from a sheet that is no longer confirmed must be made again."""
    found = []
    for track in edition.tracks:
        round_, made = track.round(edition.round_number), queries.list_of(session, track.id, edition.round_number)
        if round_ is None or made is None or made.decided_at is None:
            continue
        sheet = results.confirmed_sheet(session, round_.id)
        if sheet is None or sheet.id != made.sheet_id:
            sentence = gettext(
                "The award list of the track “%(track)s” rests on a result sheet that no longer stands.",
                track=track.name,
            )
            found.append(Obstacle(sentence, True, "selection.index"))
    return found


@checks(Stage.NOTICE)
@checks(Stage.CLOSED)
def decided_lists_are_up_to_date(session: Session, edition: Edition) -> list[Obstacle]:
    """A list that was decided before an objection was upheld, or a level changed, is decided anew."""
    return [
        Obstacle(
            gettext(
                "The decided recommendation list “%(channel)s” must be decided anew: “%(title)s” – %(why)s.",
                channel=one.channel.name,
                title=one.entry.title,
                why=one.doubt.sentence,
            ),
            True,
            "selection.channels",
        )
        for one in in_doubt(session, edition)
    ]


@checks(Stage.NOTICE)
def channels_are_decided(session: Session, edition: Edition) -> list[Obstacle]:
    """Recommendations may follow later, but usually stand in the same notice."""
    return [
        Obstacle(
            gettext("The recommendation list “%(channel)s” has not been decided.", channel=channel.name),
            False,
            "selection.channels",
        )
        for channel in queries.channels_of(session, edition)
        if channel.decided_at is None
    ]
