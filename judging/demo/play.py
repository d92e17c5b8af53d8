"""The play: what all editions share, then 2021 and 2022 beside each other, then all put into one database."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from judging.accounts import service as accounts
from judging.accounts.models import Role
from judging.config import Settings
from judging.demo import ahead, merging, years
from judging.demo.beside import Beside
from judging.demo.corpus import Corpus
from judging.demo.corpus_facts import EntryFacts
from judging.demo.pdfs import EntryFiles, make_files
from judging.demo.programme import Programme
from judging.demo.scene import Scene, set_scene
from judging.foundation import chance, db
from judging.foundation.audit import SYSTEM

APART = 1_000_003  # between the seeds from which the two editions draw their ids


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries are played."""

    qc: int = 240
    stories: int = 24
    papers: int = 40
    past_qc: int = 54
    past_stories: int = 8
    past_papers: int = 10
    ahead_qc: int = 24  # last year's, exchanged again
    ahead_stories: int = 4  # beside last year's


@dataclass(frozen=True, slots=True)
class Played:
    """What the play leaves to be told."""

    table: str
    files: list[Path]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Opening:
    """What all editions have in common."""

    scene: Scene
    past_id: UUID
    present_id: UUID
    ahead_id: UUID


def play(app: Flask, folder: Path, *, seed: int = 2022, size: Size | None = None, quiet: bool = False) -> Played:
    """Play both editions into the empty database of an application, and export into `folder`.

    2021 is played by a second process in a copy of the database: a machine with two cores needs half the time.
    """
    gc.disable()  # hundreds of thousands of small rows; collecting among them costs a tenth of the play
    try:
        return _play(app, folder, seed, size or Size(), Programme(quiet), quiet)
    finally:
        gc.enable()


def _play(app: Flask, folder: Path, seed: int, size: Size, programme: Programme, quiet: bool) -> Played:
    settings: Settings = app.config["SETTINGS"]
    ours = Path(sa.make_url(settings.database_url).database or "")
    theirs, before = ours.with_name("past.sqlite3"), ours.with_name("before.sqlite3")
    with app.app_context(), app.test_request_context():
        with programme.act("虚构单位、评委和成果 / inventing units, judges and entries"):
            corpus = Corpus.make(seed, size.qc, size.stories, size.papers)
            earlier = corpus.earlier(size.past_qc, size.past_stories, size.past_papers)
            exchanged: tuple[EntryFacts, ...] = (
                *earlier.qc[: size.ahead_qc],
                *earlier.stories,
                *corpus.others(earlier, size.ahead_stories).stories,
            )
            drawn = Beside(partial(_draw, corpus.entries))
        with (
            programme.act("建立届次、账号、单位、专家库 / editions, accounts, units, expert bank"),
            chance.seeded(seed),
        ):
            opening = _open(corpus)
        db.extension.engine.dispose()  # a connection must not be carried into another process
        merging.copy(ours, theirs, before)
        beside = Programme(quiet, beside=True)
        past = Beside(partial(_play_past, opening, earlier, exchanged, theirs, seed, folder, beside))
        with chance.seeded(seed + APART):
            years.play_present(opening.scene, corpus, drawn, opening.present_id, seed, programme)
        ((table, files),) = past
        db.session().close()
        db.extension.engine.dispose()
        merging.merge(ours, changed=theirs, since=before)
    for done in (theirs, before):
        done.unlink()
    return Played(table, files, programme.seconds)


def _draw(entries: Iterable[EntryFacts]) -> Iterator[EntryFiles]:
    return map(make_files, entries)


def _open(corpus: Corpus) -> _Opening:
    at = years.PAST.created
    with db.transaction() as session:
        scene = set_scene(session, corpus, at)
        accounts.grant(session, scene.organizer, Role.ORGANIZER, None, by=SYSTEM, at=at)
        past_id = years.make_past(session, scene)
        present_id = years.make_present(session, scene, past_id)
        return _Opening(scene, past_id, present_id, ahead.make_ahead(session, scene, past_id))


def _play_past(
    opening: _Opening,
    corpus: Corpus,
    exchanged: Sequence[EntryFacts],
    database: Path,
    seed: int,
    folder: Path,
    programme: Programme,
) -> Iterator[tuple[str, list[Path]]]:
    """Play 2021, and the exchange that leans on it, in a database of their own; runs in a process of its own."""

    def go_there(_dialect: Any, _record: Any, arguments: list[Any], _named: dict[str, Any]) -> None:
        arguments[0] = str(database)

    event.listen(db.extension.engine, "do_connect", go_there)
    drawn = (make_files(entry, leaks=False) for entry in corpus.entries)
    with chance.seeded(seed + 2 * APART):
        told = years.play_past(opening.scene, corpus, drawn, opening.past_id, seed, programme, folder)
        again = (make_files(entry, leaks=False) for entry in exchanged)
        ahead.play_ahead(opening.scene, exchanged, again, opening.ahead_id, programme)
        yield told
    db.session().close()
    db.extension.engine.dispose()
