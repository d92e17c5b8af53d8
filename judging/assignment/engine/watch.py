"""Looks on while a plan is sought: hears of progress, sets a time limit, can call it off."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solver is: the best assignment's worth so far, and what none can exceed."""

    worth: float
    bound: float
    rounds: int

    @property
    def gap(self) -> float:
        """Return how far below the best possible the present assignment may be, as a share; infinite without one."""
        if self.worth == float("-inf") or self.bound == float("inf"):
            return float("inf")
        return max(0.0, self.bound - self.worth) / max(abs(self.bound), abs(self.worth), 1e-300)


@dataclass(slots=True)
class Watch:
    """What a caller gives a solver.

    Attributes
    ----------
    seconds
        After which the solver answers with the best it has.
    told
        Called with every step of progress.
    """

    seconds: float = float("inf")
    told: Callable[[Progress], None] | None = None
    _began: float = field(default_factory=time.monotonic)
    _stopped: bool = False

    def cancel(self) -> None:
        """Ask the solver to answer with what it has."""
        self._stopped = True

    def tell(self, progress: Progress) -> None:
        """Pass a step of progress on."""
        if self.told is not None:
            self.told(progress)

    @property
    def left(self) -> float:
        """Return the seconds left, never quite none."""
        return max(self.seconds - (time.monotonic() - self._began), 1.0)

    @property
    def over(self) -> bool:
        """Say whether the solver shall come to an end."""
        return self._stopped or time.monotonic() - self._began > self.seconds
