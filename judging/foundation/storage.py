"""Files under the hash of their content: the same file sent twice is stored once, and a key tells nothing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from obstore.store import LocalStore, ObjectStore, from_url

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a file lies and what it weighs."""

    key: str
    sha256: str
    size: int


class Storage:
    """One folder, or one bucket (``s3://…``), behind the same three verbs."""

    def __init__(self, url: str) -> None:
        self._store: ObjectStore = _open(url)

    def put(self, content: bytes | BinaryIO) -> Stored:
        """Store a file under its hash; an equal file is not written again."""
        data = content if isinstance(content, bytes) else content.read()
        digest = hashlib.sha256(data).hexdigest()
        key = f"{digest[:2]}/{digest}"
        if not self.exists(key):
            self._store.put(key, data)
        return Stored(key=key, sha256=digest, size=len(data))

    def get(self, key: str) -> bytes:
        """Return a stored file whole."""
        return bytes(self._store.get(key).bytes())

    def stream(self, key: str) -> Iterator[bytes]:
        """Return a stored file in pieces, for a download."""
        for piece in self._store.get(key).stream(min_chunk_size=CHUNK):
            yield bytes(piece)

    def exists(self, key: str) -> bool:
        """Say whether a file of this key is stored."""
        try:
            self._store.head(key)
        except FileNotFoundError:
            return False
        return True


def _open(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(str(folder))
    return from_url(url)


def init_app(app: Flask, url: str) -> None:
    """Open the storage of the application."""
    app.extensions["storage"] = Storage(url)


def storage() -> Storage:
    """Return the storage of the running application."""
    store: Storage = current_app.extensions["storage"]
    return store
