"""A large csv, one mark a row, read by columns instead of cells; anything unusual is left to the thorough reader."""

import csv
import gzip
import io
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.coded import is_sound
from scoring.errors import ScoringError
from scoring.marks import read_number
from scoring.reading.cells import ids_of, mark_of
from scoring.reading.grid import Grid, delimiter_of
from scoring.reading.header import Header, find_header
from scoring.reading.marks import Codes, Marks
from scoring.reading.shape import Layout, Shape, find_layout

LARGE = 500_000  # Below, importing pandas costs more than it saves.
PACKED_LARGE = 50_000
SAMPLE = 100_000
SIMPLE = {"entry", "judge", "mark", "order", "track", "unit_entry", "unit_judge"}


def read_large(path: Path, named: Mapping[str, str]) -> tuple[Marks, Layout, Header] | None:
    """Read a csv of one mark a row by columns.

    Parameters
    ----------
    path : Path
    named : mapping of role to column name

    Returns
    -------
    tuple of Marks, Layout and Header, or None
        None when the file is small, is no such csv, or holds anything that has to be told by row.
    """
    if path.suffix.lower() in {".xlsx", ".xlsm", ".parquet", ".pq", ".xls"} or path.stat().st_size < _least(path):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _read(path, named, encoding)
        except UnicodeDecodeError:
            continue
        except (ValueError, ScoringError, EOFError, OSError, zlib.error):
            return None
    return None


def _least(path: Path) -> int:
    return min(LARGE, PACKED_LARGE) if path.suffix.lower() == ".gz" else LARGE


def _read(path: Path, named: Mapping[str, str], encoding: str) -> tuple[Marks, Layout, Header] | None:
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rt", encoding=encoding, newline="") as file:
        lines = file.read(SAMPLE).splitlines()[:-1]
    delimiter = delimiter_of(lines[:60])
    grid = Grid.of(list(enumerate(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter), start=1)))
    if len(grid.rows) < 2:
        return None
    header = find_header(grid, [name for name in named.values() if name.lower() != "none"])
    data = grid.rows[header.first :]
    layout = find_layout(header, data, named)
    if layout.shape is not Shape.LONG or header.rows != (1,) or not set(layout.roles) <= SIMPLE:
        return None
    marks = _columns(path, layout, encoding, delimiter)
    return None if marks is None else (marks, layout, header)


def _columns(path: Path, layout: Layout, encoding: str, delimiter: str) -> Marks | None:
    import pandas as pd  # The fastest reader of csv there is; slow to import, and only large files need it.

    kinds = dict.fromkeys(layout.roles.values(), "category")
    frame = pd.read_csv(
        path,
        sep=delimiter,
        header=None,
        skiprows=1,
        usecols=sorted(kinds),
        dtype=kinds,
        encoding=encoding,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=True,
        low_memory=False,
    )
    coded = {role: _coded(frame[column]) for role, column in layout.roles.items()}
    order = _figures(coded["order"]) if "order" in coded else None
    (entries, entry), (judges, judge) = coded["entry"], coded["judge"]
    codes = Codes(entries, judges, entry, judge, _figures(coded["mark"]), order)
    if not is_sound(codes):
        return None
    return Marks(
        [],
        [],
        [],
        None,
        [],
        [],
        codes=codes,
        unit_of_entry=_said(coded, "entry", "unit_entry"),
        unit_of_judge=_said(coded, "judge", "unit_judge"),
        track_of_entry=_said(coded, "entry", "track"),
    )


def _coded(column: "object") -> tuple[tuple[str, ...], IntArray]:
    """Distinct ids, cleaned, and every row's place among them; ids that read alike become one."""
    categorical = column.cat  # type: ignore[attr-defined]
    texts = ids_of(categorical.categories.tolist())
    distinct = tuple(dict.fromkeys(texts))
    place = {text: at for at, text in enumerate(distinct)}
    index = np.array([place[text] for text in texts], np.int64)
    return distinct, index[categorical.codes.to_numpy()]


def _figures(coded: tuple[tuple[str, ...], IntArray]) -> FloatArray:
    """Numbers, each text read once; whatever is none is for the thorough reader."""
    texts, index = coded
    numbers = [read_number(mark_of(text)) for text in texts]
    if None in numbers:
        raise ValueError("missing")
    return np.array(numbers, float)[index]


def _said(ids: Mapping[str, tuple[tuple[str, ...], IntArray]], of: str, role: str) -> dict[str, str] | None:
    """What a column says of every id; a contradiction is for the thorough reader."""
    if role not in ids:
        return None
    (names, index), (words, said) = ids[of], ids[role]
    first: FloatArray | IntArray = np.zeros(len(names), np.int64)
    first[index] = said
    if not np.array_equal(first[index], said):
        raise ValueError(role)
    return {name: words[place] for name, place in zip(names, first.tolist(), strict=True)}
