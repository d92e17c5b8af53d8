"""Score tables for tests."""

from collections.abc import Sequence

from scoring import ScoreTable


def make_table(rows: Sequence[tuple[str, str, object]]) -> ScoreTable:
    """A table of (entry, judge, total)."""
    entry, judge, mark = zip(*rows, strict=True)
    return ScoreTable.from_columns(entry=entry, judge=judge, mark=mark)


def make_panel(**totals: Sequence[object]) -> ScoreTable:
    """A complete panel: one judge a keyword, entries e1, e2, … in columns."""
    return make_table(
        [(f"e{place}", judge, mark) for judge, row in totals.items() for place, mark in enumerate(row, 1)]
    )
