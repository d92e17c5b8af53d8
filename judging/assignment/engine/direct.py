"""Repairs that can be read straight from a smallest cut, without another flow.

What the largest flow leaves unmet is the shortage itself, one change for each place. An unmet entry of the cut can take
any of its judges that it does not have: they all are full, so a place more for one of them serves it.
"""

import numpy as np

from judging.assignment.engine.cut import Cut
from judging.assignment.engine.instance import Ints, Marks
from judging.assignment.engine.nest import Remainder


def unmet(cut: Cut) -> Ints:
    """Return what the flow leaves unmet, of each entry, or of each judge when least loads demanded."""
    return cut.demand - cut.given


def places_for(rest: Remainder, cut: Cut, able: Marks) -> Ints | None:
    """Return places more, int64 (m,); None when an entry has too few judges, or the places do not come out even.

    Parameters
    ----------
    rest
        The problem.
    cut
        Of a flow without rules, or of one of the places for a needed kind.
    able : bool (m,)
        Judges who count.
    """
    places = np.zeros(rest.free.shape[1], dtype=np.int64)
    order = np.argsort(cut.row[cut.used], kind="stable")
    row, column = cut.row[cut.used][order], cut.column[cut.used][order]
    lack = unmet(cut)
    for entry in np.nonzero(lack)[0]:
        open_ = rest.free[entry] & able
        open_[column[slice(*np.searchsorted(row, [entry, entry + 1]))]] = False
        judges = np.nonzero(open_)[0]
        if len(judges) < lack[entry]:
            return None
        places[judges[np.argsort(places[judges], kind="stable")[: lack[entry]]]] += 1
    even = -(-int(lack.sum()) // max(int((cut.judges & able).sum()), 1))
    return places if places.max(initial=0) <= even else None
