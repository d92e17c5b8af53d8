"""Work in a process beside this one: a fork that shares nothing afterwards but a queue of what it has made."""

import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path
from queue import Empty
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
FORK = get_context("fork")
PATIENCE = 1.0  # seconds between two looks at whether the process still lives


class Beside(Generic[Item]):
    """What another process makes, piece by piece; it begins at once.

    The process must be forked while this one has no thread but its first and no open database connection: a thread
    that does not come along may hold a lock that is then never opened.

    Raises
    ------
    RuntimeError
        When this process has more threads than one; or, while iterating, when the other process failed.
    """

    def __init__(self, work: Callable[[], Iterable[Item]]) -> None:
        if _threads() > 1:
            raise RuntimeError("a process can be forked only before this one has started threads")
        self._queue: Any = FORK.Queue()
        self._process = FORK.Process(target=_make, args=(work, self._queue), daemon=True)
        self._process.start()

    def __iter__(self) -> Iterator[Item]:
        while True:
            made, failure, piece = self._next()
            if failure:
                raise RuntimeError(failure)
            if not made:
                self._process.join()
                return
            yield piece

    def _next(self) -> tuple[bool, str, Item]:
        while True:
            try:
                came: tuple[bool, str, Item] = self._queue.get(timeout=PATIENCE)
            except Empty:
                if not self._process.is_alive():
                    message = f"the process beside this one ended with {self._process.exitcode}"
                    raise RuntimeError(message) from None
            else:
                return came


def _threads() -> int:
    """Return how many threads this process has, those of libraries included (where the system tells)."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def _make(work: Callable[[], Iterable[Item]], queue: Any) -> None:
    try:
        for piece in work():
            queue.put((True, "", piece))
    except BaseException:  # told to whoever waits for the pieces, who raises it there
        queue.put((False, traceback.format_exc(), None))
    else:
        queue.put((False, "", None))
