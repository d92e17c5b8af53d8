"""An exchange in the summer of 2022 that is being prepared: judges drawn and invited, plans proposed, halls drawn."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from judging.assignment import invitations
from judging.assignment.models import DrawnBy, Panel, SeatInvitation
from judging.assignment.service import halls, inviting, lots, panels
from judging.assignment.service.ground import Terms
from judging.assignment.service.plans import FOUR, keep, propose
from judging.assignment.strength import known_strengths
from judging.conflicts import coaching
from judging.conflicts import service as conflicts
from judging.demo import judging
from judging.demo.corpus_facts import EntryFacts
from judging.demo.pdfs import EntryFiles
from judging.demo.programme import Programme
from judging.demo.scene import Scene, Times, cast, moment, plan_calendar
from judging.demo.years import act, take_in
from judging.editions import service as editions
from judging.editions.models import Edition, Round, RoundKind, Stage, TrackKind
from judging.foundation import chance
from judging.judges.models import Judge

AHEAD = Times(
    created=moment(2022, 3, 15),
    intake=moment(2022, 4, 11),
    intake_ends=moment(2022, 5, 31, 17),
    blinding=moment(2022, 6, 6),
    judging=moment(2022, 6, 24),
    judging_ends=moment(2022, 7, 4, 17),
    results=moment(2022, 7, 5),
    selection=moment(2022, 7, 7),
    notice=moment(2022, 7, 11),
)
NAME = "湖北省质量管理成果交流赛（评审筹备中）"
SLUG = "2022-exchange"
ANSWER_BY = moment(2022, 6, 16, 17)
SEED = 2206
SEATS, RESERVES = 10, 3
HALLS = ("第一会场", "第二会场", "第三会场")
REASONS = ("评审期间出国访学，无法参加。", "与单位体系审核时间冲突。")


def make_ahead(session: Session, scene: Scene, past_id: UUID) -> UUID:
    """Make the edition by the rules of 2021, with stories told on site, and open its intake."""
    by, at = scene.organizer.actor, AHEAD.created
    source = session.get_one(Edition, past_id)
    edition = editions.copy_edition(session, source, name=NAME, slug=SLUG, year=2022, by=by, at=at)
    cast(session, scene, edition, at)
    plan_calendar(session, edition, AHEAD, by)
    for track in edition.tracks:
        told = {"kind": RoundKind.ON_SITE, "judges_per_entry": 4} if track.kind is TrackKind.STORY else {}
        values = {"judges_per_entry": 3, "min_load": 0, "max_load": 40} | told
        editions.update_round(session, edition, track, track.rounds[0], by=by, at=at, **values)  # type: ignore[arg-type]
    editions.move_stage(session, edition, Stage.INTAKE, by=by, at=AHEAD.intake, reason="按年度计划")
    return edition.id


def play_ahead(
    scene: Scene, facts: Sequence[EntryFacts], drawn: Iterable[EntryFiles], edition_id: UUID, programme: Programme
) -> None:
    """Play the exchange until its judges have been asked and its plans proposed: nothing is assigned yet."""
    with act(programme, "2022 交流赛 申报 / intake of the exchange", edition_id) as (session, edition):
        take_in(session, scene, edition, facts, drawn, AHEAD, programme)
    with act(programme, "2022 交流赛 抽取评委、邀请、会场 / lots, invitations, halls", edition_id) as (
        session,
        edition,
    ):
        judging.blind(session, scene, edition, AHEAD, tick=programme.tick)
        conflicts.detect(session, edition, by=scene.organizer.actor, at=AHEAD.blinding + timedelta(hours=3))
        for track in edition.tracks:
            if track.kind is TrackKind.QC:
                _draw_judges(session, scene, edition, track.rounds[0], facts)
                _propose(session, scene, edition, track.rounds[0])
            elif track.kind is TrackKind.STORY:
                _set_halls(session, scene, edition, track.rounds[0])


def _keep_apart(session: Session, scene: Scene, edition: Edition, judge: Judge, coached: Sequence[EntryFacts]) -> None:
    """One of the drawn judges coached two of the units that take part."""
    by, at = scene.organizer.actor, AHEAD.blinding + timedelta(days=1, hours=2)
    units = "、".join(fact.unit.name for fact in coached)
    coaching.record_coached(session, edition, judge, units, reason="2021年受邀授课辅导", by=by, at=at)


def _draw_judges(session: Session, scene: Scene, edition: Edition, round_: Round, facts: Sequence[EntryFacts]) -> None:
    """Draw judges with reserves; most accept, two decline, one reserve has been called, the others have not answered."""
    by, at = scene.organizer.actor, AHEAD.blinding + timedelta(days=1)
    panel = panels.make_panel(session, edition, round_, name="材料评审组", by=by, at=at)
    ask = lots.Ask(SEATS, RESERVES, DrawnBy.NONE, SEED)
    draw = lots.draw_judges(session, edition, round_, panel, ask, by=by, at=at)
    seated = lots.seat_drawn(session, draw, panel, by=by, at=at + timedelta(minutes=20))
    _keep_apart(session, scene, edition, seated[4], facts[1:3])
    asked = at + timedelta(hours=1)
    inviting.invite_judges(session, edition, round_, answer_by=ANSWER_BY, by=by, at=asked)
    by_judge = {one.judge_id: one for one in invitations.of_round(session, round_.id)}
    mine = [by_judge[judge.id] for judge in seated]
    for number, one in enumerate(mine[2:7]):
        _accept(session, scene, edition, round_, one, asked + timedelta(hours=7 * number + 2), number)
    for number, (one, reason) in enumerate(zip(mine[:2], REASONS, strict=True)):
        who, when = scene.judge_users[one.judge_id].actor, asked + timedelta(hours=20 + 9 * number)
        inviting.decline_seat(session, edition, round_, one, reason=reason, by=who, at=when)
    session.expire(panel)
    _call_next(session, scene, edition, round_, panel, mine[0], asked + timedelta(days=2))


def _accept(
    session: Session, scene: Scene, edition: Edition, round_: Round, one: SeatInvitation, at: datetime, number: int
) -> None:
    who = scene.judge_users[one.judge_id].actor
    inviting.confirm_titles(session, edition, round_, one, by=who, at=at)
    if number < 2:
        words = ("机械加工、焊接", "护理、服务质量")[number]
        inviting.state_wishes(session, edition, round_, one, {}, words=words, by=who, at=at + timedelta(minutes=6))
    inviting.accept_seat(session, edition, round_, one, by=who, at=at + timedelta(minutes=9))


def _call_next(
    session: Session,
    scene: Scene,
    edition: Edition,
    round_: Round,
    panel: Panel,
    declined: SeatInvitation,
    at: datetime,
) -> None:
    after = lots.successors_of(session, round_)[declined.judge_id]
    if after.called is not None:
        code, by = after.called.line.code, scene.organizer.actor
        lots.call_reserve(session, edition, round_, after.draw, panel, code, answer_by=ANSWER_BY, by=by, at=at)


def _propose(session: Session, scene: Scene, edition: Edition, round_: Round) -> None:
    by, at, proposal_id = scene.organizer.actor, AHEAD.blinding + timedelta(days=4), chance.new_id()
    for mode in FOUR:
        proposal = propose(session, edition, round_, Terms(seed=SEED, mode=mode, least=4, most=12))
        keep(session, edition, proposal, by=by, at=at, proposal_id=proposal_id)


def _set_halls(session: Session, scene: Scene, edition: Edition, round_: Round) -> None:
    """Three halls with a panel each, equally strong by last year's places; two orders are drawn, one is not yet."""
    by, at = scene.organizer.actor, AHEAD.blinding + timedelta(days=2)
    able = [judge for judge in scene.judges if TrackKind.STORY.value in {e.code for e in judge.expertise}]
    for number, name in enumerate(HALLS):
        panel = panels.make_panel(session, edition, round_, name=f"{name}评审组", by=by, at=at)
        own = able[number :: len(HALLS)]
        panels.seat_judges(session, panel, own, chair=own[0], by=by, at=at)
        starts = AHEAD.judging + timedelta(days=1, minutes=-30 + 30 * (number == 1))
        halls.add_sitting(session, edition, round_, hall=name, panel=panel, starts_at=starts, by=by, at=at)
    signal = next((known.key for known in known_strengths(session, edition, round_)), "")
    made = halls.apportion_candidates(session, edition, round_, seed=SEED, signal=signal, by=by, at=at)
    for number, sitting in enumerate(made[:2]):
        when = at + timedelta(hours=1, minutes=number)
        halls.draw_running_order(session, edition, round_, sitting, seed=SEED + number, by=by, at=when)
