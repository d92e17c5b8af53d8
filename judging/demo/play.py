"""The play: 2021 from the first upload to the certificate, 2022 up to the middle of blind review."""

import gc
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role
from judging.demo import comparison, finish, intake, judging, publishing
from judging.demo.corpus import Corpus
from judging.demo.marks import Truth
from judging.demo.pdfs import EntryFiles, make_files
from judging.demo.scene import Scene, Times, cast, make_edition, moment, plan_calendar, set_scene
from judging.editions import service as editions
from judging.editions.models import Edition, Stage
from judging.foundation import chance, db
from judging.foundation.audit import SYSTEM

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


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries are played."""

    qc: int = 240
    stories: int = 24
    papers: int = 40
    past_qc: int = 54
    past_stories: int = 8
    past_papers: int = 10


@dataclass(frozen=True, slots=True)
class Played:
    """What the play leaves to be told."""

    table: str
    files: list[Path]
    seconds: float


class Programme:
    """Shows on the terminal which act is played and how far it is."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet, self._done, self._began = quiet, 0, time.perf_counter()

    @contextmanager
    def act(self, title: str) -> Iterator[None]:
        """Announce an act and say how long it took."""
        began, self._done = time.perf_counter(), 0
        self._say(f"  {title} …")
        yield
        self._say(f"\r  {title} {'· ' + str(self._done) if self._done else ''} ({time.perf_counter() - began:.1f} s)\n")

    def tick(self) -> None:
        """Count one piece of work."""
        self._done += 1

    @property
    def seconds(self) -> float:
        """Return how long the play has lasted."""
        return time.perf_counter() - self._began

    def _say(self, text: str) -> None:
        if not self._quiet:
            sys.stdout.write(text)
            sys.stdout.flush()


def play(app: Flask, folder: Path, *, seed: int = 2022, size: Size | None = None, quiet: bool = False) -> Played:
    """Play both editions into the empty database of an application."""
    size, programme = size or Size(), Programme(quiet)
    gc.disable()  # hundreds of thousands of small rows; collecting among them costs a tenth of the play
    try:
        return _play(app, folder, seed, size, programme)
    finally:
        gc.enable()


def _play(app: Flask, folder: Path, seed: int, size: Size, programme: Programme) -> Played:
    with app.app_context(), app.test_request_context(), chance.seeded(seed), _other_core() as pool:
        with programme.act("虚构单位、评委和成果 / inventing units, judges and entries"):
            corpus = Corpus.make(seed, size.qc, size.stories, size.papers)
            earlier = corpus.earlier(size.past_qc, size.past_stories, size.past_papers)
            files_then = pool.map(partial(make_files, leaks=False), earlier.entries, chunksize=4)
            files_now = pool.map(make_files, corpus.entries, chunksize=4)
        with programme.act("建立账号、单位、专家库 / accounts, units, expert bank"), db.transaction() as session:
            scene = set_scene(session, corpus, PAST.created)
            accounts.grant(session, scene.organizer, Role.ORGANIZER, None, by=SYSTEM, at=PAST.created)
        past = _play_past(scene, earlier, files_then, seed, programme, folder)
        _play_present(scene, corpus, files_now, past.edition_id, seed, programme)
    return Played(past.table, past.files, programme.seconds)


@contextmanager
def _other_core() -> Iterator[ProcessPoolExecutor]:
    """Draw the PDFs of the entries on the machine's other core while this one plays."""
    pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Past:
    edition_id: object
    table: str
    files: list[Path]


def _truth(scene: Scene, seed: int) -> Truth:
    """The third judge is careless; the seventh favours the region where most units are."""
    return Truth(seed, careless=scene.judges[2].code, partial=scene.judges[6].code, favoured_region="420100")


def _play_past(
    scene: Scene, corpus: Corpus, drawn: Iterable[EntryFiles], seed: int, programme: Programme, folder: Path
) -> _Past:
    times, by, truth = PAST, scene.organizer.actor, _truth(scene, seed)
    with db.transaction() as session:
        edition = make_edition(session, scene, 2021, PAST_NAME, times)
        editions.move_stage(session, edition, Stage.INTAKE, by=by, at=times.intake)
    with programme.act("2021 申报与推荐 / intake and recommendation"), db.transaction() as session:
        made = intake.hand_in(session, scene, edition, corpus.entries, times, drawn=drawn, tick=programme.tick)
        intake.recommend(session, scene, edition, times)
        intake.check(session, scene, edition, made, times, tick=programme.tick)
        _go_on(session, edition, Stage.BLINDING, scene, times.blinding)
    with programme.act("2021 盲审编号、回避、派件 / blinding, conflicts, assignment"), db.transaction() as session:
        judging.blind(session, scene, edition, times, tick=programme.tick)
        judging.keep_apart(session, scene, edition, times)
        judging.assign(session, scene, edition, times)
        _go_on(session, edition, Stage.JUDGING, scene, times.judging)
    with programme.act("2021 评审打分 / ballots"), db.transaction() as session:
        judging.mark_all(session, scene, edition, truth, times, tick=programme.tick)
        _go_on(session, edition, Stage.RESULTS, scene, times.results)
    with programme.act("2021 成绩、评选、推荐 / results, selection, channels"), db.transaction() as session:
        finish.compute(session, scene, edition, times)
        _go_on(session, edition, Stage.SELECTION, scene, times.selection)
        finish.select(session, scene, edition, times)
        _go_on(session, edition, Stage.NOTICE, scene, times.notice)
        lines, expected = comparison.compare(session, edition, truth), comparison.expect(session, edition, truth)
        table = comparison.as_text(lines, expected)
    with programme.act("2021 公示、异议、公告、证书 / notice, objection, certificates"), db.transaction() as session:
        closed = publishing.publish(session, scene, edition, times)
        _go_on(session, edition, Stage.CLOSED, scene, closed)
        files = publishing.write_files(session, edition, folder)
    return _Past(edition.id, table, files)


def _play_present(
    scene: Scene, corpus: Corpus, drawn: Iterable[EntryFiles], past_id: object, seed: int, programme: Programme
) -> None:
    times, by, truth = PRESENT, scene.organizer.actor, _truth(scene, seed + 1)
    with db.transaction() as session:
        source = session.get_one(Edition, past_id)
        edition = editions.copy_edition(
            session, source, name=PRESENT_NAME, slug="2022", year=2022, by=by, at=times.created
        )
        cast(session, scene, edition, times.created)
        plan_calendar(session, edition, times, by)
        judging.fewer_judges(session, edition, by, times.created)
        editions.move_stage(session, edition, Stage.INTAKE, by=by, at=times.intake, reason="按年度计划")
    with programme.act("2022 申报与推荐 / intake and recommendation"), db.transaction() as session:
        made = intake.hand_in(session, scene, edition, corpus.entries, times, drawn=drawn, tick=programme.tick)
        intake.recommend(session, scene, edition, times)
        intake.check(session, scene, edition, made, times, tick=programme.tick)
        _go_on(session, edition, Stage.BLINDING, scene, times.blinding)
    with programme.act("2022 盲审编号、回避、派件 / blinding, conflicts, assignment"), db.transaction() as session:
        judging.blind(session, scene, edition, times, tick=programme.tick)
        judging.mend_leaks(session, scene, edition, corpus.entries, times)
        judging.keep_apart(session, scene, edition, times)
        judging.ask_recusal(session, scene, edition, times.blinding + timedelta(days=3))
        judging.assign(session, scene, edition, times)
        _go_on(session, edition, Stage.JUDGING, scene, times.judging)
    with programme.act("2022 评审进行到一半 / half of the ballots"), db.transaction() as session:
        judging.mark_some(session, scene, edition, truth, times, tick=programme.tick)
        judging.leave_waiting(session, scene, edition, NOW - timedelta(hours=16))


def _go_on(session: Session, edition: Edition, stage: Stage, scene: Scene, at: datetime) -> None:
    editions.move_stage(
        session, edition, stage, by=scene.organizer.actor, at=at - timedelta(minutes=5), reason="按日程进入下一阶段"
    )
