"""How sure it is that an entry is truly inside an award line: the zones in which people look twice. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

SURE = 0.9  # from here on an entry counts as safely in, below 1 - SURE as safely out


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance of an entry to be truly among the best k."""

    k: int
    p: float

    @property
    def is_open(self) -> bool:
        """Say whether the marks leave it open on which side of the line the entry belongs."""
        return 1 - SURE < self.p < SURE

    @property
    def percent(self) -> str:
        """Return the chance as a whole percentage; never 0 or 100 for what is not certain."""
        rounded = min(99, max(1, round(100 * self.p))) if 0 < self.p < 1 else round(100 * self.p)
        return f"{rounded}%"


def chances(stored: Mapping[str, float]) -> list[Chance]:
    """Return the stored chances, the shortest list first."""
    return [Chance(int(k), float(p)) for k, p in sorted(stored.items(), key=lambda pair: int(pair[0]))]


def doubt(stored: Mapping[str, float]) -> Chance | None:
    """Return the line at which it is most open whether the entry is inside; None when it is open at none."""
    waiting = [chance for chance in chances(stored) if chance.is_open]
    return min(waiting, key=lambda chance: (abs(chance.p - 0.5), chance.k), default=None)
