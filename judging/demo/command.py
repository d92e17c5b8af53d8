"""The demo command: play once, keep what was played, serve it with doors for visitors."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask

from judging import __version__, migrate
from judging.app import create_app
from judging.config import Settings
from judging.demo import visit
from judging.demo.play import play
from judging.demo.years import NOW
from judging.foundation import clock, db

PLAYED = "played.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo lives, and what its play left to be told."""

    app: Flask
    story: str


def prepare(folder: Path, *, seed: int, base_url: str, afresh: bool, quiet: bool = False) -> Stage:
    """Return the demo of a seed: as it was kept, or played now."""
    kept = _kept(folder, seed)
    if kept is None or afresh:
        shutil.rmtree(folder, ignore_errors=True)
        kept = _play(folder, seed, base_url, quiet)
    app = _open(folder, base_url)
    visit.install(app)
    clock.pretend(NOW)
    return Stage(app, kept["story"])


def _kept(folder: Path, seed: int) -> dict[str, str] | None:
    try:
        kept: dict[str, str] = json.loads((folder / PLAYED).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None  # never played to the end
    return kept if (kept.get("version"), kept.get("seed")) == (__version__, str(seed)) else None


def _open(folder: Path, base_url: str) -> Flask:
    settings = Settings.in_folder(folder, base_url=base_url)
    migrate.upgrade(settings.database_url)
    return create_app(settings)


def _play(folder: Path, seed: int, base_url: str, quiet: bool) -> dict[str, str]:
    if not quiet:
        click.echo("演示正在上演（约二十秒）… The play begins (about twenty seconds):")
    app = _open(folder, base_url)
    played = play(app, folder / "export", seed=seed, quiet=quiet)
    with app.app_context():
        db.extension.engine.dispose()
    lines = [played.table, "", "导出文件 exported files:", *[f"  {path}" for path in played.files]]
    kept = {"version": __version__, "seed": str(seed), "story": "\n".join(lines)}
    (folder / PLAYED).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    if not quiet:
        click.echo(f"演示完成，用时 {played.seconds:.1f} 秒。 Played in {played.seconds:.1f} s.")
    return kept


def links(stage: Stage, base_url: str) -> list[str]:
    """Return a sign-in link per role of the running edition, for the terminal."""
    with stage.app.app_context(), stage.app.test_request_context():
        _edition, doors = visit.steps_in(db.session())[0]
        return [f"  {base_url}{door.url}  {door.role.label}" for door in doors]
