"""Experts called by lot, stratum by stratum, with reserves behind every seat, and a log that lets anybody call again.

The lot of an expert is the SHA-256 of the seed and the expert's code, each on a line: a sheet of paper and any computer
will do. In each stratum (a speciality, a speciality in a region) the lowest lots are called, and the next ones wait as
reserves in their order. A stratum that is too small borrows from the wider one: the same speciality elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

Stratum = tuple[str, ...]


class Role(StrEnum):
    """What the lot made of an expert."""

    SEAT = "seat"
    RESERVE = "reserve"
    NOT_CALLED = "not_called"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody of the bank.

    Attributes
    ----------
    code
        Different for everybody; the lot is drawn for it.
    stratum
        From the widest to the narrowest: speciality, region.
    barred
        Why the expert cannot be called, if so.
    """

    code: str
    stratum: Stratum
    barred: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many seats a stratum fills, and how many reserves wait behind them."""

    seats: int
    reserves: int


def one_to(each: int, seats: int, *, drawn: bool = True) -> Quota:
    """Return a quota of so many reserves for each seat; the seats themselves are drawn too unless they are filled."""
    return Quota(seats if drawn else 0, each * seats)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log.

    Attributes
    ----------
    code
        The expert.
    stratum
        The stratum that called, or the expert's own when nobody did.
    lot
        SHA-256 in hexadecimal.
    place
        Rank among those called in the stratum, from 1; 0 when not called.
    role
        Seat, reserve, not called or barred.
    borrowed
        Whether the expert belongs to another stratum.
    reason
        Why barred.
    """

    code: str
    stratum: Stratum
    lot: str
    place: int
    role: Role
    borrowed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """The log of a draw: a line for every expert looked at, and what strata still lack."""

    seed: str
    lines: tuple[Line, ...]
    short: Mapping[Stratum, int]

    def called(self, role: Role, stratum: Stratum | None = None) -> tuple[Line, ...]:
        """Return the lines of a role, in the order of their places."""
        found = [line for line in self.lines if line.role is role and stratum in (None, line.stratum)]
        return tuple(sorted(found, key=lambda line: (line.stratum, line.place)))


def lot_of(seed: str, code: str) -> str:
    """Return an expert's lot."""
    return sha256(f"{seed}\n{code}\n".encode()).hexdigest()


def draw_experts(experts: Iterable[Expert], quotas: Mapping[Stratum, Quota], *, seed: str) -> Roll:
    """Call experts by lot.

    Parameters
    ----------
    experts
        The bank, in any order; codes must differ.
    quotas
        Seats and reserves of each stratum. A stratum may be wide (a speciality) or narrow (a speciality in a region).
    seed
        Published with the log.

    Returns
    -------
    Roll
        The log: the same for the same bank, quotas and seed.
    """
    bank = sorted(experts, key=lambda expert: (lot_of(seed, expert.code), expert.code))
    if len({expert.code for expert in bank}) != len(bank):
        raise ValueError("Every expert must have a code of their own.")
    called: dict[str, Line] = {}
    given: dict[Stratum, int] = dict.fromkeys(quotas, 0)
    narrow_first = sorted(quotas, key=lambda stratum: (-len(stratum), stratum))
    for role in (Role.SEAT, Role.RESERVE):
        for wider in range(1 + max((len(stratum) for stratum in quotas), default=0)):
            for stratum in narrow_first:
                if wider <= len(stratum):
                    _call(bank, quotas[stratum], stratum, wider, role, called, given, seed)
    lines = [called.get(expert.code) or _left(expert, seed) for expert in bank]
    lines.sort(key=lambda line: (line.stratum, line.place == 0, line.place, line.lot))
    short = {s: q.seats + q.reserves - given[s] for s, q in quotas.items() if given[s] < q.seats + q.reserves}
    return Roll(seed, tuple(lines), short)


def _call(
    bank: Sequence[Expert],
    quota: Quota,
    stratum: Stratum,
    wider: int,
    role: Role,
    called: dict[str, Line],
    given: dict[Stratum, int],
    seed: str,
) -> None:
    """Call for one stratum from those who share all but its last `wider` names."""
    target = quota.seats if role is Role.SEAT else quota.seats + quota.reserves
    common = stratum[: len(stratum) - wider]
    for expert in bank:
        if given[stratum] >= target:
            return
        if expert.barred or expert.code in called or expert.stratum[: len(common)] != common:
            continue
        given[stratum] += 1
        borrowed = expert.stratum[: len(stratum)] != stratum
        place = given[stratum]
        called[expert.code] = Line(expert.code, stratum, lot_of(seed, expert.code), place, role, borrowed)


def _left(expert: Expert, seed: str) -> Line:
    role = Role.BARRED if expert.barred else Role.NOT_CALLED
    return Line(expert.code, expert.stratum, lot_of(seed, expert.code), 0, role, reason=expert.barred)


def next_reserve(roll: Roll, stratum: Stratum, gone: Iterable[str] = ()) -> Line | None:
    """Return the reserve whose turn it is when a seat of a stratum falls empty; None when all have been asked."""
    asked = set(gone)
    return next((line for line in roll.called(Role.RESERVE, stratum) if line.code not in asked), None)


def is_true(roll: Roll, experts: Iterable[Expert], quotas: Mapping[Stratum, Quota]) -> bool:
    """Tell whether a log is what its seed draws from the bank."""
    again = draw_experts(experts, quotas, seed=roll.seed)
    return again.lines == roll.lines and dict(again.short) == dict(roll.short)
