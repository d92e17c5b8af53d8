"""Files under the hash of their content."""

import hashlib
import io
from pathlib import Path

import pytest

from judging.foundation.storage import CHUNK, Storage


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return Storage((tmp_path / "文件 夹").as_uri())


def test_a_file_comes_back_as_it_went_in(store: Storage) -> None:
    stored = store.put(b"report")
    digest = hashlib.sha256(b"report").hexdigest()
    assert (stored.key, stored.sha256, stored.size) == (f"{digest[:2]}/{digest}", digest, 6)
    assert store.get(stored.key) == b"report"


def test_the_same_content_is_stored_once(store: Storage, tmp_path: Path) -> None:
    first, second = store.put(b"report"), store.put(io.BytesIO(b"report"))
    assert first == second
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_key_tells_neither_name_nor_order(store: Storage) -> None:
    keys = [store.put(str(n).encode()).key for n in range(3)]
    assert all(len(key) == 67 for key in keys)
    assert len(set(keys)) == 3


def test_an_empty_file_is_kept(store: Storage) -> None:
    assert store.get(store.put(b"").key) == b""


def test_a_large_file_is_streamed_in_pieces(store: Storage) -> None:
    content = bytes(range(256)) * (CHUNK // 64)
    pieces = list(store.stream(store.put(content).key))
    assert len(pieces) > 1
    assert b"".join(pieces) == content


def test_a_missing_file_is_said_to_be_missing(store: Storage) -> None:
    assert not store.exists("00/nothing")
    with pytest.raises(FileNotFoundError):
        store.get("00/nothing")


@pytest.mark.parametrize("key", ["../secret_key", "a/../../b"])
def test_a_key_cannot_climb_out_of_the_folder(store: Storage, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret_key").write_text("secret")
    with pytest.raises(Exception, match=r"(?i)path|segment|\.\."):
        store.get(key)
