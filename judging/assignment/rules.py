"""What the assignment may and may not do: acts, refusals, and the rules a change by hand keeps."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import lazy_gettext as _l

from judging.assignment.problem import Place
from judging.editions.models import Round
from judging.foundation import audit
from judging.foundation.errors import DomainError
from judging.judges.models import ExpertiseKind, Judge

Item = TypeVar("Item")


class AssignmentAct(audit.Act):
    """What is recorded of this stage."""

    PANEL_MADE = "panel.made", _l("Panel formed")
    PANEL_REMOVED = "panel.removed", _l("Panel dissolved")
    SEATED = "panel.seated", _l("Judges seated")
    SEAT_CHANGED = "seat.changed", _l("Seat changed")
    SEAT_REMOVED = "seat.removed", _l("Seat taken away")
    PLANNED = "assignment.planned", _l("Assignment planned")
    APPLIED = "assignment.applied", _l("Assignment plan applied")
    CLEARED = "assignment.cleared", _l("Planned assignments cleared")
    ADDED = "assignment.added", _l("Candidate given to a judge")
    REMOVED = "assignment.removed", _l("Candidate taken from a judge")
    SITTING_MADE = "sitting.made", _l("Sitting added")
    SITTING_REMOVED = "sitting.removed", _l("Sitting removed")
    APPORTIONED = "sitting.apportioned", _l("Candidates apportioned to halls")
    STRENGTHS = "sitting.strengths", _l("List of strengths read in")
    DRAWN = "sitting.drawn", _l("Running order drawn")
    UNDONE = "assignment.undone", _l("Applied plan taken back")
    COMMITTED = "assignment.committed", _l("Seed of a draw committed")
    REVEALED = "assignment.revealed", _l("Seed of a draw revealed")
    SWAPPED = "assignment.swapped", _l("Judges of two candidates exchanged")
    BENT = "assignment.bent", _l("Bounds changed by a plan")
    STOPPED = "assignment.stopped", _l("Computation of plans stopped")
    CALLED = "panel.drawn", _l("Judges drawn by lot")
    VOID = "panel.draw_void", _l("Draw of judges made void")
    RESERVE = "panel.reserve", _l("Reserve called to a seat")


class NameTaken(DomainError):
    """Another panel of the round has this name."""

    message = _l("Another panel of this round is already called “%(name)s”.")


class JudgeNotActive(DomainError):
    """Only judges in the bank can be seated."""

    message = _l("%(name)s is not in the bank at present, so no seat can be given.")


class AlreadySeated(DomainError):
    """A judge has one seat per round."""

    message = _l("%(name)s already has a seat in another panel of this round.")


class ChairNotSeated(DomainError):
    """The chair is one of the panel's judges."""

    message = _l("The chair must be one of the judges of the panel.")


class SeatInUse(DomainError):
    """Candidates have been given to the seat."""

    message = _l("%(name)s already has candidates to judge. Please give them to other judges first.")


class PanelInUse(DomainError):
    """Seats of the panel have candidates, or a sitting uses the panel."""

    message = _l("This panel already has candidates or a sitting, so it cannot be dissolved.")


class WrongLoads(DomainError):
    """The lower bound lies above the upper one."""

    message = _l("The lowest load must not be above the highest load.")


class Barred(DomainError):
    """A conflict stands between judge and candidate."""

    message = _l("%(name)s must keep away from candidate %(code)s (conflict of interest).")


class SameUnit(DomainError):
    """Two judges of one unit for one candidate."""

    message = _l("%(name)s works for the same unit as %(other)s, who already judges candidate %(code)s.")


class SameRegion(DomainError):
    """Two judges of one region for one candidate."""

    message = _l("%(name)s comes from the same region as %(other)s, who already judges candidate %(code)s.")


class SeatFull(DomainError):
    """The seat's highest load is reached."""

    message = _l("%(name)s already has %(load)s candidates, which is the highest load.")


class AlreadyAssigned(DomainError):
    """The judge has the candidate."""

    message = _l("%(name)s already judges candidate %(code)s.")


class EnoughJudges(DomainError):
    """Before judging opens, no candidate gets more judges than the others."""

    message = _l("Candidate %(code)s already has %(count)s judges. Please take one away first, or replace one.")


class ReasonNeeded(DomainError):
    """Since judging opened, changes need a reason."""

    message = _l("Judging has opened: please state a reason for this change.")


class SheetStarted(DomainError):
    """The judge has begun the ballot of this assignment."""

    message = _l("%(name)s has already begun the score sheet of candidate %(code)s; it cannot be taken away.")


class PlanOutdated(DomainError):
    """Candidates, seats or conflicts have changed since the plan was made."""

    message = _l("Something has changed since this plan was made (candidates, seats or conflicts). Please plan again.")


class PlanImpossible(DomainError):
    """There is nothing to apply."""

    message = _l("This plan has no assignments and cannot be applied.")


class PlanApplied(DomainError):
    """The plan has been applied before."""

    message = _l("This plan has already been applied.")


class Overtaken(DomainError):
    """Somebody else changed the round's assignments after this page was opened."""

    message = _l(
        "Somebody else has changed the assignments of this round since you opened this page. "
        "Nothing has been changed by you: please look at the present state first, then decide again."
    )


class NotApplied(DomainError):
    """Only a plan that stands can be taken back."""

    message = _l("This plan is not applied at present, so there is nothing to take back.")


class ChangedSince(DomainError):
    """Assignments were changed after the plan was applied."""

    message = _l(
        "Assignments have been changed since this plan was applied, so it cannot be taken back as a whole. "
        "Please change single assignments by hand, or make a new plan."
    )


class NothingToMend(DomainError):
    """Every candidate has its judges, and nobody has fallen out."""

    message = _l("There is nothing to repair: every candidate has its judges, and no rule is broken.")


class NothingToLink(DomainError):
    """The plan has no two groups of judges, or is one that is not changed."""

    message = _l("These judges cannot be linked further in this plan. Please take a plan that was not drawn by lot.")


class SamePlace(DomainError):
    """An exchange needs two candidates and two judges."""

    message = _l("Please choose two different candidates with two different judges.")


class NothingToAssign(DomainError):
    """The round has no cleared candidates."""

    message = _l("This round has no cleared candidates yet. Please finish the blinding first.")


class NoSeats(DomainError):
    """The round has no panel with judges."""

    message = _l("This round has no judges yet. Please form a panel first.")


class NoSittings(DomainError):
    """An on-site round is planned from its sittings."""

    message = _l("Please add the halls and apportion the candidates first.")


class NothingKnown(DomainError):
    """The chosen source tells nothing of these candidates."""

    message = _l("This source tells nothing of the candidates any more. Please choose another one.")


class RunningOrderDrawn(DomainError):
    """A drawn order is not drawn again without a word."""

    message = _l("The running order has been drawn. To draw it again, please state a reason.")


def fit(judge: Judge, track: str, industry: str) -> float:
    """Return how well a judge fits a candidate: 1 for its industry, a half for its track."""
    known = {(expertise.kind, expertise.code) for expertise in judge.expertise}
    same_industry = bool(industry) and (ExpertiseKind.INDUSTRY, industry) in known
    return 1.0 * same_industry + 0.5 * ((ExpertiseKind.TRACK, track) in known)


SENIOR = ("正高", "教授", "高级", "研究员", "主任", "总工")


def is_senior(judge: Judge) -> bool:
    """Say whether a judge's professional title is a senior one."""
    return any(word in judge.title for word in SENIOR)


def groups_of(judge: Judge, round_: Round) -> tuple[str, ...]:
    """Return the groups of which a candidate of this round takes one judge at most."""
    groups = []
    if round_.one_judge_per_unit and judge.unit_name.strip():
        groups.append(f"unit:{judge.unit_name.strip()}")
    if round_.one_judge_per_region and judge.region:
        groups.append(f"region:{judge.region}")
    return tuple(groups)


def bounds_of(least: int | None, most: int | None, round_: Round) -> tuple[int, int]:
    """Return the loads that bind a seat: its own, else the round's."""
    low = round_.min_load if least is None else least
    high = round_.max_load if most is None else most
    return (low, high) if low <= high else (high, high)


@dataclass(frozen=True, slots=True)
class Seated:
    """A judge who already judges a candidate, for the rules of a change by hand."""

    judge_id: object
    name: str
    groups: tuple[str, ...]


def require_fits(
    code: str, place: Place, name: str, judge_id: object, present: Iterable[Seated], load: int, *, barred: bool
) -> None:
    """Refuse a pair that breaks a rule, with the sentence of that rule."""
    if barred:
        raise Barred(name=name, code=code)
    for other in present:
        if other.judge_id == judge_id:
            raise AlreadyAssigned(name=name, code=code)
        for group in set(place.groups) & set(other.groups):
            refusal = SameUnit if group.startswith("unit:") else SameRegion
            raise refusal(name=name, other=other.name, code=code)
    if load >= place.room:
        raise SeatFull(name=name, load=load)


def shuffled(items: Sequence[Item], seed: int, salt: str) -> list[Item]:
    """Return the items in the order that a seed draws; the salt keeps several draws of one seed apart."""
    drawn = list(items)
    random.Random(f"{seed}:{salt}").shuffle(drawn)
    return drawn
