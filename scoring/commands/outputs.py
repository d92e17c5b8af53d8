"""Tables written as csv or xlsx: the same rows, the same bytes on every run."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from scoring.errors import ScoringError
from scoring.faults import unwritable
from scoring.reading.cells import guarded


def write_table(
    path: Path | None, header: Sequence[str], rows: Iterable[Sequence[object]], *, sheet: str = "scoring"
) -> None:
    """Write a table to a file, csv or xlsx by its ending, or to the screen.

    Parameters
    ----------
    path : Path or None
    header : sequence of str
    rows : iterable of sequences
        Text, whole numbers, floats (six decimals), Decimals as they are, None for blank.
    sheet : str
        Name of the sheet in a workbook.

    Raises
    ------
    ScoringError
        ``unwritable``.
    """
    with writable(path):
        if path is None:
            _lines(sys.stdout, header, rows)
        elif path.suffix.lower() == ".xlsx":
            _workbook(path, header, rows, sheet)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                _lines(file, header, rows)


def write_lines(path: Path | None, header: str, lines: Iterable[str]) -> None:
    """Write lines of csv that are made already."""
    with writable(path):
        if path is None:
            sys.stdout.write(header + "\n")
            sys.stdout.writelines(lines)
            return
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(header + "\n")
            file.writelines(lines)


@contextmanager
def writable(path: Path | None) -> Iterator[None]:
    """Say in a sentence that a file cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ScoringError("unwritable", unwritable(path, error.strerror), path=str(path)) from error


def figure(value: float | None) -> str:
    """A float with six decimals; blank for None."""
    return "" if value is None else f"{value:.6f}"


def small(value: float | None) -> str:
    """A probability with six significant digits, however small; blank for None."""
    return "" if value is None else f"{value:.6g}"


def _lines(file: "object", header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(file, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(header)
    writer.writerows([_text(cell) for cell in row] for row in rows)


def _text(cell: object) -> object:
    if isinstance(cell, str):
        return guarded(cell)
    return figure(cell) if isinstance(cell, float) else cell


def _workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], sheet: str) -> None:
    from scoring.report.book import Book  # Slow to import, and only xlsx needs it.

    with Book(path) as book:
        book.plain(sheet, header, [[_number(cell) for cell in row] for row in rows])


def _number(cell: object) -> object:
    """A figure as a number, so that Excel can count with it."""
    if isinstance(cell, Decimal):
        return float(cell)
    return cell
