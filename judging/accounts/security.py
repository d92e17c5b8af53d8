"""Flask-Security as we use it: password hashing and the signed-in user. Its own pages are not registered."""

from flask import Flask
from flask_security import FSQLALiteUserDatastore, Security

from judging.accounts import sessions
from judging.accounts.models import RoleGrant, User
from judging.config import Settings
from judging.foundation import db


def init_app(app: Flask, settings: Settings) -> None:
    """Set up hashing (argon2id) and the loading of users from revocable sessions."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__type": "ID",
            "argon2__time_cost": settings.argon2_time,
            "argon2__memory_cost": settings.argon2_memory_kib,
            "argon2__parallelism": 1,
        },
        SECURITY_PASSWORD_LENGTH_MIN=8,
        SECURITY_TRACKABLE=False,
    )
    datastore = FSQLALiteUserDatastore(db.extension, User, RoleGrant)  # type: ignore[arg-type]
    Security(app, datastore, register_blueprint=False)
    app.login_manager.user_loader(sessions.load_user)  # type: ignore[attr-defined]
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]  # no tokens in headers or addresses
