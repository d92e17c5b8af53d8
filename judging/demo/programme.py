"""The programme of the play: shows on the terminal which act is played, how far it is and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Programme:
    """Announces acts as they begin; a play beside another tells only what it has finished."""

    def __init__(self, quiet: bool = False, beside: bool = False) -> None:
        self._quiet, self._beside, self._done, self._began = quiet, beside, 0, time.perf_counter()

    @contextmanager
    def act(self, title: str) -> Iterator[None]:
        """Announce an act and say how long it took."""
        began, self._done = time.perf_counter(), 0
        if not self._beside:
            self._say(f"  {title} …")
        yield
        self._say(f"\r  {title} {'· ' + str(self._done) if self._done else ''} ({time.perf_counter() - began:.1f} s)\n")

    def tick(self) -> None:
        """Count one piece of work."""
        self._done += 1

    @property
    def seconds(self) -> float:
        """Return how long the play has lasted."""
        return time.perf_counter() - self._began

    def _say(self, text: str) -> None:
        if not self._quiet:
            sys.stdout.write(text)
            sys.stdout.flush()
