"""The two editions of the play: 2021 from the first upload to the certificate, 2022 up to the middle of blind review."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import User
from judging.demo import comparison, finish, intake, judging, publishing
from judging.demo.corpus import Corpus
from judging.demo.corpus_facts import EntryFacts
from judging.demo.marks import Truth
from judging.demo.pdfs import EntryFiles
from judging.demo.programme import Programme
from judging.demo.scene import Scene, Times, cast, make_edition, moment, plan_calendar
from judging.editions import service as editions
from judging.editions.models import Edition, Stage
from judging.foundation import db
from judging.judges.models import Judge
from judging.units.models import RecommendingUnit, Unit

PAST = Times(
    created=moment(2021, 3, 1),
    intake=moment(2021, 4, 1),
    intake_ends=moment(2021, 5, 20, 17),
    blinding=moment(2021, 5, 24),
    judging=moment(2021, 6, 1),
    judging_ends=moment(2021, 6, 15, 17),
    results=moment(2021, 6, 16),
    selection=moment(2021, 6, 21),
    notice=moment(2021, 6, 28),
)
PRESENT = Times(
    created=moment(2022, 3, 1),
    intake=moment(2022, 4, 1),
    intake_ends=moment(2022, 5, 20, 17),
    blinding=moment(2022, 5, 24),
    judging=moment(2022, 6, 1),
    judging_ends=moment(2022, 6, 15, 17),
    results=moment(2022, 6, 16),
    selection=moment(2022, 6, 20),
    notice=moment(2022, 6, 27),
)
NOW = moment(2022, 6, 12, 9, 30)  # where the demo's clock begins: 3 days before judging closes
PAST_NAME = "湖北省质量提升小组第四十次代表大会"
PRESENT_NAME = "湖北省质量提升小组第四十一次代表大会"


def make_past(session: Session, scene: Scene) -> UUID:
    """Make the edition of 2021 and open its intake."""
    edition = make_edition(session, scene, 2021, PAST_NAME, PAST)
    editions.move_stage(session, edition, Stage.INTAKE, by=scene.organizer.actor, at=PAST.intake)
    return edition.id


def make_present(session: Session, scene: Scene, past_id: UUID) -> UUID:
    """Make the edition of 2022 from that of 2021, and open its intake."""
    by, at = scene.organizer.actor, PRESENT.created
    source = session.get_one(Edition, past_id)
    edition = editions.copy_edition(session, source, name=PRESENT_NAME, slug="2022", year=2022, by=by, at=at)
    cast(session, scene, edition, at)
    plan_calendar(session, edition, PRESENT, by)
    judging.fewer_judges(session, edition, by, at)
    editions.move_stage(session, edition, Stage.INTAKE, by=by, at=PRESENT.intake, reason="按年度计划")
    return edition.id


def play_past(
    scene: Scene, corpus: Corpus, drawn: Iterable[EntryFiles], edition_id: UUID, seed: int, programme: Programme,
    folder: Path,
) -> tuple[str, list[Path]]:  # fmt: skip
    """Play 2021 to its end; return the table that compares the methods, and the exported files."""
    times, truth = PAST, _truth(scene, seed)
    with act(programme, "2021 申报与推荐 / intake and recommendation", edition_id) as (session, edition):
        take_in(session, scene, edition, corpus.entries, drawn, times, programme)
    with act(programme, "2021 盲审编号、回避、派件 / blinding, conflicts, assignment", edition_id) as (
        session,
        edition,
    ):
        judging.blind(session, scene, edition, times, tick=programme.tick)
        judging.keep_apart(session, scene, edition, times)
        judging.assign(session, scene, edition, times)
        go_on(session, edition, Stage.JUDGING, scene, times.judging)
    with act(programme, "2021 评审打分 / ballots", edition_id) as (session, edition):
        judging.mark_all(session, scene, edition, truth, times, tick=programme.tick)
        go_on(session, edition, Stage.RESULTS, scene, times.results)
    with act(programme, "2021 成绩、评选、推荐 / results, selection, channels", edition_id) as (session, edition):
        finish.compute(session, scene, edition, times)
        go_on(session, edition, Stage.SELECTION, scene, times.selection)
        finish.select(session, scene, edition, times)
        go_on(session, edition, Stage.NOTICE, scene, times.notice)
        lines, expected = comparison.compare(session, edition, truth), comparison.expect(session, edition, truth)
        table = comparison.as_text(lines, expected)
    with act(programme, "2021 公示、异议、公告、证书 / notice, objection, certificates", edition_id) as (
        session,
        edition,
    ):
        closed = publishing.publish(session, scene, edition, times)
        go_on(session, edition, Stage.CLOSED, scene, closed)
        return table, publishing.write_files(session, edition, folder)


def play_present(
    scene: Scene, corpus: Corpus, drawn: Iterable[EntryFiles], edition_id: UUID, seed: int, programme: Programme
) -> None:
    """Play 2022 until three days before its judging closes."""
    times, truth = PRESENT, _truth(scene, seed + 1)
    with act(programme, "2022 申报与推荐 / intake and recommendation", edition_id) as (session, edition):
        take_in(session, scene, edition, corpus.entries, drawn, times, programme)
    with act(programme, "2022 盲审编号、回避、派件 / blinding, conflicts, assignment", edition_id) as (
        session,
        edition,
    ):
        judging.blind(session, scene, edition, times, tick=programme.tick)
        judging.mend_leaks(session, scene, edition, corpus.entries, times)
        judging.keep_apart(session, scene, edition, times)
        judging.ask_recusal(session, scene, edition, times.blinding + timedelta(days=3))
        judging.assign(session, scene, edition, times)
        go_on(session, edition, Stage.JUDGING, scene, times.judging)
    with act(programme, "2022 评审进行到一半 / half of the ballots", edition_id) as (session, edition):
        judging.mark_some(session, scene, edition, truth, times, tick=programme.tick)
        judging.leave_waiting(session, scene, edition, NOW - timedelta(hours=16))


@contextmanager
def act(programme: Programme, title: str, edition_id: UUID) -> Iterator[tuple[Session, Edition]]:
    """One act in one transaction; who is on stage is read anew in a few statements instead of one by one."""
    with programme.act(title), db.transaction() as session:
        for model in (User, RecommendingUnit, Unit, Judge):
            session.scalars(sa.select(model)).all()
        yield session, session.get_one(Edition, edition_id)


def take_in(
    session: Session, scene: Scene, edition: Edition, facts: Sequence[EntryFacts], drawn: Iterable[EntryFiles],
    times: Times, programme: Programme,
) -> None:  # fmt: skip
    """Take the entries in, let them be recommended and checked, and go on to blinding."""
    made = intake.hand_in(session, scene, edition, facts, times, drawn=drawn, tick=programme.tick)
    intake.recommend(session, scene, edition, times)
    intake.check(session, scene, edition, made, times, tick=programme.tick)
    go_on(session, edition, Stage.BLINDING, scene, times.blinding)


def _truth(scene: Scene, seed: int) -> Truth:
    """The third judge is careless; the seventh favours the region where most units are."""
    return Truth(seed, careless=scene.judges[2].code, partial=scene.judges[6].code, favoured_region="420100")


def go_on(session: Session, edition: Edition, stage: Stage, scene: Scene, at: datetime) -> None:
    """Move to a stage, a little before it is planned."""
    editions.move_stage(
        session, edition, stage, by=scene.organizer.actor, at=at - timedelta(minutes=5), reason="按日程进入下一阶段"
    )
