"""Groups of judges with too little in common: what links them, and the plan that gives them more at the lowest price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from judging.assignment import groups, looking, planner, queries, rules
from judging.assignment.figures import figures_of
from judging.assignment.groups import Bond, Cut
from judging.assignment.models import Plan, PlanMode
from judging.assignment.problem import Link, Pair, Problem
from judging.assignment.problem import Plan as Planned
from judging.assignment.service.ground import survey, terms_of
from judging.assignment.service.plans import Proposal, keep
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation.audit import Actor

LINKABLE = (PlanMode.OPTIMAL, PlanMode.FAIR, PlanMode.CALIBRATION, PlanMode.LINKED)
ENOUGH = 8  # candidates in common: the two levels are then known to half the error of a sheet, sqrt(2 / 8)


@dataclass(frozen=True, slots=True)
class Group:
    """Judges by code, under a name."""

    name: str
    judges: tuple[str, ...]
    people: tuple[str, ...]  # their names


@dataclass(frozen=True, slots=True)
class Bonds:
    """How the judges of a plan are grouped, and what the groups have in common, the thinnest first."""

    cut: Cut
    groups: Sequence[Group]
    bonds: Sequence[Bond]
    label: Sequence[int]  # the group of each judge of the problem, -1 for none

    def link(self, one: int, other: int, least: int) -> Link:
        """Return the wish that two groups have so many candidates in common."""
        first, second = self.groups[one], self.groups[other]
        return Link(first.name, first.judges, second.name, second.judges, least)


def bonds_of(session: Session, plan: Plan) -> Bonds | None:
    """Return the groups between which a plan could have more links; None where there is nothing to link."""
    problem = looking.problem_of(plan)
    if problem is None or not plan.pairs or plan.mode is PlanMode.HALLS:
        return None
    grid = problem.grid(tuple(looking.codes_of(session, plan)))
    seats = {seat.judge.code: seat for seat in queries.seats_of(session, plan.round_id)}
    names = {seat.panel_id: seat.panel.name for seat in seats.values()}
    order = sorted(names, key=lambda panel_id: names[panel_id])
    number = [order.index(seats[p.code].panel_id) if p.code in seats else -1 for p in problem.places]
    found = groups.grouped(grid, number)
    if found is None:
        return None
    cut, label = found
    made = []
    for group in range(int(label.max()) + 1):
        codes = [place.code for place, own in zip(problem.places, label, strict=True) if own == group]
        panel = next((seats[code].panel.name for code in codes if code in seats), "")
        name = panel if cut is Cut.PANELS else str(_("Group %(number)s", number=group + 1))
        people = tuple(seats[code].judge.name if code in seats else code for code in codes)
        made.append(Group(name, tuple(codes), people))
    return Bonds(cut, made, groups.bonds(grid, label), label.tolist())


def link_groups(
    session: Session,
    edition: Edition,
    round_: Round,
    plan: Plan,
    one: int,
    other: int,
    least: int,
    *,
    by: Actor,
    at: datetime,
) -> Plan:
    """Propose the plan in which two groups have so many candidates in common; what links had been asked before stays asked."""
    require_round(edition, round_, Stage.BLINDING, Stage.JUDGING)
    bonds = bonds_of(session, plan) if plan.mode in LINKABLE else None
    if bonds is None or not 0 <= one < other < len(bonds.groups):
        raise rules.NothingToLink
    wish = bonds.link(one, other, least)
    old = terms_of(plan.ask)
    earlier = tuple(link for link in old.links if _apart(link, wish))
    ground = survey(session, edition, round_, old.but(mode=PlanMode.LINKED, links=(*earlier, wish)))
    pairs = tuple(looking.codes_of(session, plan))
    planned = planner.linked(ground.problem, pairs, (*ground.terms.links, *_kept(bonds, wish, ground.terms.links)))
    if planned is None:
        raise rules.PlanOutdated
    made = keep(session, edition, Proposal(ground, planned), by=by, at=at, origin_id=plan.id)
    made.summary = dict(made.summary) | {"link": _told(ground.problem, pairs, planned.pairs, wish)}
    session.flush()
    return made


def _kept(bonds: Bonds, wish: Link, asked: Sequence[Link]) -> list[Link]:
    """Return what the other groups have in common now, up to what is asked: it is not given up for the new links."""
    known = {frozenset((link.judges, link.others)) for link in asked}
    old = [bonds.link(bond.one, bond.other, min(bond.common, wish.least)) for bond in bonds.bonds if bond.common]
    return [link for link in old if frozenset((link.judges, link.others)) not in known and _apart(link, wish)]


def _apart(link: Link, wish: Link) -> bool:
    """Say whether an earlier wish can be kept beside a new one: the groups of both are the same or have nobody in common."""
    earlier, new = (set(link.judges), set(link.others)), (set(wish.judges), set(wish.others))
    if earlier == new or earlier == new[::-1]:
        return False  # the new wish stands for it
    return all(a == b or not a & b for a in earlier for b in new)


def _told(problem: Problem, before: tuple[Pair, ...], after: Sequence[Pair], wish: Link) -> dict[str, Any]:
    """Return what the link came to, against the plan it was made from, by the fits as they are now."""
    gone, come = set(before) - set(after), set(after) - set(before)
    figures = figures_of(problem, Planned(pairs=before))
    mine = problem.in_order()
    return {
        "one": wish.one,
        "other": wish.other,
        "least": wish.least,
        "before": _common(before, wish),
        "after": _common(after, wish),
        "gives": sorted(come),
        "takes": sorted(gone),
        "total": round(float(mine.score[mine.grid(before)].sum()), 6),
        "floor": figures.floor,
        "error": figures.error,
    }


def _common(pairs: Sequence[Pair], wish: Link) -> int:
    ones, others = set(wish.judges), set(wish.others)
    return len({c for c, judge in pairs if judge in ones} & {c for c, judge in pairs if judge in others})
