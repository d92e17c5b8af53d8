"""Large files: read by columns, with the very same result as cell by cell."""

import csv

import numpy as np
import pytest

from scoring import BadRows, simulate_round
from scoring.cli import main
from scoring.reading import Limits, large, read_marks


def written(path, table, change=None, **columns):
    """A table as csv, rows in no order; `change` may spoil some."""
    rows = [
        [
            table.entries[e],
            table.judges[j],
            f"{mark:g}",
            *(of(table.entries[e], table.judges[j]) for of in columns.values()),
        ]
        for e, j, mark in zip(table.entry, table.judge, table.total, strict=True)
    ]
    np.random.default_rng(0).shuffle(rows)
    if change:
        change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["编号", "评委", "得分", *columns], *rows])
    return path


@pytest.fixture
def table():
    """A round of a few hundred entries."""
    return simulate_round(entries=300, judges=40, per_entry=5, seed=2).table


@pytest.fixture
def everything_is_large(monkeypatch):
    """Take the reader of large files for small ones too."""
    monkeypatch.setattr(large, "LARGE", 0)


def test_a_large_file_gives_the_table_that_a_small_one_gives(tmp_path, table, monkeypatch):
    def full_width(rows):
        rows[3][2] = "８８"
        rows[5][0] = f" {rows[5][0]} "

    path = written(
        tmp_path / "m.csv",
        table,
        full_width,
        赛道=lambda e, _: f"T{int(e[1:]) % 2}",
        order=lambda e, j: f"{len(e)}{j[-1]}",
    )
    slow = read_marks(path)
    monkeypatch.setattr(large, "LARGE", 0)
    fast = read_marks(path)
    assert slow.codes is None
    assert fast.codes is not None
    assert fast.table().digest == slow.table().digest
    assert fast.table(absent=88).recused == slow.table(absent=88).recused > 0
    assert fast.paragraph() == slow.paragraph()


@pytest.mark.usefixtures("everything_is_large")
def test_faults_in_a_large_file_are_listed_by_row_all_the_same(tmp_path, table):
    def spoil(rows):
        rows[10][2] = "good"
        rows[20] = list(rows[21])

    with pytest.raises(BadRows) as refusal:
        read_marks(written(tmp_path / "m.csv", table, spoil)).table()
    assert [(bad.row, bad.code) for bad in refusal.value.rows] == [(12, "not_a_number"), (23, "duplicate")]


@pytest.mark.usefixtures("everything_is_large")
def test_marks_out_of_range_in_a_large_file_are_listed_by_row(tmp_path, table):
    marks = read_marks(written(tmp_path / "m.csv", table, lambda rows: rows.__setitem__(7, [*rows[7][:2], "101"])))
    with pytest.raises(BadRows, match="row 9: 101 is above 100"):
        marks.table(Limits(high=100))
    assert marks.table(Limits(low=0, high=101, step="0.01")).digest == marks.table().digest


@pytest.mark.usefixtures("everything_is_large")
def test_a_total_row_at_the_end_of_a_large_file_is_left_out(tmp_path, table):
    marks = read_marks(written(tmp_path / "m.csv", table, lambda rows: rows.append(["平均分", "", "77"])))
    assert len(marks.mark) == table.ballots


@pytest.mark.parametrize("top", [[], ["--top", "20", "50"]])
@pytest.mark.parametrize("method", ["severity", "mean", "standard", "trimmed"])
def test_very_many_entries_are_written_as_few_are(tmp_path, table, monkeypatch, capsys, method, top):
    path = written(tmp_path / "m.csv", table)
    arguments = ["rank", str(path), "--method", method, "--low", "0", *top]
    assert main([*arguments, "-o", str(tmp_path / "few.csv")]) == 0
    monkeypatch.setattr("scoring.commands.rank.MANY", 0)
    assert main([*arguments, "-o", str(tmp_path / "many.csv")]) == 0
    assert (tmp_path / "many.csv").read_bytes() == (tmp_path / "few.csv").read_bytes()
    assert "are not tested for flags here" in capsys.readouterr().err


def test_ids_with_commas_are_quoted_among_very_many_too(tmp_path, monkeypatch):
    path = tmp_path / "m.csv"
    path.write_text('编号,评委,得分\n"a,b",x,90\n"c""d",x,80\n"a,b",y,91\n"c""d",y,85\n', encoding="utf-8")
    assert main(["rank", str(path), "-o", str(tmp_path / "few.csv"), "--decimals", "0"]) == 0
    monkeypatch.setattr("scoring.commands.rank.MANY", 0)
    assert main(["rank", str(path), "-o", str(tmp_path / "many.csv"), "--decimals", "0"]) == 0
    assert (tmp_path / "many.csv").read_bytes() == (tmp_path / "few.csv").read_bytes()
