"""Settings: read once from JUDGING_* variables, never changed afterwards."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation decides. The default is one folder, one SQLite file, no service."""

    instance: Path
    database_url: str
    storage_url: str
    secret_key: str
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = ""  # empty: letters are written to instance/outbox
    secure_cookies: bool = False
    proxies: int = 0  # how many reverse proxies stand in front
    argon2_time: int = 2
    argon2_memory_kib: int = 19 * 1024
    template_cache: Path | None = None  # where compiled templates are kept: a start does not compile them anew
    testing: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; the folder of the installation is made when it is missing."""
        env = os.environ if environ is None else environ
        return cls.in_folder(
            Path(env.get("JUDGING_INSTANCE", "instance")),
            database_url=env.get("JUDGING_DATABASE_URL"),
            storage_url=env.get("JUDGING_STORAGE_URL"),
            secret_key=env.get("JUDGING_SECRET_KEY"),
            base_url=env.get("JUDGING_BASE_URL", "http://127.0.0.1:8000"),
            mail_url=env.get("JUDGING_MAIL_URL", ""),
            secure_cookies=env.get("JUDGING_SECURE_COOKIES", "") == "1",
            proxies=int(env.get("JUDGING_PROXIES", "0")),
        )

    @classmethod
    def in_folder(
        cls,
        folder: Path,
        *,
        database_url: str | None = None,
        storage_url: str | None = None,
        secret_key: str | None = None,
        **rest: object,
    ) -> "Settings":
        """Settings of an installation that lives in `folder`."""
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        settings = cls(
            instance=folder,
            database_url=database_url or f"sqlite:///{folder / 'judging.sqlite3'}",
            storage_url=storage_url or (folder / "files").as_uri(),
            secret_key=secret_key or _kept_secret(folder / "secret_key"),
            template_cache=folder / "cache" / "templates",
        )
        return replace(settings, **rest)  # type: ignore[arg-type]  # names are checked by the dataclass


def _kept_secret(path: Path) -> str:
    """Return the secret of this installation, made on the first start and readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
