"""The command line: judging init, run, demo, db, user."""

import click

from judging.app import create_app
from judging.config import Settings


@click.group()
@click.version_option(package_name="judging")
def main() -> None:
    """Run a quality competition, from the call for entries to the certificates."""


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command("check")
def check() -> None:
    """Fail when models and migrations differ."""
    from judging.migrate import differences

    found = differences(create_app())
    for line in found:
        click.echo(line)
    raise SystemExit(1 if found else 0)


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def run(port: int, host: str) -> None:
    """Serve the installation with its worker."""
    from judging.server import serve

    serve(create_app(Settings.from_environment()), host=host, port=port)
