"""Fixed panels in halls: which judges sit together, and who links the halls.

A small integer program (HiGHS) finds panels with chairs, seniors, every speciality, judges of different units and as
few clashes with the hall's entries as can be, and says how good any other panels could be at best. Exchanges then even
out the panels' severity without spoiling what was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, kron, vstack
from scipy.sparse import eye_array as eye

from judging.assignment.engine.halls import Halls, Split, split_entries
from judging.assignment.engine.instance import Floats, Ints, Marks
from judging.assignment.engine.marginals import Lots

WEIGHT = {"chair": 1000.0, "senior": 200.0, "unit": 50.0, "speciality": 30.0, "clash": 20.0}
NODES = 2_000  # of the search tree at most: a bound that is the same on every machine
EXCHANGES = 500
ROUNDS = 4
STARTS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Who judges where.

    Attributes
    ----------
    panel : bool (m, h)
        Judges of each hall; with linking judges in two.
    missing : dict
        What the panels lack: ``chair`` (panels without), ``senior`` (below an even part), ``unit`` (judges of one unit
        too many), ``speciality`` (not covered), ``clash`` (pairs of an entry and a judge who must keep away).
    cost, bound
        What is missing, weighted; and what no panels can do without.
    severities : float64 (h,)
        Mean known severity of each panel.
    """

    panel: Marks
    missing: dict[str, int]
    cost: float
    bound: float
    severities: Floats

    @property
    def optimal(self) -> bool:
        """Tell whether no panels can be better in what is counted."""
        return self.cost <= self.bound + 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A judge who sits in a second hall too."""

    judge: int
    home: int
    other: int


def seat_judges(halls: Halls, hall: Ints | None, seed: int) -> Panels:
    """Form the panels.

    Parameters
    ----------
    halls
        The problem.
    hall : int64 (n,)
        Where entries are heard, or None when that is decided later.
    seed
        Decides between equal panels.
    """
    order = np.argsort(Lots(seed).take(len(halls.unit)), kind="stable")
    away = np.zeros((len(halls.unit), halls.count))
    if hall is not None:
        np.add.at(away.T, hall, (~halls.allowed).astype(float))
    chosen, bound = _program(halls, away, order)
    panel = _evened(halls, chosen, away)
    missing = _missing(halls, panel, away)
    cost = sum(WEIGHT[name] * count for name, count in missing.items())
    return Panels(panel, missing, cost, min(bound, cost), _means(halls.severity, panel))


def _program(halls: Halls, away: Floats, order: Ints) -> tuple[Marks, float]:
    """Return the panels that lack least, and a bound."""
    m, h = away.shape
    one, each = np.ones((1, m)), eye(h, format="csr")
    special = halls.speciality.T[:, order].astype(float)
    units = [(halls.unit[order] == unit).astype(float) for unit in np.unique(halls.unit[halls.unit >= 0])]
    units = [unit for unit in units if unit.sum() > 1]
    wants: list[tuple[str, Floats, float, float]] = []  # name, judges that count, at least, sign of the slack
    if halls.chair.any():
        wants.append(("chair", halls.chair[order].astype(float), 1.0, 1.0))
    part = float(_even_part(halls))
    if part:
        wants.append(("senior", halls.senior[order].astype(float), part, 1.0))
    wants += [("speciality", row, 1.0, 1.0) for row in special if row.any()]
    wants += [("unit", unit, -1.0, -1.0) for unit in units]
    rows = [kron(csr_array(np.eye(m)), np.ones((1, h))), kron(csr_array(one), each)]
    low = [np.where(halls.size.sum() >= m, 1.0, 0.0) * np.ones(m), halls.size.astype(float)]
    high = [np.ones(m), halls.size.astype(float)]
    if halls.size.sum() > m:
        low[1] = np.zeros(h)
    slack, cost = [], [WEIGHT["clash"] * away[order].ravel()]
    for name, members, least, sign in wants:
        rows.append(kron(csr_array(sign * members[None, :]), each))
        low.append(np.full(h, least))
        high.append(np.full(h, np.inf))
        slack.append(eye(h))
        cost.append(np.full(h, WEIGHT[name]))
    width = h * len(wants)
    extra = csr_array((m + h, width))
    below = hstack([vstack(rows[2:]), eye(width)]) if wants else None
    matrix = hstack([vstack(rows[:2]), extra])
    matrix = matrix if below is None else vstack([matrix, below])
    upper = np.concatenate([np.ones(m * h), np.full(width, np.inf)])
    lower = np.zeros(m * h + width)
    if len(halls.fixed):
        fixed = halls.fixed[order]
        grid = np.where(fixed[:, None] >= 0, fixed[:, None] == np.arange(h), True)
        upper[: m * h] = grid.ravel()
        lower[: m * h] = (grid & (fixed[:, None] >= 0)).ravel()
    found = milp(
        np.concatenate(cost),
        integrality=np.concatenate([np.ones(m * h), np.zeros(width)]),
        bounds=Bounds(lower, upper),
        constraints=LinearConstraint(csr_array(matrix), np.concatenate(low), np.concatenate(high)),
        options={"node_limit": NODES, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        raise ValueError("The judges who have a hall already do not fit into the panels' sizes.")
    panel = np.zeros((m, h), dtype=bool)
    panel[order] = found.x[: m * h].reshape(m, h) > 0.5
    return panel, float(found.mip_dual_bound)


def _even_part(halls: Halls) -> int:
    """Return how many seniors every panel should have."""
    return min(int(halls.senior.sum()) // halls.count, int(halls.size.min())) if halls.count else 0


def _missing(halls: Halls, panel: Marks, away: Floats) -> dict[str, int]:
    seated = panel.astype(np.int64)
    part = _even_part(halls)
    taught = halls.speciality[:, halls.speciality.any(axis=0)].astype(np.int64)
    units = np.unique(halls.unit[halls.unit >= 0])
    same = np.array([seated[halls.unit == unit].sum(axis=0) for unit in units]).reshape(-1, halls.count)
    counts = {
        "chair": int((halls.chair.astype(np.int64) @ seated == 0).sum()) if halls.chair.any() else 0,
        "senior": int(np.maximum(part - halls.senior.astype(np.int64) @ seated, 0).sum()),
        "unit": int(np.maximum(same - 1, 0).sum()),
        "speciality": int((taught.T @ seated == 0).sum()),
        "clash": int(away[panel].sum()),
    }
    return {name: count for name, count in counts.items() if count}


def _evened(halls: Halls, panel: Marks, away: Floats) -> Marks:
    """Exchange judges of two panels while that evens out their mean severity and nothing more is missing."""
    known = np.isfinite(halls.severity)
    if not known.any():
        return panel
    severity = np.where(known, halls.severity, halls.severity[known].mean())
    severity = severity - severity.mean()
    size = np.maximum(panel.sum(axis=0), 1)
    cost = _weighted(halls, panel, away)
    bound = halls.fixed >= 0 if len(halls.fixed) else np.zeros(len(severity), dtype=bool)
    for _ in range(EXCHANGES):
        mean = severity @ panel / size
        home = np.where(panel.any(axis=1) & ~bound, panel.argmax(axis=1), -1)
        seats = np.nonzero(home >= 0)[0]
        a, b = np.meshgrid(seats, seats, indexing="ij")
        shift = severity[b] - severity[a]
        here, there = home[a], home[b]
        change = (mean[here] + shift / size[here]) ** 2 - mean[here] ** 2
        change += (mean[there] - shift / size[there]) ** 2 - mean[there] ** 2
        change[here == there] = 0.0
        for place in np.argsort(change, axis=None, kind="stable")[:200]:
            if change.flat[place] > -1e-12:
                return panel
            one, other = int(a.flat[place]), int(b.flat[place])
            tried = panel.copy()
            tried[[one, other]] = panel[[other, one]]
            if _weighted(halls, tried, away) <= cost:
                panel = tried
                break
        else:
            return panel
    return panel


def _weighted(halls: Halls, panel: Marks, away: Floats) -> float:
    return sum(WEIGHT[name] * count for name, count in _missing(halls, panel, away).items())


def _means(values: Floats, panel: Marks) -> Floats:
    known = np.isfinite(values)
    count = known.astype(np.int64) @ panel.astype(np.int64)
    means = np.full(panel.shape[1], np.nan)
    np.divide(np.where(known, values, 0.0) @ panel, count, out=means, where=count > 0)
    return means


def plan_halls(halls: Halls, seed: int) -> tuple[Panels, Split]:
    """Form panels and spread entries, each in turn for the other, until no clash is left; a few starts by lot.

    Returns
    -------
    Panels, Split
        The panels' `bound` is what no panels can do without even if nobody had to keep away from any entry.
    """
    best: tuple[Panels, Split] | None = None
    bound = 0.0
    for start in range(STARTS):
        panels = seat_judges(halls, None, seed * STARTS + start)
        bound = max(bound, panels.bound)
        for _ in range(ROUNDS):
            split = split_entries(halls, panels.panel, seed * STARTS + start)
            told = _told(panels, split, bound)
            if best is not None and told.cost >= best[0].cost:
                break
            best = told, split
            if told.optimal:
                return best
            panels = seat_judges(halls, split.hall, seed * STARTS + start)
    assert best is not None
    return best


def _told(panels: Panels, split: Split, bound: float) -> Panels:
    missing = {name: count for name, count in panels.missing.items() if name != "clash"}
    if split.clashes:
        missing["clash"] = split.clashes
    cost = sum(WEIGHT[name] * count for name, count in missing.items())
    return replace(panels, missing=missing, cost=cost, bound=min(bound, cost))


def linking_judges(halls: Halls, panels: Panels, split: Split, seed: int, *, each: int = 1) -> tuple[Link, ...]:
    """Choose judges who sit in a second hall too, so that all halls can be compared.

    Halls are joined in a ring (two by one link), each to the next by so many judges: first those who need not keep away
    from any entry there and share no unit with its panel, then by lot. Nobody is asked twice.
    """
    h = halls.count
    if h < 2:
        return ()
    heard = np.array([(~halls.allowed[split.hall == hall]).sum(axis=0) for hall in range(h)])
    lots = Lots(seed).take(len(halls.unit))
    found: list[Link] = []
    for home in range(h if h > 2 else 1):
        other = (home + 1) % h
        taken = {link.judge for link in found}
        there = set(halls.unit[panels.panel[:, other]]) - {-1}
        able = [int(j) for j in np.nonzero(panels.panel[:, home])[0] if int(j) not in taken]
        able.sort(key=lambda j: (int(heard[other, j]) + 1000 * (int(halls.unit[j]) in there), int(lots[j])))
        found += [Link(judge, home, other) for judge in able[:each]]
    return tuple(found)


def common_entries(halls: Halls, count: int, seed: int) -> Ints:
    """Choose entries that every hall judges (by recording, say): no clash with anybody, from weak to strong, by lot."""
    clashes = (~halls.allowed).sum(axis=1)
    lots = Lots(seed).take(len(halls.kind)).astype(np.float64)
    known = np.isfinite(halls.strength)
    strength = np.where(known, halls.strength, halls.strength[known].mean() if known.any() else 0.0)
    able = np.lexsort((lots, clashes))[: max(count, int((clashes == 0).sum()))]
    able = able[np.lexsort((lots[able], strength[able]))]
    bands = np.array_split(able, min(count, len(able))) if count and len(able) else []
    chosen: Sequence[int] = [int(band[lots[band].argmin()]) for band in bands]
    return np.array(sorted(chosen), dtype=np.int64)
