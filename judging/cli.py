"""The command line: judging init, run, demo, user, db."""

import tempfile
from pathlib import Path

import click
from flask import Flask

from judging import migrate
from judging.accounts import service as accounts
from judging.accounts.models import Role
from judging.accounts.queries import user_by_identity
from judging.app import create_app
from judging.config import Settings
from judging.demo.command import links, prepare
from judging.foundation import clock, db
from judging.foundation.audit import SYSTEM
from judging.foundation.errors import DomainError
from judging.rubrics import service as rubrics
from judging.server import serve


@click.group()
@click.version_option(package_name="judging")
def main() -> None:
    """Run a quality competition, from the call for entries to the certificates."""


@main.command()
@click.option("--username", prompt="User name of the first organizer", default="admin")
@click.option("--name", prompt="Name of the first organizer", default="秘书处")
@click.password_option("--password", help="At least 8 characters.")
def init(username: str, name: str, password: str) -> None:
    """Make the database, the rubric library and the first account."""
    settings = Settings.from_environment()
    migrate.upgrade(settings.database_url)
    app = create_app(settings)
    with app.app_context(), app.test_request_context():
        try:
            with db.transaction() as session:
                at = clock.now()
                user = accounts.create_user(session, username=username, name=name, password=password, by=SYSTEM, at=at)
                accounts.grant(session, user, Role.ADMIN, None, by=SYSTEM, at=at)
                rubrics.install_library(session, by=SYSTEM, at=at)
        except DomainError as refusal:
            raise click.ClickException(str(refusal)) from refusal
    click.echo(f"Ready in {settings.instance}. Start with: judging run")


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def run(port: int, host: str) -> None:
    """Serve the installation, with its worker."""
    settings = Settings.from_environment()
    migrate.upgrade(settings.database_url)
    click.echo(f"Serving http://{host}:{port} from {settings.instance} (Ctrl+C ends)")
    serve(create_app(settings), host=host, port=port)


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--seed", default=2022, show_default=True, help="The same seed gives the same data.")
@click.option("--no-serve", is_flag=True, help="Play and leave.")
@click.option("--afresh", is_flag=True, help="Play anew, forgetting what visitors did.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("instance/demo"), show_default=True)
def demo(port: int, host: str, seed: int, no_serve: bool, afresh: bool, folder: Path) -> None:
    """Play a whole edition with simulated judges, and serve it with a door for each role."""
    base_url = f"http://{host}:{port}"
    stage = prepare(folder, seed=seed, base_url=base_url, afresh=afresh)
    click.echo(stage.story)
    if no_serve:
        return
    click.echo("\n进入演示 step in:")
    click.echo("\n".join(links(stage, base_url)))
    click.echo(f"\n首页 front page: {base_url}/ （Ctrl+C 结束 ends）")
    serve(stage.app, host=host, port=port)


@main.command()
@click.argument("username")
@click.password_option("--password", help="At least 8 characters.")
def password(username: str, password: str) -> None:
    """Set a new password for an account, when nobody can sign in any more."""
    app = create_app()
    with app.app_context(), app.test_request_context():
        try:
            with db.transaction() as session:
                user = user_by_identity(session, username.lower())
                if user is None:
                    raise click.ClickException(f"no account named {username}")
                accounts.set_password(session, user, password, by=SYSTEM, at=clock.now())
        except DomainError as refusal:
            raise click.ClickException(str(refusal)) from refusal
    click.echo("The password is set; all browsers of this account are signed out.")


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database up to date."""
    migrate.upgrade(Settings.from_environment().database_url)


@database.command("check")
def check() -> None:
    """Fail when models and migrations differ."""
    with tempfile.TemporaryDirectory() as folder:
        app = _migrated(Path(folder))
        found = migrate.differences(app)
    click.echo("\n".join(found) or "migrations and models agree")
    raise SystemExit(1 if found else 0)


@database.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from the difference between the newest one and the models."""
    with tempfile.TemporaryDirectory() as folder:
        app = _migrated(Path(folder))
        click.echo(migrate.write_revision(app.config["SETTINGS"].database_url, message))


def _migrated(folder: Path) -> Flask:
    settings = Settings.in_folder(folder, secret_key="check")
    migrate.upgrade(settings.database_url)
    return create_app(settings)
