"""The report opened again: every figure redone, charts in place, the same bytes on every run."""

from decimal import Decimal

import pytest
from openpyxl import load_workbook

from scoring import ScoreTable, evaluate, simulate_round
from scoring.evaluation import Flag, FlagKind
from scoring.report import write_report
from scoring.report.words import flag_name, flag_sentence
from scoring.sentences import Sentence
from tests.scoring.report.formulas import Sheets

METHODS = ("mean", "trimmed", "median", "standard", "mapped", "severity", "full")
SHEETS = ["名次", "评委", "标记", "方法对比", "算式", "说明", "Statistics", "图表数据"]


@pytest.fixture(scope="module")
def table():
    """A small round with units."""
    return simulate_round(entries=24, judges=6, per_entry=4, seed=3).table


def opened(path):
    """The workbook with its formulas, and with its stored values."""
    return Sheets(load_workbook(path), load_workbook(path, data_only=True))


@pytest.mark.parametrize("method", METHODS)
def test_every_figure_recomputes(table, tmp_path, method):
    result = evaluate(table, method=method, top=[3, 8], draws=100)
    write_report(tmp_path / "r.xlsx", table, result)
    sheets = opened(tmp_path / "r.xlsx")
    assert sheets.formulas.sheetnames == SHEETS
    assert len(list(sheets.every())) > 24 * 8
    assert sheets.wrong() == []
    scores = {row[1]: row[2] for row in sheets.values["名次"].iter_rows(min_row=3, values_only=True)}
    assert scores == {one.entry: float(one.score) for one in result.entries}


def test_charts_are_excels_own_and_point_at_cells(table, tmp_path):
    write_report(tmp_path / "r.xlsx", table, evaluate(table, method="full", draws=100))
    book = load_workbook(tmp_path / "r.xlsx")
    assert {sheet.title: len(sheet._charts) for sheet in book.worksheets if sheet._charts} == {
        "名次": 2,
        "评委": 1,
        "方法对比": 1,
    }


def test_equal_evaluations_give_equal_files(table, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_report(tmp_path / name, table, evaluate(table, top=[5]))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_report_says_how_the_file_was_read_and_what_to_be_careful_of(tmp_path):
    table = ScoreTable.from_columns(entry=["=A", "B", "C"], judge=["x", "x", "y"], mark=[1, 2, 3])
    write_report(tmp_path / "r.xlsx", table, evaluate(table), understood=[Sentence("Read 3 marks.", "读到 3 个分数。")])
    book = load_workbook(tmp_path / "r.xlsx")
    said = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert said["读取"] == "读到 3 个分数。"
    assert "互不相通的 2 部分" in "".join(row[1] or "" for row in book["说明"].iter_rows(values_only=True))
    assert "=A" in [row[1] for row in book["名次"].iter_rows(values_only=True)]
    assert book["名次"]["B4"].data_type == "s"


def test_flags_are_told_in_chinese(tmp_path):
    marks = {(e, j): Decimal(70 + 3 * e % 17 + j) for e in range(20) for j in range(6)}
    marks[4, 2] -= 45
    columns = zip(*((f"E{e}", f"J{j}", mark) for (e, j), mark in marks.items()), strict=True)
    table = ScoreTable.from_columns(**dict(zip(("entry", "judge", "mark"), columns, strict=True)))
    result = evaluate(table)
    assert result.flags
    write_report(tmp_path / "r.xlsx", table, result)
    rows = list(load_workbook(tmp_path / "r.xlsx")["标记"].iter_rows(min_row=3, values_only=True))
    told = next(row for row in rows if row[:3] == ("个别分数异常", "J2", "E4"))
    assert told[3].startswith("评委 J2 给 E4 的分数比其他评委的分数所能预期的低 ")
    assert told[4] < -30


@pytest.mark.parametrize("rows", [[("A", "x", 5)], [("A", "x", 5), ("A", "y", 5)], [("A", "x", 5), ("B", "x", 5)]])
@pytest.mark.parametrize("method", METHODS)
def test_the_smallest_rounds_have_a_report_too(tmp_path, rows, method):
    entry, judge, mark = zip(*rows, strict=True)
    table = ScoreTable.from_columns(entry=entry, judge=judge, mark=mark)
    write_report(tmp_path / "r.xlsx", table, evaluate(table, method=method))
    assert opened(tmp_path / "r.xlsx").wrong() == []


@pytest.mark.parametrize("kind", list(FlagKind))
def test_every_kind_of_flag_has_a_chinese_name_and_sentence(kind):
    flag = Flag(kind, "J1", "E1", 3.0, 0.001, 0.01, 5.0, 0.1, 40, "English.", "J2")
    assert "".join(set(flag_name(str(kind)) + flag_sentence(flag))).isascii() is False
    assert "English" not in flag_sentence(flag)
