"""A round of very many entries ranked in arrays: the rows `evaluate` would give, without an object for each."""

from collections.abc import Iterator, Sequence

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.digest import digest_of
from scoring.engine import Computed, compute, notes_of, published_scores
from scoring.errors import Note
from scoring.presenting import interval_ends
from scoring.reading.cells import guarded
from scoring.table import ScoreTable
from scoring.version import __version__

LARGEST = 9e5


class Crowd:
    """A ranked table of many entries.

    Parameters
    ----------
    table : ScoreTable
    params : mapping
        As for `evaluate`, without a tie chain.
    """

    def __init__(self, table: ScoreTable, params: dict[str, object]) -> None:
        self.table = table
        self.made: Computed = compute(table, **params)  # type: ignore[arg-type]
        self.decimals = int(str(params["decimals"]))
        self.units = published_units(self.made.exact, self.decimals)
        self.rank = ranks_of(self.units, self.made.parts)
        self.digest = digest_of([__version__, self.made.params, table.digest])

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the organizer ought to know."""
        return notes_of(self.made.scored, self.made.method)

    def rows(self) -> Iterator[str]:
        """Lines of csv in order of standing, in the columns of `scoring rank`."""
        made, scored = self.made, self.made.scored
        low, high = interval_ends(scored, made.exact, made.errors)
        part = scored.fit.design.part_of_entry + 1
        order = np.lexsort((self.rank, part if made.separate else np.zeros(len(part))))  # stable: then by id
        figures = (scored.mean, scored.trimmed, scored.median, scored.standard)
        floats: list[FloatArray | None] = [*(one.scores for one in figures), scored.adjusted]
        power = 10**self.decimals
        whole, rest = np.divmod(np.abs(self.units), power)
        columns: list[Sequence[object]] = [_quoted([self.table.entries[at] for at in order.tolist()])]
        forms = ["%s", "%d"]
        columns.append(self.table.judges_per_entry[order].tolist())
        for values in floats:
            _add(columns, forms, values, order)
        columns += [np.where(self.units < 0, "-", "")[order].tolist(), whole[order].tolist()]
        forms.append(f"%s%d.%0{self.decimals}d" if self.decimals else "%s%d")
        if self.decimals:
            columns.append(rest[order].tolist())
        for values in (made.errors, low, high):
            _add(columns, forms, values, order)
        for places in (self.rank, made.places.low, made.places.high, part):
            columns.append(places[order].tolist())
            forms.append("%d")
        for chance in made.places.p_top.values():
            _add(columns, forms, chance, order)
        form = ",".join(forms) + "\n"
        return (form % row for row in zip(*columns, strict=True))


def published_units(exact: FloatArray, decimals: int) -> IntArray:
    """Published scores as whole units of their last decimal: nine decimals first, then half up."""
    if float(np.abs(exact).max(initial=0)) > LARGEST:
        return np.array([int(score.scaleb(decimals)) for score in published_scores(exact, decimals)], np.int64)
    ninth = np.rint(np.abs(exact) * 1e9).astype(np.int64)
    step = 10 ** (9 - decimals)
    return np.asarray(np.sign(exact).astype(np.int64) * ((ninth + step // 2) // step), np.int64)


def ranks_of(units: IntArray, parts: IntArray) -> IntArray:
    """Ranks from 1 within every part, the highest score first; equals share a rank."""
    order = np.lexsort((-units, parts))
    ordered, part = units[order], parts[order]
    fresh = np.concatenate([[True], (ordered[1:] != ordered[:-1]) | (part[1:] != part[:-1])])
    start = np.concatenate([[True], part[1:] != part[:-1]])
    at = np.arange(len(units))
    first = np.maximum.accumulate(np.where(fresh, at, 0)) - np.maximum.accumulate(np.where(start, at, 0))
    ranks = np.empty(len(units), np.int64)
    ranks[order] = first + 1
    return ranks


def _add(columns: list[Sequence[object]], forms: list[str], values: FloatArray | None, order: IntArray) -> None:
    """A column of figures with six decimals, or of blanks."""
    if values is None:
        forms.append("")
        return
    columns.append(values[order].tolist())
    forms.append("%.6f")


def _quoted(ids: list[str]) -> list[str]:
    """Ids as csv writes them."""
    ids = list(map(guarded, ids))
    joined = "\0".join(ids)
    if not any(sign in joined for sign in ',"\n\r'):
        return ids
    return ['"' + one.replace('"', '""') + '"' if any(sign in one for sign in ',"\n\r') else one for one in ids]
