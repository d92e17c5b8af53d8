"""The embedded server: waitress for the pages, one thread for the jobs and the letters."""

from flask import Flask
from waitress import create_server

from judging.config import Settings
from judging.foundation import clock, db, outbox
from judging.foundation.jobs import Worker


def send_letters(app: Flask) -> None:
    """Send what lies in the outbox."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        if not outbox.due(db.session(), clock.now(), limit=1):
            return
        with db.transaction() as session:
            outbox.send_due(session, clock.now(), mail_url=settings.mail_url, folder=settings.instance / "outbox")


def serve(app: Flask, *, host: str, port: int) -> None:
    """Serve until interrupted."""
    worker = Worker(app, tick=lambda: send_letters(app))
    worker.start()
    server = create_server(app, host=host, port=port, threads=16, ident=None)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        worker.stop()
        server.close()
