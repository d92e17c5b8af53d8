"""Judges called by lot: groups of the bank, seats by the size of a group, and who is next when a seat falls empty."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from judging.assignment.engine.reserves import Expert, Line, Role, Roll, Stratum, draw_experts, one_to
from judging.assignment.models import DrawnBy, JudgeDraw
from judging.foundation.errors import DomainError
from judging.foundation.labels import LabelEnum
from judging.judges.models import ExpertiseKind, Judge
from judging.judges.words import code_words

NEXT_SHOWN = 5  # reserves shown after the last who had a turn; the others unfold


class BankTooSmall(DomainError):
    """There are more seats than judges who can be called."""

    message = _l("Only %(count)s judges of the bank can be called. Please ask for fewer seats.")


class DrawnBefore(DomainError):
    """A panel is not drawn again without a word."""

    message = _l("Judges have been drawn for this panel. To draw again, please state a reason.")


class VoidNeedsReason(DomainError):
    """A draw is not made void without a word."""

    message = _l("Judges have been drawn for this panel. Please say why it is dissolved; the draw is then void.")


class NotNext(DomainError):
    """Somebody else's turn has come meanwhile, or the seat is filled."""

    message = _l("It is not this reserve's turn. Please look at the list as it stands now.")


class NobodyLeft(DomainError):
    """All who were drawn have a seat or cannot take one."""

    message = _l("None of the drawn judges is waiting for a seat.")


class Barred(LabelEnum):
    """Why a judge of the bank is not called."""

    SEATED = "seated", _l("Has a seat in this round")
    DECLINED = "declined", _l("Declined a seat of this round")


class Standing(LabelEnum):
    """Where a called judge stands now."""

    FREE = "free", _l("Waiting")
    SEATED = "seated", _l("Has the seat")
    GONE = "gone", _l("Gave the seat up")
    DECLINED = "declined", _l("Declined")
    ELSEWHERE = "elsewhere", _l("Sits in another panel")
    AWAY = "away", _l("Not in the bank at present")


def stratum_of(judge: Judge, by: DrawnBy) -> Stratum:
    """Return the group in which a judge draws; of several industries the first counts."""
    industry = min((e.code for e in judge.expertise if e.kind is ExpertiseKind.INDUSTRY), default="")
    known = {DrawnBy.INDUSTRY: (industry,), DrawnBy.REGION: (judge.region,), DrawnBy.BOTH: (industry, judge.region)}
    return known.get(by, ())


def shares(strata: Iterable[Stratum], seats: int, seed: int) -> dict[Stratum, int]:
    """Give every group seats by its size.

    Parameters
    ----------
    strata
        The group of every judge who can be called.
    seats
        All seats, no more than judges.
    seed
        Decides between groups with equal claims to the last seats.

    Returns
    -------
    dict
        Each group's whole part of its share; the seats left over go to the largest remainders.
    """
    size = Counter(strata)
    total = sum(size.values())
    given = {stratum: seats * count // total for stratum, count in sorted(size.items())}
    claims = sorted(size, key=lambda stratum: (-(seats * size[stratum] % total), _lot(seed, stratum)))
    for stratum in claims[: seats - sum(given.values())]:
        given[stratum] += 1
    return given


def _lot(seed: int, stratum: Stratum) -> str:
    return sha256(f"{seed}\n{' '.join(stratum)}\n".encode()).hexdigest()


def roll_of(draw: JudgeDraw) -> Roll:
    """Draw again what was drawn: the log, from the bank, the seats and the seed that were kept."""
    experts = [Expert(code, tuple(stratum), barred) for code, stratum, barred in draw.bank]
    quotas = {tuple(stratum): one_to(draw.reserves, seats) for stratum, seats in draw.quotas}
    return draw_experts(experts, quotas, seed=str(draw.seed))


@dataclass(frozen=True, slots=True)
class Called:
    """A judge whom the lot called, and where the judge stands now."""

    line: Line
    judge: Judge | None
    standing: Standing

    @property
    def name(self) -> str:
        """Return the judge's name, or the number in the bank when the judge is gone from it."""
        return self.judge.name if self.judge else self.line.code

    @property
    def drawn(self) -> bool:
        """Say whether the lot gave a seat, not a place among the reserves."""
        return self.line.role is Role.SEAT


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the bank: its seats, and whom the lot called, in their order."""

    stratum: Stratum
    seats: int
    called: tuple[Called, ...]

    @property
    def vacant(self) -> int:
        """Return how many seats of the group nobody has."""
        return self.seats - sum(one.standing is Standing.SEATED for one in self.called)

    @property
    def near(self) -> int:
        """Return how many of those called stand in the first view: all who had a turn, and a few who come next."""
        last = max(
            (n for n, one in enumerate(self.called) if one.drawn or one.standing is not Standing.FREE), default=0
        )
        return last + 1 + NEXT_SHOWN

    @property
    def next(self) -> Called | None:
        """Return whose turn it is, as long as a seat is vacant."""
        return next((one for one in self.called if one.standing is Standing.FREE), None) if self.vacant > 0 else None


@dataclass(frozen=True, slots=True)
class Stand:
    """What became of a draw so far."""

    draw: JudgeDraw
    roll: Roll
    groups: tuple[Group, ...]

    @property
    def waiting(self) -> list[Called]:
        """Return the judges drawn for a seat who wait for it, before the first have been seated."""
        if self.draw.seated:
            return []
        return [one for group in self.groups for one in group.called if one.drawn and one.standing is Standing.FREE]

    @property
    def offers(self) -> list[Called]:
        """Return who is next for each group with a vacant seat, once the drawn judges have been seated."""
        return [] if self.waiting else [one for group in self.groups if (one := group.next) is not None]

    @property
    def unfilled(self) -> int:
        """Return the vacant seats for which nobody is left."""
        return sum(max(group.vacant, 0) for group in self.groups if group.next is None)

    @property
    def short(self) -> int:
        """Return how many seats and places of reserves the bank could not fill."""
        return sum(self.roll.short.values())


class Turn(LabelEnum):
    """What the lot says of the place of a judge who has declined."""

    NEXT = "next", _l("Next reserve")
    LATER = "later", _l("Waits for the reserve before")
    NOBODY = "nobody", _l("No reserve is left")
    FILLED = "filled", _l("Filled by a reserve")


@dataclass(frozen=True, slots=True)
class Successor:
    """Who comes after a judge who has declined, by the log of the draw."""

    draw: JudgeDraw
    turn: Turn
    called: Called | None


def successors(stand: Stand, declined: Sequence[str]) -> dict[str, Successor]:
    """Return who comes after each of these judges, in the order in which they declined: reserves as the lot put them.

    Parameters
    ----------
    stand
        The latest draw of a panel.
    declined
        Codes; who was not called by this draw is left out.
    """
    found: dict[str, Successor] = {}
    for group in stand.groups:
        codes = {one.line.code for one in group.called}
        leavers = [code for code in declined if code in codes]
        seated = [one for one in group.called if not one.drawn and one.standing is Standing.SEATED]
        free = [one for one in group.called if one.standing is Standing.FREE]
        vacant = max(group.vacant, 0)
        filled = max(len(leavers) - vacant, 0)
        for number, code in enumerate(leavers):
            if number < filled:
                found[code] = Successor(stand.draw, Turn.FILLED, seated[number] if number < len(seated) else None)
                continue
            place = number - filled
            turn = Turn.NOBODY if place >= len(free) else Turn.LATER if place else Turn.NEXT
            found[code] = Successor(stand.draw, turn, free[place] if place < len(free) else None)
    return found


def groups_of(
    draw: JudgeDraw, roll: Roll, judges: Mapping[str, Judge], standing: Mapping[str, Standing]
) -> list[Group]:
    """Return the groups that have seats, with whom the lot called for them."""
    made = []
    for stratum, seats in draw.quotas:
        lines = [*roll.called(Role.SEAT, tuple(stratum)), *roll.called(Role.RESERVE, tuple(stratum))]
        called = tuple(Called(line, judges.get(line.code), standing[line.code]) for line in lines)
        made += [Group(tuple(stratum), seats, called)] if called else []
    return made


def told_stratum(stratum: Stratum, by: DrawnBy) -> str:
    """Name a group in words."""
    if not stratum:
        return str(_("The whole bank"))
    keys = {DrawnBy.REGION: ("region",)}.get(by, ("industry", "region"))
    return " · ".join(code_words(key, code) or str(_("not stated")) for key, code in zip(keys, stratum, strict=False))
