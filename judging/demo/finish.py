"""Results and selection of the finished edition."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from judging.demo.scene import Scene, Times
from judging.editions.models import Edition
from judging.results import probing
from judging.results import queries as result_queries
from judging.results import service as results
from judging.results.models import FlagStatus
from judging.selection import queries as selection_queries
from judging.selection import service as selection


def compute(session: Session, scene: Scene, edition: Edition, times: Times) -> None:
    """Compute every round, answer its flags, test what hangs on single judges, confirm its sheet."""
    by, at = scene.organizer.actor, times.results
    for track in edition.tracks:
        sheet = results.compute(session, edition, track.rounds[0], by=by, at=at)
        for flag in result_queries.flags(session, sheet.id):
            note = "经复核评分表与评审稿，评分有依据，维持原分。"
            results.review_flag(
                session, edition, flag, FlagStatus.CONFIRMED, note=note, by=by, at=at + timedelta(hours=3)
            )
        probing.answer_now(session, sheet)
        results.confirm(session, edition, sheet, by=by, at=at + timedelta(hours=5), reason="异常标记均已复核")


def select(session: Session, scene: Scene, edition: Edition, times: Times) -> None:
    """Propose the levels, move one entry with two signatures, decide; choose the channels."""
    by, second, at = scene.organizer.actor, scene.second.actor, times.selection
    for track in edition.tracks:
        award_list = selection.propose(session, edition, track, by=by, at=at)
        if track is edition.tracks[0]:
            _move_one(session, scene, edition, award_list.id, times)
        selection.decide(session, award_list, by=second, at=at + timedelta(days=1))
    for channel in selection_queries.channels_of(session, edition):
        selection.choose_channel(session, edition, channel, by=by, at=at + timedelta(days=1))
        selection.decide_channel(session, channel, by=second, at=at + timedelta(days=1, hours=1))


def _move_one(session: Session, scene: Scene, edition: Edition, list_id: UUID, times: Times) -> None:
    """The best entry without a level is lifted to the lowest one, by two people and with a reason."""
    at = times.selection + timedelta(hours=4)
    decisions = selection_queries.decisions(session, list_id)
    lowest = selection_queries.tiers_of(session, edition.tracks[0].id, 1)[-1]
    found = next((decision for decision in decisions if decision.tier_id is None), None)
    if found is None:
        return
    reason = "与末位入围成果得分差在误差范围内，经评审委员会复议同意列入。"
    move = selection.propose_move(session, found, lowest, reason=reason, by=scene.organizer.actor, at=at)
    selection.sign_move(session, move, by=scene.second.actor, at=at + timedelta(hours=2))
