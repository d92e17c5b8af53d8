"""The one place where the program draws lots: unpredictable by default, from a seed while the demo plays."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

Item = TypeVar("Item")
_sources: list[random.Random] = [random.SystemRandom()]


def source() -> random.Random:
    """Return what lots are drawn from."""
    return _sources[-1]


def new_id() -> UUID:
    """Return a random id (version 4): it tells neither order nor time."""
    return UUID(int=source().getrandbits(128), version=4)


def word(alphabet: str, length: int) -> str:
    """Return a random word over an alphabet."""
    return "".join(source().choice(alphabet) for _ in range(length))


def shuffled(items: Sequence[Item]) -> list[Item]:
    """Return the items in a random order."""
    return source().sample(list(items), len(items))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from a seed inside the block, so that a play repeats. Never around work on real data."""
    _sources.append(random.Random(seed))
    try:
        yield
    finally:
        _sources.pop()
