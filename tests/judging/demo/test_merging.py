"""Two databases that began as one are put together again, or the clash is named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from judging import migrate
from judging.demo.merging import PlaysClash, copy, merge

KIND = "INSERT INTO holiday (id, day, is_working, name) VALUES (?, ?, 0, ?)"


@pytest.fixture
def three(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A database with two holidays, the copy in which another play goes on, and the copy of how both began."""
    ours, theirs, before = (tmp_path / f"{name}.sqlite3" for name in ("ours", "theirs", "before"))
    migrate.upgrade(f"sqlite:///{ours}")
    run(ours, KIND, ("a" * 32, "2021-05-01", "one"))
    run(ours, KIND, ("b" * 32, "2021-05-02", "two"))
    copy(ours, theirs, before)
    return ours, theirs, before


def run(path: Path, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(statement, values).fetchall()
        connection.commit()
    return rows


def names(path: Path) -> list[object]:
    return [name for (name,) in run(path, "SELECT name FROM holiday ORDER BY day")]


CHANGES: list[tuple[str, Callable[[Path], object], list[str]]] = [
    ("a new row comes over", lambda path: run(path, KIND, ("c" * 32, "2021-05-03", "three")), ["one", "two", "three"]),
    (
        "a change comes over",
        lambda path: run(path, "UPDATE holiday SET name = 'new' WHERE name = 'one'"),
        ["new", "two"],
    ),
    ("a removed row goes", lambda path: run(path, "DELETE FROM holiday WHERE name = 'two'"), ["one"]),
]


@pytest.mark.parametrize(("_what", "change", "after"), CHANGES)
def test_what_the_other_play_did_comes_over(three, _what, change, after) -> None:
    ours, theirs, before = three
    change(theirs)
    merge(ours, changed=theirs, since=before)
    assert names(ours) == after


def test_what_this_play_did_stays(three) -> None:
    ours, theirs, before = three
    run(ours, KIND, ("d" * 32, "2021-05-04", "four"))
    run(theirs, KIND, ("c" * 32, "2021-05-03", "three"))
    merge(ours, changed=theirs, since=before)
    assert names(ours) == ["one", "two", "three", "four"]


def test_a_row_changed_on_both_sides_is_refused_and_nothing_is_merged(three) -> None:
    ours, theirs, before = three
    run(ours, "UPDATE holiday SET name = 'mine' WHERE name = 'one'")
    run(theirs, "UPDATE holiday SET name = 'yours' WHERE name = 'one'")
    with pytest.raises(PlaysClash, match="holiday"):
        merge(ours, changed=theirs, since=before)
    assert names(ours) == ["mine", "two"]


def test_lines_of_the_trail_are_numbered_after_ours(three) -> None:
    ours, theirs, before = three
    line = (
        "INSERT INTO audit_line (at, act, subject, \"by\", reason, detail) VALUES ('2021-01-01', ?, '', '', '', '{}')"
    )
    run(ours, line, ("ours",))
    run(theirs, line, ("theirs 1",))
    run(theirs, line, ("theirs 2",))
    merge(ours, changed=theirs, since=before)
    assert run(ours, "SELECT act FROM audit_line ORDER BY id") == [("ours",), ("theirs 1",), ("theirs 2",)]
